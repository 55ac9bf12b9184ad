//! Flight plans, found by the flight ID that an aircraft states.

use std::collections::BTreeMap;

use skypicket_model::{FlightId, FlightPlan, LatLon, Time, Track};

/// How many flight plans are kept; Europe's busiest day has some 38,000 flights.
pub const MAX_PLANS: usize = 200_000;

#[derive(Clone, Debug, Default)]
pub(super) struct Plans {
    by_flight_id: BTreeMap<FlightId, Vec<FlightPlan>>,
}

impl Plans {
    pub(super) fn new(plans: Vec<FlightPlan>) -> Result<Self, String> {
        if plans.len() > MAX_PLANS {
            return Err(format!("{} flight plans, at most {MAX_PLANS} are kept", plans.len()));
        }
        let mut by_flight_id: BTreeMap<FlightId, Vec<FlightPlan>> = BTreeMap::new();
        for plan in plans {
            by_flight_id.entry(plan.flight_id).or_default().push(plan);
        }
        Ok(Self { by_flight_id })
    }

    /// The plan that a track's claims fit, now and here.
    pub(super) fn find(&self, track: &Track, airspace: &str, now: Time) -> Option<&FlightPlan> {
        let flight_id = track.identity.flight_id()?;
        self.by_flight_id.get(&flight_id)?.iter().find(|plan| {
            let same_address = plan.address.is_none_or(|address| track.identity.address() == Some(address));
            let same_code = plan.squawk.is_none_or(|squawk| track.identity.squawk().is_none_or(|own| own == squawk));
            let in_time = plan.from <= now && now < plan.until;
            let in_place = plan.airspaces.is_empty() || plan.airspaces.iter().any(|code| code == airspace);
            same_address && same_code && in_time && in_place && near_route(plan, track.position.lat_lon())
        })
    }
}

/// Whether a place lies in the plan's corridor; always, when no route is known.
fn near_route(plan: &FlightPlan, place: LatLon) -> bool {
    match plan.route.as_slice() {
        [] => true,
        [only] => place.rough_distance_m(*only) <= plan.corridor_m,
        route => route.windows(2).any(|leg| match leg {
            [from, to] => off_leg_m(place, *from, *to) <= plan.corridor_m,
            _ => false,
        }),
    }
}

/// Rough distance from a straight leg, metres: corridors are kilometres wide.
fn off_leg_m(place: LatLon, from: LatLon, to: LatLon) -> f64 {
    let length_m = from.rough_distance_m(to);
    let steps = (length_m / 10_000.0).ceil().clamp(1.0, 2000.0);
    let at = |t: f64| LatLon {
        lat_deg: from.lat_deg + (to.lat_deg - from.lat_deg) * t,
        lon_deg: from.lon_deg + skypicket_model::math::wrap_deg_180(to.lon_deg - from.lon_deg) * t,
    };
    // The nearest of points 10 km apart, then once more around it.
    let least = |points: &mut dyn Iterator<Item = f64>| {
        points.map(|t| (place.rough_distance_m(at(t)), t)).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::MAX, 0.0))
    };
    let (_, coarse) = least(&mut (0..=steps as u32).map(|i| f64::from(i) / steps));
    least(&mut (-20..=20).map(|i| (coarse + f64::from(i) / (20.0 * steps)).clamp(0.0, 1.0))).0
}
