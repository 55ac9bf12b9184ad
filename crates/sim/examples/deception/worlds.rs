//! Seeded worlds in which something is told that is not so, and the same without it, as scenario texts.

use skypicket_model::math::{TAU, cos, rad, sin};
use skypicket_sim::rng::Rng;
use std::fmt::Write as _;

/// What is told that is not so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Clean,
    Straight,
    Group,
    Duplicate,
    Class,
    Replay,
    Flood,
    Ramp,
}

impl Kind {
    pub(crate) const FALSE: [Self; 7] =
        [Self::Straight, Self::Group, Self::Duplicate, Self::Class, Self::Replay, Self::Flood, Self::Ramp];
}

/// What looks independently of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sensing {
    Radars,
    Receivers,
    Both,
    /// One receiver alone: what it cannot know is told apart.
    Nothing,
}

/// A world to play.
pub(crate) struct Asked {
    pub(crate) kind: Kind,
    pub(crate) sensing: Sensing,
    pub(crate) seed: u64,
    pub(crate) flood: usize,
}

/// When what is not so begins, seconds.
pub(crate) const BEGINS_S: f64 = 120.0;
const CENTRE: [f64; 2] = [52.0, 20.0];

fn at(east_km: f64, north_km: f64) -> [f64; 2] {
    [CENTRE[0] + north_km / 111.2, CENTRE[1] + east_km / (111.3 * cos(rad(CENTRE[0])))]
}

fn place(p: [f64; 2]) -> String {
    format!("[{:.5}, {:.5}]", p[0], p[1])
}

fn path(rng: &mut Rng, from_km: [f64; 2], course_rad: f64, fl: f64, kt: f64) -> String {
    let mut text = format!("{{ to = {}, fl = {fl:.0}, kt = {kt:.0} }}", place(at(from_km[0], from_km[1])));
    let (mut east, mut north, mut course) = (from_km[0], from_km[1], course_rad);
    for _ in 0..3 {
        (east, north) = (east + 60.0 * sin(course), north + 60.0 * cos(course));
        let _ = write!(text, ", {{ to = {} }}", place(at(east, north)));
        course += rng.between(-0.5, 0.5);
    }
    format!("[{text}]")
}

pub(crate) fn scenario(asked: &Asked) -> String {
    let seed = asked.seed;
    let mut rng = Rng::named(seed, "deception world");
    let ends_s = match asked.kind {
        Kind::Clean => 420,
        Kind::Flood => 200,
        _ => 260,
    };
    let mut text = format!(
        "# A world\n\n```toml\n[world]\nname = \"A world\"\nbegin = \"2025-09-20T09:00:00Z\"\nend = \"+{}:{:02}\"\nseed = {seed}\nwatched = [\"AAA\"]\ngeoid_m = 34\nground_m = 120\nqnh_hpa = {:.0}\n\n",
        ends_s / 60,
        ends_s % 60,
        rng.between(1005.0, 1022.0)
    );
    sensors(asked.sensing, &mut rng, &mut text);
    let ramp = asked.kind == Kind::Ramp;
    for number in 0..30 {
        let from = [rng.between(-130.0, 130.0), rng.between(-130.0, 130.0)];
        let course = rng.between(0.0, TAU);
        let light = number % 6 == 5;
        let (kind, fl, kt) = if light {
            ("light", rng.between(30.0, 80.0), rng.between(110.0, 160.0))
        } else {
            ("airliner", rng.between(180.0, 400.0), rng.between(380.0, 480.0))
        };
        let path = path(&mut rng, from, course, fl, kt);
        // Every tenth reports nothing of itself; the first of a ramp reports through what drifts.
        let reports = number % 10 != 9 && !(ramp && number == 0);
        let _ = write!(
            text,
            "[[target]]\nname = \"t{number}\"\nkind = \"{kind}\"\nat = \"+00:{:02}\"\npath = {path}\ntransponder = {{ address = \"48{:04x}\", flight_id = \"TST{number}\", squawk = \"{}\", ads_b = {reports} }}\n\n",
            // Some begin while it lasts.
            if number % 7 == 3 { 30 + number } else { 0 },
            0x1000 + 37 * number + (seed as u32 & 0xff),
            ["1234", "2215", "4521", "6603"][number as usize % 4],
        );
    }
    false_ones(asked, &mut rng, &mut text);
    text.push_str("```\n");
    text
}

fn sensors(sensing: Sensing, rng: &mut Rng, text: &mut String) {
    let (radars, receivers) = match sensing {
        Sensing::Radars => (2, 1),
        Sensing::Receivers => (0, 5),
        Sensing::Both => (2, 5),
        Sensing::Nothing => (0, 1),
    };
    for number in 0..radars {
        let angle = rng.between(0.0, TAU);
        let far_km = rng.between(40.0, 90.0);
        let side = if number == 0 { 1.0 } else { -1.0 };
        let _ = write!(
            text,
            "[[radar]]\nname = \"radar-{number}\"\nsac = 200\nsic = {}\nat = {}\nmast_m = 35\nperiod_s = {}\nphase_s = {:.2}\nrange_km = [1, 300]\nrange_sigma_m = 60\nazimuth_sigma_deg = 0.08\nazimuth_bias_deg = {:.2}\nprimary = {{ reference_km = 210 }}\nsecondary = {{ range_km = 290 }}\nclutter = {:.0}\n\n",
            number + 1,
            place(at(side * far_km * sin(angle), side * far_km * cos(angle))),
            [4, 5, 6][rng.below(3)],
            rng.between(0.0, 4.0),
            0.05 * rng.normal(),
            rng.between(2.0, 20.0),
        );
    }
    for number in 0..receivers {
        let angle = TAU * f64::from(number) / 5.0 + rng.between(-0.4, 0.4);
        let far_km = if number == 0 { rng.between(0.0, 20.0) } else { rng.between(40.0, 110.0) };
        let _ = write!(
            text,
            "[[receiver]]\nname = \"adsb-{number}\"\nat = {}\nmast_m = 30\nrange_km = 350\n\n",
            place(at(far_km * sin(angle), far_km * cos(angle))),
        );
    }
}

fn false_ones(asked: &Asked, rng: &mut Rng, text: &mut String) {
    let transmitter = place(at(rng.between(-20.0, 20.0), rng.between(-20.0, 20.0)));
    // From a hill or a mast one receiver hears it, from something that flies many do.
    let mast_m = if rng.chance(0.5) { rng.between(40.0, 80.0) } else { rng.between(600.0, 2000.0) };
    let from = [rng.between(60.0, 100.0), rng.between(-50.0, 50.0)];
    let course = -0.25 * TAU + rng.between(-0.4, 0.4);
    let begins = format!("+{}:{:04.1}", (BEGINS_S / 60.0) as u32, rng.between(0.0, 5.0));
    let head = |name: &str| {
        format!(
            "[[ghost]]\nname = \"{name}\"\nat = {transmitter}\nmast_m = {mast_m:.0}\nrange_km = 300\nfrom = \"{begins}\"\n"
        )
    };
    let (fl, kt) = (rng.between(200.0, 380.0), rng.between(380.0, 470.0));
    let own = path(rng, from, course, fl, kt);
    let ghost = match asked.kind {
        Kind::Clean => return,
        Kind::Straight => {
            head("ghost") + &format!("address = \"3c77{:02x}\"\nflight_id = \"GST1\"\npath = {own}\n", rng.below(256))
        }
        Kind::Group => {
            let beside = [rng.between(900.0, 2500.0), rng.between(-1500.0, 1500.0)];
            head("ghost")
                + &format!(
                    "address = \"3c77{:02x}\"\nbeside = {{ target = \"t{}\", east_m = {:.0}, north_m = {:.0} }}\n",
                    rng.below(256),
                    [1, 2, 6, 7, 8][rng.below(5)],
                    beside[0],
                    beside[1]
                )
        }
        Kind::Duplicate => {
            let address = 0x1000 + 37 * 2 + (asked.seed as u32 & 0xff);
            head("ghost") + &format!("address = \"48{address:04x}\"\nflight_id = \"TST2\"\npath = {own}\n")
        }
        Kind::Class => {
            head("ghost") + &format!("address = \"3c77{:02x}\"\nkind = \"helicopter\"\npath = {own}\n", rng.below(256))
        }
        Kind::Replay => {
            head("ghost")
                + &format!(
                    "replay = {{ target = \"t{}\", delay_s = {:.1} }}\n",
                    [1, 2, 6][rng.below(3)],
                    rng.between(70.0, 110.0)
                )
        }
        Kind::Flood => {
            head("ghost")
                + &format!(
                    "flood = {{ around = {}, radius_km = 150, count = {}, within_s = 10 }}\n",
                    place(CENTRE),
                    asked.flood
                )
        }
        Kind::Ramp => format!(
            "[[ghost]]\nname = \"before\"\naboard = \"t0\"\nfrom = \"+0:00\"\nuntil = \"{begins}\"\nramp = {{ target = \"t0\", towards_deg = 0, m_s = 0 }}\n\n[[ghost]]\nname = \"ghost\"\naboard = \"t0\"\nfrom = \"{begins}\"\nramp = {{ target = \"t0\", towards_deg = {:.0}, m_s = {:.1} }}\n",
            rng.between(0.0, 360.0),
            rng.between(10.0, 40.0)
        ),
    };
    text.push_str(&ghost);
}
