//! Origins: each group's region held against the area that is claimed.

use skypicket_model::claim::ClaimArea;
use skypicket_model::{LatLon, Time};

use super::rate::{Ground, Part, PartOf, Verdict, Weighed, Why, verdict};
use super::{Findings, GroupFinding, Outlines};

/// Of what a region of 90 % leaves out so much is counted for the claim: nothing tells.
const LEFT_OUT: f64 = 0.5;

pub(super) fn weigh(area: &ClaimArea, window: (Time, Time), findings: &Findings, outlines: &Outlines) -> Weighed {
    if area.ring.is_empty() && !outlines.0.contains_key(&area.code) {
        return Weighed::of(None).because([Why::NoOutline]);
    }
    let of_window: Vec<&GroupFinding> =
        findings.groups.iter().filter(|group| (window.0..=window.1).contains(&group.time)).collect();
    if of_window.iter().all(|group| group.origin.is_none()) {
        return Weighed::of(None).because([Why::NoOrigin]);
    }
    let within = |place: LatLon| {
        if area.ring.is_empty() { outlines.holds(&area.code, place) == Some(true) } else { inside(&area.ring, place) }
    };
    let parts: Vec<Part> = of_window
        .iter()
        .map(|group| {
            let told = group.origin.as_ref().filter(|origin| !origin.not_identifiable);
            let probability = told.map(|origin| {
                let all: f64 = origin.places.iter().map(|(_, weight)| weight).sum();
                let there = origin.places.iter().filter(|(place, _)| within(*place));
                let there = there.map(|(_, weight)| weight).fold(0.0, |sum, weight| sum + weight);
                // What lies outside of the regions may be there or not.
                (there + LEFT_OUT * (1.0 - all)).clamp(0.0, 1.0)
            });
            Part { of: PartOf::Group(group.name.clone()), verdict: verdict(probability), probability }
        })
        .collect();
    // The claim is of all of them: true of all, or of none, or of some and not of others.
    let told = parts.iter().filter_map(|part| part.probability);
    let mut all = 1.0;
    let mut count = 0;
    for p in told {
        all *= p;
        count += 1;
    }
    let mut weighed = Weighed::of((count > 0).then_some(all));
    weighed.verdict = match () {
        () if count == 0 => Verdict::Undecidable,
        () if count == parts.len() && parts.iter().all(|part| part.verdict == Verdict::Supported) => Verdict::Supported,
        () if parts.iter().all(|part| part.verdict == Verdict::Contradicted) => Verdict::Contradicted,
        () => Verdict::Undecidable,
    };
    let unclear = parts.iter().filter(|part| part.probability.is_none()).count();
    if unclear > 0 {
        weighed.reasons.push(Why::OriginUnclear { groups: u32::try_from(unclear).unwrap_or(u32::MAX) });
    }
    weighed.parts = parts;
    let tracks = of_window.iter().flat_map(|group| group.tracks.iter().map(|track| Ground::Row(*track)));
    weighed.resting_on(tracks)
}

/// Even–odd in degrees: outlines of claimed areas are rough and far from poles and the date line.
fn inside(ring: &[LatLon], at: LatLon) -> bool {
    let mut within = false;
    let before = ring.iter().cycle().skip(ring.len().saturating_sub(1));
    for (a, b) in ring.iter().zip(before) {
        if (a.lat_deg > at.lat_deg) != (b.lat_deg > at.lat_deg) {
            let along = (at.lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg);
            if at.lon_deg < a.lon_deg + along * (b.lon_deg - a.lon_deg) {
                within = !within;
            }
        }
    }
    within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_holds_what_lies_in_it() {
        let ring: Vec<LatLon> = [(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (1.0, 1.0), (2.0, 0.0)]
            .iter()
            .map(|(lat_deg, lon_deg)| LatLon { lat_deg: *lat_deg, lon_deg: *lon_deg })
            .collect();
        let at = |lat_deg, lon_deg| inside(&ring, LatLon { lat_deg, lon_deg });
        assert!(at(0.5, 0.5) && at(0.5, 1.5) && at(1.5, 0.2));
        assert!(!at(1.8, 1.0), "the notch");
        assert!(!at(-0.1, 1.0) && !at(0.5, 2.1));
        assert!(!inside(&[], LatLon { lat_deg: 0.0, lon_deg: 0.0 }));
    }
}
