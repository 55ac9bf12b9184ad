//! The format's parameters: which edition each source speaks.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::layout::Edition;
use super::tables;

/// Parameters of the `asterix` format.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Edition by category, e.g. `{ "021" = "0.26" }`. Where a category is not named, its newest edition. Editions of one
    /// category are mostly extensions of each other; those of category 021 before 1.0 have another layout altogether and must
    /// be named.
    pub editions: BTreeMap<String, String>,
    /// What differs for single sources, by SAC/SIC in decimal, e.g. `"25/201"`.
    pub sources: BTreeMap<String, SourceParams>,
}

/// What differs for one source.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceParams {
    /// Edition by category for this source alone.
    pub editions: BTreeMap<String, String>,
}

/// The parameters resolved: which edition reads a record.
#[derive(Clone, Debug)]
pub(super) struct Editions {
    /// By category.
    default: Box<[Option<&'static Edition>; 256]>,
    /// By (category, SAC << 8 | SIC), sorted.
    special: Vec<((u8, u16), &'static Edition)>,
}

impl Editions {
    /// Checks every category, edition and source named.
    pub(super) fn new(params: &Params) -> Result<Self, String> {
        let mut default = Box::new([None; 256]);
        for (category, slot) in default.iter_mut().enumerate() {
            *slot = tables::newest(category as u8);
        }
        for (category, edition) in &params.editions {
            let edition = find("editions", category, edition)?;
            if let Some(slot) = default.get_mut(usize::from(edition.category)) {
                *slot = Some(edition);
            }
        }
        let mut special = Vec::new();
        for (source, own) in &params.sources {
            let id = source_id(source)
                .ok_or_else(|| format!("sources: \"{source}\" is not SAC/SIC in decimal, such as \"25/201\""))?;
            for (category, edition) in &own.editions {
                let edition = find(&format!("sources.\"{source}\".editions"), category, edition)?;
                special.push(((edition.category, id), edition));
            }
        }
        special.sort_by_key(|(key, _)| *key);
        Ok(Self { default, special })
    }

    /// The edition of a category without regard to the source; `None` for a category without table.
    pub(super) fn of(&self, category: u8) -> Option<&'static Edition> {
        self.default.get(usize::from(category)).copied().flatten()
    }

    /// The edition of one source.
    pub(super) fn of_source(&self, category: u8, source: u16, default: &'static Edition) -> &'static Edition {
        if self.special.is_empty() {
            return default;
        }
        match self.special.binary_search_by_key(&(category, source), |(key, _)| *key) {
            Ok(at) => self.special.get(at).map_or(default, |(_, edition)| edition),
            Err(_) => default,
        }
    }
}

fn find(place: &str, category: &str, edition: &str) -> Result<&'static Edition, String> {
    let number: u8 = category.parse().map_err(|_| format!("{place}: \"{category}\" is not a category number"))?;
    tables::edition(number, edition).ok_or_else(|| {
        let known: Vec<&str> =
            tables::EDITIONS.iter().filter(|known| known.category == number).map(|known| known.edition).collect();
        if known.is_empty() {
            format!("{place}: no table for category {category}")
        } else {
            format!("{place}: category {category} has no edition \"{edition}\", must be one of {}", known.join(", "))
        }
    })
}

fn source_id(text: &str) -> Option<u16> {
    let (sac, sic) = text.split_once('/')?;
    Some(u16::from(sac.trim().parse::<u8>().ok()?) << 8 | u16::from(sic.trim().parse::<u8>().ok()?))
}
