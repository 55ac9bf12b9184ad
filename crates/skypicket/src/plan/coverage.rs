//! Coverage of a plan: the described sensors, their horizons and, where a file is named, the terrain. And the candidate areas of origins.

use super::files::FileSet;
use crate::config::{Faults, Parsed, Part};
use skypicket_assess::Coverage;
use skypicket_assess::origin::{Area, Areas};
use skypicket_model::Sensor;
use std::sync::Arc;

/// What the described sensors can see; a terrain file with faults is told and left out.
pub(super) fn resolve(parsed: &Parsed, files: &mut FileSet<'_>, sensors: &[Sensor], faults: &mut Faults) -> Coverage {
    let mut terrain = None;
    if let Some(path) = &parsed.config.site.terrain {
        let read = files.read("terrain", path).and_then(|file| {
            let named = |why: String| format!("terrain file \"{}\": {why}", file.name);
            let text = std::str::from_utf8(&file.bytes).map_err(|error| named(format!("is no UTF-8 text: {error}")))?;
            skypicket_wire::terrain_grid::read(text).map_err(|fault| named(fault.to_string()))
        });
        match read {
            Ok(read) => terrain = Some(Arc::new(read)),
            Err(why) => faults.add(parsed.fault(Part::Site, "terrain", &why)),
        }
    }
    let mut coverage = Coverage::new(parsed.config.assess.coverage.clone(), terrain);
    coverage.prepare(sensors);
    coverage
}

/// Candidate areas of origins; a file with faults is told and left out.
pub(super) fn origin_areas(parsed: &Parsed, files: &mut FileSet<'_>, faults: &mut Faults) -> Areas {
    let Some(path) = &parsed.config.site.origin_areas else { return Areas::default() };
    let read = files.read("origin-areas", path).and_then(|file| {
        let named = |why: String| format!("origin area file \"{}\": {why}", file.name);
        let text = std::str::from_utf8(&file.bytes).map_err(|error| named(format!("is no UTF-8 text: {error}")))?;
        skypicket_wire::origin_areas::read(text).map_err(named)
    });
    match read {
        Ok(areas) => {
            let area = |area: skypicket_wire::origin_areas::OriginArea| Area {
                name: area.name,
                weight: area.weight,
                rings: area.rings,
            };
            Areas::new(areas.into_iter().map(area).collect())
        }
        Err(why) => {
            faults.add(parsed.fault(Part::Site, "origin_areas", &why));
            Areas::default()
        }
    }
}
