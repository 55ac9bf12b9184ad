//! The 24-bit parity of Mode S (ICAO Annex 10 vol. IV 3.1.2.3.3): generator 0x1FFF409, no initial value, no final inversion.
//!
//! A frame's *syndrome* is the parity of its data bits XOR its last 24 bits: zero for DF17/18, the interrogator's code for DF11, the
//! aircraft's address for the formats with address parity. The parity is linear, so each byte contributes on its own: one table
//! a byte position, no chain of dependent look-ups.

/// The generator polynomial without its leading bit.
const GENERATOR: u32 = 0xff_f409;
/// Bytes before the parity field in a long frame.
const LONG_DATA_BYTES: usize = 11;

/// `TABLES[k][b]`: the parity of byte `b` followed by `k` zero bytes.
static TABLES: [[u32; 256]; LONG_DATA_BYTES] = tables();

const fn tables() -> [[u32; 256]; LONG_DATA_BYTES] {
    let mut tables = [[0; 256]; LONG_DATA_BYTES];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = (byte as u32) << 16;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 0x80_0000 == 0 { remainder << 1 } else { (remainder << 1) ^ GENERATOR };
            bit += 1;
        }
        tables[0][byte] = remainder & 0xff_ffff;
        byte += 1;
    }
    let mut k = 1;
    while k < LONG_DATA_BYTES {
        let mut byte = 0;
        while byte < 256 {
            let shorter = tables[k - 1][byte];
            tables[k][byte] = ((shorter << 8) & 0xff_ffff) ^ tables[0][(shorter >> 16) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// Syndrome of a 112-bit frame.
#[must_use]
#[inline]
pub fn syndrome_long(frame: &[u8; 14]) -> u32 {
    let mut syndrome = tail(frame[11], frame[12], frame[13]);
    for (place, table) in TABLES.iter().enumerate() {
        syndrome ^= table[usize::from(frame[LONG_DATA_BYTES - 1 - place])];
    }
    syndrome
}

/// Syndrome of a 56-bit frame.
#[must_use]
#[inline]
pub fn syndrome_short(frame: &[u8; 7]) -> u32 {
    tail(frame[4], frame[5], frame[6])
        ^ TABLES[0][usize::from(frame[3])]
        ^ TABLES[1][usize::from(frame[2])]
        ^ TABLES[2][usize::from(frame[1])]
        ^ TABLES[3][usize::from(frame[0])]
}

#[inline]
const fn tail(a: u8, b: u8, c: u8) -> u32 {
    (a as u32) << 16 | (b as u32) << 8 | c as u32
}

/// Parity of up to eleven data bytes, for encoders: what a frame with a zero syndrome carries in its last 24 bits.
#[must_use]
pub fn parity(data: &[u8]) -> u32 {
    data.iter().rev().zip(&TABLES).fold(0, |parity, (byte, table)| parity ^ table[usize::from(*byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: polynomial division, bit by bit.
    fn by_division(frame: &[u8]) -> u32 {
        let mut remainder = 0_u32;
        for byte in frame {
            for bit in (0..8).rev() {
                let next = u32::from(byte >> bit & 1);
                let out = remainder >> 23 & 1;
                remainder = (remainder << 1 | next) & 0xff_ffff;
                if out == 1 {
                    remainder ^= GENERATOR;
                }
            }
        }
        remainder
    }

    #[test]
    fn tables_agree_with_polynomial_division() {
        let mut noise = 0x1234_5678_9abc_def0_u64;
        for _ in 0..2000 {
            let mut long = [0; 14];
            let mut short = [0; 7];
            for byte in long.iter_mut().chain(&mut short) {
                noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = (noise >> 56) as u8;
            }
            assert_eq!(syndrome_long(&long), by_division(&long));
            assert_eq!(syndrome_short(&short), by_division(&short));
            let data = &long[..11];
            assert_eq!(parity(data) ^ tail(long[11], long[12], long[13]), syndrome_long(&long));
        }
    }

    #[test]
    fn every_single_bit_error_is_detected() {
        for bit in 0..112 {
            let mut frame = [0; 14];
            frame[bit / 8] = 0x80 >> (bit % 8);
            assert_ne!(syndrome_long(&frame), 0, "bit {bit}");
        }
    }
}
