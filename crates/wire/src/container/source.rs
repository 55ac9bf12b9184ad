//! A bounded look-ahead over something to read from, for containers that are framed by lengths or lines.

use super::{ContainerError, Reading};
use std::io::ErrorKind;

/// How much is asked for at a time.
const READ_BYTES: usize = 64 * 1024;

/// Bytes not yet used, and where they stand in the file.
pub(super) struct Source {
    read: Reading,
    buffer: Vec<u8>,
    start: usize,
    offset: u64,
    ended: bool,
    failed: bool,
}

impl Source {
    pub(super) const fn new(read: Reading) -> Self {
        Self { read, buffer: Vec::new(), start: 0, offset: 0, ended: false, failed: false }
    }

    /// Where the next byte stands in the file.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// What is at hand without reading more.
    pub(super) fn at_hand(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// At least `wanted` bytes, or all that are left if the file ends earlier.
    pub(super) fn look(&mut self, wanted: usize) -> &[u8] {
        while self.buffer.len() - self.start < wanted && self.more() {}
        self.at_hand()
    }

    /// Reads some more; `false` at the end of the file.
    pub(super) fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let filled = self.buffer.len();
        self.buffer.resize(filled + READ_BYTES, 0);
        let outcome = loop {
            match self.read.read(&mut self.buffer[filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        let read = outcome.as_ref().map_or(0, |n| *n).min(READ_BYTES);
        self.buffer.truncate(filled + read);
        self.failed |= outcome.is_err();
        self.ended = read == 0;
        !self.ended
    }

    /// Uses `count` bytes up.
    pub(super) fn skip(&mut self, count: usize) {
        let count = count.min(self.buffer.len() - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Uses `count` bytes up and gives them out.
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let from = self.start;
        self.skip(count);
        self.buffer.get(from..self.start).unwrap_or_default()
    }

    /// The error of a read that failed, once.
    pub(super) fn read_error(&mut self) -> Option<ContainerError> {
        std::mem::take(&mut self.failed).then_some(ContainerError { offset: self.offset, reason: "cannot be read" })
    }
}
