//! What was true of a night, for whoever measures counts, groups, origins and entries against it. Nothing of it ever reaches an engine.

use crate::target::Fate;
use crate::world::World;
use skypicket_model::{Airspace, Geodetic, LatLon, Time};

/// One target without flight plan that truly entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Entered {
    /// Its name.
    pub target: String,
    /// The wave that it belongs to, where the story says so.
    pub wave: Option<String>,
    /// When it first crossed the boundary.
    pub at: Time,
    /// Where.
    pub place: Geodetic,
    /// When it was last inside during the world.
    pub last_inside: Time,
    /// Whether it left again, instead of ending inside.
    pub left: bool,
    /// How its path ends.
    pub fate: Fate,
    /// Where its path begins, and when: what an origin region can be held against.
    pub began: (Time, LatLon),
    /// Where its path ends, when it ends within the world.
    pub ended: Option<(Time, LatLon)>,
}

/// What was true of a night for one airspace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Night {
    /// Everything without flight plan that entered from outside, in order of entry.
    pub entered: Vec<Entered>,
    /// Names of the targets without flight plan that never were inside.
    pub outside: Vec<String>,
}

impl Night {
    /// How many entered until a moment.
    #[must_use]
    pub fn entered_until(&self, t: Time) -> usize {
        self.entered.iter().filter(|entered| entered.at <= t).count()
    }

    /// How many of those that entered are inside at a moment: the last of several stays decides.
    #[must_use]
    pub fn inside_at(&self, t: Time) -> usize {
        self.entered.iter().filter(|entered| entered.at <= t && entered.last_inside >= t).count()
    }

    /// How many of those that entered were brought down until a moment.
    #[must_use]
    pub fn brought_down_until(&self, t: Time) -> usize {
        let down = |entered: &&Entered| {
            entered.fate == Fate::BroughtDown && entered.ended.is_some_and(|(ended, _)| ended <= t)
        };
        self.entered.iter().filter(down).count()
    }
}

impl World {
    /// What was true of this world for an airspace.
    #[must_use]
    pub fn night(&self, airspace: &Airspace) -> Night {
        let mut night = Night::default();
        let stays = self.true_entries(core::slice::from_ref(airspace));
        for target in self.targets.iter().filter(|target| target.plan.is_none()) {
            let mut own = stays.iter().filter(|stay| stay.target == target.name).peekable();
            let Some(first) = own.peek().copied() else {
                night.outside.push(target.name.clone());
                continue;
            };
            if first.born_inside {
                continue;
            }
            let last_inside = own.map(|stay| stay.left).max().unwrap_or(first.left);
            let end = target.gone().min(self.end);
            let place = |t: Time| target.at(t).map(|motion| (t, motion.place.lat_lon()));
            let began = place(target.born).unwrap_or((target.born, first.place.lat_lon()));
            night.entered.push(Entered {
                target: target.name.clone(),
                wave: target.wave.clone(),
                at: first.entered,
                place: first.place,
                last_inside,
                left: last_inside < end,
                fate: target.fate,
                began,
                ended: (target.gone() <= self.end).then(|| place(target.gone())).flatten(),
            });
        }
        night.entered.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.target.cmp(&b.target)));
        night
    }
}
