//! Bytes that were not understood. Bad input is data, not an error: it is counted, shown and kept in the journal.

/// What a decoder could not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Offset of the first byte concerned, from the start of the connection.
    pub offset: u64,
    /// The item by its standard name ("I048/040", "DF17 TC11", "beast frame"); empty where none applies.
    pub item: &'static str,
    /// Why, as a short stable phrase that metrics count by: "bad parity", "truncated", "spare bit set".
    pub reason: &'static str,
}
