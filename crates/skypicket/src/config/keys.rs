//! Where each key of a site file stands, so that a fault is told with the line of the very key that it is about.

use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::DeValue;

/// A key or list item of a site file: where it begins, and what is in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    /// Byte of the text; of a section the first of its header.
    at: usize,
    /// Its keys; of a list its items by their 0-based number.
    within: BTreeMap<String, Keys>,
}

impl Keys {
    /// Of a value whose key, header or first sign stands at a byte of the text.
    pub(super) fn of(at: usize, value: &Spanned<DeValue<'_>>) -> Self {
        let within = match value.get_ref() {
            DeValue::Table(table) => table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), Self::of(key.span().start, value)))
                .collect(),
            DeValue::Array(items) => {
                items.iter().enumerate().map(|(n, item)| (n.to_string(), Self::of(item.span().start, item))).collect()
            }
            _ => BTreeMap::new(),
        };
        Self { at, within }
    }

    /// Where the innermost of `path` begins that is written: `transport.listen`, or `transport` where that is left out.
    pub(super) fn nearest(&self, path: &str) -> usize {
        path.split('.').try_fold(self, |keys, part| keys.within.get(part).ok_or(keys)).unwrap_or_else(|keys| keys).at
    }

    /// Whether all of the path is written.
    fn has(&self, path: &str) -> bool {
        path.split('.').try_fold(self, |keys, part| keys.within.get(part)).is_some()
    }

    /// Puts in a section.
    pub(super) fn add(&mut self, name: &str, keys: Self) {
        self.within.insert(name.to_owned(), keys);
    }

    /// As [`Self::nearest`] of the key below `path` that a part's own message is about: messages begin with their key
    /// (``likely is 2, must be …``), or name it in backticks (``unknown field `lisen` ``).
    pub(super) fn named_in(&self, path: &str, message: &str) -> usize {
        let end = message.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c)));
        let first = message.get(..end.unwrap_or(message.len())).unwrap_or_default();
        let quoted = message.split('`').nth(1).unwrap_or_default();
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let named = [below(first), below(quoted)].into_iter().find(|key| self.has(key));
        self.nearest(named.as_deref().unwrap_or(path))
    }
}
