//! The picture as transfer types.

use super::dto::{
    AssessmentDto, ClaimDto, ClassDto, Ellipse, EntryDto, EvidenceDto, FeedDto, FirstLast, IncidentDto, LineDto,
    LogDto, PassageDto, SensorDto, SubjectDto, TrackDetail, TrackStatic, TrackSummary,
};
use super::gnss::middle;
use super::ledger::Ledger;
use crate::plan::Plan;
use crate::words;
use skypicket_engine::{FormerTrack, Picture, PictureTrack};
use skypicket_model::assessment::Finding;
use skypicket_model::incident::IncidentState;
use skypicket_model::math::deg;
use skypicket_model::track::{Claim, Class, HeightSource, Line};
use skypicket_model::{
    Address, AirspaceId, Assessment, FlightId, Incident, LatLon, Reason, SensorId, Span, Subject, Time, Track, TrackId,
};
use std::collections::BTreeSet;

/// A picture and the plan that names its sensors and airspaces.
#[derive(Clone, Copy)]
pub struct Renderer<'a> {
    /// The picture.
    pub picture: &'a Picture,
    /// The plan.
    pub plan: &'a Plan,
    /// Where the picture's ledger has whose rows.
    pub ledger: &'a Ledger,
}

impl Renderer<'_> {
    pub(super) fn airspace_name(&self, id: AirspaceId) -> String {
        self.plan
            .airspaces
            .get(id.0 as usize)
            .map_or_else(|| "an airspace that is no longer watched".to_owned(), |airspace| airspace.name.clone())
    }

    pub(super) fn shown(&self, id: TrackId) -> Option<&PictureTrack> {
        self.picture
            .tracks
            .binary_search_by_key(&id, |shown| shown.track.id)
            .ok()
            .and_then(|at| self.picture.tracks.get(at))
    }

    /// What a track was called that is shown no more.
    fn former(&self, id: TrackId) -> Option<&FormerTrack> {
        self.picture
            .former
            .binary_search_by_key(&id, |former| former.id)
            .ok()
            .and_then(|at| self.picture.former.get(at))
    }

    pub(super) fn subject_label(&self, subject: &Subject) -> String {
        match subject {
            Subject::Track(id) => match (self.shown(*id), self.former(*id)) {
                (Some(shown), _) => label(shown),
                (None, Some(former)) => name(former.flight_id, former.address, former.number),
                (None, None) => format!("track {}", &id.to_string()[..6]),
            },
            Subject::Sensor(id) => self.plan.sensor_name(*id),
            Subject::Interference(number) => format!("interference {number}"),
        }
    }

    /// The tracks by number: `limit` after the first `offset`.
    #[must_use]
    pub fn tracks(&self, offset: usize, limit: usize) -> Vec<TrackSummary> {
        let mut all: Vec<&PictureTrack> = self.picture.tracks.iter().collect();
        all.sort_by_key(|shown| shown.number);
        all.into_iter().skip(offset).take(limit).map(|shown| self.summary(shown)).collect()
    }

    /// A track in a list.
    #[must_use]
    pub fn summary(&self, shown: &PictureTrack) -> TrackSummary {
        let track = &shown.track;
        let (class, class_probability) = track.class.best();
        TrackSummary {
            number: shown.number,
            id: track.id.to_string(),
            label: label(shown),
            status: words::track_status(track.status),
            class: words::class(class),
            class_probability,
            standard_identity: words::identity(track.standard_identity),
            address: track.identity.address().map(|address| address.to_string()),
            flight_id: track.identity.flight_id().map(|flight_id| flight_id.to_string()),
            squawk: track.identity.squawk().map(|squawk| squawk.to_string()),
            lat_deg: track.position.lat_deg,
            lon_deg: track.position.lon_deg,
            height_m: (track.height_source != HeightSource::Assumed).then_some(track.position.height_m),
            height_source: words::height_source(track.height_source),
            pressure_altitude_m: track.pressure.map(|(pressure, _)| pressure.m),
            ground_speed_m_s: track.ground_speed_m_s(),
            course_deg: deg(track.course_rad()),
            vertical_m_s: track.velocity.z,
            on_ground: track.on_ground,
            existence: track.existence,
            reality: words::reality(track.reality),
            entry: self.ledger.state(track.id).map(words::entry_state),
            emergency: emergency_of(track).map(words::emergency),
            updated: track.updated.to_string(),
        }
    }

    /// What changes seldom, for a browser that holds it.
    #[must_use]
    pub fn statics(&self, shown: &PictureTrack) -> TrackStatic {
        let track = &shown.track;
        TrackStatic {
            number: shown.number,
            id: track.id.to_string(),
            label: label(shown),
            address: track.identity.address().map(|address| address.to_string()),
            flight_id: track.identity.flight_id().map(|flight_id| flight_id.to_string()),
            squawk: track.identity.squawk().map(|squawk| squawk.to_string()),
            class: words::class(track.class.best().0),
            standard_identity: words::identity(track.standard_identity),
        }
    }

    /// All that is known of a track.
    #[must_use]
    pub fn detail(&self, shown: &PictureTrack) -> TrackDetail {
        let track = &shown.track;
        let (major_m, minor_m, azimuth_rad) = track.covariance.horizontal_ellipse();
        let subject = Subject::Track(track.id);
        TrackDetail {
            time: self.picture.time.to_string(),
            summary: self.summary(shown),
            born: track.born.to_string(),
            updates: track.updates,
            ellipse: Ellipse { major_m, minor_m, azimuth_deg: deg(azimuth_rad) },
            velocity_sigma_m_s: (0.5 * (track.covariance.get(3, 3) + track.covariance.get(4, 4))).max(0.0).sqrt(),
            claims: self.claims(track),
            contradicted_since: track.identity.contradicted_since.map(|time| time.to_string()),
            unusable_since: track.identity.unusable_since.map(|time| time.to_string()),
            navigation: self.navigation(track),
            uncorroborated: words::is_uncorroborated(track),
            lines: track.lines.iter().map(|line| self.line(line)).collect(),
            classes: Class::ALL
                .iter()
                .map(|class| ClassDto { class: words::class(*class), probability: track.class.of(*class) })
                .collect(),
            entries: self.rows(self.ledger.of_track(track.id)),
            incidents: self
                .picture
                .incidents
                .iter()
                .filter(|incident| incident.subjects.contains(&subject))
                .map(|incident| incident.id.to_string())
                .collect(),
            observations: FirstLast {
                first: track.first_observation.to_string(),
                last: track.last_observation.to_string(),
            },
        }
    }

    fn claims(&self, track: &Track) -> Vec<ClaimDto> {
        let identity = &track.identity;
        let mut claims = Vec::new();
        claims.extend(identity.addresses.iter().map(|claim| self.claim("address", claim)));
        claims.extend(identity.flight_ids.iter().map(|claim| self.claim("flight_id", claim)));
        claims.extend(identity.squawks.iter().map(|claim| self.claim("squawk", claim)));
        claims.extend(identity.category.iter().map(|claim| self.claim("category", claim)));
        if let Some(claim) = &identity.emergency {
            let named = Claim {
                value: words::emergency(claim.value),
                sensor: claim.sensor,
                first: claim.first,
                last: claim.last,
            };
            claims.push(self.claim("emergency", &named));
        }
        claims
    }

    fn claim<T: std::fmt::Display>(&self, kind: &'static str, claim: &Claim<T>) -> ClaimDto {
        ClaimDto {
            kind,
            value: claim.value.to_string(),
            sensor: self.plan.sensor_name(claim.sensor),
            first: claim.first.to_string(),
            last: claim.last.to_string(),
        }
    }

    fn line(&self, line: &skypicket_model::track::LineOfEvidence) -> LineDto {
        let (name, kind) = match line.line {
            Line::SelfReport => ("its own word".to_owned(), "self_report"),
            Line::Sensor(id) => (self.plan.sensor_name(id), "sensor"),
        };
        LineDto { line: name, kind, first: line.first.to_string(), last: line.last.to_string(), count: line.count }
    }

    /// The ledger, newest first: `limit` rows after the first `offset`.
    #[must_use]
    pub fn entries(&self, offset: usize, limit: usize) -> Vec<EntryDto> {
        let newest = self.picture.entries.iter().rev();
        newest.skip(offset).take(limit).filter_map(|assessment| self.entry(assessment)).collect()
    }

    /// Rows of the ledger, newest first.
    fn rows(&self, places: impl DoubleEndedIterator<Item = usize>) -> Vec<EntryDto> {
        places.rev().filter_map(|place| self.entry(self.picture.entries.get(place)?)).collect()
    }

    fn entry(&self, assessment: &Assessment) -> Option<EntryDto> {
        let (Finding::AirspaceEntry(entry), Subject::Track(track)) = (&assessment.finding, assessment.subject) else {
            return None;
        };
        let shown = self.shown(track);
        let airspace = self.plan.airspaces.get(entry.airspace.0 as usize);
        let (permission, permission_rule) = words::permission(&entry.permission);
        let (reasons, would_change) = self.reasons(assessment);
        let boundary = assessment.reasons.iter().find_map(|reason| match reason {
            Reason::BoundaryData { policy, data } => Some(format!("{policy}, {data}")),
            _ => None,
        });
        let held_back = words::held_back(entry, &assessment.reasons);
        Some(EntryDto {
            track: track.to_string(),
            number: shown.map(|shown| shown.number),
            label: self.subject_label(&assessment.subject),
            airspace: airspace.map_or_else(String::new, |airspace| airspace.code.clone()),
            airspace_name: self.airspace_name(entry.airspace),
            state: words::entry_state(entry.state),
            qualifier: (!held_back.is_empty()).then(|| held_back.join(", ")),
            contradicted: words::is_contradicted(entry),
            rests_on: words::rests_on(entry, &assessment.reasons),
            entered_probability: entry.entered_probability,
            inside_probability: entry.inside_probability,
            distance_m: entry.distance_m,
            entered_at: entry.entered_at.map(|time| time.to_string()),
            entered_place: entry.entered_place.map(|place| [place.lon_deg, place.lat_deg]),
            depth_m: entry.depth_m,
            inside_for_s: entry.inside_for.s(),
            left_at: entry.left_at.map(|time| time.to_string()),
            lost_at: entry.lost_at.map(|time| time.to_string()),
            over: entry.over,
            permission,
            permission_rule,
            reasons,
            would_change,
            not_observed: words::coverage::of_reasons(&assessment.reasons),
            origin: self.origin(track),
            boundary: boundary.unwrap_or_else(|| self.plan.boundary.clone()),
            passage: entry.passage.as_deref().map(PassageDto::of),
            same_as: entry.same_as.map(|same| self.subject_label(&Subject::Track(same.track))),
            same_as_probability: entry.same_as.map(|same| same.probability),
            incident: assessment.incident.map(|incident| incident.to_string()),
        })
    }

    /// Where a track may have come from, in words.
    fn origin(&self, track: TrackId) -> Option<String> {
        let at = self.picture.origins.binary_search_by_key(&track, |region| region.track).ok()?;
        self.picture.origins.get(at).map(|region| words::origin::region(region))
    }

    fn reasons(&self, assessment: &Assessment) -> (Vec<String>, Vec<String>) {
        let name = |id: SensorId| self.plan.sensor_name(id);
        let reasons = assessment.reasons.iter().filter_map(|reason| words::reason(reason, name)).collect();
        (reasons, words::what_would_change(assessment))
    }

    /// All incidents: those that wait for somebody, then acknowledged, then closed; the newest first in each.
    #[must_use]
    pub fn incidents(&self) -> Vec<IncidentDto> {
        let mut all: Vec<(u8, Time, IncidentDto)> = self
            .picture
            .incidents
            .iter()
            .enumerate()
            .map(|(index, incident)| {
                let rank = match incident.state {
                    IncidentState::Open | IncidentState::Risen => 0,
                    IncidentState::Acknowledged => 1,
                    IncidentState::Closed(_) => 2,
                };
                (rank, incident.opened, self.incident(index + 1, incident))
            })
            .collect();
        all.sort_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)));
        all.into_iter().map(|(_, _, incident)| incident).collect()
    }

    fn incident(&self, number: usize, incident: &Incident) -> IncidentDto {
        let label = |subject: &Subject| self.subject_label(subject);
        let airspace = |id: AirspaceId| self.airspace_name(id);
        IncidentDto {
            id: incident.id.to_string(),
            number,
            rule: incident.rule.as_str().to_owned(),
            title: words::incident_title(incident, airspace, label),
            state: words::incident_state(incident.state),
            outcome: match incident.state {
                IncidentState::Closed(outcome) => Some(words::outcome(outcome)),
                _ => None,
            },
            severity: words::severity(incident.severity),
            opened: incident.opened.to_string(),
            updated: incident.updated.to_string(),
            closed: incident.closed.map(|time| time.to_string()),
            audible: incident.audible,
            subjects: incident.subjects.iter().map(|subject| self.subject(subject, incident)).collect(),
            assessments: incident.assessments.iter().map(|assessment| self.assessment(assessment)).collect(),
            entries: self.rows(self.ledger.of_incident(incident.id)),
            groups: self.groups_of(incident),
            log: incident
                .log
                .iter()
                .map(|entry| LogDto {
                    time: entry.time.to_string(),
                    by: entry.by.clone(),
                    text: words::log_item(&entry.what, label),
                })
                .collect(),
        }
    }

    fn subject(&self, subject: &Subject, incident: &Incident) -> SubjectDto {
        let shown = match subject {
            Subject::Track(id) => self.shown(*id),
            Subject::Sensor(_) | Subject::Interference(_) => None,
        };
        let (kind, id) = match subject {
            Subject::Track(id) => ("track", id.to_string()),
            Subject::Sensor(id) => ("sensor", id.to_string()),
            Subject::Interference(number) => ("interference", number.to_string()),
        };
        let position = shown.map(|shown| shown.track.position);
        let place = position.map(|at| LatLon { lat_deg: at.lat_deg, lon_deg: at.lon_deg });
        let place = place.or_else(|| middle(subject, incident));
        SubjectDto {
            kind,
            id,
            number: shown.map(|shown| shown.number),
            label: self.subject_label(subject),
            lat_deg: place.map(|place| place.lat_deg),
            lon_deg: place.map(|place| place.lon_deg),
        }
    }

    fn assessment(&self, assessment: &Assessment) -> AssessmentDto {
        let (reasons, would_change) = self.reasons(assessment);
        AssessmentDto {
            subject: match assessment.subject {
                Subject::Track(id) => id.to_string(),
                Subject::Sensor(id) => id.to_string(),
                Subject::Interference(number) => number.to_string(),
            },
            time: assessment.time.to_string(),
            finding: words::finding(&assessment.finding, |id| self.airspace_name(id)),
            probability: assessment.probability,
            severity: words::severity(assessment.severity),
            reasons,
            would_change,
            not_observed: words::coverage::of_reasons(&assessment.reasons),
            evidence: EvidenceDto {
                first: assessment.evidence.first.to_string(),
                last: assessment.evidence.last.to_string(),
                count: assessment.evidence.count,
            },
        }
    }

    /// All sensors heard or described, in id order. `feeds` are those of the plan, by number.
    #[must_use]
    pub fn sensors(&self, feeds: &[FeedDto]) -> Vec<SensorDto> {
        let mut ids: Vec<SensorId> = self.plan.sensors.iter().map(|sensor| sensor.id).collect();
        ids.extend(self.picture.sensors.iter().map(|health| health.id));
        for feed in &self.plan.feeds {
            if !ids.iter().any(|id| id.feed == feed.id) {
                ids.push(SensorId { feed: feed.id, source: 0 });
            }
        }
        ids.sort();
        ids.dedup();
        let silent = self.silent();
        ids.into_iter().map(|id| self.sensor(id, silent.contains(&id), feeds)).collect()
    }

    fn sensor(&self, id: SensorId, silent: bool, feeds: &[FeedDto]) -> SensorDto {
        let feed = feeds.get(usize::from(id.feed.0));
        let described = self.plan.sensors.iter().find(|sensor| sensor.id == id);
        let health =
            self.picture.sensors.binary_search_by_key(&id, |health| health.id).ok().map(|at| &self.picture.sensors[at]);
        let fault = feed.and_then(|feed| feed.fault.clone());
        let site = described.and_then(|sensor| sensor.site).or_else(|| health.and_then(|health| health.stated_site));
        SensorDto {
            id: id.to_string(),
            name: self.plan.sensor_name(id),
            kind: described.map_or("unknown", |sensor| words::sensor_kind(sensor.kind)),
            feed: feed.map_or_else(String::new, |feed| feed.name.clone()),
            state: match (&fault, silent, health) {
                (Some(_), _, _) => "fault",
                (None, true, _) => "silent",
                (None, false, Some(_)) => "live",
                (None, false, None) => "waiting",
            },
            stated: fault.or_else(|| health.and_then(|health| health.stated).map(words::sensor_status)),
            last_seen: health.map(|health| health.last_received.to_string()),
            rate_per_s: health.map_or(0.0, |health| health.rate_per_s),
            observations: health.map_or(0, |health| health.observations),
            clock_error_s: health.and_then(|health| health.last_clock_error).map(Span::s),
            over_budget: health.map_or(0, |health| health.over_budget),
            demoted: health.and_then(|health| health.demoted).map(words::misalignment),
            site: site.map(|site| [site.lon_deg, site.lat_deg, site.height_m]),
        }
    }

    /// Sensors that an incident, not closed, says are silent, and that were not heard since as often as is normal for them: an incident that another
    /// build began may never hear that they are back.
    fn silent(&self) -> BTreeSet<SensorId> {
        let open = self.picture.incidents.iter().filter(|incident| !matches!(incident.state, IncidentState::Closed(_)));
        open.flat_map(|incident| &incident.assessments)
            .filter_map(|assessment| match (&assessment.finding, assessment.subject) {
                (Finding::FeedSilent { heard_again: None, last_received, expected_within }, Subject::Sensor(id)) => {
                    let sensors = &self.picture.sensors;
                    let health =
                        sensors.binary_search_by_key(&id, |health| health.id).ok().and_then(|at| sensors.get(at));
                    let is_back = health.is_some_and(|health| {
                        health.last_received - *last_received > *expected_within
                            && self.picture.time - health.last_received <= *expected_within
                            && health.mean_interval.is_some_and(|mean| mean <= *expected_within)
                    });
                    (!is_back).then_some(id)
                }
                _ => None,
            })
            .collect()
    }
}

/// Flight ID, else address, else `T` and number.
#[must_use]
pub fn label(shown: &PictureTrack) -> String {
    let identity = &shown.track.identity;
    name(identity.flight_id(), identity.address(), shown.number)
}

fn name(flight_id: Option<FlightId>, address: Option<Address>, number: u32) -> String {
    flight_id
        .map(|flight_id| flight_id.to_string())
        .or_else(|| address.map(|address| address.to_string()))
        .unwrap_or_else(|| format!("T{number}"))
}

fn emergency_of(track: &Track) -> Option<skypicket_model::Emergency> {
    let stated = track.identity.emergency.as_ref().map(|claim| claim.value);
    stated.or_else(|| track.identity.squawk().and_then(skypicket_model::Mode3A::emergency))
}
