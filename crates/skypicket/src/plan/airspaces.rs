//! Airspaces of a plan: watched and shown states from the border file, further ones from files; permissions.

use super::files::{FileSet, PlanFile};
use crate::config::{Faults, Parsed, Part};
use crate::journal::sha256;
use skypicket_assess::{PermissionParams, Permissions};
use skypicket_model::airspace::SourceDocument;
use skypicket_model::{Airspace, AirspaceId};
use skypicket_wire::borders_file::Borders;
use std::borrow::Cow;

/// The border file that comes with the program (data/borders: ODbL, see its licence file).
pub static BUILT_IN_BORDERS: &[u8] = include_bytes!("../../../../data/borders/borders.skb");

/// Resolved airspaces and what must be said about their data.
pub(super) struct Airspaces {
    pub(super) airspaces: Vec<Airspace>,
    pub(super) boundary: String,
    pub(super) attributions: Vec<String>,
}

/// Watched states first, then the airspaces of files in config order; ids are their places.
pub(super) fn resolve(parsed: &Parsed, files: &mut FileSet<'_>, faults: &mut Faults) -> Airspaces {
    let mut all = Airspaces { airspaces: Vec::new(), boundary: String::new(), attributions: Vec::new() };
    states(parsed, files, &mut all, faults);
    for (number, listed) in parsed.config.airspace.iter().enumerate() {
        let read = files.read("airspace", &listed.file).and_then(|file| read_airspace(file, listed.watched));
        match read {
            Ok(airspaces) => all.airspaces.extend(airspaces),
            Err(why) => faults.add(parsed.fault(Part::Airspace(number), "file", &why)),
        }
    }
    for (number, airspace) in all.airspaces.iter_mut().enumerate() {
        airspace.id = AirspaceId(number as u32);
    }
    all
}

fn states(parsed: &Parsed, files: &mut FileSet<'_>, all: &mut Airspaces, faults: &mut Faults) {
    let site = &parsed.config.site;
    let bytes: Cow<'_, [u8]> = match &site.borders {
        None => Cow::Borrowed(BUILT_IN_BORDERS),
        Some(path) => match files.read("borders", path) {
            Ok(file) => Cow::Owned(file.bytes.clone()),
            Err(why) => {
                faults.add(parsed.fault(Part::Site, "borders", &why));
                return;
            }
        },
    };
    let borders = match Borders::read(&bytes) {
        Ok(borders) => borders,
        Err(error) => {
            faults.add(parsed.fault(Part::Site, "borders", &format!("site.borders: {error}")));
            return;
        }
    };
    let hash = sha256(&bytes);
    all.boundary = format!("{} {} ({})", borders.policy, borders.policy_version, borders.data);
    all.attributions.push(borders.attribution.clone());
    for (place, code) in site.watch.iter().enumerate() {
        match borders.airspace(code, AirspaceId(0), hash) {
            Ok(mut airspace) => {
                airspace.watched = true;
                all.airspaces.push(airspace);
            }
            Err(why) => {
                let meant = crate::near::did_you_mean(code, borders.spellings());
                let what = format!("site.watch names \"{code}\": {why}{meant}");
                faults.add(parsed.fault(Part::Site, &format!("watch.{place}"), &what));
            }
        }
    }
}

/// GeoJSON by its first character, OpenAir otherwise.
fn read_airspace(file: &PlanFile, watched: bool) -> Result<Vec<Airspace>, String> {
    let named = |why: String| format!("airspace file \"{}\": {why}", file.name);
    let text = std::str::from_utf8(&file.bytes).map_err(|error| named(format!("is no UTF-8 text: {error}")))?;
    let source = SourceDocument { name: file.name.clone(), sha256: file.sha256, policy: String::new() };
    let read = if text.trim_start().starts_with('{') {
        skypicket_wire::airspace_geojson::read(text, AirspaceId(0), &source, watched)
    } else {
        skypicket_wire::airspace_openair::read(text, AirspaceId(0), &source, watched)
    };
    read.map_err(|faults| named(in_words(&faults)))
}

/// How many faults of one file are told.
const MAX_TOLD: usize = 10;

/// Faults of a file in one line.
fn in_words(faults: &[skypicket_wire::airspace::Fault]) -> String {
    let mut told: Vec<String> = faults.iter().take(MAX_TOLD).map(ToString::to_string).collect();
    if faults.len() > MAX_TOLD {
        told.push(format!("{} more", faults.len() - MAX_TOLD));
    }
    told.join("; ")
}

/// Rules and flight plans.
pub(super) fn permissions(parsed: &Parsed, files: &mut FileSet<'_>, faults: &mut Faults) -> Option<Permissions> {
    let mut plans = Vec::new();
    if let Some(path) = &parsed.config.site.flight_plans {
        let read = files.read("flight-plans", path).and_then(|file| {
            let named = |why: String| format!("flight plan file \"{}\": {why}", file.name);
            let text = std::str::from_utf8(&file.bytes).map_err(|error| named(error.to_string()))?;
            skypicket_wire::flight_plan::read(text).map_err(|faults| named(in_words(&faults)))
        });
        match read {
            Ok(read) => plans = read,
            Err(why) => faults.add(parsed.fault(Part::Site, "flight_plans", &why)),
        }
    }
    let params = &parsed.config.permission;
    // Each rule by itself, so that all their faults are told, each where it is.
    let mut sound = true;
    for (number, rule) in params.rule.iter().enumerate() {
        let alone = PermissionParams { rule: vec![rule.clone()], ..PermissionParams::default() };
        if let Err(why) = Permissions::new(&alone, Vec::new()) {
            let named = format!("permission rule \"{}\": ", rule.name.trim());
            let message = why.strip_prefix(&named).unwrap_or(&why);
            faults.add(parsed.fault_named_in(Part::Permission, &format!("rule.{number}"), message, &why));
            sound = false;
        }
    }
    if !sound {
        return None;
    }
    match Permissions::new(params, plans) {
        Ok(permissions) => Some(permissions),
        Err(why) => {
            let message = why.strip_prefix("permission: ").unwrap_or(&why);
            faults.add(parsed.fault_named_in(Part::Permission, "", message, &why));
            None
        }
    }
}
