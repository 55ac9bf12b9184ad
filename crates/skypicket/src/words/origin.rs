//! Where a track may have come from, in words: a region and what is not excluded, never that it was launched from somewhere.

use skypicket_model::origin::{OriginRegion, Unclear};

use super::{duration, percent};

/// A candidate area less probable than this is told as excluded.
const EXCLUDED: f64 = 0.01;
/// So many areas are named; of more only how many.
const NAMED: usize = 4;

/// A region in one sentence.
#[must_use]
pub fn region(region: &OriginRegion) -> String {
    if let Some(first) = region.unclear.first() {
        let areas =
            if region.unclear.iter().any(|why| matches!(why, Unclear::SeenShortly { .. } | Unclear::Unexplained)) {
                String::new()
            } else {
                candidates(region)
            };
        return format!("origin not identifiable: {}{areas}", unclear(first));
    }
    let [half, whole] = region.area_km2.map(area);
    format!("origin region: 90 % within {whole}, 50 % within {half}{}", candidates(region))
}

/// The candidate areas: what is not excluded, and what is.
fn candidates(region: &OriginRegion) -> String {
    let (kept, gone): (Vec<_>, Vec<_>) =
        region.candidates.iter().partition(|candidate| candidate.probability >= EXCLUDED);
    let mut said = String::new();
    if !kept.is_empty() {
        let named = kept.iter().take(NAMED).map(|one| format!("{} ({})", one.name, percent(one.probability)));
        said += &format!("; not excluded: {}", named.collect::<Vec<_>>().join(", "));
        if kept.len() > NAMED {
            said += &format!(" and {} more", kept.len() - NAMED);
        }
        said += &format!(", elsewhere ({})", percent(region.elsewhere));
    }
    if !gone.is_empty() {
        let named: Vec<&str> = gone.iter().take(NAMED).map(|one| one.name.as_str()).collect();
        let more = gone.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        said += &format!("; under 1 % each: {}{more}", named.join(", "));
    }
    said
}

/// Why it is not identifiable.
#[must_use]
pub fn unclear(why: &Unclear) -> String {
    match why {
        Unclear::SeenShortly { observed, needed } => {
            format!("seen for {} only, {} are needed", duration(*observed), duration(*needed))
        }
        Unclear::TooLarge { area_km2, most_km2 } => {
            format!("90 % lie within {}, more than the {} that are called a region", area(*area_km2), area(*most_km2))
        }
        Unclear::NothingLearned => {
            "what was seen says no more of the candidate areas than was thought before".to_owned()
        }
        Unclear::Unexplained => "no kind of flight that is described explains what was seen".to_owned(),
    }
}

/// An area to two digits: more would look surer than it is.
fn area(km2: f64) -> String {
    let mut step = 1.0;
    while km2 / step >= 100.0 {
        step *= 10.0;
    }
    let rounded = ((km2 / step).round() * step) as u64;
    let digits = rounded.to_string();
    let mut said = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    format!("{said} km\u{b2}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::origin::OriginCandidate;
    use skypicket_model::{LatLon, Span, Time, TrackId};

    fn told(unclear: Vec<Unclear>) -> String {
        let candidate = |name: &str, probability| OriginCandidate { name: name.to_owned(), prior: 0.3, probability };
        region(&OriginRegion {
            track: TrackId(1),
            time: Time::EPOCH,
            first_seen: Time::EPOCH,
            first_place: LatLon { lat_deg: 52.0, lon_deg: 24.0 },
            observed: Span::from_s(600),
            method: 1,
            effective_flights: 300.0,
            cell_deg: [0.2, 0.3],
            cells: Vec::new(),
            half: 0,
            area_km2: [12_345.0, 84_321.0],
            candidates: vec![candidate("area A", 0.62), candidate("area B", 0.2), candidate("area C", 0.002)],
            elsewhere: 0.178,
            unclear,
        })
    }

    #[test]
    fn a_region_is_told_by_what_it_does_not_exclude() {
        assert_eq!(
            told(Vec::new()),
            "origin region: 90 % within 84,000 km², 50 % within 12,000 km²; not excluded: area A (62 %), area B (20 %), elsewhere (18 %); under 1 % each: area C"
        );
        assert!(!told(Vec::new()).contains("launched"));
    }

    #[test]
    fn what_is_not_identifiable_is_told_so_first() {
        let short = Unclear::SeenShortly { observed: Span::from_s(240), needed: Span::from_s(300) };
        assert_eq!(told(vec![short]), "origin not identifiable: seen for 4 min only, 5 min are needed");
        let large = told(vec![Unclear::TooLarge { area_km2: 1_234_567.0, most_km2: 400_000.0 }]);
        assert!(
            large.starts_with("origin not identifiable: 90 % lie within 1,200,000 km², more than the 400,000 km²"),
            "{large}"
        );
        assert!(large.contains("not excluded: area A (62 %)"));
    }
}
