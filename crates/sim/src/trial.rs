//! Trials: worlds with known truth in the form of a scenario folder, which a tracker and a scorer read (docs/formats/trial.md).
//!
//! A [`Trial`] is a list of sensors and of flown trajectories; [`Trial::play`] lets the sensors look at them, and the writers make the
//! folder's four files of it. Trajectories come from [`pilot`], which steers by bank, wind and waypoints and knows none of a tracker's
//! motion models, or from recordings. The worlds of the story simulator ([`crate::World`]) make sensors' *bytes*; a trial makes plots, so
//! that a tracker alone is measured.
//!
//! Left out: plots of targets near each other never merge, all plots of a look share its time, no terrain, no refraction in the measured
//! angles, noise is white and Gaussian, clutter uniform.

pub mod flights;
pub mod flown;
pub mod pilot;
pub mod recorded;
pub mod station;
pub mod turns;
pub mod unlike;

mod smooth;
mod write;

use crate::rng::Rng;
use flown::Flown;
use station::{Kind, Station};

/// For how long after the last look that could have shown it an object counts as visible, seconds.
const VISIBLE_FOR_S: f64 = 20.0;

/// One object of a trial.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is, for the scorer's tables: `drone`, `airliner`, ….
    pub kind: &'static str,
    /// The address that it reports, if it reports itself.
    pub address: Option<u32>,
    /// Where it flew.
    pub flown: Flown,
}

/// A world to be tracked and scored.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its name.
    pub name: String,
    /// What it is, in one sentence.
    pub description: String,
    /// The seed of everything drawn at random in its looks.
    pub seed: u64,
    /// Its length, seconds.
    pub duration_s: f64,
    /// How often tracks are asked for, seconds.
    pub step_s: f64,
    /// Its sensors.
    pub stations: Vec<Station>,
    /// Its objects; an object's number is its place in this list.
    pub targets: Vec<Target>,
}

/// What a sensor says of one object, or of none.
#[derive(Clone, Debug, PartialEq)]
pub enum Sighting {
    /// Range (m), azimuth and elevation (degrees).
    Radar3d([f64; 3]),
    /// Range (m) and azimuth (degrees).
    Radar2d([f64; 2]),
    /// Azimuth, degrees.
    Bearing(f64),
    /// Latitude, longitude (degrees), height (m), velocity east, north, up (m/s), address.
    SelfReport([f64; 6], u32),
}

/// One look of one sensor.
#[derive(Clone, Debug)]
pub struct Look {
    /// The sensor's place in the trial's list.
    pub station: usize,
    /// When it looked, seconds.
    pub time_s: f64,
    /// When the look arrived, seconds.
    pub arrival_s: f64,
    /// Its number, of this sensor.
    pub scan: u32,
    /// What it saw, in random order, and of which object; `None` for clutter.
    pub sightings: Vec<(Sighting, Option<u32>)>,
}

/// A trial's looks, and what could have been seen.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// All looks in order of arrival.
    pub looks: Vec<Look>,
    /// For each object the looks that it was within sight of: time (s) and sensor, in order of time.
    pub in_sight: Vec<Vec<(f64, usize)>>,
    /// For each object the times of its own plots, in order.
    pub own_s: Vec<Vec<f64>>,
}

impl Played {
    /// How many plots of an object's own came after one moment and until another, seconds of their measurement.
    #[must_use]
    pub fn own_plots(&self, object: usize, after_s: f64, until_s: f64) -> u32 {
        let own = self.own_s.get(object).map_or(&[][..], Vec::as_slice);
        let to = |at_s: f64| own.partition_point(|time_s| *time_s <= at_s);
        u32::try_from(to(until_s).saturating_sub(to(after_s))).unwrap_or(u32::MAX)
    }

    /// What an oracle is given of one object: its own plots, and no look without one.
    #[must_use]
    pub fn only(&self, object: usize) -> Self {
        let number = u32::try_from(object).ok();
        let own = |look: &Look| {
            let sightings: Vec<_> =
                look.sightings.iter().filter(|(_, of)| of.is_some() && *of == number).cloned().collect();
            (!sightings.is_empty()).then(|| Look { sightings, ..look.clone() })
        };
        Self { looks: self.looks.iter().filter_map(own).collect(), ..Self::default() }
    }
}

impl Trial {
    /// Lets every sensor look at everything until the end.
    #[must_use]
    pub fn play(&self) -> Played {
        let none = vec![Vec::new(); self.targets.len()];
        let mut played = Played { looks: Vec::new(), in_sight: none, own_s: vec![Vec::new(); self.targets.len()] };
        for (index, station) in self.stations.iter().enumerate() {
            let mut rng = Rng::named(self.seed, &format!("station {}", station.id));
            let mut scan = 0_u32;
            loop {
                let time_s = station.phase_s + f64::from(scan) * station.period_s;
                if time_s > self.duration_s {
                    break;
                }
                // Drawn also for looks that fall into a silence, so that a silence changes nothing after it.
                let look = self.look(index, station, time_s, scan, &mut rng, &mut played.in_sight);
                if !station.silent_s.iter().any(|(from, to)| (*from..*to).contains(&time_s)) {
                    played.looks.push(look);
                }
                scan += 1;
            }
        }
        played.looks.sort_by(|a, b| {
            let key = |look: &Look| (look.arrival_s, look.time_s, look.station);
            key(a).partial_cmp(&key(b)).unwrap_or(core::cmp::Ordering::Equal)
        });
        for look in &played.looks {
            for object in look.sightings.iter().filter_map(|(_, object)| *object) {
                played.own_s[object as usize].push(look.time_s);
            }
        }
        for times in &mut played.own_s {
            times.sort_by(f64::total_cmp);
        }
        for looks in &mut played.in_sight {
            looks.sort_by(|a, b| a.partial_cmp(b).unwrap_or(core::cmp::Ordering::Equal));
        }
        played
    }

    fn look(
        &self,
        index: usize,
        station: &Station,
        time_s: f64,
        scan: u32,
        rng: &mut Rng,
        in_sight: &mut [Vec<(f64, usize)>],
    ) -> Look {
        let silent = station.silent_s.iter().any(|(from, to)| (*from..*to).contains(&time_s));
        let mut sightings = Vec::new();
        for (number, target) in self.targets.iter().enumerate() {
            if station.kind == Kind::SelfReports && target.address.is_none() {
                continue;
            }
            let Some(state) = target.flown.at(time_s).filter(|state| station.sees(state)) else { continue };
            if !silent {
                in_sight[number].push((time_s, index));
            }
            if rng.chance(station.pd) {
                let sighting = station.measure(&state, target.address.unwrap_or(0), rng);
                sightings.push((sighting, u32::try_from(number).ok()));
            }
        }
        for _ in 0..rng.poisson(station.clutter) {
            if let Some(sighting) = station.clutter(rng) {
                sightings.push((sighting, None));
            }
        }
        // Fisher and Yates.
        for k in (1..sightings.len()).rev() {
            sightings.swap(k, rng.below(k + 1));
        }
        Look { station: index, time_s, arrival_s: time_s + station.delay(rng), scan, sightings }
    }

    /// The moments at which tracks are asked for, seconds.
    pub fn asked_s(&self) -> impl Iterator<Item = f64> {
        let (step_s, count) = (self.step_s, (self.duration_s / self.step_s + 1e-6).floor().clamp(0.0, 1e6) as u32);
        (1..=count).map(move |k| f64::from(k) * step_s)
    }

    /// Whether an object could have been seen in the 20 s before a moment: by a radar or its own reports, or by two listening posts.
    #[must_use]
    pub fn visible(&self, played: &Played, object: usize, at_s: f64) -> bool {
        let Some(looks) = played.in_sight.get(object) else { return false };
        let to = looks.partition_point(|(time_s, _)| *time_s <= at_s);
        let mut post = None;
        for &(_, station) in looks[..to].iter().rev().take_while(|(time_s, _)| *time_s > at_s - VISIBLE_FOR_S) {
            let alone = self.stations.get(station).is_some_and(|station| station.kind != Kind::Bearing);
            if alone || post.is_some_and(|other| other != station) {
                return true;
            }
            post = Some(station);
        }
        false
    }
}

#[cfg(test)]
#[path = "trial/trial_tests.rs"]
mod tests;
