//! The OpenAPI description, generated from the transfer types.

use super::dto;
use crate::build_id::VERSION;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// One operation: method, path, what it does, query parameters, body, answer.
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    query: &'static [(&'static str, &'static str)],
    body: Option<Value>,
    answers: Vec<(u16, &'static str, Value)>,
}

const AS_OF: (&str, &str) = ("as_of", "A past moment, RFC 3339: what was known then. 404 before all that is kept.");
const OFFSET: (&str, &str) = ("offset", "How many of the list to leave out first.");
const EVERY: (&str, &str) = ("every_s", "A sample at every so many seconds; else one wherever something was learnt.");
const WHOLE: (&str, &str) = (
    "whole",
    "true: the whole track from the journal, also of one that has ended (by id); 503 while it is worked out.",
);
const FROM: (&str, &str) = ("from", "With whole: begin with the journal's epoch of this moment.");
const LIMIT: (&str, &str) = ("limit", "How many of the list to give at most.");

const COVERAGE: &str = "Where a target of a size at a height could have been seen; internal";
const COVERAGE_ASKED: &[(&str, &str)] = &[
    (
        "height_m",
        "The target's height, metres above ground (above mean sea level where nothing says where the ground is).",
    ),
    ("rcs_m2", "Its radar cross-section, m²; else the configured one."),
    ("looks", "It counts as seen when detected so often, 1 to 8 …"),
    ("within_s", "… within so many seconds, 1 to 3600."),
    ("bbox", "west,south,east,north in degrees; else about the sensors."),
    ("cells", "How many cells at most, up to 20000."),
    AS_OF,
];

/// The description.
#[must_use]
pub fn openapi() -> Value {
    let mut generator = SchemaSettings::openapi3().into_generator();
    let operations = operations(&mut generator);
    let mut paths = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path.to_owned()).or_insert_with(|| json!({}));
        path[operation.method] = describe(&operation);
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Skypicket",
            "version": VERSION,
            "description": "The air picture and what operators do with incidents. Pictures as binary frames and the WebSocket are described in docs/http-api.md.",
            "license": {"name": "Apache-2.0 OR MIT"},
        },
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let schema = generator.subschema_for::<T>();
    json!({"application/json": {"schema": schema}})
}

fn describe(operation: &Operation) -> Value {
    let mut parameters: Vec<Value> = operation
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    parameters.extend(
        operation.query.iter().map(
            |(name, what)| json!({"name": name, "in": "query", "description": what, "schema": {"type": "string"}}),
        ),
    );
    let fault = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}});
    let mut responses = json!({"4XX": {"description": "what is wrong", "content": fault}});
    for (status, what, content) in &operation.answers {
        responses[status.to_string()] = json!({"description": what, "content": content});
    }
    let mut described = json!({"summary": operation.summary, "parameters": parameters, "responses": responses});
    if let Some(body) = &operation.body {
        described["requestBody"] = json!({"required": true, "content": body});
    }
    described
}

fn operations(generator: &mut SchemaGenerator) -> Vec<Operation> {
    let _ = generator.subschema_for::<dto::Fault>();
    let g = generator;
    let get = |path, summary, query, answer| Operation {
        method: "get",
        path,
        summary,
        query,
        body: None,
        answers: vec![(200, "the answer", answer)],
    };
    let frame = json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
    let geojson = json!({"application/geo+json": {"schema": {"type": "object"}}});
    let mut all = vec![
        get("/api/v1/status", "Program and site, as they are now", &[], schema::<dto::Status>(g)),
        get("/api/v1/tracks", "All tracks", &[AS_OF, OFFSET, LIMIT], schema::<dto::Tracks>(g)),
        get(
            "/api/v1/tracks/{key}",
            "All that is known of a track, by number or id",
            &[AS_OF],
            schema::<dto::TrackDetail>(g),
        ),
        get(
            "/api/v1/tracks/{key}/trail",
            "Where a track was",
            &[("seconds", "How far back, 1 to 86400."), AS_OF],
            schema::<dto::Trail>(g),
        ),
        get(
            "/api/v1/tracks/{key}/trajectory",
            "Where a track was, from all evidence, that of later included; beside it what was known up to each moment",
            &[EVERY, AS_OF, WHOLE, FROM],
            schema::<dto::TrajectoryDto>(g),
        ),
        get(
            "/api/v1/tracks/{key}/origin",
            "Where a track may have come from: region and candidate areas; internal",
            &[AS_OF],
            schema::<dto::OriginDto>(g),
        ),
        get("/api/v1/picture", "One binary snapshot frame", &[AS_OF], frame),
        get("/api/v1/incidents", "All incidents", &[AS_OF, OFFSET, LIMIT], schema::<dto::Incidents>(g)),
        get("/api/v1/incidents/{id}", "One incident", &[AS_OF], schema::<dto::IncidentAt>(g)),
        get("/api/v1/entries", "The entry ledger", &[AS_OF, OFFSET, LIMIT], schema::<dto::Entries>(g)),
        get(
            "/api/v1/counts",
            "How many, of each watched airspace, as distributions",
            &[AS_OF],
            schema::<dto::HowMany>(g),
        ),
        get(
            "/api/v1/gnss",
            "Satellite navigation by cell: what share of the aircraft lack it, and how surely",
            &[AS_OF, ("reality", "live, exercise or simulated; the first that there is by default.")],
            schema::<dto::GnssDto>(g),
        ),
        get(
            "/api/v1/gnss/days",
            "Aircraft that stated low quality and that did not, by hexagon and UTC day, as published daily maps count them",
            &[
                AS_OF,
                ("reality", "live, exercise or simulated; all by default."),
                ("day", "One day, YYYY-MM-DD; all that are kept by default."),
                (
                    "format",
                    "json, or csv: one day (the newest by default) as hex,count_good_aircraft,count_bad_aircraft.",
                ),
            ],
            schema::<dto::GnssDaysDto>(g),
        ),
        get("/api/v1/groups", "Tracks that belong together", &[AS_OF, OFFSET, LIMIT], schema::<dto::Groups>(g)),
        get("/api/v1/reports", "What is reported from the ground", &[AS_OF, OFFSET, LIMIT], schema::<dto::Reports>(g)),
        get("/api/v1/reports/{id}", "One report, by number or id", &[AS_OF], schema::<dto::ReportAt>(g)),
        get(
            "/api/v1/claims",
            "Public statements, each rated on what was knowable when it was spoken and on what is known now",
            &[AS_OF, OFFSET, LIMIT, ("incident", "Only those beside this incident.")],
            schema::<dto::PublicClaims>(g),
        ),
        get("/api/v1/sensors", "All feeds and sensors", &[AS_OF], schema::<dto::Sensors>(g)),
        get("/api/v1/coverage", COVERAGE, COVERAGE_ASKED, schema::<dto::CoverageDto>(g)),
        get(
            "/api/v1/airspaces",
            "All airspaces as GeoJSON",
            &[("tolerance_m", "Boundaries simplified by so many metres.")],
            geojson,
        ),
        get(
            "/api/v1/search",
            "Tracks and incidents",
            &[("q", "Number, address, flight ID, code, airspace.")],
            schema::<dto::Found>(g),
        ),
    ];
    let health = schema::<dto::Health>(g);
    all.push(Operation {
        method: "get",
        path: "/health",
        summary: "Whether the program does its work",
        query: &[],
        body: None,
        answers: vec![(200, "all is well", health.clone()), (503, "something is wrong", health)],
    });
    let accepted = {
        let (accepted, fault) = (schema::<dto::Accepted>(g), schema::<dto::Fault>(g));
        vec![
            (200, "carried out, and on disk", accepted.clone()),
            (202, "on disk, but the engine is behind and has not taken it yet", accepted),
            (409, "refused: why", fault),
            (503, "not on disk", schema::<dto::Fault>(g)),
        ]
    };
    let mut post = |path, summary, body, answers| {
        all.push(Operation { method: "post", path, summary, query: &[], body: Some(body), answers });
    };
    post("/api/v1/incidents/{id}/acknowledge", "Take up an incident", schema::<dto::ByOperator>(g), accepted.clone());
    post("/api/v1/incidents/{id}/close", "Close an incident", schema::<dto::CloseBody>(g), accepted.clone());
    post("/api/v1/incidents/{id}/note", "Write into an incident's log", schema::<dto::NoteBody>(g), accepted.clone());
    post(
        "/api/v1/incidents/{id}/violation",
        "Call an established entry a violation: a person's word",
        schema::<dto::ByOperator>(g),
        accepted.clone(),
    );
    post(
        "/api/v1/tracks/{key}/identity",
        "Set a track's standard identity",
        schema::<dto::IdentityBody>(g),
        accepted.clone(),
    );
    post(
        "/api/v1/reports",
        "File a report of a wreck, debris, a sighting, damage, or of something reported shot down",
        schema::<dto::FileBody>(g),
        accepted.clone(),
    );
    post(
        "/api/v1/reports/{id}/correct",
        "State anew what a report says",
        schema::<dto::CorrectionBody>(g),
        accepted.clone(),
    );
    post("/api/v1/reports/{id}/withdraw", "Withdraw a report", schema::<dto::WithdrawBody>(g), accepted.clone());
    post("/api/v1/claims", "Enter a public statement", schema::<dto::EnterClaimBody>(g), accepted.clone());
    post(
        "/api/v1/claims/{key}/confirm",
        "Confirm the typed content of a public statement, or set it right",
        schema::<dto::ConfirmClaimBody>(g),
        accepted.clone(),
    );
    post(
        "/api/v1/claims/{key}/withdraw",
        "Withdraw a public statement",
        schema::<dto::WithdrawClaimBody>(g),
        accepted.clone(),
    );
    post(
        "/api/v1/claims/{key}/source-edited",
        "Take note that a source changed its text",
        schema::<dto::SourceEditedBody>(g),
        accepted,
    );
    let proposed = schema::<dto::Proposed>(g);
    post(
        "/api/v1/claims/propose",
        "What the rules propose of a text; nothing is entered",
        schema::<dto::ProposeBody>(g),
        vec![(200, "the proposals", proposed)],
    );
    let status = schema::<dto::Status>(g);
    post(
        "/api/v1/playback",
        "Change the pace of a recording",
        schema::<dto::PlaybackBody>(g),
        vec![(200, "the answer", status)],
    );
    all
}
