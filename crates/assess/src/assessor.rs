//! All detectors and incidents as one state machine: what the engine holds.

use std::sync::Arc;

use skypicket_model::assessment::EntryState;
use skypicket_model::gnss::{Distrust, GnssDay, GnssPicture};
use skypicket_model::origin::OriginRegion;
use skypicket_model::{
    Address, Airspace, AirspaceId, Assessment, CanonError, Command, Count, Finding, GroundReportRecord, Incident,
    IncidentEvent, Observation, Passage, Permission, Reader, Reality, Subject, Time, TrackGroup, TrackId, Way,
};

use crate::DETECTORS;
use crate::airspace_entry::passage_of;
use crate::count::tally::Tally;
use crate::coverage::WatchLog;
use crate::coverage::gap::Gaps;
use crate::detector::{Detector, Judgement, TickView};
use crate::incident::Incidents;
use crate::ledger::Ledger;
use crate::origin::Origins;
use crate::origin::book::Base;
use crate::params::Params;
use crate::permission::Permissions;
use crate::renumber::Renumbering;
use crate::site::{Site, Watched};

/// What judging led to.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "some hundred a second at most, moved once")]
pub enum AssessEvent {
    /// A detector judged something anew.
    Assessment(Assessment),
    /// An incident changed.
    Incident(IncidentEvent),
}

/// Detectors, ledger and incidents. Its output depends only on what it was built from and shown, in the order shown.
pub struct Assessor {
    params: Params,
    site: Arc<Site>,
    detectors: Vec<Box<dyn Detector>>,
    ledger: Ledger,
    incidents: Incidents,
    tally: Tally,
    watch_log: WatchLog,
    gaps: Gaps,
    origins: Origins,
    judgements: Vec<Judgement>,
    incident_events: Vec<IncidentEvent>,
}

impl Assessor {
    /// An assessor that has seen nothing. Of the airspaces those with `watched` set are judged against.
    ///
    /// # Errors
    /// With every parameter that cannot be worked with, or the airspace whose boundary cannot be indexed.
    pub fn new(params: &Params, airspaces: &[Airspace], permissions: Permissions) -> Result<Self, String> {
        let site = Site::new(airspaces, permissions, params.border_sigma)
            .map_err(|(code, error)| format!("airspace \"{code}\": {error}"))?;
        Self::at(params, Arc::new(site))
    }

    /// An assessor that has seen nothing, of a site that was indexed before with the `border_sigma` of these parameters.
    ///
    /// # Errors
    /// With every parameter that cannot be worked with.
    pub fn at(params: &Params, site: Arc<Site>) -> Result<Self, String> {
        let faults = params.faults();
        if faults.is_empty() { Ok(Self::with_site(params, site)) } else { Err(faults.join("; ")) }
    }

    fn with_site(params: &Params, site: Arc<Site>) -> Self {
        Self {
            params: params.clone(),
            site,
            detectors: DETECTORS.iter().map(|kind| (kind.build)(params)).collect(),
            ledger: Ledger::default(),
            incidents: Incidents::new(&params.incident),
            tally: Tally::default(),
            watch_log: WatchLog::default(),
            gaps: Gaps::default(),
            origins: Origins::default(),
            judgements: Vec::new(),
            incident_events: Vec::new(),
        }
    }

    /// An assessor of the same parameters and airspaces that has seen nothing.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::with_site(&self.params, Arc::clone(&self.site))
    }

    /// Shows the detectors what came in.
    pub fn observe(&mut self, observations: &[Observation]) {
        self.detectors.iter_mut().for_each(|detector| detector.observe(observations));
    }

    /// Appends whose stated positions became unusable, or usable again, since this was asked last.
    pub fn distrusts(&mut self, out: &mut Vec<Distrust>) {
        self.detectors.iter_mut().for_each(|detector| detector.distrusts(out));
    }

    /// What is held of satellite navigation, by reality. The same `Arc` until it is worked out anew.
    #[must_use]
    pub fn gnss(&self) -> Arc<Vec<GnssPicture>> {
        self.detectors.iter().find_map(|detector| detector.gnss()).unwrap_or_default()
    }

    /// Counts of days by hexagon. The same `Arc` until they are counted up anew.
    #[must_use]
    pub fn gnss_days(&self) -> Arc<Vec<GnssDay>> {
        self.detectors.iter().find_map(|detector| detector.gnss_days()).unwrap_or_default()
    }

    /// Since when something does not fit what is said under an address.
    #[must_use]
    pub fn doubted_since(&self, reality: Reality, address: Address) -> Option<Time> {
        self.detectors.iter().find_map(|detector| detector.doubted_since(reality, address))
    }

    /// Shows the detectors the tracks and sensors of a tick, in the order of [`DETECTORS`], and appends what they say that is news.
    pub fn tick(&mut self, view: &TickView<'_>, events: &mut Vec<AssessEvent>) {
        self.ledger.begin_tick();
        self.watch_log.tick(view.described, view.sensors, view.now, view.listening_since);
        self.gaps.begin_tick();
        for number in 0..self.detectors.len() {
            self.judgements.clear();
            self.detectors[number].assess(view, &self.site, &mut self.judgements);
            self.take(number, view, events);
        }
        let base = Base {
            params: &self.params.origin,
            areas: &self.site.origin_areas,
            coverage: &self.site.coverage,
            log: &self.watch_log,
        };
        self.origins.tick(view, &base);
        self.ledger.tick(view.now);
        self.incidents.tick(view.now, &mut self.incident_events);
        events.extend(self.incident_events.drain(..).map(AssessEvent::Incident));
    }

    /// Puts what a detector said where it belongs.
    fn take(&mut self, detector: usize, view: &TickView<'_>, events: &mut Vec<AssessEvent>) {
        let rule = DETECTORS[detector].incidents_of;
        for judgement in &mut self.judgements {
            self.gaps.tell(judgement, view, &self.site.coverage);
            let incident = self.incidents.take(judgement, rule, &mut self.incident_events);
            judgement.assessment.incident = incident;
            if let Some(track) = to_fly_back(&judgement.assessment) {
                self.origins.want(track);
            }
            if let Some((opened, airspace)) = judgement.row {
                self.ledger.write(opened, airspace, &judgement.assessment);
                self.tally.take(judgement, view);
            }
            if judgement.news {
                events.push(AssessEvent::Assessment(judgement.assessment.clone()));
            }
            events.extend(self.incident_events.drain(..).map(AssessEvent::Incident));
        }
    }

    /// Lists, ascending, the tracks whose next measurement should not wait for the next tick.
    pub fn awaits(&self, out: &mut Vec<TrackId>) {
        out.clear();
        self.detectors.iter().for_each(|detector| detector.awaits(out));
        out.sort_unstable();
        out.dedup();
    }

    /// Looks between two ticks at tracks of [`Assessor::awaits`] that were measured since, which are all that the view holds. What comes of it stands
    /// in the ledger and the incidents at once; [`Assessor::ledger_news`] is of this look then.
    pub fn look(&mut self, view: &TickView<'_>, events: &mut Vec<AssessEvent>) {
        self.ledger.begin_tick();
        self.gaps.begin_tick();
        for number in 0..self.detectors.len() {
            self.judgements.clear();
            self.detectors[number].look(view, &self.site, &mut self.judgements);
            self.take(number, view, events);
        }
        self.ledger.tick(view.now);
        self.incidents.tick(view.now, &mut self.incident_events);
        events.extend(self.incident_events.drain(..).map(AssessEvent::Incident));
    }

    /// What the way of a whole track says of its passage over each watched border that it came near, in the airspaces' order.
    #[must_use]
    pub fn passages_of(&self, track: TrackId, way: &Way) -> Vec<(AirspaceId, Passage)> {
        let near = |watched: &&Watched| {
            let near_m = self.params.airspace_entry.near_m;
            let mut places = way.moments.iter().map(|moment| moment.place);
            places.any(|place| watched.boundary.inside(place) || watched.boundary.nearest(place, near_m).is_some())
        };
        let of = |watched: &Watched| {
            let passage = passage_of(track, way.clone(), watched, &self.site, &self.params.airspace_entry)?;
            Some((watched.airspace.id, passage))
        };
        self.site.watched.iter().filter(near).filter_map(of).collect()
    }

    /// Brings groups and counts up to date, after [`Assessor::tick`] of the same moment, with what is reported from the ground.
    pub fn tally(&mut self, view: &TickView<'_>, reports: &[GroundReportRecord]) {
        self.tally.tick(view, reports, &self.site, &self.watch_log, &self.params.count);
    }

    /// Tracks that belong together, by number. The same `Arc` until one changes.
    #[must_use]
    pub fn groups(&self) -> Arc<Vec<TrackGroup>> {
        self.tally.groups()
    }

    /// How many, of each watched airspace. The same `Arc` until it is worked out anew.
    #[must_use]
    pub fn counts(&self) -> Arc<Vec<Count>> {
        self.tally.counts()
    }

    /// Counts up whenever groups or counts were worked out anew.
    #[must_use]
    pub const fn tally_revision(&self) -> u64 {
        self.tally.revision()
    }

    /// Carries out a person's command about an incident, or tells why not.
    pub fn command(&mut self, command: &Command, now: Time, events: &mut Vec<AssessEvent>) {
        self.incidents.command(command, now, &mut self.incident_events);
        events.extend(self.incident_events.drain(..).map(AssessEvent::Incident));
    }

    /// Open, acknowledged and recently closed incidents, oldest first. The same `Arc` until one of them changes.
    #[must_use]
    pub fn incidents(&self) -> Arc<Vec<Incident>> {
        self.incidents.shown()
    }

    /// The ledger: the latest assessment of every track and watched airspace that came near it, oldest first.
    #[must_use]
    pub fn entries(&self) -> Arc<Vec<Arc<Assessment>>> {
        self.ledger.shown()
    }

    /// Canonical bytes of what the last tick changed in the ledger: key and new row, or key and nothing where one was removed.
    #[must_use]
    pub fn ledger_news(&self) -> &[u8] {
        self.ledger.news()
    }

    /// Counts up whenever an incident changed.
    #[must_use]
    pub const fn incidents_revision(&self) -> u64 {
        self.incidents.revision()
    }

    /// Number and code of each watched airspace, for [`Renumbering`].
    #[must_use]
    pub fn airspaces(&self) -> Vec<(AirspaceId, String)> {
        self.site.watched.iter().map(|watched| (watched.airspace.id, watched.airspace.code.clone())).collect()
    }

    /// Where tracks that came into question may have come from, in the order of their names. The same `Arc` while none changes.
    #[must_use]
    pub fn origins(&self) -> Arc<Vec<Arc<OriginRegion>>> {
        self.origins.shown()
    }

    /// Canonical bytes of what the last tick changed of them.
    #[must_use]
    pub fn origins_news(&self) -> &[u8] {
        self.origins.news()
    }

    /// When each described sensor was watching.
    #[must_use]
    pub const fn watch_log(&self) -> &WatchLog {
        &self.watch_log
    }

    /// What is judged against.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// An assessor of these parameters and airspaces that goes on with the state that another, perhaps of other parameters and airspaces,
    /// gave by [`Assessor::encode`]: nothing that it knew of stays, incidents, alarms and groups is forgotten.
    ///
    /// # Errors
    /// When the bytes are cut short, damaged or of another layout.
    pub fn carried_over(&self, state: &[u8], to: &Renumbering) -> Result<Self, CanonError> {
        let mut reader = Reader::new(state);
        let mut next = self.restored(&mut reader)?;
        if reader.remaining() != 0 {
            return Err(CanonError::Invalid);
        }
        for detector in &mut next.detectors {
            detector.renumber(to);
        }
        next.ledger.renumber(to);
        next.incidents.renumber(to);
        next.tally.renumber(to);
        next.watch_log.renumber(|id| to.sensor(id));
        next.origins.begin_epoch();
        Ok(next)
    }

    /// Takes over incidents of a former epoch of which nothing more can be read.
    pub fn adopt(&mut self, incidents: Vec<Incident>, to: &Renumbering) {
        self.incidents.adopt(incidents, to);
    }

    /// Appends the canonical bytes of its state.
    pub fn encode(&self, out: &mut Vec<u8>) {
        use skypicket_model::Canon as _;
        for detector in &self.detectors {
            detector.encode(out);
        }
        self.ledger.encode(out);
        self.incidents.encode(out);
        self.tally.encode(out);
        self.watch_log.encode(out);
        self.origins.encode(out);
    }

    /// An assessor built from the same things, with the state that [`Assessor::encode`] gave.
    ///
    /// # Errors
    /// When the bytes are cut short or damaged.
    pub fn restored(&self, reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let mut restored = self.anew();
        for detector in &mut restored.detectors {
            detector.restore(reader)?;
        }
        restored.ledger = skypicket_model::Canon::decode(reader)?;
        restored.incidents = self.incidents.restored(reader)?;
        restored.tally = skypicket_model::Canon::decode(reader)?;
        restored.watch_log = skypicket_model::Canon::decode(reader)?;
        restored.origins = Origins::decode(reader)?;
        Ok(restored)
    }
}

/// The track of an entry that is at least possible and that nothing permits; of an object found again the first track has the beginning.
fn to_fly_back(assessment: &Assessment) -> Option<TrackId> {
    match (&assessment.finding, assessment.subject) {
        (Finding::AirspaceEntry(entry), Subject::Track(track))
            if entry.state >= EntryState::Possible
                && !matches!(entry.permission, Permission::Permitted { .. })
                && entry.same_as.as_ref().is_none_or(|before| before.probability < 0.5) =>
        {
            Some(track)
        }
        _ => None,
    }
}
