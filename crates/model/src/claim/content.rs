//! What a claim states, typed: each kind names what evidence would be held against it.

use super::{MAX_MOMENTS, MAX_NAME, Moment};
use crate::count::Referent;
use crate::frames::LatLon;

/// Greatest depth that can be stated, metres.
const MAX_DEPTH_M: f64 = 20_000_000.0;
/// Corners of an area's ring.
const MAX_CORNERS: usize = 256;
/// Greatest radius of a place, metres.
const MAX_RADIUS_M: f64 = 500_000.0;

/// What a time or a place is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// The first entry.
    FirstEntry,
    /// The last entry.
    LastEntry,
    /// Some entry.
    Entry,
    /// The last object that was brought down.
    LastBroughtDown,
    /// An object came down there or was found there.
    CameDown,
    /// Something that is not observed here and is named: a closed airport, a restriction.
    Named,
}
crate::canon_enum!(EventKind {
    0 => FirstEntry, 1 => LastEntry, 2 => Entry, 3 => LastBroughtDown, 4 => CameDown, 5 => Named,
});

/// A place by name.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimPlace {
    /// As it is called.
    pub name: String,
    /// Where that is.
    pub place: LatLon,
    /// With 90 % probability what is meant is within so far of it, metres.
    pub radius_90_m: f64,
}
crate::canon_struct!(ClaimPlace { name, place, radius_90_m });

impl ClaimPlace {
    fn is_sound(&self) -> bool {
        let LatLon { lat_deg, lon_deg } = self.place;
        self.name.len() <= MAX_NAME
            && (-90.0..=90.0).contains(&lat_deg)
            && (-180.0..=180.0).contains(&lon_deg)
            && (1.0..=MAX_RADIUS_M).contains(&self.radius_90_m)
    }
}

/// An area by name: a state by its code, or a rough ring.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClaimArea {
    /// As it is called.
    pub name: String,
    /// Alpha-3 code of the state that it is; empty where it is none.
    pub code: String,
    /// Corners of a rough outline; empty where the code says it.
    pub ring: Vec<LatLon>,
}
crate::canon_struct!(ClaimArea { name, code, ring });

impl ClaimArea {
    fn is_sound(&self) -> bool {
        let corner = |at: &LatLon| (-90.0..=90.0).contains(&at.lat_deg) && (-180.0..=180.0).contains(&at.lon_deg);
        let outline = self.ring.is_empty() || (3..=MAX_CORNERS).contains(&self.ring.len());
        self.name.len() <= MAX_NAME && self.code.len() <= 8 && outline && self.ring.iter().all(corner)
    }
}

/// What a cause is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Affected {
    /// That objects came down.
    ObjectsDown,
    /// That something on the ground was damaged.
    Damage,
}
crate::canon_enum!(Affected { 0 => ObjectsDown, 1 => Damage });

/// A cause, as stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimedCause {
    /// Air defence from the ground.
    SurfaceToAir,
    /// Aircraft.
    Aircraft,
    /// Own or allied ordnance, or parts of it.
    OwnOrAlliedOrdnance,
    /// A drone that came in.
    Drone,
    /// The object itself: it fell, ran dry or flew into something.
    ObjectItself,
    /// Electronic means.
    ElectronicMeans,
    /// Something else.
    Other,
}
crate::canon_enum!(ClaimedCause {
    0 => SurfaceToAir, 1 => Aircraft, 2 => OwnOrAlliedOrdnance, 3 => Drone, 4 => ObjectItself, 5 => ElectronicMeans,
    6 => Other,
});

/// In what part somebody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimedRole {
    /// Head of a state.
    HeadOfState,
    /// Head of a government.
    HeadOfGovernment,
    /// Whose the objects are said to have been.
    Operator,
    /// Who is said to have brought objects down.
    BroughtDownBy,
}
crate::canon_enum!(ClaimedRole { 0 => HeadOfState, 1 => HeadOfGovernment, 2 => Operator, 3 => BroughtDownBy });

/// An effect, as stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectKind {
    /// Something was damaged.
    Damage,
    /// Somebody was hurt or died.
    Casualties,
}
crate::canon_enum!(EffectKind { 0 => Damage, 1 => Casualties });

/// Matters that no sensor and no report decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// That it was the first of its kind, or had no like.
    Precedent,
    /// What it was meant for.
    Purpose,
}
crate::canon_enum!(Matter { 0 => Precedent, 1 => Purpose });

/// What is stated.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// How many.
    Count {
        /// Of what.
        referent: Referent,
        /// No fewer than this.
        least: u32,
        /// No more than this; `None` where more are not denied: *at least*, *so far*.
        most: Option<u32>,
        /// Alpha-3 code of the state concerned; empty where it is the watched one.
        area: String,
        /// Alpha-3 code of the state across whose border they came; empty where none is named.
        across: String,
    },
    /// When.
    Time {
        /// What.
        event: EventKind,
        /// Its name, where the event is a named one; else empty.
        name: String,
        /// Candidates, never none.
        moments: Vec<Moment>,
    },
    /// Where.
    Place {
        /// What.
        event: EventKind,
        /// There.
        place: ClaimPlace,
    },
    /// How deep.
    Depth {
        /// No less than this, metres.
        least_m: f64,
        /// No more than this, metres; `None` where more is not denied.
        most_m: Option<f64>,
        /// Alpha-3 code of the state whose border it is counted from; empty for the nearest border.
        from: String,
    },
    /// Where they came from.
    Origin {
        /// There.
        area: ClaimArea,
    },
    /// Why.
    Cause {
        /// Of what.
        of: Affected,
        /// Where; `None` where it is of all of them.
        place: Option<ClaimPlace>,
        /// The cause.
        cause: ClaimedCause,
    },
    /// Who.
    Actor {
        /// In what part.
        role: ClaimedRole,
        /// Alpha-3 code of the state whose office it is; empty where it is no office.
        of: String,
        /// The name.
        name: String,
    },
    /// What it did.
    Effect {
        /// What.
        effect: EffectKind,
        /// Stated to have happened, or not to have.
        happened: bool,
        /// Where; `None` for all of the state.
        place: Option<ClaimPlace>,
        /// Alpha-3 code of the state concerned; empty where it is the watched one.
        area: String,
    },
    /// A matter that no evidence here decides.
    Matter(Matter),
}
crate::canon_enum!(Content {
    0 => Count { referent, least, most, area, across }, 1 => Time { event, name, moments }, 2 => Place { event, place },
    3 => Depth { least_m, most_m, from }, 4 => Origin { area }, 5 => Cause { of, place, cause }, 6 => Actor { role, of, name },
    7 => Effect { effect, happened, place, area }, 8 => Matter(a),
});

impl Content {
    /// What is wrong with it, as a short phrase; `None` when it can be taken.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let code = |text: &str| text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let sound = match self {
            Self::Count { least, most, area, across, .. } => {
                most.is_none_or(|most| *least <= most) && *least <= 1_000_000 && code(area) && code(across)
            }
            Self::Time { event, name, moments } => {
                let named = (*event == EventKind::Named) != name.trim().is_empty();
                let candidates = (1..=MAX_MOMENTS).contains(&moments.len()) && moments.iter().all(Moment::is_sound);
                named && name.len() <= MAX_NAME && candidates
            }
            Self::Place { place, .. } => place.is_sound(),
            Self::Depth { least_m, most_m, from } => {
                let depth = |m: f64| (0.0..=MAX_DEPTH_M).contains(&m);
                depth(*least_m) && most_m.is_none_or(|most| depth(most) && *least_m <= most) && code(from)
            }
            Self::Origin { area } => area.is_sound() && !(area.name.trim().is_empty() && area.code.is_empty()),
            Self::Cause { place, .. } => place.iter().all(ClaimPlace::is_sound),
            Self::Actor { of, name, .. } => code(of) && !name.trim().is_empty() && name.len() <= MAX_NAME,
            Self::Effect { place, area, .. } => place.iter().all(ClaimPlace::is_sound) && code(area),
            Self::Matter(_) => true,
        };
        (!sound).then_some("its typed content is out of range: a count, candidate, place, code or name")
    }
}
