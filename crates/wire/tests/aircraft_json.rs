//! aircraft.json: what is news, what is measured when, and what damage does.

use skypicket_model::observation::{Channel, FixSource, ModeSPart, SelfPart, StatedPosition};
use skypicket_model::{Address, FeedId, Observation, Report, Seq, Span, Time};
use skypicket_wire::{Chunk, Decoder, FeedSetup, Output, decoder};

const NOW_S: i64 = 1_757_453_400;

fn build() -> Box<dyn Decoder> {
    (decoder("aircraft-json").expect("registered").build)(&FeedSetup::bare(FeedId(0))).expect("good parameters")
}

/// Pushes documents as an HTTP poll delivers them, received a second after they were written.
fn poll(decoder: &mut dyn Decoder, document: &str) -> Output {
    let mut out = Output::default();
    let chunk = Chunk { seq: Seq(1), received: Time::from_s(NOW_S + 1), datagram: true, bytes: document.as_bytes() };
    decoder.push(chunk, &mut out);
    out
}

fn document(now_s: f64, aircraft: &str) -> String {
    format!("{{ \"now\" : {now_s:.1},\n  \"messages\" : 1234,\n  \"aircraft\" : [\n    {aircraft}\n  ]\n}}\n")
}

const LOT: &str = r#"{"hex":"4ca1fa","type":"adsb_icao","flight":"LOT3PK  ","r":"SP-LVA","t":"B38M","alt_baro":35000,"alt_geom":35400,
 "gs":450.5,"track":90.0,"baro_rate":-640,"squawk":"7421","emergency":"none","category":"A3","nav_qnh":1013.6,
 "nav_altitude_mcp":36000,"lat":51.500000,"lon":22.500000,"nic":8,"rc":186,"seen_pos":0.6,"version":2,"nic_baro":1,"nac_p":9,
 "nac_v":1,"sil":3,"sil_type":"perhour","gva":2,"sda":2,"alert":0,"spi":0,"mlat":[],"tisb":[],"messages":2514,"seen":0.1,"rssi":-20.1}"#;

fn positions(out: &Output) -> Vec<(Address, Channel, Time, StatedPosition)> {
    let position = |o: &Observation| match o.report {
        Report::SelfReport(report) => match report.part {
            SelfPart::Position(position) => Some((report.address, report.channel, o.measured, position)),
            _ => None,
        },
        _ => None,
    };
    out.observations.iter().filter_map(position).collect()
}

#[test]
fn a_first_document_states_everything_once() {
    let out = poll(build().as_mut(), &document(NOW_S as f64, LOT));
    assert_eq!((out.decoded(), out.rejected()), (1, 0), "{:?}", out.examples);
    assert_eq!(
        out.observations.len(),
        6,
        "identity, status, squawk, position, velocity, target: {:?}",
        out.observations
    );
    let [(address, channel, measured, position)] = positions(&out)[..] else { panic!() };
    assert_eq!((address, channel), (Address::icao(0x4c_a1fa), Channel::AdsB));
    assert_eq!(measured, Time::from_s(NOW_S) - Span::from_ms(600));
    assert!((position.pressure.expect("stated").ft() - 35_000.0).abs() < 1e-6);
    assert!((position.height.expect("stated").ft() - 35_400.0).abs() < 1e-6);
    assert_eq!((position.nic, position.containment_m), (Some(8), Some(186.0)));
    assert!((position.sigma_m - 12.256).abs() < 0.001, "NACp 9 is 30 m in 95 %");
    let squawk = out.observations.iter().find_map(|o| match o.report {
        Report::ModeS(report) => Some((o.measured, report.part)),
        _ => None,
    });
    let (heard, ModeSPart::Squawk { squawk, .. }) = squawk.expect("observed") else { panic!() };
    assert_eq!((heard, squawk.to_string()), (Time::from_s(NOW_S) - Span::from_ms(100), "7421".into()));
}

#[test]
fn an_unchanged_position_that_only_grows_older_is_no_news() {
    let mut decoder = build();
    poll(decoder.as_mut(), &document(NOW_S as f64, LOT));
    let older = LOT.replace("\"seen_pos\":0.6", "\"seen_pos\":5.6").replace("\"seen\":0.1", "\"seen\":5.1");
    let out = poll(decoder.as_mut(), &document(NOW_S as f64 + 5.0, &older));
    assert!(out.observations.is_empty(), "{:?}", out.observations);
    assert_eq!(out.records[1], 1, "counted as unchanged");
    // Rounding of a tenth of a second either way is no news either.
    let jitter = LOT.replace("\"seen_pos\":0.6", "\"seen_pos\":9.5").replace("\"seen\":0.1", "\"seen\":9.1");
    assert!(poll(decoder.as_mut(), &document(NOW_S as f64 + 9.0, &jitter)).observations.is_empty());
}

#[test]
fn a_fresh_statement_of_the_same_place_is_news_and_so_is_a_new_place() {
    let mut decoder = build();
    poll(decoder.as_mut(), &document(NOW_S as f64, LOT));
    let out = poll(decoder.as_mut(), &document(NOW_S as f64 + 5.0, LOT));
    assert_eq!(out.observations.len(), 1);
    assert_eq!(positions(&out)[0].2, Time::from_s(NOW_S + 5) - Span::from_ms(600));
    let moved = LOT.replace("51.500000", "51.510000").replace("\"track\":90.0", "\"track\":91.0");
    let out = poll(decoder.as_mut(), &document(NOW_S as f64 + 10.0, &moved));
    assert_eq!(out.observations.len(), 2, "position and velocity");
}

#[test]
fn multilateration_is_a_fix_and_ground_relays_are_told_apart() {
    let mlat = LOT.replace(r#""type":"adsb_icao""#, r#""type":"mlat""#);
    let out = poll(build().as_mut(), &document(NOW_S as f64, &mlat));
    let Some(Report::Fix(fix)) = out.observations.iter().map(|o| o.report).find(|r| matches!(r, Report::Fix(_))) else {
        panic!("{:?}", out.observations)
    };
    assert_eq!((fix.source, fix.address), (FixSource::Multilateration, Some(Address::icao(0x4c_a1fa))));
    assert!((fix.sigma.east_m - 250.0).abs() < 1e-12 && fix.velocity_m_s.is_some());
    assert!(out.observations.iter().all(|o| !matches!(o.report, Report::SelfReport(_))), "nothing it stated itself");

    // dump1090-fa names the members instead of a type.
    let listed = LOT
        .replace(r#""type":"adsb_icao","#, "")
        .replace(r#""mlat":[]"#, r#""mlat":["altitude","track","gs","lat","lon"]"#);
    let out = poll(build().as_mut(), &document(NOW_S as f64, &listed));
    assert!(positions(&out).is_empty() && out.observations.iter().any(|o| matches!(o.report, Report::Fix(_))));

    let tisb = LOT.replace(r#""type":"adsb_icao""#, r#""type":"tisb_other""#).replace("4ca1fa", "~2a0001");
    let [(address, channel, ..)] = positions(&poll(build().as_mut(), &document(NOW_S as f64, &tisb)))[..] else {
        panic!()
    };
    assert_eq!((address, channel), (Address::non_icao(0x2a_0001), Channel::TisB));
}

#[test]
fn the_names_of_dump1090_mutability_mean_the_same() {
    let old = r#"{"hex":"4ca1fa","squawk":"7421","flight":"LOT3PK  ","lat":51.5,"lon":22.5,"nucp":7,"seen_pos":0.6,"altitude":35000,
        "vert_rate":-640,"track":90,"speed":450,"category":"A3","messages":2514,"seen":0.1,"rssi":-20.1}"#;
    let out = poll(build().as_mut(), &document(NOW_S as f64, old));
    let [(.., position)] = positions(&out)[..] else { panic!("{:?}", out.examples) };
    assert!((position.pressure.expect("stated").ft() - 35_000.0).abs() < 1e-6);
    assert_eq!((position.nic, position.containment_m), (Some(8), Some(185.2)));
    let ground = old.replace("35000", "\"ground\"");
    let [(.., position)] = positions(&poll(build().as_mut(), &document(NOW_S as f64, &ground)))[..] else { panic!() };
    assert!(position.on_ground && position.pressure.is_none() && position.ground_speed_m_s.is_some());
}

#[test]
fn one_bad_aircraft_costs_no_other() {
    let bad = LOT.replace("\"gs\":450.5", "\"gs\":\"fast\"").replace("4ca1fa", "4ca1fb");
    let wild = LOT.replace("\"lat\":51.5", "\"lat\":91.5").replace("4ca1fa", "4ca1fc");
    let nameless = LOT.replace("4ca1fa", "");
    let out = poll(build().as_mut(), &document(NOW_S as f64, &format!("{bad},{wild},{nameless},{LOT}")));
    assert_eq!((out.decoded(), out.rejected()), (1, 3), "{:?}", out.examples);
    assert_eq!(positions(&out).len(), 1);
}

#[test]
fn json_lines_of_single_aircraft_need_their_own_time() {
    let line = LOT.replace('\n', "").replacen('{', "{\"now\":1757453400.0,", 1);
    let out = poll(build().as_mut(), &format!("{line}\n{}\n", LOT.replace('\n', "")));
    assert_eq!((out.decoded(), out.rejected()), (1, 1), "{:?}", out.examples);
}

#[test]
fn a_stream_of_documents_may_be_cut_anywhere_and_goes_on_after_damage() {
    let text = format!(
        "{}{}xyz\n{{\"now\":\"unfinished\n{}",
        document(NOW_S as f64, LOT),
        document(NOW_S as f64 + 5.0, LOT),
        document(NOW_S as f64 + 10.0, LOT)
    );
    let run = |cut: usize| {
        let (mut decoder, mut out) = (build(), Output::default());
        for bytes in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
            let chunk = Chunk { seq: Seq(1), received: Time::from_s(NOW_S), datagram: false, bytes };
            decoder.push(chunk, &mut out);
        }
        decoder.finish(&mut out);
        out
    };
    let whole = run(0);
    assert_eq!((whole.decoded(), positions(&whole).len()), (3, 3));
    assert_eq!(whole.rejects, vec![("bytes outside of a document", 1), ("a string that does not end", 1)]);
    for cut in 0..text.len() {
        let out = run(cut);
        assert_eq!(
            (out.observations, out.rejects),
            (whole.observations.clone(), whole.rejects.clone()),
            "cut at {cut}"
        );
    }
}

#[test]
fn a_document_cut_short_is_one_reject_and_the_next_poll_is_whole() {
    let mut decoder = build();
    let whole = document(NOW_S as f64, LOT);
    let out = poll(decoder.as_mut(), &whole[..whole.len() / 2]);
    assert_eq!((out.observations.len(), out.rejects.clone()), (0, vec![("truncated", 1)]));
    assert_eq!(positions(&poll(decoder.as_mut(), &whole)).len(), 1);
}
