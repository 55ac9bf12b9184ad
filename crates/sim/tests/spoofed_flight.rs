//! A recorded airliner whose receiver was told false places for half an hour (flight THY9BP of 17 September 2024, `testdata/`, docs/testdata.md), alone and with four radars that
//! see where it really flies. The true way between its last believed position and the one after is that of a steady great circle: it made good 233 m/s, its speed before and after.

use serde_json::Value;
use skypicket_assess::{Assessor, Params, PermissionParams, Permissions};
use skypicket_engine::{ClockLimits, Engine, Input, Setup};
use skypicket_model::gnss::{FalseSign, GnssChange, GnssState};
use skypicket_model::math::{M_PER_FT, M_S_PER_KT, atan2, sin_cos};
use skypicket_model::observation::{Angle, Channel, Plot, SelfPart, SelfReport, StatedPosition, StatedVelocity};
use skypicket_model::{
    Address, Geodetic, LatLon, Observation, ObservationId, PressureAltitude, Reality, Report, Sensor, SensorId,
    SensorKind, Seq, Span, Tangent, Time, Track,
};
use skypicket_sim::rng::Rng;
use std::io::Read as _;
use std::path::Path;

const ADDRESS: u32 = 0x4b_aac6;
/// Seconds of the recording: the last position that moved, the first false one, the jump to another false place, and the first true one.
const SILENT_S: f64 = 3626.0;
const FALSE_S: f64 = 4798.7;
const JUMP_S: f64 = 5716.9;
const TRUE_S: f64 = 6824.6;
const PERIOD_S: i64 = 10;

/// What it said, by second of the recording.
struct Said {
    at_s: f64,
    part: SelfPart,
}

struct Recording {
    begin: Time,
    said: Vec<Said>,
    /// True places: those of the recording without the false ones.
    truth: Vec<(f64, Geodetic)>,
}

fn recording() -> Recording {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/traffic/noisy/noisy_spoofing.json.gz");
    assert!(path.exists(), "{} is missing: run `cargo xtask testdata`", path.display());
    let mut json = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).expect("opened")).read_to_end(&mut json).expect("unpacked");
    let columns: Value = serde_json::from_slice(&json).expect("columns of rows");
    let rows = columns["timestamp"].as_object().expect("rows by number").len();
    let cell = |column: &str, row: usize| columns[column][row.to_string()].as_f64();
    let ms = |row| cell("timestamp", row).expect("each row has a time");
    let begin_ms = (0..rows).map(ms).fold(f64::MAX, f64::min);
    let (mut said, mut truth, mut last) = (Vec::new(), Vec::new(), (0.0, [None; 3]));
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|a, b| ms(*a).total_cmp(&ms(*b)));
    for row in order {
        let row_s = (ms(row) - begin_ms) / 1000.0;
        let motion = ["groundspeed", "track", "vertical_rate"].map(|column| cell(column, row));
        let fresh = cell("last_position", row).filter(|at| *at > last.0);
        // A row carries the last values on: what did not change was not heard.
        if (motion != last.1 || fresh.is_some())
            && let [Some(speed_kt), Some(track_deg), _] = motion
        {
            let (sin, cos) = sin_cos(track_deg.to_radians());
            let speed_m_s = speed_kt * M_S_PER_KT;
            let velocity = StatedVelocity {
                east_m_s: Some(speed_m_s * sin),
                north_m_s: Some(speed_m_s * cos),
                sigma_m_s: 1.0,
                ..StatedVelocity::default()
            };
            said.push(Said { at_s: row_s, part: SelfPart::Velocity(velocity) });
        }
        last.1 = motion;
        if let (Some(at_ms), Some(lat_deg), Some(lon_deg)) = (fresh, cell("latitude", row), cell("longitude", row)) {
            let (place, at_s) = (LatLon { lat_deg, lon_deg }, (at_ms - begin_ms) / 1000.0);
            let pressure = cell("altitude", row).map(PressureAltitude::from_ft);
            let position = StatedPosition {
                arrival: None,
                place,
                pressure,
                height: None,
                on_ground: false,
                nic: Some(8),
                containment_m: None,
                sigma_m: 10.0,
                ground_speed_m_s: None,
                track_rad: None,
            };
            said.push(Said { at_s, part: SelfPart::Position(position) });
            last.0 = at_ms;
            if !(SILENT_S..TRUE_S - 1.0).contains(&at_s) {
                truth.push((at_s, place.at_height(pressure.map_or(11_000.0, |pressure| pressure.m))));
            }
        }
    }
    said.retain(|one| one.at_s >= 0.0);
    said.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    Recording { begin: Time::from_s((begin_ms / 1000.0) as i64), said, truth }
}

impl Recording {
    /// Where it truly was.
    fn true_place(&self, at_s: f64) -> Geodetic {
        let next = self.truth.partition_point(|(then_s, _)| *then_s < at_s).clamp(1, self.truth.len() - 1);
        let ((from_s, from), (to_s, to)) = (self.truth[next - 1], self.truth[next]);
        let share = ((at_s - from_s) / (to_s - from_s)).clamp(0.0, 1.0);
        let (a, b) = (from.to_ecef(), to.to_ecef());
        // Straight through the earth, then up to its height: a great circle, its speed even to a part in ten thousand over 750 km.
        let mix = |x: f64, y: f64| x + (y - x) * share;
        let height_m = mix(from.height_m, to.height_m);
        let chord = skypicket_model::Vec3::new(mix(a.x, b.x), mix(a.y, b.y), mix(a.z, b.z));
        Geodetic { height_m, ..Geodetic::from_ecef(chord) }
    }

    fn moment(&self, at_s: f64) -> Time {
        self.begin + Span::from_s_f64(at_s).expect("within a day")
    }
}

fn radars() -> Vec<Sensor> {
    let sites = [(48.0, 22.2), (50.0, 20.8), (52.2, 19.4), (54.6, 17.6)];
    let radar = |(k, (lat_deg, lon_deg)): (usize, (f64, f64))| Sensor {
        site: Some(Geodetic { lat_deg, lon_deg, height_m: 200.0 }),
        period: Some(Span::from_s(PERIOD_S)),
        range_sigma_m: Some(70.0),
        azimuth_sigma_rad: Some(0.0014),
        detection_probability: Some(0.9),
        clutter_per_look: Some(1.0),
        range_limits_m: Some((1000.0, 400_000.0)),
        ..Sensor::new(
            SensorId { feed: skypicket_model::FeedId(1), source: k as u16 },
            format!("radar {k}"),
            SensorKind::Radar2d,
        )
    };
    sites.into_iter().enumerate().map(radar).collect()
}

/// What came of it: changes of its navigation's state, and tracks each second.
struct Played {
    recording: Recording,
    changes: Vec<(f64, GnssChange)>,
    tracks: Vec<(f64, Vec<Track>)>,
}

fn play(with_radars: bool) -> Played {
    let recording = recording();
    let radars = if with_radars { radars() } else { Vec::new() };
    let receiver = Sensor::new(SensorId::default(), "receiver", SensorKind::SelfReportReceiver);
    let sensors: Vec<Sensor> = radars.iter().cloned().chain([receiver]).collect();
    let permissions = Permissions::new(&PermissionParams::default(), Vec::new()).expect("default rules stand");
    let mut engine = Engine::new(Setup {
        clock: ClockLimits::default(),
        tracker: skypicket_track::Tracker::new(skypicket_track::Params::default(), &sensors),
        assessor: Assessor::new(&Params::default(), &[], permissions).expect("nothing is watched"),
        sensors,
    });
    let (mut rng, mut seq, mut said, mut events) = (Rng::new(17), 0, 0, Vec::new());
    let (mut changes, mut tracks): (Vec<(f64, GnssChange)>, _) = (Vec::new(), Vec::new());
    for second in 2400..7400_i64 {
        let now_s = second as f64;
        while said < recording.said.len() && recording.said[said].at_s < now_s + 1.0 {
            let one = &recording.said[said];
            said += 1;
            if one.at_s < now_s {
                continue;
            }
            seq += 1;
            let report = SelfReport { address: Address::icao(ADDRESS), channel: Channel::AdsB, part: one.part };
            hand(&mut engine, seq, SensorId::default(), recording.moment(one.at_s), Report::SelfReport(report));
        }
        for (k, radar) in radars.iter().enumerate() {
            if second % PERIOD_S == 2 * k as i64 && rng.chance(0.9) {
                let place = recording.true_place(now_s);
                if let Some(plot) = plot(radar, place, &mut rng) {
                    seq += 1;
                    hand(&mut engine, seq, radar.id, recording.moment(now_s), Report::Plot(plot));
                }
            }
        }
        seq += 1;
        engine.handle(Seq(seq), Input::Tick(recording.moment(now_s + 1.0)), &mut events);
        events.clear();
        let picture = engine.picture();
        if let Some(gnss) = picture.gnss.first() {
            for change in &gnss.changes {
                if !changes.iter().any(|(_, known)| known == change) {
                    changes.push(((change.time - recording.begin).s(), *change));
                }
            }
        }
        tracks.push((now_s + 1.0, picture.tracks.iter().map(|one| one.track.clone()).collect()));
    }
    Played { recording, changes, tracks }
}

fn hand(engine: &mut Engine, seq: u64, sensor: SensorId, at: Time, report: Report) {
    let id = ObservationId { seq: Seq(seq), index: 0 };
    let observation = Observation { id, sensor, measured: at, received: at, reality: Reality::Live, report };
    engine.handle(Seq(seq), Input::Observations(&[observation]), &mut Vec::new());
}

/// A radar's plot of a place, if it reaches so far.
fn plot(radar: &Sensor, place: Geodetic, rng: &mut Rng) -> Option<Plot> {
    let site = radar.site?;
    let enu = Tangent::new(site).to_enu(place.to_ecef());
    let range_m = enu.norm();
    if range_m > 400_000.0 {
        return None;
    }
    let azimuth_rad = atan2(enu.x, enu.y) + 0.0014 * rng.normal();
    let azimuth = Angle { rad: azimuth_rad.rem_euclid(core::f64::consts::TAU), sigma_rad: 0.0014 };
    let pressure = Some(PressureAltitude::from_ft((place.height_m / M_PER_FT / 100.0).round() * 100.0));
    Some(Plot { pressure, ..Plot::primary(range_m + 70.0 * rng.normal(), 70.0, azimuth, None) })
}

#[test]
fn each_false_place_is_noticed_within_three_messages_and_none_before() {
    let played = play(false);
    let suspected: Vec<(f64, FalseSign)> = played
        .changes
        .iter()
        .filter(|(_, change)| change.to == GnssState::SpoofSuspect)
        .map(|(at_s, change)| (*at_s, change.falsely.expect("it says why").0))
        .collect();
    let messages = |from_s: f64, to_s: f64, position: bool| {
        let is_one = |part: &SelfPart| matches!(part, SelfPart::Position(_)) == position;
        played.recording.said.iter().filter(|one| one.at_s >= from_s && one.at_s <= to_s && is_one(&one.part)).count()
    };
    let [(first_s, first), (second_s, second)] = suspected[..] else { panic!("{suspected:?}") };
    // The first false place can be reached in time: its speed, three times, says that nobody flies there.
    assert_eq!((first, second), (FalseSign::Speed, FalseSign::Jump), "{suspected:?}");
    assert!(messages(FALSE_S - 0.5, first_s, false) <= 3, "{first_s}");
    assert!(messages(JUMP_S - 0.5, second_s, true) <= 3, "{second_s}");
    let back: Vec<f64> = played
        .changes
        .iter()
        .filter(|(_, c)| c.from == GnssState::SpoofSuspect && c.to != GnssState::SpoofSuspect)
        .map(|(at_s, _)| *at_s)
        .collect();
    assert_eq!(back.len(), 1, "{back:?}");
    assert!(messages(TRUE_S - 0.5, back[0], true) <= 3, "{back:?}");
    // Alone there is nothing to follow it by: no track is shown where it says that it is.
    let shown = |played: &Played, from_s: f64, to_s: f64| {
        played.tracks.iter().filter(|(at_s, tracks)| (from_s..to_s).contains(at_s) && !tracks.is_empty()).count()
    };
    assert_eq!(shown(&played, first_s + 60.0, TRUE_S), 0);
    assert!(shown(&played, 2500.0, 2640.0) > 100 && shown(&played, TRUE_S + 10.0, 7300.0) > 400);
}

#[test]
fn with_radars_its_true_way_is_kept_within_the_stated_uncertainty() {
    let played = play(true);
    let (mut whole, mut falsely, mut ids) = (Within::default(), Within::default(), Vec::new());
    for (at_s, tracks) in played.tracks.iter().filter(|(at_s, _)| (3300.0..7300.0).contains(at_s)) {
        let truth = played.recording.true_place(*at_s);
        // One object, one track: none where it said that it was.
        let places = || tracks.iter().map(|track| (track.id, track.position)).collect::<Vec<_>>();
        let [track] = &tracks[..] else { panic!("{at_s}: {:?}", places()) };
        let d = Tangent::new(track.position).to_enu(truth.to_ecef());
        let known = TRUTH_SIGMA_M * TRUTH_SIGMA_M;
        let c = |i, j| track.covariance.get(i, j) + if i == j { known } else { 0.0 };
        let det = c(0, 0) * c(1, 1) - c(0, 1) * c(0, 1);
        let d2 = (c(1, 1) * d.x * d.x - 2.0 * c(0, 1) * d.x * d.y + c(0, 0) * d.y * d.y) / det;
        whole.take(d2);
        if (FALSE_S..TRUE_S).contains(at_s) {
            falsely.take(d2);
        }
        if ids.last() != Some(&track.id) {
            ids.push(track.id);
        }
    }
    println!("inside its 95 % ellipse: {whole:?}; while it told false places: {falsely:?}");
    assert!(whole.share() >= 0.95 && falsely.share() >= 0.93, "{whole:?} {falsely:?}");
    assert!(falsely.farthest_sigma < 4.0, "{falsely:?}");
    assert_eq!(ids.len(), 1, "{ids:?}");
}

/// Recorded positions are dated up to 0.4 s wrongly, 90 m on the way, which nothing tells the tracker.
const TRUTH_SIGMA_M: f64 = 40.0;

/// Seconds in which the truth lay within a track's 95 % ellipse.
#[derive(Debug, Default)]
struct Within {
    seconds: u32,
    inside: u32,
    farthest_sigma: f64,
}

impl Within {
    fn take(&mut self, d2: f64) {
        self.seconds += 1;
        self.inside += u32::from(d2 <= 5.991);
        self.farthest_sigma = self.farthest_sigma.max(d2.sqrt());
    }

    fn share(&self) -> f64 {
        f64::from(self.inside) / f64::from(self.seconds)
    }
}
