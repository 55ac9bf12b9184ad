//! Who lost satellite navigation, where, and since when: aircraft by aircraft, cell by cell, and as one interference. Page: docs/detectors/gnss_interference.md.

mod aircraft;
mod cells;
mod daily;
mod events;
mod false_positions;
mod measured;
mod outbreak;
mod quality;
mod share;
mod source;
#[cfg(test)]
mod tests;
mod told;
mod usual;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use skypicket_model::gnss::{Distrust, GnssDay, GnssPicture, Interference};
#[cfg(test)]
use skypicket_model::{
    Address,
    gnss::{GnssChange, GnssState},
};
use skypicket_model::{
    Assessment, Canon as _, CanonError, DetectorName, Finding, Observation, Reader, Reality, Report, Severity, Subject,
    Time,
};

use crate::detector::{Detector, DetectorKind, Group, Handling, Judgement, TickView};
use crate::params::{positive_or_zero, rising};
use crate::renumber::Renumbering;
use crate::site::Site;

pub use cells::corners;
pub use daily::DayShares;
use events::{Event, Events, News};
use false_positions::{Falsehood, Falsehoods};
use share::Shares;
pub use source::outline;
use source::{Sources, Tools};
use world::World;

/// This detector's row.
pub const KIND: DetectorKind = DetectorKind {
    name: "gnss_interference",
    summary: "where aircraft lose satellite navigation, how surely, how many of how many, and since when",
    incidents_of: "gnss_interference",
    build: |params| Box::new(GnssInterference::new(&params.gnss_interference)),
    schema: || schemars::schema_for!(GnssParams),
};

/// Parameters of `gnss_interference`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GnssParams {
    /// Share of aircraft that state bad quality where nobody interferes, until a hexagon's own is learned.
    pub quiet_share: f64,
    /// P(more than a tenth of the aircraft is affected) from which a cell belongs to an interference.
    pub belongs: f64,
    /// P(more than a tenth is affected in some cell of it) from which one that was not known is told.
    pub told: f64,
    /// Aircraft that must have been affected around it.
    pub aircraft: u32,
    /// Cells this near to each other belong to one interference, metres.
    pub link_m: f64,
    /// Without a cell for so long, it is over, seconds.
    pub over_s: f64,
    /// Where it comes from is worked out anew this often, seconds.
    pub source_every_s: f64,
}

impl Default for GnssParams {
    fn default() -> Self {
        Self {
            quiet_share: 0.002,
            belongs: 0.9,
            told: 0.98,
            aircraft: 3,
            link_m: 150_000.0,
            over_s: 600.0,
            source_every_s: 60.0,
        }
    }
}

impl GnssParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(
            &[
                ("gnss_interference.link_m", self.link_m),
                ("gnss_interference.over_s", self.over_s),
                ("gnss_interference.source_every_s", self.source_every_s),
            ],
            faults,
        );
        rising(&[("gnss_interference.belongs", self.belongs), ("gnss_interference.told", self.told)], faults);
        if !(1e-5..=0.05).contains(&self.quiet_share) {
            faults.push(format!(
                "assess: gnss_interference.quiet_share is {}, must be from 0.00001 to 0.05",
                self.quiet_share
            ));
        }
    }
}

/// What is held of one reality.
#[derive(Clone, Debug, Default)]
struct Held {
    world: World,
    events: Events,
    falsehoods: Falsehoods,
    sources: Sources,
}
skypicket_model::canon_struct!(Held { world, events, falsehoods, sources });

/// Cells are told anew this often, seconds.
const TELL_EVERY_S: i64 = 2;
/// And days.
const DAYS_EVERY_S: i64 = 60;

/// The detector and its state.
pub(crate) struct GnssInterference {
    params: GnssParams,
    shares: Shares,
    worlds: BTreeMap<Reality, Held>,
    tools: Tools,
    /// Interferences are numbered from 1 over all realities.
    last_number: u32,
    shown: Arc<Vec<GnssPicture>>,
    days: Arc<Vec<GnssDay>>,
}

impl GnssInterference {
    pub(crate) fn new(params: &GnssParams) -> Self {
        Self {
            params: params.clone(),
            shares: Shares::new(),
            worlds: BTreeMap::new(),
            tools: Tools::new(),
            last_number: 0,
            shown: Arc::new(Vec::new()),
            days: Arc::new(Vec::new()),
        }
    }

    /// The state of an aircraft's navigation.
    #[cfg(test)]
    fn state(&self, reality: Reality, address: Address) -> Option<GnssState> {
        self.worlds.get(&reality)?.world.state(address)
    }

    /// Changes of aircraft's states, oldest first.
    #[cfg(test)]
    fn changes(&self, reality: Reality) -> Vec<GnssChange> {
        self.worlds.get(&reality).map_or_else(Vec::new, |held| held.world.changes.iter().copied().collect())
    }
}

impl GnssInterference {
    fn judgement(event: &Event, world: &World, reality: Reality, news: News, now: Time) -> Judgement {
        let severity = if event.ended.is_some() { Severity::Information } else { Severity::Medium };
        let assessment = Assessment {
            detector: DetectorName::new(KIND.name),
            subject: Subject::Interference(event.number),
            incident: None,
            time: now,
            finding: Finding::GnssInterference(Interference {
                reality,
                began: event.began,
                ended: event.ended,
                place: event.middle,
                radius_m: event.radius_m,
                cells: u32::try_from(event.cells.len()).unwrap_or(u32::MAX),
                affected: event.now[1],
                unaffected: event.now[0],
                onsets: u32::try_from(event.lost.len()).unwrap_or(u32::MAX),
                withdrawn: event.ended.is_some() && event.is_withdrawn(world),
            }),
            probability: event.probability,
            severity,
            evidence: event.evidence.clone(),
            reasons: Vec::new(),
        };
        let handling = if event.ended.is_some() { Handling::Update } else { Handling::Open };
        Judgement { assessment, news: news != News::Changed, handling, group: Group::Alone, row: None }
    }

    fn of_falsehood(own: &Falsehood, reality: Reality, news: News, now: Time) -> Judgement {
        let severity = match (own.ended, own.aircraft()) {
            (Some(_), _) => Severity::Information,
            // One alone may have a fault of its own.
            (None, 1) => Severity::Low,
            (None, _) => Severity::Medium,
        };
        let assessment = Assessment {
            detector: DetectorName::new(KIND.name),
            subject: Subject::Interference(own.number),
            incident: None,
            time: now,
            finding: Finding::FalsePositions(own.finding(reality)),
            probability: own.probability(),
            severity,
            evidence: own.evidence.clone(),
            reasons: Vec::new(),
        };
        let handling = if own.ended.is_some() { Handling::Update } else { Handling::Open };
        Judgement { assessment, news: news != News::Changed, handling, group: Group::Alone, row: None }
    }
}

impl Detector for GnssInterference {
    fn observe(&mut self, observations: &[Observation]) {
        for observation in observations {
            if matches!(observation.report, Report::SelfReport(_) | Report::ModeS(_)) {
                let world = self.worlds.entry(observation.reality);
                world
                    .or_insert_with(|| Held { world: World::new(observation.reality), ..Held::default() })
                    .world
                    .observe(observation);
            }
        }
    }

    fn assess(&mut self, view: &TickView<'_>, _site: &Site, out: &mut Vec<Judgement>) {
        let now = view.now;
        if now.floor_s() % TELL_EVERY_S != 0 {
            // Sources are looked for in the seconds between.
            for held in self.worlds.values_mut() {
                held.sources.search(&mut self.tools, self.params.source_every_s, now);
            }
            return;
        }
        let mut shown = Vec::new();
        for (reality, Held { world, events, falsehoods, sources }) in &mut self.worlds {
            world.sweep(now);
            world.compare_places(view.tracks, now);
            world.compare_heights(now);
            let mut cells = Vec::new();
            world.tell((&self.shares, self.params.quiet_share), now, &mut cells);
            for (number, news) in events.update(&cells, world, &self.params, &mut self.last_number, now) {
                out.extend(events.get(number).map(|event| Self::judgement(event, world, *reality, news, now)));
            }
            for (number, news) in falsehoods.update(world, &self.params, &mut self.last_number, now) {
                out.extend(falsehoods.get(number).map(|own| Self::of_falsehood(own, *reality, news, now)));
            }
            let skipped = world.changes.len().saturating_sub(GnssPicture::MOST_CHANGES);
            let changes = world.changes.iter().skip(skipped).copied().collect();
            sources.take(&core::mem::take(&mut world.looks), events, world, now);
            let sources = sources.told();
            shown.push(GnssPicture { reality: *reality, time: Some(now), cells, changes, sources });
        }
        self.shown = Arc::new(shown);
        if now.floor_s() % DAYS_EVERY_S == 0 {
            let mut days = Vec::new();
            self.worlds
                .iter_mut()
                .for_each(|(reality, held)| held.world.days.tell(*reality, self.params.quiet_share, now, &mut days));
            self.days = Arc::new(days);
        }
    }

    fn distrusts(&mut self, out: &mut Vec<Distrust>) {
        self.worlds.values_mut().for_each(|held| out.append(&mut held.world.distrusts));
    }

    fn gnss(&self) -> Option<Arc<Vec<GnssPicture>>> {
        Some(Arc::clone(&self.shown))
    }

    fn gnss_days(&self) -> Option<Arc<Vec<GnssDay>>> {
        Some(Arc::clone(&self.days))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.worlds.encode(out);
        self.last_number.encode(out);
        self.shown.as_ref().encode(out);
        self.days.as_ref().encode(out);
    }

    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.worlds = skypicket_model::Canon::decode(reader)?;
        self.last_number = skypicket_model::Canon::decode(reader)?;
        self.shown = Arc::new(skypicket_model::Canon::decode(reader)?);
        self.days = Arc::new(skypicket_model::Canon::decode(reader)?);
        Ok(())
    }

    fn renumber(&mut self, _to: &Renumbering) {}
}
