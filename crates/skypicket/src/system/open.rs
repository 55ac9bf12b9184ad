//! Starting a system: recovery of the journal, then either on in its epoch from a checkpoint, or into a new epoch.

use super::engine_thread::{EngineThread, Place, Tell};
use super::questions::Questions;
use super::{Alarms, Answers, Delays, Inbox, System, View};
use crate::archive::Archive;
use crate::build_id::BUILD_ID;
use crate::core::Core;
use crate::epoch::{self, Beginning};
use crate::journal::{
    Accepted, ContentRef, EpochReason, EpochStart, Fate, Journal, Kind, Limits, NewRecord, OpenError, Options,
    QuarantinedPart, Reader, Recovery,
};
use crate::plan::Plan;
use crate::replayed::Summary;
use crate::store::{Epoch, RestoreError, Restored, Store};
use crate::wall;
use crossbeam_channel::{Receiver, unbounded};
use skypicket_model::{Seq, Span, Time};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;

/// Where a system's inputs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The world.
    Watch,
    /// A recording.
    Replay,
    /// The built-in night.
    Demo,
}

/// Why a system did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder.
    #[error("{0}: {1}")]
    Folder(String, std::io::Error),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// The state that it holds.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The epoch could not be begun.
    #[error("a new epoch could not be begun: {0}")]
    Epoch(String),
    /// The end of the pause could not be journalled.
    #[error("that nobody listened meanwhile could not be recorded: {0}")]
    Pause(String),
}

/// A core and where it stands.
struct Begun {
    core: Core,
    epoch: Epoch,
    notes: Vec<String>,
    /// What could not be carried over, in words.
    lost: Option<String>,
}

impl System {
    /// Opens the folder and starts journal and engine. `begin` is when a recording or simulation begins; watching begins now.
    ///
    /// # Errors
    /// When the folder cannot be used, another process writes its journal, or its state cannot be restored.
    pub fn start(plan: Plan, directory: &Path, mode: Mode, begin_at: Option<Time>) -> Result<Self, StartError> {
        Self::start_with(plan, directory, mode, begin_at, Vec::new())
    }

    /// As [`Self::start`]; a new journal begins with what an epoch of another one took over, whose feeds were those of this plan. The
    /// bytes must be [readable](epoch::is_readable).
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(
        plan: Plan,
        directory: &Path,
        mode: Mode,
        begin_at: Option<Time>,
        taken_over: Vec<u8>,
    ) -> Result<Self, StartError> {
        let folder = |error| StartError::Folder(directory.display().to_string(), error);
        let store = Store::open(directory).map_err(folder)?;
        let files = store.keep_files(&plan).map_err(folder)?;
        let alarms = Alarms::default();
        let (to_engine, records) = unbounded();
        let events = {
            let alarms = alarms.clone();
            Arc::new(move |event| alarms.note(&event))
        };
        let config = &plan.config.journal;
        let limits = Limits {
            max_bytes: config.max_bytes,
            max_age: Some(Span::from_s(i64::from(config.max_age_days) * 86_400)),
            ..Limits::default()
        };
        let options = Options { segment_bytes: config.segment_bytes, limits, ..Options::default() };
        let (journal, recovery) = Journal::open(Arc::clone(&store.journal), options, Some(to_engine), events)?;
        let plan = Arc::new(plan);
        let began = begin_at.filter(|_| mode != Mode::Watch).unwrap_or_else(wall::now);
        // The world does not begin again; a recording or simulation does, and leaves out what is held.
        let arrivals_held = if mode == Mode::Watch { 0 } else { count_arrivals(&store)? };
        let begun = begin(&store, &journal, &recovery, &plan, &files, &records, began, mode, taken_over)?;
        // What cannot be removed now is at the next start.
        let pruned = store.prune_contents(&files).unwrap_or(0);
        if let Some(lost) = &begun.lost {
            alarms.add(lost.clone());
        }
        let inbox = Arc::new(Inbox::new(journal, recovery.last.map(|(_, time)| time), mode != Mode::Watch));
        let last_connection = begun.core.connections().map(|(_, connection)| connection).max().unwrap_or_default();
        close_stale_connections(&begun.core, &inbox, mode);
        let first = View {
            picture: begun.core.picture(),
            counts: Arc::new(begun.core.counts().to_vec()),
            digest: begun.core.engine().digest(),
            plan: Arc::clone(&plan),
        };
        let (publish, views) = watch::channel(Arc::new(first));
        let archive = Arc::new(Archive::new(store.clone(), recovery.journal_id));
        let place = Place { store, journal_id: recovery.journal_id, epoch: begun.epoch, files };
        let answers = Answers::default();
        let (summary, delays) = (Summary::default(), Delays::default());
        let tell = Tell {
            publish,
            alarms: alarms.clone(),
            answers: answers.clone(),
            delays: delays.clone(),
            summary: summary.clone(),
        };
        let (questions, asked) = Questions::new();
        let thread = EngineThread::new(begun.core, plan, place, Arc::clone(&inbox), (records, asked), tell);
        let spawned = std::thread::Builder::new().name("engine".into());
        let thread = spawned.spawn(move || thread.run_guarded()).map_err(folder)?;
        // Recordings and demonstrations are not what happened this week.
        let history = (mode == Mode::Watch).then(|| crate::history::keep(views.clone(), directory));
        let history = history.transpose().map_err(folder)?;
        Ok(Self {
            inbox,
            views,
            alarms,
            answers,
            delays,
            questions,
            summary,
            archive,
            mode,
            thread: Some(thread),
            history,
            arrivals_held,
            last_connection,
            notes: [recovery_notes(&recovery), begun.notes, pruning_note(pruned)].concat(),
        })
    }
}

fn recovery_notes(recovery: &Recovery) -> Vec<String> {
    let aside = recovery.set_aside.iter().map(|aside| {
        let kept = aside.kept_as.as_deref().unwrap_or("where it was");
        format!(
            "recording {}: {} from byte {}; {} bytes were set aside as {kept}",
            aside.file, aside.why, aside.offset, aside.len_bytes
        )
    });
    let lost = recovery.lost.map(|(first, last)| format!("inputs {} to {} are damaged and left out", first.0, last.0));
    aside.chain(lost).collect()
}

fn pruning_note(freed_bytes: u64) -> Vec<String> {
    let note = || {
        format!("{freed_bytes} bytes of borders, airspace and flight plans were removed: no kept recording uses them")
    };
    (freed_bytes > 0).then(note).into_iter().collect()
}

/// Goes on in the journal's epoch where build, config and files are the same, else begins a new one.
#[expect(clippy::too_many_arguments, reason = "the parts of a beginning, used in one place")]
fn begin(
    store: &Store,
    journal: &Journal,
    recovery: &Recovery,
    plan: &Plan,
    files: &[ContentRef],
    records: &Receiver<Arc<Accepted>>,
    began: Time,
    mode: Mode,
    taken_over: Vec<u8>,
) -> Result<Begun, StartError> {
    let config = plan.config_text.as_bytes();
    let Some((former, former_began)) = &recovery.epoch_start else {
        let former = (!taken_over.is_empty()).then_some(plan);
        let start = first_start(EpochReason::FirstStart, plan, files, taken_over);
        return new_epoch(store, journal, records, plan, start, 1, began, former);
    };
    let last = recovery.last.map_or(Seq(0), |(seq, _)| seq);
    let former_epoch = Epoch {
        number: recovery.epoch,
        start: former.clone(),
        first: recovery.epoch_first.unwrap_or(Seq(1)),
        began: *former_began,
    };
    match former.differs(BUILD_ID, config, files) {
        None => {
            let mut panicked = Vec::new();
            let Restored { core, whole } =
                store.restore(recovery.journal_id, &former_epoch, plan, last, &mut panicked)?;
            let pause = Pause::end(journal, recovery, mode)?;
            quarantine(journal, &panicked, began)?;
            let mut notes = vec![format!("goes on in epoch {} after input {}", recovery.epoch, last.0)];
            notes.extend(pause.map(|pause| pause.note()));
            Ok(Begun { core, epoch: former_epoch, notes, lost: (!whole).then(lost_in_part) })
        }
        Some(reason) => {
            let restored = carry_over(store, recovery.journal_id, &former_epoch, last);
            // The former epoch ends with the ticks of the pause, and the new one takes over that nobody listened.
            let pause = Pause::end(journal, recovery, mode)?;
            let began = pause.as_ref().map_or(began, |pause| pause.until);
            let began = recovery.last.map_or(began, |(_, last)| last.max(began));
            let (carried, former_plan, note) = match restored {
                Ok((Restored { mut core, whole }, former_plan)) => {
                    if let Some(pause) = &pause {
                        core.apply(&pause.record.as_record(pause.seq, pause.from));
                    }
                    (epoch::carried(&core), Some(former_plan), (!whole).then(lost_in_part))
                }
                // Another build may not read what this one wrote. Watching goes on without it, and says so.
                Err(error @ (RestoreError::Begun(_) | RestoreError::Epoch(_))) => {
                    (Vec::new(), None, Some(format!("incidents and tracks of before are not carried over: {error}")))
                }
                Err(error) => return Err(error.into()),
            };
            let start = first_start(reason, plan, files, carried);
            let former_plan = former_plan.as_ref();
            let mut begun = new_epoch(store, journal, records, plan, start, recovery.epoch + 1, began, former_plan)?;
            begun.lost = note.or(begun.lost);
            begun.notes.extend(pause.map(|pause| pause.note()));
            Ok(begun)
        }
    }
}

/// The time that the program was off, as the journal says it.
struct Pause {
    seq: Seq,
    record: NewRecord,
    /// `received` of the last record before, and of this one.
    from: Time,
    until: Time,
}

impl Pause {
    /// Journals, before anything else and before the ticks of the pause, that nobody listened since the last record until now. A recording or
    /// simulation goes on where it was and misses nothing; nor is anything known to be missed where the clock was set back.
    fn end(journal: &Journal, recovery: &Recovery, mode: Mode) -> Result<Option<Self>, StartError> {
        let until = wall::now();
        let Some((_, from)) = recovery.last.filter(|(_, from)| mode == Mode::Watch && *from < until) else {
            return Ok(None);
        };
        let record = NewRecord::resumed(until);
        let appended = journal.append(from, record.clone());
        let seq = appended.map_err(|error| StartError::Pause(error.to_string()))?;
        Ok(Some(Self { seq, record, from, until }))
    }

    fn note(&self) -> String {
        format!("nobody listened from {} to {}: silence is counted from then on", self.from, self.until)
    }
}

/// The state that the former epoch leaves to the next, and its plan.
fn carry_over(
    store: &Store,
    journal_id: [u8; 16],
    former: &Epoch,
    last: Seq,
) -> Result<(Restored, Plan), RestoreError> {
    let plan = epoch::plan_of(&former.start, &store.contents)?;
    let restored = store.restore(journal_id, former, &plan, last, &mut Vec::new())?;
    Ok((restored, plan))
}

fn first_start(reason: EpochReason, plan: &Plan, files: &[ContentRef], carried: Vec<u8>) -> EpochStart {
    EpochStart {
        reason,
        build: BUILD_ID.to_owned(),
        config: plan.config_text.clone().into_bytes(),
        files: files.to_vec(),
        carried,
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of a beginning, used in two places")]
fn new_epoch(
    store: &Store,
    journal: &Journal,
    records: &Receiver<Arc<Accepted>>,
    plan: &Plan,
    start: EpochStart,
    number: u64,
    received: Time,
    former: Option<&Plan>,
) -> Result<Begun, StartError> {
    let fail = |error: &dyn std::fmt::Display| StartError::Epoch(error.to_string());
    let first = journal.begin_epoch(received, &start).map_err(|error| fail(&error))?;
    if journal.durability().wait(first, std::time::Duration::from_secs(30)) != Fate::Durable {
        return Err(StartError::Epoch("its beginning could not be written to disk within 30 s".to_owned()));
    }
    // The journal holds received where the clock stepped back, so the record says when the epoch began.
    let began = records
        .try_iter()
        .find(|record| record.kind() == Kind::EpochStart)
        .map_or(received, |record| record.received());
    let before =
        Reader::open(Arc::clone(&store.journal)).map_err(RestoreError::from)?.until(Seq(first.0.saturating_sub(1)));
    let Beginning { core, links, whole } =
        epoch::begin(plan, &start.carried, began, former, Some(before)).map_err(RestoreError::from)?;
    for (from, to) in &links {
        journal.append(began, NewRecord::link(*from, *to)).map_err(|error| fail(&error))?;
    }
    let notes = vec![format!("epoch {number} begins ({:?}); {} tracks keep their names", start.reason, links.len())];
    let lost = (!whole).then(lost_in_part);
    Ok(Begun { core, epoch: Epoch { number, start, first, began }, notes, lost })
}

fn lost_in_part() -> String {
    "incidents are carried over, but not the ledger of entries and the groups: another build wrote them".to_owned()
}

/// Names inputs that panicked while the state was built again, so that every replay leaves them out.
fn quarantine(journal: &Journal, panicked: &[Seq], now: Time) -> Result<(), StartError> {
    for seq in panicked {
        let record = NewRecord::quarantine(*seq, QuarantinedPart::Engine, "tracking or assessment panicked");
        journal.append(now, record).map_err(|error| StartError::Epoch(error.to_string()))?;
    }
    Ok(())
}

/// Arrivals of all epochs, for a recording goes on across them: bytes and connections, not what the journal or people added.
fn count_arrivals(store: &Store) -> Result<u64, RestoreError> {
    let mut reader = Reader::open(Arc::clone(&store.journal))?;
    let mut count = 0;
    while let Some(record) = reader.next_record()? {
        count += u64::from(matches!(record.kind, Kind::Bytes | Kind::ConnectionOpened | Kind::ConnectionClosed));
    }
    Ok(count)
}

/// Connections of the former process are gone; a player's go on where they were.
fn close_stale_connections(core: &Core, inbox: &Inbox, mode: Mode) {
    if mode == Mode::Watch {
        for (feed, connection) in core.connections() {
            let _ = inbox.take(NewRecord::connection_closed(feed, connection, "the program was started again"));
        }
    }
}
