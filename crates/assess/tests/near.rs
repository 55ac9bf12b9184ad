//! Which tracks are near a watched border.

mod support;

use skypicket_model::Track;
use support::{Story, Watch};

fn near(watch: &Watch, story: &Story, change: impl FnOnce(&mut Track)) -> bool {
    let mut track = story.track(0.0, (0.0, 0.0));
    change(&mut track);
    watch.assessor.site().is_near_a_border(&track, 120.0)
}

#[test]
fn a_track_that_can_reach_or_have_left_the_border_in_time_is_near_it() {
    let watch = Watch::new();
    // 45 m/s and 6·√8 m/s more, for 120 s, and six times 60·√2 m: 8 km.
    for (km_east, is_near) in [(-60.0, false), (-9.0, false), (-7.0, true), (0.1, true), (7.0, true), (9.0, false)] {
        assert_eq!(near(&watch, &Story::drone(1, km_east), |_| ()), is_near, "{km_east} km");
    }
    // An airliner is near it from farther off.
    assert!(near(&watch, &Story::airliner(2, 25.0, &[]), |_| ()));
    assert!(!near(&watch, &Story::airliner(2, 40.0, &[]), |_| ()));
    // Nothing is near from farther than a hundred kilometres, however little is known of it.
    let lost = |track: &mut Track| track.covariance.0 = track.covariance.0.map(|c| c * 1e6);
    assert!(near(&watch, &Story::drone(3, 90.0), lost));
    assert!(!near(&watch, &Story::drone(3, 110.0), lost));
}
