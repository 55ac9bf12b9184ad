//! What things call themselves: addresses, codes and names. All of it is a claim until something independent agrees.

use core::fmt;

/// What an address means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// An ICAO 24-bit aircraft address (Annex 10 vol. III).
    Icao,
    /// Not an ICAO address: anonymous (DF18 CF 1), a TIS-B address (CF 5), or marked so by a feed (`~`).
    NonIcao,
    /// A TIS-B ground track file number with its code (DF18 CF 2/3 with IMF 1): meaningful only to its ground station.
    TrackFile,
}
crate::canon_enum!(AddressKind { 0 => Icao, 1 => NonIcao, 2 => TrackFile });

/// A 24-bit address and what it means; addresses of different kinds are never equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// What the number means.
    pub kind: AddressKind,
    /// The 24 bits.
    pub value: u32,
}
crate::canon_struct!(Address { kind, value });

impl Address {
    /// An ICAO 24-bit address.
    #[must_use]
    pub const fn icao(value: u32) -> Self {
        Self { kind: AddressKind::Icao, value: value & 0xff_ffff }
    }
    /// An address that is not ICAO's.
    #[must_use]
    pub const fn non_icao(value: u32) -> Self {
        Self { kind: AddressKind::NonIcao, value: value & 0xff_ffff }
    }
    /// From hexadecimal text; `~` in front marks a non-ICAO address, as readsb writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, digits) = match text.strip_prefix('~') {
            Some(rest) => (AddressKind::NonIcao, rest),
            None => (AddressKind::Icao, text),
        };
        if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        Some(Self { kind, value: u32::from_str_radix(digits, 16).ok()? })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.kind {
            AddressKind::Icao => "",
            AddressKind::NonIcao => "~",
            AddressKind::TrackFile => "t",
        };
        write!(f, "{mark}{:06X}", self.value)
    }
}

/// A Mode 3/A code: twelve bits, shown as four octal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mode3A(pub u16);

impl crate::canon::Canon for Mode3A {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut crate::canon::Reader<'_>) -> Result<Self, crate::canon::CanonError> {
        Ok(Self(u16::decode(reader)?))
    }
}

impl Mode3A {
    /// From four octal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 4 || text.is_empty() || !text.bytes().all(|b| (b'0'..=b'7').contains(&b)) {
            return None;
        }
        u16::from_str_radix(text, 8).ok().map(Self)
    }
    /// The emergency that this code states by ICAO PANS-OPS: 7500, 7600, 7700.
    #[must_use]
    pub const fn emergency(self) -> Option<Emergency> {
        match self.0 {
            0o7500 => Some(Emergency::UnlawfulInterference),
            0o7600 => Some(Emergency::NoCommunications),
            0o7700 => Some(Emergency::General),
            _ => None,
        }
    }
}

impl fmt::Display for Mode3A {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

/// A flight ID as transmitted: up to eight characters A–Z, 0–9 and space, padded with spaces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlightId([u8; 8]);

impl FlightId {
    /// From eight bytes; `None` when a byte is no letter, digit or space, or all are spaces.
    #[must_use]
    pub fn new(bytes: [u8; 8]) -> Option<Self> {
        let legal = bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b' ');
        (legal && bytes != [b' '; 8]).then_some(Self(bytes))
    }
    /// From text of up to eight characters; lower case is raised, blanks at the end are padding.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end();
        if text.len() > 8 {
            return None;
        }
        let mut bytes = [b' '; 8];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte.to_ascii_uppercase();
        }
        Self::new(bytes)
    }
    /// Without the padding.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default().trim_end()
    }
    /// All eight bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for FlightId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for FlightId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FlightId({})", self.as_str())
    }
}
impl crate::canon::Canon for FlightId {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn decode(reader: &mut crate::canon::Reader<'_>) -> Result<Self, crate::canon::CanonError> {
        let bytes: [u8; 8] = crate::canon::Canon::decode(reader)?;
        Self::new(bytes).ok_or(crate::canon::CanonError::Invalid)
    }
}

/// An ADS-B emitter category, set A–D and number 0–7 (DO-260B 2.2.3.2.5.2); number 0 gives no information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmitterCategory {
    /// `b'A'` to `b'D'`.
    pub set: u8,
    /// 0 to 7.
    pub number: u8,
}
crate::canon_struct!(EmitterCategory { set, number });

impl fmt::Display for EmitterCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.set), self.number)
    }
}

/// An emergency or priority that an aircraft states (DO-260B TC 28 subtype 1, Mode 3/A special codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Emergency {
    /// 7700, general emergency.
    General,
    /// Lifeguard, medical emergency.
    Medical,
    /// Minimum fuel.
    MinimumFuel,
    /// 7600, no communications.
    NoCommunications,
    /// 7500, unlawful interference.
    UnlawfulInterference,
    /// Downed aircraft.
    Downed,
}
crate::canon_enum!(Emergency {
    0 => General, 1 => Medical, 2 => MinimumFuel, 3 => NoCommunications, 4 => UnlawfulInterference, 5 => Downed,
});

/// Standard identity (STANAG 1241 / APP-6). The machine assigns only the first three; the rest need a named person, or arrive as
/// a partner's claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StandardIdentity {
    /// Not yet evaluated.
    #[default]
    Pending,
    /// Evaluated and not identified.
    Unknown,
    /// Its claims fit and nothing independent contradicts them.
    AssumedFriend,
    /// Set by a person.
    Friend,
    /// Set by a person.
    Neutral,
    /// Set by a person.
    Suspect,
    /// Set by a person.
    Hostile,
}
crate::canon_enum!(StandardIdentity {
    0 => Pending, 1 => Unknown, 2 => AssumedFriend, 3 => Friend, 4 => Neutral, 5 => Suspect, 6 => Hostile,
});

impl StandardIdentity {
    /// Whether the machine may assign it.
    #[must_use]
    pub const fn by_machine(self) -> bool {
        matches!(self, Self::Pending | Self::Unknown | Self::AssumedFriend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_different_kinds_differ() {
        assert_ne!(Address::parse("4CA1FA"), Address::parse("~4ca1fa"));
        assert_eq!(Address::parse("4ca1fa"), Some(Address::icao(0x4c_a1fa)));
        for bad in ["", "~", "4ca1fg", "+4ca1f", "1234567"] {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn codes_and_names_show_as_people_write_them() {
        let code = Mode3A::parse("7700").expect("octal");
        assert_eq!(code.to_string(), "7700");
        assert_eq!(code.emergency(), Some(Emergency::General));
        assert_eq!(Mode3A::parse("7800"), None);
        assert_eq!(FlightId::parse("lot3pk  ").expect("legal").as_str(), "LOT3PK");
        assert_eq!(FlightId::parse("TOO LONG 9"), None);
        assert_eq!(FlightId::parse("   "), None);
    }
}
