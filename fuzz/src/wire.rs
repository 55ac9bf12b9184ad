//! Targets of the registries: every format, every container.

use crate::corpus::vectors;
use crate::dice::Dice;
use crate::generate;
use crate::target::{Runner, Target};
use skypicket_model::{Canon, FeedId, Observation, Reader, Sensor, SensorId, SensorKind, Seq, Time};
use skypicket_wire::{CONTAINERS, Chunk, ContainerKind, DECODERS, Decoder, DecoderKind, FeedSetup, Output, detect};
use std::io::Cursor;
use std::sync::Arc;

/// When everything is received.
const RECEIVED: Time = Time::from_s(1_757_453_400);

/// One target a format, one a container.
pub(crate) fn targets() -> Vec<Target> {
    let decoders = DECODERS.iter().map(|kind| Target {
        name: kind.name,
        what: "format: no panic; any cut, and a save and load, gives the same; no NaN",
        seeds: vectors(kind.name),
        generate: match kind.name {
            "beast" => Some(generate::beast),
            "avr" => Some(generate::avr),
            _ => None,
        },
        runner: decoder_runner,
    });
    let containers = CONTAINERS.iter().map(|kind| Target {
        name: kind.name,
        what: "container: no panic; any pace of reading gives the same; it ends",
        seeds: vectors(kind.name),
        generate: None,
        runner: container_runner,
    });
    decoders.chain(containers).collect()
}

fn decoder_runner(name: &'static str) -> Runner {
    let kind = skypicket_wire::decoder(name).unwrap_or_else(|| panic!("no format {name}"));
    let setup = FeedSetup { sensors: sensors(), ..FeedSetup::bare(FeedId(0)) };
    let mut case = DecoderCase { kind, setup, seq: Seq(0), whole: Output::default(), other: Output::default() };
    Box::new(move |input, dice| case.run(input, dice))
}

/// Sensors for formats that name theirs; the vectors of `plots` use these names.
fn sensors() -> Arc<[Sensor]> {
    let named = [
        ("R1", SensorKind::Radar3d),
        ("R2", SensorKind::Radar2d),
        ("B1", SensorKind::Bearing),
        ("A1", SensorKind::SelfReportReceiver),
    ];
    (1..)
        .zip(named)
        .map(|(source, (name, kind))| Sensor::new(SensorId { feed: FeedId(0), source }, name, kind))
        .collect()
}

struct DecoderCase {
    kind: &'static DecoderKind,
    setup: FeedSetup,
    /// Raised for each run, so that each numbers its observations from 0.
    seq: Seq,
    whole: Output,
    other: Output,
}

impl DecoderCase {
    const fn chunk<'a>(&self, bytes: &'a [u8], datagram: bool) -> Chunk<'a> {
        Chunk { seq: self.seq, received: RECEIVED, datagram, bytes }
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        (self.kind.build)(&self.setup).unwrap_or_else(|why| panic!("default parameters are refused: {why}"))
    }

    fn run(&mut self, input: &[u8], dice: &mut Dice) {
        self.seq.0 += 1;
        self.whole.clear();
        self.other.clear();
        let mut decoder = self.decoder();
        decoder.push(self.chunk(input, false), &mut self.whole);
        for observation in &self.whole.observations {
            check(observation);
        }
        match dice.below(8) {
            0 => decoder.finish(&mut self.whole),
            1 | 2 => self.cut(input, dice),
            3 | 4 => self.saved(input, dice),
            5 => {
                // The same as datagrams: two of them, the second of which the first must not hurt.
                let mut decoder = self.decoder();
                let (head, tail) = input.split_at(dice.below(input.len() + 1));
                decoder.push(self.chunk(head, true), &mut self.other);
                decoder.push(self.chunk(tail, true), &mut self.other);
                decoder.finish(&mut self.other);
            }
            6 => self.damaged_state(decoder.as_ref(), input, dice),
            _ => {}
        }
    }

    /// Cut in three, the same comes out.
    fn cut(&mut self, input: &[u8], dice: &mut Dice) {
        let (first, second) = (dice.below(input.len() + 1), dice.below(input.len() + 1));
        let (first, second) = (first.min(second), first.max(second));
        let mut decoder = self.decoder();
        for piece in [&input[..first], &input[first..second], &input[second..]] {
            decoder.push(self.chunk(piece, false), &mut self.other);
        }
        self.compare(&format!("cut at {first} and {second}"));
    }

    /// Saved and loaded in between, the same comes out.
    fn saved(&mut self, input: &[u8], dice: &mut Dice) {
        let at = dice.below(input.len() + 1);
        let mut decoder = self.decoder();
        decoder.push(self.chunk(&input[..at], false), &mut self.other);
        let mut state = Vec::new();
        decoder.save(&mut state);
        let mut loaded = self.decoder();
        let mut reader = Reader::new(&state);
        loaded.load(&mut reader).unwrap_or_else(|why| panic!("what was saved does not load: {why}"));
        assert_eq!(reader.remaining(), 0, "loading leaves bytes over");
        let mut again = Vec::new();
        loaded.save(&mut again);
        assert!(state == again, "what was loaded saves as something else");
        loaded.push(self.chunk(&input[at..], false), &mut self.other);
        self.compare(&format!("saved and loaded at {at}"));
    }

    /// A damaged state is refused, or taken and lived with.
    fn damaged_state(&mut self, decoder: &dyn Decoder, input: &[u8], dice: &mut Dice) {
        let mut state = Vec::new();
        decoder.save(&mut state);
        for _ in 0..1 + dice.below(4) {
            let at = dice.below(state.len());
            if let Some(byte) = state.get_mut(at) {
                *byte = dice.byte();
            }
        }
        let mut loaded = self.decoder();
        if loaded.load(&mut Reader::new(&state)).is_ok() {
            loaded.push(self.chunk(input, false), &mut self.other);
            loaded.finish(&mut self.other);
        }
    }

    fn compare(&self, how: &str) {
        let (whole, other) = (&self.whole, &self.other);
        assert_eq!(whole.observations, other.observations, "observations differ when {how}");
        assert_eq!(whole.records, other.records, "records differ when {how}");
        assert_eq!(whole.rejects, other.rejects, "rejects differ when {how}");
        assert_eq!(whole.oddities, other.oddities, "oddities differ when {how}");
        assert_eq!(whole.examples, other.examples, "examples differ when {how}");
    }
}

/// An observation goes through its canonical bytes unchanged, which a NaN would not.
fn check(observation: &Observation) {
    match Observation::from_canon(&observation.to_canon()) {
        Ok(again) => assert_eq!(*observation, again, "changed by its canonical bytes"),
        Err(why) => panic!("{why}: {observation:?}"),
    }
}

fn container_runner(name: &'static str) -> Runner {
    let kind = skypicket_wire::container(name).unwrap_or_else(|| panic!("no container {name}"));
    Box::new(move |input, dice| {
        let _ = detect(input);
        let start = (!dice.one_in(4)).then_some(RECEIVED);
        let whole = read(kind, Box::new(Cursor::new(input.to_vec())), start, input.len());
        if dice.one_in(4) {
            let pieces = Pieces { rest: Cursor::new(input.to_vec()), dice: dice.clone() };
            let slow = read(kind, Box::new(pieces), start, input.len());
            // How a stream without packets is cut is how it was read.
            if name == "raw" {
                assert_eq!(whole.bytes, slow.bytes);
            } else {
                assert_eq!(whole, slow, "depends on how the file is read");
            }
        }
    })
}

/// Reads a few bytes at a time.
struct Pieces {
    rest: Cursor<Vec<u8>>,
    dice: Dice,
}

impl std::io::Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let few = 1 + self.dice.below(buffer.len().min(64));
        let end = buffer.len().min(few);
        self.rest.read(&mut buffer[..end])
    }
}

/// What came out of a container: enough to tell two readings apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Contents {
    packets: Vec<(Option<Time>, usize)>,
    bytes: Vec<u8>,
    errors: Vec<(u64, &'static str)>,
}

fn read(kind: &ContainerKind, file: Box<dyn std::io::Read + Send>, start: Option<Time>, len: usize) -> Contents {
    let mut packets = (kind.open)(file, start);
    let mut contents = Contents::default();
    while let Some(next) = packets.next() {
        match next {
            Ok(packet) => {
                contents.packets.push((packet.time, packet.bytes.len()));
                contents.bytes.extend_from_slice(packet.bytes);
            }
            Err(error) => contents.errors.push((error.offset, error.reason)),
        }
        assert!(contents.packets.len() + contents.errors.len() <= len + 1, "more packets and errors than bytes");
    }
    contents
}
