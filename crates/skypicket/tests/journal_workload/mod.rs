//! Seeded workloads on the simulated disk, shared by the tests and the sweep example. A workload knows what it appended and what it
//! was told is durable; after any accident the journal must agree.

#![allow(dead_code, reason = "each user takes what it needs")]

use skypicket::journal::simulated::{Dice, SimulatedDisk, Trouble};
use skypicket::journal::storage::Storage;
use skypicket::journal::{
    EpochReason, EpochStart, Fate, Kind, NewRecord, QuarantinedPart, Reader, Record, SteppedJournal, Verification,
    segment_number, verify,
};
use skypicket_model::ids::{ConnectionId, FeedId, Seq, TrackId};
use skypicket_model::time::{Span, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const JOURNAL_ID: [u8; 16] = *b"simulated-run-01";

/// What a record must read back as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    received: Time,
    kind: Kind,
    feed: FeedId,
    connection: ConnectionId,
    key_epoch: u32,
    payload: Vec<u8>,
}

impl Wanted {
    fn of(r: &Record<'_>) -> Self {
        let payload = r.payload.to_vec();
        let (received, kind, feed, connection, key_epoch) = (r.received, r.kind, r.feed, r.connection, r.key_epoch);
        Self { received, kind, feed, connection, key_epoch, payload }
    }
}

/// One seeded run of a program that journals.
pub(crate) struct Workload {
    pub(crate) disk: SimulatedDisk,
    dice: Dice,
    segment_bytes: u64,
    steps: u64,
    sheds: bool,
    now: Time,
    journal: Option<SteppedJournal>,
    /// Everything accepted, by sequence number.
    pub(crate) wanted: BTreeMap<u64, Wanted>,
    /// Everything that any process of the workload ever accepted under a number. What was not durable when a process ended may be
    /// there or not, and its number may have been given again.
    ever: BTreeMap<u64, Vec<Wanted>>,
    /// Up to here the journal said durable.
    pub(crate) durable: u64,
    /// Operations of the disk until the end of [`run_whole`]'s run.
    pub(crate) operations: u64,
    /// What it said is lost.
    pub(crate) lost: Vec<u64>,
}

pub(crate) fn epoch_start(reason: EpochReason) -> EpochStart {
    EpochStart { reason, build: "test".into(), config: b"[site]".to_vec(), files: Vec::new(), carried: vec![7; 40] }
}

impl Workload {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let disk = SimulatedDisk::new(dice.bits());
        let segment_bytes = [600, 2_000, 8_000, 100_000][dice.below(4) as usize];
        let steps = 8 + dice.below(40);
        let sheds = dice.chance(30);
        let now = Time::from_s(1_757_453_400);
        let (wanted, ever, lost) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self {
            disk,
            dice,
            segment_bytes,
            steps,
            sheds,
            now,
            journal: None,
            wanted,
            ever,
            durable: 0,
            operations: 0,
            lost,
        }
    }

    /// Plans random input/output errors and full disks.
    pub(crate) fn plan_trouble(&mut self, seed: u64) {
        let mut dice = Dice::new(seed ^ 0x7157);
        let percent = dice.below(12);
        for operation in 0..600 {
            if dice.chance(percent) {
                self.disk.trouble_at(operation, if dice.chance(50) { Trouble::InputOutput } else { Trouble::Full });
            }
        }
    }

    /// Runs until it is done or the power is gone.
    pub(crate) fn run(&mut self) {
        for _ in 0..self.steps {
            if self.disk.is_off() {
                return;
            }
            self.step();
        }
        if !self.disk.is_off() {
            self.commit();
        }
    }

    fn step(&mut self) {
        if self.journal.is_none() && !self.open() {
            return;
        }
        match self.dice.below(100) {
            0..30 => self.commit(),
            30..32 => {
                self.commit();
                self.journal = None;
            }
            // Killed: what was not committed is gone, what was written and not synced is in the page cache only.
            32..34 => self.journal = None,
            34..36 => self.append(|journal, now, _| {
                journal.begin_epoch(now, &epoch_start(EpochReason::Day));
            }),
            _ => self.append(|journal, now, dice| {
                let record = record(dice);
                journal.append(now, record);
            }),
        }
    }

    /// Opens the journal as a program does at its start; false when the disk did not let it.
    pub(crate) fn open(&mut self) -> bool {
        self.journal = None;
        let Ok((journal, recovery)) = SteppedJournal::open(Arc::new(self.disk.clone()), self.segment_bytes, JOURNAL_ID)
        else {
            return false;
        };
        let last = recovery.last.map_or(0, |(seq, _)| seq.0);
        assert!(last >= self.durable, "durable up to {}, recovered up to {last}", self.durable);
        if self.disk.is_off() {
            return false;
        }
        self.adopt(last);
        self.durable = journal.durability().seq().0;
        if let Some((first, last)) = recovery.lost {
            self.lost.extend(first.0..=last.0);
        }
        self.journal = Some(journal);
        if recovery.epoch_start.is_none() {
            self.append(|journal, now, _| {
                journal.begin_epoch(now, &epoch_start(EpochReason::FirstStart));
            });
        }
        true
    }

    /// After a start: what was not durable is now what the journal has, which must be something that was accepted once.
    fn adopt(&mut self, last: u64) {
        let durable = self.durable;
        self.wanted.retain(|&seq, _| seq <= durable);
        let mut reader = self.reader().until(Seq(last));
        reader.seek_seq(Seq(durable + 1)).expect("just recovered");
        while let Some(record) = reader.next_record().expect("just recovered") {
            if record.kind != Kind::Gap {
                let found = Wanted::of(&record);
                let accepted = self.ever.get(&record.seq.0).is_some_and(|versions| versions.contains(&found));
                assert!(accepted, "record {} was never accepted", record.seq.0);
                self.wanted.insert(record.seq.0, found);
            }
        }
    }

    fn append(&mut self, act: impl FnOnce(&mut SteppedJournal, Time, &mut Dice)) {
        self.now += Span::from_ms(self.dice.below(700) as i64 - 50);
        let Some(journal) = &mut self.journal else { return };
        act(journal, self.now, &mut self.dice);
        self.note();
    }

    pub(crate) fn append_one(&mut self) {
        self.append(|journal, now, dice| {
            let record = record(dice);
            journal.append(now, record);
        });
    }

    /// Commits, trying again on errors and giving records up after some.
    pub(crate) fn commit(&mut self) {
        let Some(journal) = &mut self.journal else { return };
        let attempts = 1 + self.dice.below(6);
        for attempt in 0..attempts {
            let done = journal.commit().is_ok();
            let durability = journal.durability();
            self.durable = durability.seq().0;
            if done || self.disk.is_off() {
                break;
            }
            if attempt == 2 && self.sheds {
                journal.shed(2_000, 4);
                self.lost.extend(self.wanted.keys().filter(|&&seq| durability.fate(Seq(seq)) == Fate::Lost));
            }
        }
        self.note();
    }

    fn note(&mut self) {
        let Some(journal) = &mut self.journal else { return };
        for accepted in journal.take_accepted() {
            let (seq, wanted) = (accepted.seq().0, Wanted::of(&accepted.record()));
            self.ever.entry(seq).or_default().push(wanted.clone());
            assert!(self.wanted.insert(seq, wanted).is_none(), "sequence number {seq} was given twice");
        }
    }

    /// Lets go of the journal, as a process that ends does.
    pub(crate) fn drop_journal(&mut self) {
        self.journal = None;
    }

    /// Reads all and compares with what was accepted: everything durable is there, nothing else than what was accepted.
    pub(crate) fn check(&self) {
        let report = check_clean(&self.disk);
        let mut read = self.reader();
        let mut next = 1;
        while let Some(record) = read.next_record().expect("verified before") {
            assert_eq!(record.first_seq().0, next);
            next = record.seq.0 + 1;
            record.body().expect("the payload of its kind");
            if record.kind == Kind::Gap {
                for seq in record.first_seq().0..=record.seq.0 {
                    assert!(self.lost.contains(&seq), "record {seq} is a gap, but nobody was told that it is lost");
                }
                continue;
            }
            let wanted = self.wanted.get(&record.seq.0).expect("only what was accepted");
            assert_eq!(&Wanted::of(&record), wanted, "record {}", record.seq.0);
        }
        assert!(next > self.durable, "durable up to {}, read up to {}: {report:?}", self.durable, next - 1);
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(Arc::new(self.disk.clone())).expect("the disk reads")
    }
}

fn check_clean(disk: &SimulatedDisk) -> Verification {
    let report = verify(Arc::new(disk.clone())).expect("the disk reads");
    assert!(report.is_clean(), "{report:?}");
    report
}

/// Runs a workload with its planned trouble to the end, restarts it once and checks.
pub(crate) fn run_whole(seed: u64) -> Workload {
    let mut workload = Workload::new(seed);
    workload.plan_trouble(seed);
    workload.run();
    workload.drop_journal();
    workload.operations = workload.disk.operations();
    workload.disk.power_cycle();
    assert!(workload.open(), "a journal opens after trouble");
    workload.drop_journal();
    workload.check();
    workload
}

/// Runs a workload that loses power at operation `cut`, restarts it (losing power again during recovery for some seeds) and checks.
/// Returns whether the power was cut before the workload ended.
pub(crate) fn run_with_cut(seed: u64, cut: u64) -> bool {
    let mut workload = Workload::new(seed);
    workload.plan_trouble(seed);
    workload.disk.trouble_at(cut, Trouble::PowerCut);
    workload.run();
    let was_cut = workload.disk.is_off();
    workload.drop_journal();
    workload.disk.power_cycle();
    let mut dice = Dice::new(seed.wrapping_mul(31).wrapping_add(cut));
    if dice.chance(40) {
        let during_recovery = workload.disk.operations() + dice.below(6);
        workload.disk.trouble_at(during_recovery, Trouble::PowerCut);
        workload.open();
        workload.drop_journal();
        workload.disk.power_cycle();
    }
    if dice.chance(10) {
        workload.disk.break_writes(true);
        workload.open();
        workload.drop_journal();
        workload.disk.break_writes(false);
    }
    assert!(workload.open(), "a journal opens after a power cut");
    for _ in 0..3 {
        workload.append_one();
    }
    workload.commit();
    workload.drop_journal();
    workload.check();
    assert!(workload.open(), "and again");
    workload.drop_journal();
    workload.check();
    was_cut
}

/// A random record as live input makes them.
pub(crate) fn record(dice: &mut Dice) -> NewRecord {
    let (feed, connection) = (FeedId(dice.below(3) as u16), ConnectionId(dice.below(5) as u32));
    match dice.below(20) {
        0 => NewRecord::connection_opened(feed, connection, "192.0.2.7:30005", false),
        1 => NewRecord::connection_closed(feed, connection, "end of stream"),
        2 => NewRecord::command(bytes(dice, 120)),
        3 => NewRecord::quarantine(Seq(dice.below(1000)), QuarantinedPart::Decoder, "index out of bounds"),
        4 => NewRecord::link(TrackId(dice.bits()), TrackId(dice.bits())),
        5 => NewRecord::connection_closed(feed, connection, "end"),
        6 => NewRecord::bytes(feed, connection, bytes(dice, 5000)).encrypted(1 + dice.below(400) as u32),
        7 => {
            let long = 4000 + dice.below(9000) as usize;
            NewRecord::bytes(feed, connection, (0..long).map(|i| (i / 9) as u8).collect())
        }
        _ => NewRecord::bytes(feed, connection, bytes(dice, 900)),
    }
}

fn bytes(dice: &mut Dice, below: u64) -> Vec<u8> {
    let len = dice.below(below);
    (0..len).map(|_| dice.bits() as u8).collect()
}

/// The journal of a finished workload of one or more segments, and the names of the segments.
pub(crate) fn finished(seed: u64) -> (Workload, Vec<String>) {
    let mut workload = Workload::new(seed);
    workload.run();
    workload.drop_journal();
    workload.check();
    let names = workload.disk.list().expect("the disk reads").into_iter().map(|file| file.name);
    let names = names.filter(|name| segment_number(name).is_some()).collect();
    (workload, names)
}

/// Flips one bit of a segment and reads everything: every record returned is one that was written, and the damage is reported.
/// Then recovers and checks that all before the damage is still there.
pub(crate) fn flip_and_check(workload: &Workload, name: &str, bit: u64, recover: bool) {
    let disk = workload.disk.snapshot();
    disk.flip_bit(name, bit);
    let mut reader = Reader::open(Arc::new(disk.clone())).expect("the disk reads");
    let mut faults = 0;
    loop {
        match reader.next_record() {
            Ok(Some(record)) => {
                let wanted = workload.wanted.get(&record.seq.0).expect("only what was accepted");
                assert_eq!(
                    (record.payload, record.received, record.kind),
                    (&wanted.payload[..], wanted.received, wanted.kind)
                );
            }
            Ok(None) => break,
            Err(_) => {
                faults += 1;
                if !reader.skip_damage() {
                    break;
                }
            }
        }
    }
    assert!(faults > 0, "{name}: the flip of bit {bit} was not noticed");
    if recover {
        let last = workload.wanted.keys().next_back().copied().unwrap_or(0);
        recover_flipped(&disk, name, bit, last);
    }
}

/// A writer that starts on a damaged newest segment keeps what is before the damage, sets the rest aside and never gives a number
/// twice.
fn recover_flipped(disk: &SimulatedDisk, name: &str, bit: u64, last: u64) {
    let damaged = Trail::read(disk);
    let bytes_before = total_bytes(disk);
    let opened = SteppedJournal::open(Arc::new(disk.clone()), 1 << 20, JOURNAL_ID);
    let (mut journal, recovery) = match opened {
        Ok(opened) => opened,
        Err(e) => panic!("{name}: with bit {bit} flipped the journal does not open: {e}"),
    };
    assert!(!recovery.set_aside.is_empty());
    assert!(total_bytes(disk) >= bytes_before, "{name}: bit {bit}: something was deleted");
    let now = recovery.last.map_or(Time::from_s(1_757_453_400), |(_, received)| received);
    let seq = if recovery.epoch_start.is_none() {
        journal.begin_epoch(now, &epoch_start(EpochReason::FirstStart))
    } else {
        journal.append(now, NewRecord::command(vec![1]))
    };
    assert!(seq.0 > damaged.good_until, "{name}: bit {bit}");
    let whole_ones_behind = damaged.good_until + 1 < last;
    assert!(!whole_ones_behind || seq.0 > last, "{name}: bit {bit}: number {} is given twice", seq.0);
    journal.commit().expect("the disk works");
    drop(journal);
    check_clean(disk);
}

fn total_bytes(disk: &SimulatedDisk) -> u64 {
    disk.list().expect("the disk reads").iter().map(|file| file.len_bytes).sum()
}

/// How far a journal reads without a fault.
struct Trail {
    good_until: u64,
}

impl Trail {
    fn read(disk: &SimulatedDisk) -> Self {
        let mut reader = Reader::open(Arc::new(disk.clone())).expect("the disk reads");
        let mut good_until = 0;
        while let Ok(Some(record)) = reader.next_record() {
            good_until = record.seq.0;
        }
        Self { good_until }
    }
}
