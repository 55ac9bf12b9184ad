//! What Skypicket talks about: time, frames, altitudes, identity, sensors, observations, tracks, airspace, assessments, incidents.
//!
//! The nouns carry units, frames and invariants, and nothing else: no I/O, no serde, no logging, no clock. A newcomer should
//! read [`time`] and [`observation`] first, then [`track`], then [`assessment`] and [`incident`].
//!
//! **Limits.** The Earth is the WGS 84 ellipsoid; there is no geoid and no terrain here (conversions that need one take it as an
//! argument and return `Option`). Times are UTC with leap seconds smeared away by whoever supplies them: Unix time has none.

pub mod airspace;
pub mod altitude;
pub mod assessment;
pub mod canon;
pub mod claim;
pub mod command;
pub mod count;
pub mod coverage;
pub mod false_identity;
pub mod frames;
pub mod gnss;
pub mod ground_report;
pub mod group;
pub mod identity;
pub mod ids;
pub mod incident;
pub mod math;
pub mod observation;
pub mod origin;
pub mod passage;
pub mod permission;
pub mod reject;
pub mod sensor;
pub mod table;
pub mod terrain;
pub mod time;
pub mod track;
pub mod way;

pub use airspace::{Airspace, AirspaceKind, EdgeClass, Ring, VerticalLimit};
pub use altitude::{AltitudeAmsl, EllipsoidalHeight, FlightLevel, HeightAgl, PressureAltitude, Qnh};
pub use assessment::{Assessment, DetectorName, Evidence, Finding, Reason, Severity, Subject};
pub use canon::{Canon, CanonError, Reader};
pub use claim::{Claim, ClaimAction, ClaimEvent, ClaimId, ClaimRecord, ClaimState};
pub use command::{Action, Command};
pub use count::{Count, CountBasis, CountDistribution, Referent};
pub use frames::{Ecef, Enu, Geodetic, LatLon, Tangent, Vec3};
pub use ground_report::{
    GroundReport, GroundReportEvent, GroundReportId, GroundReportKind, GroundReportRecord, GroundReportRevision,
    ReportedCause, ReportedObject,
};
pub use group::{GroupChange, GroupStep, TrackGroup};
pub use identity::{Address, AddressKind, Emergency, EmitterCategory, FlightId, Mode3A, StandardIdentity};
pub use ids::{AirspaceId, ConnectionId, FeedId, IncidentId, ObservationId, SensorId, Seq, TrackId};
pub use incident::{Incident, IncidentEvent, IncidentState, Outcome};
pub use observation::{Observation, Reality, Report};
pub use passage::Passage;
pub use permission::{FlightPlan, Permission};
pub use reject::Reject;
pub use sensor::{Sensor, SensorEvent, SensorKind};
pub use terrain::Terrain;
pub use time::{Span, Time};
pub use track::{Track, TrackEnd, TrackStatus};
pub use way::{Way, Ways, WaysOf};
