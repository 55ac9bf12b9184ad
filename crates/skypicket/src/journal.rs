//! The journal: every input in order, as it came, before anybody has understood it.
//!
//! [`Journal`] writes it, [`Reader`] reads it, [`verify()`] proves it; `docs/formats/journal.md` describes it byte for byte.
//! Appending gives an input its place in the order ([`NewRecord`] in, sequence number out) and passes it on to the engine at once;
//! [`Durability`] says when it is on disk. Importers of recordings and the simulation make ticks with the same [`Ticker`].
//!
//! **Invariants.** Nothing is called durable before its sync succeeded. A failed sync is never repeated on the same file. No record
//! is returned whose checksum, place in the order or hash chain is wrong. Nothing damaged is deleted. Memory is bounded by
//! [`Options::queue_bytes`] whatever the disk or the engine does.
//!
//! **Limits.** The hash chain shows any change inside the journal; that its end was cut off at a record's border shows only to who
//! kept a later hash or checkpoint. After a power cut up to one commit interval and one sync of input is gone.

mod accepted;
pub mod checkpoint;
mod clock;
pub mod commit;
pub mod content;
mod disk;
mod durability;
mod epoch;
mod events;
pub mod format;
mod reader;
pub mod record;
mod recovery;
pub mod retention;
mod scan;
mod segments;
mod sequencer;
pub mod simulated;
mod stepped;
pub mod storage;
mod tail;
mod thread;
mod ticker;
mod verify;
mod writer;

pub use accepted::Accepted;
pub use clock::ReceivedClock;
pub use disk::Disk;
pub use durability::{Durability, Fate};
pub use epoch::{ContentRef, EpochReason, EpochStart};
pub use events::{Counter, EventSink, JournalEvent, Stats};
pub use format::{Hash, sha256};
pub use reader::{ReadError, Reader};
pub use record::{Body, GapCause, Kind, NewRecord, QuarantinedPart, Record};
pub use recovery::{OpenError, Recovery, SetAside};
pub use retention::Limits;
pub use scan::salvage;
pub use segments::{Index, Segment, segment_name, segment_number};
pub use sequencer::CLOCK_STEP;
pub use stepped::SteppedJournal;
pub use ticker::{Due, MAX_CATCH_UP_S, Ticker};
pub use verify::{Verification, verify};
pub use writer::{AppendError, Journal, Options};
