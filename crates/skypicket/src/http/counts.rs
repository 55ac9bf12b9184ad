//! Counts and groups as transfer types.

use super::dto::{
    AreaCountDto, CountBasisDto, CountedDto, GroupDto, GroupMemberDto, GroupStepDto, SharedGroupDto, SharedIncidentDto,
};
use super::render::Renderer;
use crate::words;
use skypicket_model::math::deg;
use skypicket_model::{AirspaceId, Count, Incident, Referent, Subject, TrackGroup};

const fn name(referent: Referent) -> &'static str {
    match referent {
        Referent::ObjectsEntered => "objects_entered",
        Referent::InsideNow => "inside_now",
        Referent::ReportedShotDown => "reported_shot_down",
        Referent::Wrecks => "wrecks",
        Referent::WrecksNoDrones => "wrecks_no_drones",
    }
}

/// How many tracks both have. A group has some hundred at most.
fn shared(incident: &Incident, group: &TrackGroup) -> usize {
    let member = |subject: &&Subject| matches!(subject, Subject::Track(id) if group.members.contains(id));
    incident.subjects.iter().filter(member).count()
}

impl Renderer<'_> {
    fn area(&self, id: AirspaceId) -> (String, String) {
        let code = self.plan.airspaces.get(id.0 as usize).map_or_else(String::new, |airspace| airspace.code.clone());
        (code, self.airspace_name(id))
    }

    /// The counts of all areas.
    #[must_use]
    pub fn counts(&self) -> Vec<AreaCountDto> {
        self.picture.counts.iter().map(|count| self.count(count)).collect()
    }

    fn count(&self, count: &Count) -> AreaCountDto {
        let (area, area_name) = self.area(count.area);
        let counted = Referent::ALL.iter().filter_map(|referent| {
            let told = count.of(*referent)?;
            let (from, until) = told.interval(0.9);
            Some(CountedDto {
                referent: name(*referent),
                text: words::count(count, *referent, &area_name),
                from,
                until,
                most_likely: told.most_likely(),
                mean: told.mean(),
                least: told.least,
                probabilities: told.probabilities.clone(),
            })
        });
        let counted = counted.collect();
        let basis = &count.basis;
        AreaCountDto {
            area,
            area_name,
            reality: words::reality(count.reality),
            since: count.since.to_string(),
            as_of: count.as_of.to_string(),
            counted,
            basis: CountBasisDto {
                tracks: basis.tracks,
                reports: basis.reports,
                not_entered: basis.not_entered,
                stitched: basis.stitched,
                only_reported: basis.only_reported,
                missed: basis.missed,
                tracked_share: basis.tracked_share,
                tracked_share_sigma: basis.tracked_share_sigma,
                cut: basis.cut,
                text: words::count_basis(basis),
            },
        }
    }

    /// The groups, newest first.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupDto> {
        self.picture.groups.iter().rev().map(|group| self.group(group)).collect()
    }

    /// The groups that have tracks in common with an incident.
    pub(super) fn groups_of(&self, incident: &Incident) -> Vec<SharedGroupDto> {
        let shared = |group: &TrackGroup| {
            let shared = shared(incident, group);
            (shared > 0).then_some(SharedGroupDto {
                number: group.number,
                shared,
                tracks: group.members.len(),
                objects: group.objects,
            })
        };
        self.picture.groups.iter().filter_map(shared).collect()
    }

    /// The incidents that have tracks in common with a group.
    fn incidents_of(&self, group: &TrackGroup) -> Vec<SharedIncidentDto> {
        let shared = |(index, incident): (usize, &Incident)| {
            let shared = shared(incident, group);
            (shared > 0).then(|| SharedIncidentDto {
                id: incident.id.to_string(),
                number: index + 1,
                shared,
                tracks: incident.subjects.len(),
            })
        };
        self.picture.incidents.iter().enumerate().filter_map(shared).collect()
    }

    fn group(&self, group: &TrackGroup) -> GroupDto {
        let (area, area_name) = self.area(group.airspace);
        let label = |subject: &Subject| self.subject_label(subject);
        let member = |id: &skypicket_model::TrackId| GroupMemberDto {
            id: id.to_string(),
            number: self.shown(*id).map(|shown| shown.number),
            label: label(&Subject::Track(*id)),
        };
        GroupDto {
            number: group.number,
            title: words::group_title(group.number, group.objects, &area_name, group.first_entry, group.last_entry),
            area,
            area_name,
            reality: words::reality(group.reality),
            members: group.members.iter().map(member).collect(),
            incidents: self.incidents_of(group),
            objects: group.objects,
            first_entry: group.first_entry.to_string(),
            last_entry: group.last_entry.to_string(),
            place: [group.place.lon_deg, group.place.lat_deg],
            spread_m: group.spread_m,
            course_deg: deg(group.course_rad),
            speed_m_s: group.speed_m_s,
            class: words::class(group.class),
            cohesion: group.cohesion,
            history: group
                .history
                .iter()
                .map(|step| GroupStepDto { time: step.time.to_string(), text: words::group_change(step.what, label) })
                .collect(),
        }
    }
}
