//! What objects say of themselves, held against what others measure. Page: docs/detectors/false_identity.md.
//!
//! It says what does not fit, and how strongly; that anybody deceives is for people to say.

mod arrivals;
mod claimed;
mod clocks;
mod flood;
mod flown;
mod hearing;
mod looks;
mod radars;
mod world;

use std::collections::BTreeMap;

use skypicket_model::false_identity::{FalseIdentity, Misfit, Weighed};
use skypicket_model::math::exp;
use skypicket_model::{
    Address, Assessment, Canon as _, CanonError, DetectorName, Evidence, Finding, Observation, Reader, Reality, Reason,
    SensorId, Severity, Span, Subject, Time, Track, TrackId,
};

use crate::detector::{Detector, DetectorKind, Group, Handling, Judgement, TickView};
use crate::params::positive_or_zero;
use crate::renumber::Renumbering;
use crate::site::Site;

use claimed::{Claimed, Told};
use flood::{Flood, News};
use world::World;

/// This detector's row.
pub const KIND: DetectorKind = DetectorKind {
    name: "false_identity",
    summary: "self-reports that do not fit what radars, receivers and their own past say",
    incidents_of: "false_identity",
    build: |params| Box::new(FalseIdentities::new(&params.false_identity)),
    schema: || schemars::schema_for!(IdentityParams),
};

/// Parameters of `false_identity`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityParams {
    /// ln of how many times more probable what was seen must be when nothing flies where it says, before a word is said.
    pub told: f64,
    /// A word is taken back when that falls below this.
    pub fits: f64,
    /// Fewer new addresses than this in ten seconds are never too many.
    pub many: u32,
    /// Most objects that have incidents of their own at a time.
    pub incidents: u32,
}

impl Default for IdentityParams {
    fn default() -> Self {
        Self { told: 4.6, fits: 0.5, many: 30, incidents: 64 }
    }
}

impl IdentityParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(&[("false_identity.told", self.told), ("false_identity.fits", self.fits)], faults);
        if self.fits >= self.told {
            faults.push(format!("assess: false_identity.fits is {}, must be below told, {}", self.fits, self.told));
        }
        if self.many == 0 {
            faults.push("assess: false_identity.many is 0, must be 1 or more".to_owned());
        }
    }
}

/// A word is kept for at least so long, and told anew this often.
const DWELL: Span = Span::from_s(60);
const REFRESH: Span = Span::from_s(10);
/// Unheard for so long, what was told of it is over.
const UNHEARD: Span = Span::from_s(60);

/// The detector and its state.
pub(crate) struct FalseIdentities {
    params: IdentityParams,
    worlds: BTreeMap<Reality, World>,
}

impl FalseIdentities {
    fn new(params: &IdentityParams) -> Self {
        Self { params: params.clone(), worlds: BTreeMap::new() }
    }
}

/// A log ratio as a probability at even odds.
fn probability(log_ratio: f64) -> f64 {
    1.0 / (1.0 + exp(-log_ratio.clamp(-30.0, 30.0)))
}

fn of_address(
    reality: Reality,
    address: Address,
    own: &Claimed,
    told: &Told,
    ended: Option<Time>,
    now: Time,
) -> Assessment {
    let mut weighed: Vec<Weighed> = Misfit::ALL
        .iter()
        .zip(&own.held)
        .filter(|(_, held)| held.log_ratio > 0.5)
        .map(|(misfit, held)| Weighed {
            misfit: *misfit,
            log_ratio: held.log_ratio,
            count: held.count,
            amount: held.amount,
        })
        .collect();
    weighed.sort_by(|a, b| b.log_ratio.total_cmp(&a.log_ratio).then(a.misfit.cmp(&b.misfit)));
    let mut strongest = own.named.clone();
    strongest.sort_unstable();
    strongest.dedup();
    Assessment {
        detector: DetectorName::new(KIND.name),
        subject: Subject::Track(told.track),
        incident: None,
        time: now,
        finding: Finding::FalseIdentity(FalseIdentity {
            reality,
            address: Some(address),
            misfit: told.misfit,
            began: own.first,
            ended,
        }),
        probability: probability(own.total()),
        severity: if ended.is_some() { Severity::Information } else { Severity::Medium },
        evidence: Evidence { first: own.first_id, last: own.last_id, strongest, count: own.count },
        reasons: weighed.into_iter().map(Reason::DoesNotFit).collect(),
    }
}

fn of_feed(reality: Reality, sensor: SensorId, flood: &Flood, ended: Option<Time>, now: Time) -> Judgement {
    let weighed = Weighed {
        misfit: Misfit::TooMany,
        log_ratio: skypicket_model::math::ln((f64::from(flood.count) / flood.usual.max(1.0)).max(1.0)),
        count: flood.count,
        amount: flood.usual,
    };
    let severity = if ended.is_some() { Severity::Information } else { Severity::Medium };
    let assessment = Assessment {
        detector: DetectorName::new(KIND.name),
        subject: Subject::Sensor(sensor),
        incident: None,
        time: now,
        finding: Finding::FalseIdentity(FalseIdentity {
            reality,
            address: None,
            misfit: Misfit::TooMany,
            began: flood.since,
            ended,
        }),
        probability: probability(weighed.log_ratio),
        severity,
        evidence: Evidence {
            first: flood.first_id,
            last: flood.last_id,
            strongest: vec![flood.last_id],
            count: u64::from(flood.count),
        },
        reasons: vec![Reason::DoesNotFit(weighed)],
    };
    let handling = if ended.is_some() { Handling::Update } else { Handling::Open };
    let news = flood.told_at.is_none() || ended.is_some();
    Judgement { assessment, news, handling, group: Group::Feed(sensor.feed), row: None }
}

impl FalseIdentities {
    /// Tells of feeds that bring too many.
    fn floods(params: &IdentityParams, reality: Reality, world: &mut World, now: Time, out: &mut Vec<Judgement>) {
        let mut news = Vec::new();
        world.feeds.tick(params.many, now, &mut news);
        for news in news {
            match news {
                News::Brought(feed, addresses, each) => {
                    world.brought(&addresses, each);
                    let Some(flood) = world.feeds.of.get_mut(&feed).and_then(|feed| feed.flood.as_mut()) else {
                        continue;
                    };
                    if flood.told_at.is_none_or(|at| now - at >= REFRESH) {
                        out.push(of_feed(reality, SensorId { feed, source: 0 }, flood, None, now));
                        flood.told_at = Some(now);
                    }
                }
                News::Over(feed, flood) => {
                    out.push(of_feed(reality, SensorId { feed, source: 0 }, &flood, Some(flood.last), now));
                }
            }
        }
    }

    /// Tells of addresses that do not fit, and of those that fit again.
    fn addresses(
        params: &IdentityParams,
        reality: Reality,
        world: &mut World,
        view: &TickView<'_>,
        out: &mut Vec<Judgement>,
    ) {
        let now = view.now;
        let mut open = world.open;
        let mut suspects = Vec::new();
        for (address, own) in world.claims.sorted() {
            if own.told.is_some() || own.total() >= params.told {
                suspects.push(*address);
            }
        }
        if suspects.is_empty() {
            return;
        }
        let by_address = |track: &Track| {
            let unusable = track.identity.unusable_since.is_some();
            track.identity.address().map(|address| (address, (track.id, unusable)))
        };
        let tracks: BTreeMap<Address, (TrackId, bool)> =
            view.tracks.iter().filter(|track| track.reality == reality).filter_map(by_address).collect();
        for address in suspects {
            let Some(own) = world.claims.get_mut(&address) else { continue };
            let total = own.total();
            let Some(told) = own.told else {
                let track = tracks.get(&address).copied().filter(|_| now - own.heard <= UNHEARD);
                let Some((track, unusable)) = track else { continue };
                // Whose positions are told to be false by its own navigation has an incident of that.
                let alone = !unusable && !world.feeds.floods(own.sensor.feed) && open < params.incidents;
                let told = Told { since: now, at: now, misfit: own.most(), track, opened: alone };
                own.told = Some(told);
                open += u32::from(alone);
                let assessment = of_address(reality, address, own, &told, None, now);
                let handling = if alone { Handling::Open } else { Handling::Update };
                out.push(Judgement { assessment, news: true, handling, group: Group::Alone, row: None });
                continue;
            };
            let unheard = now - own.heard > UNHEARD;
            if unheard || total < params.fits && now - told.since >= DWELL {
                let ended = if unheard { own.heard } else { now };
                let assessment = of_address(reality, address, own, &told, Some(ended), now);
                own.told = None;
                open = open.saturating_sub(u32::from(told.opened));
                let group = Group::Alone;
                out.push(Judgement { assessment, news: true, handling: Handling::Update, group, row: None });
            } else if now - told.at >= REFRESH {
                let told = Told { at: now, misfit: own.most(), ..told };
                own.told = Some(told);
                let assessment = of_address(reality, address, own, &told, None, now);
                let group = Group::Alone;
                out.push(Judgement { assessment, news: false, handling: Handling::Update, group, row: None });
            }
        }
        world.open = open;
    }
}

impl Detector for FalseIdentities {
    fn observe(&mut self, observations: &[Observation]) {
        for observation in observations {
            self.worlds.entry(observation.reality).or_default().observe(observation);
        }
    }

    fn assess(&mut self, view: &TickView<'_>, site: &Site, out: &mut Vec<Judgement>) {
        for (reality, world) in &mut self.worlds {
            world.look(view, site);
            Self::floods(&self.params, *reality, world, view.now, out);
            Self::addresses(&self.params, *reality, world, view, out);
            world.forget(view.now);
        }
    }

    fn doubted_since(&self, reality: Reality, address: Address) -> Option<Time> {
        self.worlds.get(&reality)?.claims.get(&address)?.told.map(|told| told.since)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.worlds.encode(out);
    }

    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.worlds = skypicket_model::Canon::decode(reader)?;
        Ok(())
    }

    fn renumber(&mut self, to: &Renumbering) {
        self.worlds.values_mut().for_each(|world| world.renumber(to));
    }
}
