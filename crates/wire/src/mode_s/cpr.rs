//! Compact position reporting: 17 bits each of latitude and longitude, alternately in an even and an odd division of the globe.
//!
//! Source: ICAO Doc 9871 ed. 2 C.2.6, RTCA DO-260B 2.2.3.2.3.7 and appendix A.1.7. Airborne positions repeat every 6° or so, surface
//! positions every 1.5°. *Global* decoding needs an even and an odd frame of nearly one time, *local* decoding a place nearby.
//! The zone count NL is a table look-up, equal to the standard's formula; the formula itself is in the tests.

use skypicket_model::frames::LatLon;
use skypicket_model::math::wrap_deg_180;

/// Steps of a 17-bit coordinate.
const STEPS: f64 = 131_072.0;

/// Latitudes, degrees, at which the number of longitude zones falls from 59 − i to 58 − i; from the standard's formula, evaluated
/// with 50 digits.
const TRANSITIONS_DEG: [f64; 58] = [
    10.470_471_299_968_775,
    14.828_174_368_687_508,
    18.186_263_570_714_182,
    21.029_394_926_029_344,
    23.545_044_865_571_402,
    25.829_247_070_588_554,
    27.938_987_101_219_166,
    29.911_356_857_318_38,
    31.772_097_076_811_02,
    33.539_934_362_985_456,
    35.228_995_977_964_466,
    36.850_251_075_935_47,
    38.412_418_924_123_045,
    39.922_566_843_338_92,
    41.386_518_322_602_825,
    42.809_140_122_435_664,
    44.194_549_514_193_14,
    45.546_267_226_602_54,
    46.867_332_524_987_674,
    48.160_391_280_966_536,
    49.427_764_392_557_04,
    50.671_501_655_538_46,
    51.893_424_691_687_86,
    53.095_161_527_960_16,
    54.278_174_722_729_19,
    55.443_784_444_950_6,
    56.593_187_562_059_35,
    57.727_473_538_661_27,
    58.847_637_761_484_71,
    59.954_592_766_940_465,
    61.049_177_742_463_63,
    62.132_166_592_103_424,
    63.204_274_793_819_38,
    64.266_165_225_674_5,
    65.318_453_096_820_99,
    66.361_710_083_826_28,
    67.396_467_740_846_76,
    68.423_220_220_833_4,
    69.442_426_311_440_31,
    70.454_510_749_876_08,
    71.459_864_730_289_9,
    72.458_845_447_289_52,
    73.451_774_416_678_7,
    74.438_934_157_251_42,
    75.420_562_566_533_63,
    76.396_843_907_944_73,
    77.367_894_613_281_92,
    78.333_740_829_227_52,
    79.294_282_254_569_31,
    80.249_232_132_805_16,
    81.198_013_492_719_51,
    82.139_569_805_106_09,
    83.071_994_447_198_16,
    83.991_735_629_805_66,
    84.891_661_907_020_88,
    85.755_416_209_444_19,
    86.535_369_975_121_01,
    // At exactly 87° there are still two zones.
    87.0_f64.next_up(),
];

/// Zones at a whole degree of latitude; from there only a few transitions need a look.
const ZONES_AT_DEG: [u8; 91] = zones_at_degrees();

const fn zones_at_degrees() -> [u8; 91] {
    let mut table = [1; 91];
    let mut degree = 0;
    while degree < 91 {
        let mut passed = 0;
        while passed < 58 && degree as f64 >= TRANSITIONS_DEG[passed] {
            passed += 1;
        }
        table[degree] = 59 - passed as u8;
        degree += 1;
    }
    table
}

/// NL: the number of longitude zones at a latitude, 1 to 59.
#[inline]
#[must_use]
pub fn zones(lat_deg: f64) -> u8 {
    let lat_deg = lat_deg.abs();
    let mut zones = ZONES_AT_DEG[(lat_deg as usize).min(90)];
    while zones > 1 && lat_deg >= TRANSITIONS_DEG[usize::from(59 - zones)] {
        zones -= 1;
    }
    zones
}

/// Cosine of the lowest latitude with so many zones.
const COS_BY_ZONES: [f64; 60] = [
    0.05234, 0.05234, 0.06044, 0.07402, 0.08904, 0.10468, 0.12063, 0.13677, 0.15303, 0.16937, 0.18577, 0.20222,
    0.21870, 0.23520, 0.25173, 0.26827, 0.28483, 0.30140, 0.31797, 0.33456, 0.35115, 0.36775, 0.38436, 0.40097,
    0.41758, 0.43421, 0.45082, 0.46744, 0.48406, 0.50069, 0.51732, 0.53395, 0.55058, 0.56722, 0.58386, 0.60049,
    0.61713, 0.63377, 0.65041, 0.66705, 0.68369, 0.70034, 0.71698, 0.73363, 0.75027, 0.76692, 0.78356, 0.80021,
    0.81686, 0.83351, 0.85015, 0.86680, 0.88345, 0.90010, 0.91675, 0.93340, 0.95005, 0.96670, 0.98335, 1.00000,
];

/// The length of a degree of longitude in degrees of latitude: the cosine, never too small, at most 0.06 too large. Without a
/// transcendental function, for plausibility checks only.
#[inline]
#[must_use]
pub fn parallel(lat_deg: f64) -> f64 {
    COS_BY_ZONES[usize::from(zones(lat_deg))]
}

/// A CPR position as sent: even or odd, 17 bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Odd format (F = 1).
    pub odd: bool,
    /// Encoded latitude.
    pub lat: u32,
    /// Encoded longitude.
    pub lon: u32,
}

/// How far apart repetitions are: airborne 360°, surface 90°.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Zones divide 360°.
    Airborne,
    /// Zones divide 90°.
    Surface,
}

impl Kind {
    const fn circle_deg(self) -> f64 {
        match self {
            Self::Airborne => 360.0,
            Self::Surface => 90.0,
        }
    }
}

/// Rounds down. `f64::floor` is a call on processors of the baseline; the range here is a few thousand.
#[inline]
fn floor(x: f64) -> f64 {
    let whole = f64::from(x as i32);
    if whole > x { whole - 1.0 } else { whole }
}

/// Longitude zones of a format: NL in the even, NL − 1 in the odd, never less than one.
#[inline]
fn zones_of(zones: u8, odd: bool) -> f64 {
    f64::from(if odd { zones.max(2) - 1 } else { zones })
}

/// Decodes one frame with a place within half a zone: about 180 NM for airborne, 45 NM for surface frames. `None` beyond a pole.
#[inline]
#[must_use]
pub fn local(kind: Kind, frame: Encoded, near: LatLon) -> Option<LatLon> {
    let lat_zone_deg = kind.circle_deg() / if frame.odd { 59.0 } else { 60.0 };
    let lat_part = f64::from(frame.lat) / STEPS;
    let lat_deg = lat_zone_deg * (floor(0.5 + near.lat_deg / lat_zone_deg - lat_part) + lat_part);
    if lat_deg.abs() > 90.0 {
        return None;
    }
    let lon_zone_deg = kind.circle_deg() / zones_of(zones(lat_deg), frame.odd);
    let lon_part = f64::from(frame.lon) / STEPS;
    let lon_deg = lon_zone_deg * (floor(0.5 + near.lon_deg / lon_zone_deg - lon_part) + lon_part);
    Some(LatLon { lat_deg, lon_deg: wrap(lon_deg) })
}

/// Decodes an even and an odd frame of nearly one time to the place of the newer. `None` when they lie in different numbers of
/// zones (wait for the next pair) or make no latitude. A surface pair repeats every 90°: the answer nearest to `near` is taken.
#[must_use]
pub fn global(
    kind: Kind,
    even: (u32, u32),
    odd: (u32, u32),
    newer_is_odd: bool,
    near: Option<LatLon>,
) -> Option<LatLon> {
    let circle_deg = kind.circle_deg();
    // The zone index, j = floor(59 even − 60 odd + ½), in exact integers of 2^-17.
    let index = (59 * i64::from(even.0) - 60 * i64::from(odd.0) + 65_536) >> 17;
    let mut even_deg = circle_deg / 60.0 * (index.rem_euclid(60) as f64 + f64::from(even.0) / STEPS);
    let mut odd_deg = circle_deg / 59.0 * (index.rem_euclid(59) as f64 + f64::from(odd.0) / STEPS);
    match (kind, near) {
        (Kind::Airborne, _) => {
            // The last quarter of the circle is the southern hemisphere.
            even_deg -= if even_deg >= 270.0 { 360.0 } else { 0.0 };
            odd_deg -= if odd_deg >= 270.0 { 360.0 } else { 0.0 };
        }
        (Kind::Surface, Some(near)) => {
            // Northern and southern answers are 90° apart; both frames take the same.
            let lat_deg = if newer_is_odd { odd_deg } else { even_deg };
            let shift_deg =
                if (lat_deg - 90.0 - near.lat_deg).abs() < (lat_deg - near.lat_deg).abs() { 90.0 } else { 0.0 };
            even_deg -= shift_deg;
            odd_deg -= shift_deg;
        }
        (Kind::Surface, None) => return None,
    }
    let lat_deg = if newer_is_odd { odd_deg } else { even_deg };
    let count = zones(even_deg);
    if even_deg.abs() > 90.0 || odd_deg.abs() > 90.0 || count != zones(odd_deg) {
        return None;
    }
    let n = i64::from(count);
    let index = (i64::from(even.1) * (n - 1) - i64::from(odd.1) * n + 65_536) >> 17;
    let part = f64::from(if newer_is_odd { odd.1 } else { even.1 }) / STEPS;
    let own = if newer_is_odd { (n - 1).max(1) } else { n };
    let lon_deg = circle_deg / own as f64 * (index.rem_euclid(own) as f64 + part);
    let lon_deg = match (kind, near) {
        (Kind::Surface, Some(near)) => near.lon_deg + quarter_turn_nearest(lon_deg - near.lon_deg),
        _ => lon_deg,
    };
    Some(LatLon { lat_deg, lon_deg: wrap(lon_deg) })
}

/// The equivalent of a difference modulo 90° in [−45, 45).
fn quarter_turn_nearest(difference_deg: f64) -> f64 {
    difference_deg - floor(difference_deg / 90.0 + 0.5) * 90.0
}

/// Longitudes here are within a turn and a half of their range; most need nothing.
#[inline]
fn wrap(lon_deg: f64) -> f64 {
    if (-180.0..180.0).contains(&lon_deg) { lon_deg } else { wrap_deg_180(lon_deg) }
}

/// Encodes a place (C.2.6.3): what a transponder sends.
#[must_use]
pub fn encode(kind: Kind, place: LatLon, odd: bool) -> Encoded {
    let scale = if kind == Kind::Surface { 4.0 * STEPS } else { STEPS };
    let lat_zone_deg = if odd { 360.0 / 59.0 } else { 6.0 };
    let lat_part = place.lat_deg / lat_zone_deg - floor(place.lat_deg / lat_zone_deg);
    let lat = floor(scale * lat_part + 0.5);
    // The receiver sees only the rounded latitude, and it decides the number of zones.
    let seen_lat_deg = lat_zone_deg * (lat / scale + floor(place.lat_deg / lat_zone_deg));
    let lon_zone_deg = 360.0 / zones_of(zones(seen_lat_deg), odd);
    let lon_part = place.lon_deg / lon_zone_deg - floor(place.lon_deg / lon_zone_deg);
    let lon = floor(scale * lon_part + 0.5);
    Encoded { odd, lat: (lat as i64 & 0x1_ffff) as u32, lon: (lon as i64 & 0x1_ffff) as u32 }
}
