//! Proofs: a journal played again, epoch by epoch, with every digest compared.

use crate::epoch::{self, EpochError};
use crate::journal::content::hex;
use crate::journal::{Reader, verify as verify_records};
use crate::store::{Epoch, RestoreError, Store};
use serde_json::{Value, json};
use skypicket_model::Seq;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What the proof of a journal found.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Records read.
    pub records: u64,
    /// Damage in the files: chain, checksums, order.
    pub faults: Vec<String>,
    /// Each epoch's number and digest at its end.
    pub epochs: Vec<(u64, String)>,
    /// Checkpoints whose digest was compared.
    pub compared: u64,
    /// Comparisons that failed, in words.
    pub differences: Vec<String>,
    /// Epochs that were played but of which no recorded digest could be compared, and why.
    pub not_compared: Vec<(u64, String)>,
    /// Epochs whose beginning is no longer kept or cannot be read by this build, and which therefore were not played.
    pub not_played: Vec<u64>,
}

impl Proof {
    /// Whether nothing contradicts: the files are whole, and all that was played or compared agrees. With nothing compared that is
    /// no proof yet, see [`Self::not_proved`].
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.is_empty() && self.differences.is_empty()
    }

    /// What was found to be so, in sentences.
    #[must_use]
    pub fn proved(&self) -> Vec<String> {
        if !self.holds() {
            return Vec::new();
        }
        let mut all = vec![format!("files: whole, {} records, every checksum and the hash chain", self.records)];
        if !self.epochs.is_empty() {
            all.push(format!("{} epochs played twice by this build: the same digests both times", self.epochs.len()));
        }
        if self.compared > 0 {
            all.push(format!("{} digests that were recorded are met again by this build", self.compared));
        }
        all
    }

    /// What was not found out, or is not so, in sentences.
    #[must_use]
    pub fn not_proved(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.faults.iter().chain(&self.differences).map(|what| format!("wrong: {what}")).collect();
        all.extend(self.not_compared.iter().map(|(epoch, why)| {
            format!(
                "not proved: that epoch {epoch} is what was shown at the time; no recorded digest was compared: {why}"
            )
        }));
        all.extend(self.not_played.iter().map(|epoch| {
            format!(
                "not played: epoch {epoch}; its beginning is no longer kept or is of a build that this one cannot read"
            )
        }));
        all
    }

    /// As one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "verified": self.holds() && self.compared > 0,
            "consistent": self.holds(),
            "proved": self.proved(),
            "not_proved": self.not_proved(),
            "records": self.records,
            "faults": self.faults,
            "epochs": self.epochs.iter().map(|(number, digest)| json!({"epoch": number, "digest": digest})).collect::<Vec<_>>(),
            "checkpoints_compared": self.compared,
            "differences": self.differences,
            "epochs_not_played": self.not_played,
        })
    }
}

/// What playing a recording twice proves, and what it does not: sentences.
#[must_use]
pub fn recording_in_words(equal: bool) -> (Vec<String>, Vec<String>) {
    let beyond =
        "not proved: that an earlier run or another build gave the same: a recording holds no digests, a journal does";
    if equal {
        let proved = "the recording played twice by this build: the same digest both times";
        (vec![proved.to_owned()], vec![beyond.to_owned()])
    } else {
        (Vec::new(), vec!["wrong: the recording played twice by this build gives two digests".to_owned()])
    }
}

/// Proves a journal: its files are whole, every epoch played twice gives one digest, and that digest passes through those of all
/// checkpoints of this build.
///
/// # Errors
/// When the journal cannot be read at all.
pub fn journal(store: &Store) -> Result<Proof, RestoreError> {
    let verification = verify_records(Arc::clone(&store.journal))?;
    let mut proof = Proof {
        records: verification.records,
        faults: verification.faults.iter().map(ToString::to_string).collect(),
        ..Proof::default()
    };
    if !proof.faults.is_empty() {
        return Ok(proof);
    }
    let epochs = store.epochs()?;
    let kept = Reader::open(Arc::clone(&store.journal))?;
    let begun = |number: u64| epochs.iter().any(|epoch| epoch.number == number);
    proof
        .not_played
        .extend(kept.index().epochs().into_iter().map(|header| header.epoch).filter(|number| !begun(*number)));
    for (index, epoch) in epochs.iter().enumerate() {
        let until = epochs.get(index + 1).map_or(Seq(u64::MAX), |next| Seq(next.first.0 - 1));
        if index == 0 && epoch.number > 1 && !epoch.start.carried.is_empty() {
            proof.not_played.push(epoch.number);
            continue;
        }
        match prove_epoch(store, epoch, until, &mut proof) {
            // What another build wrote, this one may not be able to begin.
            Err(RestoreError::Epoch(EpochError::Config(_) | EpochError::Carried(_))) => {
                proof.not_played.push(epoch.number);
            }
            other => other?,
        }
    }
    Ok(proof)
}

fn prove_epoch(store: &Store, epoch: &Epoch, until: Seq, proof: &mut Proof) -> Result<(), RestoreError> {
    let expected: BTreeMap<Seq, String> = store
        .checkpoints
        .list()?
        .into_iter()
        .filter(|checkpoint| {
            checkpoint.meta.epoch == epoch.number && checkpoint.meta.build == crate::build_id::BUILD_ID
        })
        .map(|checkpoint| (checkpoint.meta.seq, hex(&checkpoint.meta.digest)))
        .collect();
    let compared_before = proof.compared;
    let (first, last) = play_epoch(store, epoch, until, &expected, proof)?;
    if proof.compared == compared_before {
        let build = &epoch.start.build;
        let why = if build == crate::build_id::BUILD_ID {
            "no checkpoint of it is kept".to_owned()
        } else {
            format!("it was recorded by another build ({build}), and this one is {}", crate::build_id::BUILD_ID)
        };
        proof.not_compared.push((epoch.number, why));
    }
    // As far as the first time: a program may be writing on.
    let (second, _) = play_epoch(store, epoch, last, &BTreeMap::new(), proof)?;
    if first != second {
        proof.differences.push(format!("epoch {}: played twice gives {first} and {second}", epoch.number));
    }
    proof.epochs.push((epoch.number, first));
    Ok(())
}

fn play_epoch(
    store: &Store,
    epoch: &Epoch,
    until: Seq,
    expected: &BTreeMap<Seq, String>,
    proof: &mut Proof,
) -> Result<(String, Seq), RestoreError> {
    let plan = epoch::plan_of(&epoch.start, &store.contents)?;
    let mut core = store.begin(epoch, &plan)?.core;
    let mut reader = Reader::open(Arc::clone(&store.journal))?.until(until);
    reader.seek_seq(Seq(epoch.first.0 + 1))?;
    let mut last = epoch.first;
    while let Some(record) = reader.next_record()? {
        last = record.seq;
        if catch_unwind(AssertUnwindSafe(|| core.apply(&record))).is_err() {
            return Err(RestoreError::Panics(1, record.seq));
        }
        if let Some(digest) = expected.get(&record.seq) {
            proof.compared += 1;
            let found = core.engine().digest().to_string();
            if found != *digest {
                proof
                    .differences
                    .push(format!("input {}: the checkpoint has digest {digest}, the replay {found}", record.seq.0));
            }
        }
    }
    Ok((core.engine().digest().to_string(), last))
}
