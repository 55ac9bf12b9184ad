//! On the real disk; finding a moment; checkpoints and content beside the journal.

use skypicket::journal::checkpoint::{CheckpointMeta, CheckpointStore, Ring, SaveError};
use skypicket::journal::content::{ContentStore, hex};
use skypicket::journal::simulated::{SimulatedDisk, Trouble};
use skypicket::journal::storage::Storage;
use skypicket::journal::{
    ContentRef, Disk, Durability, EpochReason, EpochStart, Index, Journal, Kind, NewRecord, Options, Reader,
    SteppedJournal, segment_name, sha256, verify,
};
use skypicket::store::Store;
use skypicket_model::ids::{ConnectionId, FeedId, Seq};
use skypicket_model::time::{Span, Time};
use std::path::PathBuf;
use std::sync::Arc;

const START: Time = Time::from_s(1_757_453_400);

/// A fresh directory of this test binary.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("journal-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path
}

fn write(storage: Arc<dyn Storage>, records: i64) -> Durability {
    let (mut journal, recovery) = SteppedJournal::open(storage, 5_000, [9; 16]).expect("a good disk");
    let from = recovery.last.map_or(START, |(_, received)| received);
    if recovery.epoch_start.is_none() {
        let config = b"c".to_vec();
        let start =
            EpochStart { reason: EpochReason::FirstStart, build: "b".into(), config, files: vec![], carried: vec![] };
        journal.begin_epoch(from, &start);
    }
    for i in 1..=records {
        let payload = vec![i as u8; (i as usize * 37) % 6000];
        journal.append(from + Span::from_ms(300 * i), NewRecord::bytes(FeedId(0), ConnectionId(0), payload));
        if i % 5 == 0 {
            journal.commit().expect("a good disk");
        }
    }
    journal.commit().expect("a good disk");
    journal.durability()
}

#[test]
fn on_the_real_disk_a_journal_is_written_recovered_and_read() {
    let path = directory("real");
    let disk = Disk::open(&path).expect("a writable target directory");
    assert!(disk.free_bytes().expect("statvfs") > 0);
    write(Arc::new(disk.clone()), 60);
    let held = disk.lock().expect("free again");
    assert_eq!(disk.lock().err().map(|e| e.kind()), Some(std::io::ErrorKind::WouldBlock));
    drop(held);
    // A torn tail, as kill or power cut leave one.
    let last = Index::load(&disk).expect("readable").segments.pop().expect("segments");
    let file = std::fs::OpenOptions::new().write(true).open(path.join(&last.name)).expect("there");
    file.set_len(last.len_bytes - 7).expect("writable");
    drop(file);
    write(Arc::new(disk.clone()), 10);
    let report = verify(Arc::new(Disk::existing(&path).expect("there"))).expect("readable");
    assert!(report.is_clean(), "{report:?}");
    assert!(report.records > 70);
    assert!(disk.list().expect("readable").iter().any(|file| file.name.contains(".damaged-")));
    assert!(Disk::existing(path.join("nowhere")).is_err());
    std::fs::remove_dir_all(path).expect("ours");
}

#[test]
fn a_moment_is_found_from_headers_and_one_segment() {
    let disk = Arc::new(SimulatedDisk::new(1));
    write(disk.clone(), 200);
    let mut all = Vec::new();
    let mut reader = Reader::open(disk.clone()).expect("readable");
    while let Some(record) = reader.next_record().expect("clean") {
        all.push((record.seq, record.received));
    }
    assert!(reader.index().segments.len() > 20);
    let end = all[all.len() - 1].1 + Span::from_s(1);
    for ms in (-1000..(end - START).ns() / 1_000_000).step_by(170) {
        let time = START + Span::from_ms(ms);
        reader.seek_time(time).expect("clean");
        let found = reader.next_record().expect("clean").map(|record| (record.seq, record.received));
        assert_eq!(found, all.iter().find(|(_, received)| *received >= time).copied(), "{time}");
    }
    for &(seq, _) in all.iter().step_by(7) {
        reader.seek_seq(seq).expect("clean");
        let rest = std::iter::from_fn(|| reader.next_record().expect("clean").map(|record| record.seq)).count();
        assert_eq!(rest as u64, all.len() as u64 - seq.0 + 1, "all the rest, over every border");
    }
    reader.seek_seq(Seq(10_000)).expect("clean");
    assert!(reader.next_record().expect("clean").is_none());
    let mut until = Reader::open(disk.clone()).expect("readable").until(Seq(50));
    let read = std::iter::from_fn(|| until.next_record().expect("clean").map(|record| record.seq)).last();
    assert_eq!(read, Some(Seq(50)));
    let names: Vec<String> = reader.index().segments[3..6].iter().map(|segment| segment.name.clone()).collect();
    let part = Index::load_named(disk.as_ref(), &names).expect("readable");
    let mut part = Reader::with_index(disk, part);
    let first = part.next_record().expect("clean").map(|record| record.kind);
    assert!(first.is_some() && first != Some(Kind::EpochStart), "a few files alone are read too");
}

fn meta(seq: u64, build: &str) -> CheckpointMeta {
    let received = START + Span::from_s(seq as i64);
    CheckpointMeta {
        journal_id: [9; 16],
        build: build.into(),
        epoch: 1,
        seq: Seq(seq),
        received,
        digest: sha256(build.as_bytes()),
    }
}

fn state(seq: u64) -> Vec<u8> {
    (0..20_000_u64).flat_map(|i| ((i * seq) as u16).to_le_bytes()).collect()
}

#[test]
fn the_newest_whole_checkpoint_of_this_build_is_found() {
    let durability = write(Arc::new(SimulatedDisk::new(1)), 200);
    let disk = Arc::new(SimulatedDisk::new(2));
    let store = CheckpointStore::new(disk.clone(), Ring::default());
    for (seq, build) in [(10, "b"), (20, "b"), (30, "b"), (40, "other")] {
        store.save(&meta(seq, build), &state(seq), &durability).expect("durable");
    }
    let newest = |until: u64| {
        let newest = store.newest([9; 16], "b", Seq(until)).expect("readable");
        (newest.found.map(|(c, state)| (c.meta.seq.0, state)), newest.damaged.len())
    };
    assert_eq!(newest(100), (Some((30, state(30))), 0));
    assert_eq!(newest(29), (Some((20, state(20))), 0));
    assert_eq!(newest(9), (None, 0));
    assert!(store.newest([8; 16], "b", Seq(100)).expect("readable").found.is_none(), "of another journal");
    let at = store.before([9; 16], "b", START + Span::from_s(25)).expect("readable").expect("there");
    assert_eq!((at.meta.clone(), store.load(&at).expect("whole")), (meta(20, "b"), state(20)));

    let ahead = durability.seq().0 + 1;
    let refused = store.save(&meta(ahead, "b"), &state(1), &durability);
    assert!(matches!(refused, Err(SaveError::NotDurable(seq)) if seq.0 == ahead), "of a past that may never have been");

    let newest_name = &store.list().expect("readable")[2].name;
    let bits = disk.list().expect("readable").iter().find(|f| f.name == *newest_name).map_or(0, |f| f.len_bytes * 8);
    for bit in (0..bits).step_by(97) {
        disk.flip_bit(newest_name, bit);
        let (found, _) = newest(100);
        assert_eq!(found, Some((20, state(20))), "bit {bit}: the one before is taken");
        disk.flip_bit(newest_name, bit);
    }
    assert_eq!(newest(100).0, Some((30, state(30))));
}

#[test]
fn a_power_cut_while_storing_leaves_the_old_or_the_new_one() {
    let durability = write(Arc::new(SimulatedDisk::new(1)), 200);
    let mut outcomes = [0; 2];
    for seed in 0..40 {
        for cut in 0..11 {
            let disk = Arc::new(SimulatedDisk::new(seed));
            let store = CheckpointStore::new(disk.clone(), Ring { max_count: 1, ..Ring::default() });
            store.save(&meta(10, "b"), &state(10), &durability).expect("durable");
            disk.trouble_at(disk.operations() + cut, Trouble::PowerCut);
            let saved = store.save(&meta(20, "b"), &state(20), &durability).is_ok();
            disk.power_cycle();
            let (found, held) = store.newest([9; 16], "b", Seq(100)).expect("readable").found.expect("one of them");
            let seq = found.meta.seq.0;
            assert_eq!(held, state(seq));
            assert!(seq == 20 || !saved);
            outcomes[usize::from(seq == 20)] += 1;
        }
    }
    assert!(outcomes.iter().all(|&n| n > 20), "both happen: {outcomes:?}");
}

#[test]
fn content_is_found_by_its_hash_and_damage_is_noticed() {
    let disk = Arc::new(SimulatedDisk::new(3));
    let store = ContentStore::new(disk.clone());
    let file = store.put("borders", "borders.bin", b"POLAND").expect("room");
    assert_eq!((file.len_bytes, file.sha256), (6, sha256(b"POLAND")));
    assert_eq!(hex(&sha256(b"")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    disk.power_cycle();
    assert_eq!(store.get(&file.sha256).expect("durable"), b"POLAND");
    disk.flip_bit(&format!("{}.content", hex(&file.sha256)), 3);
    assert_eq!(store.get(&file.sha256).err().map(|e| e.kind()), Some(std::io::ErrorKind::InvalidData));
    store.put("borders", "borders.bin", b"POLAND").expect("room");
    assert_eq!(store.get(&file.sha256).expect("written anew"), b"POLAND");
}

#[test]
fn files_go_that_no_kept_epoch_names() {
    let (journal, contents) = (Arc::new(SimulatedDisk::new(1)), Arc::new(SimulatedDisk::new(2)));
    let store = Store {
        journal: journal.clone(),
        checkpoints: CheckpointStore::new(Arc::new(SimulatedDisk::new(3)), Ring::default()),
        contents: ContentStore::new(contents.clone()),
    };
    let files: Vec<ContentRef> = ["oldest", "older", "running", "next"]
        .iter()
        .map(|name| store.contents.put("airspace", name, name.as_bytes()).expect("room"))
        .collect();
    let (writer, _) =
        Journal::open(journal.clone(), Options::default(), None, Arc::new(|_| ())).expect("a new journal");
    for (n, file) in files[..3].iter().enumerate() {
        let start = EpochStart {
            reason: EpochReason::Config,
            build: "b".to_owned(),
            config: Vec::new(),
            files: vec![file.clone()],
            carried: Vec::new(),
        };
        writer.begin_epoch(START + Span::from_s(n as i64), &start).expect("begins");
    }
    assert_eq!(writer.close(), 0);
    let held = || {
        let all = files.iter().zip(["oldest", "older", "running", "next"]);
        all.filter(|(file, _)| store.contents.get(&file.sha256).is_ok()).map(|(_, name)| name).collect::<Vec<_>>()
    };
    contents.create("notes.txt").expect("created");
    // All epochs are kept, and the plan that is to run names the fourth.
    assert_eq!(store.prune_contents(&files[3..]).expect("readable"), 0);
    assert_eq!(held(), ["oldest", "older", "running", "next"]);
    // A part that was set aside may name files: nothing goes while it is there.
    journal.remove(&segment_name(1)).expect("removed");
    journal.create("segment-00000000000000000009.damaged-128-1").expect("created");
    assert_eq!(store.prune_contents(&files[3..]).expect("readable"), 0);
    journal.remove("segment-00000000000000000009.damaged-128-1").expect("removed");
    assert_eq!(store.prune_contents(&files[3..]).expect("readable"), "oldest".len() as u64);
    assert_eq!(held(), ["older", "running", "next"]);
    assert_eq!(store.prune_contents(&[]).expect("readable"), "next".len() as u64);
    assert_eq!(held(), ["older", "running"]);
    assert!(contents.list().expect("readable").iter().any(|file| file.name == "notes.txt"), "not ours");
}
