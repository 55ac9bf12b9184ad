//! Where a track may have come from, in words: a region and what is not excluded, never that it was launched from somewhere.

use skypicket_model::LatLon;
use skypicket_model::origin::{OriginCell, OriginRegion, Unclear};

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
            // Two areas that round to the same are no sentence.
            let digits = (2..6).find(|digits| area_to(*area_km2, *digits) != area_to(*most_km2, *digits)).unwrap_or(6);
            let (is, most) = (area_to(*area_km2, digits), area_to(*most_km2, digits));
            format!("90 % lie within {is}, more than the {most} that are called a region")
        }
        Unclear::NothingLearned => {
            "what was seen says no more of the candidate areas than was thought before".to_owned()
        }
        Unclear::Unexplained => "no kind of flight that is described explains what was seen".to_owned(),
    }
}

/// Where the 50 % and the 90 % region lie, a line each: about which place, between which parallels and meridians, and in which states how much
/// of it. Nothing where no region was worked out.
#[must_use]
pub fn places<'a>(region: &OriginRegion, state_at: impl Fn(LatLon) -> Option<&'a str>) -> Vec<String> {
    let half = region.cells.get(..region.half as usize).unwrap_or_default();
    let parts = [("50 %", half), ("90 %", region.cells.as_slice())];
    let told = parts.into_iter().filter(|(_, cells)| !cells.is_empty());
    told.map(|(share, cells)| format!("{share} region: {}", extent(region, cells, &state_at))).collect()
}

/// A place to a tenth of a degree: `52.3° N 24.0° E`.
#[must_use]
pub fn place(place: LatLon) -> String {
    format!("{} {}", latitude(place.lat_deg), longitude(place.lon_deg))
}

fn latitude(deg: f64) -> String {
    format!("{:.1}° {}", deg.abs(), if deg < 0.0 { 'S' } else { 'N' })
}

fn longitude(deg: f64) -> String {
    format!("{:.1}° {}", deg.abs(), if deg < 0.0 { 'W' } else { 'E' })
}

fn extent<'a>(region: &OriginRegion, cells: &[OriginCell], state_at: &impl Fn(LatLon) -> Option<&'a str>) -> String {
    let [high, wide] = region.cell_deg;
    let whole: f64 = cells.iter().map(|cell| cell.probability).sum::<f64>().max(f64::MIN_POSITIVE);
    let (mut lat, mut lon) = (0.0, 0.0);
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let mut states: Vec<(&str, f64)> = Vec::new();
    for cell in cells {
        let (south, west) = (f64::from(cell.row) * high, f64::from(cell.column) * wide);
        let centre = LatLon { lat_deg: south + 0.5 * high, lon_deg: west + 0.5 * wide };
        let share = cell.probability / whole;
        (lat, lon) = (lat + share * centre.lat_deg, lon + share * centre.lon_deg);
        bounds = [bounds[0].min(west), bounds[1].min(south), bounds[2].max(west + wide), bounds[3].max(south + high)];
        let state = state_at(centre).unwrap_or("no state");
        match states.iter_mut().find(|(name, _)| *name == state) {
            Some((_, sum)) => *sum += share,
            None => states.push((state, share)),
        }
    }
    states.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let named = states.iter().take(NAMED).map(|(name, share)| format!("{name} ({})", percent(*share)));
    let [west, south, east, north] = bounds;
    format!(
        "about {}, from {} to {} and {} to {}; in {}",
        place(LatLon { lat_deg: lat, lon_deg: lon }),
        latitude(south),
        latitude(north),
        longitude(west),
        longitude(east),
        named.collect::<Vec<_>>().join(", ")
    )
}

/// An area to two digits: more would look surer than it is.
pub(super) fn area(km2: f64) -> String {
    area_to(km2, 2)
}

fn area_to(km2: f64, digits: u32) -> String {
    let most = (0..digits).fold(1.0, |most, _| most * 10.0);
    let mut step = 1.0;
    while km2 / step >= most {
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

    /// A region of no cells.
    fn empty() -> OriginRegion {
        OriginRegion {
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
            candidates: Vec::new(),
            elsewhere: 1.0,
            unclear: Vec::new(),
        }
    }

    fn told(unclear: Vec<Unclear>) -> String {
        let candidate = |name: &str, probability| OriginCandidate { name: name.to_owned(), prior: 0.3, probability };
        let candidates = vec![candidate("area A", 0.62), candidate("area B", 0.2), candidate("area C", 0.002)];
        region(&OriginRegion { candidates, elsewhere: 0.178, unclear, ..empty() })
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
        let just = unclear(&Unclear::TooLarge { area_km2: 401_300.0, most_km2: 400_000.0 });
        assert_eq!(just, "90 % lie within 401,000 km², more than the 400,000 km² that are called a region");
    }

    #[test]
    fn a_region_is_told_with_places_and_states() {
        let cell = |row, column, probability| OriginCell { row, column, probability };
        let region = OriginRegion {
            cell_deg: [0.2, 0.4],
            cells: vec![cell(265, 65, 0.5), cell(265, 66, 0.25), cell(264, 66, 0.15)],
            half: 1,
            area_km2: [600.0, 1800.0],
            ..empty()
        };
        let state_at = |place: LatLon| Some(if place.lon_deg > 26.4 { "Farland" } else { "Nearland" });
        assert_eq!(
            places(&region, state_at),
            [
                "50 % region: about 53.1° N 26.2° E, from 53.0° N to 53.2° N and 26.0° E to 26.4° E; in Nearland (over 99.9 %)",
                "90 % region: about 53.1° N 26.4° E, from 52.8° N to 53.2° N and 26.0° E to 26.8° E; in Nearland (56 %), Farland (44 %)",
            ]
        );
        assert!(places(&OriginRegion { cells: Vec::new(), half: 0, ..region }, state_at).is_empty());
        assert_eq!(place(LatLon { lat_deg: -3.04, lon_deg: -70.5 }), "3.0° S 70.5° W");
    }
}
