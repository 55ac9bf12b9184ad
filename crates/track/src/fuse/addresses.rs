//! Which tracks answer for an address: none, one, or two when two objects use it.

use skypicket_model::table::Table;
use skypicket_model::{Address, Reality};

/// Address and reality → track slots.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    table: Table<(Address, u8), [Option<u32>; 2]>,
}

fn tag(reality: Reality) -> u8 {
    match reality {
        Reality::Live => 0,
        Reality::Exercise => 1,
        Reality::Simulated => 2,
    }
}

impl Addresses {
    #[inline]
    pub(crate) fn get(&self, address: Address, reality: Reality) -> [Option<u32>; 2] {
        self.table.get(&(address, tag(reality))).copied().unwrap_or([None, None])
    }

    #[inline]
    pub(crate) fn first(&self, address: Address, reality: Reality) -> Option<u32> {
        self.get(address, reality)[0]
    }

    /// Adds a track; a third user of one address replaces the second.
    pub(crate) fn add(&mut self, address: Address, reality: Reality, slot: u32) {
        let slots = self.table.entry_or_insert_with((address, tag(reality)), || [None, None]);
        if slots.contains(&Some(slot)) {
            return;
        }
        if slots[0].is_none() {
            slots[0] = Some(slot);
        } else {
            slots[1] = Some(slot);
        }
    }

    pub(crate) fn save(&self, out: &mut Vec<u8>) {
        skypicket_model::Canon::encode(&self.table, out);
    }

    pub(crate) fn load(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        Ok(Self { table: skypicket_model::Canon::decode(reader)? })
    }

    /// Every slot that the table names.
    pub(crate) fn slots(&self) -> Vec<u32> {
        self.table.sorted().into_iter().flat_map(|(_, slots)| slots.iter().flatten().copied()).collect()
    }

    pub(crate) fn remove(&mut self, address: Address, reality: Reality, slot: u32) {
        let key = (address, tag(reality));
        let Some(slots) = self.table.get_mut(&key) else { return };
        if slots[1] == Some(slot) {
            slots[1] = None;
        }
        if slots[0] == Some(slot) {
            slots[0] = slots[1].take();
        }
        if slots[0].is_none() {
            self.table.remove(&key);
        }
    }
}
