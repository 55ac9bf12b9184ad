//! Why bytes were not understood.

/// Why a block, a record or an item could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A block's LEN is below 3, or an explicit item's length is 0.
    BadLength,
    /// The bytes end before the item does.
    Truncated,
    /// The FSPEC is longer than the user application profile.
    BadFspec,
    /// An FSPEC bit that the user application profile leaves unused.
    UnknownItem,
    /// A presence bit of a compound item that has no meaning.
    UnknownSubitem,
    /// No table for this category.
    UnknownCategory,
    /// Bytes after the last block of a datagram.
    TrailingBytes,
    /// Bytes of a stream that were skipped to find the next block.
    LostSync,
    /// The record lacks an item that the standard requires for its use.
    MissingItem,
}
