//! What a transponder's messages say: from what the aircraft knows to 56 or 112 bits.

use crate::navigation::Positions;
use crate::squitter::{Frame, Knows, Say};
use crate::target::{Kind, Transponder};
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT};
use skypicket_model::{Emergency, Mode3A};
use skypicket_wire::mode_s::encode::{self, Airborne, Field, Operational, VelocityCommon};

fn short(bytes: [u8; 7]) -> Frame {
    let mut raw = [0; 14];
    for (slot, byte) in raw.iter_mut().zip(bytes) {
        *slot = byte;
    }
    Frame { raw, long: false }
}

const fn long(raw: [u8; 14]) -> Frame {
    Frame { raw, long: true }
}

/// Airborne flight status without and with alert: the alert marks the special codes (Annex 10 vol. IV 3.1.2.6.5.1).
fn flight_status(squawk: Mode3A) -> u8 {
    if squawk.emergency().is_some() { 2 } else { 0 }
}

/// Emergency state of the aircraft status message (DO-260B 2.2.3.2.7.8.1.1).
fn emergency_state(squawk: Mode3A) -> u8 {
    match squawk.emergency() {
        Some(Emergency::General) => 1,
        Some(Emergency::NoCommunications) => 4,
        Some(Emergency::UnlawfulInterference) => 5,
        _ => 0,
    }
}

/// One message.
pub(crate) fn compose(say: Say, knows: &Knows, kind: Kind, transponder: &Transponder, odd: bool) -> Frame {
    let address = transponder.address;
    let status = flight_status(knows.squawk);
    match say {
        Say::Position => long(encode::df17(address, position(knows, odd))),
        Say::Velocity => long(encode::df17(address, velocity(knows))),
        Say::Identity => long(encode::df17(address, encode::identification(transponder.flight_id, kind.category()))),
        Say::Operational => long(encode::df17(address, operational(knows))),
        Say::Status => {
            long(encode::df17(address, encode::emergency_status(emergency_state(knows.squawk), knows.squawk)))
        }
        Say::AllCall => short(encode::df11(address, 5, 0)),
        Say::PressureReply => short(encode::df4(address, status, Some(knows.pressure_ft))),
        Say::SquawkReply => short(encode::df5(address, status, knows.squawk)),
        Say::IdentityReply => match transponder.flight_id {
            Some(flight_id) => long(encode::df20(address, status, Some(knows.pressure_ft), encode::bds20(flight_id))),
            None => short(encode::df4(address, status, Some(knows.pressure_ft))),
        },
    }
}

/// The type code that states an integrity category, and NIC supplements A and B (DO-260B table 2-70).
fn integrity(nic: u8) -> (u8, bool, bool) {
    match nic {
        11 => (9, false, false),
        10 => (10, false, false),
        9 => (11, true, true),
        8 => (11, false, false),
        7 => (12, false, false),
        6 => (13, false, false),
        5 => (14, false, false),
        4 => (15, false, false),
        3 => (16, true, true),
        2 => (16, false, false),
        1 => (17, false, false),
        _ => (18, false, false),
    }
}

fn position(knows: &Knows, odd: bool) -> Field {
    if knows.positions != Positions::Stated {
        // Type code 0: no position, only the pressure altitude.
        return Field::new().put(9, 20, encode::altitude_code_12(Some(knows.pressure_ft)));
    }
    let (type_code, _, nic_b) = integrity(knows.quality.nic);
    let what = Airborne { type_code, nic_b, ft: Some(knows.pressure_ft) };
    encode::airborne_position(what, knows.motion.place.lat_lon(), odd)
}

fn velocity(knows: &Knows) -> Field {
    let height_ft = knows.motion.place.height_m / M_PER_FT;
    let common = VelocityCommon {
        nac_v: knows.quality.nac_v,
        vertical_fpm: Some(knows.motion.up_m_s / M_S_PER_FT_MIN),
        barometric: true,
        height_minus_pressure_ft: knows.velocity.then_some(height_ft - knows.pressure_ft),
    };
    let component = |m_s: f64| knows.velocity.then_some(m_s / M_S_PER_KT);
    encode::ground_velocity(common, component(knows.motion.east_m_s), component(knows.motion.north_m_s))
}

fn operational(knows: &Knows) -> Field {
    let quality = knows.quality;
    encode::operational_status(Operational {
        version: knows.version,
        nic_a: integrity(quality.nic).1,
        nac_p: quality.nac_p,
        sil: quality.sil,
        sda: quality.sda,
        gva: quality.gva,
        nic_baro: true,
        ..Operational::default()
    })
}
