//! `plots`: neutral JSON Lines, one line a look of one sensor, so that any other sensor is fed by a ten-line script.
//!
//! A line names its sensor, its time and its plots: `radar3d` `[range_m, az_deg, el_deg]`, `radar2d` `[range_m, az_deg]`, `bearing`
//! `[az_deg]` or `[az_deg, el_deg]`, `adsb` `[lat, lon, height_m, ve, vn, vu, "icao"]`. What a sensor is, and its noise, comes from the
//! config. Documentation page: docs/formats/plots.md.

use crate::decoder::{Chunk, DecoderKind, FeedSetup, Output};
use crate::text::{Fault, LineDecoder, ReadLine};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use skypicket_model::math::rad;
use skypicket_model::observation::{
    Angle, Bearing, Channel, Plot, SelfPart, SelfReport, SensorStatus, StatedPosition, StatedVelocity,
};
use skypicket_model::{Address, EllipsoidalHeight, LatLon, Reality, Report, Sensor, SensorKind, Time};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The longest line, bytes: a look of some thirty thousand plots.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// Most plots of one line.
pub const MAX_PLOTS: usize = 32_768;
/// Numbers that a plot may have.
const MAX_NUMBERS: usize = 6;
/// Noise where the config states none, 1-sigma: range (m), azimuth and elevation (radians), self-reported position (m). Origin:
/// surveillance radars of 0.1–0.3°; NACp 8, 95 % under 93 m.
const RANGE_SIGMA_M: f64 = 50.0;
const AZIMUTH_SIGMA_RAD: f64 = 0.003;
const ELEVATION_SIGMA_RAD: f64 = 0.006;
const POSITION_SIGMA_M: f64 = 38.0;
/// 1-sigma of a self-reported velocity component, m/s. Origin: NACv 2, 95 % under 3 m/s.
const VELOCITY_SIGMA_M_S: f64 = 1.5;

/// The row of the registry.
pub(crate) const PLOTS: DecoderKind = DecoderKind {
    name: "plots",
    summary: "neutral JSON Lines of radar plots, bearings and self-reports, for any other sensor",
    records: &["radar3d", "radar2d", "bearing", "adsb"],
    build: |setup| Ok(Box::new(LineDecoder::new(MAX_LINE_BYTES, LineReader::new(setup)?))),
    schema: || schemars::schema_for!(Params),
};

/// Parameters of `plots`.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The moment that `time` counts from: RFC 3339 or Unix seconds. Without it `time` is Unix UTC seconds.
    pub epoch: Option<String>,
}

/// One plot as written: its numbers and, for self-reports, the address.
#[derive(Clone, Copy, Debug, Default)]
struct Item {
    numbers: [f64; MAX_NUMBERS],
    count: usize,
    address: Option<Address>,
}

/// What reading a line needs beside the line.
struct LineReader {
    epoch: Time,
    sensors: Arc<[Sensor]>,
    items: Vec<Item>,
    /// The sensor that the last line named: lines often repeat it.
    last: usize,
}

impl LineReader {
    fn new(setup: &FeedSetup) -> Result<Self, String> {
        let params = setup.params::<Params>()?;
        let epoch = match &params.epoch {
            None => Time::EPOCH,
            Some(text) => {
                Time::parse(text).ok_or_else(|| format!("epoch is {text:?}, must be RFC 3339 or Unix seconds"))?
            }
        };
        Ok(Self { epoch, sensors: Arc::clone(&setup.sensors), items: Vec::new(), last: 0 })
    }
}

impl ReadLine for LineReader {
    fn line(&mut self, line: &[u8], chunk: &Chunk<'_>, out: &mut Output) -> Result<(), Fault> {
        self.items.clear();
        let mut json = serde_json::Deserializer::from_slice(line);
        let head = LineSeed { items: &mut self.items }
            .deserialize(&mut json)
            .and_then(|head| json.end().map(|()| head))
            .map_err(|error| if error.is_data() { ("", "not such a line") } else { ("", "no JSON") })?;
        let named = |sensor: &Sensor| sensor.name == head.sensor;
        if !self.sensors.get(self.last).is_some_and(named) {
            self.last = self.sensors.iter().position(named).ok_or(("sensor", "unknown sensor"))?;
        }
        let sensor = self.sensors.get(self.last).ok_or(("sensor", "unknown sensor"))?;
        let since = skypicket_model::Span::from_s_f64(head.time).ok_or(("time", "no time"))?;
        let measured = self.epoch + since;
        let mut bad = 0_usize;
        let whole = matches!(sensor.kind, SensorKind::Radar2d | SensorKind::Radar3d | SensorKind::Bearing);
        for item in &self.items {
            let ok = match sensor.kind {
                SensorKind::Radar3d | SensorKind::Radar2d => plot(item, sensor).map(Report::Plot),
                SensorKind::Bearing => bearing(item, sensor).map(Report::Bearing),
                SensorKind::SelfReportReceiver => {
                    let parts = self_report(item, sensor);
                    if let Some((position, velocity)) = parts {
                        out.observe(chunk, sensor.id, measured, Reality::Live, position);
                        out.observe(chunk, sensor.id, measured, Reality::Live, velocity);
                    }
                    bad += usize::from(parts.is_none());
                    continue;
                }
                _ => None,
            };
            match ok {
                Some(report) => out.observe(chunk, sensor.id, measured, Reality::Live, report),
                None => bad += 1,
            }
        }
        if whole {
            let rotation = sensor.period;
            let report = Report::SensorStatus(SensorStatus::NorthMarker { rotation });
            out.observe(chunk, sensor.id, measured, Reality::Live, report);
        }
        for _ in 0..bad {
            out.oddity("plot that its sensor cannot make");
        }
        out.record(match sensor.kind {
            SensorKind::Radar3d => 0,
            SensorKind::Radar2d => 1,
            SensorKind::Bearing => 2,
            SensorKind::SelfReportReceiver => 3,
            _ => return Err(("sensor", "kind of sensor has no plots")),
        });
        Ok(())
    }
}

fn plot(item: &Item, sensor: &Sensor) -> Option<Plot> {
    let three = sensor.kind == SensorKind::Radar3d;
    let [range_m, azimuth_deg, elevation_deg, ..] = item.numbers;
    let sound = item.count == if three { 3 } else { 2 }
        && item.address.is_none()
        && range_m > 0.0
        && range_m < 2e6
        && azimuth_deg.abs() <= 360.0
        && elevation_deg.abs() <= 90.0;
    let azimuth = Angle { rad: rad(azimuth_deg), sigma_rad: sensor.azimuth_sigma_rad.unwrap_or(AZIMUTH_SIGMA_RAD) };
    let elevation = three.then(|| Angle {
        rad: rad(elevation_deg),
        sigma_rad: sensor.elevation_sigma_rad.unwrap_or(ELEVATION_SIGMA_RAD),
    });
    sound.then(|| Plot::primary(range_m, sensor.range_sigma_m.unwrap_or(RANGE_SIGMA_M), azimuth, elevation))
}

fn bearing(item: &Item, sensor: &Sensor) -> Option<Bearing> {
    let [azimuth_deg, elevation_deg, ..] = item.numbers;
    let sound = (1..=2).contains(&item.count)
        && item.address.is_none()
        && azimuth_deg.abs() <= 360.0
        && elevation_deg.abs() <= 90.0;
    sound.then(|| Bearing {
        azimuth: Angle { rad: rad(azimuth_deg), sigma_rad: sensor.azimuth_sigma_rad.unwrap_or(AZIMUTH_SIGMA_RAD) },
        elevation: (item.count == 2).then(|| Angle {
            rad: rad(elevation_deg),
            sigma_rad: sensor.elevation_sigma_rad.unwrap_or(ELEVATION_SIGMA_RAD),
        }),
        address: None,
    })
}

fn self_report(item: &Item, sensor: &Sensor) -> Option<(Report, Report)> {
    let [lat_deg, lon_deg, height_m, east, north, up] = item.numbers;
    let address = item.address?;
    let place = LatLon::new(lat_deg, lon_deg)?;
    let sound = item.count == 6 && height_m.abs() < 1e5 && east.abs() < 2e3 && north.abs() < 2e3 && up.abs() < 1e3;
    sound.then(|| {
        let position = StatedPosition {
            arrival: None,
            place,
            pressure: None,
            height: Some(EllipsoidalHeight::from_m(height_m)),
            on_ground: false,
            nic: None,
            containment_m: None,
            sigma_m: sensor.range_sigma_m.unwrap_or(POSITION_SIGMA_M),
            ground_speed_m_s: None,
            track_rad: None,
        };
        let velocity = StatedVelocity {
            east_m_s: Some(east),
            north_m_s: Some(north),
            sigma_m_s: VELOCITY_SIGMA_M_S,
            vertical_m_s: Some(up),
            ..StatedVelocity::default()
        };
        let part = |part| Report::SelfReport(SelfReport { address, channel: Channel::AdsB, part });
        (part(SelfPart::Position(position)), part(SelfPart::Velocity(velocity)))
    })
}

/// Sensor and time of a line.
struct Head<'a> {
    sensor: Cow<'a, str>,
    time: f64,
}

/// Reads a line's object, its plots into a reused vector.
struct LineSeed<'a> {
    items: &'a mut Vec<Item>,
}

impl<'de> DeserializeSeed<'de> for LineSeed<'_> {
    type Value = Head<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Head<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Sensor,
    Time,
    Plots,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for LineSeed<'_> {
    type Value = Head<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with sensor, time and plots")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Head<'de>, A::Error> {
        let (mut sensor, mut time, mut plots) = (None, None, false);
        while let Some(key) = map.next_key()? {
            match key {
                Key::Sensor => sensor = Some(map.next_value::<Name<'de>>()?.0),
                Key::Time => time = Some(map.next_value::<f64>()?),
                Key::Plots => {
                    self.items.clear();
                    map.next_value_seed(ItemsSeed { items: self.items })?;
                    plots = true;
                }
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !plots {
            return Err(A::Error::missing_field("plots"));
        }
        let sensor = sensor.ok_or_else(|| A::Error::missing_field("sensor"))?;
        let time = time.ok_or_else(|| A::Error::missing_field("time"))?;
        Ok(Head { sensor, time })
    }
}

struct ItemsSeed<'a> {
    items: &'a mut Vec<Item>,
}

impl<'de> DeserializeSeed<'de> for ItemsSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ItemsSeed<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of plots")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(item) = seq.next_element::<Item>()? {
            if self.items.len() >= MAX_PLOTS {
                return Err(A::Error::custom("too many plots"));
            }
            self.items.push(item);
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemVisitor)
    }
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plot: up to six numbers, and an address for self-reports")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Item, A::Error> {
        let mut item = Item::default();
        while item.count < MAX_NUMBERS {
            match seq.next_element::<f64>()? {
                Some(number) => item.numbers[item.count] = number,
                None => return Ok(item),
            }
            item.count += 1;
        }
        if let Some(Name(text)) = seq.next_element()? {
            item.address = Address::parse(&text);
        }
        match seq.next_element::<IgnoredAny>()? {
            Some(_) => Err(A::Error::custom("too many items in a plot")),
            None => Ok(item),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decoder::Decoder;
    use skypicket_model::{FeedId, SensorId, Seq};

    fn decoder(epoch: Option<&str>) -> Box<dyn Decoder> {
        let id = |source| SensorId { feed: FeedId(0), source };
        let setup = FeedSetup {
            sensors: Arc::new([
                Sensor::new(id(1), "north", SensorKind::Radar3d),
                Sensor::new(id(2), "ear", SensorKind::Bearing),
                Sensor::new(id(3), "rx", SensorKind::SelfReportReceiver),
            ]),
            params: epoch.map_or(serde_json::json!({}), |e| serde_json::json!({ "epoch": e })),
            ..FeedSetup::bare(FeedId(0))
        };
        (PLOTS.build)(&setup).expect("good parameters")
    }

    fn decode(text: &str, cut: usize, epoch: Option<&str>) -> Output {
        let (mut decoder, mut out) = (decoder(epoch), Output::default());
        for bytes in text.as_bytes().chunks(cut) {
            decoder.push(Chunk { seq: Seq(1), received: Time::from_s(100), datagram: false, bytes }, &mut out);
        }
        decoder.finish(&mut out);
        out
    }

    const LINES: &str = concat!(
        r#"{"sensor":"north","time":12.5,"arrival":13.0,"scan":3,"plots":[[60000.5,90.0,1.5],[1000,0,0.0]]}"#,
        "\n",
        r#"{"sensor":"ear","time":13,"plots":[[359.5]]}"#,
        "\n",
        r#"{"sensor":"rx","time":14,"plots":[[51.1,22.7,5400.0,-50.1,3.2,0.0,"4ca1fa"]]}"#,
        "\n",
        r#"{"sensor":"ear","time":15,"plots":[]}"#,
        "\n",
    );

    #[test]
    fn each_line_becomes_its_look_however_the_stream_is_cut() {
        let whole = decode(LINES, 10_000, Some("2025-09-09T21:00:00Z"));
        assert_eq!((whole.records[0], whole.records[2], whole.records[3], whole.rejected()), (1, 2, 1, 0));
        // Two plots and their end, a bearing and its end, a position and a velocity, an empty look.
        assert_eq!(whole.observations.len(), 3 + 2 + 2 + 1);
        let Report::Plot(plot) = whole.observations[1].report else { panic!("plot") };
        assert!((plot.range_m - 1000.0).abs() < 1e-9 && plot.azimuth.rad.abs() < 1e-9);
        assert_eq!(whole.observations[0].measured.to_string(), "2025-09-09T21:00:12.500Z");
        let cut = decode(LINES, 7, Some("2025-09-09T21:00:00Z"));
        assert_eq!(cut.observations, whole.observations);
    }

    #[test]
    fn live_time_is_unix_seconds() {
        let out = decode("{\"plots\":[[1.0]],\"time\":1757453400.25,\"sensor\":\"ear\"}\n", 100, None);
        assert_eq!(out.observations[0].measured.to_string(), "2025-09-09T21:30:00.250Z");
    }

    #[test]
    fn bad_lines_are_rejected_by_reason_and_the_stream_goes_on() {
        let text = "nonsense\n{\"sensor\":\"south\",\"time\":1,\"plots\":[]}\n{\"sensor\":\"ear\",\"time\":1}\n{\"sensor\":\"ear\",\"time\":1e300,\"plots\":[]}\n{\"sensor\":\"ear\",\"time\":1,\"plots\":[[1,2,3,4]]}\n{\"sensor\":\"ear";
        let out = decode(text, 5, None);
        assert_eq!(out.rejected(), 5, "{:?}", out.rejects);
        assert_eq!(out.decoded(), 1);
        assert_eq!(out.oddities, vec![("plot that its sensor cannot make", 1)]);
    }
}
