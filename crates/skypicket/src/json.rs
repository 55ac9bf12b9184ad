//! Observations as JSON for people and scripts: units in the names, what is not stated is left out.

use serde_json::{Map, Value, json};
use skypicket_model::math::deg;
use skypicket_model::observation::{
    Angle, Bearing, Bistatic, Channel, Fix, FixSource, ModeS, ModeSPart, Plot, Reality, SelfPart, SelfReport,
    SensorStatus, StatedPosition, StatedStatus, StatedVelocity, SystemTrack,
};
use skypicket_model::{Emergency, Observation, Report, Time};

/// An observation as one JSON object.
#[must_use]
pub fn observation(observation: &Observation) -> Value {
    let (kind, body) = report(&observation.report);
    let mut all = json!({
        "id": observation.id.to_string(),
        "sensor": observation.sensor.to_string(),
        "measured": time(observation.measured),
        "received": time(observation.received),
        "reality": (observation.reality != Reality::Live).then(|| reality(observation.reality)),
        "kind": kind,
    });
    merge(&mut all, body);
    stated(all)
}

/// A moment with all its digits.
#[must_use]
pub fn time(time: Time) -> String {
    let text = time.to_string();
    let ns = time.ns().rem_euclid(1_000_000_000);
    if ns % 1_000_000 == 0 { text } else { format!("{}.{ns:09}Z", text.split('.').next().unwrap_or_default()) }
}

/// World, exercise or simulation.
#[must_use]
pub const fn reality(reality: Reality) -> &'static str {
    match reality {
        Reality::Live => "live",
        Reality::Exercise => "exercise",
        Reality::Simulated => "simulated",
    }
}

/// An emergency in snake case.
#[must_use]
pub const fn emergency(emergency: Emergency) -> &'static str {
    match emergency {
        Emergency::General => "general",
        Emergency::Medical => "medical",
        Emergency::MinimumFuel => "minimum_fuel",
        Emergency::NoCommunications => "no_communications",
        Emergency::UnlawfulInterference => "unlawful_interference",
        Emergency::Downed => "downed",
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Without the items that are not stated.
fn stated(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept: Map<String, Value> = map
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, stated(value)))
                .collect();
            Value::Object(kept)
        }
        other => other,
    }
}

fn report(report: &Report) -> (&'static str, Value) {
    match report {
        Report::Plot(plot) => ("plot", self::plot(plot)),
        Report::SelfReport(report) => self_report(report),
        Report::ModeS(reply) => mode_s(reply),
        Report::Bearing(bearing) => ("bearing", self::bearing(bearing)),
        Report::Bistatic(bistatic) => ("bistatic", self::bistatic(bistatic)),
        Report::Fix(fix) => ("fix", self::fix(fix)),
        Report::SystemTrack(track) => ("system_track", system_track(track)),
        Report::SensorPosition(position) => (
            "sensor_position",
            json!({"lat_deg": position.place.lat_deg, "lon_deg": position.place.lon_deg, "height_m": position.place.height_m}),
        ),
        Report::SensorStatus(status) => ("sensor_status", sensor_status(status)),
    }
}

fn azimuth(angle: &Angle) -> Value {
    json!({"azimuth_deg": deg(angle.rad), "azimuth_sigma_deg": deg(angle.sigma_rad)})
}

fn elevation(angle: Option<&Angle>) -> Value {
    json!({"elevation_deg": angle.map(|a| deg(a.rad)), "elevation_sigma_deg": angle.map(|a| deg(a.sigma_rad))})
}

fn plot(plot: &Plot) -> Value {
    let mut all = json!({
        "range_m": plot.range_m,
        "range_sigma_m": plot.range_sigma_m,
        "pressure_altitude_m": plot.pressure.map(|p| p.m),
        "amsl_m": plot.height.map(|h| h.m),
        "primary": plot.detection.primary,
        "secondary": plot.detection.secondary,
        "mode_s": plot.detection.mode_s,
        "monitor": plot.detection.monitor.then_some(true),
        "address": plot.address.map(|a| a.to_string()),
        "squawk": plot.squawk.map(|s| s.to_string()),
        "flight_id": plot.flight_id.map(|f| f.to_string()),
        "local_track": plot.local_track,
        "doppler_m_s": plot.doppler_m_s,
    });
    merge(&mut all, azimuth(&plot.azimuth));
    merge(&mut all, elevation(plot.elevation.as_ref()));
    all
}

fn bearing(bearing: &Bearing) -> Value {
    let mut all = json!({"address": bearing.address.map(|a| a.to_string())});
    merge(&mut all, azimuth(&bearing.azimuth));
    merge(&mut all, elevation(bearing.elevation.as_ref()));
    all
}

fn bistatic(bistatic: &Bistatic) -> Value {
    let mut all = json!({
        "excess_range_m": bistatic.excess_range_m,
        "excess_range_sigma_m": bistatic.excess_range_sigma_m,
        "rate_m_s": bistatic.rate_m_s,
    });
    if let Some(angle) = &bistatic.azimuth {
        merge(&mut all, azimuth(angle));
    }
    merge(&mut all, elevation(bistatic.elevation.as_ref()));
    all
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::AdsB => "ads_b",
        Channel::AdsR => "ads_r",
        Channel::TisB => "tis_b",
        Channel::Network => "network",
        Channel::RemoteId => "remote_id",
    }
}

fn self_report(report: &SelfReport) -> (&'static str, Value) {
    let (kind, mut all) = match &report.part {
        SelfPart::Position(position) => ("position", stated_position(position)),
        SelfPart::Velocity(velocity) => ("velocity", stated_velocity(velocity)),
        SelfPart::Identity { flight_id, category } => (
            "identity",
            json!({"flight_id": flight_id.map(|f| f.to_string()), "category": category.map(|c| c.to_string())}),
        ),
        SelfPart::Status(status) => ("status", stated_status(status)),
        SelfPart::NoPosition => ("no_position", json!({})),
        SelfPart::Target(target) => (
            "target_state",
            json!({
                "selected_altitude_m": target.selected_altitude_m,
                "from_fms": target.from_fms,
                "barometric_setting_hpa": target.barometric_setting_hpa,
                "selected_heading_deg": target.selected_heading_rad.map(deg),
            }),
        ),
    };
    merge(&mut all, json!({"address": report.address.to_string(), "channel": channel(report.channel)}));
    (kind, all)
}

fn stated_position(position: &StatedPosition) -> Value {
    json!({
        "lat_deg": position.place.lat_deg,
        "lon_deg": position.place.lon_deg,
        "pressure_altitude_m": position.pressure.map(|p| p.m),
        "height_m": position.height.map(|h| h.m),
        "on_ground": position.on_ground,
        "nic": position.nic,
        "containment_m": position.containment_m,
        "sigma_m": position.sigma_m,
        "ground_speed_m_s": position.ground_speed_m_s,
        "track_deg": position.track_rad.map(deg),
    })
}

fn stated_velocity(velocity: &StatedVelocity) -> Value {
    json!({
        "east_m_s": velocity.east_m_s,
        "north_m_s": velocity.north_m_s,
        "sigma_m_s": velocity.sigma_m_s,
        "vertical_m_s": velocity.vertical_m_s,
        "vertical_is_barometric": velocity.vertical_m_s.map(|_| velocity.vertical_is_barometric),
        "height_minus_pressure_m": velocity.height_minus_pressure_m,
        "heading_deg": velocity.heading_rad.map(deg),
        "indicated_airspeed_m_s": velocity.indicated_airspeed_m_s,
        "true_airspeed_m_s": velocity.true_airspeed_m_s,
        "nac_v": velocity.nac_v,
    })
}

fn stated_status(status: &StatedStatus) -> Value {
    json!({
        "version": status.version,
        "on_ground": status.on_ground,
        "nac_p": status.nac_p,
        "nac_v": status.nac_v,
        "sil": status.sil,
        "sil_per_sample": status.sil_per_sample,
        "sda": status.sda,
        "gva": status.gva,
        "nic_baro": status.nic_baro,
        "nic_a": status.nic_a,
        "nic_c": status.nic_c,
        "emergency": status.emergency.map(|stated| stated.map_or("none", emergency)),
        "squawk": status.squawk.map(|s| s.to_string()),
        "resolution_advisory": status.resolution_advisory,
    })
}

fn mode_s(reply: &ModeS) -> (&'static str, Value) {
    let (kind, mut all) = match &reply.part {
        ModeSPart::AllCall { capability } => ("all_call", json!({"capability": capability})),
        ModeSPart::Pressure { pressure, on_ground } => {
            ("pressure", json!({"pressure_altitude_m": pressure.map(|p| p.m), "on_ground": on_ground}))
        }
        ModeSPart::Squawk { squawk, alert, spi, on_ground } => {
            ("squawk", json!({"squawk": squawk.to_string(), "alert": alert, "spi": spi, "on_ground": on_ground}))
        }
        ModeSPart::Identity { flight_id } => ("identity", json!({"flight_id": flight_id.to_string()})),
        ModeSPart::AirData(data) => {
            let degrees = |rad: Option<f32>| rad.map(|rad| deg(f64::from(rad)));
            (
                "air_data",
                json!({
                    "bds": format!("{},{}", data.bds >> 4, data.bds & 15),
                    "selected_altitude_m": data.selected_altitude_m,
                    "barometric_setting_hpa": data.barometric_setting_hpa,
                    "roll_deg": degrees(data.roll_rad),
                    "track_deg": degrees(data.track_rad),
                    "ground_speed_m_s": data.ground_speed_m_s,
                    "track_rate_deg_s": degrees(data.track_rate_rad_s),
                    "true_airspeed_m_s": data.true_airspeed_m_s,
                    "magnetic_heading_deg": degrees(data.magnetic_heading_rad),
                    "indicated_airspeed_m_s": data.indicated_airspeed_m_s,
                    "mach": data.mach,
                    "barometric_rate_m_s": data.barometric_rate_m_s,
                    "inertial_rate_m_s": data.inertial_rate_m_s,
                    "wind_speed_m_s": data.wind_speed_m_s,
                    "wind_from_deg": degrees(data.wind_from_rad),
                    "temperature_c": data.temperature_c,
                }),
            )
        }
    };
    merge(&mut all, json!({"address": reply.address.to_string()}));
    (kind, all)
}

fn fix(fix: &Fix) -> Value {
    let source = match fix.source {
        FixSource::Multilateration => "multilateration",
        FixSource::Local => "local",
        FixSource::ThirdParty => "third_party",
    };
    json!({
        "source": source,
        "lat_deg": fix.place.lat_deg,
        "lon_deg": fix.place.lon_deg,
        "east_sigma_m": fix.sigma.east_m,
        "north_sigma_m": fix.sigma.north_m,
        "correlation": fix.sigma.correlation,
        "height_m": fix.height.map(|h| h.0.m),
        "height_sigma_m": fix.height.map(|h| h.1),
        "pressure_altitude_m": fix.pressure.map(|p| p.m),
        "east_m_s": fix.velocity_m_s.map(|v| v.0),
        "north_m_s": fix.velocity_m_s.map(|v| v.1),
        "on_ground": fix.on_ground,
        "address": fix.address.map(|a| a.to_string()),
        "flight_id": fix.flight_id.map(|f| f.to_string()),
        "squawk": fix.squawk.map(|s| s.to_string()),
        "local_track": fix.local_track,
    })
}

fn system_track(track: &SystemTrack) -> Value {
    let ages = &track.ages;
    json!({
        "number": track.number,
        "ended": track.ended.then_some(true),
        "confirmed": track.confirmed,
        "coasting": track.coasting.then_some(true),
        "lat_deg": track.place.lat_deg,
        "lon_deg": track.place.lon_deg,
        "east_sigma_m": track.sigma.east_m,
        "north_sigma_m": track.sigma.north_m,
        "height_m": track.height.map(|h| h.m),
        "pressure_altitude_m": track.pressure.map(|p| p.m),
        "east_m_s": track.velocity_m_s.map(|v| v.0),
        "north_m_s": track.velocity_m_s.map(|v| v.1),
        "vertical_m_s": track.vertical_m_s,
        "address": track.address.map(|a| a.to_string()),
        "flight_id": track.flight_id.map(|f| f.to_string()),
        "squawk": track.squawk.map(|s| s.to_string()),
        "primary_age_s": ages.primary.map(skypicket_model::Span::s),
        "secondary_age_s": ages.secondary.map(skypicket_model::Span::s),
        "mode_s_age_s": ages.mode_s.map(skypicket_model::Span::s),
        "ads_b_age_s": ages.ads_b.map(skypicket_model::Span::s),
        "multilateration_age_s": ages.multilateration.map(skypicket_model::Span::s),
    })
}

fn sensor_status(status: &SensorStatus) -> Value {
    match status {
        SensorStatus::NorthMarker { rotation } => {
            json!({"status": "north_marker", "rotation_s": rotation.map(skypicket_model::Span::s)})
        }
        SensorStatus::Sector { azimuth_rad } => json!({"status": "sector", "azimuth_deg": deg(*azimuth_rad)}),
        SensorStatus::Strobe { from_rad, to_rad } => {
            json!({"status": "strobe", "from_deg": deg(*from_rad), "to_deg": deg(*to_rad)})
        }
        SensorStatus::Condition { operational, overloaded, time_valid } => {
            json!({"status": "condition", "operational": operational, "overloaded": overloaded, "time_valid": time_valid})
        }
        SensorStatus::Alive => json!({"status": "alive"}),
    }
}
