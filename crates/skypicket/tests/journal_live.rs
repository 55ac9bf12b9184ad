//! The journal as a running program uses it: many appenders, one writer thread, an engine that listens, and a disk with moods.

#![allow(clippy::disallowed_methods, reason = "tests of a part of the program, which has threads and waits")]

use crossbeam_channel::unbounded;
use skypicket::journal::retention::enforce;
use skypicket::journal::simulated::{SimulatedDisk, Trouble};
use skypicket::journal::storage::{Storage, StorageFile, StoredFile};
use skypicket::journal::{
    Accepted, AppendError, Body, EpochReason, EpochStart, EventSink, Fate, GapCause, Index, Journal, JournalEvent,
    Kind, Limits, NewRecord, Options, Reader, SteppedJournal, segment_name, verify,
};
use skypicket_model::ids::{ConnectionId, FeedId, Seq};
use skypicket_model::time::{Span, Time};
use std::any::Any;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const START: Time = Time::from_s(1_757_453_400);
/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(60);

fn epoch_start(reason: EpochReason) -> EpochStart {
    EpochStart { reason, build: "a".into(), config: b"x = 1".to_vec(), files: Vec::new(), carried: Vec::new() }
}

fn bytes(len: usize) -> NewRecord {
    NewRecord::bytes(FeedId(1), ConnectionId(1), (0..len).map(|i| (i * 7 % 251) as u8).collect())
}

type Told = Arc<Mutex<Vec<JournalEvent>>>;

fn listener() -> (Told, EventSink) {
    let told = Told::default();
    let sink = Arc::clone(&told);
    (told, Arc::new(move |event| sink.lock().expect("no panic").push(event)))
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "waited for: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn quick() -> Options {
    Options { commit_interval: Duration::from_millis(1), segment_bytes: 64 << 10, ..Options::default() }
}

/// Every record of a clean journal.
fn read_all(disk: &SimulatedDisk) -> Vec<(Seq, Time, Kind, Vec<u8>)> {
    let report = verify(Arc::new(disk.clone())).expect("the disk reads");
    assert!(report.is_clean(), "{report:?}");
    let mut reader = Reader::open(Arc::new(disk.clone())).expect("the disk reads");
    let mut all = Vec::new();
    while let Some(r) = reader.next_record().expect("verified before") {
        all.push((r.seq, r.received, r.kind, r.payload.to_vec()));
    }
    all
}

#[test]
fn what_the_engine_gets_is_what_the_journal_holds() {
    let disk = SimulatedDisk::new(1);
    let (engine, inputs) = unbounded::<Arc<Accepted>>();
    let (told, sink) = listener();
    let (journal, _) = Journal::open(Arc::new(disk.clone()), quick(), Some(engine), sink).expect("an empty disk");
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let journal = &journal;
            threads.spawn(move || {
                for i in 0..300 {
                    let received = START + Span::from_ms(500 + 3 * i + thread);
                    let record = bytes(100 + (i % 7) as usize * 900);
                    if thread == 0 {
                        while journal.try_append(received, record.clone()) == Err(AppendError::Full) {}
                    } else {
                        journal.append(received, record).expect("open");
                    }
                }
            });
        }
        let mut all = Vec::new();
        wait_until("all inputs", || {
            all.extend(inputs.try_iter().map(|a| (a.seq(), a.received(), a.kind(), a.record().payload.to_vec())));
            all.iter().filter(|(_, _, kind, _)| *kind == Kind::Bytes).count() == 1200
        });
        let (last, received) = journal.last();
        assert_eq!(journal.durability().wait(last, PATIENCE), Fate::Durable);
        assert_eq!(received, Some(START + Span::from_ms(1400)));
        assert_eq!(read_all(&disk), all);
        assert!(all.iter().zip(1..).all(|(record, seq)| record.0 == Seq(seq)), "numbers without holes");
        assert!(all.is_sorted_by_key(|record| record.1), "received never decreases");
        let ticks: Vec<Time> = all.iter().filter(|r| r.2 == Kind::Tick).map(|r| r.1).collect();
        assert_eq!(ticks, [START + Span::from_s(1)]);
    });
    assert_eq!(journal.held(), (0, 0), "nothing is held once journal and engine have let go");
    assert_eq!(journal.close(), 0);
    assert!(told.lock().expect("no panic").is_empty());
}

#[test]
fn a_failed_write_or_sync_loses_nothing_and_is_told() {
    for operation in 0..12 {
        let disk = SimulatedDisk::new(operation);
        let (told, sink) = listener();
        let (journal, _) = Journal::open(Arc::new(disk.clone()), quick(), None, sink).expect("an empty disk");
        disk.trouble_at(disk.operations() + operation, Trouble::InputOutput);
        journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
        for i in 0..20 {
            let seq = journal.append(START + Span::from_ms(i), bytes(50)).expect("open");
            assert_eq!(journal.durability().wait(seq, PATIENCE), Fate::Durable);
        }
        assert_eq!(journal.close(), 0);
        let all = read_all(&disk);
        assert_eq!(all.iter().filter(|r| r.2 == Kind::Bytes).count(), 20);
        assert_eq!(all.iter().filter(|r| r.2 == Kind::WriteFault).count(), 1, "operation {operation}");
        let told = told.lock().expect("no panic");
        assert!(matches!(
            told[..],
            [JournalEvent::WriteFailed { failures: 1, .. }, JournalEvent::Restored { lost_records: 0, .. }]
        ));
    }
}

#[test]
fn on_a_full_disk_the_picture_goes_on_and_the_loss_is_recorded() {
    let disk = SimulatedDisk::new(1);
    let (engine, inputs) = unbounded::<Arc<Accepted>>();
    let (told, sink) = listener();
    let options = Options { queue_bytes: 2 << 20, ..quick() };
    let (journal, _) = Journal::open(Arc::new(disk.clone()), options, Some(engine), sink).expect("an empty disk");
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    let before = journal.append(START, bytes(3000)).expect("open");
    assert_eq!(journal.durability().wait(before, PATIENCE), Fate::Durable);
    disk.set_capacity(8 << 10);
    let mut seen = 0;
    let command = journal.append(START, NewRecord::command(vec![1, 2, 3])).expect("open");
    // Ten times what the queue holds: without shedding `append` would wait for ever.
    for i in 0..7000 {
        journal.append(START + Span::from_ms(i / 8), bytes(3000)).expect("open");
        seen += inputs.try_iter().count();
    }
    wait_until("loss", || told.lock().expect("no panic").iter().any(|e| matches!(e, JournalEvent::Lost { .. })));
    seen += inputs.try_iter().count();
    assert!(seen >= 7003, "the engine saw {seen}");
    disk.set_capacity(u64::MAX);
    let after = journal.append(START + Span::from_s(1), bytes(10)).expect("open");
    assert_eq!(journal.durability().wait(after, PATIENCE), Fate::Durable);
    assert_eq!(journal.durability().fate(command), Fate::Durable, "commands are kept as long as anything is");
    let lost = journal.stats().lost.get();
    assert!(lost > 1000);
    assert_eq!(journal.close(), lost);
    drop(inputs);

    let mut missing = 0;
    let mut reader = Reader::open(Arc::new(disk.clone())).expect("the disk reads");
    while let Some(record) = reader.next_record().expect("clean") {
        if let Ok(Body::Gap { first, last, cause, detail }) = record.body() {
            assert_eq!((cause, detail), (GapCause::WriteFailed, "simulated full disk"));
            missing += last.0 - first.0 + 1;
        }
    }
    assert_eq!(missing, lost, "every lost input is in a gap");
    assert!(told.lock().expect("no panic").iter().any(|e| matches!(e, JournalEvent::Restored { .. })));
}

#[test]
fn closing_on_a_dead_disk_ends_and_says_what_is_lost() {
    let disk = SimulatedDisk::new(1);
    let (_, sink) = listener();
    let (journal, _) = Journal::open(Arc::new(disk.clone()), quick(), None, sink).expect("an empty disk");
    disk.break_writes(true);
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    for _ in 0..5 {
        journal.append(START, bytes(10)).expect("open");
    }
    let durability = journal.durability();
    assert_eq!(journal.close(), 6);
    assert_eq!(durability.fate(Seq(3)), Fate::Lost);
}

#[test]
fn a_slow_engine_stops_tcp_and_sheds_udp_instead_of_eating_memory() {
    let disk = SimulatedDisk::new(1);
    let (engine, inputs) = unbounded::<Arc<Accepted>>();
    let (_, sink) = listener();
    let options = Options { queue_bytes: 2 << 20, ..quick() };
    let (journal, _) = Journal::open(Arc::new(disk), options, Some(engine), sink).expect("an empty disk");
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    let accepted = (0..1000).filter(|_| journal.try_append(START, bytes(10_000)).is_ok()).count();
    assert!((150..=210).contains(&accepted), "{accepted} of 10 kB fit into 2 MiB");
    assert_eq!(journal.stats().refused.get(), 1000 - accepted as u64);
    assert!(journal.held().0 <= 2 << 20);
    let always = journal.append_always(START, NewRecord::command(vec![1])).expect("what people do is never refused");
    assert_eq!(journal.durability().wait(always, PATIENCE), Fate::Durable);
    assert_eq!(journal.append_always(START, bytes(10_000)), Err(AppendError::Full));
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| journal.append(START, bytes(10_000)));
        std::thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished(), "a TCP reader waits");
        wait_until("room", || {
            drop(inputs.try_recv());
            waiting.is_finished()
        });
        assert!(waiting.join().expect("no panic").is_ok());
    });
}

/// A disk whose syncs wait at a gate, or panic.
#[derive(Debug)]
struct Moody {
    disk: SimulatedDisk,
    gate: Arc<Mutex<bool>>,
}

struct MoodyFile(Box<dyn StorageFile>, Arc<Mutex<bool>>);

impl StorageFile for MoodyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        let panics = *self.1.lock().expect("no panic while it is held by the test");
        assert!(!panics, "a defect");
        self.0.sync()
    }
}

impl Storage for Moody {
    fn create(&self, name: &str) -> io::Result<Box<dyn StorageFile>> {
        Ok(Box::new(MoodyFile(self.disk.create(name)?, Arc::clone(&self.gate))))
    }
    fn list(&self) -> io::Result<Vec<StoredFile>> {
        self.disk.list()
    }
    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.disk.read_at(name, offset, buffer)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }
    fn sync_dir(&self) -> io::Result<()> {
        self.disk.sync_dir()
    }
    fn free_bytes(&self) -> io::Result<u64> {
        self.disk.free_bytes()
    }
    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        self.disk.lock()
    }
}

#[test]
fn while_a_sync_stalls_inputs_reach_the_engine_and_nothing_is_called_durable() {
    let gate = Arc::new(Mutex::new(false));
    let disk = Arc::new(Moody { disk: SimulatedDisk::new(1), gate: Arc::clone(&gate) });
    let (engine, inputs) = unbounded::<Arc<Accepted>>();
    let (_, sink) = listener();
    let (journal, _) = Journal::open(disk, quick(), Some(engine), sink).expect("an empty disk");
    let stalled = gate.lock().expect("no panic");
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    for _ in 0..1000 {
        journal.try_append(START, bytes(300)).expect("room");
    }
    assert_eq!(inputs.try_iter().count(), 1001);
    assert_eq!(journal.durability().wait(Seq(1), Duration::from_millis(50)), Fate::Pending);
    drop(stalled);
    assert_eq!(journal.durability().wait(Seq(1001), PATIENCE), Fate::Durable);
}

#[test]
fn a_defect_of_the_writer_closes_the_journal_instead_of_hanging() {
    let gate = Arc::new(Mutex::new(true));
    let disk = Arc::new(Moody { disk: SimulatedDisk::new(1), gate });
    let (told, sink) = listener();
    let (journal, _) = Journal::open(disk, quick(), None, sink).expect("an empty disk");
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    wait_until("refusal", || journal.append(START, bytes(10_000)) == Err(AppendError::Closed));
    assert!(matches!(told.lock().expect("no panic")[..], [JournalEvent::Stopped]));
}

#[test]
fn refuses_what_has_no_place() {
    let (_, sink) = listener();
    let disk: Arc<SimulatedDisk> = Arc::new(SimulatedDisk::new(1));
    let (journal, _) = Journal::open(disk.clone(), quick(), None, Arc::clone(&sink)).expect("an empty disk");
    assert_eq!(journal.append(START, bytes(1)), Err(AppendError::NoEpoch));
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    assert_eq!(journal.append(START, bytes((32 << 20) + 1)), Err(AppendError::TooLong((32 << 20) + 1)));
    assert!(journal.append(START, bytes(32 << 20)).is_ok());
    assert!(Journal::open(disk.clone(), quick(), None, Arc::clone(&sink)).is_err(), "one writer at a time");
    drop(journal);
    assert!(Journal::open(disk, quick(), None, sink).is_ok());
}

#[test]
fn a_restart_goes_on_where_the_last_one_ended() {
    let disk = SimulatedDisk::new(1);
    let open = || {
        let (told, sink) = listener();
        let (journal, recovery) = Journal::open(Arc::new(disk.clone()), quick(), None, sink).expect("a good disk");
        (journal, recovery, told)
    };
    let (journal, recovery, _) = open();
    assert!(recovery.epoch_start.is_none() && recovery.last.is_none());
    journal.begin_epoch(START, &epoch_start(EpochReason::FirstStart)).expect("open");
    journal.append(START + Span::from_ms(1500), bytes(9)).expect("open");
    let id = recovery.journal_id;
    drop(journal);

    let (journal, recovery, told) = open();
    assert_eq!(recovery.journal_id, id);
    assert_eq!((recovery.epoch, recovery.epoch_first), (1, Some(Seq(1))));
    let (start, began) = recovery.epoch_start.expect("an epoch runs");
    assert_eq!(began, START);
    assert_eq!(start.differs("a", b"x = 1", &[]), None);
    assert_eq!(start.differs("b", b"x = 1", &[]), Some(EpochReason::Build));
    assert_eq!(start.differs("a", b"x = 2", &[]), Some(EpochReason::Config));
    assert_eq!(recovery.last, Some((Seq(3), START + Span::from_ms(1500))));
    journal.tick(START + Span::from_ms(3100));
    // The clock is an hour back.
    journal.append(START - Span::from_s(3600), bytes(5)).expect("open");
    assert_eq!(journal.epoch_due(START + Span::from_s(9000)), Some(EpochReason::Day), "21:30Z at the start");
    drop(journal);
    let all = read_all(&disk);
    let kinds: Vec<Kind> = all.iter().map(|record| record.2).collect();
    use Kind::{Bytes, ClockStep, EpochStart, Tick};
    assert_eq!(kinds, [EpochStart, Tick, Bytes, Tick, Tick, ClockStep, Bytes]);
    assert_eq!(all[6].1, START + Span::from_ms(3100), "received is held");
    assert!(
        matches!(told.lock().expect("no panic")[..], [JournalEvent::ClockSteppedBack { behind, .. }] if behind > Span::from_s(3600))
    );
}

#[test]
fn old_epochs_go_when_the_limit_is_reached_and_the_running_one_stays() {
    let disk = SimulatedDisk::new(1);
    let (told, sink) = listener();
    let limits = Limits { max_bytes: 300 << 10, max_age: None, min_free_bytes: 0 };
    let options = Options { segment_bytes: 20 << 10, limits, ..quick() };
    let (journal, _) = Journal::open(Arc::new(disk.clone()), options, None, sink).expect("an empty disk");
    let mut last_start = Seq(0);
    for epoch in 0..12 {
        let now = START + Span::from_s(epoch * 10);
        last_start = journal.begin_epoch(now, &epoch_start(EpochReason::Config)).expect("open");
        for i in 0..60 {
            let seq = journal.append(now + Span::from_ms(i), bytes(1200)).expect("open");
            assert_eq!(journal.durability().wait(seq, PATIENCE), Fate::Durable);
        }
    }
    // One epoch that alone is larger than everything that may be kept.
    for i in 0..400 {
        let seq = journal.append(START + Span::from_s(500 + i), bytes(1200)).expect("open");
        assert_eq!(journal.durability().wait(seq, PATIENCE), Fate::Durable);
    }
    assert_eq!(journal.epoch_due(START + Span::from_s(900)), Some(EpochReason::Size));
    let removed = journal.stats().removed_segments.get();
    assert!(removed > 0);
    drop(journal);
    let all = read_all(&disk);
    assert!(all[0].0 > Seq(1) && all[0].0 <= last_start, "the oldest went, the running epoch is whole: {:?}", all[0].0);
    assert!(all.iter().any(|record| record.2 == Kind::SegmentsRemoved));
    let told = told.lock().expect("no panic");
    let told_removed: u64 = told.iter().map(|e| if let JournalEvent::Removed(r) = e { r.segments } else { 0 }).sum();
    assert_eq!(told_removed, removed);
    assert!(told.iter().any(|e| matches!(e, JournalEvent::BeyondLimits(_))));
}

#[test]
fn what_is_damaged_is_not_removed_and_does_not_stop_removal() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = SteppedJournal::open(Arc::new(disk.clone()), 4 << 10, [1; 16]).expect("an empty disk");
    for epoch in 0..6 {
        journal.begin_epoch(START + Span::from_s(epoch), &epoch_start(EpochReason::Config));
        journal.append(START + Span::from_s(epoch), bytes(3000));
        journal.commit().expect("a good disk");
    }
    disk.flip_bit(&segment_name(1), 77);
    let limits = Limits { max_bytes: 0, max_age: None, min_free_bytes: 0 };
    let (removed, excess) = enforce(&disk, &limits, 6, START).expect("a good disk");
    let removed = removed.expect("four may go");
    assert_eq!((removed.first, removed.last, removed.segments), (2, 5, 4));
    assert!(excess.is_some());
    let left = Index::load(&disk).expect("readable").segments;
    assert_eq!(left.iter().map(|segment| segment.name.clone()).collect::<Vec<_>>(), [segment_name(1), segment_name(6)]);
    let limits = Limits { max_bytes: u64::MAX, max_age: Some(Span::from_s(60)), min_free_bytes: 0 };
    assert_eq!(enforce(&disk, &limits, 7, START).expect("a good disk"), (None, None), "the newest stays");
}
