//! The one thread that owns the core: takes records in order, publishes a view a tick, makes checkpoints, rolls epochs, and survives
//! a panic by rebuilding itself without the input that caused it.

use super::delays::Arrivals;
use super::questions::Question;
use super::{Alarms, Answer, Answers, Delays, Inbox, View};
use crate::build_id::BUILD_ID;
use crate::core::Core;
use crate::epoch::{self, Beginning};
use crate::journal::checkpoint::CheckpointMeta;
use crate::journal::{
    Accepted, ContentRef, Durability, EpochReason, EpochStart, Fate, Kind, NewRecord, QuarantinedPart, Reader, Record,
};
use crate::plan::Plan;
use crate::replayed::{Replayed, Summary};
use crate::store::{Epoch, RestoreError, Restored, Store};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use skypicket_model::{Seq, Span, Time};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// Where the system's records are and which epoch runs.
pub(super) struct Place {
    pub(super) store: Store,
    pub(super) journal_id: [u8; 16],
    pub(super) epoch: Epoch,
    pub(super) files: Vec<ContentRef>,
}

/// How often the engine looks for a moment without input before it leaves the end of an epoch to the next tick.
const ROLL_TRIES: usize = 1000;

/// How long the end waits for the last inputs to be on disk.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// How many inputs that panicked are held beside those that the journal names.
const MAX_SKIPPED: usize = 1024;

/// What a checkpoint is of, and the state in canonical bytes.
type State = (CheckpointMeta, Vec<u8>);

/// Whom the thread tells what.
pub(super) struct Tell {
    pub(super) publish: watch::Sender<Arc<View>>,
    pub(super) alarms: Alarms,
    pub(super) answers: Answers,
    pub(super) delays: Delays,
    pub(super) summary: Summary,
}

pub(super) struct EngineThread {
    core: Core,
    plan: Arc<Plan>,
    place: Place,
    inbox: Arc<Inbox>,
    records: Receiver<Arc<Accepted>>,
    questions: Receiver<Question>,
    tell: Tell,
    checkpoints: Sender<State>,
    checkpointer: Option<JoinHandle<()>>,
    durability: Option<Durability>,
    checkpoint_every: Span,
    last_checkpoint: Time,
    /// Inputs that panicked and that the journal may not name durably yet.
    skipped: Vec<Seq>,
    /// An epoch that could not be begun properly: the next tick tries again. Until then no state is stored, for no replay comes to it.
    begin_again: Option<EpochReason>,
    /// What that epoch takes over, when the state cannot tell: it was lost.
    kept: Option<Vec<u8>>,
    /// An input was left out and the journal is closed: the next start has to find that again.
    unrecorded: bool,
    /// What this run has come to, for [`Summary`].
    replayed: Replayed,
    /// When the last inputs were received.
    arrivals: Arrivals,
    /// The tick of the last picture.
    last_judged: Seq,
}

impl EngineThread {
    pub(super) fn new(
        core: Core,
        plan: Arc<Plan>,
        place: Place,
        inbox: Arc<Inbox>,
        (records, questions): (Receiver<Arc<Accepted>>, Receiver<Question>),
        tell: Tell,
    ) -> Self {
        let checkpoint_every = Span::from_s(i64::from(plan.config.journal.checkpoint_every_s.max(10)));
        let durability = inbox.durability();
        let (checkpoints, checkpointer) = checkpoint_thread(&place.store, durability.clone());
        let last_checkpoint = last_checkpoint(&place);
        Self {
            core,
            plan,
            place,
            inbox,
            records,
            questions,
            tell,
            checkpoints,
            checkpointer,
            durability,
            checkpoint_every,
            last_checkpoint,
            skipped: Vec::new(),
            begin_again: None,
            kept: None,
            unrecorded: false,
            replayed: Replayed::default(),
            arrivals: Arrivals::default(),
            last_judged: Seq(0),
        }
    }

    /// Runs until the journal ends. A defect outside tracking and assessment ends the picture, and says so.
    pub(super) fn run_guarded(self) {
        let alarms = self.tell.alarms.clone();
        if catch_unwind(AssertUnwindSafe(|| self.run())).is_err() {
            alarms.add("the picture has stopped by a defect; inputs are still recorded: restart the program".into());
        }
    }

    fn run(mut self) {
        let mut last = None;
        while let Some(record) = self.next_record() {
            last = Some(record.received());
            let ticked = self.take(&record.record());
            if ticked {
                self.after_tick(record.received());
            }
        }
        self.publish();
        self.replayed.finish(&self.core);
        self.tell.summary.put(std::mem::take(&mut self.replayed));
        if let Some(last) = last {
            self.leave(last);
        }
    }

    /// The next input; `None` when the journal ends. Questions are answered while none is there.
    fn next_record(&mut self) -> Option<Arc<Accepted>> {
        loop {
            crossbeam_channel::select! {
                recv(self.records) -> record => return record.ok(),
                recv(self.questions) -> question => match question {
                    Ok(question) => {
                        let recording = self.core.engine().recording(question.track());
                        question.answer(recording);
                    }
                    // Nobody is left to ask.
                    Err(_) => self.questions = crossbeam_channel::never(),
                },
            }
        }
    }

    /// Stores the state as it is left, for the next start and for a proof, and waits for that; not where the disk refuses what it rests
    /// on for longer than [`LEAVE_WITHIN`].
    fn leave(self, time: Time) {
        let seq = self.core.engine().seq();
        let Some(durability) = &self.durability else { return };
        if self.in_doubt() {
            return;
        }
        // The journal is writing its last inputs beside.
        if seq <= self.place.epoch.first || durability.wait(seq, LEAVE_WITHIN) != Fate::Durable {
            return;
        }
        let _ = self.checkpoints.send(self.state(time));
        let Self { checkpoints, checkpointer, .. } = self;
        drop(checkpoints);
        if let Some(checkpointer) = checkpointer {
            let _ = checkpointer.join();
        }
    }

    /// Applies a record; whether it was a tick.
    fn take(&mut self, record: &Record<'_>) -> bool {
        if record.kind == Kind::Bytes {
            self.arrivals.note(record.seq, record.received);
        }
        match catch_unwind(AssertUnwindSafe(|| self.core.apply(record))) {
            Ok(applied) => {
                self.replayed.note(record, &self.core);
                if applied.quarantine {
                    let quarantine = NewRecord::quarantine(record.seq, QuarantinedPart::Decoder, "a decoder panicked");
                    self.inbox.take_own(quarantine);
                }
                if record.kind == Kind::Command {
                    self.publish();
                    self.tell.answers.note(record.seq, Answer::of(self.core.events()));
                }
                if applied.raised {
                    self.publish();
                    self.tell_delays();
                }
                applied.ticked
            }
            Err(_) => {
                self.rebuild(record.seq);
                if record.kind == Kind::Command {
                    self.tell
                        .answers
                        .note(record.seq, Answer::Refused("the program failed on it and leaves it out".into()));
                }
                false
            }
        }
    }

    fn after_tick(&mut self, time: Time) {
        self.publish();
        self.tell_delays();
        if time - self.last_checkpoint >= self.checkpoint_every {
            self.checkpoint(time);
        }
        if let Some(reason) = self.begin_again.or_else(|| self.inbox.epoch_due(time)) {
            self.roll(reason);
        }
    }

    /// What was published now is measured: how long its alerts took.
    fn tell_delays(&mut self) {
        self.tell.delays.published(self.core.events(), &self.arrivals, self.last_judged, crate::wall::now());
        self.last_judged = self.core.engine().seq();
    }

    fn publish(&self) {
        let view = View {
            picture: self.core.picture(),
            counts: Arc::new(self.core.counts().to_vec()),
            digest: self.core.engine().digest(),
            plan: Arc::clone(&self.plan),
        };
        self.tell.publish.send_replace(Arc::new(view));
    }

    /// Hands the state to the checkpoint thread; while that is busy the next tick tries again.
    fn checkpoint(&mut self, time: Time) {
        if self.checkpoints.is_full() || self.in_doubt() {
            return;
        }
        match self.checkpoints.try_send(self.state(time)) {
            Ok(()) => self.last_checkpoint = time,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }

    /// The state is not what a replay of the journal as it stands comes to.
    const fn in_doubt(&self) -> bool {
        self.begin_again.is_some() || self.unrecorded
    }

    /// The state after the last input, received at `time`, and what it is of.
    fn state(&self, time: Time) -> State {
        let meta = CheckpointMeta {
            journal_id: self.place.journal_id,
            build: BUILD_ID.to_owned(),
            epoch: self.place.epoch.number,
            seq: self.core.engine().seq(),
            received: time,
            digest: *self.core.engine().digest().bytes(),
        };
        (meta, self.core.save())
    }

    /// Ends the epoch and begins the next: no input comes in meanwhile, everything accepted before is taken first.
    fn roll(&mut self, reason: EpochReason) {
        let inbox = Arc::clone(&self.inbox);
        let rolled =
            std::iter::repeat_with(|| self.try_roll(&inbox, reason)).take(ROLL_TRIES).find_map(|rolled| rolled);
        let Some((start, first, began)) = rolled else { return };
        // The warm-up is read from disk. It begins all the same if the disk is in trouble: the epoch has begun, the picture goes on.
        if let Some(durability) = inbox.durability() {
            let _ = durability.wait(first, Duration::from_secs(30));
        }
        let begun = self.begin(&start, first, began);
        self.place.epoch = Epoch { number: self.place.epoch.number + 1, start, first, began };
        match begun {
            Ok(Beginning { mut core, links, .. }) => {
                core.keep_counts(&self.core);
                self.core = core;
                for (from, to) in links {
                    self.inbox.take_own(NewRecord::link(from, to));
                }
                (self.begin_again, self.kept) = (None, None);
            }
            Err(error) => {
                self.tell.alarms.add(format!(
                    "epoch {} could not be begun from the recording ({error}): the picture goes on, a replay of it may differ",
                    self.place.epoch.number
                ));
                self.begin_again = Some(reason);
            }
        }
        self.publish();
    }

    /// The core at the beginning of an epoch whose first record was just written.
    fn begin(&self, start: &EpochStart, first: Seq, began: Time) -> Result<Beginning, RestoreError> {
        let before = Reader::open(Arc::clone(&self.place.store.journal))?.until(Seq(first.0.saturating_sub(1)));
        Ok(epoch::begin(&self.plan, &start.carried, began, Some(&self.plan), Some(before))?)
    }

    /// One attempt to find a moment when no input is coming in; what was accepted before is taken first.
    fn try_roll(&mut self, inbox: &Inbox, reason: EpochReason) -> Option<(EpochStart, Seq, Time)> {
        while let Ok(record) = self.records.try_recv() {
            self.take(&record.record());
        }
        let rolled = inbox.exclusively(|journal| {
            // Taking a record may have something to journal, which cannot be done here.
            if !self.records.is_empty() {
                return None;
            }
            let start = EpochStart {
                reason,
                build: BUILD_ID.to_owned(),
                config: self.plan.config_text.clone().into_bytes(),
                files: self.place.files.clone(),
                carried: self.kept.clone().unwrap_or_else(|| epoch::carried(&self.core)),
            };
            let received = journal.last().1.unwrap_or(Time::EPOCH);
            let first = journal.begin_epoch(received, &start).ok()?;
            Some((start, first, received))
        });
        rolled.flatten()
    }

    /// After a panic in tracking or assessment: says so in the journal and builds the state again without that input.
    fn rebuild(&mut self, seq: Seq) {
        self.skipped.push(seq);
        self.quarantine(seq);
        if let Some(durability) = self.inbox.durability() {
            let _ = durability.wait(seq, Duration::from_secs(30));
        }
        let known = self.skipped.len();
        let Place { store, journal_id, epoch, .. } = &self.place;
        match store.restore(*journal_id, epoch, &self.plan, seq, &mut self.skipped) {
            Ok(Restored { mut core, .. }) => {
                core.keep_counts(&self.core);
                self.core = core;
                for seq in self.skipped.split_off(known) {
                    self.quarantine(seq);
                    self.skipped.push(seq);
                }
            }
            Err(error) => {
                self.tell
                    .alarms
                    .add(format!("the picture began anew after a defect, for it could not be rebuilt: {error}"));
                // What people know goes on in an epoch of its own, which the next tick begins.
                self.kept = Some(epoch::carried_from_ruins(&self.core));
                if let Ok(core) = Core::new(&self.plan) {
                    self.core = core;
                }
                self.begin_again = Some(EpochReason::Rebuilt);
            }
        }
        // By now the journal names the older ones.
        let surplus = self.skipped.len().saturating_sub(MAX_SKIPPED);
        self.skipped.drain(..surplus);
    }

    fn quarantine(&mut self, seq: Seq) {
        let record = NewRecord::quarantine(seq, QuarantinedPart::Engine, "tracking or assessment panicked");
        self.unrecorded |= !self.inbox.take_own(record);
    }
}

/// When the newest checkpoint of the epoch was made, else when the epoch began: a program that is started again and again, each time
/// for less than the interval, must not be left to play ever more of its recording.
fn last_checkpoint(place: &Place) -> Time {
    let listed = place.store.checkpoints.list().unwrap_or_default();
    let of_epoch = listed.into_iter().map(|checkpoint| checkpoint.meta).filter(|meta| {
        meta.journal_id == place.journal_id && meta.build == BUILD_ID && meta.epoch == place.epoch.number
    });
    of_epoch.map(|meta| meta.received).max().unwrap_or(place.epoch.began)
}

/// Writes checkpoints beside the engine: waits until their inputs are durable, then stores them.
fn checkpoint_thread(store: &Store, durability: Option<Durability>) -> (Sender<State>, Option<JoinHandle<()>>) {
    let (to_thread, jobs) = bounded::<State>(1);
    let checkpoints = store.checkpoints.clone();
    let spawned = std::thread::Builder::new().name("checkpoints".into()).spawn(move || {
        let Some(durability) = durability else { return };
        while let Ok((meta, state)) = jobs.recv() {
            if durability.wait(meta.seq, Duration::from_secs(30)) == Fate::Durable {
                let _ = checkpoints.save(&meta, &state, &durability);
            }
        }
    });
    (to_thread, spawned.ok())
}
