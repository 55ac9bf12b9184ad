//! Where interference with satellite navigation may come from, in words: a region, never that something stands at a place.

use skypicket_model::gnss::{SourceArea, SourceAreas, SourceUnclear};

use super::origin::{area, place};

/// Regions in one sentence, or why there is none.
#[must_use]
pub fn gnss_sources(areas: &SourceAreas) -> String {
    if let Some(first) = areas.unclear.first() {
        return format!("where it comes from cannot be said: {}", gnss_unclear(first));
    }
    let each: Vec<String> = areas.sources.iter().map(source).collect();
    let rests = format!(
        "aircraft lost satellite navigation {} times, had it back {} times in {} parts of flights",
        areas.onsets, areas.offsets, areas.flights
    );
    match each.as_slice() {
        [] => "where it comes from is not worked out".to_owned(),
        [one] => format!("source area by the model: {one}; {rests}"),
        more => format!("{} source areas by the model: {}; {rests}", more.len(), more.join("; ")),
    }
}

fn source(source: &SourceArea) -> String {
    let [half, whole] = source.area_km2.map(area);
    let [low, _, high] = source.reach_m.map(|m| (m * 1e-4).round() * 10.0);
    format!("90 % within {whole}, 50 % within {half} around {}, reaching {low:.0} to {high:.0} km", place(source.place))
}

/// Why it cannot be said.
#[must_use]
pub fn gnss_unclear(why: &SourceUnclear) -> String {
    match why {
        SourceUnclear::TooFew { onsets, needed } => {
            format!("{onsets} aircraft were seen to lose satellite navigation, at least {needed} are needed")
        }
        SourceUnclear::TooLarge { area_km2, most_km2 } => {
            format!("90 % lie within {}, more than the {} that are called a region", area(*area_km2), area(*most_km2))
        }
        SourceUnclear::OneOrTwo => "whether it is one transmitter or two".to_owned(),
        SourceUnclear::Unexplained => "no transmitter at one place explains what was seen".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::{LatLon, Time};

    fn areas(unclear: Vec<SourceUnclear>) -> SourceAreas {
        let source = SourceArea {
            place: LatLon { lat_deg: 54.62, lon_deg: 20.28 },
            reach_m: [118e3, 150e3, 201e3],
            cell_deg: [0.02, 0.04],
            cells: Vec::new(),
            half: 0,
            area_km2: [812.0, 3456.0],
        };
        SourceAreas {
            interferences: vec![1],
            time: Time::from_s(20),
            samples: 900,
            flights: 41,
            onsets: 17,
            offsets: 12,
            centroid: None,
            sources: vec![source],
            unclear,
        }
    }

    #[test]
    fn a_region_is_told_with_what_it_rests_on() {
        assert_eq!(
            gnss_sources(&areas(vec![])),
            "source area by the model: 90 % within 3,500 km², 50 % within 810 km² around 54.6° N 20.3° E, reaching 120 to 200 km; \
             aircraft lost satellite navigation 17 times, had it back 12 times in 41 parts of flights"
        );
    }

    #[test]
    fn what_cannot_be_said_is_said_with_its_reason() {
        assert_eq!(
            gnss_sources(&areas(vec![SourceUnclear::TooFew { onsets: 2, needed: 4 }])),
            "where it comes from cannot be said: 2 aircraft were seen to lose satellite navigation, at least 4 are needed"
        );
        assert_eq!(
            gnss_sources(&areas(vec![SourceUnclear::TooLarge { area_km2: 64_321.0, most_km2: 20_000.0 }])),
            "where it comes from cannot be said: 90 % lie within 64,000 km², more than the 20,000 km² that are called a region"
        );
    }
}
