//! A hash table for look-up only: fixed seed, no iteration in table order, so that it can never decide an outcome.

#![expect(
    clippy::disallowed_types,
    reason = "the one place where the hash map is wrapped: fixed seed, no unordered iteration"
)]

use core::hash::{BuildHasherDefault, Hash, Hasher};
use std::collections::HashMap;

/// A multiply-and-rotate hasher (the scheme of FxHash) without a random seed. Not for keys that an adversary chooses freely.
#[derive(Clone, Copy, Default)]
pub struct FixedHasher(u64);

impl FixedHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for FixedHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }
    fn write_u8(&mut self, i: u8) {
        self.add(u64::from(i));
    }
    fn write_u16(&mut self, i: u16) {
        self.add(u64::from(i));
    }
    fn write_u32(&mut self, i: u32) {
        self.add(u64::from(i));
    }
    fn write_u64(&mut self, i: u64) {
        self.add(i);
    }
    fn write_usize(&mut self, i: usize) {
        self.add(i as u64);
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// A look-up table; see the module's text. Iterate with [`Table::sorted`], which costs a sort.
#[derive(Clone, Debug)]
pub struct Table<K, V>(HashMap<K, V, BuildHasherDefault<FixedHasher>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash, V> Table<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key)
    }
    /// The value of a key, to change.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.0.get_mut(key)
    }
    /// The value of a key, made by `make` if there is none.
    pub fn entry_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        self.0.entry(key).or_insert_with(make)
    }
    /// Sets a value and returns the former.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.0.insert(key, value)
    }
    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.0.remove(key)
    }
    /// Whether the key is there.
    pub fn contains_key(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Removes all entries.
    pub fn clear(&mut self) {
        self.0.clear();
    }
    /// Keeps what the predicate accepts; the predicate must not depend on the order of calls.
    pub fn retain(&mut self, keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain(keep);
    }
    /// All entries in key order.
    pub fn sorted(&self) -> Vec<(&K, &V)>
    where
        K: Ord,
    {
        let mut entries: Vec<_> = self.0.iter().collect();
        entries.sort_by(|a, b| a.0.cmp(b.0));
        entries
    }
}

impl<K: crate::Canon + Ord + Eq + Hash, V: crate::Canon> crate::Canon for Table<K, V> {
    fn encode(&self, out: &mut Vec<u8>) {
        u32::try_from(self.len()).unwrap_or(u32::MAX).encode(out);
        for (key, value) in self.sorted() {
            key.encode(out);
            value.encode(out);
        }
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        let len = u32::decode(reader)?;
        let mut table = Self::default();
        for _ in 0..len {
            table.insert(K::decode(reader)?, V::decode(reader)?);
        }
        Ok(table)
    }
}
