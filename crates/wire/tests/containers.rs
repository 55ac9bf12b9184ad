//! Recordings: every container read back from files built by hand, whole, damaged and cut short.

use skypicket_model::{Span, Time};
use skypicket_wire::container::{Carrier, ContainerError, Flow, Packet, write_rply};
use skypicket_wire::{CONTAINERS, container, detect};
use std::io::{Cursor, Read};

const T0: i64 = 1_757_453_400;
/// A CAT034 block and a CAT048 block, as far as a container looks.
const BLOCKS: [u8; 11] = [0x22, 0, 5, 1, 2, 0x30, 0, 6, 1, 2, 3];

type Got = (Option<Time>, Option<Flow>, bool, Vec<u8>);

/// Reads all of a file; a reader that gives a byte at a time must make no difference.
fn read_all(name: &str, file: &[u8], start: Option<Time>) -> (Vec<Got>, Vec<ContainerError>) {
    let whole = read_with(name, Box::new(Cursor::new(file.to_vec())), start);
    if file.len() < 4096 {
        assert_eq!(whole, read_with(name, Box::new(Trickle(Cursor::new(file.to_vec()))), start), "{name} in trickles");
    }
    whole
}

struct Trickle(Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

fn read_with(name: &str, read: Box<dyn Read + Send>, start: Option<Time>) -> (Vec<Got>, Vec<ContainerError>) {
    let mut packets = (container(name).expect("registered").open)(read, start);
    let (mut got, mut errors) = (Vec::new(), Vec::new());
    while let Some(next) = packets.next() {
        match next {
            Ok(Packet { time, flow, datagram, bytes }) => got.push((time, flow, datagram, bytes.to_vec())),
            Err(error) => errors.push(error),
        }
        assert!(got.len() + errors.len() < 100_000, "{name} does not end");
    }
    (got, errors)
}

fn payloads(got: &[Got]) -> Vec<&[u8]> {
    got.iter().map(|packet| packet.3.as_slice()).collect()
}

fn udp(source: u16, destination: u16, payload: &[u8]) -> Vec<u8> {
    let mut datagram = Vec::new();
    for word in [source, destination, 8 + payload.len() as u16, 0] {
        datagram.extend(word.to_be_bytes());
    }
    datagram.extend(payload);
    datagram
}

fn tcp(sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut segment = vec![0x75, 0x35, 0x80, 0x01];
    segment.extend(sequence.to_be_bytes());
    segment.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    segment.extend(payload);
    segment
}

fn ipv4(protocol: u8, id: u16, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend((20 + payload.len() as u16).to_be_bytes());
    packet.extend(id.to_be_bytes());
    packet.extend(fragment.to_be_bytes());
    packet.extend([64, protocol, 0, 0, 10, 0, 0, 1, 239, 1, 2, 3]);
    packet.extend(payload);
    packet
}

fn ethernet(ethertype: &[u16], payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![1, 0, 0x5e, 1, 2, 3, 2, 0, 0, 0, 0, 1];
    for (at, word) in ethertype.iter().enumerate() {
        frame.extend(word.to_be_bytes());
        if at + 1 < ethertype.len() {
            frame.extend([0x20, 0x64]);
        }
    }
    frame.extend(payload);
    frame
}

/// A little-endian pcap file in microseconds, a packet every half second.
fn pcap(linktype: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
    file.extend(linktype.to_le_bytes());
    for (at, frame) in (0..).zip(frames) {
        file.extend((T0 as u32 + at / 2).to_le_bytes());
        file.extend((at % 2 * 500_000).to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend(frame);
    }
    file
}

fn block(big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
    let word = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let padded = body.len().div_ceil(4) * 4;
    let len = word(12 + padded as u32);
    let mut block = word(kind).to_vec();
    block.extend(len);
    block.extend(body);
    block.resize(8 + padded, 0);
    block.extend(len);
    block
}

#[test]
fn every_link_layer_leads_to_the_same_datagram() {
    let ip = ipv4(17, 1, 0, &udp(40_000, 8600, b"hello"));
    let frames: [(u32, Vec<u8>); 9] = [
        (1, ethernet(&[0x0800], &ip)),
        (1, ethernet(&[0x8100, 0x0800], &ip)),
        (1, ethernet(&[0x88a8, 0x8100, 0x0800], &ip)),
        (101, ip.clone()),
        (228, ip.clone()),
        (0, [&[2, 0, 0, 0][..], &ip].concat()),
        (113, [&[0; 14][..], &[0x08, 0x00], &ip].concat()),
        (276, [&[0x08, 0x00][..], &[0; 18], &ip].concat()),
        // Ethernet pads short frames: the padding is no payload.
        (1, [ethernet(&[0x0800], &ip), vec![0; 13]].concat()),
    ];
    for (linktype, frame) in frames {
        let (got, errors) = read_all("pcap", &pcap(linktype, &[frame]), None);
        assert_eq!(errors, [], "link type {linktype}");
        let [(time, Some(flow), true, bytes)] = &got[..] else { panic!("link type {linktype}: {got:?}") };
        assert_eq!((*time, bytes.as_slice()), (Some(Time::from_s(T0)), &b"hello"[..]));
        assert_eq!(flow.to_string(), "udp 10.0.0.1:40000 > 239.1.2.3:8600");
    }
}

#[test]
fn ipv6_with_extension_headers() {
    let mut packet = vec![0x60, 0, 0, 0];
    let payload = [&[17, 0, 0, 0, 0, 0, 0, 0][..], &udp(1, 2, b"six")].concat();
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([60, 64]);
    packet.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    packet.extend([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    packet.extend(payload);
    let (got, errors) = read_all("pcap", &pcap(1, &[ethernet(&[0x86dd], &packet)]), None);
    assert_eq!((errors.len(), payloads(&got)), (0, vec![&b"six"[..]]));
    assert_eq!(got[0].1.expect("flow").to_string(), "udp [2001:db8::1]:1 > [ff02::1]:2");
}

#[test]
fn fragments_come_together_in_any_order_and_missing_ones_are_told() {
    let whole = udp(1, 8600, &[7; 3000]);
    let piece = |id: u16, from: usize, to: usize| {
        let more = u16::from(to < whole.len()) << 13;
        ipv4(17, id, more | (from / 8) as u16, &whole[from..to])
    };
    let frames = [
        piece(5, 1480, 2960),
        piece(6, 0, 1480),
        piece(5, 2960, whole.len()),
        piece(5, 1480, 2960),
        piece(5, 0, 1480),
        ipv4(17, 9, 0, &udp(1, 8600, b"after")),
    ];
    let (got, errors) = read_all("pcap", &pcap(101, &frames), None);
    assert_eq!(payloads(&got), [&[7; 3000][..], b"after"]);
    assert_eq!(errors.iter().map(|e| e.reason).collect::<Vec<_>>(), ["a datagram with fragments missing"]);
}

#[test]
fn tcp_is_put_in_order_repetitions_left_out_and_gaps_told() {
    let frame = |sequence, flags, payload: &[u8]| ipv4(6, 0, 0, &tcp(sequence, flags, payload));
    let start = u32::MAX - 2; // The numbers run over zero.
    let at = |offset: u32| start.wrapping_add(1 + offset);
    let frames = [
        frame(start, 2, b""),
        frame(at(0), 0x18, b"abc"),
        frame(at(6), 0x18, b"ghi"),
        frame(at(0), 0x18, b"abcd"),
        frame(at(4), 0x18, b"ef"),
        frame(at(20), 0x18, b"uvw"),
        frame(at(23), 0x11, b""),
        frame(77, 2, b""),
        frame(78, 0x18, b"anew"),
    ];
    let (got, errors) = read_all("pcap", &pcap(101, &frames), None);
    assert_eq!(payloads(&got), [&b"abc"[..], b"d", b"efghi", b"uvw", b"anew"]);
    assert_eq!(errors.iter().map(|e| e.reason).collect::<Vec<_>>(), ["bytes missing in a TCP stream"]);
    assert!(got.iter().all(|packet| !packet.2 && packet.1.expect("flow").carrier == Carrier::Tcp));
    let sessions: Vec<_> = got.iter().map(|packet| packet.1.expect("flow").session).collect();
    assert_eq!(sessions, [0, 0, 0, 0, 1]);
}

#[test]
fn both_byte_orders_and_resolutions_of_pcap() {
    let frame = ipv4(17, 1, 0, &udp(1, 2, b"x"));
    for (magic, big, ns) in [
        (0xa1b2_c3d4_u32, false, false),
        (0xa1b2_3c4d, false, true),
        (0xa1b2_c3d4, true, false),
        (0xa1b2_3c4d, true, true),
    ] {
        let word = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
        let half = |value: u16| if big { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut file = [word(magic).as_slice(), &half(2), &half(4)].concat();
        for value in [0, 0, 65_535, 101, T0 as u32, if ns { 250_000_000 } else { 250_000 }] {
            file.extend(word(value));
        }
        file.extend(word(frame.len() as u32));
        file.extend(word(frame.len() as u32));
        file.extend(&frame);
        let (got, errors) = read_all("pcap", &file, None);
        assert_eq!((got.len(), errors.len()), (1, 0), "{magic:x} {big}");
        assert_eq!(got[0].0, Some(Time::from_s(T0) + Span::from_ms(250)));
    }
}

#[test]
fn pcapng_with_its_resolutions_offsets_and_byte_orders() {
    let frame = ipv4(17, 1, 0, &udp(1, 2, b"ng"));
    // (if_tsresol, ticks, if_tsoffset)
    let offset_s = 1_000_000_000_i64;
    let since = (T0 - offset_s) as u64;
    for (resolution, ticks, offset_s) in [
        (6_u8, T0 as u64 * 1_000_000 + 250_000, 0),
        (9, T0 as u64 * 1_000_000_000 + 250_000_000, 0),
        (0x80 | 10, T0 as u64 * 1024 + 256, 0),
        (6, since * 1_000_000 + 250_000, offset_s),
    ] {
        for big in [false, true] {
            let word = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
            let half = |value: u16| if big { value.to_be_bytes() } else { value.to_le_bytes() };
            let section = [word(0x1a2b_3c4d).as_slice(), &half(1), &half(0), &[0xff; 8]].concat();
            let offset = if big { offset_s.to_be_bytes() } else { offset_s.to_le_bytes() };
            let options = [
                half(9).as_slice(),
                &half(1),
                &[resolution, 0, 0, 0],
                &half(14),
                &half(8),
                &offset,
                &half(0),
                &half(0),
            ]
            .concat();
            let interface = [half(101).as_slice(), &half(0), &word(65_535), &options].concat();
            let len = word(frame.len() as u32);
            let packet =
                [word(0).as_slice(), &word((ticks >> 32) as u32), &word(ticks as u32), &len, &len, &frame].concat();
            let file = [
                block(big, 0x0a0d_0d0a, &section),
                block(big, 1, &interface),
                block(big, 0x4242, b"unknown"),
                block(big, 6, &packet),
                // A packet of an interface that was never described is damage; what follows is read.
                block(big, 6, &[word(9).as_slice(), &packet[4..]].concat()),
                // So is one whose two lengths differ.
                [&block(big, 6, &packet)[..8 + packet.len().div_ceil(4) * 4], &[0; 4]].concat(),
                block(big, 6, &packet),
            ]
            .concat();
            let (got, errors) = read_all("pcap", &file, None);
            assert_eq!(payloads(&got), [b"ng", b"ng"], "{resolution} {big}");
            assert_eq!(
                errors.iter().map(|e| e.reason).collect::<Vec<_>>(),
                ["a packet of an interface that was not described", "a damaged block"]
            );
            assert_eq!(got[0].0, Some(Time::from_s(T0) + Span::from_ms(250)), "{resolution:x} {big}");
        }
    }
}

#[test]
fn a_capture_cut_anywhere_gives_what_is_whole_and_one_error() {
    let frames: Vec<_> = (0..4).map(|n| ethernet(&[0x0800], &ipv4(17, n, 0, &udp(1, 2, &[n as u8; 9])))).collect();
    let file = pcap(1, &frames);
    let record = 16 + frames[0].len();
    for len in 0..=file.len() {
        let (got, errors) = read_all("pcap", &file[..len], None);
        let (whole, rest) = if len < 24 { (0, 1) } else { ((len - 24) / record, (len - 24) % record) };
        assert_eq!((got.len(), errors.len()), (whole, usize::from(rest > 0)), "cut at {len}: {errors:?}");
    }
}

#[test]
fn what_the_capture_itself_cut_off_is_told_apart_from_other_traffic() {
    let ip = ipv4(17, 1, 0, &udp(1, 2, b"hello"));
    let mut file = pcap(101, &[ip[..24].to_vec(), ip.clone()]);
    // The first packet was longer on the wire than in the file.
    file[24 + 12..24 + 16].copy_from_slice(&(ip.len() as u32).to_le_bytes());
    let (got, errors) = read_all("pcap", &file, None);
    assert_eq!(payloads(&got), [b"hello"]);
    assert_eq!(errors, [ContainerError { offset: 24, reason: "a packet cut off by the capture's length limit" }]);

    let arp = ethernet(&[0x0806], &[0; 28]);
    let icmp = ethernet(&[0x0800], &ipv4(1, 1, 0, &[8, 0, 0, 0]));
    let mut packets = (container("pcap").expect("registered").open)(Box::new(Cursor::new(pcap(1, &[arp, icmp]))), None);
    assert!(packets.next().is_none());
    assert_eq!(packets.ignored(), 2);
}

fn final_record(ticks: u32, data: &[u8]) -> Vec<u8> {
    let mut record = (12 + data.len() as u16).to_be_bytes().to_vec();
    record.extend([1, 2, 9]);
    record.extend(&ticks.to_be_bytes()[1..]);
    record.extend(data);
    record.extend([0xa5; 4]);
    record
}

#[test]
fn final_records_run_over_midnight_and_resume_after_damage() {
    let start = Time::parse("2025-09-09T23:59:00Z").expect("valid");
    let mut file = [final_record(8_639_900, &BLOCKS), final_record(100, &BLOCKS)].concat();
    assert_eq!(detect(&file), Some("final"));
    let (got, errors) = read_all("final", &file, Some(start));
    assert_eq!((payloads(&got), errors.len()), (vec![&BLOCKS[..], &BLOCKS], 0));
    let times: Vec<_> = got.iter().map(|packet| packet.0.expect("dated").to_string()).collect();
    assert_eq!(times, ["2025-09-09T23:59:59.000Z", "2025-09-10T00:00:01.000Z"]);
    assert!(read_all("final", &file, None).0.iter().all(|packet| packet.0.is_none()), "no date without a start");

    file[1] = 200;
    let (got, errors) = read_all("final", &file, None);
    assert_eq!((got.len(), errors), (1, vec![ContainerError { offset: 0, reason: "not a FINAL record" }]));
    let (got, errors) = read_all("final", &final_record(1, &BLOCKS)[..20], None);
    let cut = ContainerError { offset: 0, reason: "the file ends inside a FINAL record" };
    assert_eq!((got.len(), errors), (0, vec![cut]));
}

fn oradis_record(ms: u32, data: &[u8]) -> Vec<u8> {
    [(6 + data.len() as u16).to_be_bytes().as_slice(), &ms.to_be_bytes(), data].concat()
}

#[test]
fn oradis_in_a_file_and_in_a_capture() {
    // 21:30:00.250, three quarters of a second after which comes another.
    let records = [oradis_record(77_400_250, &BLOCKS), oradis_record(77_401_000, &BLOCKS)].concat();
    assert_eq!(detect(&records), Some("oradis"));
    let want = [Time::from_s(T0) + Span::from_ms(250), Time::from_s(T0 + 1)];
    let times = |got: &[Got]| got.iter().filter_map(|packet| packet.0).collect::<Vec<_>>();
    let (got, errors) = read_all("oradis", &records, Some(Time::from_s(T0)));
    assert_eq!((payloads(&got), errors.len()), (vec![&BLOCKS[..], &BLOCKS], 0));
    assert_eq!(times(&got), want);
    let (got, errors) = read_all("oradis", &[&records[..], &[1, 2, 3], &records].concat(), None);
    assert_eq!((got.len(), errors.len()), (4, 1));

    let file = pcap(101, &[ipv4(17, 1, 0, &udp(1, 2, &records)), ipv4(17, 2, 0, &udp(1, 2, b"\0\x20other"))]);
    assert_eq!(detect(&file), Some("pcap"));
    let (got, errors) = read_all("oradis", &file, None);
    assert_eq!((payloads(&got), errors.len()), (vec![&BLOCKS[..], &BLOCKS], 1));
    assert_eq!(times(&got), want);
    assert!(got.iter().all(|packet| packet.1.is_some() && packet.2));
}

#[test]
fn rply_counts_from_record_to_record() {
    let record = |ms: u32| [(BLOCKS.len() as u32).to_le_bytes().as_slice(), &ms.to_le_bytes(), &BLOCKS].concat();
    let file = [record(0), record(1500), record(250)].concat();
    assert_eq!(detect(&file), Some("rply"));
    let mut written = Vec::new();
    for ms in [0, 1500, 250] {
        write_rply(&mut written, Span::from_ms(ms), &BLOCKS);
    }
    assert_eq!(written, file, "what is written is what is read");
    let (got, errors) = read_all("rply", &file, Some(Time::from_s(T0)));
    let since: Vec<_> = got.iter().map(|packet| packet.0.expect("dated") - Time::from_s(T0)).collect();
    assert_eq!((since, errors.len()), (vec![Span::ZERO, Span::from_ms(1500), Span::from_ms(1750)], 0));
    for len in 1..file.len() {
        let (got, errors) = read_all("rply", &file[..len], None);
        assert_eq!((got.len(), errors.len()), (len / 19, usize::from(len % 19 > 0)), "cut at {len}");
    }
}

#[test]
fn beast_rows_become_beast_frames_with_their_escapes() {
    let file = b"1698140962.119813,1a32000023b1dda01a210000bd6b1a1a\r\n\
        1698140962.2,1A31000000000000FF1234\n\
        not a row\n\
        1698140963,1a3";
    assert_eq!(detect(file), Some("beast-csv"));
    let (got, errors) = read_all("beast-csv", file, None);
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].0, Some(Time::from_ns(1_698_140_962_119_813_000)));
    let frame = [0x1a, 0x32, 0, 0, 0x23, 0xb1, 0xdd, 0xa0, 0x1a, 0x1a, 0x21, 0, 0, 0xbd, 0x6b, 0x1a, 0x1a, 0x1a, 0x1a];
    assert_eq!(got[0].3, frame);
    let not_a_row = file.windows(3).position(|window| window == b"not").expect("there") as u64;
    assert_eq!(errors.iter().map(|e| e.offset).collect::<Vec<_>>(), [not_a_row, not_a_row + 10]);
    let long = [&b"1,".to_vec()[..], &vec![b'0'; 100_000], b"\n1698140962.2,1A31000000000000FF1234\n"].concat();
    let (got, errors) = read_all("beast-csv", &long, None);
    assert_eq!((got.len(), errors), (1, vec![ContainerError { offset: 0, reason: "line too long" }]));
}

#[test]
fn json_lines_hand_on_their_frame_or_themselves() {
    let file = br#"{"timestamp":1720248189.525,"frame":"8f393322384a02aea63afc43dcba","df":"17"}
{"now": 1720248190.5, "aircraft": []}

{"timestamp":1720248190.012853,"frame":"212800bf40f1ef7e5817e9cc428d","df":"4"}
{"sensor":"R1","time":12.0,"arrival":13.5,"plots":[[1,2,3]]}
[1720248189.5]
{"frame":"8f"}"#;
    assert_eq!(detect(file), Some("jsonl"));
    let (got, errors) = read_all("jsonl", file, Some(Time::from_s(T0)));
    assert_eq!(got[0].0, Some(Time::from_s(1_720_248_189) + Span::from_ms(525)));
    assert_eq!(got[0].3, b"*8f393322384a02aea63afc43dcba;\n");
    assert_eq!(got[1].3, b"{\"now\": 1720248190.5, \"aircraft\": []}\n");
    assert_eq!(got[2].3, b"*212800bf40f1ef;\n", "a short reply without what stood behind it");
    assert_eq!(got[3].0, Some(Time::from_s(T0) + Span::from_ms(13_500)), "arrival, from the start");
    assert_eq!((got.len(), errors.len()), (4, 2));
}

#[test]
fn what_nothing_recognises_is_raw() {
    for head in
        [&b""[..], &BLOCKS, b"*8f393322384a02aea63afc43dcba;\n", b"\x1a2abc", b"{\n \"now\": 1.0,\n", b"MSG,3,1,1"]
    {
        assert_eq!(detect(head), None, "{head:?}");
    }
    let file = vec![7; 200_000];
    let (got, errors) = read_all("raw", &file, None);
    assert_eq!((got.concat_bytes(), errors.len()), (file, 0));
    let names: Vec<_> = CONTAINERS.iter().map(|kind| kind.name).collect();
    assert!(names.contains(&"raw"));
}

trait ConcatBytes {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl ConcatBytes for Vec<Got> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|packet| packet.3.clone()).collect()
    }
}

/// Bit flips and cuts of a file of every container: it ends, within its size, without a panic.
#[test]
fn damage_of_every_bit_ends_without_panic() {
    let files = [
        (
            "pcap",
            pcap(
                1,
                &[
                    ethernet(&[0x8100, 0x0800], &ipv4(17, 1, 0x2000, &udp(1, 2, b"hello"))),
                    ipv4(6, 0, 0, &tcp(1, 2, b"x")),
                ],
            ),
        ),
        ("final", [final_record(1, &BLOCKS), final_record(2, &BLOCKS)].concat()),
        ("oradis", [oradis_record(1, &BLOCKS), oradis_record(2, &BLOCKS)].concat()),
        ("rply", [&[11, 0, 0, 0, 1, 0, 0, 0][..], &BLOCKS].concat()),
        ("beast-csv", b"1698140962.2,1A31000000000000FF1234\n".to_vec()),
        ("jsonl", br#"{"timestamp":1720248189.525,"frame":"8f393322384a02aea63afc43dcba"}"#.to_vec()),
    ];
    for (name, file) in files {
        for bit in 0..file.len() * 8 {
            let mut damaged = file.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let _ = detect(&damaged);
            read_with(name, Box::new(Cursor::new(damaged)), Some(Time::from_s(T0)));
        }
    }
}
