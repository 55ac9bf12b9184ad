//! `GET /api/v1/tracks/{key}/origin`: where a track may have come from. Internal.

use super::{AsOf, Fault, Query, Shared, find, shown};
use crate::http::dto::OriginDto;
use axum::Json;
use axum::extract::{Path, State};
use skypicket_model::TrackId;

pub(super) async fn origin(
    State(app): Shared,
    Path(key): Path<String>,
    Query(as_of): Query<AsOf>,
) -> Result<Json<OriginDto>, Fault> {
    let shown = shown(&app, &as_of).await?;
    // One that is no longer held may be asked for by its id, or by the number that it had.
    let held = find(&shown, &key).map(|held| held.track.id);
    let picture = &shown.view.picture;
    let former = || {
        let by_id = (key.len() == 16).then(|| u64::from_str_radix(&key, 16).ok()).flatten().map(TrackId);
        let number: Option<u32> = key.parse().ok();
        let had = number.and_then(|number| picture.former.iter().find(|former| former.number == number));
        by_id.or(had.map(|former| former.id))
    };
    let track = held.or_else(|fault| former().ok_or(fault))?;
    let none = || {
        Fault::missing(format!(
            "nothing is said of where track {track} came from: that is worked out for tracks with an entry that is at least possible and that nothing \
             permits, once they have been seen for a while"
        ))
    };
    let at = picture.origins.binary_search_by_key(&track, |region| region.track).map_err(|_| none())?;
    picture.origins.get(at).map(|region| Json(OriginDto::of(region))).ok_or_else(none)
}
