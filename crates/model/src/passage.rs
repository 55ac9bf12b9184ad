//! What is known of a track's passage over a border: when, where, how deep, how long, each with an interval of 90 %.

use crate::frames::LatLon;
use crate::ids::TrackId;
use crate::time::{Span, Time};

/// A figure with its interval: 5 %, 50 % and 95 % of the drawn trajectories are below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<T> {
    /// 5 % are below.
    pub low: T,
    /// The median.
    pub middle: T,
    /// 5 % are above.
    pub high: T,
}

impl<T: crate::Canon> crate::Canon for Range<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.low.encode(out);
        self.middle.encode(out);
        self.high.encode(out);
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        Ok(Self {
            low: crate::Canon::decode(reader)?,
            middle: crate::Canon::decode(reader)?,
            high: crate::Canon::decode(reader)?,
        })
    }
}

/// A stretch of a line that was crossed there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// The middle of where the drawn trajectories crossed it.
    pub place: LatLon,
    /// 90 % of them crossed it within so much of there, metres.
    pub reach_m: f64,
    /// Share of all drawn crossings that lie in this stretch; 1 where no other one lies apart.
    pub share: f64,
    /// When those of this stretch crossed it.
    pub at: Range<Time>,
}
crate::canon_struct!(Crossing { place, reach_m, share, at });

/// What drawn trajectories say of a passage. Figures but the probabilities are those of the trajectories that entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Version of the method.
    pub method: u16,
    /// How many trajectories were drawn.
    pub drawn: u32,
    /// Probability that it was inside at some moment.
    pub touched_probability: f64,
    /// Probability of one continuous stay inside that was long enough.
    pub entered_probability: f64,
    /// When the first stay began that was long enough. `None` where none entered, or where it was inside when it was seen first.
    pub entered_at: Option<Range<Time>>,
    /// Where: of two stretches that lie apart the one that more trajectories crossed.
    pub entered_place: Option<Crossing>,
    /// The other stretch, where the drawn trajectories crossed the line in two that lie apart.
    pub other_place: Option<Crossing>,
    /// Greatest distance inside of the line, metres.
    pub depth_m: Option<Range<f64>>,
    /// Time inside, all stays together.
    pub inside_for: Option<Range<Span>>,
    /// When it was inside last, of those that are out again.
    pub left_at: Option<Range<Time>>,
}
crate::canon_struct!(Passage {
    method,
    drawn,
    touched_probability,
    entered_probability,
    entered_at,
    entered_place,
    other_place,
    depth_m,
    inside_for,
    left_at,
});

/// An object that was lost and found again under another name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rediscovered {
    /// The track that was lost.
    pub track: TrackId,
    /// How probably it is the same object.
    pub probability: f64,
}
crate::canon_struct!(Rediscovered { track, probability });
