//! Random nights with known truth, for measuring counts, groups, origins and entries over many of them: waves that enter, objects that
//! never do, what comes down and what is told of it, sensors with gaps and clutter. Each is written as a scenario, so that it can be read,
//! changed and kept.
//!
//! The truth of a night is [`World::night`](crate::world::World::night) with the border that the picture uses: what is drawn beside the border and still cuts it
//! has entered. A compact night has an hour and a half, two routes and one receiver; a whole one six hours.

mod reports;

use crate::geodesic::{Line, between};
use crate::rng::Rng;
use crate::story::ScenarioError;
use crate::world::World;
use core::fmt::{self, Write};
use skypicket_model::LatLon;
use skypicket_model::math::{exp, rad};

/// How long a night is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// An hour and a half with little civil traffic: for hundreds of nights.
    Compact,
    /// Six hours with an ordinary night's traffic.
    Whole,
}

impl Size {
    const fn minutes(self) -> f64 {
        match self {
            Self::Compact => 90.0,
            Self::Whole => 360.0,
        }
    }
}

/// Stretches of the border of Poland, some hundred metres outside of it: name, two ends, degrees. Invented as places of crossing.
const STRETCHES: [(&str, [[f64; 2]; 2]); 5] = [
    ("podlasie", [[52.78, 23.95], [53.15, 23.89]]),
    ("brest", [[51.72, 23.60], [52.15, 23.66]]),
    ("wlodawa", [[51.18, 23.80], [51.58, 23.68]]),
    ("volyn", [[50.62, 24.12], [51.02, 24.06]]),
    ("lviv", [[50.02, 23.24], [50.38, 23.82]]),
];
/// Routes of civil traffic: flight level, corners.
const ROUTES: [(&str, u32, [[f64; 2]; 3]); 4] = [
    ("west-northeast", 330, [[51.3, 12.6], [52.3, 17.5], [54.85, 25.2]]),
    ("south-north", 360, [[47.6, 19.9], [52.4, 21.8], [56.8, 24.2]]),
    ("northeast-west", 340, [[55.1, 25.0], [52.6, 17.4], [51.6, 12.6]]),
    ("north-south", 350, [[56.5, 18.2], [52.0, 19.2], [48.4, 19.0]]),
];
/// Sites of radars, degrees.
const RADARS: [(&str, f64, f64); 5] = [
    ("north", 52.25, 22.45),
    ("middle", 51.25, 23.05),
    ("south", 50.45, 23.25),
    ("far-north", 53.20, 22.80),
    ("west", 51.60, 21.20),
];

/// The scenario of a seed.
#[must_use]
pub fn scenario(seed: u64, size: Size) -> String {
    let mut text = String::with_capacity(16 << 10);
    let rng = Rng::named(seed, "random night");
    // Writing to a String does not fail.
    let _ = Writer { out: &mut text, rng, seed, size, ends: Vec::new() }.write();
    text
}

impl World {
    /// The random night of a seed; [`scenario`] is its text.
    #[must_use]
    pub fn random_night(seed: u64, size: Size) -> Self {
        Self::from_scenario(&scenario(seed, size)).unwrap_or_else(|error: ScenarioError| unsound(seed, &error))
    }
}

/// Tests read the nights of many seeds: a text of ours that we cannot read is a defect of ours.
#[allow(clippy::panic, reason = "a defect of the generator, not of any input")]
fn unsound(seed: u64, error: &ScenarioError) -> ! {
    panic!("the random night of seed {seed} is unsound: {error}")
}

/// Where and when something came down, for what is told of it afterwards.
#[derive(Clone, Debug)]
struct End {
    name: String,
    place: LatLon,
    at_min: f64,
    brought_down: bool,
}

struct Writer<'a> {
    out: &'a mut String,
    rng: Rng,
    seed: u64,
    size: Size,
    ends: Vec<End>,
}

/// What the drones of one wave have in common.
struct Wave {
    name: String,
    stretch: [LatLon; 2],
    /// Where along the stretch, 0 to 1, and how far that spreads.
    along: f64,
    spread: f64,
    /// Where its paths begin.
    origin: LatLon,
    km_h: f64,
    agl_m: f64,
    begin_min: f64,
    lasts_min: f64,
}

impl Writer<'_> {
    fn write(&mut self) -> fmt::Result {
        self.head()?;
        self.sensors()?;
        self.traffic()?;
        self.waves()?;
        self.beside()?;
        self.see_ends();
        self.reports()?;
        writeln!(self.out, "```\n\n## What must be seen\n\n```expect\nalarms: at most 5 in any 10 min\n```")
    }

    /// When and where things truly come down: they stray, and the wind carries them on or holds them up by minutes.
    fn see_ends(&mut self) {
        let Ok(world) = World::from_scenario(&format!("{}```\n", self.out)) else { return };
        for end in &mut self.ends {
            let Some(target) = world.targets.iter().find(|target| target.name == end.name) else { continue };
            let gone = target.gone();
            end.at_min = (gone - world.begin).s() / 60.0;
            end.place = target.at(gone).map_or(end.place, |motion| motion.place.lat_lon());
        }
    }

    fn head(&mut self) -> fmt::Result {
        let (seed, minutes) = (self.seed, self.size.minutes());
        let (qnh, from, wind) =
            (self.rng.between(995.0, 1030.0), self.rng.between(0.0, 360.0), self.rng.between(0.0, 12.0));
        writeln!(self.out, "# A random night, seed {seed}\n\nEverything in it is invented.\n\n```toml\n[world]")?;
        writeln!(
            self.out,
            "name = \"A random night, seed {seed}\"\nbegin = \"2025-10-20T20:00:00Z\"\nend = \"+{minutes}:00\""
        )?;
        writeln!(self.out, "seed = {}\nwatched = [\"POL\"]\ngeoid_m = 32\nground_m = 170", seed & 0x7fff_ffff)?;
        writeln!(self.out, "qnh_hpa = {qnh:.0}\nwind = {{ from_deg = {from:.0}, m_s = {wind:.1} }}\n")?;
        writeln!(
            self.out,
            "[airlines]\nVST = {{ first_address = \"489a00\" }}\nRHN = {{ first_address = \"3c6400\" }}\n"
        )
    }

    fn sensors(&mut self) -> fmt::Result {
        let count = 3 + self.rng.below(3);
        for (index, (name, lat, lon)) in RADARS.into_iter().take(count).enumerate() {
            let rng = &mut self.rng;
            let (lat, lon) = (lat + rng.between(-0.1, 0.1), lon + rng.between(-0.1, 0.1));
            let period = rng.pick(&[4.0, 5.0, 6.0, 8.0, 10.0]).copied().unwrap_or(6.0);
            let (mast, phase) = (rng.between(20.0, 60.0), rng.between(0.0, period));
            let (range_sigma, azimuth_sigma) = (rng.between(30.0, 120.0), rng.between(0.05, 0.2));
            let (reference, clutter) = (rng.between(150.0, 220.0), rng.between(0.0, 10.0));
            writeln!(self.out, "[[radar]]\nname = \"radar-{name}\"\nsac = 200\nsic = {}", index + 1)?;
            writeln!(
                self.out,
                "at = [{lat:.3}, {lon:.3}]\nmast_m = {mast:.0}\nperiod_s = {period}\nphase_s = {phase:.2}"
            )?;
            writeln!(
                self.out,
                "range_km = [1, 300]\nrange_sigma_m = {range_sigma:.0}\nazimuth_sigma_deg = {azimuth_sigma:.3}"
            )?;
            if self.rng.chance(0.3) {
                writeln!(self.out, "elevation_sigma_deg = {:.2}", self.rng.between(0.15, 0.5))?;
            }
            writeln!(
                self.out,
                "primary = {{ reference_km = {reference:.0} }}\nsecondary = {{ range_km = 300 }}\nclutter = {clutter:.1}"
            )?;
            if self.rng.chance(0.25) {
                let from = self.rng.between(5.0, self.size.minutes() - 10.0);
                let until = from + self.rng.between(1.0, 8.0);
                writeln!(self.out, "silent = [[\"+{:.0}\", \"+{:.0}\"]]", from * 60.0, until * 60.0)?;
            }
            self.out.push('\n');
        }
        let receivers = [("centre", 52.2, 21.0), ("south", 50.1, 20.0), ("east", 51.2, 22.6)];
        for (name, lat, lon) in receivers.into_iter().take(if self.size == Size::Compact { 1 } else { 3 }) {
            writeln!(
                self.out,
                "[[receiver]]\nname = \"adsb-{name}\"\nat = [{lat}, {lon}]\nmast_m = 40\nrange_km = 350\nstamps = \"gps\"\n"
            )?;
        }
        for (name, lat, lon) in [("terespol", 52.05, 23.58), ("dorohusk", 51.16, 23.78)] {
            if self.rng.chance(0.5) {
                writeln!(
                    self.out,
                    "[[listener]]\nname = \"post-{name}\"\nat = [{lat}, {lon}]\nperiod_s = 2\nazimuth_sigma_deg = 2.5\nprobability = 0.7\nclutter = 0.02\n"
                )?;
            }
        }
        Ok(())
    }

    fn traffic(&mut self) -> fmt::Result {
        let (count, often) = if self.size == Size::Compact { (2, (25.0, 45.0)) } else { (4, (14.0, 35.0)) };
        for (name, fl, [[a, b], [c, d], [e, f]]) in ROUTES.into_iter().take(count) {
            let (every, kt) = (self.rng.between(often.0, often.1), self.rng.between(430.0, 470.0));
            writeln!(
                self.out,
                "[[route]]\nname = \"{name}\"\npath = [{{ to = [{a}, {b}], fl = {fl}, kt = {kt:.0} }}, {{ to = [{c}, {d}] }}, {{ to = [{e}, {f}] }}]"
            )?;
            writeln!(
                self.out,
                "every_min = {every:.1}\nairlines = [\"VST\", \"RHN\"]\nspread_km = 8\nplus_fl = [0, 20, 40]\n"
            )?;
        }
        Ok(())
    }

    /// None to four waves of one to nine.
    fn waves(&mut self) -> fmt::Result {
        let waves = if self.rng.chance(0.04) { 0 } else { 1 + self.rng.below(4) };
        for number in 1..=waves {
            let Some((place, ends)) = self.rng.pick(&STRETCHES).copied() else { continue };
            let stretch = ends.map(|[lat_deg, lon_deg]| LatLon { lat_deg, lon_deg });
            let rng = &mut self.rng;
            let middle = between(stretch[0], stretch[1]);
            let crossing = Line::new(stretch[0], middle.azimuth_rad).at(0.5 * middle.distance_m).place;
            // Roughly eastwards of the border, seen from the middle of the stretch.
            let origin = Line::new(crossing, rad(rng.between(60.0, 115.0))).at(rng.between(90.0, 160.0) * 1000.0).place;
            let low = rng.chance(0.2);
            let wave = Wave {
                name: format!("w{number}-{place}"),
                stretch,
                along: rng.between(0.2, 0.8),
                spread: rng.between(0.05, 0.25),
                origin,
                km_h: rng.between(115.0, 185.0),
                agl_m: if low { rng.between(100.0, 250.0) } else { rng.between(300.0, 1200.0) },
                begin_min: rng.between(8.0, self.size.minutes() - 42.0),
                lasts_min: rng.between(4.0, 22.0),
            };
            for index in 0..=rng.below(8) {
                self.drone(&wave, index + 1)?;
            }
        }
        Ok(())
    }

    fn drone(&mut self, wave: &Wave, number: usize) -> fmt::Result {
        let rng = &mut self.rng;
        let [a, b] = wave.stretch;
        let share = (wave.along + wave.spread * rng.normal()).clamp(0.0, 1.0);
        let stretch = between(a, b);
        let cross = Line::new(a, stretch.azimuth_rad).at(share * stretch.distance_m).place;
        let begin = Line::new(wave.origin, rad(rng.between(0.0, 360.0))).at(rng.between(0.0, 12_000.0)).place;
        let course_rad = between(begin, cross).azimuth_rad + rad(rng.between(-18.0, 18.0));
        let at_min = wave.begin_min + wave.lasts_min * rng.unit();
        let km_h = wave.km_h * rng.between(0.95, 1.05);
        // Depths are log-normal: most some tens of kilometres, a few two hundred.
        let depth_km = (30.0 * exp(0.9 * rng.normal())).clamp(3.0, 250.0);
        let agl = (wave.agl_m * rng.between(0.8, 1.25)).max(80.0);
        let rcs = rng.between(0.02, 0.12);
        let end = Line::new(cross, course_rad).at(depth_km * 1000.0).place;
        let name = format!("{}-{number}", wave.name);
        writeln!(self.out, "[[target]]\nname = \"{name}\"\nkind = \"drone\"\nwave = \"{}\"", wave.name)?;
        writeln!(self.out, "at = \"+{:.0}\"\nat_corner = 1\nrcs_m2 = {rcs:.3}", at_min * 60.0)?;
        if self.rng.chance(0.5) {
            let (every, sigma) = (self.rng.between(6.0, 12.0), self.rng.between(0.5, 1.5));
            writeln!(self.out, "stray = {{ from_corner = 1, every_km = {every:.1}, sigma_km = {sigma:.2} }}")?;
        }
        let leaves = depth_km < 40.0 && self.rng.chance(0.15);
        let (corners, fate) = if leaves {
            let aside = Line::new(end, course_rad + rad(110.0)).at(8000.0).place;
            let out = Line::new(aside, course_rad + rad(180.0)).at((depth_km + 40.0) * 1000.0).place;
            (vec![end, aside, out], "flies-on")
        } else {
            let brought_down = self.rng.chance(0.18);
            let end_min = at_min + 60.0 * depth_km / km_h;
            self.ends.push(End { name: name.clone(), place: end, at_min: end_min, brought_down });
            (vec![end], if brought_down { "brought-down" } else { "comes-down" })
        };
        writeln!(self.out, "fate = \"{fate}\"\npath = [")?;
        writeln!(
            self.out,
            "  {{ to = {}, agl_m = {agl:.0}, km_h = {km_h:.0} }}, {{ to = {} }},",
            text(begin),
            text(cross)
        )?;
        for corner in corners {
            writeln!(self.out, "  {{ to = {} }},", text(corner))?;
        }
        writeln!(self.out, "]\n")
    }

    /// Up to ten that keep outside: along the border for a while, then away.
    fn beside(&mut self) -> fmt::Result {
        for index in 1..=self.rng.below(11) {
            let Some((_, ends)) = self.rng.pick(&STRETCHES).copied() else { continue };
            let rng = &mut self.rng;
            // The stretches lie some hundred metres outside; their bends are within some two kilometres of the straight line.
            let off_m = 2500.0 + 1000.0 * 12.0 * rng.unit() * rng.unit();
            let mut ends = ends.map(|[lat_deg, lon_deg]| LatLon { lat_deg, lon_deg });
            if rng.chance(0.5) {
                ends.reverse();
            }
            let [a, b] = ends.map(|end| Line::new(end, rad(90.0)).at(off_m).place);
            let (from, to) = (rng.between(50.0, 110.0), rng.between(50.0, 110.0));
            let begin = Line::new(a, rad(from)).at(rng.between(25.0, 60.0) * 1000.0).place;
            let away = Line::new(b, rad(to)).at(rng.between(25.0, 60.0) * 1000.0).place;
            let (agl, km_h, rcs) = (rng.between(250.0, 1200.0), rng.between(115.0, 185.0), rng.between(0.02, 0.12));
            let at_s = 60.0 * rng.between(8.0, self.size.minutes() - 20.0);
            writeln!(
                self.out,
                "[[target]]\nname = \"beside-{index}\"\nkind = \"drone\"\nat = \"+{at_s:.0}\"\nat_corner = 1\nrcs_m2 = {rcs:.3}"
            )?;
            writeln!(
                self.out,
                "path = [{{ to = {}, agl_m = {agl:.0}, km_h = {km_h:.0} }}, {{ to = {} }}, {{ to = {} }}, {{ to = {} }}]\n",
                text(begin),
                text(a),
                text(b),
                text(away)
            )?;
        }
        Ok(())
    }
}

fn text(place: LatLon) -> String {
    format!("[{:.4}, {:.4}]", place.lat_deg, place.lon_deg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Fate;

    #[test]
    fn every_seed_gives_a_sound_night_and_its_own() {
        let mut texts = std::collections::BTreeSet::new();
        let (mut waves, mut down, mut told) = (0, 0, 0);
        for seed in 0..200 {
            let text = scenario(seed, Size::Compact);
            let world = World::from_scenario(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
            let flying = world.targets.iter().filter(|target| target.wave.is_some()).count();
            waves += usize::from(flying > 0);
            down += world.targets.iter().filter(|target| target.fate == Fate::BroughtDown).count();
            told += world.said.len();
            assert!(world.radars.len() >= 3 && flying <= 32);
            assert!(world.said.iter().all(|said| said.at >= world.begin && said.at < world.end));
            assert!(texts.insert(text), "seed {seed} repeats another");
        }
        assert!(waves > 180 && waves < 200 && down > 100 && told > 400, "{waves}, {down}, {told}");
        assert_eq!(scenario(7, Size::Compact), scenario(7, Size::Compact));
        assert_ne!(scenario(7, Size::Compact), scenario(7, Size::Whole));
        World::from_scenario(&scenario(7, Size::Whole)).expect("sound");
    }
}
