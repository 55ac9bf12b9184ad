//! Packed recordings: gzip is unpacked on the way, other packings are told by name instead of being read as if they were sensor bytes.

use flate2::read::MultiGzDecoder;
use std::io::{self, BufReader, Cursor, Read};

/// Most bytes that one file may have unpacked, 256 GiB: a week of a busy radar's recordings is far below; a file that was made to
/// unpack for ever ends here. Memory does not grow with it.
pub const MAX_UNPACKED_BYTES: u64 = 256 << 30;

/// First bytes of packings that are not unpacked here, with what does it.
const FOREIGN: &[(&[u8], &str)] = &[
    (&[0x28, 0xb5, 0x2f, 0xfd], "packed with zstd, which is not read: unpack it first (zstd -d FILE)"),
    (b"BZh", "packed with bzip2, which is not read: unpack it first (bunzip2 FILE)"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "packed with xz, which is not read: unpack it first (unxz FILE)"),
    (b"PK\x03\x04", "a zip archive, which is not read: unpack it first (unzip FILE)"),
];
/// First bytes of gzip (RFC 1952 §2.3.1: magic, then method 8, deflate, the only one there is).
const GZIP: &[u8] = &[0x1f, 0x8b, 8];

/// Gives the bytes of a file, unpacked where it is gzip by its first bytes, whatever its name.
///
/// # Errors
/// What reading reports, and [`io::ErrorKind::Unsupported`] for other packings. Damage further in is met by who reads on.
pub fn unpacked(mut read: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    read.by_ref().take(6).read_to_end(&mut head)?;
    if let Some((_, what)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(io::Error::new(io::ErrorKind::Unsupported, *what));
    }
    let packed = head.starts_with(GZIP);
    let whole = Cursor::new(head).chain(read);
    if !packed {
        return Ok(Box::new(whole));
    }
    let plain = MultiGzDecoder::new(whole);
    Ok(Box::new(BufReader::with_capacity(1 << 18, Bounded { plain, left: MAX_UNPACKED_BYTES })))
}

/// Reads so many bytes and then fails, where `take` would feign an end.
struct Bounded<R> {
    plain: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.plain.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "it unpacks to more than is read of one recording (256 GiB)")
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(bytes).expect("memory");
        packed.finish().expect("memory")
    }

    fn read(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        unpacked(Box::new(Cursor::new(bytes)))?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn gzip_is_unpacked_also_in_several_members_and_other_bytes_stay() {
        assert_eq!(read(gzip(b"a picket")).expect("whole"), b"a picket");
        assert_eq!(read([gzip(b"a pic"), gzip(b"ket")].concat()).expect("whole"), b"a picket");
        for plain in [&b""[..], b"\x1f", b"*8D4840D6202CC371C32CE0576098;\n"] {
            assert_eq!(read(plain.to_vec()).expect("whole"), plain);
        }
    }

    #[test]
    fn damage_and_other_packings_are_told() {
        let mut cut = gzip(&[7; 10_000]);
        cut.truncate(cut.len() - 9);
        assert!(read(cut).is_err());
        for (magic, what) in FOREIGN {
            let error = read([*magic, b"xxxxxxxx"].concat()).expect_err("refused");
            assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::Unsupported, (*what).to_owned()));
        }
    }

    #[test]
    fn unpacking_ends_at_its_bound() {
        let mut bounded = Bounded { plain: io::repeat(0), left: 1000 };
        assert_eq!(bounded.read(&mut [0; 1000]).expect("within"), 1000);
        assert!(bounded.read(&mut [0; 1]).is_err());
    }
}
