//! Random worlds of the night's kind, drawn from a seed and written as a scenario, so that each can be read, changed and kept.

use crate::rng::Rng;
use crate::story::ScenarioError;
use crate::world::World;
use core::fmt::{self, Write};

/// Where drones come over: name, and corners far outside, at the border and inside, degrees.
const SECTORS: [(&str, [[f64; 2]; 3]); 4] = [
    ("brest", [[52.00, 24.80], [51.93, 23.64], [51.80, 22.80]]),
    ("bug", [[52.30, 24.50], [52.17, 23.48], [52.25, 22.60]]),
    ("volyn", [[51.15, 24.90], [51.08, 23.90], [51.05, 22.90]]),
    ("lviv", [[50.60, 25.00], [50.65, 24.08], [50.60, 22.90]]),
];
/// Lines beside the border that are flown without crossing it.
const BESIDE: [[[f64; 2]; 3]; 3] = [
    [[51.30, 24.60], [51.20, 23.95], [51.50, 24.30]],
    [[52.30, 24.60], [52.25, 23.80], [52.75, 24.30]],
    [[49.70, 24.30], [50.00, 23.55], [50.30, 24.40]],
];
/// Routes of civil traffic: flight level, corners.
const ROUTES: [(&str, u32, [[f64; 2]; 3]); 4] = [
    ("west-northeast", 330, [[51.3, 12.6], [52.3, 17.5], [54.85, 25.2]]),
    ("northeast-west", 340, [[55.1, 25.0], [52.6, 17.4], [51.6, 12.6]]),
    ("north-south", 350, [[56.5, 18.2], [52.0, 19.2], [48.4, 19.0]]),
    ("south-north", 360, [[47.6, 19.9], [52.4, 21.8], [56.8, 24.2]]),
];

/// The scenario of a seed: an hour with one to three waves, some that never cross, and civil traffic.
#[must_use]
pub fn scenario(seed: u64) -> String {
    let mut text = String::with_capacity(8 << 10);
    // Writing to a String does not fail.
    let _ = Writer { out: &mut text, rng: Rng::named(seed, "random world"), seed }.write();
    text
}

impl World {
    /// The random world of a seed; [`scenario`] is its text.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        Self::from_scenario(&scenario(seed)).unwrap_or_else(|error: ScenarioError| unsound(seed, &error))
    }
}

/// Tests read the worlds of many seeds: a text of ours that we cannot read is a defect of ours.
#[allow(clippy::panic, reason = "a defect of the generator, not of any input")]
fn unsound(seed: u64, error: &ScenarioError) -> ! {
    panic!("the random scenario of seed {seed} is unsound: {error}")
}

struct Writer<'a> {
    out: &'a mut String,
    rng: Rng,
    seed: u64,
}

impl Writer<'_> {
    fn write(&mut self) -> fmt::Result {
        self.head()?;
        self.radars()?;
        self.others()?;
        self.traffic()?;
        let crossing = self.waves()?;
        let beside = self.beside()?;
        writeln!(self.out, "```\n\n## What must be seen\n\n```expect")?;
        if beside > 0 {
            writeln!(self.out, "beside-* never enters POL as likely")?;
        }
        if crossing > 0 {
            writeln!(self.out, "entries into POL as established: at least 1")?;
        }
        writeln!(self.out, "alarms: at most 5 in any 10 min\n```")
    }

    fn head(&mut self) -> fmt::Result {
        let seed = self.seed;
        let qnh = self.rng.between(995.0, 1030.0).round();
        writeln!(self.out, "# A random night, seed {seed}\n\nEverything in it is invented.\n\n```toml\n[world]")?;
        writeln!(
            self.out,
            "name = \"A random night, seed {seed}\"\nbegin = \"2025-09-20T20:00:00Z\"\nend = \"+60:00\""
        )?;
        writeln!(
            self.out,
            "seed = {}\nwatched = [\"POL\"]\ngeoid_m = 32\nground_m = 170\nqnh_hpa = {qnh}\n",
            seed & 0x7fff_ffff
        )?;
        writeln!(
            self.out,
            "[airlines]\nVST = {{ first_address = \"489a00\" }}\nRHN = {{ first_address = \"3c6400\" }}\n"
        )
    }

    fn radars(&mut self) -> fmt::Result {
        let sites = [("north", 52.25, 22.45), ("middle", 51.25, 23.05), ("south", 50.45, 23.25), ("west", 51.9, 20.3)];
        let count = 3 + self.rng.below(2);
        for (index, (name, lat, lon)) in sites.into_iter().take(count).enumerate() {
            let rng = &mut self.rng;
            let (lat, lon) = (lat + rng.between(-0.1, 0.1), lon + rng.between(-0.1, 0.1));
            let period = [4.0, 5.0, 6.0, 8.0, 10.0].get(rng.below(5)).copied().unwrap_or(6.0);
            let (mast, phase) = (rng.between(25.0, 60.0), rng.between(0.0, period));
            let (range_sigma, azimuth_sigma) = (rng.between(30.0, 120.0), rng.between(0.05, 0.2));
            let (reference, clutter) = (rng.between(170.0, 230.0), rng.between(0.0, 15.0));
            writeln!(
                self.out,
                "[[radar]]\nname = \"radar-{name}\"\nsac = 200\nsic = {}\nat = [{lat:.3}, {lon:.3}]",
                index + 1
            )?;
            writeln!(self.out, "mast_m = {mast:.0}\nperiod_s = {period}\nphase_s = {phase:.2}\nrange_km = [1, 300]")?;
            writeln!(self.out, "range_sigma_m = {range_sigma:.0}\nazimuth_sigma_deg = {azimuth_sigma:.3}")?;
            if self.rng.chance(0.3) {
                writeln!(self.out, "elevation_sigma_deg = {:.2}", self.rng.between(0.15, 0.5))?;
            }
            writeln!(
                self.out,
                "primary = {{ reference_km = {reference:.0} }}\nsecondary = {{ range_km = 300 }}\nclutter = {clutter:.1}"
            )?;
            if self.rng.chance(0.25) {
                let from = 5 + self.rng.below(50);
                writeln!(self.out, "silent = [[\"+{from}:00\", \"+{}:30\"]]", from + 1 + self.rng.below(4))?;
            }
            self.out.push('\n');
        }
        Ok(())
    }

    fn others(&mut self) -> fmt::Result {
        for (name, lat, lon) in [("centre", 52.2, 21.0), ("south", 50.1, 20.0), ("east", 51.2, 22.6)] {
            let stamps = if self.rng.chance(0.5) { "gps" } else { "counter" };
            let mast = self.rng.between(15.0, 60.0);
            writeln!(
                self.out,
                "[[receiver]]\nname = \"adsb-{name}\"\nat = [{lat}, {lon}]\nmast_m = {mast:.0}\nrange_km = 350\nstamps = \"{stamps}\"\n"
            )?;
        }
        if self.rng.chance(0.5) {
            writeln!(
                self.out,
                "[[listener]]\nname = \"post\"\nat = [52.05, 23.58]\nperiod_s = 2\nazimuth_sigma_deg = 2.5\nprobability = 0.7\n"
            )?;
        }
        Ok(())
    }

    fn traffic(&mut self) -> fmt::Result {
        for (name, fl, corners) in ROUTES {
            let (every, kt) = (self.rng.between(6.0, 20.0), self.rng.between(430.0, 470.0));
            let [[a, b], [c, d], [e, f]] = corners;
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

    /// One to three waves of one to five drones; the count of all.
    fn waves(&mut self) -> Result<usize, fmt::Error> {
        let mut count = 0;
        for wave in 0..=self.rng.below(3) {
            let Some((name, corners)) = self.rng.pick(&SECTORS).copied() else { continue };
            let start_s = self.rng.between(480.0, 2400.0);
            for _ in 0..=self.rng.below(5) {
                count += 1;
                let at_s = start_s + self.rng.between(0.0, 400.0);
                self.drone(&format!("{name}-{wave}-{count}"), at_s, corners, 0.06)?;
            }
        }
        Ok(count)
    }

    /// Up to four that never cross; the count.
    fn beside(&mut self) -> Result<usize, fmt::Error> {
        let count = self.rng.below(5);
        for index in 0..count {
            let Some(corners) = self.rng.pick(&BESIDE).copied() else { continue };
            let at_s = self.rng.between(300.0, 2900.0);
            self.drone(&format!("beside-{index}"), at_s, corners, 0.03)?;
        }
        Ok(count)
    }

    fn drone(&mut self, name: &str, at_s: f64, corners: [[f64; 2]; 3], spread_deg: f64) -> fmt::Result {
        let rng = &mut self.rng;
        // Gerbera to Shahed as monitors give them; most stay below 1,000 m (docs/simulation.md).
        let (km_h, agl) = (rng.between(110.0, 200.0), rng.between(250.0, 1100.0));
        let rcs = rng.between(0.02, 0.15);
        let [far, near, inside] =
            corners.map(|[lat, lon]| [lat + spread_deg * rng.normal(), lon + 0.5 * spread_deg * rng.normal()]);
        writeln!(
            self.out,
            "[[target]]\nname = \"{name}\"\nkind = \"drone\"\nat = \"+{:.0}\"\nat_corner = 1\nrcs_m2 = {rcs:.3}",
            at_s
        )?;
        writeln!(
            self.out,
            "path = [{{ to = [{:.4}, {:.4}], agl_m = {agl:.0}, km_h = {km_h:.0} }}, {{ to = [{:.4}, {:.4}] }}, {{ to = [{:.4}, {:.4}] }}]\n",
            far[0], far[1], near[0], near[1], inside[0], inside[1]
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_gives_a_sound_world_and_its_own() {
        let mut texts = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let text = scenario(seed);
            let world = World::from_scenario(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
            assert!(world.radars.len() >= 3 && world.targets.len() > 10);
            assert!(texts.insert(text), "seed {seed} repeats another");
        }
        assert_eq!(scenario(7), scenario(7));
    }
}
