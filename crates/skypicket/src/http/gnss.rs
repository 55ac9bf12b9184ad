//! Satellite navigation by cell, as the map draws it.

use skypicket_assess::gnss::{DayShares, corners, outline};
use skypicket_model::assessment::Finding;
use skypicket_model::gnss::{Band, GnssCell, GnssChange, GnssDay, SourceArea, SourceAreas, SourceCell};
use skypicket_model::{Incident, LatLon, Reality, Subject, Track};

use super::dto::{
    GnssCellDto, GnssChangeDto, GnssDayCellDto, GnssDayDto, GnssDaysDto, GnssDto, GnssSourceDto, GnssSourcesDto,
};
use super::render::Renderer;
use crate::words;

/// Most cells in one answer. Origin: Europe has some 9,000 of resolution 4 in all layers that are flown in.
const MAX_CELLS: usize = 20_000;
/// What is held so with this probability is drawn so.
const HELD: f64 = 0.9;

impl Renderer<'_> {
    /// Cells of a reality; of the first that there is where none is named.
    #[must_use]
    pub fn gnss(&self, reality: Option<Reality>) -> GnssDto {
        let own = self.picture.gnss.iter().find(|gnss| reality.is_none_or(|reality| gnss.reality == reality));
        let mut cells: Vec<&GnssCell> = own.map_or_else(Vec::new, |gnss| gnss.cells.iter().collect());
        cells.sort_by(|a, b| b.above[1].total_cmp(&a.above[1]).then((a.cell, a.band).cmp(&(b.cell, b.band))));
        let cut = cells.len() > MAX_CELLS;
        cells.truncate(MAX_CELLS);
        GnssDto {
            time: self.picture.time.to_string(),
            reality: words::reality(own.map_or(reality.unwrap_or_default(), |gnss| gnss.reality)),
            cells: cells.into_iter().map(cell).collect(),
            cut,
            changes: own.map_or_else(Vec::new, |gnss| gnss.changes.iter().map(change).collect()),
            sources: own.map_or_else(Vec::new, |gnss| gnss.sources.iter().map(|areas| sources(areas)).collect()),
        }
    }

    /// Counts of days, the newest first; of one reality where it is named.
    #[must_use]
    pub fn gnss_days(&self, reality: Option<Reality>) -> GnssDaysDto {
        let own = self.picture.gnss_days.iter().rev();
        let days = own.filter(|day| reality.is_none_or(|reality| day.reality == reality)).map(day);
        GnssDaysDto { time: self.picture.time.to_string(), days: days.collect() }
    }

    /// How the satellite navigation of a track's aircraft did.
    pub(super) fn navigation(&self, track: &Track) -> Vec<GnssChangeDto> {
        let Some(address) = track.identity.address() else { return Vec::new() };
        let own = self.picture.gnss.iter().filter(|gnss| gnss.reality == track.reality);
        own.flat_map(|gnss| &gnss.changes).filter(|change| change.address == address).map(change).collect()
    }
}

fn day(day: &GnssDay) -> GnssDayDto {
    let shares = DayShares::new(day.quiet_share);
    let cells = day.cells.iter().map(|cell| GnssDayCellDto {
        hex: format!("{:x}", cell.cell),
        count_good_aircraft: cell.good,
        count_bad_aircraft: cell.bad,
        band: Band::of(cell.good, cell.bad).name(),
        above: shares.above(cell.good, cell.bad),
    });
    GnssDayDto {
        day: day.begins.to_string().chars().take(10).collect(),
        reality: words::reality(day.reality),
        complete: day.complete,
        told: day.told.to_string(),
        cells: cells.collect(),
    }
}

/// A day as published daily maps give it: a table of comma-separated values.
pub(super) fn day_csv(day: &GnssDayDto) -> String {
    let mut csv = String::from("hex,count_good_aircraft,count_bad_aircraft\n");
    for cell in &day.cells {
        csv.push_str(&format!("{},{},{}\n", cell.hex, cell.count_good_aircraft, cell.count_bad_aircraft));
    }
    csv
}

fn change(change: &GnssChange) -> GnssChangeDto {
    let lon_lat = |place: LatLon| [place.lon_deg, place.lat_deg];
    GnssChangeDto {
        address: change.address.to_string(),
        time: change.time.to_string(),
        between: [change.between.0.to_string(), change.between.1.to_string()],
        from: change.from.name(),
        to: change.to.name(),
        place: lon_lat(change.place),
        false_place: change.falsely.map(|(_, place)| lon_lat(place)),
        text: words::gnss_change(change),
    }
}

/// A region larger than is called one is no region: nothing of it is drawn.
fn sources(areas: &SourceAreas) -> GnssSourcesDto {
    let told = if areas.unclear.is_empty() { areas.sources.as_slice() } else { &[] };
    GnssSourcesDto {
        interferences: areas.interferences.clone(),
        time: areas.time.to_string(),
        samples: areas.samples,
        flights: areas.flights,
        onsets: areas.onsets,
        offsets: areas.offsets,
        sources: told.iter().map(source).collect(),
        unclear: areas.unclear.iter().map(words::gnss_unclear).collect(),
        text: words::gnss_sources(areas),
    }
}

fn source(area: &SourceArea) -> GnssSourceDto {
    let half = area.cells.get(..area.half as usize).unwrap_or_default();
    let rings = |cells: &[SourceCell]| {
        let closed = |ring: Vec<LatLon>| {
            let mut ring: Vec<[f64; 2]> = ring.into_iter().map(|at| [at.lon_deg, at.lat_deg]).collect();
            ring.extend(ring.first().copied());
            ring
        };
        outline(cells, area.cell_deg).into_iter().map(closed).collect()
    };
    GnssSourceDto {
        place: [area.place.lon_deg, area.place.lat_deg],
        reach_km: area.reach_m.map(|m| 1e-3 * m),
        area_km2: area.area_km2,
        half: rings(half),
        whole: rings(&area.cells),
    }
}

/// The middle of an interference's cells, by what was said of it last.
pub(super) fn middle(subject: &Subject, incident: &Incident) -> Option<LatLon> {
    let own = incident.assessments.iter().rev().find(|assessment| assessment.subject == *subject)?;
    match &own.finding {
        Finding::GnssInterference(interference) => Some(interference.place),
        Finding::FalsePositions(own) => Some(own.place),
        _ => None,
    }
}

fn cell(cell: &GnssCell) -> GnssCellDto {
    let mut ring: Vec<[f64; 2]> = corners(cell.cell).into_iter().map(|at| [at.lon_deg, at.lat_deg]).collect();
    ring.extend(ring.first().copied());
    GnssCellDto {
        cell: format!("{:x}", cell.cell),
        band: cell.band.name(),
        ring,
        state: state(cell),
        share: cell.share,
        above: cell.above,
        effective: cell.effective,
        now: cell.now,
        updated: cell.updated.to_string(),
        text: words::gnss_cell(cell),
    }
}

/// As the map colours it. What is neither surely above nor surely below counts as quiet only with evidence.
fn state(cell: &GnssCell) -> &'static str {
    if cell.above[1] >= HELD {
        "much"
    } else if cell.above[0] >= HELD {
        "some"
    } else if cell.has_evidence() {
        "quiet"
    } else {
        "none"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::assessment::{Assessment, Evidence};
    use skypicket_model::gnss::Interference;
    use skypicket_model::{DetectorName, IncidentId, IncidentState, Severity, Time};

    fn said(number: u32, lat_deg: f64) -> Assessment {
        Assessment {
            detector: DetectorName::new("gnss_interference"),
            subject: Subject::Interference(number),
            incident: None,
            time: Time::from_s(20),
            finding: Finding::GnssInterference(Interference {
                reality: Reality::Live,
                began: Time::from_s(10),
                ended: None,
                place: LatLon { lat_deg, lon_deg: 20.5 },
                radius_m: 90_000.0,
                cells: 5,
                affected: 6,
                unaffected: 1,
                onsets: 7,
                withdrawn: false,
            }),
            probability: 0.99,
            severity: Severity::Medium,
            evidence: Evidence::default(),
            reasons: Vec::new(),
        }
    }

    #[test]
    fn an_interference_is_shown_at_the_middle_of_its_own_cells() {
        let incident = Incident {
            id: IncidentId(7),
            rule: DetectorName::new("gnss_interference"),
            state: IncidentState::Open,
            severity: Severity::Medium,
            opened: Time::from_s(10),
            updated: Time::from_s(20),
            closed: None,
            audible: false,
            subjects: vec![Subject::Interference(1), Subject::Interference(2)],
            assessments: vec![said(1, 54.5), said(2, 40.0)],
            log: Vec::new(),
        };
        let lat_deg = |number| middle(&Subject::Interference(number), &incident).map(|place| place.lat_deg);
        assert_eq!([lat_deg(1), lat_deg(2), lat_deg(3)], [Some(54.5), Some(40.0), None]);
    }
}
