//! The state machine.

use crate::decisions::Decisions;
use crate::digest::Digest;
use crate::numbers::Numbers;
use crate::picture::{Picture, PictureTrack};
use crate::reports::Reports;
use crate::sensors::{ClockLimits, Sensors};
use skypicket_assess::claims::Claims;
use skypicket_assess::{AssessEvent, Assessor, TickView};
use skypicket_model::gnss::Distrust;
use skypicket_model::{
    Action, Assessment, Canon, ClaimAction, ClaimEvent, Command, GroundReportEvent, IncidentEvent, Observation, Sensor,
    SensorEvent, Seq, Span, StandardIdentity, Time, Track, TrackEnd, TrackId,
};
use skypicket_track::{Recording, TrackEvent, Tracker};
use std::sync::Arc;

/// How often it is looked which tracks are near a watched border, s; and within what time they can be there, s. Origin: the smoother's lag of two
/// minutes, of which the first seconds may be missing.
const NEAR_EVERY_S: i64 = 5;
const NEAR_S: f64 = 120.0;

/// Between two ticks it is looked this often, when something comes in, whether a measurement raises an alert. Origin: an alert within a second of the plot that
/// brings it, counted with what transport and the map take; twice a second costs half of what a tick costs where much is in doubt.
const LOOK_EVERY: Span = Span::from_ms(400);

/// One input, in journal order.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// What one journalled chunk of bytes decoded to; may be empty.
    Observations(&'a [Observation]),
    /// A whole second of received time has passed.
    Tick(Time),
    /// A person asked for something.
    Command(&'a Command),
    /// The chunk of that number made its decoder panic and was left out.
    Quarantined(Seq),
    /// Nobody listened since the input before, until then: what was not heard meanwhile says nothing of who was silent.
    Resumed(Time),
}

/// What an input led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A track was confirmed.
    TrackBorn(TrackId),
    /// A confirmed track ended.
    TrackEnded(TrackId, TrackEnd),
    /// A detector judged something anew.
    Assessment(Box<Assessment>),
    /// An incident changed.
    Incident(IncidentEvent),
    /// A sensor changed.
    Sensor(SensorEvent),
    /// A chunk was quarantined.
    Quarantined(Seq),
    /// What is reported from the ground changed.
    GroundReport(GroundReportEvent),
    /// The public statements changed.
    Claim(ClaimEvent),
}
skypicket_model::canon_enum!(Event {
    0 => TrackBorn(a), 1 => TrackEnded(a, b), 2 => Assessment(a), 3 => Incident(a), 4 => Sensor(a), 5 => Quarantined(a),
    6 => GroundReport(a), 7 => Claim(a),
});

/// What an engine is made of: everything that shapes its output, so that equal setups and inputs give equal digests.
pub struct Setup {
    /// The described sensors of all feeds.
    pub sensors: Vec<Sensor>,
    /// Limits within which a sensor's clock is believed.
    pub clock: ClockLimits,
    /// The tracker, new.
    pub tracker: Tracker,
    /// The detectors and incidents, new.
    pub assessor: Assessor,
}

/// The state machine; see the crate's text.
pub struct Engine {
    pub(crate) sensors: Sensors,
    pub(crate) tracker: Tracker,
    pub(crate) assessor: Assessor,
    pub(crate) decisions: Decisions,
    pub(crate) reports: Reports,
    pub(crate) claims: Claims,
    pub(crate) numbers: Numbers,
    pub(crate) digest: Digest,
    pub(crate) seq: Seq,
    pub(crate) time: Time,
    /// Until when nobody listened, where there was a pause: the end of the latest.
    pub(crate) listening_since: Option<Time>,
    /// The revision of the incidents that the digest took last.
    pub(crate) incidents_taken: u64,
    /// The same of groups and counts.
    pub(crate) tally_taken: u64,
    /// When it was judged last, by a tick or between two, and the last input of which that took account.
    pub(crate) looked: (Time, Seq),
    picture: Arc<Picture>,
    scratch: Scratch,
}

/// Memory that is used again at every input, so that the hot path does not allocate.
#[derive(Default)]
struct Scratch {
    observations: Vec<Observation>,
    track_events: Vec<TrackEvent>,
    distrusts: Vec<Distrust>,
    assess_events: Vec<AssessEvent>,
    tracks: Vec<Track>,
    near: Vec<TrackId>,
    awaited: Vec<TrackId>,
    bytes: Vec<u8>,
}

impl Engine {
    /// An engine that has seen nothing.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            sensors: Sensors::new(&setup.sensors, setup.clock),
            tracker: setup.tracker,
            assessor: setup.assessor,
            decisions: Decisions::default(),
            reports: Reports::default(),
            claims: Claims::default(),
            numbers: Numbers::default(),
            digest: Digest::start(),
            seq: Seq(0),
            time: Time::EPOCH,
            listening_since: None,
            incidents_taken: 0,
            tally_taken: 0,
            looked: (Time::EPOCH, Seq(0)),
            picture: Arc::new(Picture::empty()),
            scratch: Scratch::default(),
        }
    }

    /// Takes the next input and appends what it led to. Inputs come in ascending `seq`; an input that was already taken is ignored.
    pub fn handle(&mut self, seq: Seq, input: Input<'_>, events: &mut Vec<Event>) {
        if seq <= self.seq && self.seq != Seq(0) {
            return;
        }
        self.seq = seq;
        let first = events.len();
        match input {
            Input::Observations(observations) => self.observe(observations, events),
            Input::Tick(time) => self.tick(time, events),
            Input::Command(command) => self.command(command, events),
            Input::Resumed(until) => self.listening_since = self.listening_since.max(Some(until)),
            Input::Quarantined(which) => events.push(Event::Quarantined(which)),
        }
        if let Some(new) = events.get(first..)
            && !new.is_empty()
        {
            self.scratch.bytes.clear();
            seq.encode(&mut self.scratch.bytes);
            for event in new {
                event.encode(&mut self.scratch.bytes);
            }
            self.digest.extend(&self.scratch.bytes);
        }
    }

    /// The picture of the last tick.
    #[must_use]
    pub fn picture(&self) -> Arc<Picture> {
        Arc::clone(&self.picture)
    }

    /// The chain over all events and pictures so far.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The last input taken.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// The detectors and incidents, to read.
    #[must_use]
    pub const fn assessor(&self) -> &Assessor {
        &self.assessor
    }

    fn observe(&mut self, observations: &[Observation], events: &mut Vec<Event>) {
        if observations.is_empty() {
            return;
        }
        let accepted = &mut self.scratch.observations;
        accepted.clear();
        for observation in observations {
            self.time = self.time.max(observation.received);
            accepted.push(self.sensors.accept(*observation, self.listening_since, events));
        }
        self.scratch.track_events.clear();
        self.assessor.observe(accepted);
        self.assessor.distrusts(&mut self.scratch.distrusts);
        for word in self.scratch.distrusts.drain(..) {
            self.tracker.distrust(&word, &mut self.scratch.track_events);
        }
        self.tracker.observe(accepted, &mut self.scratch.track_events);
        publish_track_events(&self.scratch.track_events, &mut self.sensors, &mut self.decisions, events);
        if self.time - self.looked.0 >= LOOK_EVERY {
            self.look(events);
        }
    }

    /// Judges what was measured since it was judged last and may raise an alert, and publishes what comes of it. The digest takes the ledger's
    /// rows and the events now, the incidents with the next tick.
    fn look(&mut self, events: &mut Vec<Event>) {
        let since = self.looked.1;
        self.looked = (self.time, self.seq);
        self.assessor.awaits(&mut self.scratch.awaited);
        if self.scratch.awaited.is_empty() {
            return;
        }
        self.tracker.snapshot_of(&self.scratch.awaited, since, self.time, &mut self.scratch.tracks);
        if self.scratch.tracks.is_empty() {
            return;
        }
        self.decide_identities(self.time);
        self.scratch.assess_events.clear();
        let view = TickView {
            now: self.time,
            tracks: &self.scratch.tracks,
            sensors: self.sensors.health(),
            described: self.sensors.described(),
            listening_since: self.listening_since,
            ways: skypicket_model::WaysOf(Some(&self.tracker)),
        };
        self.assessor.look(&view, &mut self.scratch.assess_events);
        let raised = !self.scratch.assess_events.is_empty();
        publish_assess_events(&mut self.scratch.assess_events, events);
        self.digest.extend(self.assessor.ledger_news());
        if raised {
            self.show_now(|picture, assessor| {
                (picture.incidents, picture.entries) = (assessor.incidents(), assessor.entries());
            });
        }
    }

    fn tick(&mut self, time: Time, events: &mut Vec<Event>) {
        self.time = self.time.max(time);
        self.looked = (self.time, self.seq);
        self.scratch.track_events.clear();
        self.tracker.tick(time, &mut self.scratch.track_events);
        publish_track_events(&self.scratch.track_events, &mut self.sensors, &mut self.decisions, events);
        self.sensors.tick();
        self.snapshot(time);
        self.numbers.update(&self.scratch.tracks, time);
        self.scratch.assess_events.clear();
        let view = TickView {
            now: time,
            tracks: &self.scratch.tracks,
            sensors: self.sensors.health(),
            described: self.sensors.described(),
            listening_since: self.listening_since,
            ways: skypicket_model::WaysOf(Some(&self.tracker)),
        };
        self.assessor.tick(&view, &mut self.scratch.assess_events);
        self.assessor.tally(&view, &self.reports.shown());
        self.scratch.track_events.clear();
        self.assessor.distrusts(&mut self.scratch.distrusts);
        for word in self.scratch.distrusts.drain(..) {
            self.tracker.distrust(&word, &mut self.scratch.track_events);
        }
        publish_track_events(&self.scratch.track_events, &mut self.sensors, &mut self.decisions, events);
        publish_assess_events(&mut self.scratch.assess_events, events);
        if time.floor_s() % NEAR_EVERY_S == 0 {
            self.keep_near(time);
        }
        self.publish(time);
    }

    /// Has the tracker keep what the trajectories of tracks near a watched border need. That changes nothing that is shown.
    fn keep_near(&mut self, time: Time) {
        let site = self.assessor.site();
        let near = self.scratch.tracks.iter().filter(|track| site.is_near_a_border(track, NEAR_S));
        self.scratch.near.clear();
        self.scratch.near.extend(near.map(|track| track.id));
        self.tracker.keep_trajectories(&self.scratch.near, time);
    }

    /// What is kept of a track, to work out its smoothed trajectory of the last two minutes: of those near a watched border, and of those that
    /// are recorded whole.
    #[must_use]
    pub fn recording(&self, track: TrackId) -> Option<Recording> {
        self.tracker.recording(track)
    }

    /// Records a track from its birth, or from now, to its end. For playing a journal again: nothing that is shown changes.
    pub fn record_whole(&mut self, track: TrackId) {
        self.tracker.record_whole(track);
    }

    /// Something was recorded whole of a track that has ended.
    #[must_use]
    pub const fn has_recorded(&self) -> bool {
        self.tracker.has_recorded()
    }

    /// What was recorded whole of tracks that ended since this was asked last.
    pub fn take_recorded(&mut self) -> Vec<Recording> {
        self.tracker.take_recorded()
    }

    /// The tracks as they are at `time`, with what people decided about them.
    fn snapshot(&mut self, time: Time) {
        self.scratch.tracks.clear();
        self.tracker.snapshot(time, &mut self.scratch.tracks);
        self.decide_identities(time);
    }

    /// Puts what people decided, and whether something does not fit what it says of itself, on the tracks that are looked at.
    fn decide_identities(&mut self, time: Time) {
        for track in &mut self.scratch.tracks {
            let address = track.identity.address();
            if let Some(since) = address.and_then(|address| self.assessor.doubted_since(track.reality, address)) {
                track.identity.contradicted_since.get_or_insert(since);
                if track.standard_identity == StandardIdentity::AssumedFriend {
                    track.standard_identity = StandardIdentity::Unknown;
                }
            }
            if let Some(identity) = self.decisions.identity(track.id, time) {
                track.standard_identity = identity;
            }
        }
    }

    fn publish(&mut self, time: Time) {
        let tracks = self
            .scratch
            .tracks
            .drain(..)
            .map(|track| PictureTrack { number: self.numbers.of(track.id), track })
            .collect::<Vec<_>>();
        let (incidents, entries) = (self.assessor.incidents(), self.assessor.entries());
        let former = self.numbers.former(&tracks, &incidents, &entries);
        let kept = &self.picture.former;
        let former = if **kept == former { Arc::clone(kept) } else { Arc::new(former) };
        let picture = Picture {
            seq: self.seq,
            time,
            tracks,
            incidents,
            entries,
            former,
            sensors: self.sensors.health().to_vec(),
            origins: self.assessor.origins(),
            reports: self.reports.shown(),
            claims: self.claims.shown(),
            groups: self.assessor.groups(),
            counts: self.assessor.counts(),
            gnss: self.assessor.gnss(),
            gnss_days: self.assessor.gnss_days(),
        };
        self.digest_picture(&picture);
        self.picture = Arc::new(picture);
    }

    /// Of the picture the digest takes the tracks and sensors as they are, of ledger and incidents what changed since the picture before:
    /// two chains that agree have agreed on every row (docs/decisions/digest.md).
    fn digest_picture(&mut self, picture: &Picture) {
        let bytes = &mut self.scratch.bytes;
        bytes.clear();
        picture.seq.encode(bytes);
        picture.time.encode(bytes);
        picture.tracks.encode(bytes);
        bytes.extend_from_slice(self.assessor.ledger_news());
        bytes.extend_from_slice(self.assessor.origins_news());
        let revision = self.assessor.incidents_revision();
        if revision != self.incidents_taken {
            self.incidents_taken = revision;
            picture.incidents.encode(bytes);
        }
        let revision = self.assessor.tally_revision();
        if revision != self.tally_taken {
            self.tally_taken = revision;
            picture.groups.encode(bytes);
            picture.counts.encode(bytes);
        }
        picture.sensors.encode(bytes);
        // Worked out anew every other second; each time the chain takes it whole, for most cells change.
        if picture.gnss.iter().any(|gnss| gnss.time == Some(picture.time)) {
            picture.gnss.encode(bytes);
        }
        if picture.gnss_days.iter().any(|day| day.told == picture.time) {
            picture.gnss_days.encode(bytes);
        }
        self.digest.extend(bytes);
    }

    fn command(&mut self, command: &Command, events: &mut Vec<Event>) {
        match &command.action {
            Action::Identify { track, identity, .. } => self.identify(*track, *identity, command, events),
            Action::FileReport { .. } | Action::CorrectReport { .. } | Action::WithdrawReport { .. } => {
                self.report(command, events);
            }
            Action::Claim(action) => self.claim(command, action, events),
            Action::Acknowledge { .. } | Action::Close { .. } | Action::Note { .. } | Action::CallViolation { .. } => {
                self.about_incident(command, events);
            }
        }
    }

    /// What is reported from the ground. The digest takes all of it with the command's own events.
    fn report(&mut self, command: &Command, events: &mut Vec<Event>) {
        let mut changes = Vec::new();
        if let Err(why) = self.reports.command(command, self.time, &mut changes) {
            let refused = IncidentEvent::Refused { operator: command.operator.clone(), why: why.to_owned() };
            events.push(Event::Incident(refused));
        }
        events.extend(changes.into_iter().map(Event::GroundReport));
        let reports = self.reports.shown();
        self.show_now(|picture, _| picture.reports = reports);
    }

    fn about_incident(&mut self, command: &Command, events: &mut Vec<Event>) {
        self.scratch.assess_events.clear();
        self.assessor.command(command, self.time, &mut self.scratch.assess_events);
        publish_assess_events(&mut self.scratch.assess_events, events);
        self.show_now(|picture, assessor| picture.incidents = assessor.incidents());
    }

    /// Public statements. The digest takes all of each with the command's own events.
    fn claim(&mut self, command: &Command, action: &ClaimAction, events: &mut Vec<Event>) {
        let mut changes = Vec::new();
        if let Err(why) = self.claims.command(command, action, self.time, &mut changes) {
            let refused = IncidentEvent::Refused { operator: command.operator.clone(), why: why.to_owned() };
            events.push(Event::Incident(refused));
        }
        events.extend(changes.into_iter().map(Event::Claim));
        let claims = self.claims.shown();
        self.show_now(|picture, _| picture.claims = claims);
    }

    /// Changes the picture between two ticks: what a person did shows at once, also where time stands still. The digest takes it at the
    /// next tick, and the command's own events now.
    fn show_now(&mut self, change: impl FnOnce(&mut Picture, &Assessor)) {
        let mut picture = self.picture.as_ref().clone();
        change(&mut picture, &self.assessor);
        self.picture = Arc::new(picture);
    }

    fn identify(&mut self, track: TrackId, identity: StandardIdentity, command: &Command, events: &mut Vec<Event>) {
        let known = self.picture.tracks.iter().any(|shown| shown.track.id == track);
        if known {
            self.decisions.identify(track, identity, &command.operator, self.time);
            self.show_now(|picture, _| {
                let decided = picture.tracks.iter_mut().filter(|shown| shown.track.id == track);
                decided.for_each(|shown| shown.track.standard_identity = identity);
            });
        } else {
            let refused =
                IncidentEvent::Refused { operator: command.operator.clone(), why: "no such track".to_owned() };
            events.push(Event::Incident(refused));
        }
    }

    pub(crate) fn set_picture(&mut self, picture: Picture) {
        self.picture = Arc::new(picture);
    }

    /// Publishes the picture again after state was loaded or adopted, without touching the digest.
    pub(crate) fn refresh_picture(&mut self) {
        let taken = (self.digest, self.incidents_taken, self.tally_taken);
        let time = self.time;
        self.snapshot(time);
        self.publish(time);
        (self.digest, self.incidents_taken, self.tally_taken) = taken;
    }
}

fn publish_track_events(from: &[TrackEvent], sensors: &mut Sensors, decisions: &mut Decisions, to: &mut Vec<Event>) {
    for event in from {
        match event {
            TrackEvent::Confirmed(id) => to.push(Event::TrackBorn(*id)),
            TrackEvent::Ended(id, cause) => {
                if let TrackEnd::Merged { into } = cause {
                    decisions.merged(*id, *into);
                }
                to.push(Event::TrackEnded(*id, *cause));
            }
            TrackEvent::Demoted(sensor, why) => sensors.stands(*sensor, Some(*why), to),
            TrackEvent::Restored(sensor) => sensors.stands(*sensor, None, to),
            TrackEvent::OverBudget(sensor) => sensors.over_budget(*sensor),
            _ => {}
        }
    }
}

fn publish_assess_events(from: &mut Vec<AssessEvent>, to: &mut Vec<Event>) {
    to.extend(from.drain(..).map(|event| match event {
        AssessEvent::Assessment(assessment) => Event::Assessment(Box::new(assessment)),
        AssessEvent::Incident(incident) => Event::Incident(incident),
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_decided_goes_on_with_the_track_that_a_merge_keeps() {
        let (kept, gone) = (TrackId(1), TrackId(2));
        let limits = ClockLimits { late: skypicket_model::Span::from_s(60), early: skypicket_model::Span::from_s(2) };
        let (mut sensors, mut decisions) = (Sensors::new(&[], limits), Decisions::default());
        decisions.identify(gone, StandardIdentity::Hostile, "A", Time::from_s(5));
        let ended = [TrackEvent::Ended(gone, TrackEnd::Merged { into: kept })];
        let mut events = Vec::new();
        publish_track_events(&ended, &mut sensors, &mut decisions, &mut events);
        assert_eq!(events, [Event::TrackEnded(gone, TrackEnd::Merged { into: kept })]);
        assert_eq!(decisions.identity(kept, Time::from_s(6)), Some(StandardIdentity::Hostile));
    }
}
