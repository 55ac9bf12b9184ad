//! Linking confirmed tracks to the ids that they had in an earlier epoch.

use crate::tracker::Tracker;
use skypicket_model::{Time, Track, TrackId};

/// Links tracks to earlier ones: by address first, then by place and motion within five standard deviations, nearest first.
pub(crate) fn adopt(tracker: &mut Tracker, earlier: &[Track], at: Time) -> Vec<(TrackId, TrackId)> {
    let mut pairs: Vec<(bool, f64, TrackId, TrackId, usize, usize)> = Vec::new();
    for (e, old) in earlier.iter().enumerate() {
        for slot in 0..tracker.tracks.len() {
            if !tracker.hot[slot].alive
                || !tracker.tracks[slot].confirmed
                || tracker.tracks[slot].reality != old.reality
            {
                continue;
            }
            let now = crate::report::track(tracker, slot, at);
            let same_address = old.identity.address().is_some() && old.identity.address() == now.identity.address();
            let other_address = !same_address && old.identity.address().is_some() && now.identity.address().is_some();
            let dt_s = (now.valid - old.valid).s();
            let north = (now.position.lat_deg - old.position.lat_deg) * 111_132.95 - old.velocity.y * dt_s;
            let lat = skypicket_model::math::rad(old.position.lat_deg);
            let east = skypicket_model::math::wrap_deg_180(now.position.lon_deg - old.position.lon_deg)
                * 111_319.49
                * skypicket_model::math::cos(lat)
                - old.velocity.x * dt_s;
            let spread = |t: &Track, i: usize| t.covariance.get(i, i);
            let grow = |i: usize| spread(&now, i) + spread(old, i) + (spread(old, i + 3) + 9.0) * dt_s * dt_s + 2500.0;
            let d2 = east * east / grow(0) + north * north / grow(1);
            if !other_address && (d2 < 25.0 || (same_address && d2 < 400.0)) {
                pairs.push((!same_address, d2, old.id, now.id, e, slot));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)).then(a.3.cmp(&b.3)));
    let (mut used_old, mut used_new, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for (_, _, old_id, new_id, e, slot) in pairs {
        if used_old.contains(&e) || used_new.contains(&slot) {
            continue;
        }
        used_old.push(e);
        used_new.push(slot);
        let track = &mut tracker.tracks[slot];
        track.id = old_id;
        track.born = track.born.min(earlier[e].born);
        if !earlier[e].standard_identity.by_machine() {
            track.dossier_mut().carried = Some(earlier[e].standard_identity);
        }
        tracker.mark(slot);
        links.push((new_id, old_id));
    }
    links.sort_unstable();
    links
}
