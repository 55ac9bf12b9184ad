//! The first record of an epoch: everything that a replay of the epoch needs besides the records that follow.

use super::format::{Hash, sha256};
use super::record::{OLDEST_SCHEMA_VERSION, SCHEMA_VERSION, get_bytes, get_hash, get_text, put_bytes};
use skypicket_model::canon::{Canon, CanonError, Reader};
use skypicket_model::time::Time;

/// Why an epoch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EpochReason {
    /// The first start of a journal.
    FirstStart = 1,
    /// Another build of the program.
    Build = 2,
    /// Another config, or other airspace or border files.
    Config = 3,
    /// A new day (UTC).
    Day = 4,
    /// The running epoch alone takes a quarter of the journal's size limit.
    Size = 5,
    /// The state could not be built again after a defect and began anew.
    Rebuilt = 6,
}

/// A file that the config names, by content; its bytes are in the content store beside the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentRef {
    /// What it is for: `airspace`, `borders`, ...
    pub role: String,
    /// The path in the config, for people.
    pub name: String,
    /// Length in bytes.
    pub len_bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Hash,
}

/// How an epoch begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochStart {
    /// Why it begins.
    pub reason: EpochReason,
    /// Identifies the build: version, commit, target. Only the same build promises the same digests.
    pub build: String,
    /// The config file, byte for byte.
    pub config: Vec<u8>,
    /// Airspace and border files, in config order.
    pub files: Vec<ContentRef>,
    /// What the engine carries over from the epoch before (canonical bytes: incidents, confirmed tracks, decisions made by people).
    pub carried: Vec<u8>,
}

impl EpochStart {
    /// The payload of the record.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.config.len() + self.carried.len());
        SCHEMA_VERSION.encode(&mut out);
        out.push(self.reason as u8);
        put_bytes(&mut out, self.build.as_bytes());
        put_bytes(&mut out, &self.config);
        (self.files.len() as u32).encode(&mut out);
        for file in &self.files {
            put_bytes(&mut out, file.role.as_bytes());
            put_bytes(&mut out, file.name.as_bytes());
            file.len_bytes.encode(&mut out);
            out.extend_from_slice(&file.sha256);
        }
        put_bytes(&mut out, &self.carried);
        out
    }

    pub(super) fn decode(r: &mut Reader<'_>) -> Result<Self, CanonError> {
        if !(OLDEST_SCHEMA_VERSION..=SCHEMA_VERSION).contains(&u32::decode(r)?) {
            return Err(CanonError::Invalid);
        }
        let reason = match u8::decode(r)? {
            1 => EpochReason::FirstStart,
            2 => EpochReason::Build,
            3 => EpochReason::Config,
            4 => EpochReason::Day,
            5 => EpochReason::Size,
            6 => EpochReason::Rebuilt,
            _ => return Err(CanonError::Invalid),
        };
        let build = get_text(r)?.to_owned();
        let config = get_bytes(r)?.to_owned();
        let count = u32::decode(r)?;
        let mut files = Vec::new();
        for _ in 0..count {
            files.push(ContentRef {
                role: get_text(r)?.to_owned(),
                name: get_text(r)?.to_owned(),
                len_bytes: u64::decode(r)?,
                sha256: get_hash(r)?,
            });
        }
        let carried = get_bytes(r)?.to_owned();
        Ok(Self { reason, build, config, files, carried })
    }

    /// Whether a start with this build, config and files may go on in the epoch that `self` began, and if not, why.
    #[must_use]
    pub fn differs(&self, build: &str, config: &[u8], files: &[ContentRef]) -> Option<EpochReason> {
        if self.build != build {
            return Some(EpochReason::Build);
        }
        let same_files = self.files.iter().map(|f| (&f.role, f.sha256)).eq(files.iter().map(|f| (&f.role, f.sha256)));
        (self.config != config || !same_files).then_some(EpochReason::Config)
    }

    /// Whether a new day (UTC) has begun since the epoch did.
    #[must_use]
    pub fn day_is_over(began: Time, now: Time) -> bool {
        now.midnight() > began.midnight()
    }

    /// SHA-256 of the config, for people and logs.
    #[must_use]
    pub fn config_sha256(&self) -> Hash {
        sha256(&self.config)
    }
}
