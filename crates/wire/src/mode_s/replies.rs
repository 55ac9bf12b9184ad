//! Replies: all-call (DF11), air-air surveillance (DF0, DF16), altitude and identity (DF4, DF5), Comm-B (DF20, DF21), Comm-D (DF24–31).
//!
//! Bits of the first word: 1–5 DF; DF0/16: 6 VS (on the ground); DF4/5/20/21: 6–8 FS; 20–32 AC or ID.
//! Source: ICAO Annex 10 vol. IV 3.1.2.5.2.2, 3.1.2.6.5–8, 3.1.2.7.3, 3.1.2.8.2–3.

use super::aircraft::{Key, Space};
use super::comm_b::{self, Known, Register};
use super::fields::{ac13_ft, squawk};
use super::{INTERROGATOR_CODES, ModeS, RECORDS, Reception, observe, record, reject};
use crate::decoder::Output;
use skypicket_model::observation::{ModeS as Report, ModeSPart};
use skypicket_model::{Address, PressureAltitude};

/// How old a figure may be that a Comm-B register is compared with.
const KNOWN_FOR: skypicket_model::Span = skypicket_model::Span::from_s(20);

/// What a flight status (FS) says.
struct FlightStatus {
    on_ground: Option<bool>,
    alert: bool,
    spi: bool,
}

const fn flight_status(code: u32) -> FlightStatus {
    let on_ground = match code {
        0 | 2 => Some(false),
        1 | 3 => Some(true),
        // 4 and 5 hold in the air and on the ground; 6 and 7 are reserved.
        _ => None,
    };
    FlightStatus { on_ground, alert: matches!(code, 2..=4), spi: matches!(code, 4 | 5) }
}

impl ModeS {
    /// DF11: 6–8 CA, 9–32 address; the syndrome is the interrogator's code, zero in squitters.
    #[inline]
    pub(super) fn all_call(&mut self, head: u32, syndrome: u32, reception: &Reception<'_>, out: &mut Output) {
        let address = head & 0xff_ffff;
        let now = reception.measured;
        if syndrome == 0 && !reception.multilaterated {
            self.aircraft.heard(Key::new(Space::Icao, address), now).confirmed = now;
        } else if syndrome >= INTERROGATOR_CODES {
            return reject(out, reception, "DF11", "bad parity");
        } else if self.confirmed(address, now).is_none() {
            // 17 bits of parity are left: noise passes a hundred times as often as by the whole parity.
            return reject(out, reception, "DF11", "unconfirmed interrogator code");
        }
        out.record(record::DF11);
        let part = ModeSPart::AllCall { capability: (head >> 24 & 7) as u8 };
        self.say(address, part, reception, out);
    }

    /// A reply whose parity is overlaid with the aircraft's address.
    #[inline]
    pub(super) fn reply(
        &mut self,
        kind: usize,
        head: u32,
        field: Option<u64>,
        address: u32,
        reception: &Reception<'_>,
        out: &mut Output,
    ) {
        let now = reception.measured;
        let Some(entry) = self.confirmed(address, now) else {
            return reject(out, reception, RECORDS[kind], "unconfirmed address parity");
        };
        out.record(kind);
        let code = head & 0x1fff;
        let status = flight_status(head >> 24 & 7);
        match kind {
            record::DF0 | record::DF16 | record::DF4 | record::DF20 => {
                let ft = ac13_ft(code);
                if let Some(ft) = ft {
                    entry.pressure_ft = ft as f32;
                    entry.pressure_at = now;
                }
                let vertical_status = head >> 26 & 1 == 1;
                let air_air = matches!(kind, record::DF0 | record::DF16);
                let part = ModeSPart::Pressure {
                    pressure: ft.map(|ft| PressureAltitude::from_ft(f64::from(ft))),
                    on_ground: if air_air { Some(vertical_status) } else { status.on_ground },
                };
                self.say(address, part, reception, out);
            }
            record::DF5 | record::DF21 => {
                let FlightStatus { on_ground, alert, spi } = status;
                self.say(address, ModeSPart::Squawk { squawk: squawk(code), alert, spi, on_ground }, reception, out);
            }
            _ => {}
        }
        if matches!(kind, record::DF20 | record::DF21)
            && let Some(register) = field
        {
            self.comm_b(address, register, status.on_ground == Some(true), reception, out);
        }
    }

    /// The register in a Comm-B reply, when it can be nothing else.
    fn comm_b(&mut self, address: u32, register: u64, on_ground: bool, reception: &Reception<'_>, out: &mut Output) {
        if register == 0 {
            return;
        }
        let now = reception.measured;
        let known = self.aircraft.get_mut(Key::new(Space::Icao, address)).map_or(Known::default(), |entry| Known {
            on_ground,
            pressure_ft: ((now - entry.pressure_at).abs() <= KNOWN_FOR).then_some(f64::from(entry.pressure_ft)),
            velocity_kt: ((now - entry.velocity_at).abs() <= KNOWN_FOR)
                .then_some((f64::from(entry.velocity_kt.0), f64::from(entry.velocity_kt.1))),
        });
        match comm_b::identify(register, &known) {
            Register::Identity(flight_id) => self.say(address, ModeSPart::Identity { flight_id }, reception, out),
            Register::AirData(data) => self.say(address, ModeSPart::AirData(data), reception, out),
            Register::Ambiguous => out.oddity("ambiguous Comm-B register"),
            Register::Other => {}
        }
    }

    #[inline]
    fn say(&self, address: u32, part: ModeSPart, reception: &Reception<'_>, out: &mut Output) {
        let report = Report { address: Address::icao(address), part };
        observe(&self.setup, reception, skypicket_model::Report::ModeS(report), out);
    }
}
