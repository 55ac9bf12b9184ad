//! `sbs`: SBS-1 / BaseStation text, one line a message, 22 columns separated by commas.
//!
//! Source: the BaseStation socket data description (Kinetic Avionic Products) as dump1090 and readsb write it; columns are named by
//! their number there. Documentation page: docs/formats/sbs.md.

use crate::decoder::{Chunk, DecoderKind, FeedSetup, Output};
use crate::text::{Fault, LineDecoder, ReadLine};
use skypicket_model::math::{M_S_PER_FT_MIN, M_S_PER_KT, rad, sin_cos};
use skypicket_model::observation::{
    Channel, Fix, FixSource, HorizontalSigma, ModeS, ModeSPart, SelfPart, SelfReport, StatedPosition, StatedVelocity,
};
use skypicket_model::{
    Address, AddressKind, FlightId, LatLon, Mode3A, PressureAltitude, Reality, Report, SensorId, Span, Time,
};

/// The longest line, bytes; real ones have about 130.
pub const MAX_LINE_BYTES: usize = 512;
/// Columns of a MSG line.
const COLUMNS: usize = 22;
/// Limits of what can be meant, far outside of what flies: beyond them a number is damage.
const PRESSURE_LIMITS_FT: (f64, f64) = (-2_000.0, 150_000.0);
const SPEED_LIMITS_KT: (f64, f64) = (0.0, 4_000.0);
const RATE_LIMITS_FT_MIN: (f64, f64) = (-60_000.0, 60_000.0);

/// The row of the registry.
pub(crate) const SBS: DecoderKind = DecoderKind {
    name: "sbs",
    summary: "SBS-1 / BaseStation text lines (TCP port 30003), without quality figures",
    records: &[
        "MSG,1", "MSG,2", "MSG,3", "MSG,4", "MSG,5", "MSG,6", "MSG,7", "MSG,8", "SEL", "ID", "AIR", "STA", "CLK",
    ],
    build: |setup| Ok(Box::new(LineDecoder::new(MAX_LINE_BYTES, LineReader::new(setup)?))),
    schema: || schemars::schema_for!(Params),
};

/// Parameters of `sbs`.
#[derive(Clone, Copy, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Take `measured` from the line's own date and time (columns 7 and 8), which are local time of the sender's clock with this
    /// offset from UTC in minutes (Poland in summer: 120). Without it `measured` is `received`.
    pub utc_offset_minutes: Option<i32>,
    /// The positions of this feed are results of multilateration (as mlat-client writes them), not self-reports.
    pub multilateration: bool,
    /// 1-sigma of a position component, metres; the format carries no quality. Default 500: what is taken where ADS-B states nothing.
    pub position_sigma_m: f64,
    /// 1-sigma of a velocity component, m/s. Default 10: as for NACv 0.
    pub velocity_sigma_m_s: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { utc_offset_minutes: None, multilateration: false, position_sigma_m: 500.0, velocity_sigma_m_s: 10.0 }
    }
}

impl Params {
    fn check(self) -> Result<Self, String> {
        let positive = |name: &str, value: f64| {
            if value.is_finite() && value > 0.0 { Ok(()) } else { Err(format!("{name} is {value}, must be above 0")) }
        };
        positive("position_sigma_m", self.position_sigma_m)?;
        positive("velocity_sigma_m_s", self.velocity_sigma_m_s)?;
        match self.utc_offset_minutes {
            Some(minutes) if minutes.abs() > 14 * 60 => {
                Err(format!("utc_offset_minutes is {minutes}, must be in [-840, 840]"))
            }
            _ => Ok(self),
        }
    }
}

/// What reading a line needs beside the line.
struct LineReader {
    params: Params,
    sensor: SensorId,
}

impl LineReader {
    fn new(setup: &FeedSetup) -> Result<Self, String> {
        Ok(Self { params: setup.params::<Params>()?.check()?, sensor: setup.feed_sensor() })
    }
}

/// The columns of a line, 0-based: column 5 of the description is `columns[4]`.
type Columns<'a> = [&'a str; COLUMNS];

/// The columns and how many there are; more than 22 are counted, not kept.
fn columns(line: &str) -> (Columns<'_>, usize) {
    let mut columns = [""; COLUMNS];
    let mut count = 0;
    for column in line.split(',') {
        if let Some(slot) = columns.get_mut(count) {
            *slot = column.trim();
        }
        count += 1;
    }
    (columns, count)
}

/// A number within limits; `None` when the column is empty.
fn number(text: &str, limits: (f64, f64), item: &'static str) -> Result<Option<f64>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    // Not every text that a float can be parsed from is a number in a column: "inf", "nan", "1e400".
    let value: f64 = text.parse().map_err(|_| (item, "not a number"))?;
    if !(limits.0..=limits.1).contains(&value) {
        return Err((item, "out of range"));
    }
    Ok(Some(value))
}

/// A flag: empty says nothing, 0 is false, −1 (BaseStation, dump1090) and 1 (others) are true.
fn flag(text: &str, item: &'static str) -> Result<Option<bool>, Fault> {
    match text {
        "" => Ok(None),
        "0" => Ok(Some(false)),
        "-1" | "1" => Ok(Some(true)),
        _ => Err((item, "not a flag")),
    }
}

impl ReadLine for LineReader {
    fn line(&mut self, line: &[u8], chunk: &Chunk<'_>, out: &mut Output) -> Result<(), Fault> {
        let text = core::str::from_utf8(line).map_err(|_| ("", "not text"))?;
        let (columns, count) = columns(text);
        let kind = match columns[0] {
            "MSG" => return self.message(&columns, count, chunk, out),
            "SEL" => 8,
            "ID" => 9,
            "AIR" => 10,
            "STA" => 11,
            "CLK" => 12,
            _ => return Err(("column 1", "unknown message")),
        };
        // What the sender's user clicked on, and its database: nothing that anybody observed.
        out.record(kind);
        Ok(())
    }
}

impl LineReader {
    fn message(&self, columns: &Columns<'_>, count: usize, chunk: &Chunk<'_>, out: &mut Output) -> Result<(), Fault> {
        if count < COLUMNS {
            return Err(("", "too few columns"));
        }
        let kind = match columns[1].as_bytes() {
            [digit @ b'1'..=b'8'] => digit - b'0',
            _ => return Err(("column 2", "unknown transmission type")),
        };
        let address = Address::parse(columns[4]).ok_or(("column 5", "not an address"))?;
        let report = self.report(kind, address, columns, out)?;
        if count > COLUMNS {
            out.oddity("columns behind column 22");
        }
        let measured = self.measured(columns, chunk, out);
        out.record(usize::from(kind) - 1);
        if let Some(report) = report {
            out.observe(chunk, self.sensor, measured, Reality::Live, report);
        }
        Ok(())
    }

    /// What a message of that type states. Only the columns that belong to the type count: some senders repeat what they remember
    /// in the others.
    fn report(
        &self,
        kind: u8,
        address: Address,
        columns: &Columns<'_>,
        out: &mut Output,
    ) -> Result<Option<Report>, Fault> {
        let pressure = || -> Result<_, Fault> {
            let feet = number(columns[11], PRESSURE_LIMITS_FT, "column 12")?;
            Ok(feet.map(PressureAltitude::from_ft))
        };
        let on_ground = || flag(columns[21], "column 22");
        // Not told by which way it came, but that it is not an ICAO address: relayed by a ground station in practice.
        let channel = if address.kind == AddressKind::Icao { Channel::Network } else { Channel::TisB };
        let stated = |part| Some(Report::SelfReport(SelfReport { address, channel, part }));
        let replied = |part| Some(Report::ModeS(ModeS { address, part }));
        Ok(match kind {
            1 => {
                let flight_id = FlightId::parse(columns[10]);
                if flight_id.is_none() && !columns[10].is_empty() {
                    return Err(("column 11", "illegal character"));
                }
                stated(SelfPart::Identity { flight_id, category: None })
            }
            2 => self.position(address, channel, None, Some(true), columns, out)?,
            3 => self.position(address, channel, pressure()?, on_ground()?, columns, out)?,
            4 => self.velocity(columns)?.and_then(|velocity| stated(SelfPart::Velocity(velocity))),
            5 | 7 => match pressure()? {
                pressure @ Some(_) => replied(ModeSPart::Pressure { pressure, on_ground: on_ground()? }),
                None => None,
            },
            6 => self.squawk(columns)?.and_then(replied),
            // A reply without content. Its capability field is not passed on: that it says on the ground or in the air stands for 4
            // and 5, which mean just that.
            _ => on_ground()?.and_then(|ground| replied(ModeSPart::AllCall { capability: if ground { 4 } else { 5 } })),
        })
    }

    fn squawk(&self, columns: &Columns<'_>) -> Result<Option<ModeSPart>, Fault> {
        if columns[17].is_empty() {
            return Ok(None);
        }
        let squawk = Mode3A::parse(columns[17]).ok_or(("column 18", "not four octal digits"))?;
        Ok(Some(ModeSPart::Squawk {
            squawk,
            alert: flag(columns[18], "column 19")?.unwrap_or(false),
            spi: flag(columns[20], "column 21")?.unwrap_or(false),
            on_ground: flag(columns[21], "column 22")?,
        }))
    }

    fn position(
        &self,
        address: Address,
        channel: Channel,
        pressure: Option<PressureAltitude>,
        on_ground: Option<bool>,
        columns: &Columns<'_>,
        out: &mut Output,
    ) -> Result<Option<Report>, Fault> {
        let lat_deg = number(columns[14], (-90.0, 90.0), "column 15")?;
        let lon_deg = number(columns[15], (-360.0, 360.0), "column 16")?;
        let (ground_speed_m_s, track_rad) = motion(columns)?;
        let Some((lat_deg, lon_deg)) = lat_deg.zip(lon_deg) else { return Ok(None) };
        if lat_deg.abs() + lon_deg.abs() <= 0.0 {
            // What senders write who know none.
            out.oddity("position 0, 0");
            return Ok(None);
        }
        let place = LatLon::new(lat_deg, lon_deg).ok_or(("column 15", "out of range"))?;
        let sigma_m = self.params.position_sigma_m;
        if self.params.multilateration {
            return Ok(Some(Report::Fix(Fix {
                source: FixSource::Multilateration,
                place,
                sigma: HorizontalSigma::round(sigma_m),
                height: None,
                pressure,
                velocity_m_s: ground_speed_m_s.zip(track_rad).map(east_north),
                on_ground,
                address: Some(address),
                flight_id: FlightId::parse(columns[10]),
                squawk: Mode3A::parse(columns[17]),
                local_track: None,
            })));
        }
        let on_ground = on_ground.unwrap_or(false);
        let part = SelfPart::Position(StatedPosition {
            arrival: None,
            place,
            pressure: pressure.filter(|_| !on_ground),
            height: None,
            on_ground,
            nic: None,
            containment_m: None,
            sigma_m,
            ground_speed_m_s: ground_speed_m_s.filter(|_| on_ground),
            track_rad: track_rad.filter(|_| on_ground),
        });
        Ok(Some(Report::SelfReport(SelfReport { address, channel, part })))
    }

    fn velocity(&self, columns: &Columns<'_>) -> Result<Option<StatedVelocity>, Fault> {
        let (speed_m_s, track_rad) = motion(columns)?;
        let (east_m_s, north_m_s) = speed_m_s.zip(track_rad).map(east_north).unzip();
        let rate_ft_min = number(columns[16], RATE_LIMITS_FT_MIN, "column 17")?;
        let vertical_m_s = rate_ft_min.map(|rate| rate * M_S_PER_FT_MIN);
        if east_m_s.is_none() && vertical_m_s.is_none() {
            return Ok(None);
        }
        let sigma_m_s = self.params.velocity_sigma_m_s;
        // Which of the two vertical rates it is is not told.
        Ok(Some(StatedVelocity { east_m_s, north_m_s, sigma_m_s, vertical_m_s, ..StatedVelocity::default() }))
    }

    /// The line's own time where the feed's offset from UTC is known, else when it came.
    fn measured(&self, columns: &Columns<'_>, chunk: &Chunk<'_>, out: &mut Output) -> Time {
        let Some(offset_minutes) = self.params.utc_offset_minutes else { return chunk.received };
        match local_time(columns[6], columns[7]) {
            Some(local) => local - Span::from_s(i64::from(offset_minutes) * 60),
            None => {
                out.oddity("no date and time in columns 7 and 8");
                chunk.received
            }
        }
    }
}

/// Ground speed, m/s, and track, radians, of columns 13 and 14.
fn motion(columns: &Columns<'_>) -> Result<(Option<f64>, Option<f64>), Fault> {
    let speed = number(columns[12], SPEED_LIMITS_KT, "column 13")?;
    let track = number(columns[13], (0.0, 360.0), "column 14")?;
    Ok((speed.map(|kt| kt * M_S_PER_KT), track.map(rad)))
}

/// East and north components of a speed in a direction.
fn east_north((speed_m_s, track_rad): (f64, f64)) -> (f64, f64) {
    let (sin, cos) = sin_cos(track_rad);
    (speed_m_s * sin, speed_m_s * cos)
}

/// `2016/11/23` and `15:09:37.123`, as if they were UTC.
fn local_time(date: &str, clock: &str) -> Option<Time> {
    // 30 characters at the most, on the stack.
    let mut text = [0_u8; 32];
    let mut len = 0;
    for part in [date, "T", clock, "Z"] {
        for byte in part.bytes() {
            *text.get_mut(len)? = if byte == b'/' { b'-' } else { byte };
            len += 1;
        }
    }
    Time::parse(core::str::from_utf8(text.get(..len)?).ok()?)
}
