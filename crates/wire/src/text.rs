//! Lines of text in a byte stream, however it was cut into chunks, with a bound on their length; and the decoder that every format of
//! lines is.

use crate::decoder::{Chunk, Decoder, Output};
use skypicket_model::{Canon, CanonError, Reader, Reject};

/// An item by its standard name (`""` for the line as a whole) and what is wrong with it.
pub(crate) type Fault = (&'static str, &'static str);

/// Reads the lines of a format; keeps nothing between them that later output depends on.
pub(crate) trait ReadLine: Send {
    /// Reads one line and appends what it says.
    ///
    /// # Errors
    /// What is wrong with it: it is rejected with the offset of its first byte.
    fn line(&mut self, line: &[u8], chunk: &Chunk<'_>, out: &mut Output) -> Result<(), Fault>;
}

/// The decoder of a format of lines.
pub(crate) struct LineDecoder<R> {
    lines: Lines,
    reader: R,
}

impl<R: ReadLine> LineDecoder<R> {
    /// Lines of at most so many bytes; longer ones are rejected.
    pub(crate) const fn new(limit: usize, reader: R) -> Self {
        Self { lines: Lines::new(limit), reader }
    }
}

impl<R: ReadLine> Decoder for LineDecoder<R> {
    fn push(&mut self, chunk: Chunk<'_>, out: &mut Output) {
        let reader = &mut self.reader;
        self.lines.push(&chunk, |offset, piece| {
            let read = match piece {
                Piece::Line(line) => reader.line(line, &chunk, out),
                Piece::TooLong => Err(("", "line too long")),
            };
            if let Err((item, reason)) = read {
                out.reject(Reject { offset, item, reason });
            }
        });
    }

    fn finish(&mut self, out: &mut Output) {
        if let Some(offset) = self.lines.finish() {
            out.reject(Reject { offset, item: "", reason: "truncated" });
        }
    }

    fn save(&self, out: &mut Vec<u8>) {
        self.lines.save(out);
    }

    fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.lines.load(reader)
    }
}

/// What came of a stretch of bytes.
pub(crate) enum Piece<'a> {
    /// A line without its line feed and carriage return; never empty.
    Line(&'a [u8]),
    /// A line longer than the limit; all of it is skipped.
    TooLong,
}

/// Splits a stream into lines. Holds at most one unfinished line.
pub(crate) struct Lines {
    limit: usize,
    rest: Vec<u8>,
    skipping: bool,
    /// Bytes of the connection before the next one.
    offset: u64,
}

impl Lines {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { limit, rest: Vec::new(), skipping: false, offset: 0 }
    }

    /// Takes a chunk and calls `each` with every line that ends in it and the offset of the line's first byte. The end of a datagram
    /// ends its last line.
    pub(crate) fn push(&mut self, chunk: &Chunk<'_>, mut each: impl FnMut(u64, Piece<'_>)) {
        let mut bytes = chunk.bytes;
        while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
            let (line, behind) = bytes.split_at(end);
            self.end_line(line, &mut each);
            self.offset += end as u64 + 1;
            bytes = behind.get(1..).unwrap_or_default();
        }
        if chunk.datagram {
            self.end_line(bytes, &mut each);
        } else if self.skipping {
            // The line was told as too long when it became so.
        } else if self.rest.len() + bytes.len() > self.limit + 1 {
            each(self.line_start(), Piece::TooLong);
            self.rest.clear();
            self.skipping = true;
        } else {
            self.rest.extend_from_slice(bytes);
        }
        self.offset += bytes.len() as u64;
    }

    /// Where the line begins whose first bytes may be in `rest`.
    const fn line_start(&self) -> u64 {
        self.offset - self.rest.len() as u64
    }

    fn end_line(&mut self, end: &[u8], each: &mut impl FnMut(u64, Piece<'_>)) {
        let start = self.line_start();
        if !std::mem::take(&mut self.skipping) {
            let line = if self.rest.is_empty() {
                end
            } else {
                // Only as much as tells that it is too long: `rest` never grows past the limit by more than this.
                let room = (self.limit + 2).saturating_sub(self.rest.len());
                self.rest.extend_from_slice(end.get(..room).unwrap_or(end));
                &self.rest
            };
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.len() > self.limit {
                each(start, Piece::TooLong);
            } else if !line.is_empty() {
                each(start, Piece::Line(line));
            }
        }
        self.rest.clear();
    }

    /// The offset of an unfinished line, if there is one; the line is forgotten.
    pub(crate) fn finish(&mut self) -> Option<u64> {
        let start = self.line_start();
        let unfinished = !self.rest.is_empty();
        self.rest.clear();
        self.skipping = false;
        unfinished.then_some(start)
    }

    /// Appends the state for a checkpoint.
    pub(crate) fn save(&self, out: &mut Vec<u8>) {
        self.rest.encode(out);
        self.skipping.encode(out);
        self.offset.encode(out);
    }

    /// Takes over a saved state.
    pub(crate) fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        let (rest, skipping, offset) = (Vec::decode(reader)?, bool::decode(reader)?, u64::decode(reader)?);
        if rest.len() > self.limit + 1 || rest.len() as u64 > offset {
            return Err(CanonError::Invalid);
        }
        (self.rest, self.skipping, self.offset) = (rest, skipping, offset);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::{Seq, Time};

    fn split(chunks: &[&[u8]], limit: usize) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::new(limit);
        let mut all = Vec::new();
        for bytes in chunks {
            let chunk = Chunk { seq: Seq(1), received: Time::EPOCH, datagram: false, bytes };
            lines.push(&chunk, |offset, piece| {
                all.push((
                    offset,
                    match piece {
                        Piece::Line(line) => Some(String::from_utf8_lossy(line).into_owned()),
                        Piece::TooLong => None,
                    },
                ));
            });
        }
        if let Some(offset) = lines.finish() {
            all.push((offset, Some("unfinished".into())));
        }
        all
    }

    #[test]
    fn any_cut_gives_the_same_lines_at_the_same_offsets() {
        let stream = b"one\r\n\n\r\nfour5\nmuch too long for us\r\nfive\r\nsixsix\nse";
        let whole = split(&[stream], 6);
        let text = |s: &str| Some(s.to_owned());
        let want = vec![
            (0, text("one")),
            (8, text("four5")),
            (14, None),
            (36, text("five")),
            (42, text("sixsix")),
            (49, text("unfinished")),
        ];
        assert_eq!(whole, want);
        for first in 0..stream.len() {
            for second in first..stream.len() {
                let cut = [&stream[..first], &stream[first..second], &stream[second..]];
                assert_eq!(split(&cut, 6), want, "cut at {first} and {second}");
            }
        }
    }
}
