//! What people report from the ground.

use skypicket_model::{GroundReport, GroundReportKind, ReportedObject};

/// A report in a few words: what is reported, of what.
#[must_use]
pub const fn ground_report(report: &GroundReport) -> &'static str {
    use GroundReportKind::{Damage, Debris, ShotDown, Sighting, Wreck};
    use ReportedObject::{Drone, NotADrone, Unknown};
    match (report.kind, report.object) {
        (Wreck, Drone) => "wreck of a drone",
        (Wreck, NotADrone) => "wreck that is no drone",
        (Wreck, Unknown) => "wreck, not known of what",
        (Debris, Drone) => "debris of a drone",
        (Debris, NotADrone) => "debris that is of no drone",
        (Debris, Unknown) => "debris, not known of what",
        (Sighting, Drone) => "sighting of a drone",
        (Sighting, NotADrone) => "sighting of something that is no drone",
        (Sighting, Unknown) => "sighting, not known of what",
        (Damage, Drone) => "damage by a drone",
        (Damage, NotADrone) => "damage by something that is no drone",
        (Damage, Unknown) => "damage, not known by what",
        (ShotDown, Drone) => "drone reported shot down",
        (ShotDown, NotADrone) => "reported shot down, no drone",
        (ShotDown, Unknown) => "reported shot down, not known what",
    }
}
