//! Extended squitters: DF17, DF18, DF19. Bits 6–8 CA or CF, 9–32 address, 33–88 message field ME, whose first five bits are its type code.
//!
//! Source: ICAO Doc 9871 ed. 2 appendix A to C, RTCA DO-260B 2.2.3.2 (ADS-B), 2.2.17 (TIS-B), 2.2.18 (ADS-R).

use super::aircraft::{Aircraft, Key, NOT_TOLD, Space};
use super::cpr::{Encoded, Kind};
use super::fields::{ac12_ft, bit, bits, flight_id, movement_m_s};
use super::params::Setup;
use super::position::{self, AIRBORNE_PAIR, Outcome, SLOW_SURFACE_PAIR, SURFACE_PAIR};
use super::{ModeS, Reception, observe, quality, status, velocity};
use crate::decoder::Output;
use skypicket_model::identity::{AddressKind, EmitterCategory};
use skypicket_model::math::{M_S_PER_KT, TAU};
use skypicket_model::observation::{
    Arrival, Channel, Fix, FixSource, HorizontalSigma, ModeS as ModeSReport, ModeSPart, SelfPart, SelfReport,
    StatedPosition,
};
use skypicket_model::{Address, EllipsoidalHeight, PressureAltitude, Report};

/// Ground speed up to which a surface pair may be older, m/s: 25 kt.
const SLOW_M_S: f64 = 25.0 * M_S_PER_KT;
/// 1-sigma of a coarse TIS-B position, metres: the step of 12 bits is 163 m north-south.
const COARSE_SIGMA_M: f64 = 200.0;

/// Whom a squitter is about and by what way it came.
#[derive(Clone, Copy)]
struct Subject {
    address: Address,
    channel: Channel,
    key: Key,
}

/// How the control field of DF18 (CF), or DF17, tells to read the message.
enum Form {
    /// In the format of DF17.
    Fine(Subject),
    /// TIS-B coarse.
    Coarse(Subject),
    /// Nothing about an aircraft.
    None,
}

/// Which bit of ME tells that the address is no ICAO address (IMF), by type code, in TIS-B and ADS-R.
const fn imf_bit(type_code: u32) -> Option<u32> {
    match type_code {
        5..=8 => Some(21),
        9..=18 | 20..=22 => Some(8),
        19 => Some(9),
        28 | 31 => Some(56),
        29 => Some(51),
        _ => None,
    }
}

fn subject(space: Space, value: u32) -> Subject {
    let (kind, channel) = match space {
        Space::Icao | Space::Multilateration => (AddressKind::Icao, Channel::AdsB),
        Space::NonIcao => (AddressKind::NonIcao, Channel::AdsB),
        Space::Rebroadcast => (AddressKind::Icao, Channel::AdsR),
        Space::RebroadcastNonIcao => (AddressKind::NonIcao, Channel::AdsR),
        Space::Traffic => (AddressKind::Icao, Channel::TisB),
        Space::TrafficNonIcao => (AddressKind::NonIcao, Channel::TisB),
        Space::TrafficTrackFile => (AddressKind::TrackFile, Channel::TisB),
    };
    Subject { address: Address { kind, value }, channel, key: Key::new(space, value) }
}

/// Reads DF and CF.
#[inline]
fn form(head: u32, me: u64) -> Form {
    let address = head & 0xff_ffff;
    let control = head >> 24 & 7;
    match head >> 27 {
        17 => return Form::Fine(subject(Space::Icao, address)),
        // DF19 with AF 0 carries the format of DF17; the rest is the military's own.
        19 => return if control == 0 { Form::Fine(subject(Space::Icao, address)) } else { Form::None },
        _ => {}
    }
    let marked = match control {
        3 => bit(me, 1),
        _ => imf_bit((me >> 51) as u32).is_some_and(|number| bit(me, number)),
    };
    let space = match (control, marked) {
        (0, _) => Space::Icao,
        (1, _) => Space::NonIcao,
        (2 | 3, false) => Space::Traffic,
        (2 | 3, true) => Space::TrafficTrackFile,
        (5, _) => Space::TrafficNonIcao,
        (6, false) => Space::Rebroadcast,
        (6, true) => Space::RebroadcastNonIcao,
        // 4 is management of TIS-B and ADS-R, 7 is reserved.
        _ => return Form::None,
    };
    let subject = subject(space, address);
    if control == 3 { Form::Coarse(subject) } else { Form::Fine(subject) }
}

impl ModeS {
    /// Decodes a squitter with good parity.
    #[inline]
    pub(super) fn extended_squitter(&mut self, head: u32, me: u64, reception: &Reception<'_>, out: &mut Output) {
        let subject = match form(head, me) {
            Form::Fine(subject) => subject,
            Form::Coarse(subject) => return self.coarse(&subject, me, reception, out),
            Form::None => return,
        };
        if reception.multilaterated {
            return self.multilaterated(&subject, me, reception, out);
        }
        let now = reception.measured;
        let entry = self.aircraft.heard(subject.key, now);
        // Only what the aircraft itself sends on this link proves that it is there.
        if head >> 27 <= 18 && subject.channel == Channel::AdsB {
            entry.confirmed = now;
        }
        let setup = &self.setup;
        let say = |part, out: &mut Output| {
            let report = SelfReport { address: subject.address, channel: subject.channel, part };
            observe(setup, reception, Report::SelfReport(report), out);
        };
        match (me >> 51) as u32 {
            9..=18 | 20..=22 => airborne(entry, setup, &subject, (head, me), reception, out),
            19 => {
                if let Some((velocity, ground)) = velocity::decode(me, subject.channel == Channel::TisB) {
                    if let Some((east_kt, north_kt)) = ground {
                        entry.velocity_kt = (east_kt as f32, north_kt as f32);
                        entry.velocity_at = now;
                    }
                    say(SelfPart::Velocity(velocity), out);
                }
            }
            5..=8 => surface(entry, setup, &subject, me, reception, out),
            type_code @ 1..=4 => {
                // Type code 4 is set A, 1 is set D.
                let category = EmitterCategory { set: b'E' - type_code as u8, number: bits(me, 6, 8) as u8 };
                say(SelfPart::Identity { flight_id: flight_id(me), category: Some(category) }, out);
            }
            0 => {
                pressure_only(entry, setup, &subject, me, reception, out);
                if subject.channel != Channel::TisB {
                    say(SelfPart::NoPosition, out);
                }
            }
            28 if subject.channel != Channel::TisB => {
                if let Some(status) = status::aircraft_status(me) {
                    say(SelfPart::Status(status), out);
                }
            }
            29 if subject.channel != Channel::TisB => {
                if let Some((target, status)) = status::target_state(me, entry) {
                    say(SelfPart::Target(target), out);
                    say(SelfPart::Status(status), out);
                }
            }
            31 if subject.channel != Channel::TisB => {
                if let Some(status) = status::operational_status(me, entry) {
                    say(SelfPart::Status(status), out);
                }
            }
            _ => {}
        }
    }

    /// A TIS-B coarse airborne position (CF 3): 2–3 status, 4–7 volume, 8–19 altitude, 20–25 track, 26–31 speed, 32 F, 33–44, 45–56 CPR
    /// of 12 bits.
    #[cold]
    fn coarse(&mut self, subject: &Subject, me: u64, reception: &Reception<'_>, out: &mut Output) {
        let now = reception.measured;
        let entry = self.aircraft.heard(subject.key, now);
        let frame = Encoded { odd: bit(me, 32), lat: bits(me, 33, 44) << 5, lon: bits(me, 45, 56) << 5 };
        let receiver = self.setup.receiver.as_ref();
        let outcome = position::resolve(entry, Kind::Airborne, frame, now, AIRBORNE_PAIR, receiver);
        let Some(place) = place_of(outcome, out) else { return };
        let speed = bits(me, 26, 31);
        let position = StatedPosition {
            arrival: None,
            place,
            pressure: ac12_ft(bits(me, 8, 19)).map(|ft| PressureAltitude::from_ft(f64::from(ft))),
            height: None,
            on_ground: false,
            nic: None,
            containment_m: None,
            sigma_m: COARSE_SIGMA_M,
            // Steps of 32 kt around their middle; the first is below 16 kt.
            ground_speed_m_s: (speed != 0).then(|| f64::from(speed - 1) * (32.0 * M_S_PER_KT)),
            track_rad: bit(me, 20).then(|| f64::from(bits(me, 21, 25)) * (TAU / 32.0)),
        };
        say_position(&self.setup, subject, position, reception, out);
    }

    /// A made-up squitter that carries a multilateration result: its position becomes a [`Fix`], its velocity is kept for the next.
    #[cold]
    fn multilaterated(&mut self, subject: &Subject, me: u64, reception: &Reception<'_>, out: &mut Output) {
        let now = reception.measured;
        let entry = self.aircraft.heard(Key::new(Space::Multilateration, subject.address.value), now);
        let (kind, on_ground) = match (me >> 51) as u32 {
            5..=8 => (Kind::Surface, true),
            9..=18 | 20..=22 => (Kind::Airborne, false),
            19 => {
                if let Some((_, Some((east_kt, north_kt)))) = velocity::decode(me, false) {
                    entry.velocity_kt = (east_kt as f32, north_kt as f32);
                    entry.velocity_at = now;
                }
                return;
            }
            _ => return,
        };
        let frame = Encoded { odd: bit(me, 22), lat: bits(me, 23, 39), lon: bits(me, 40, 56) };
        let Some(place) = position::resolve_pair(entry, kind, frame, now) else { return };
        let recent = (now - entry.velocity_at).abs() <= AIRBORNE_PAIR;
        let (east_kt, north_kt) = entry.velocity_kt;
        let pressure = (!on_ground).then(|| ac12_ft(bits(me, 9, 20))).flatten();
        let fix = Fix {
            source: FixSource::Multilateration,
            place,
            sigma: HorizontalSigma::round(self.setup.multilateration_sigma_m),
            height: None,
            pressure: pressure.map(|ft| PressureAltitude::from_ft(f64::from(ft))),
            velocity_m_s: recent.then(|| (f64::from(east_kt) * M_S_PER_KT, f64::from(north_kt) * M_S_PER_KT)),
            on_ground: Some(on_ground),
            address: Some(subject.address),
            flight_id: None,
            squawk: None,
            local_track: None,
        };
        let sensor = self.setup.multilateration;
        out.observe(reception.chunk, sensor, reception.measured, self.setup.reality, Report::Fix(fix));
    }
}

/// The place of an outcome; counts why there is none.
#[inline]
fn place_of(outcome: Outcome, out: &mut Output) -> Option<skypicket_model::LatLon> {
    match outcome {
        Outcome::Place(place) => return Some(place),
        Outcome::Waiting => out.oddity("position without its pair, confirmation or reference"),
        Outcome::Implausible => out.oddity("position implausible"),
    }
    None
}

#[inline]
fn say_position(
    setup: &Setup,
    subject: &Subject,
    position: StatedPosition,
    reception: &Reception<'_>,
    out: &mut Output,
) {
    let part = SelfPart::Position(position);
    let report = SelfReport { address: subject.address, channel: subject.channel, part };
    observe(setup, reception, Report::SelfReport(report), out);
}

/// When the receiver's own clock had a frame, where somebody says where the receiver stands.
#[inline]
fn arrival(setup: &Setup, head: u32, me: u64, reception: &Reception<'_>) -> Option<Arrival> {
    let clock_ns = reception.clock_ns.filter(|_| setup.receiver.is_some())?;
    // Odd multipliers mix both halves; equal frames give equal numbers, and others almost never do.
    let frame = (me ^ u64::from(head).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    Some(Arrival { frame: frame ^ (frame >> 31), clock_ns })
}

/// Keeps a pressure altitude for later cross-checks.
#[inline]
fn keep_pressure(entry: &mut Aircraft, ft: Option<i32>, now: skypicket_model::Time) {
    if let Some(ft) = ft {
        entry.pressure_ft = ft as f32;
        entry.pressure_at = now;
    }
}

/// TC 9–18 (pressure altitude), 20–22 (GNSS height), BDS 0,5: 6–7 status, 8 NIC supplement B, 9–20 altitude, 21 T, 22 F, 23–39 and 40–56
/// CPR.
#[inline]
fn airborne(
    entry: &mut Aircraft,
    setup: &Setup,
    subject: &Subject,
    (head, me): (u32, u64),
    reception: &Reception<'_>,
    out: &mut Output,
) {
    let now = reception.measured;
    let type_code = (me >> 51) as u32;
    let geometric = type_code >= 20;
    let ft = ac12_ft(bits(me, 9, 20));
    if !geometric {
        keep_pressure(entry, ft, now);
    }
    let frame = Encoded { odd: bit(me, 22), lat: bits(me, 23, 39), lon: bits(me, 40, 56) };
    let outcome = position::resolve(entry, Kind::Airborne, frame, now, AIRBORNE_PAIR, setup.receiver.as_ref());
    let Some(place) = place_of(outcome, out) else {
        if !geometric && ft.is_some() {
            say_pressure(setup, subject, ft, reception, out);
        }
        return;
    };
    // In TIS-B and ADS-R bit 8 is the IMF.
    let nic_b = subject.channel == Channel::AdsB && bit(me, 8);
    let integrity = quality::airborne(type_code, entry.version, entry.nic_a, nic_b);
    let ft = ft.map(f64::from);
    let position = StatedPosition {
        arrival: arrival(setup, head, me, reception),
        place,
        pressure: if geometric { None } else { ft.map(PressureAltitude::from_ft) },
        height: if geometric { ft.map(EllipsoidalHeight::from_ft) } else { None },
        on_ground: false,
        nic: Some(integrity.nic),
        containment_m: integrity.containment_m,
        sigma_m: quality::sigma_m(entry.nac_p, integrity.nic),
        ground_speed_m_s: None,
        track_rad: None,
    };
    say_position(setup, subject, position, reception, out);
}

/// TC 5–8, BDS 0,6: 6–12 movement, 13 track valid, 14–20 track, 21 T, 22 F, 23–39 and 40–56 CPR.
fn surface(
    entry: &mut Aircraft,
    setup: &Setup,
    subject: &Subject,
    me: u64,
    reception: &Reception<'_>,
    out: &mut Output,
) {
    let now = reception.measured;
    let type_code = (me >> 51) as u32;
    let speed_m_s = movement_m_s(bits(me, 6, 12));
    let pair_age = if speed_m_s.is_some_and(|speed| speed <= SLOW_M_S) { SLOW_SURFACE_PAIR } else { SURFACE_PAIR };
    let frame = Encoded { odd: bit(me, 22), lat: bits(me, 23, 39), lon: bits(me, 40, 56) };
    let outcome = position::resolve(entry, Kind::Surface, frame, now, pair_age, setup.receiver.as_ref());
    let Some(place) = place_of(outcome, out) else { return };
    let integrity = quality::surface(type_code, entry.version, entry.nic_a, entry.nic_c);
    let position = StatedPosition {
        arrival: None,
        place,
        pressure: None,
        height: None,
        on_ground: true,
        nic: Some(integrity.nic),
        containment_m: integrity.containment_m,
        sigma_m: quality::sigma_m(entry.nac_p, integrity.nic),
        ground_speed_m_s: speed_m_s,
        track_rad: bit(me, 13).then(|| f64::from(bits(me, 14, 20)) * (TAU / 128.0)),
    };
    say_position(setup, subject, position, reception, out);
}

/// TC 0: the position source is lost; bits 9–20 may still hold the pressure altitude. The NACp told before no longer holds.
#[cold]
fn pressure_only(
    entry: &mut Aircraft,
    setup: &Setup,
    subject: &Subject,
    me: u64,
    reception: &Reception<'_>,
    out: &mut Output,
) {
    let ft = ac12_ft(bits(me, 9, 20));
    keep_pressure(entry, ft, reception.measured);
    entry.nac_p = NOT_TOLD;
    say_pressure(setup, subject, ft, reception, out);
}

/// A pressure altitude whose place is not known.
fn say_pressure(setup: &Setup, subject: &Subject, ft: Option<i32>, reception: &Reception<'_>, out: &mut Output) {
    if subject.channel == Channel::TisB {
        return;
    }
    let pressure = ft.map(|ft| PressureAltitude::from_ft(f64::from(ft)));
    let part = ModeSPart::Pressure { pressure, on_ground: None };
    observe(setup, reception, Report::ModeS(ModeSReport { address: subject.address, part }), out);
}
