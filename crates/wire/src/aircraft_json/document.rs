//! Finds whole JSON objects in a stream, so that a document may come in any number of pieces, and several may follow one another.
//!
//! Only braces, brackets and strings are looked at; whether an object is good JSON is found out when it is read. Bounded: an object
//! has at most [`MAX_DOCUMENT_BYTES`] bytes and [`MAX_DEPTH`] levels.

use crate::decoder::Chunk;
use skypicket_model::{Canon, CanonError, Reader, canon_enum};

/// The longest document, bytes: 32 MiB, some 60,000 aircraft.
pub const MAX_DOCUMENT_BYTES: usize = 32 << 20;
/// The deepest nesting; documents need 4.
pub const MAX_DEPTH: u32 = 16;

/// What came of a stretch of bytes.
pub(super) enum Piece<'a> {
    /// A whole object, from `{` to `}`.
    Object(&'a [u8]),
    /// Bytes that are no object, and why.
    Broken(&'static str),
}

/// Where the scanner is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before an object.
    Between,
    /// Before an object, after bytes that belong to none; told already.
    Junk,
    /// In an object, outside of strings.
    Inside,
    /// In a string.
    Text,
    /// In a string behind a backslash.
    Escape,
}

canon_enum!(State { 0 => Between, 1 => Junk, 2 => Inside, 3 => Text, 4 => Escape });

/// Cuts a stream into objects.
pub(super) struct Objects {
    state: State,
    depth: u32,
    /// The beginning of an unfinished object, from earlier chunks.
    rest: Vec<u8>,
    /// Bytes of the connection before the next one.
    offset: u64,
    /// Where the object at hand began.
    began: u64,
    /// The object at hand is too long: its bytes are dropped, its end still looked for.
    too_long: bool,
}

impl Default for Objects {
    fn default() -> Self {
        Self { state: State::Between, depth: 0, rest: Vec::new(), offset: 0, began: 0, too_long: false }
    }
}

impl Objects {
    /// Takes a chunk and calls `each` with what ends in it and the offset of its first byte.
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, mut each: impl FnMut(u64, Piece<'_>)) {
        let bytes = chunk.bytes;
        // Where in `bytes` the object at hand goes on or begins.
        let mut from = 0;
        for (at, byte) in bytes.iter().enumerate() {
            match self.step(*byte) {
                Found::Nothing => {}
                Found::Begin => {
                    from = at;
                    self.began = self.offset + at as u64;
                }
                Found::End => {
                    let tail = bytes.get(from..=at).unwrap_or_default();
                    if self.too_long || self.rest.len() + tail.len() > MAX_DOCUMENT_BYTES {
                        each(self.began, Piece::Broken("document too long"));
                    } else if self.rest.is_empty() {
                        each(self.began, Piece::Object(tail));
                    } else {
                        self.rest.extend_from_slice(tail);
                        each(self.began, Piece::Object(&self.rest));
                    }
                    self.forget();
                }
                Found::Broken(reason) => {
                    each(if self.depth > 0 { self.began } else { self.offset + at as u64 }, Piece::Broken(reason));
                    self.forget();
                }
            }
        }
        if self.depth > 0 {
            let tail = bytes.get(from..).unwrap_or_default();
            if chunk.datagram {
                each(self.began, Piece::Broken("truncated"));
                self.forget();
                self.state = State::Between;
            } else if self.too_long || self.rest.len() + tail.len() > MAX_DOCUMENT_BYTES {
                self.too_long = true;
                self.rest.clear();
            } else {
                self.rest.extend_from_slice(tail);
            }
        } else if chunk.datagram {
            self.state = State::Between;
        }
        self.offset += bytes.len() as u64;
    }

    /// The offset of an unfinished object, if there is one; it is forgotten.
    pub(super) fn finish(&mut self) -> Option<u64> {
        let unfinished = self.depth > 0;
        self.forget();
        self.state = State::Between;
        unfinished.then_some(self.began)
    }

    /// Appends the state for a checkpoint.
    pub(super) fn save(&self, out: &mut Vec<u8>) {
        self.state.encode(out);
        self.depth.encode(out);
        self.rest.encode(out);
        self.offset.encode(out);
        self.began.encode(out);
        self.too_long.encode(out);
    }

    /// Takes over a saved state.
    pub(super) fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        let state = State::decode(reader)?;
        let depth = u32::decode(reader)?;
        let inside = !matches!(state, State::Between | State::Junk);
        if depth > MAX_DEPTH || (depth > 0) != inside {
            return Err(CanonError::Invalid);
        }
        (self.state, self.depth) = (state, depth);
        self.rest = Vec::decode(reader)?;
        self.offset = crate::decoder::load_offset(reader)?;
        self.began = u64::decode(reader)?;
        self.too_long = bool::decode(reader)?;
        Ok(())
    }

    /// Drops the object at hand; a large buffer is given back.
    fn forget(&mut self) {
        self.depth = 0;
        self.too_long = false;
        self.rest.clear();
        self.rest.shrink_to(1 << 20);
    }

    /// Looks at one byte.
    fn step(&mut self, byte: u8) -> Found {
        match (self.state, byte) {
            (State::Between | State::Junk, b'{') => {
                self.state = State::Inside;
                self.depth = 1;
                Found::Begin
            }
            // Commas and brackets stand between objects when documents are collected in an array.
            (State::Between, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']') | (State::Junk, _) => Found::Nothing,
            (State::Between, _) => {
                self.state = State::Junk;
                Found::Broken("bytes outside of a document")
            }
            (State::Inside, b'"') => {
                self.state = State::Text;
                Found::Nothing
            }
            (State::Inside, b'{' | b'[') if self.depth >= MAX_DEPTH => {
                self.state = State::Junk;
                Found::Broken("nested too deep")
            }
            (State::Inside, b'{' | b'[') => {
                self.depth += 1;
                Found::Nothing
            }
            (State::Inside, b'}' | b']') if self.depth > 1 => {
                self.depth -= 1;
                Found::Nothing
            }
            (State::Inside, b'}' | b']') => {
                self.state = State::Between;
                Found::End
            }
            (State::Text, b'"') | (State::Inside, _) => {
                self.state = State::Inside;
                Found::Nothing
            }
            (State::Text, b'\\') => {
                self.state = State::Escape;
                Found::Nothing
            }
            // JSON has no line ends in strings: the string's end is missing, and the next line may begin a document.
            (State::Text | State::Escape, b'\n' | b'\r') => {
                self.state = State::Junk;
                Found::Broken("a string that does not end")
            }
            (State::Text, _) => Found::Nothing,
            (State::Escape, _) => {
                self.state = State::Text;
                Found::Nothing
            }
        }
    }
}

/// What a byte turned out to be.
enum Found {
    Nothing,
    Begin,
    End,
    Broken(&'static str),
}
