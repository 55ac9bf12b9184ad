//! What several categories say in the same way.

use skypicket_model::math::{M_PER_NM, rad};
use skypicket_model::{Address, FlightId, Geodetic, LatLon, Mode3A, PressureAltitude, Reality, Span, Time, Vec3};

use crate::asterix::decoder::Message;
use crate::asterix::field::{Code, Flag, Quantity, Text};
use crate::asterix::layout::ItemRef;
use crate::asterix::record::View;

/// Nanoseconds in 1/128 s, the step of every time of day.
const NS_PER_128TH: i64 = 7_812_500;
/// Steps of 1/128 s in a day.
const DAY_128THS: u64 = 86_400 * 128;
/// Metres a second in 1 NM/s.
pub(super) const M_S_PER_NM_S: f64 = M_PER_NM;
/// Metres of pressure altitude in one flight level.
const M_PER_FL: f64 = 100.0 * skypicket_model::math::M_PER_FT;

/// The moment that an item of 24 bits and 1/128 s states, within ±12 h of `received`; `None` where the item is missing or
/// lies beyond 24 h.
#[inline]
pub(super) fn time_of_day(message: &mut Message<'_, '_>, item: ItemRef) -> Option<Time> {
    let [high, middle, low] = *message.record.item(item)?.bytes else { return None };
    let steps = u64::from(u32::from_be_bytes([0, high, middle, low]));
    if steps >= DAY_128THS {
        message.oddity("time of day beyond 24 h");
        return None;
    }
    Some(message.chunk.received.nearest_with_time_of_day(Span::from_ns(steps as i64 * NS_PER_128TH)))
}

/// The moment that a truncated time of day (16 bits of 1/128 s, so modulo 512 s) states, within ±256 s of `received`.
///
/// 512 s do not divide a day, and the count restarts at midnight: of yesterday's, today's and tomorrow's count, the reading
/// nearest to `received` that lies within its own day is taken.
pub(super) fn truncated_time_of_day(message: &Message<'_, '_>, item: ItemRef) -> Option<Time> {
    let [high, low] = *message.record.item(item)?.bytes else { return None };
    let steps = i64::from(u16::from_be_bytes([high, low]));
    let received = message.chunk.received;
    let mut nearest: Option<Time> = None;
    for day in [-1, 0, 1] {
        let midnight = received.midnight() + Span::from_s(day * 86_400);
        let since = (received - midnight).ns().div_euclid(NS_PER_128TH);
        let wrapped = (steps - since + 0x8000).rem_euclid(0x1_0000) - 0x8000;
        let count = since + wrapped;
        let moment = midnight + Span::from_ns(count * NS_PER_128TH);
        let nearer = nearest.is_none_or(|best| (moment - received).abs() < (best - received).abs());
        if (0..DAY_128THS as i64).contains(&count) && nearer {
            nearest = Some(moment);
        }
    }
    nearest
}

/// Simulated or test targets are kept apart from the world.
pub(super) const fn reality(simulated: bool) -> Reality {
    if simulated { Reality::Simulated } else { Reality::Live }
}

/// A Mode 3/A code, where validated (V = 0) and not garbled (G = 0).
#[inline]
pub(super) fn squawk(view: Option<View<'_>>, v: Flag, g: Flag, code: Code) -> Option<Mode3A> {
    let view = view?;
    let sound = !view.get(v)? && !view.get(g)?;
    if sound { view.get(code).map(|code| Mode3A(code as u16)) } else { None }
}

/// A Mode C height, where validated (V = 0) and not garbled (G = 0).
#[inline]
pub(super) fn mode_c(view: Option<View<'_>>, v: Flag, g: Flag, level: Quantity) -> Option<PressureAltitude> {
    let view = view?;
    let sound = !view.get(v)? && !view.get(g)?;
    if sound { view.get(level).map(flight_level) } else { None }
}

/// A flight level as pressure altitude.
#[inline]
pub(super) fn flight_level(level: f64) -> PressureAltitude {
    PressureAltitude::from_m(level * M_PER_FL)
}

/// An address; 0 is none.
#[inline]
pub(super) fn address(view: Option<View<'_>>, field: Code) -> Option<Address> {
    let value = view?.get(field)? as u32;
    if value == 0 { None } else { Some(Address::icao(value)) }
}

/// An aircraft identification in 6-bit characters; `None` when blank or illegal.
#[inline]
pub(super) fn flight_id(view: Option<View<'_>>, field: Text) -> Option<FlightId> {
    FlightId::new(view?.get(field)?.bytes())
}

/// A place in degrees.
pub(super) fn place(view: Option<View<'_>>, lat: Quantity, lon: Quantity) -> Option<LatLon> {
    let view = view?;
    LatLon::new(view.get(lat)?, view.get(lon)?)
}

/// A place from metres east and north of the source, at the height of the target above the source, where the source's place
/// is known.
pub(super) fn place_near(message: &Message<'_, '_>, east_m: f64, north_m: f64) -> Option<LatLon> {
    let frame = message.frame()?;
    // The stated plane follows the Earth's surface; the tangent plane leaves it by d²/2R, which is put back.
    let drop_m = (east_m * east_m + north_m * north_m) / (2.0 * skypicket_model::frames::WGS84_A_M);
    let place = frame.geodetic(Vec3::new(east_m, north_m, -drop_m));
    Some(Geodetic::lat_lon(place))
}

/// East and north parts of a speed along a track from north.
pub(super) fn east_north(speed_m_s: f64, track_deg: f64) -> (f64, f64) {
    let (sin, cos) = skypicket_model::math::sin_cos(rad(track_deg));
    (speed_m_s * sin, speed_m_s * cos)
}

/// Two fields of one item as a pair.
pub(super) fn pair(view: Option<View<'_>>, first: Quantity, second: Quantity) -> Option<(f64, f64)> {
    let view = view?;
    Some((view.get(first)?, view.get(second)?))
}
