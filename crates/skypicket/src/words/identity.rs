//! Self-reports that do not fit what others measure: what does not fit, and by how much. That anybody deceives is not said here.

use skypicket_model::false_identity::{FalseIdentity, Misfit, Weighed};

use super::{clock, counted, distance, duration};
use skypicket_model::Span;

/// What was found, in one sentence.
pub(super) fn finding(found: &FalseIdentity) -> String {
    match (found.address, found.ended) {
        (None, None) => "more new addresses than is usual".to_owned(),
        (None, Some(ended)) => format!("more new addresses than is usual, until {}", clock(ended)),
        (Some(_), None) => format!("its reports do not fit: {}", what(found.misfit)),
        (Some(_), Some(ended)) => format!("its reports did not fit until {}: {}", clock(ended), what(found.misfit)),
    }
}

/// What does not fit, in a few words.
pub(super) const fn what(misfit: Misfit) -> &'static str {
    match misfit {
        Misfit::NoReturn => "no radar return where radar looks",
        Misfit::Elsewhere => "sensors measure the same address elsewhere",
        Misfit::TwoPlaces => "the same address in two places",
        Misfit::OtherClass => "it moves as its stated category cannot",
        Misfit::FlownBefore => "the same way was flown before, position by position",
        Misfit::TooMany => "it came with many new addresses at once",
        Misfit::ArrivalTimes => "receivers hear it at times that do not fit its position",
        Misfit::OutOfSight => "a receiver hears it that could not from there",
        Misfit::Unheard => "receivers that would hear it from there do not",
    }
}

/// What does not fit, with its figures.
pub(super) fn reason(weighed: &Weighed) -> String {
    let Weighed { misfit, count, amount, .. } = weighed;
    let times = |what: &str| counted(*count as usize, what);
    match misfit {
        Misfit::NoReturn => format!("no radar return where radar looks: {} in vain", times("look")),
        Misfit::Elsewhere if *amount > 0.0 => {
            format!("sensors measure the same address {} from where it says that it is", distance(*amount))
        }
        Misfit::Elsewhere => "sensors measure the same address elsewhere".to_owned(),
        Misfit::TwoPlaces => {
            format!("the same address is heard in turns from places {} apart: {}", distance(*amount), times("change"))
        }
        Misfit::OtherClass if *amount > 0.0 => {
            format!("it says that it flies {amount:.0} m/s, which its stated category cannot")
        }
        Misfit::OtherClass => "it states an address that nobody has".to_owned(),
        Misfit::FlownBefore => format!(
            "the same way was flown {} before: {} agree to some metres",
            duration(Span::from_s_f64(*amount).unwrap_or(Span::ZERO)),
            times("position")
        ),
        Misfit::TooMany => {
            format!("{count} new addresses within seconds, where {amount:.0} in ten seconds are usual")
        }
        Misfit::ArrivalTimes => format!(
            "its frames reach receivers at times that do not fit where it says that it is: {} of path, {}",
            distance(*amount),
            times("frame")
        ),
        Misfit::OutOfSight => {
            format!("a receiver hears it {} beyond its horizon", distance(*amount))
        }
        Misfit::Unheard => format!("receivers that would hear it from there do not: {}", times("frame")),
    }
}

/// An incident's title; `who` names whom it is about.
pub(super) fn title(found: &FalseIdentity, who: &str) -> String {
    match (found.address, found.ended) {
        (None, None) => format!("Many new addresses at once: {who}"),
        (None, Some(ended)) => format!("Many new addresses until {}: {who}", clock(ended)),
        (Some(_), None) => format!("Reports that do not fit: {who}, {}", what(found.misfit)),
        (Some(_), Some(ended)) => format!("Reports that did not fit until {}: {who}", clock(ended)),
    }
}
