use super::*;
use crate::airspace_entry::testing;
use crate::site::moved;
use skypicket_model::airspace::SourceDocument;
use skypicket_model::way::Moment;
use skypicket_model::{Airspace, AirspaceId, AirspaceKind, EdgeClass, LatLon, Ring, VerticalLimit, Ways};

const BORDER: LatLon = LatLon { lat_deg: 51.0, lon_deg: 24.0 };
const SIGMA_M: f64 = 20.0;

/// A country west of 24° east.
fn country() -> Airspace {
    let corner = |lat_deg, lon_deg| LatLon { lat_deg, lon_deg };
    Airspace {
        id: AirspaceId(0),
        code: "AAA".into(),
        name: "a country".into(),
        kind: AirspaceKind::State,
        rings: vec![Ring {
            points: vec![corner(50.0, 22.0), corner(50.0, 24.0), corner(52.0, 24.0), corner(52.0, 22.0)],
            edges: vec![EdgeClass::Land; 4],
        }],
        lower: VerticalLimit::Surface,
        upper: VerticalLimit::Unlimited,
        schedule: vec![],
        source: SourceDocument { name: "drawn".into(), sha256: [0; 32], policy: "drawn".into() },
        watched: true,
    }
}

/// A way measured every second that is kept for so long, of one that was so far east of the border at each.
struct Kept<'a> {
    east_m: &'a [f64],
    from: usize,
}

impl Ways for Kept<'_> {
    fn way(&self, _: TrackId, since: Time, out: &mut Way) -> bool {
        out.moments.clear();
        out.common.clear();
        let first = usize::try_from((since - Time::EPOCH).ns() / 1_000_000_000).unwrap_or(0).max(self.from);
        let last = self.east_m.len() - 1;
        for second in first.min(last)..=last {
            let diagonal =
                |value: f64| core::array::from_fn(|i| core::array::from_fn(|j| if i == j { value } else { 0.0 }));
            out.moments.push(Moment {
                time: Time::from_s(second as i64),
                place: moved(BORDER, self.east_m[second], 0.0),
                velocity_m_s: [self.east_m[second] - self.east_m[second.max(1) - 1], 0.0],
                gain: diagonal(0.0),
                root: diagonal(SIGMA_M),
                spread_m2: [SIGMA_M * SIGMA_M, 0.0, SIGMA_M * SIGMA_M],
            });
        }
        true
    }
}

/// What is told after each second of one that flew so, of which the last two minutes are kept, but nothing from before `kept_from`.
fn told(east_m: &[f64], kept_from: usize) -> Vec<Option<Passage>> {
    told_at(east_m, kept_from, 1.0)
}

/// The same where its height is within the limits with that probability.
fn told_at(east_m: &[f64], kept_from: usize, height: f64) -> Vec<Option<Passage>> {
    let airspace = country();
    let watched = Watched::new(&airspace, Boundary::new(&airspace).expect("a square stands"));
    let (sigma, params) = (BorderSigma::default(), EntryParams::default());
    let (mut drawn, mut scratch): (Option<Drawn>, Scratch) = (None, Scratch::default());
    let mut seen: Vec<(Time, f64)> = Vec::new();
    let mut all = Vec::new();
    for second in 0..east_m.len() {
        let (now, distance_m) = (Time::from_s(second as i64), east_m[second]);
        let standing = Standing { now, distance_m, sigma_m: SIGMA_M, height };
        let track = testing::track(7, now, moved(BORDER, distance_m, 0.0), SIGMA_M);
        if drawn.is_none() && Drawn::in_doubt(&track, &standing) {
            let prelude = seen.iter().rev().take(21).rev().copied().collect();
            drawn = Some(Drawn::new(now, None, prelude));
        }
        let kept = Kept { east_m: &east_m[..=second], from: kept_from.max(second.saturating_sub(120)) };
        if let Some(drawn) = &mut drawn {
            let by = By { ways: WaysOf(Some(&kept)), sigma: &sigma, params: &params };
            drawn.follow(&track, &watched, &standing, by, &mut scratch);
        }
        seen.push((now, distance_m));
        all.push(drawn.as_ref().and_then(|drawn| drawn.passage().cloned()));
    }
    all
}

/// From one distance to the next at 40 m/s, through each of them.
fn flight(through_m: &[f64]) -> Vec<f64> {
    let mut all = vec![through_m[0]];
    for to_m in &through_m[1..] {
        while (to_m - all[all.len() - 1]).abs() > 1.0 {
            let from_m = all[all.len() - 1];
            all.push(from_m + (to_m - from_m).clamp(-40.0, 40.0));
        }
    }
    all
}

fn last(told: &[Option<Passage>]) -> &Passage {
    told.last().and_then(Option::as_ref).expect("it is told of")
}

#[test]
fn an_entry_between_two_doubts_is_not_forgotten() {
    // In for 50 s and out again; 40 s later near the line once more, before the first doubt is settled; then away.
    let all = told(&flight(&[1000.0, -1000.0, 700.0, 60.0, 5000.0]), 0);
    let passage = last(&all);
    assert!(passage.entered_probability > 0.99, "{passage:?}");
    let inside = passage.inside_for.expect("it was inside").middle.s();
    assert!((inside - 50.0).abs() < 2.0, "{inside}");
    let at = passage.entered_at.expect("it was seen to come in");
    assert!((at.middle - Time::from_s(25)).s().abs() < 1.5, "{at:?}");
}

#[test]
fn doubts_that_keep_coming_back_are_looked_at_while_it_goes_on() {
    // Along the border: a moment in doubt, twelve seconds out of it, and so on; inside all the time.
    let weave = |second: usize| if second % 16 < 3 { -150.0 } else { -260.0 };
    let east_m: Vec<f64> = flight(&[1000.0, -150.0]).into_iter().chain((0..200).map(weave)).collect();
    let all = told(&east_m, 0);
    let first = all.iter().position(|passage| passage.as_ref().is_some_and(|told| told.entered_probability > 0.99));
    assert!(first.is_some_and(|second| second < 80), "{first:?}");
}

#[test]
fn what_it_did_before_its_way_was_kept_counts() {
    // Inside when it is seen first, out after 23 s; its way is kept from the sixth second on.
    let east_m = flight(&[-920.0, 4000.0]);
    let (whole, cut) = (told(&east_m, 0), told(&east_m, 6));
    assert!(last(&whole).entered_probability > 0.95, "{:?}", last(&whole));
    assert!((last(&cut).entered_probability - last(&whole).entered_probability).abs() < 0.05, "{:?}", last(&cut));
    let short = told(&flight(&[-680.0, 4000.0]), 6);
    assert!(last(&short).entered_probability < 0.05, "17 s are no stay: {:?}", last(&short));
}

#[test]
fn depth_and_time_inside_are_those_flown_and_not_the_greatest_of_many_estimates() {
    // In, 3 km deep, noise of one sigma on every estimate, and out again.
    let mut east_m = flight(&[1000.0, -3000.0, 5000.0]);
    let mut noise = vec![0.0; east_m.len()];
    stratified(5, &mut noise);
    // What is smoothed has a third of it.
    for (place, z) in east_m.iter_mut().zip(&noise) {
        *place += SIGMA_M / 3.0 * z;
    }
    let all = told(&east_m, 0);
    let passage = last(&all);
    let (depth, inside) = (passage.depth_m.expect("deep"), passage.inside_for.expect("inside"));
    assert!(depth.low < 3000.0 && depth.high > 3000.0 && depth.high - depth.low < 150.0, "{depth:?}");
    assert!((inside.middle.s() - 150.0).abs() < 2.0, "{inside:?}");
    assert!(inside.low.s() < 150.0 && inside.high.s() > 149.0 && (inside.high - inside.low).s() < 6.0, "{inside:?}");
}

#[test]
fn what_was_not_within_the_height_was_not_inside_however_long_it_was_there() {
    // Sixty in a hundred that it is above the floor; in for a minute and a half.
    let east_m = flight(&[1000.0, -1800.0, 3000.0]);
    let (all, low) = (told(&east_m, 0), told_at(&east_m, 0, 0.6));
    assert!(last(&all).entered_probability > 0.99);
    let p = last(&low).entered_probability;
    assert!((p - 0.6).abs() < 0.05, "{p}");
    assert!(told_at(&east_m, 0, 0.0).iter().flatten().all(|passage| passage.entered_probability < 0.01), "not active");
}

#[test]
fn what_was_before_a_hole_in_its_way_says_nothing_of_what_is_after() {
    // Deep inside for long, then out for long; ten seconds in again, of which the way is kept from the middle on.
    let mut east_m = flight(&[1000.0, -900.0, 9000.0, 200.0]);
    let hole = east_m.len();
    east_m.extend(flight(&[160.0, -180.0, 4000.0]));
    let drawn = told(&east_m, hole + 3);
    let before = drawn[hole - 1].as_ref().map_or(0.0, |passage| passage.entered_probability);
    let after = last(&drawn).entered_probability;
    assert!(after <= before.max(0.05), "{before} before, {after} after eight seconds");
}
