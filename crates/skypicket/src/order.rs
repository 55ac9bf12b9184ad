//! Order without a journal: numbers and ticks for arrivals that are played straight into a core.

use crate::arrivals::Arrival;
use crate::journal::{Kind, Record, Ticker};
use skypicket_model::{ConnectionId, FeedId, Seq, Time};

/// Gives arrivals the numbers and ticks that a journal would give them.
#[derive(Clone, Debug, Default)]
pub struct Order {
    seq: u64,
    ticker: Ticker,
    last: Option<Time>,
}

impl Order {
    /// Order as in a journal whose first epoch began at `began`: its beginning is input 1, and ticks count from it.
    #[must_use]
    pub fn beginning(began: Time) -> Self {
        let mut ticker = Ticker::default();
        let _ = ticker.due(began);
        Self { seq: 1, ticker, last: Some(began) }
    }

    /// Calls `take` with the ticks that are due before the arrival and then with the arrival.
    pub fn admit(&mut self, arrival: &Arrival, mut take: impl FnMut(&Record<'_>)) {
        let received = self.last.map_or(arrival.received, |last| last.max(arrival.received));
        self.last = Some(received);
        for tick in self.ticker.due(received) {
            self.seq += 1;
            take(&tick_record(Seq(self.seq), tick));
        }
        self.seq += 1;
        take(&arrival.record.as_record(Seq(self.seq), received));
    }

    /// The tick that closes a recording: the next whole second after its last input.
    pub fn finish(&mut self, mut take: impl FnMut(&Record<'_>)) {
        if let Some(next) = self.ticker.next() {
            self.seq += 1;
            take(&tick_record(Seq(self.seq), next));
        }
    }

    /// `received` of the last arrival.
    #[must_use]
    pub const fn last(&self) -> Option<Time> {
        self.last
    }
}

fn tick_record(seq: Seq, received: Time) -> Record<'static> {
    Record { seq, received, kind: Kind::Tick, feed: FeedId(0), connection: ConnectionId(0), key_epoch: 0, payload: &[] }
}
