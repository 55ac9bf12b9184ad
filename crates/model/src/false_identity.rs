//! What an object says of itself held against what others measure: in what it does not fit, and by how much.

use crate::identity::Address;
use crate::observation::Reality;
use crate::time::Time;

/// In what a self-report does not fit what is known beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misfit {
    /// Radars that look where it says that it is see nothing there. Count: looks in vain.
    NoReturn,
    /// A sensor measures the same address elsewhere. Count: measurements. Amount: metres between both.
    Elsewhere,
    /// Its address is heard in turns from places that one aircraft cannot both hold. Count: turns. Amount: metres between both.
    TwoPlaces,
    /// It moves as nothing of its stated category can, or states an address that nobody has. Count: messages. Amount: its speed, m/s.
    OtherClass,
    /// The same way was flown before, position by position. Count: positions. Amount: seconds between both.
    FlownBefore,
    /// Many addresses began in one feed within seconds. Count: addresses. Amount: how many are usual in that time.
    TooMany,
    /// Its frames reach receivers at other times than they would from where it says that it is. Count: frames. Amount: metres of path.
    ArrivalTimes,
    /// A receiver hears it that could not see it there. Count: messages. Amount: metres beyond the horizon.
    OutOfSight,
    /// Receivers that would hear it where it says that it is do not. Count: frames.
    Unheard,
}
crate::canon_enum!(Misfit {
    0 => NoReturn, 1 => Elsewhere, 2 => TwoPlaces, 3 => OtherClass, 4 => FlownBefore, 5 => TooMany, 6 => ArrivalTimes,
    7 => OutOfSight, 8 => Unheard,
});

impl Misfit {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::NoReturn,
        Self::Elsewhere,
        Self::TwoPlaces,
        Self::OtherClass,
        Self::FlownBefore,
        Self::TooMany,
        Self::ArrivalTimes,
        Self::OutOfSight,
        Self::Unheard,
    ];

    /// As the API and files write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoReturn => "no_return",
            Self::Elsewhere => "elsewhere",
            Self::TwoPlaces => "two_places",
            Self::OtherClass => "other_class",
            Self::FlownBefore => "flown_before",
            Self::TooMany => "too_many",
            Self::ArrivalTimes => "arrival_times",
            Self::OutOfSight => "out_of_sight",
            Self::Unheard => "unheard",
        }
    }
}

/// How strongly one misfit speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// In what it does not fit.
    pub misfit: Misfit,
    /// ln of how much more probable what was seen is when nothing flies where it says, than when something does.
    pub log_ratio: f64,
    /// How often; what is counted stands at each [`Misfit`].
    pub count: u32,
    /// By how much; in what unit stands at each [`Misfit`], 0 where there is none.
    pub amount: f64,
}
crate::canon_struct!(Weighed { misfit, log_ratio, count, amount });

/// Self-reports that do not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct FalseIdentity {
    /// World, exercise or simulation.
    pub reality: Reality,
    /// Whom the reports name; `None` where it is a feed's many new addresses.
    pub address: Option<Address>,
    /// What does not fit most.
    pub misfit: Misfit,
    /// When the reports that count began.
    pub began: Time,
    /// When they ended, or fitted again, if they did.
    pub ended: Option<Time>,
}
crate::canon_struct!(FalseIdentity { reality, address, misfit, began, ended });
