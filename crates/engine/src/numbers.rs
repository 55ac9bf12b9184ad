//! Short numbers that people can say on the radio. Each view gives its own: a gap would tell that something was withheld.

use skypicket_model::{Span, Time, Track, TrackId};
use std::collections::{BTreeMap, BTreeSet};

/// How long a number rests after its track ended, so that two drones are not both "12" within one watch of twelve hours.
const REST: Span = Span::from_s(12 * 3600);

/// Which track has which number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    given: BTreeMap<TrackId, (u32, Time)>,
    taken: BTreeSet<u32>,
}
skypicket_model::canon_struct!(Numbers { given, taken });

impl Numbers {
    /// Gives a number to each track that has none, in id order, and frees those that have rested. Called once a tick.
    pub(crate) fn update(&mut self, tracks: &[Track], now: Time) {
        for track in tracks {
            match self.given.get_mut(&track.id) {
                Some((_, last)) => *last = now,
                None => {
                    let number = self.smallest_free();
                    self.taken.insert(number);
                    self.given.insert(track.id, (number, now));
                }
            }
        }
        let taken = &mut self.taken;
        self.given.retain(|_, (number, last)| {
            let keep = now - *last <= REST;
            if !keep {
                taken.remove(number);
            }
            keep
        });
    }

    /// The number of a track; 0 when it has none yet.
    pub(crate) fn of(&self, id: TrackId) -> u32 {
        self.given.get(&id).map_or(0, |(number, _)| *number)
    }

    fn smallest_free(&self) -> u32 {
        let mut number = 1;
        for &taken in &self.taken {
            if taken != number {
                break;
            }
            number += 1;
        }
        number
    }
}
