//! What was counted each day and how much was looked, in a file beside the journal: it outlives the journal, whose oldest parts are removed. For
//! `skypicket trends` (docs/trends.md).

use crate::system::View;
use skypicket_model::assessment::EntryState;
use skypicket_model::{Finding, IncidentId, Span, Subject, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Its name in the journal's folder.
pub const FILE: &str = "history.csv";
const HEAD: &str = "day,sector,kind,count,sensor_hours,strike_intensity";
/// Days kept: ten years, as many as trends look at; and the most watched airspaces and rules that have lines of their own.
const MAX_DAYS: usize = 3640;
const MAX_SERIES: usize = 48;
/// Most of what was counted already that is remembered; the oldest names are forgotten when the pictures no longer hold them.
const MAX_COUNTED: usize = 20_000;
/// How often it is written, and how often pictures are looked at.
const WRITE_EVERY: Duration = Duration::from_secs(300);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between two pictures at most so much counts as looked at: what is longer is a pause of the program.
const LONGEST_S: f64 = 15.0;
/// A sensor is silent after so many of its mean intervals, and this long at least, seconds.
const INTERVALS: f64 = 10.0;
const LEAST_S: f64 = 60.0;

/// What one line of a day says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Line {
    count: u32,
    sensor_s: f64,
}

/// Sector and kind.
type Series = (String, String);
/// What is counted once.
type Key = (IncidentId, Option<Subject>);

/// The days so far.
#[derive(Debug, Default, PartialEq)]
struct Book {
    days: BTreeMap<String, BTreeMap<Series, Line>>,
    counted: BTreeSet<Key>,
    last: Option<Time>,
}

impl Book {
    /// What a file holds; lines that cannot be read are left out.
    fn read(text: &str) -> Self {
        let mut book = Self::default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let [day, sector, kind, count, hours, ..] = fields.as_slice() else { continue };
            let (Ok(count), Ok(hours)) = (count.parse(), hours.parse::<f64>()) else { continue };
            let series = ((*sector).to_owned(), (*kind).to_owned());
            let line = Line { count, sensor_s: 3600.0 * hours.clamp(0.0, 1e9) };
            book.days.entry((*day).to_owned()).or_default().insert(series, line);
        }
        book.bound();
        book
    }

    fn bound(&mut self) {
        while self.days.len() > MAX_DAYS {
            self.days.pop_first();
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{HEAD}\n");
        for (day, lines) in &self.days {
            for ((sector, kind), line) in lines {
                let _ = writeln!(text, "{day},{sector},{kind},{},{:.3},", line.count, line.sensor_s / 3600.0);
            }
        }
        text
    }

    /// Takes a moment: which series there are, how many sensors were watching, and what there is to count, each by its series.
    fn note(&mut self, now: Time, series: &[Series], watching: usize, found: &[(Key, Series)]) {
        let elapsed = self.last.map_or(Span::ZERO, |last| now - last);
        // What was there when the program started was counted before.
        let first = self.last.is_none();
        self.last = Some(now);
        let day: String = now.to_string().chars().take(10).collect();
        let lines = self.days.entry(day).or_default();
        let sensor_s = watching as f64 * elapsed.s().clamp(0.0, LONGEST_S);
        for one in series.iter().take(MAX_SERIES) {
            lines.entry(one.clone()).or_default().sensor_s += sensor_s;
        }
        for (key, one) in found {
            if self.counted.insert(*key)
                && !first
                && let Some(line) = lines.get_mut(one)
            {
                line.count += 1;
            }
        }
        if self.counted.len() > MAX_COUNTED {
            let held: BTreeSet<Key> = found.iter().map(|(key, _)| *key).collect();
            self.counted.retain(|key| held.contains(key));
        }
        self.bound();
    }

    fn see(&mut self, view: &View) {
        let picture = &view.picture;
        let watched = || view.plan.airspaces.iter().filter(|airspace| airspace.watched);
        let all = |kind: &str| ("all".to_owned(), kind.to_owned());
        let mut series: Vec<Series> = watched().map(|airspace| (plain(&airspace.code), "entries".to_owned())).collect();
        series.push(all("incidents"));
        let listening = picture.sensors.iter().filter(|sensor| {
            let patience_s = sensor.mean_interval.map_or(LEAST_S, |mean| (INTERVALS * mean.s()).max(LEAST_S));
            sensor.targets > 0 && (picture.time - sensor.last_received).s() <= patience_s
        });
        let mut found: Vec<(Key, Series)> = Vec::new();
        for incident in picture.incidents.iter() {
            found.push(((incident.id, None), all("incidents")));
            for assessment in &incident.assessments {
                if let Finding::AirspaceEntry(entry) = &assessment.finding
                    && entry.state >= EntryState::Likely
                    && let Some(airspace) = view.plan.airspaces.iter().find(|airspace| airspace.id == entry.airspace)
                {
                    let series = (plain(&airspace.code), "entries".to_owned());
                    found.push(((incident.id, Some(assessment.subject)), series));
                }
            }
        }
        self.note(picture.time, &series, listening.count(), &found);
    }
}

/// A name that a field of the file can hold.
fn plain(code: &str) -> String {
    code.chars().map(|c| if c == ',' || c.is_control() { ' ' } else { c }).collect()
}

/// Keeps the file of a folder while views come; ends with them.
///
/// # Errors
/// When the thread cannot be started.
pub fn keep(views: watch::Receiver<Arc<View>>, folder: &Path) -> io::Result<std::thread::JoinHandle<()>> {
    let path = folder.join(FILE);
    std::thread::Builder::new().name("history".into()).spawn(move || run(views, &path))
}

fn run(mut views: watch::Receiver<Arc<View>>, path: &PathBuf) {
    let mut book = std::fs::read_to_string(path).map_or_else(|_| Book::default(), |text| Book::read(&text));
    let mut written = Instant::now();
    while let Ok(new) = views.has_changed() {
        if new {
            let view = Arc::clone(&views.borrow_and_update());
            book.see(&view);
        }
        if written.elapsed() >= WRITE_EVERY {
            // What cannot be written now is written later: the journal's alarms tell of the disk.
            let _ = write(path, &book.text());
            written = Instant::now();
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let _ = write(path, &book.text());
}

/// All of it or nothing.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("csv.new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u64) -> Key {
        (IncidentId(n), None)
    }

    fn series() -> Series {
        ("POL".to_owned(), "entries".to_owned())
    }

    #[test]
    fn days_are_counted_once_with_the_time_that_sensors_looked() {
        let begin = Time::parse("2025-09-09T23:59:00Z").expect("a time");
        let at = |s: i64| begin + Span::from_s(s);
        let mut book = Book::default();
        book.note(at(0), &[series()], 2, &[(key(1), series())]);
        for s in 1..=120 {
            let found: Vec<(Key, Series)> =
                (1..=1 + u64::from(s > 30) + u64::from(s > 90)).map(|n| (key(n), series())).collect();
            book.note(at(s), &[series()], 2, &found);
        }
        // A pause of the program is not looked at.
        book.note(at(4000), &[series()], 2, &[]);
        let line = |day: &str| book.days.get(day).and_then(|lines| lines.get(&series())).copied().expect("a line");
        assert_eq!(line("2025-09-09"), Line { count: 1, sensor_s: 118.0 });
        assert_eq!(line("2025-09-10"), Line { count: 1, sensor_s: 122.0 + 30.0 });
        assert!(
            book.text()
                .starts_with("day,sector,kind,count,sensor_hours,strike_intensity\n2025-09-09,POL,entries,1,0.033,\n")
        );
        let again = Book::read(&book.text());
        assert_eq!(again.days.len(), 2);
        assert_eq!(again.text(), book.text());
    }

    #[test]
    fn a_file_is_read_as_far_as_it_can_be_and_is_bounded() {
        let damaged = Book::read("day,sector\n2025-09-09,POL,entries,3,24.0,\nrubbish\n2025-09-10,POL,entries,x,1,\n");
        assert_eq!(damaged.days.len(), 1);
        let mut book = Book::default();
        let begin = Time::parse("2025-01-01T00:00:00Z").expect("a time");
        for day in 0..4000 {
            book.note(begin + Span::from_s(86_400 * day), &[series()], 1, &[]);
        }
        assert_eq!(book.days.len(), MAX_DAYS);
        for n in 0..MAX_COUNTED as u64 + 10 {
            book.note(begin + Span::from_s(86_400 * 4000), &[series()], 1, &[(key(n), series())]);
        }
        assert!(book.counted.len() <= MAX_COUNTED + 1);
    }
}
