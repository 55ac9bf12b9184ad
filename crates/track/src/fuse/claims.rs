//! What objects call themselves, kept with source and age; nothing is overwritten silently, conflicts are kept.

use crate::state::Dossier;
use crate::tracker::Tracker;
use skypicket_model::identity::EmitterCategory;
use skypicket_model::observation::{ModeS, ModeSPart, SelfReport, StatedPosition, StatedStatus};
use skypicket_model::track::{Claim, MAX_CLAIMS};
use skypicket_model::{FlightId, Observation, Report};

/// Puts a claim in front: renewed when it is known, else added and the oldest dropped.
fn claim<T: PartialEq + Copy>(claims: &mut Vec<Claim<T>>, value: T, observation: &Observation) {
    let at = observation.measured;
    // The usual case first: the newest claim is repeated.
    if let Some(first) = claims.first_mut()
        && first.value == value
    {
        first.last = first.last.max(at);
        first.sensor = observation.sensor;
        return;
    }
    if let Some(k) = claims.iter().position(|c| c.value == value) {
        let mut known = claims.remove(k);
        known.last = known.last.max(at);
        known.sensor = observation.sensor;
        claims.insert(0, known);
        return;
    }
    claims.insert(0, Claim { value, sensor: observation.sensor, first: at, last: at });
    claims.truncate(MAX_CLAIMS);
}

/// A single-valued claim.
fn renew<T: PartialEq + Copy>(own: &mut Option<Claim<T>>, value: T, observation: &Observation) {
    let at = observation.measured;
    match own {
        Some(c) if c.value == value => {
            c.last = c.last.max(at);
            c.sensor = observation.sensor;
        }
        _ => *own = Some(Claim { value, sensor: observation.sensor, first: at, last: at }),
    }
}

/// After a stated position was fused: address, heights, evidence.
pub(crate) fn placed(
    tracker: &mut Tracker,
    slot: usize,
    observation: &Observation,
    report: &SelfReport,
    position: &StatedPosition,
) {
    let at = observation.measured;
    let d = tracker.tracks[slot].dossier_mut();
    claim(&mut d.identity.addresses, report.address, observation);
    if let Some(pressure) = position.pressure {
        d.pressure = Some((pressure, at));
    }
    if let Some(height) = position.height {
        d.stated_height = Some((height, at));
    }
    d.reports = Some(match d.reports {
        Some((first, last, count)) => (first, last.max(at), count.saturating_add(1)),
        None => (at, at, 1),
    });
}

pub(crate) fn identity(
    tracker: &mut Tracker,
    slot: usize,
    observation: &Observation,
    flight_id: Option<FlightId>,
    category: Option<EmitterCategory>,
) {
    let d = tracker.tracks[slot].dossier_mut();
    if let Some(flight_id) = flight_id {
        claim(&mut d.identity.flight_ids, flight_id, observation);
    }
    if let Some(category) = category {
        renew(&mut d.identity.category, category, observation);
    }
}

pub(crate) fn status(tracker: &mut Tracker, slot: usize, observation: &Observation, status: &StatedStatus) {
    let d = tracker.tracks[slot].dossier_mut();
    if let Some(squawk) = status.squawk {
        claim(&mut d.identity.squawks, squawk, observation);
    }
    match status.emergency {
        Some(Some(emergency)) => renew(&mut d.identity.emergency, emergency, observation),
        Some(None) => d.identity.emergency = None,
        None => {}
    }
    if let Some(on_ground) = status.on_ground {
        d.on_ground = on_ground;
    }
}

/// A Mode S reply: it names an aircraft but not its place. An aircraft that no track holds is counted, not tracked.
pub(crate) fn mode_s(tracker: &mut Tracker, observation: &Observation, report: &ModeS) {
    let Some(slot) = tracker.addresses.first(report.address, observation.reality) else {
        tracker.counts.unlocated += 1;
        return;
    };
    let at = observation.measured;
    let d = tracker.tracks[slot as usize].dossier_mut();
    match &report.part {
        ModeSPart::Pressure { pressure, on_ground } => {
            if let Some(pressure) = pressure {
                d.pressure = Some((*pressure, at));
            }
            set_ground(d, *on_ground);
        }
        ModeSPart::Squawk { squawk, on_ground, .. } => {
            claim(&mut d.identity.squawks, *squawk, observation);
            set_ground(d, *on_ground);
        }
        ModeSPart::Identity { flight_id } => claim(&mut d.identity.flight_ids, *flight_id, observation),
        ModeSPart::AllCall { .. } | ModeSPart::AirData(_) => {}
    }
}

fn set_ground(d: &mut Dossier, on_ground: Option<bool>) {
    if let Some(on_ground) = on_ground {
        d.on_ground = on_ground;
    }
}

/// What a plot or fix carried besides a place, once it surely belongs to the track.
pub(crate) fn claims_of_plot(tracker: &mut Tracker, slot: usize, observation: Observation) {
    let (address, squawk, flight_id, pressure, on_ground) = match &observation.report {
        Report::Plot(p) => (p.address, p.squawk, p.flight_id, p.pressure, None),
        Report::Fix(f) => (f.address, f.squawk, f.flight_id, f.pressure, f.on_ground),
        Report::Bearing(b) => (b.address, None, None, None, None),
        _ => return,
    };
    if address.is_none() && squawk.is_none() && flight_id.is_none() && pressure.is_none() && on_ground.is_none() {
        return;
    }
    let track = &mut tracker.tracks[slot];
    let reality = track.reality;
    let d = track.dossier_mut();
    if let Some(address) = address {
        claim(&mut d.identity.addresses, address, &observation);
    }
    if let Some(squawk) = squawk {
        claim(&mut d.identity.squawks, squawk, &observation);
    }
    if let Some(flight_id) = flight_id {
        claim(&mut d.identity.flight_ids, flight_id, &observation);
    }
    if let Some(pressure) = pressure {
        d.pressure = Some((pressure, observation.measured));
    }
    set_ground(d, on_ground);
    if let (Some(address), None) = (address, d.address) {
        d.address = Some(address);
        tracker.addresses.add(address, reality, slot as u32);
    }
}
