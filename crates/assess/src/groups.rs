//! Which tracks belong together: groups found by a model, live, with the story of how they split and merged. Page: docs/detectors/groups.md.

pub(crate) mod flights;
pub(crate) mod live;
pub mod mixture;
pub mod partition;
