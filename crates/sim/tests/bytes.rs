//! What the feeds send, read back by the real decoders, is the truth within the stated noise.

mod common;

use common::{observe, small};
use skypicket_model::math::{deg, wrap_pi};
use skypicket_model::observation::{ModeSPart, SelfPart, SensorStatus};
use skypicket_model::{Address, Geodetic, Mode3A, Observation, Report, Span, Time};
use skypicket_sim::World;
use skypicket_sim::target::Target;

fn by_address(world: &World, address: Option<Address>) -> Option<&Target> {
    let value = address?.value;
    world.targets.iter().find(|target| target.transponder.as_ref().is_some_and(|t| t.address == value))
}

fn truth(target: &Target, t: Time) -> Geodetic {
    target.at(t).expect("the target flies when it is measured").place
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt())
}

fn near_zero(values: &[f64], sigma: f64, what: &str) {
    let (mean, spread) = moments(values);
    let n = values.len() as f64;
    assert!(values.len() > 50, "{what}: only {} values", values.len());
    assert!(mean.abs() < 5.0 * sigma / n.sqrt(), "{what}: mean {mean} of {n}");
    assert!((spread - sigma).abs() < 5.0 * sigma / (2.0 * n).sqrt(), "{what}: spread {spread}, wanted {sigma}");
}

#[test]
fn plots_are_where_their_targets_are() {
    let world = small();
    let radar = &world.radars[0];
    let (observations, rejects) = observe(&world);
    assert!(rejects.iter().all(|(reason, _)| *reason == "unconfirmed address parity"), "{rejects:?}");
    let (mut ranges, mut azimuths, mut pressures) = (Vec::new(), Vec::new(), Vec::new());
    for Observation { measured, report, .. } in &observations {
        let Report::Plot(plot) = report else { continue };
        let Some(target) = by_address(&world, plot.address) else { continue };
        let place = truth(target, *measured);
        let look = radar.site.look(place.to_ecef());
        ranges.push(plot.range_m - look.range_m);
        azimuths.push(deg(wrap_pi(plot.azimuth.rad - look.azimuth_rad)));
        pressures.push(plot.pressure.expect("replies carry Mode C").m - world.air.pressure(place.height_m).m);
        let squawk = target.transponder.as_ref().expect("it replied").squawk(*measured);
        assert_eq!(plot.squawk, Some(squawk));
    }
    // The time of day has steps of 1/128 s, in which 230 m/s make 2 m.
    near_zero(&ranges, 50.0, "range");
    near_zero(&azimuths, 0.08, "azimuth");
    assert!(pressures.iter().all(|error_m| error_m.abs() < 7.6 * 0.51 + 1.0), "Mode C has steps of 25 ft");
}

#[test]
fn the_silent_mover_is_seen_by_skin_return_only_with_height() {
    let world = small();
    let radar = &world.radars[0];
    let target = world.targets.iter().find(|t| t.name == "silent-mover").expect("there");
    let (observations, _) = observe(&world);
    let mut heights = Vec::new();
    for Observation { measured, report, .. } in &observations {
        let Report::Plot(plot) = report else { continue };
        let Some(motion) = target.at(*measured) else { continue };
        let look = radar.site.look(motion.place.to_ecef());
        let near = (plot.range_m - look.range_m).abs() < 300.0
            && deg(wrap_pi(plot.azimuth.rad - look.azimuth_rad)).abs() < 0.5;
        if near && plot.address.is_none() {
            assert!(plot.detection.primary && !plot.detection.secondary && !plot.detection.mode_s);
            assert_eq!((plot.squawk, plot.pressure), (None, None));
            let sigma_m = look.range_m * radar.elevation_sigma_rad.expect("3D");
            let height = plot.height.expect("a 3D radar says a height").m - (motion.place.height_m - world.air.geoid_m);
            heights.push(height / sigma_m);
        }
    }
    near_zero(&heights, 1.0, "height in sigmas");
}

#[test]
fn self_reports_are_the_truth_within_gnss_noise() {
    let world = small();
    let (observations, _) = observe(&world);
    let (mut positions, mut emergencies, mut velocities, mut steady) = (0, 0, 0, 0);
    for Observation { measured, report, .. } in &observations {
        let Report::SelfReport(said) = report else { continue };
        let target = by_address(&world, Some(said.address)).expect("only our aircraft speak");
        assert_eq!(target.name, "liner", "the other one has no ADS-B");
        match said.part {
            SelfPart::Position(position) => {
                positions += 1;
                let place = truth(target, *measured);
                let off_m = position.place.rough_distance_m(place.lat_lon());
                // Six sigma of 4 m in the plane, half a CPR step, and 1 ms of stamp.
                assert!(off_m < 30.0, "{off_m}");
                assert_eq!(position.nic, Some(8));
                let pressure_m = position.pressure.expect("stated").m;
                assert!((pressure_m - world.air.pressure(place.height_m).m).abs() < 4.5);
            }
            SelfPart::Velocity(velocity) => {
                velocities += 1;
                let motion = target.at(*measured).expect("flies");
                let east = velocity.east_m_s.expect("stated") - motion.east_m_s;
                let north = velocity.north_m_s.expect("stated") - motion.north_m_s;
                // Half a knot; at the beginning and end of a turn the aircraft's own estimate lags by part of a second.
                steady += usize::from(east.abs() < 0.26 && north.abs() < 0.26);
                assert!(east.abs() < 4.0 && north.abs() < 4.0, "{east} {north}");
            }
            SelfPart::Identity { flight_id, .. } => assert_eq!(flight_id.expect("sent").as_str(), "VST12"),
            SelfPart::Status(status) => {
                if status.squawk == Some(Mode3A(0o7700)) {
                    emergencies += 1;
                }
            }
            SelfPart::Target(_) | SelfPart::NoPosition => {}
        }
    }
    // Two a second for ten minutes at a probability of reception of some 0.8.
    assert!((700..1200).contains(&positions), "{positions}");
    assert!((700..1200).contains(&velocities), "{velocities}");
    assert!(steady + 8 > velocities, "{steady} of {velocities}");
    // Every 0.8 s for four minutes.
    assert!((150..320).contains(&emergencies), "{emergencies}");
}

#[test]
fn replies_and_squitters_name_both_aircraft() {
    let world = small();
    let (observations, _) = observe(&world);
    for target in world.targets.iter().filter(|t| t.transponder.is_some()) {
        let address = Address::icao(target.transponder.as_ref().expect("filtered").address);
        let of = |wanted: fn(&ModeSPart) -> bool| {
            observations
                .iter()
                .any(|o| matches!(&o.report, Report::ModeS(m) if m.address == address && wanted(&m.part)))
        };
        assert!(of(|part| matches!(part, ModeSPart::AllCall { .. })), "{}", target.name);
        assert!(of(|part| matches!(part, ModeSPart::Pressure { .. })), "{}", target.name);
        assert!(of(|part| matches!(part, ModeSPart::Squawk { .. })), "{}", target.name);
        assert!(of(|part| matches!(part, ModeSPart::Identity { .. })), "{}", target.name);
    }
}

#[test]
fn the_neighbours_tracks_are_the_truth_within_their_slow_error() {
    let world = small();
    let (observations, _) = observe(&world);
    let mut errors = Vec::new();
    for Observation { measured, report, .. } in &observations {
        let Report::SystemTrack(track) = report else { continue };
        let target = by_address(&world, track.address).expect("its sources are transponders");
        let place = truth(target, *measured);
        let off_m = track.place.rough_distance_m(place.lat_lon());
        assert!(off_m < 80.0 * 5.5, "{off_m}");
        errors.push(off_m * off_m);
        assert!((track.sigma.east_m - 80.0).abs() < 0.5 && track.confirmed);
        let (east, north) = track.velocity_m_s.expect("sent");
        let motion = target.at(*measured).expect("flies");
        assert!((east - motion.east_m_s).abs() < 0.2 && (north - motion.north_m_s).abs() < 0.2);
    }
    let rms_m = (errors.iter().sum::<f64>() / errors.len() as f64 / 2.0).sqrt();
    assert!(errors.len() > 200 && (40.0..130.0).contains(&rms_m), "{} {rms_m}", errors.len());
}

#[test]
fn the_radar_tells_north_place_and_silence() {
    let world = small();
    let (observations, _) = observe(&world);
    let radar = world.feeds()[0].sensors[0].id;
    let norths: Vec<Time> = observations
        .iter()
        .filter(|o| {
            matches!(o.report, Report::SensorStatus(SensorStatus::NorthMarker { rotation: Some(_) }))
                && o.sensor == radar
        })
        .map(|o| o.measured)
        .collect();
    // 120 turns less the twelve of the minute of silence.
    assert!((106..=109).contains(&norths.len()), "{}", norths.len());
    let gaps: Vec<f64> = norths.windows(2).map(|pair| (pair[1] - pair[0]).s()).collect();
    assert!(gaps.iter().all(|gap| (gap - 5.0).abs() < 0.01 || (gap - 65.0).abs() < 5.1), "{gaps:?}");
    let stated = observations.iter().find_map(|o| match o.report {
        Report::SensorPosition(stated) => Some(stated.place),
        _ => None,
    });
    let site = world.radars[0].site.place();
    let stated = stated.expect("the radar says where it is");
    assert!(stated.lat_lon().rough_distance_m(site.lat_lon()) < 3.0);
    let quiet =
        (Time::parse("2025-09-09T23:58:00.2Z").expect("time"), Time::parse("2025-09-09T23:59:00Z").expect("time"));
    assert!(observations.iter().all(|o| o.sensor != radar || o.received < quiet.0 || o.received >= quiet.1));
    assert!(
        observations
            .iter()
            .all(|o| (o.received - o.measured) < Span::from_s(2) && o.received >= o.measured - Span::from_ms(8))
    );
}

#[test]
fn the_post_hears_where_the_silent_mover_is() {
    let world = small();
    let (observations, _) = observe(&world);
    let post = &world.listeners[0];
    let mover = world.targets.iter().find(|target| target.name == "silent-mover").expect("there");
    let mut errors = Vec::new();
    for Observation { measured, report, .. } in &observations {
        let Report::Bearing(bearing) = report else { continue };
        let look = post.site.look(truth(mover, *measured).to_ecef());
        assert!(look.range_m <= mover.kind.audible_m() + 1.0);
        errors.push(deg(wrap_pi(bearing.azimuth.rad - look.azimuth_rad)));
    }
    near_zero(&errors, 2.0, "bearing");
}
