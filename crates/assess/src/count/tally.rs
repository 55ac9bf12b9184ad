//! Groups and counts as one piece of state: fed with every judgement of entry, brought up to date every half minute.

use std::collections::BTreeSet;
use std::sync::Arc;

use skypicket_model::{CanonError, Count, GroundReportRecord, Reader, Reality, TrackGroup};

use super::Tracked;
use super::live::Counts;
use super::share::{MAX_CROSSINGS, of_coverage};
use crate::coverage::WatchLog;
use crate::detector::{Judgement, TickView};
use crate::groups::flights::Flights;
use crate::groups::live::{Area, Groups};
use crate::params::positive_or_zero;
use crate::renumber::Renumbering;
use crate::site::{Site, Watched};

/// Airspaces that are counted: those of which there is something to count, then in the order of the config.
const MAX_AREAS: usize = 8;

/// Parameters of counts.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CountParams {
    /// How probable it is held, before anything is known of a night, that an object that enters and that the sensors can see is tracked at all, in (0, 1).
    pub tracked_share: f64,
    /// How sure that is: standard deviation. Reports of objects that no track held correct both.
    pub tracked_share_sigma: f64,
    /// Groups and counts are worked out anew so often, whole seconds.
    pub every_s: u32,
}

impl Default for CountParams {
    fn default() -> Self {
        Self { tracked_share: 0.95, tracked_share_sigma: 0.03, every_s: 30 }
    }
}

impl CountParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(&[("count.tracked_share_sigma", self.tracked_share_sigma)], faults);
        if !(0.01..=0.995).contains(&self.tracked_share) {
            faults.push(format!("assess: count.tracked_share is {}, must be in [0.01, 0.995]", self.tracked_share));
        }
        if !(1..=3600).contains(&self.every_s) {
            faults.push(format!("assess: count.every_s is {}, must be in [1, 3600]", self.every_s));
        }
    }
}

/// Groups and counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    flights: Flights,
    groups: Groups,
    counts: Counts,
    /// Counts up whenever groups or counts changed.
    revision: u64,
}

impl Tally {
    /// Takes a judgement of the ledger of entries.
    pub(crate) fn take(&mut self, judgement: &Judgement, view: &TickView<'_>) {
        self.flights.take(judgement, view);
    }

    /// Called once a tick, after all judgements.
    pub(crate) fn tick(
        &mut self,
        view: &TickView<'_>,
        reports: &[GroundReportRecord],
        site: &Site,
        log: &WatchLog,
        params: &CountParams,
    ) {
        self.flights.tick(view);
        if view.now.floor_s() % i64::from(params.every_s.max(1)) != 0 {
            return;
        }
        let configured = Tracked { mean: params.tracked_share, sigma: params.tracked_share_sigma };
        let reported = self.reported(view);
        let areas = self.areas(reported, reports, site);
        let network = site.coverage.history(view.described, view.sensors, log);
        let tracked = |area: Area| {
            let crossings = self.flights.crossings(area, view.now, MAX_CROSSINGS);
            of_coverage(configured, &site.coverage, &network, &crossings, view.now)
        };
        self.counts.count(&areas, &self.flights, (reports, reported), tracked, view.now);
        let of_flights = self.flights.all.values();
        let of_flights = of_flights.flat_map(|flight| flight.visits.keys().map(|airspace| (*airspace, flight.reality)));
        let grouped: BTreeSet<Area> = of_flights.chain(self.groups.areas()).collect();
        for area in grouped {
            self.groups.find(area, &self.flights, self.counts.goes_on(), view.now);
        }
        self.revision += 1;
    }

    /// The world that reports are of: what is live, where anything is; else that of the tracks.
    fn reported(&self, view: &TickView<'_>) -> Reality {
        let of_flights = self.flights.all.values().map(|flight| flight.reality);
        let all = || of_flights.clone().chain(view.tracks.iter().map(|track| track.reality));
        if all().any(|reality| reality == Reality::Live) {
            Reality::Live
        } else {
            all().next().unwrap_or(Reality::Live)
        }
    }

    /// What is counted: watched airspaces in which there is something, then the others as far as there is room.
    fn areas<'s>(&self, reported: Reality, reports: &[GroundReportRecord], site: &'s Site) -> Vec<(Area, &'s Watched)> {
        let mut busy: Vec<(Area, &Watched)> = Vec::new();
        let mut idle: Vec<(Area, &Watched)> = Vec::new();
        for watched in &site.watched {
            let id = watched.airspace.id;
            let visited = self.flights.all.values().filter(|flight| flight.visits.contains_key(&id));
            let realities: BTreeSet<Reality> = visited.map(|flight| flight.reality).collect();
            let told = reports.iter().filter_map(GroundReportRecord::current);
            let told = told.into_iter().any(|report| watched.boundary.inside(report.place));
            busy.extend(realities.iter().map(|reality| ((id, *reality), watched)));
            if !realities.contains(&reported) && (told || realities.is_empty()) {
                if told { &mut busy } else { &mut idle }.push(((id, reported), watched));
            }
        }
        busy.extend(idle);
        busy.truncate(MAX_AREAS);
        busy
    }

    /// The groups, by number. The same `Arc` until one changes.
    pub(crate) fn groups(&self) -> Arc<Vec<TrackGroup>> {
        self.groups.shown()
    }

    /// The counts. The same `Arc` until they are worked out anew.
    pub(crate) fn counts(&self) -> Arc<Vec<Count>> {
        self.counts.shown()
    }

    /// Counts up whenever groups or counts changed.
    pub(crate) const fn revision(&self) -> u64 {
        self.revision
    }

    /// Goes on in an epoch whose airspaces have other numbers.
    pub(crate) fn renumber(&mut self, to: &Renumbering) {
        self.flights.renumber(to);
        self.groups.renumber(to);
        self.counts.renumber(to);
    }
}

impl skypicket_model::Canon for Tally {
    fn encode(&self, out: &mut Vec<u8>) {
        self.flights.encode(out);
        self.groups.encode(out);
        self.counts.encode(out);
        self.revision.encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(Self {
            flights: skypicket_model::Canon::decode(reader)?,
            groups: skypicket_model::Canon::decode(reader)?,
            counts: skypicket_model::Canon::decode(reader)?,
            revision: skypicket_model::Canon::decode(reader)?,
        })
    }
}
