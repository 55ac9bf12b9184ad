//! Statements about satellite navigation: what is told of interference, and of single aircraft.

use super::check::{Checker, covers, outside, words};
use super::{Amount, Who, Within};
use skypicket_model::Time;
use skypicket_model::gnss::GnssState;

impl Checker<'_> {
    pub(super) fn interferences(&self, amount: Amount) -> Vec<String> {
        let what = format!("interferences told ({:?})", self.outcome.interferences);
        outside(amount, self.outcome.interferences.len(), &what).into_iter().collect()
    }

    pub(super) fn interference(&self, over: bool, within: Within) -> Vec<String> {
        let seen = &self.outcome.interferences;
        let times: Vec<Time> = seen.iter().filter_map(|own| if over { own.over } else { Some(own.told) }).collect();
        let what = || {
            let times: Vec<String> = times.iter().map(ToString::to_string).collect();
            let which = if over { "over" } else { "told" };
            format!("no interference was {which} {} ({})", words(within), times.join(", "))
        };
        (!times.iter().any(|t| covers(within, *t))).then(what).into_iter().collect()
    }

    pub(super) fn navigation(&self, who: &Who, state: GnssState, within: Within) -> Vec<String> {
        let came = |name: &str| {
            let address = self.address(name);
            let own = self.outcome.navigation.iter().filter(move |seen| Some(seen.address) == address);
            own.filter(move |seen| seen.to == state && covers(within, seen.time)).count() > 0
        };
        self.missing(who, came, |name| {
            format!("{name} was not {} {}: {}", state.name(), words(within), self.all_of(name))
        })
    }

    pub(super) fn navigation_never_bad(&self, who: &Who) -> Vec<String> {
        let bad = |name: &str| {
            let address = self.address(name);
            self.outcome.navigation.iter().any(|seen| {
                Some(seen.address) == address
                    && matches!(seen.to, GnssState::Degraded | GnssState::Lost | GnssState::SpoofSuspect)
            })
        };
        self.missing(who, |name| !bad(name), |name| format!("{name} was held to be bad: {}", self.all_of(name)))
    }

    fn address(&self, name: &str) -> Option<u32> {
        let target = self.world.targets.iter().find(|target| target.name == name)?;
        target.transponder.as_ref().map(|own| own.address)
    }

    fn all_of(&self, name: &str) -> String {
        let address = self.address(name);
        let own = self.outcome.navigation.iter().filter(|seen| Some(seen.address) == address);
        own.map(|seen| format!("{} at {}", seen.to.name(), seen.time)).collect::<Vec<_>>().join(", ")
    }
}
