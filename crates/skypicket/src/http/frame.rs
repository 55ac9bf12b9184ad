//! The picture as binary columns for the browser; the layout stands in docs/http-api.md, "Picture frame, version 1".

use skypicket_engine::{Picture, PictureTrack};
use skypicket_model::assessment::{EntryState, Finding};
use skypicket_model::observation::Reality;
use skypicket_model::track::HeightSource;
use skypicket_model::{Permission, StandardIdentity, Subject, Time, Track, TrackId, TrackStatus};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Version of the layout.
pub const VERSION: u8 = 1;
/// Bytes before the first column.
pub const HEADER_BYTES: usize = 24;
/// Bytes of one track.
pub const TRACK_BYTES: usize = 27;
/// Height that says "unknown".
const HEIGHT_UNKNOWN: i16 = i16::MIN;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// Replaces everything.
    Snapshot = 1,
    /// Changes the frame before.
    Delta = 2,
}

/// Header flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Of the past (`as_of`).
    pub past: bool,
    /// Tracks were left out at this zoom.
    pub thinned: bool,
    /// Not the live world: replay or demonstration.
    pub not_live: bool,
}

impl Flags {
    fn bits(self) -> u16 {
        u16::from(self.past) | u16::from(self.thinned) << 1 | u16::from(self.not_live) << 2
    }
}

/// One track as the columns hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Short number in this view.
    pub number: u32,
    /// 1e-7 degree.
    pub lat_e7: i32,
    /// 1e-7 degree.
    pub lon_e7: i32,
    /// 0.1 m/s.
    pub east_dm_s: i16,
    /// 0.1 m/s.
    pub north_dm_s: i16,
    /// 2 m.
    pub height_2m: i16,
    /// m, 1 sigma.
    pub major_m: u16,
    /// m, 1 sigma.
    pub minor_m: u16,
    /// π/256 clockwise from north.
    pub axis: u8,
    /// Class, standard identity, on ground, has a claim.
    pub kind: u8,
    /// Status, entry, emergency, reality, permission.
    pub state: u8,
    /// 0.5 m/s.
    pub vertical: i8,
    /// s since the last update.
    pub age_s: u8,
}

/// What the ledger says of a track, for its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The highest state of its entries that last, permitted ones left out.
    pub entry: Option<EntryState>,
    /// Some entry is not permitted.
    pub not_permitted: bool,
    /// It states an emergency.
    pub emergency: bool,
}

/// What the ledger and the claims say, by track.
#[must_use]
pub fn marks(picture: &Picture) -> BTreeMap<TrackId, Mark> {
    let mut marks: BTreeMap<TrackId, Mark> = BTreeMap::new();
    for assessment in picture.entries.iter() {
        if let (Subject::Track(track), Finding::AirspaceEntry(entry)) = (assessment.subject, &assessment.finding)
            && entry.left_at.is_none()
            && !entry.over
            && !matches!(entry.permission, Permission::Permitted { .. })
        {
            let mark = marks.entry(track).or_default();
            mark.entry = mark.entry.max(Some(entry.state));
            mark.not_permitted |= entry.permission == Permission::NotPermitted;
        }
    }
    for shown in &picture.tracks {
        if shown.track.identity.emergency.is_some()
            || shown.track.identity.squawk().is_some_and(|code| code.emergency().is_some())
        {
            marks.entry(shown.track.id).or_default().emergency = true;
        }
    }
    marks
}

/// All tracks of a picture as rows, by number.
#[must_use]
pub fn rows(picture: &Picture) -> Arc<[Row]> {
    let marks = marks(picture);
    let mark = |shown: &PictureTrack| marks.get(&shown.track.id).copied().unwrap_or_default();
    let mut rows: Vec<Row> = picture.tracks.iter().map(|shown| Row::new(shown, mark(shown), picture.time)).collect();
    rows.sort_by_key(|row| row.number);
    rows.into()
}

/// Rounds into an integer, saturating.
macro_rules! saturate {
    ($value:expr, $t:ty) => {
        ($value).round().clamp(f64::from(<$t>::MIN), f64::from(<$t>::MAX)) as $t
    };
}

impl Row {
    /// A track of the picture.
    #[must_use]
    pub fn new(shown: &PictureTrack, mark: Mark, now: Time) -> Self {
        let track = &shown.track;
        let (major_m, minor_m, axis_rad) = track.covariance.horizontal_ellipse();
        let height_2m = match track.height_source {
            HeightSource::Assumed => HEIGHT_UNKNOWN,
            _ => saturate!((track.position.height_m / 2.0).max(f64::from(HEIGHT_UNKNOWN) + 1.0), i16),
        };
        Self {
            number: shown.number,
            lat_e7: saturate!(track.position.lat_deg * 1e7, i32),
            lon_e7: saturate!(track.position.lon_deg * 1e7, i32),
            east_dm_s: saturate!(track.velocity.x * 10.0, i16),
            north_dm_s: saturate!(track.velocity.y * 10.0, i16),
            height_2m,
            major_m: saturate!(major_m, u16),
            minor_m: saturate!(minor_m, u16),
            axis: saturate!((axis_rad * 256.0 / std::f64::consts::PI).floor(), u8),
            kind: kind_bits(track),
            state: state_bits(track, mark),
            vertical: saturate!(track.velocity.z * 2.0, i8),
            age_s: saturate!((now - track.updated).s(), u8),
        }
    }

    /// Whether the browser cannot extrapolate to this row from the other one: anything but place and age differs.
    #[must_use]
    pub fn is_news_after(&self, before: &Self) -> bool {
        let still = Self { lat_e7: before.lat_e7, lon_e7: before.lon_e7, age_s: before.age_s, ..*self };
        still != *before || self.age_s < before.age_s
    }
}

fn kind_bits(track: &Track) -> u8 {
    let class = track.class.best().0 as u8;
    let identity = match track.standard_identity {
        StandardIdentity::Pending => 0,
        StandardIdentity::Unknown => 1,
        StandardIdentity::AssumedFriend => 2,
        StandardIdentity::Friend => 3,
        StandardIdentity::Neutral => 4,
        StandardIdentity::Suspect => 5,
        StandardIdentity::Hostile => 6,
    };
    let claims = track.identity.address().is_some() || track.identity.flight_id().is_some();
    class | identity << 3 | u8::from(track.on_ground) << 6 | u8::from(claims) << 7
}

fn state_bits(track: &Track, mark: Mark) -> u8 {
    let status = match track.status {
        TrackStatus::Tentative => 0,
        TrackStatus::Confirmed => 1,
        TrackStatus::Coasting | TrackStatus::Terminated => 2,
    };
    let entry = mark.entry.map_or(0, |state| state as u8 + 1);
    status
        | entry << 2
        | u8::from(mark.emergency) << 5
        | u8::from(track.reality != Reality::Live) << 6
        | u8::from(mark.not_permitted) << 7
}

/// A frame's bytes.
#[must_use]
pub fn encode(kind: FrameKind, flags: Flags, sequence: u32, time: Time, rows: &[Row], removed: &[u32]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES + 4 * removed.len() + TRACK_BYTES * rows.len());
    out.extend([VERSION, kind as u8]);
    out.extend(flags.bits().to_le_bytes());
    out.extend(sequence.to_le_bytes());
    out.extend((time.ns() / 1_000_000).to_le_bytes());
    out.extend((rows.len() as u32).to_le_bytes());
    out.extend((removed.len() as u32).to_le_bytes());
    removed.iter().for_each(|number| out.extend(number.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.number.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.lat_e7.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.lon_e7.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.east_dm_s.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.north_dm_s.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.height_2m.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.major_m.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.minor_m.to_le_bytes()));
    rows.iter().for_each(|row| out.push(row.axis));
    rows.iter().for_each(|row| out.push(row.kind));
    rows.iter().for_each(|row| out.push(row.state));
    rows.iter().for_each(|row| out.extend(row.vertical.to_le_bytes()));
    rows.iter().for_each(|row| out.push(row.age_s));
    out
}
