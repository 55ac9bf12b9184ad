//! Flight plans, one JSON object a line: `docs/formats/flight-plan.md`.

use serde::Deserialize;
use skypicket_model::{Address, FlightId, FlightPlan, LatLon, Mode3A, Time};

use crate::airspace::{Fault, MAX_FAULTS};

/// Most plans read from one file.
pub const MAX_PLANS: usize = 200_000;
/// Longest line read, bytes.
pub const MAX_LINE: usize = 65_536;
/// How far from its route a flight may be when the plan does not say, metres.
pub const DEFAULT_CORRIDOR_M: f64 = 20_000.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    flight_id: String,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    squawk: Option<String>,
    from: String,
    until: String,
    #[serde(default)]
    airspaces: Vec<String>,
    #[serde(default)]
    route: Vec<Point>,
    #[serde(default)]
    corridor_m: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    lat_deg: f64,
    lon_deg: f64,
}

/// A plan as one line of such a file, without the line's end.
#[must_use]
pub fn write(plan: &FlightPlan) -> String {
    let route: Vec<serde_json::Value> =
        plan.route.iter().map(|p| serde_json::json!({"lat_deg": p.lat_deg, "lon_deg": p.lon_deg})).collect();
    let mut line = serde_json::json!({
        "id": plan.id,
        "flight_id": plan.flight_id.as_str(),
        "from": plan.from.to_string(),
        "until": plan.until.to_string(),
        "airspaces": plan.airspaces,
        "route": route,
    });
    if !plan.route.is_empty() && plan.corridor_m > 0.0 {
        line["corridor_m"] = plan.corridor_m.into();
    }
    if let Some(address) = plan.address {
        line["address"] = address.to_string().into();
    }
    if let Some(squawk) = plan.squawk {
        line["squawk"] = squawk.to_string().into();
    }
    line.to_string()
}

/// Reads a file's plans. Blank lines and lines that begin with `#` are passed over.
///
/// # Errors
/// All faults, each with its line.
pub fn read(text: &str) -> Result<Vec<FlightPlan>, Vec<Fault>> {
    let (mut plans, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let read = if line.len() > MAX_LINE {
            Err(format!("the line is longer than {MAX_LINE} bytes"))
        } else if plans.len() >= MAX_PLANS {
            Err(format!("more than {MAX_PLANS} flight plans"))
        } else {
            plan(line)
        };
        match read {
            Ok(plan) => plans.push(plan),
            Err(what) if faults.len() < MAX_FAULTS => faults.push(Fault { line: number + 1, what }),
            Err(_) => break,
        }
    }
    if faults.is_empty() { Ok(plans) } else { Err(faults) }
}

fn plan(line: &str) -> Result<FlightPlan, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let wrong = |key: &str, value: &str, wanted: &str| format!("{key} is \"{value}\", must be {wanted}");
    let time = |key: &str, value: &str| {
        Time::parse(value).ok_or_else(|| wrong(key, value, "a time with zone like 2025-09-10T01:30:00Z"))
    };
    let (from, until) = (time("from", &line.from)?, time("until", &line.until)?);
    if until <= from {
        return Err("until is not after from".to_owned());
    }
    let flight_id = FlightId::parse(&line.flight_id)
        .ok_or_else(|| wrong("flight_id", &line.flight_id, "up to 8 letters and digits"))?;
    let address = line
        .address
        .as_deref()
        .map(|text| Address::parse(text).ok_or_else(|| wrong("address", text, "up to 6 hexadecimal digits")));
    let squawk = line
        .squawk
        .as_deref()
        .map(|text| Mode3A::parse(text).ok_or_else(|| wrong("squawk", text, "up to 4 octal digits")));
    let corridor_m = line.corridor_m.unwrap_or(DEFAULT_CORRIDOR_M);
    if !(100.0..=1e6).contains(&corridor_m) {
        return Err(format!("corridor_m is {corridor_m}, must be 100 to 1,000,000"));
    }
    let route = line
        .route
        .iter()
        .map(|point| {
            LatLon::new(point.lat_deg, point.lon_deg)
                .ok_or_else(|| format!("route has {}, {}, which is no place", point.lat_deg, point.lon_deg))
        })
        .collect::<Result<_, _>>()?;
    Ok(FlightPlan {
        id: line.id,
        flight_id,
        address: address.transpose()?,
        squawk: squawk.transpose()?,
        from,
        until,
        airspaces: line.airspaces,
        route,
        corridor_m,
    })
}
