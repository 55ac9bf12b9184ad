//! Every record of some bytes as JSON, for `skypicket decode --json` and for comparisons with other decoders.

use serde_json::{Value, json};

use super::decoder::{Head, head, peek_source};
use super::json::to_json;
use super::params::{Editions, Params};
use super::record::{Places, read};

/// Shows records; see [`super::json`] for what they look like.
#[derive(Debug)]
pub struct Dump {
    editions: Editions,
    places: Places,
}

impl Dump {
    /// A view by the editions that the parameters choose.
    ///
    /// # Errors
    /// Names the parameter that is wrong.
    pub fn new(params: &Params) -> Result<Self, String> {
        Ok(Self { editions: Editions::new(params)?, places: Places::default() })
    }

    /// Calls `show` for every record of a datagram, or of a whole file of blocks one after another, and for whatever ends the
    /// reading early: `{"reject": reason, "item": …, "offset": …}`.
    pub fn show(&mut self, bytes: &[u8], mut show: impl FnMut(Value)) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match head(rest, false) {
                Head::Block(length) if length <= rest.len() => {
                    self.block(rest.get(..length).unwrap_or(rest), at, &mut show);
                    at += length;
                }
                _ => {
                    show(json!({ "reject": "no block", "offset": at, "bytes": rest.len() }));
                    return;
                }
            }
        }
    }

    fn block(&mut self, block: &[u8], base: usize, show: &mut impl FnMut(Value)) {
        let category = block.first().copied().unwrap_or(0);
        let Some(default) = self.editions.of(category) else {
            show(json!({ "reject": "unknown category", "category": category, "offset": base }));
            return;
        };
        let mut at = 3;
        while let Some(bytes) = block.get(at..).filter(|bytes| !bytes.is_empty()) {
            let edition = self.editions.of_source(category, peek_source(bytes).unwrap_or(0), default);
            match read(edition, bytes, &mut self.places) {
                Ok(record) => {
                    show(to_json(&record));
                    at += record.bytes.len();
                }
                Err(fault) => {
                    let offset = base + at + fault.offset;
                    show(json!({ "reject": fault.fault.phrase(), "item": fault.item, "offset": offset }));
                    return;
                }
            }
        }
    }
}
