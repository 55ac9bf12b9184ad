//! Which tracks are flown back, when, and what came of it.

use super::areas::Areas;
use super::job::{Against, Evidence, Job};
use super::params::OriginParams;
use super::start::Seen;
use crate::coverage::{Coverage, Network, WatchLog};
use crate::detector::TickView;
use skypicket_model::origin::OriginRegion;
use skypicket_model::track::{HeightSource, Line};
use skypicket_model::{Canon, CanonError, Reader, Span, Time, Track, TrackId};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

/// Most tracks whose beginning is remembered, and most places of each: some 2 MB.
const MAX_FOLLOWED: usize = 1000;
const MAX_SEEN: usize = 48;
/// A place is remembered so often at first, seconds; twice as seldom each time there is no room.
const SEEN_EVERY_S: i64 = 15;
/// The first places stay: the velocity at the beginning is taken from them.
const FIRST_SEEN: usize = 17;
/// A track that is not shown is followed for so long. Origin: as long as one may be lost and go on in its row of the ledger (`rejoin_s`), twice.
const LOST_FOR: Span = Span::from_s(600);
/// A track is confirmed within so much of its birth, or its beginning is not followed.
const BEGINS_WITHIN: Span = Span::from_s(300);
/// Most regions kept, and for how long.
const MAX_REGIONS: usize = 256;
const KEEP: Span = Span::from_s(86_400);
/// A track that ended is flown back once more when it was seen for so much longer than the last time.
const LONGER: f64 = 1.25;

/// A track's beginning.
#[derive(Clone, Debug, PartialEq)]
struct Followed {
    evidence: Evidence,
    every_s: i64,
    last: Time,
    /// It came into question.
    wanted: bool,
    /// For how long it had been observed when it was flown back last.
    done: Option<Span>,
    ended: bool,
}
skypicket_model::canon_struct!(Followed { evidence, every_s, last, wanted, done, ended });

/// Beginnings of tracks, the flights under way, and the regions.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    followed: BTreeMap<TrackId, Followed>,
    job: Option<Job>,
    regions: BTreeMap<TrackId, Arc<OriginRegion>>,
    shown: Arc<Vec<Arc<OriginRegion>>>,
    news: Vec<u8>,
}

/// What a tick's work rests on.
#[derive(Clone, Copy)]
pub(crate) struct Base<'a> {
    pub(crate) params: &'a OriginParams,
    pub(crate) areas: &'a Areas,
    pub(crate) coverage: &'a Coverage,
    pub(crate) log: &'a WatchLog,
}

impl Origins {
    /// A track came into question: it may have entered something without permission.
    pub(crate) fn want(&mut self, track: TrackId) {
        if let Some(followed) = self.followed.get_mut(&track) {
            followed.wanted = true;
        }
    }

    /// Remembers where tracks are, and flies some flights back.
    pub(crate) fn tick(&mut self, view: &TickView<'_>, base: &Base<'_>) {
        self.news.clear();
        self.follow(view, base.params);
        if self.job.is_none()
            && let Some(evidence) = self.due(base.params)
        {
            let network = network(view, base);
            self.job = Some(Job::new(evidence, view.now, &against(base, &network)));
        } else if let Some(job) = &mut self.job {
            let network = network(view, base);
            if let Some(region) = job.go_on(base.params.flights_per_tick, &against(base, &network)) {
                self.job = None;
                self.write(region);
            }
        }
        self.forget(view.now);
    }

    fn follow(&mut self, view: &TickView<'_>, params: &OriginParams) {
        for followed in self.followed.values_mut() {
            followed.ended = view.track(followed.evidence.track).is_none();
        }
        // Lost and shown again under its name, it is the same flight with the same beginning.
        let gone = |followed: &Followed| followed.ended && view.now - followed.last > LOST_FOR;
        let done = |followed: &Followed| gone(followed) && next(followed, params).is_none();
        self.followed.retain(|_, followed| !done(followed));
        let mut held = self.followed.len();
        for track in view.tracks {
            let tells_itself = track.lines.iter().any(|line| line.line == Line::SelfReport);
            match self.followed.get_mut(&track.id) {
                Some(followed) => followed.take(track, view.now),
                // Where one begins that is there for long already is not known any more.
                None if view.now - track.born > BEGINS_WITHIN => {}
                None if !tells_itself && track.is_confirmed() && held < MAX_FOLLOWED => {
                    held += 1;
                    let evidence = Evidence { track: track.id, seen: vec![seen(track)], class: track.class };
                    let followed = Followed {
                        evidence,
                        every_s: SEEN_EVERY_S,
                        last: view.now,
                        wanted: false,
                        done: None,
                        ended: false,
                    };
                    self.followed.insert(track.id, followed);
                }
                None => {}
            }
        }
    }

    /// With one flight back under way, of a track of which nothing else is known any more.
    #[cfg(test)]
    pub(super) fn under_way(job: Job) -> Self {
        Self { job: Some(job), ..Self::default() }
    }

    /// The track to fly back next: those never done first, then in the order of their names.
    pub(super) fn due(&mut self, params: &OriginParams) -> Option<Evidence> {
        let due = self.followed.values_mut().filter(|followed| next(followed, params).is_some());
        let followed = due.min_by_key(|followed| (followed.done.is_some(), followed.evidence.track))?;
        followed.done = Some(followed.observed());
        Some(followed.evidence.clone())
    }

    fn write(&mut self, region: OriginRegion) {
        let region = Arc::new(region);
        (region.track, Some(Arc::clone(&region))).encode(&mut self.news);
        self.regions.insert(region.track, region);
    }

    fn forget(&mut self, now: Time) {
        let news = &mut self.news;
        let mut gone = |track: TrackId| (track, None::<Arc<OriginRegion>>).encode(news);
        self.regions.retain(|track, region| {
            let kept = now - region.time <= KEEP;
            if !kept {
                gone(*track);
            }
            kept
        });
        while self.regions.len() > MAX_REGIONS {
            let oldest =
                self.regions.values().min_by_key(|region| (region.time, region.track)).map(|region| region.track);
            let Some(oldest) = oldest else { break };
            self.regions.remove(&oldest);
            gone(oldest);
        }
        if !self.news.is_empty() {
            self.publish();
        }
    }

    fn publish(&mut self) {
        self.shown = Arc::new(self.regions.values().cloned().collect());
    }

    /// All regions, in the order of their tracks; the same `Arc` while none changes.
    pub(crate) fn shown(&self) -> Arc<Vec<Arc<OriginRegion>>> {
        Arc::clone(&self.shown)
    }

    /// Canonical bytes of what the last tick changed.
    pub(crate) fn news(&self) -> &[u8] {
        &self.news
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        self.followed.encode(out);
        self.job.encode(out);
        self.regions.encode(out);
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let mut origins = Self {
            followed: Canon::decode(reader)?,
            job: Canon::decode(reader)?,
            regions: Canon::decode(reader)?,
            ..Self::default()
        };
        origins.publish();
        Ok(origins)
    }

    /// Goes on in an epoch whose config may be another: flights under way began with other kinds and areas, and begin again.
    pub(crate) fn begin_epoch(&mut self) {
        let Some(evidence) = self.job.take().map(Job::into_evidence) else { return };
        match self.followed.entry(evidence.track) {
            Entry::Occupied(mut followed) => followed.get_mut().done = None,
            // Its track is gone for long, and what was seen of it with it but for what is being flown back.
            Entry::Vacant(free) => {
                let last = evidence.seen.last().map_or(Time::EPOCH, |seen| seen.time);
                free.insert(Followed { evidence, every_s: SEEN_EVERY_S, last, wanted: true, done: None, ended: true });
            }
        }
    }
}

impl Followed {
    fn observed(&self) -> Span {
        let seen = &self.evidence.seen;
        seen.first().zip(seen.last()).map_or(Span::ZERO, |(first, last)| last.time - first.time)
    }

    fn take(&mut self, track: &Track, now: Time) {
        self.evidence.class = track.class;
        // What coasts is not seen.
        let newer = self.evidence.seen.last().is_none_or(|last| track.updated > last.time);
        if now - self.last < Span::from_s(self.every_s) || !newer {
            return;
        }
        self.last = now;
        if self.evidence.seen.len() >= MAX_SEEN {
            let mut number = 0;
            self.evidence.seen.retain(|_| {
                number += 1;
                number <= FIRST_SEEN || number % 2 == 0
            });
            self.every_s *= 2;
        }
        self.evidence.seen.push(seen(track));
    }
}

/// For how long a track must have been observed before it is flown back again, where that is so now: first after the least, then each time twice as long.
fn next(followed: &Followed, params: &OriginParams) -> Option<Span> {
    let least = Span::from_s_f64(params.least_observed_s).unwrap_or(Span::ZERO);
    let observed = followed.observed();
    let wanted = match followed.done {
        None => least,
        Some(done) if followed.ended => Span::from_s_f64(LONGER * done.s()).unwrap_or(done),
        Some(done) => done + done,
    };
    (followed.wanted && observed >= wanted && followed.evidence.seen.len() >= 3).then_some(wanted)
}

fn seen(track: &Track) -> Seen {
    let c = &track.covariance;
    let sigma_m = (0.5 * (c.get(0, 0) + c.get(1, 1))).max(1.0).sqrt();
    let measured = matches!(track.height_source, HeightSource::Measured | HeightSource::StatedHeight);
    Seen {
        time: track.valid,
        place: track.position.lat_lon(),
        sigma_m,
        height_m: measured.then(|| (track.position.height_m, c.get(2, 2).max(1.0).sqrt())),
    }
}

fn network(view: &TickView<'_>, base: &Base<'_>) -> Network {
    base.coverage.history(view.described, view.sensors, base.log)
}

const fn against<'a>(base: &Base<'a>, network: &'a Network) -> Against<'a> {
    Against { params: base.params, areas: base.areas, coverage: base.coverage, network }
}
