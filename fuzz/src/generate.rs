//! Inputs with right checksums, which mutated vectors lose.

use crate::dice::Dice;

/// A Beast stream of random Mode S frames of a few aircraft, with right parity mostly, now and then cut or damaged.
pub(crate) fn beast(dice: &mut Dice, out: &mut Vec<u8>) {
    out.clear();
    for _ in 0..1 + dice.below(12) {
        let frame = mode_s(dice);
        out.push(0x1a);
        out.push(if frame.len() == 7 { 0x32 } else { 0x33 });
        let time = dice.bits().to_be_bytes();
        let signal = [dice.byte()];
        for byte in time[..6].iter().chain(&signal).chain(&frame) {
            out.push(*byte);
            if *byte == 0x1a && !dice.one_in(200) {
                out.push(0x1a);
            }
        }
    }
    damage(dice, out);
}

/// The same as AVR lines.
pub(crate) fn avr(dice: &mut Dice, out: &mut Vec<u8>) {
    out.clear();
    for _ in 0..1 + dice.below(12) {
        let time = if dice.one_in(2) {
            out.push(b'@');
            format!("{:012x}", dice.bits() & 0xffff_ffff_ffff)
        } else {
            out.push(b'*');
            String::new()
        };
        out.extend(time.bytes());
        for byte in mode_s(dice) {
            out.extend(format!("{byte:02X}").bytes());
        }
        out.extend(if dice.one_in(2) { b";\r\n".iter() } else { b";\n\n".iter() });
    }
    damage(dice, out);
}

fn damage(dice: &mut Dice, out: &mut [u8]) {
    if dice.one_in(4) {
        let at = dice.below(out.len());
        if let Some(byte) = out.get_mut(at) {
            *byte ^= 1 << dice.below(8);
        }
    }
}

/// A Mode S frame with random content and right parity.
fn mode_s(dice: &mut Dice) -> Vec<u8> {
    const FORMATS: [u8; 12] = [17, 17, 17, 17, 18, 18, 11, 0, 4, 5, 20, 21];
    // Few aircraft, so that they are confirmed and have pairs of positions.
    let address = 0x48_ae20 + dice.below(3) as u32;
    let format = FORMATS[dice.below(FORMATS.len())];
    let mut frame: Vec<u8> = (0..if format < 16 { 7 } else { 14 }).map(|_| dice.byte()).collect();
    frame[0] = format << 3 | (frame[0] & 7);
    if matches!(format, 11 | 17 | 18) {
        frame[1..4].copy_from_slice(&address.to_be_bytes()[1..]);
    }
    if format == 17 && dice.one_in(2) {
        // Positions near one another, even and odd.
        frame[4] = 11 << 3;
        frame[6] &= 0b0000_0111;
        frame[6] |= if dice.one_in(2) { 0b100 } else { 0 };
    }
    let overlay = if matches!(format, 0 | 4 | 5 | 20 | 21) { address } else { 0 };
    let split = frame.len() - 3;
    let parity = parity(&frame[..split]) ^ overlay;
    frame[split..].copy_from_slice(&parity.to_be_bytes()[1..]);
    frame
}

/// The Mode S parity (Annex 10 volume IV, 3.1.2.3.3): generator 1FFF409.
fn parity(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |remainder, byte| {
        (0..8).fold(remainder ^ u32::from(*byte) << 16, |remainder, _| {
            (remainder << 1) ^ if remainder & 0x80_0000 != 0 { 0x1ff_f409 } else { 0 }
        }) & 0xff_ffff
    })
}
