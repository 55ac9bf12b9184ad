//! Targets of whole documents: airspace files, flight plans, borders, and the small texts that stand in all of them.

use crate::corpus::vectors;
use crate::target::Target;
use skypicket_model::airspace::SourceDocument;
use skypicket_model::{Address, Airspace, AirspaceId, Canon, FlightId, Mode3A, Time};
use skypicket_wire::borders_file::Borders;
use skypicket_wire::claims;
use skypicket_wire::{airspace_geojson, airspace_openair, flight_plan, origin_areas, terrain_grid};

/// One target a kind of document.
pub(crate) fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "airspace-geojson",
            what: "airspaces: no panic; finite corners in range",
            seeds: vectors("airspace-geojson"),
            generate: None,
            runner: |_| Box::new(|input, _| text(input, geojson)),
        },
        Target {
            name: "airspace-openair",
            what: "airspaces: no panic; finite corners in range",
            seeds: vectors("airspace-openair"),
            generate: None,
            runner: |_| Box::new(|input, _| text(input, openair)),
        },
        Target {
            name: "flight-plan",
            what: "flight plans: no panic; canonical bytes are kept",
            seeds: vectors("flight-plan"),
            generate: None,
            runner: |_| Box::new(|input, _| text(input, flight_plans)),
        },
        Target {
            name: "terrain-grid",
            what: "terrain: no panic; as many heights as cells, and a height between its neighbours anywhere",
            seeds: vectors("terrain-grid"),
            generate: None,
            runner: |_| Box::new(|input, _| text(input, terrain)),
        },
        Target {
            name: "origin-areas",
            what: "candidate areas: no panic; corners on the Earth, weights above 0",
            seeds: vectors("origin-areas"),
            generate: None,
            runner: |_| Box::new(|input, _| text(input, areas)),
        },
        Target {
            name: "claims-article",
            what: "articles and feeds: no panic; words lie in their sentences; what is proposed is sound",
            seeds: articles(),
            generate: None,
            runner: |_| Box::new(|input, _| article(input)),
        },
        Target {
            name: "claims-json",
            what: "claims by hand: no panic; what is read is sound and kept by canonical bytes and JSON",
            seeds: vec![include_bytes!("../../scenarios/night-of-9-september-2025.claims.json").to_vec()],
            generate: None,
            runner: |_| Box::new(|input, _| text(input, claims_json)),
        },
        Target {
            name: "borders",
            what: "the border file: no panic; what it names can be had",
            seeds: vec![small_borders()],
            generate: None,
            runner: |_| Box::new(|input, _| borders(input)),
        },
        Target {
            name: "words",
            what: "times, addresses, codes, names: no panic; what is shown is read back",
            seeds: [&b"2025-09-09T23:30:00+02:00"[..], b"1757453400.25", b"~4CA1FA", b"7700", b"LOT3PK  "]
                .map(<[u8]>::to_vec)
                .to_vec(),
            generate: None,
            runner: |_| Box::new(|input, _| text(input, words)),
        },
    ]
}

/// Readers of text are given text: what of the input is none is replaced.
fn text(input: &[u8], read: impl FnOnce(&str)) {
    read(&String::from_utf8_lossy(input));
}

fn geojson(text: &str) {
    airspaces(airspace_geojson::read(text, AirspaceId(0), &SourceDocument::default(), true));
}

fn openair(text: &str) {
    airspaces(airspace_openair::read(text, AirspaceId(0), &SourceDocument::default(), true));
}

fn airspaces<E>(read: Result<Vec<Airspace>, E>) {
    for airspace in read.into_iter().flatten() {
        for point in airspace.rings.iter().flat_map(|ring| &ring.points) {
            assert!(point.lat_deg.abs() <= 90.0 && point.lon_deg.abs() <= 180.0, "{point:?} in {}", airspace.code);
        }
        for ring in &airspace.rings {
            assert_eq!(ring.points.len(), ring.edges.len(), "{}", airspace.code);
        }
        // Refuses a NaN wherever it stands.
        assert!(Airspace::from_canon(&airspace.to_canon()).is_ok_and(|again| again == airspace), "{airspace:?}");
    }
}

fn areas(text: &str) {
    for area in origin_areas::read(text).into_iter().flatten() {
        assert!(area.weight > 0.0 && !area.rings.is_empty(), "{}", area.name);
        for point in area.rings.iter().flatten() {
            assert!(point.lat_deg.abs() <= 90.0 && point.lon_deg.abs() <= 180.0, "{point:?} in {}", area.name);
        }
    }
}

fn terrain(text: &str) {
    let Ok(grid) = terrain_grid::read(text) else { return };
    assert_eq!(grid.heights_m.len(), grid.columns * grid.rows);
    for k in 0..20 {
        let share = f64::from(k) / 20.0;
        let place = skypicket_model::LatLon {
            lat_deg: grid.south_deg + share * grid.rows as f64 * grid.cell_deg,
            lon_deg: grid.west_deg + (1.0 - share) * grid.columns as f64 * grid.cell_deg,
        };
        assert!(grid.at(place).is_none_or(|height| (-12_000.0..=9_000.0).contains(&height)), "{place:?}");
    }
}

fn flight_plans(text: &str) {
    for plan in flight_plan::read(text).into_iter().flatten() {
        assert!(
            Canon::from_canon(&plan.to_canon())
                .is_ok_and(|again: skypicket_model::permission::FlightPlan| again == plan),
            "{plan:?}"
        );
    }
}

/// Every rule's example, as text and in a feed.
fn articles() -> Vec<Vec<u8>> {
    let text: String = claims::RULES.iter().map(|rule| format!("{} ", rule.example)).collect();
    let rss = format!(
        "<rss><channel><title>A</title><item><title>B</title><link>https://example.org/</link><pubDate>Wed, 10 Sep 2025 08:00:00 +0200</pubDate>\
         <description><![CDATA[<p>{text}</p>]]></description></item></channel></rss>"
    );
    let atom = "<feed><title>A</title><entry><title>B</title><link href=\"c\"/><updated>2025-09-10T06:00:00Z</updated>\
                <content type=\"xhtml\"><div>Three drones &amp; more entered Poland at 23:30.</div></content></entry></feed>";
    vec![text.into_bytes(), rss.into_bytes(), atom.as_bytes().to_vec()]
}

fn article(input: &[u8]) {
    let said = Time::from_s(1_757_500_000);
    let context = claims::Context {
        said_until: Some(said),
        zones: claims::european_zones(said),
        watched: vec!["POL".to_owned()],
    };
    for article in claims::read(input).into_iter().flatten().take(4) {
        assert!(article.text.len() <= claims::MAX_TEXT_BYTES);
        let proposals = claims::propose(&article.text, &context);
        assert!(proposals.len() <= claims::MAX_PROPOSALS);
        for proposal in proposals {
            assert!(article.text.get(proposal.sentence.clone()).is_some_and(|sentence| !sentence.is_empty()));
            for words in &proposal.words {
                assert!(article.text.get(words.clone()).is_some(), "{proposal:?}");
                assert!(proposal.sentence.start <= words.start && words.end <= proposal.sentence.end, "{proposal:?}");
            }
            assert_eq!(proposal.content.fault(), None, "{proposal:?}");
        }
    }
}

fn claims_json(text: &str) {
    for claim in claims::read_json(text).into_iter().flatten() {
        assert_eq!(claim.fault(), None, "{claim:?}");
        assert!(
            Canon::from_canon(&claim.to_canon()).is_ok_and(|again: skypicket_model::Claim| again == claim),
            "{claim:?}"
        );
        let again = claims::ClaimJson::from(&claim).claim(None);
        // Times are written to the millisecond.
        assert!(again.is_ok_and(|again| again.quotation == claim.quotation), "{claim:?}");
    }
}

fn borders(input: &[u8]) {
    let Ok(borders) = Borders::read(input) else { return };
    let codes: Vec<String> = borders.states().map(|state| state.alpha3.clone()).collect();
    for code in codes {
        assert!(borders.polygons(&code).is_ok(), "{code}");
        assert!(borders.airspace(&code, AirspaceId(0), [0; 32]).is_ok(), "{code}");
    }
}

/// A border file of one square state.
fn small_borders() -> Vec<u8> {
    let mut file = b"SKYBRDR\x01".to_vec();
    let word = |file: &mut Vec<u8>, text: &str| {
        file.push(text.len() as u8);
        file.extend_from_slice(text.as_bytes());
    };
    word(&mut file, "test");
    file.push(1);
    for text in ["Test policy", "data 1", "nobody", &"0".repeat(64)] {
        word(&mut file, text);
    }
    // One arc: a square of 0.00005 degrees around 0, 0; signed steps are zigzagged.
    file.extend([1, 0, 5, 0, 0, 10, 0, 0, 10, 9, 0, 0, 9]);
    file.push(1);
    file.extend(b"AAAAA");
    word(&mut file, "Aland");
    // One polygon of one ring of the one arc, walked forwards; no parts.
    file.extend([1, 1, 1, 0, 0]);
    file
}

fn words(text: &str) {
    if let Some(time) = Time::parse(text) {
        let shown = time.to_string();
        if (1970..=2200).contains(&time.civil().0) {
            assert!(
                Time::parse(&shown).is_some_and(|again| (time - again).abs().ns() <= 1_000_000),
                "{text} is {shown}"
            );
        }
    }
    if let Some(address) = Address::parse(text) {
        assert_eq!(Address::parse(&address.to_string()), Some(address));
    }
    if let Some(code) = Mode3A::parse(text) {
        assert_eq!(Mode3A::parse(&code.to_string()), Some(code));
    }
    if let Some(name) = FlightId::parse(text) {
        assert_eq!(FlightId::parse(name.as_str()), Some(name));
    }
}
