//! `raw`: no container at all; the file is one stream of a feed's bytes.

use super::{ContainerError, ContainerKind, Dates, Packet, Packets, Reading};
use std::io::{ErrorKind, Read};

/// The row of the registry. It recognises nothing: it is what a file is when no other container recognises it.
pub const RAW: ContainerKind = ContainerKind {
    name: "raw",
    summary: "no container: the bytes of one stream (concatenated ASTERIX blocks, a Beast or AVR dump, JSON lines)",
    dates: Dates::None,
    detect: |_| false,
    open: |read, _| Box::new(Raw { read, buffer: vec![0; CHUNK_BYTES], offset: 0, ended: false }),
};

/// How large the pieces are in which the stream is handed on.
const CHUNK_BYTES: usize = 64 * 1024;

struct Raw {
    read: Reading,
    buffer: Vec<u8>,
    offset: u64,
    ended: bool,
}

impl Packets for Raw {
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>> {
        while !self.ended {
            match self.read.read(&mut self.buffer) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    self.offset += count as u64;
                    let bytes = self.buffer.get(..count).unwrap_or_default();
                    return Some(Ok(Packet { time: None, flow: None, datagram: false, bytes }));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => {
                    self.ended = true;
                    return Some(Err(ContainerError { offset: self.offset, reason: "cannot be read" }));
                }
            }
        }
        None
    }
}
