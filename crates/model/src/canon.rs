//! The one canonical byte form of every noun and every piece of engine state, used by digests and checkpoints.
//!
//! Little-endian, fixed width, no padding, no field names: a `Vec` is a `u32` count and its items, an `Option` a byte 0 or 1, an
//! enum a byte tag and its fields, text UTF-8 behind a `u32` length. Floats are their IEEE 754 bits; a NaN is a defect and is
//! refused on reading. The form is versioned as a whole by [`VERSION`], which the reader of a file checks first.

use crate::time::{Span, Time};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Version of the canonical form; any change of any noun's encoding raises it.
pub const VERSION: u16 = 1;

/// Why canonical bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanonError {
    /// The bytes ended inside a value.
    Truncated,
    /// A tag, flag or text that the form does not have.
    Invalid,
    /// A float was NaN.
    NotANumber,
}

impl core::fmt::Display for CanonError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Truncated => "canonical bytes end inside a value",
            Self::Invalid => "canonical bytes hold a tag or text that the form does not have",
            Self::NotANumber => "canonical bytes hold a NaN",
        })
    }
}

impl core::error::Error for CanonError {}

/// A cursor over canonical bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `n` bytes.
    ///
    /// # Errors
    /// [`CanonError::Truncated`] when fewer are left.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], CanonError> {
        if n > self.rest.len() {
            return Err(CanonError::Truncated);
        }
        let (head, tail) = self.rest.split_at(n);
        self.rest = tail;
        Ok(head)
    }

    /// Bytes not yet read.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }
}

/// Something with a canonical byte form. `decode(encode(x)) == x` for every value without NaN.
pub trait Canon: Sized {
    /// Appends the canonical bytes.
    fn encode(&self, out: &mut Vec<u8>);
    /// Reads one value.
    ///
    /// # Errors
    /// When the bytes end early, hold an unknown tag, or a NaN.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError>;

    /// The canonical bytes as a new vector.
    fn to_canon(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    /// Reads a value that must fill `bytes` exactly.
    ///
    /// # Errors
    /// As [`Canon::decode`], and [`CanonError::Invalid`] when bytes are left over.
    fn from_canon(bytes: &[u8]) -> Result<Self, CanonError> {
        let mut reader = Reader::new(bytes);
        let value = Self::decode(&mut reader)?;
        if reader.remaining() == 0 { Ok(value) } else { Err(CanonError::Invalid) }
    }
}

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl Canon for $t {
            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
                let bytes = reader.take(size_of::<$t>())?;
                Ok(<$t>::from_le_bytes(bytes.try_into().map_err(|_| CanonError::Truncated)?))
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, u128, i8, i16, i32, i64);

macro_rules! floats {
    ($($t:ty),*) => {$(
        impl Canon for $t {
            fn encode(&self, out: &mut Vec<u8>) {
                debug_assert!(!self.is_nan(), "NaN is a defect");
                out.extend_from_slice(&self.to_bits().to_le_bytes());
            }
            fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
                let bytes = reader.take(size_of::<$t>())?;
                let value = <$t>::from_le_bytes(bytes.try_into().map_err(|_| CanonError::Truncated)?);
                if value.is_nan() { Err(CanonError::NotANumber) } else { Ok(value) }
            }
        }
    )*};
}
floats!(f32, f64);

impl Canon for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        match u8::decode(reader)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CanonError::Invalid),
        }
    }
}

impl Canon for usize {
    fn encode(&self, out: &mut Vec<u8>) {
        (*self as u64).encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Self::try_from(u64::decode(reader)?).map_err(|_| CanonError::Invalid)
    }
}

impl<T: Canon> Canon for Option<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                value.encode(out);
            }
        }
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(if bool::decode(reader)? { Some(T::decode(reader)?) } else { None })
    }
}

fn encode_len(len: usize, out: &mut Vec<u8>) {
    // A collection of four thousand million items is not a thing this program can hold.
    u32::try_from(len).unwrap_or(u32::MAX).encode(out);
}

fn decode_len(reader: &mut Reader<'_>) -> Result<usize, CanonError> {
    Ok(u32::decode(reader)? as usize)
}

/// Room for at most what the remaining bytes could hold, so that a damaged count cannot exhaust memory.
fn bounded_capacity(len: usize, reader: &Reader<'_>) -> usize {
    len.min(reader.remaining())
}

impl<T: Canon> Canon for Vec<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_len(self.len(), out);
        for item in self {
            item.encode(out);
        }
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let len = decode_len(reader)?;
        let mut items = Self::with_capacity(bounded_capacity(len, reader).min(4096));
        for _ in 0..len {
            items.push(T::decode(reader)?);
        }
        Ok(items)
    }
}

impl<T: Canon> Canon for VecDeque<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_len(self.len(), out);
        for item in self {
            item.encode(out);
        }
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(Vec::decode(reader)?.into())
    }
}

impl<K: Canon + Ord, V: Canon> Canon for BTreeMap<K, V> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_len(self.len(), out);
        for (key, value) in self {
            key.encode(out);
            value.encode(out);
        }
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let len = decode_len(reader)?;
        let mut map = Self::new();
        for _ in 0..len {
            map.insert(K::decode(reader)?, V::decode(reader)?);
        }
        Ok(map)
    }
}

impl<T: Canon + Ord> Canon for BTreeSet<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_len(self.len(), out);
        for item in self {
            item.encode(out);
        }
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let len = decode_len(reader)?;
        let mut set = Self::new();
        for _ in 0..len {
            set.insert(T::decode(reader)?);
        }
        Ok(set)
    }
}

/// As the value itself: what is shared and what is not does not show.
impl<T: Canon> Canon for std::sync::Arc<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_ref().encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        T::decode(reader).map(Self::new)
    }
}

impl<T: Canon> Canon for Box<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        (**self).encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(Self::new(T::decode(reader)?))
    }
}

impl Canon for String {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_len(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let len = decode_len(reader)?;
        let bytes = reader.take(len)?;
        core::str::from_utf8(bytes).map(str::to_owned).map_err(|_| CanonError::Invalid)
    }
}

impl Canon for Cow<'static, str> {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_len(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(Cow::Owned(String::decode(reader)?))
    }
}

impl<T: Canon + Copy + Default, const N: usize> Canon for [T; N] {
    fn encode(&self, out: &mut Vec<u8>) {
        for item in self {
            item.encode(out);
        }
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let mut items = [T::default(); N];
        for item in &mut items {
            *item = T::decode(reader)?;
        }
        Ok(items)
    }
}

impl<A: Canon, B: Canon> Canon for (A, B) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok((A::decode(reader)?, B::decode(reader)?))
    }
}

impl<A: Canon, B: Canon, C: Canon> Canon for (A, B, C) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
        self.2.encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok((A::decode(reader)?, B::decode(reader)?, C::decode(reader)?))
    }
}

impl Canon for Time {
    fn encode(&self, out: &mut Vec<u8>) {
        self.ns().encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(Self::from_ns(i64::decode(reader)?))
    }
}

impl Canon for Span {
    fn encode(&self, out: &mut Vec<u8>) {
        self.ns().encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(Self::from_ns(i64::decode(reader)?))
    }
}

/// Implements [`Canon`] for a struct by listing its fields in order: `canon_struct!(Plot { range_m, azimuth_rad });`
#[macro_export]
macro_rules! canon_struct {
    ($t:ty { $($field:ident),* $(,)? }) => {
        impl $crate::canon::Canon for $t {
            fn encode(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $( $crate::canon::Canon::encode($field, out); )*
                let _ = out;
            }
            fn decode(reader: &mut $crate::canon::Reader<'_>) -> Result<Self, $crate::canon::CanonError> {
                let _ = &reader;
                $( let $field = $crate::canon::Canon::decode(reader)?; )*
                Ok(Self { $($field),* })
            }
        }
    };
}

/// Implements [`Canon`] for an enum by naming each variant's tag: `canon_enum!(Shape { 0 => Dot, 1 => Line(a, b), 2 => Arc { r } });`
#[macro_export]
macro_rules! canon_enum {
    ($t:ty { $($tag:literal => $variant:ident $( ( $($item:ident),+ ) )? $( { $($field:ident),+ $(,)? } )? ),* $(,)? }) => {
        impl $crate::canon::Canon for $t {
            fn encode(&self, out: &mut Vec<u8>) {
                match self {
                    $( Self::$variant $( ( $($item),+ ) )? $( { $($field),+ } )? => {
                        out.push($tag);
                        $( $( $crate::canon::Canon::encode($item, out); )+ )?
                        $( $( $crate::canon::Canon::encode($field, out); )+ )?
                    } )*
                }
            }
            fn decode(reader: &mut $crate::canon::Reader<'_>) -> Result<Self, $crate::canon::CanonError> {
                match <u8 as $crate::canon::Canon>::decode(reader)? {
                    $( $tag => {
                        $( $( let $item = $crate::canon::Canon::decode(reader)?; )+ )?
                        $( $( let $field = $crate::canon::Canon::decode(reader)?; )+ )?
                        Ok(Self::$variant $( ( $($item),+ ) )? $( { $($field),+ } )?)
                    } )*
                    _ => Err($crate::canon::CanonError::Invalid),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Shape {
        Dot,
        Line(u8, u16),
        Arc { radius_m: f64, name: String },
    }
    canon_enum!(Shape { 0 => Dot, 1 => Line(a, b), 2 => Arc { radius_m, name } });

    #[test]
    fn values_survive_the_round_trip_and_damage_is_an_error() {
        let shapes = vec![Shape::Dot, Shape::Line(7, 300), Shape::Arc { radius_m: -0.5, name: "Bug".to_owned() }];
        let bytes = shapes.to_canon();
        assert_eq!(Vec::<Shape>::from_canon(&bytes), Ok(shapes));
        for cut in 0..bytes.len() {
            assert!(Vec::<Shape>::from_canon(&bytes[..cut]).is_err());
        }
        let mut wrong_tag = bytes;
        wrong_tag[4] = 9;
        assert_eq!(Vec::<Shape>::from_canon(&wrong_tag), Err(CanonError::Invalid));
    }

    #[test]
    fn a_nan_is_refused() {
        let bytes = f64::NAN.to_bits().to_le_bytes();
        assert_eq!(f64::from_canon(&bytes), Err(CanonError::NotANumber));
    }
}
