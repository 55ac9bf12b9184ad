//! Reads a part of a site file so that *all* its faults are told: what a fault is about is left out and the rest is read again.

use super::wording::{in_words, needs_key};
use super::{Fault, Faults};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

/// How many faults of one part are told; a file that has more has other troubles.
const MAX_FAULTS: usize = 64;

/// The part without what is wrong with it; `None` when nothing usable is left. `name` begins each message.
pub(super) fn sound<T: DeserializeOwned>(
    text: &str,
    name: &str,
    mut value: Spanned<DeValue<'_>>,
    faults: &mut Faults,
) -> Option<T> {
    let begins = value.span().start;
    let mut left_out: Vec<String> = Vec::new();
    let mut stands_in = false;
    for _ in 0..MAX_FAULTS {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => return (!stands_in).then_some(read),
            Err(error) => error,
        };
        // What was left out because of its own fault is not missing: something stands in for it, to find the faults behind.
        if let Some(at) = left_out.iter().position(|key| error.message() == format!("missing field `{key}`")) {
            let DeValue::Table(table) = value.get_mut() else { return None };
            let key = Spanned::new(begins..begins, Cow::Owned(left_out.swap_remove(at)));
            table.insert(key, Spanned::new(begins..begins, DeValue::String(Cow::Borrowed(""))));
            stands_in = true;
            continue;
        }
        if stands_in && error.span().is_some_and(|span| span.is_empty()) {
            return None;
        }
        let span = error.span().unwrap_or(begins..begins);
        let key = leave_out(&mut value, &span);
        let words = in_words(error.message());
        let what = match &key {
            Some(key) if needs_key(&words) => format!("{name}: {key} {words}"),
            _ => format!("{name}: {words}"),
        };
        faults.add(Fault::at(text, span.start, &what));
        left_out.push(key?);
    }
    None
}

/// Removes the innermost table entry that holds the span; returns its key.
fn leave_out(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> Option<String> {
    let holds = |outer: Range<usize>| !span.is_empty() && outer.start <= span.start && span.end <= outer.end;
    match value.get_mut() {
        DeValue::Table(table) => {
            let key = table
                .iter()
                .find(|(key, value)| holds(key.span()) || holds(value.span()))
                .map(|(key, _)| key.clone())?;
            let inner = table.get_mut(&key).and_then(|value| leave_out(value, span));
            if inner.is_some() {
                return inner;
            }
            table.remove(&key);
            Some(key.get_ref().to_string())
        }
        DeValue::Array(items) => {
            let at = items.iter().position(|item| holds(item.span()))?;
            items.get_mut(at).and_then(|item| leave_out(item, span))
        }
        _ => None,
    }
}

/// A text entry of a table, as far as there is one.
pub(super) fn text_of(value: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
    let DeValue::Table(table) = value.get_ref() else { return None };
    table.iter().find(|(known, _)| known.get_ref() == key).and_then(|(_, value)| match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    })
}
