//! What goes over the interface, as it is written there; docs/http-api.md says what the names mean. Made from the picture by
//! `render`, described by the generated OpenAPI.

mod claim;
mod command;
mod count;
mod coverage;
mod gnss;
mod incident;
mod origin;
mod passage;
mod report;
mod sensor;
mod status;
mod track;
mod trajectory;

pub use claim::{
    ConfirmClaimBody, EnterClaimBody, ProposeBody, Proposed, ProposedClaim, PublicClaimDto, PublicClaims, RatingDto,
    SourceEditedBody, WithdrawClaimBody,
};
pub use command::{Accepted, ByOperator, CloseBody, IdentityBody, IdentityName, NoteBody, OutcomeName, PlaybackBody};
pub use count::{
    AreaCountDto, CountBasisDto, CountedDto, GroupDto, GroupMemberDto, GroupStepDto, Groups, HowMany, SharedIncidentDto,
};
pub use coverage::{CoverageDto, CoverageSensorDto};
pub use gnss::{
    GnssCellDto, GnssChangeDto, GnssDayCellDto, GnssDayDto, GnssDaysDto, GnssDto, GnssSourceDto, GnssSourcesDto,
};
pub use incident::{
    AssessmentDto, Entries, EntryDto, EvidenceDto, IncidentAt, IncidentDto, Incidents, LogDto, SharedGroupDto,
    SubjectDto,
};
pub use origin::{CandidateDto, OriginDto};
pub use passage::{PassageDto, PlaceDto, QuantilesDto, TimeRangeDto};
pub use report::{
    CauseName, CorrectionBody, FileBody, ObjectName, ReportAt, ReportBody, ReportDto, ReportKindName,
    ReportRevisionDto, Reports, StatementDto, WithdrawBody,
};
pub use sensor::{CountDto, CountsDto, FeedDto, SensorDto, Sensors};
pub use status::{Fault, FeedFault, Health, JournalStatus, Range, Status};
pub use track::{
    ClaimDto, ClassDto, Ellipse, FirstLast, Found, LineDto, TrackDetail, TrackStatic, TrackSummary, Tracks, Trail,
};
pub use trajectory::{EstimateDto, PieceDto, SampleDto, Sampling, TrajectoryDto};
