//! Makes new inputs from old ones.

use crate::dice::Dice;

/// The longest input, bytes: long enough for any message, short enough for millions of executions.
pub(crate) const MAX_INPUT_BYTES: usize = 4096;
/// How much of a long vector is taken at a time.
const WINDOW_BYTES: usize = 1024;

/// Values at the edges of what lengths, counts and characters can be.
const EDGES: [u8; 16] =
    [0x00, 0x01, 0x02, 0x7f, 0x80, 0xfe, 0xff, 0x1a, 0xa5, b'\n', b',', b'"', b'{', b'}', b'-', b'9'];
/// Pieces of text that parsers treat in their own way.
const TOKENS: [&[u8]; 20] = [
    b"-1",
    b"1e999",
    b"NaN",
    b"inf",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"\\u0000",
    b"\\\"",
    b"\r\n",
    b"~",
    b"-0.0",
    b"360",
    b"90.0000001",
    b"-180",
    b"9223372036854775808",
    b"18446744073709551615",
    b"ground",
];

/// Puts a new input into `out`: a seed, or a part of one, changed a few times.
pub(crate) fn mutate(seeds: &[Vec<u8>], dice: &mut Dice, out: &mut Vec<u8>) {
    out.clear();
    if let Some(seed) = seeds.get(dice.below(seeds.len())) {
        out.extend_from_slice(part(seed, dice));
    }
    // Mostly a few changes, sometimes many.
    let changes = 1 + if dice.one_in(8) { dice.below(32) } else { dice.below(4) };
    for _ in 0..changes {
        change(seeds, dice, out);
    }
    out.truncate(MAX_INPUT_BYTES);
}

/// All of a short vector, mostly; else a piece of it.
fn part<'a>(seed: &'a [u8], dice: &mut Dice) -> &'a [u8] {
    if seed.len() <= WINDOW_BYTES && !dice.one_in(8) {
        return seed;
    }
    // The beginning is what headers are in.
    let from = if dice.one_in(2) { 0 } else { dice.below(seed.len()) };
    let len = 1 + dice.below(WINDOW_BYTES);
    &seed[from..seed.len().min(from + len)]
}

fn change(seeds: &[Vec<u8>], dice: &mut Dice, out: &mut Vec<u8>) {
    let at = dice.below(out.len());
    match dice.below(11) {
        0 | 1 => {
            if let Some(byte) = out.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        2 => {
            if let Some(byte) = out.get_mut(at) {
                *byte = dice.byte();
            }
        }
        3 => {
            if let Some(byte) = out.get_mut(at) {
                *byte = EDGES[dice.below(EDGES.len())];
            }
        }
        4 => {
            if let Some(byte) = out.get_mut(at) {
                *byte = byte.wrapping_add(dice.below(9) as u8).wrapping_sub(4);
            }
        }
        5 => out.insert(at, if dice.one_in(2) { dice.byte() } else { EDGES[dice.below(EDGES.len())] }),
        6 => {
            let to = out.len().min(at + 1 + dice.below(8));
            out.drain(at..to);
        }
        7 => {
            // Something said twice, or elsewhere.
            let from = dice.below(out.len());
            let piece = out[from..out.len().min(from + 1 + dice.below(64))].to_vec();
            out.splice(at..at, piece);
        }
        8 => {
            let token = TOKENS[dice.below(TOKENS.len())];
            let over = if dice.one_in(2) { out.len().min(at + token.len()) } else { at };
            out.splice(at..over, token.iter().copied());
        }
        9 => {
            if let Some(seed) = seeds.get(dice.below(seeds.len())) {
                let piece = part(seed, dice).to_vec();
                out.truncate(at);
                out.extend(piece);
            }
        }
        _ => out.truncate(at),
    }
}
