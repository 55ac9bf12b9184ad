//! Five vertical quantities that must never be mixed up; no field anywhere is called just "altitude".
//!
//! A pressure altitude says nothing about metres above anything until somebody knows the QNH; a GNSS height says nothing about
//! flight levels. Conversions therefore take what they need and return `Option`.

use crate::math::M_PER_FT;

macro_rules! vertical {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
        pub struct $name {
            #[doc = concat!("The value in ", $unit, ".")]
            pub m: f64,
        }
        impl $name {
            /// From metres.
            #[must_use]
            pub const fn from_m(m: f64) -> Self {
                Self { m }
            }
            /// From feet.
            #[must_use]
            pub fn from_ft(ft: f64) -> Self {
                Self { m: ft * M_PER_FT }
            }
            /// In feet.
            #[must_use]
            pub fn ft(self) -> f64 {
                self.m / M_PER_FT
            }
        }
    };
}

vertical!(
    /// Height in the ICAO standard atmosphere above the 1013.25 hPa surface: what Mode C and most ADS-B reports carry.
    PressureAltitude, "metres above the 1013.25 hPa surface"
);
vertical!(
    /// Height above mean sea level.
    AltitudeAmsl, "metres above mean sea level"
);
vertical!(
    /// Height above the WGS 84 ellipsoid: what GNSS gives and what geometry uses.
    EllipsoidalHeight, "metres above the WGS 84 ellipsoid"
);
vertical!(
    /// Height above the ground below.
    HeightAgl, "metres above ground"
);

/// A flight level: pressure altitude in hundreds of feet, as airspace limits are written.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct FlightLevel {
    /// Hundreds of feet above the 1013.25 hPa surface; FL95 is 95.0.
    pub hundreds_ft: f64,
}

/// The altimeter setting that makes an altimeter show height above mean sea level, in hPa (reduced by the standard atmosphere).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Qnh {
    /// Hectopascal.
    pub hpa: f64,
}

/// Metres of pressure altitude for one hPa near sea level in the standard atmosphere (ICAO Doc 7488: about 27.3 ft).
const M_PER_HPA: f64 = 8.32;

impl FlightLevel {
    /// The pressure altitude that it names.
    #[must_use]
    pub fn pressure(self) -> PressureAltitude {
        PressureAltitude::from_ft(self.hundreds_ft * 100.0)
    }
}

impl PressureAltitude {
    /// Height above mean sea level when the local QNH is known; accurate to some 1 % of the QNH difference below 3 km.
    #[must_use]
    pub fn to_amsl(self, qnh: Option<Qnh>) -> Option<AltitudeAmsl> {
        qnh.map(|qnh| AltitudeAmsl { m: self.m + (qnh.hpa - 1013.25) * M_PER_HPA })
    }

    /// The flight level, not rounded.
    #[must_use]
    pub fn flight_level(self) -> FlightLevel {
        FlightLevel { hundreds_ft: self.ft() / 100.0 }
    }
}

impl AltitudeAmsl {
    /// Height above the ellipsoid when the geoid's undulation there (metres) is known.
    #[must_use]
    pub fn to_ellipsoidal(self, geoid_undulation_m: Option<f64>) -> Option<EllipsoidalHeight> {
        geoid_undulation_m.map(|n| EllipsoidalHeight { m: self.m + n })
    }
}

impl EllipsoidalHeight {
    /// Height above mean sea level when the geoid's undulation there (metres) is known.
    #[must_use]
    pub fn to_amsl(self, geoid_undulation_m: Option<f64>) -> Option<AltitudeAmsl> {
        geoid_undulation_m.map(|n| AltitudeAmsl { m: self.m - n })
    }
}

crate::canon_struct!(PressureAltitude { m });
crate::canon_struct!(AltitudeAmsl { m });
crate::canon_struct!(EllipsoidalHeight { m });
crate::canon_struct!(HeightAgl { m });
crate::canon_struct!(FlightLevel { hundreds_ft });
crate::canon_struct!(Qnh { hpa });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversion_without_its_ingredient_gives_nothing() {
        assert_eq!(PressureAltitude::from_ft(3000.0).to_amsl(None), None);
        assert_eq!(EllipsoidalHeight::from_m(100.0).to_amsl(None), None);
    }

    #[test]
    fn low_pressure_puts_the_aircraft_lower_than_its_altimeter_says() {
        let amsl = PressureAltitude::from_m(1000.0).to_amsl(Some(Qnh { hpa: 993.25 })).expect("qnh given");
        assert!((amsl.m - 833.6).abs() < 1.0);
        assert!((FlightLevel { hundreds_ft: 95.0 }.pressure().ft() - 9500.0).abs() < 1e-9);
    }
}
