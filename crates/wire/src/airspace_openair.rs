//! Airspace from OpenAir files, as gliders' and drones' instruments use them. What is read: `docs/formats/airspace-openair.md`.

use skypicket_model::airspace::{SourceDocument, Window};
use skypicket_model::math::{M_PER_NM, rad};
use skypicket_model::{Airspace, AirspaceId, AirspaceKind, EdgeClass, LatLon, Ring, Time, VerticalLimit};

use crate::airspace::{Fault, MAX_AIRSPACES, MAX_CORNERS, MAX_FAULTS, arc, azimuth_and_distance, circle, limit};

/// Reads a file's airspaces; ids count up from `first`. `source` names the file and its SHA-256.
///
/// # Errors
/// All faults, each with its line.
pub fn read(
    text: &str,
    first: AirspaceId,
    source: &SourceDocument,
    watched: bool,
) -> Result<Vec<Airspace>, Vec<Fault>> {
    let mut reader =
        Reader { first, source, watched, open: None, airspaces: Vec::new(), faults: Vec::new(), corners: 0 };
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        // A star begins a comment, at the line's beginning or after a record.
        let record = line.split('*').next().unwrap_or_default().trim();
        if !record.is_empty()
            && let Err(what) = reader.record(line_number, record)
        {
            reader.fault(line_number, what);
        }
    }
    reader.close();
    if reader.faults.is_empty() { Ok(reader.airspaces) } else { Err(reader.faults) }
}

struct Reader<'a> {
    first: AirspaceId,
    source: &'a SourceDocument,
    watched: bool,
    open: Option<Open>,
    airspaces: Vec<Airspace>,
    faults: Vec<Fault>,
    corners: usize,
}

/// The airspace that is being read.
struct Open {
    line: usize,
    kind: AirspaceKind,
    name: Option<String>,
    code: Option<String>,
    lower: Option<VerticalLimit>,
    upper: Option<VerticalLimit>,
    schedule: Vec<Window>,
    never_active: bool,
    points: Vec<LatLon>,
    centre: Option<LatLon>,
    clockwise: bool,
}

impl Reader<'_> {
    fn fault(&mut self, line: usize, what: String) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { line, what });
        }
    }

    fn record(&mut self, line: usize, record: &str) -> Result<(), String> {
        let (key, value) = record.split_once(char::is_whitespace).unwrap_or((record, ""));
        let value = value.trim();
        if key == "AC" {
            self.close();
            self.open = Some(Open::new(line, class(value)));
            return Ok(());
        }
        // Display hints of instruments say nothing about the airspace; they may stand anywhere.
        if matches!(key, "SP" | "SB" | "AT" | "AF" | "AG" | "AX" | "TO" | "TC") {
            return Ok(());
        }
        let Some(open) = &mut self.open else {
            return Err(format!("\"{key}\" before the first AC"));
        };
        let before = open.points.len();
        match key {
            "AN" => open.name = Some(value.to_owned()),
            "AI" => open.code = Some(value.to_owned()),
            "AY" => open.kind = class(value),
            "AL" => open.lower = Some(limit(value)?),
            "AH" => open.upper = Some(limit(value)?),
            "AA" => open.times(value)?,
            "V" => open.variable(value)?,
            "DP" => open.points.push(coordinate(value)?),
            "DC" => open.circle(value)?,
            "DA" => open.arc_by_angles(value)?,
            "DB" => open.arc_by_ends(value)?,
            "DY" => return Err("an airway (DY) is no airspace with a boundary".to_owned()),
            _ => return Err(format!("unknown record \"{key}\"")),
        }
        self.corners += open.points.len() - before;
        if self.corners > MAX_CORNERS {
            open.points.clear();
            return Err(format!("the file has more than {MAX_CORNERS} corners"));
        }
        Ok(())
    }

    /// Ends the airspace that is being read.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let line = open.line;
        let name = open.name.clone().filter(|name| !name.is_empty());
        let Some(name) = name else {
            return self.fault(line, "an airspace has no name (AN)".to_owned());
        };
        let mut points = open.points;
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        if points.len() < 3 {
            return self.fault(line, format!("airspace \"{name}\" has {} corners, must have 3 or more", points.len()));
        }
        let (Some(lower), Some(upper)) = (open.lower, open.upper) else {
            return self.fault(line, format!("airspace \"{name}\" lacks its lower (AL) or upper limit (AH)"));
        };
        if open.never_active {
            return;
        }
        if self.airspaces.len() >= MAX_AIRSPACES {
            return self.fault(line, format!("more than {MAX_AIRSPACES} airspaces"));
        }
        let number = u32::try_from(self.airspaces.len()).unwrap_or(u32::MAX);
        self.airspaces.push(Airspace {
            id: AirspaceId(self.first.0.saturating_add(number)),
            code: open.code.filter(|code| !code.is_empty()).unwrap_or_else(|| name.clone()),
            name,
            kind: open.kind,
            rings: vec![Ring { edges: vec![EdgeClass::Exact; points.len()], points }],
            lower,
            upper,
            schedule: open.schedule,
            source: self.source.clone(),
            watched: self.watched,
        });
    }
}

impl Open {
    const fn new(line: usize, kind: AirspaceKind) -> Self {
        Self {
            line,
            kind,
            name: None,
            code: None,
            lower: None,
            upper: None,
            schedule: Vec::new(),
            never_active: false,
            points: Vec::new(),
            centre: None,
            clockwise: true,
        }
    }

    /// `V X=centre`, `V D=+` or `V D=-`; zoom and others are display hints.
    fn variable(&mut self, value: &str) -> Result<(), String> {
        let Some((name, value)) = value.split_once('=') else {
            return Err(format!("V is \"{value}\", must be like X=52:10:00 N 021:00:00 E or D=+"));
        };
        match (name.trim(), value.trim()) {
            ("X", value) => self.centre = Some(coordinate(value)?),
            ("D", "+") => self.clockwise = true,
            ("D", "-") => self.clockwise = false,
            ("D", other) => return Err(format!("direction is \"{other}\", must be + or -")),
            _ => {}
        }
        Ok(())
    }

    fn centre(&self) -> Result<LatLon, String> {
        self.centre.ok_or_else(|| "an arc or circle without its centre (V X=)".to_owned())
    }

    fn circle(&mut self, value: &str) -> Result<(), String> {
        let radius_nm = number(value)?;
        self.points.extend(circle(self.centre()?, radius_nm * M_PER_NM)?);
        Ok(())
    }

    fn arc_by_angles(&mut self, value: &str) -> Result<(), String> {
        let parts: Vec<&str> = value.split(',').collect();
        let [radius_nm, from_deg, to_deg] = parts[..] else {
            return Err(format!("DA is \"{value}\", must be radius in NM, start and end angle in degrees"));
        };
        let radius_m = number(radius_nm)? * M_PER_NM;
        let (from_rad, to_rad) = (rad(number(from_deg)?), rad(number(to_deg)?));
        self.points.extend(arc(self.centre()?, (radius_m, radius_m), from_rad, to_rad, self.clockwise)?);
        Ok(())
    }

    fn arc_by_ends(&mut self, value: &str) -> Result<(), String> {
        let Some((from, to)) = value.split_once(',') else {
            return Err(format!("DB is \"{value}\", must be two coordinates"));
        };
        let (from, to, centre) = (coordinate(from)?, coordinate(to)?, self.centre()?);
        let ((from_rad, from_m), (to_rad, to_m)) =
            (azimuth_and_distance(centre, from), azimuth_and_distance(centre, to));
        // The ends are given rounded: the radius goes from the one to the other.
        let mut points = arc(centre, (from_m, to_m), from_rad, to_rad, self.clockwise)?;
        if let Some(last) = points.last_mut() {
            *last = to;
        }
        if let Some(first) = points.first_mut() {
            *first = from;
        }
        self.points.append(&mut points);
        Ok(())
    }

    /// Activation times of the extended format: ISO 8601 intervals, or NONE.
    fn times(&mut self, value: &str) -> Result<(), String> {
        if value.eq_ignore_ascii_case("NONE") {
            self.never_active = true;
            return Ok(());
        }
        let wrong = || format!("AA is \"{value}\", must be like 2025-09-10T20:00Z/2025-09-11T04:00Z or NONE");
        let (from, until) = value.split_once('/').ok_or_else(wrong)?;
        let (from, until) = (moment(from).ok_or_else(wrong)?, moment(until).ok_or_else(wrong)?);
        if until <= from {
            return Err(wrong());
        }
        self.schedule.push(Window { from, until, weekdays: 0x7f, daily_from_s: 0, daily_until_s: 86_400 });
        Ok(())
    }
}

/// ISO 8601 with or without seconds.
fn moment(text: &str) -> Option<Time> {
    let text = text.trim();
    Time::parse(text).or_else(|| {
        let minutes = text.strip_suffix('Z')?;
        Time::parse(&format!("{minutes}:00Z"))
    })
}

/// What an OpenAir class or type is here; classes A to G are controlled or uncontrolled air that nobody guards as such.
fn class(text: &str) -> AirspaceKind {
    match text.trim().to_ascii_uppercase().as_str() {
        "CTR" | "MCTR" => AirspaceKind::Ctr,
        "TMA" | "MTMA" | "CTA" => AirspaceKind::Tma,
        "P" => AirspaceKind::Prohibited,
        "R" | "TRA" | "TSA" => AirspaceKind::Restricted,
        "Q" | "D_AREA" => AirspaceKind::Danger,
        "FIR" | "UIR" => AirspaceKind::Fir,
        "ADIZ" => AirspaceKind::Adiz,
        "UAS" | "UASZ" | "RPAS" => AirspaceKind::UasZone,
        _ => AirspaceKind::Other,
    }
}

fn number(text: &str) -> Result<f64, String> {
    let value: Option<f64> = text.trim().parse().ok();
    value.filter(|value| value.is_finite()).ok_or_else(|| format!("\"{}\" is no number", text.trim()))
}

/// `52:10:30 N 021:00:00 E`, `52:10.5N 021:00.0E`.
fn coordinate(text: &str) -> Result<LatLon, String> {
    let wrong = || format!("coordinate is \"{}\", must be like 52:10:30 N 021:00:00 E", text.trim());
    let upper = text.trim().to_ascii_uppercase();
    let split = upper.find(['N', 'S']).ok_or_else(wrong)?;
    let (lat_text, rest) = upper.split_at(split);
    let south = rest.starts_with('S');
    let rest = rest.get(1..).unwrap_or_default().trim();
    let lon_text = rest.strip_suffix(['E', 'W']).ok_or_else(wrong)?;
    let west = rest.ends_with('W');
    let (lat_deg, lon_deg) = (sexagesimal(lat_text).ok_or_else(wrong)?, sexagesimal(lon_text).ok_or_else(wrong)?);
    if lon_deg > 180.0 {
        return Err(wrong());
    }
    LatLon::new(if south { -lat_deg } else { lat_deg }, if west { -lon_deg } else { lon_deg }).ok_or_else(wrong)
}

/// Degrees, or degrees:minutes, or degrees:minutes:seconds; the last may have decimals.
fn sexagesimal(text: &str) -> Option<f64> {
    let mut value = 0.0;
    let mut unit = 1.0;
    for (count, part) in text.trim().split(':').enumerate() {
        let part: f64 = part.trim().parse().ok()?;
        let valid = part >= 0.0 && (count == 0 || part < 60.0) && count < 3;
        if !valid {
            return None;
        }
        value += part / unit;
        unit *= 60.0;
    }
    Some(value)
}
