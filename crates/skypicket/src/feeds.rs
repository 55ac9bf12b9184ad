//! A site's feeds at work: every transport on its thread, its bytes into the inbox, its state kept for the sensor panel.

use crate::journal::record::MAX_PIECE_BYTES;
use crate::journal::{AppendError, NewRecord};
use crate::plan::Plan;
use crate::system::Inbox;
use crate::transport::{self, ConnectionNumbers, Event, Feeding, Sink, State, Stop, Taken};
use skypicket_model::{ConnectionId, FeedId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// How a feed goes.
#[derive(Clone, Debug, Default)]
pub struct FeedState {
    /// What its transport last said.
    pub state: Option<State>,
    /// Bytes received from it.
    pub bytes: u64,
    /// Chunks or datagrams dropped before they were recorded, by reason.
    pub shed: BTreeMap<&'static str, u64>,
}

/// How all feeds go, by number.
#[derive(Clone, Debug)]
pub struct FeedStates(Arc<Mutex<Vec<FeedState>>>);

impl FeedStates {
    fn lock(&self) -> MutexGuard<'_, Vec<FeedState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them.
    #[must_use]
    pub fn list(&self) -> Vec<FeedState> {
        self.lock().clone()
    }

    fn change(&self, feed: FeedId, change: impl FnOnce(&mut FeedState)) {
        if let Some(state) = self.lock().get_mut(usize::from(feed.0)) {
            change(state);
        }
    }
}

/// What transports hand their events to.
struct InboxSink {
    inbox: Arc<Inbox>,
    states: FeedStates,
}

impl InboxSink {
    fn bytes(&self, feed: FeedId, connection: ConnectionId, datagram: bool, can_wait: bool, bytes: &[u8]) -> Taken {
        self.states.change(feed, |state| state.bytes += bytes.len() as u64);
        // A whole document or datagram is one record, because its decoder must see it whole; where a stream was cut changes nothing.
        let most = if datagram { usize::MAX } else { MAX_PIECE_BYTES };
        for piece in bytes.chunks(most) {
            let taken = self.put(feed, can_wait, NewRecord::bytes(feed, connection, piece.to_vec()));
            if taken != Taken::Accepted {
                return taken;
            }
        }
        Taken::Accepted
    }

    /// Hands a record on; what finds no room is counted as shed.
    fn put(&self, feed: FeedId, can_wait: bool, record: NewRecord) -> Taken {
        let shed = |why| self.states.change(feed, |state| *state.shed.entry(why).or_default() += 1);
        match if can_wait { self.inbox.take(record) } else { self.inbox.try_take(record) } {
            Ok(_) => Taken::Accepted,
            Err(AppendError::Full) => {
                shed("queue full");
                Taken::Dropped
            }
            Err(AppendError::TooLong(_)) => {
                shed("too long");
                Taken::Dropped
            }
            Err(AppendError::NoEpoch | AppendError::Closed) => Taken::Closing,
        }
    }
}

impl Sink for InboxSink {
    fn take(&self, event: Event<'_>) -> Taken {
        match event {
            Event::Bytes { feed, connection, datagram, can_wait, bytes } => {
                self.bytes(feed, connection, datagram, can_wait, bytes)
            }
            // Of a sender that cannot be held up it may be refused: then it is no connection, and its datagram is shed with it.
            Event::Opened { feed, connection, peer, datagram, can_wait } => {
                self.put(feed, can_wait, NewRecord::connection_opened(feed, connection, peer, datagram))
            }
            // Always taken without waiting: there are no more of these than there were openings that found room.
            Event::Closed { feed, connection, why } => {
                self.inbox.take_own(NewRecord::connection_closed(feed, connection, why));
                Taken::Accepted
            }
            Event::Drops { feed, count } => {
                self.states.change(feed, |state| *state.shed.entry("dropped by the system").or_default() += count);
                Taken::Accepted
            }
            Event::State { feed, state } => {
                self.states.change(feed, |known| known.state = Some(state));
                Taken::Accepted
            }
        }
    }
}

/// The transports of a site, running.
pub struct Feeds {
    threads: Vec<JoinHandle<()>>,
    states: FeedStates,
    stop: Stop,
}

impl Feeds {
    /// Starts every feed's transport.
    ///
    /// # Errors
    /// With the feed's name, when its transport cannot be made or the system gives no thread.
    pub fn start(plan: &Plan, inbox: &Arc<Inbox>, last_connection: ConnectionId) -> Result<Self, String> {
        let states = FeedStates(Arc::new(Mutex::new(vec![FeedState::default(); plan.feeds.len()])));
        let sink: Arc<dyn Sink> = Arc::new(InboxSink { inbox: Arc::clone(inbox), states: states.clone() });
        let numbers = ConnectionNumbers::after(last_connection);
        let stop = Stop::default();
        let mut threads = Vec::new();
        for feed in &plan.feeds {
            let Some((kind, params)) = &feed.transport else { continue };
            let transport = (kind.build)(params).map_err(|why| format!("feed \"{}\": {why}", feed.name))?;
            let feeding = Feeding::new(feed.id, Arc::clone(&sink), numbers.clone(), stop.clone());
            let thread = transport::start(transport, &feed.name, feeding)
                .map_err(|error| format!("feed \"{}\": {error}", feed.name))?;
            threads.push(thread);
        }
        Ok(Self { threads, states, stop })
    }

    /// How they go.
    #[must_use]
    pub fn states(&self) -> FeedStates {
        self.states.clone()
    }

    /// Asks all to end and waits for them.
    pub fn stop(self) {
        self.stop.stop();
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}
