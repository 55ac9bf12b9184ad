//! The chain that proves a replay: SHA-256 over the former value and the canonical bytes of what happened next.

use sha2::{Digest as _, Sha256};
use std::fmt;

/// The value of the chain after some input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The chain's first value: the hash of the canonical form's version, so that different forms never compare equal.
    #[must_use]
    pub fn start() -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"skypicket digest");
        hasher.update(skypicket_model::canon::VERSION.to_le_bytes());
        Self(hasher.finalize().into())
    }

    /// Adds canonical bytes.
    pub fn extend(&mut self, bytes: &[u8]) {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        hasher.update(bytes);
        self.0 = hasher.finalize().into();
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl skypicket_model::Canon for Digest {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        Ok(Self(skypicket_model::Canon::decode(reader)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_depends_on_order_and_on_every_byte() {
        let run = |parts: &[&[u8]]| {
            let mut digest = Digest::start();
            parts.iter().for_each(|part| digest.extend(part));
            digest
        };
        assert_eq!(run(&[b"a", b"b"]), run(&[b"a", b"b"]));
        assert_ne!(run(&[b"a", b"b"]), run(&[b"b", b"a"]));
        assert_ne!(run(&[b"ab"]), run(&[b"a", b"b"]));
        assert_eq!(run(&[]).to_string().len(), 64);
    }
}
