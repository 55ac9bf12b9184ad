//! `skypicket report`: tells a running server what was found, seen or damaged on the ground, and reads what it was told.

use super::Outcome;
use super::ui::out;
use crate::http::dto::{CauseName, CorrectionBody, FileBody, ObjectName, ReportBody, ReportKindName, WithdrawBody};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use ureq::Agent;

/// How long an answer may take; a server that is behind answers sooner that it is.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reports from the ground at a running server.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(subcommand)]
    command: ReportCommand,
    /// The server.
    #[arg(long, global = true, default_value = "http://127.0.0.1:8470")]
    server: String,
    /// A file with the server's token, where it wants one.
    #[arg(long, global = true)]
    token_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// File a report.
    File {
        #[command(flatten)]
        stated: Stated,
        /// Your name.
        #[arg(long)]
        operator: String,
    },
    /// State anew what a report says; what it said before is kept.
    Correct {
        /// Its number, such as R3, or id.
        report: String,
        #[command(flatten)]
        stated: Stated,
        /// Your name.
        #[arg(long)]
        operator: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Withdraw a report; what it said is kept.
    Withdraw {
        /// Its number, such as R3, or id.
        report: String,
        /// Your name.
        #[arg(long)]
        operator: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// List the reports as JSON Lines, newest first.
    List {
        /// As they were at a past moment, RFC 3339.
        #[arg(long)]
        as_of: Option<String>,
    },
}

/// What a report states.
#[derive(Debug, Args)]
struct Stated {
    /// What is reported.
    #[arg(long, value_enum)]
    kind: ReportKindName,
    /// Where: latitude first, then longitude, in degrees north and east, such as 51.38,23.61.
    #[arg(long, allow_hyphen_values = true, value_name = "LATITUDE,LONGITUDE")]
    at: String,
    /// With 90 % probability it is within so many metres of there.
    #[arg(long, default_value_t = 500.0)]
    within_m: f64,
    /// It came down, was seen or was damaged then or later, RFC 3339; not when it was found.
    #[arg(long)]
    from: String,
    /// Then or before; left out where the moment is known.
    #[arg(long)]
    until: Option<String>,
    /// What it was.
    #[arg(long, value_enum, default_value = "unknown")]
    object: ObjectName,
    /// How sure it is that the report is true of anything at all, in [0, 1].
    #[arg(long, default_value_t = 0.9)]
    confidence: f64,
    /// Why, as reported: kept apart from where.
    #[arg(long, value_enum, default_value = "not_stated")]
    cause: CauseName,
    /// How sure that cause is, more than 0 and at most 1; goes with --cause.
    #[arg(long)]
    cause_confidence: Option<f64>,
    /// Number or id of the track that you hold it to be.
    #[arg(long)]
    track: Option<String>,
    /// Who says so.
    #[arg(long)]
    source: String,
    /// Anything else.
    #[arg(long, default_value = "")]
    text: String,
}

impl Stated {
    fn body(&self) -> anyhow::Result<ReportBody> {
        let place = || {
            let (lat, lon) = self.at.split_once(',')?;
            Some((lat.trim().parse().ok()?, lon.trim().parse().ok()?))
        };
        let Some((lat_deg, lon_deg)) = place() else {
            bail!("--at is \"{}\", must be latitude,longitude in degrees, such as 51.38,23.61", self.at)
        };
        if self.cause != CauseName::NotStated && self.cause_confidence.is_none() {
            bail!("--cause is given without how sure it is: add --cause-confidence, such as 0.7");
        }
        Ok(ReportBody {
            kind: self.kind,
            lat_deg,
            lon_deg,
            radius_90_m: self.within_m,
            from: self.from.clone(),
            until: self.until.clone(),
            object: self.object,
            confidence: self.confidence,
            cause: self.cause,
            cause_confidence: self.cause_confidence.unwrap_or(0.0),
            track: self.track.clone(),
            source: self.source.clone(),
            text: self.text.clone(),
        })
    }
}

pub(super) fn run(args: &ReportArgs) -> Outcome {
    let server = Server::new(args)?;
    match &args.command {
        ReportCommand::File { stated, operator } => {
            told(&server.post("reports", &FileBody { operator: operator.clone(), report: stated.body()? })?)?;
        }
        ReportCommand::Correct { report, stated, operator, reason } => {
            let (operator, reason) = (operator.clone(), reason.clone());
            let body = CorrectionBody { operator, reason, report: stated.body()? };
            told(&server.post(&format!("reports/{report}/correct"), &body)?)?;
        }
        ReportCommand::Withdraw { report, operator, reason } => {
            let body = WithdrawBody { operator: operator.clone(), reason: reason.clone() };
            told(&server.post(&format!("reports/{report}/withdraw"), &body)?)?;
        }
        ReportCommand::List { as_of } => {
            let query = as_of.as_ref().map_or(String::new(), |time| format!("&as_of={}", time.replace('+', "%2B")));
            let answer = server.get(&format!("reports?limit=2000{query}"))?;
            for report in answer["reports"].as_array().into_iter().flatten() {
                out(&report.to_string())?;
            }
        }
    }
    Ok(0)
}

fn told(answer: &Value) -> anyhow::Result<()> {
    let happened = answer["happened"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let happened = happened.collect::<Vec<_>>().join("; ");
    let id = answer["report"].as_str().unwrap_or_default();
    if answer["taken"] == true {
        out(&format!("{happened} ({id})"))
    } else {
        out(&format!("on disk as input {}; the server is behind and has not taken it yet", answer["seq"]))
    }
}

struct Server {
    agent: Agent,
    base: String,
    token: Option<String>,
}

impl Server {
    fn new(args: &ReportArgs) -> anyhow::Result<Self> {
        let token = match &args.token_file {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                Some(text.trim().to_owned())
            }
            None => None,
        };
        let config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).build();
        Ok(Self { agent: config.into(), base: format!("{}/api/v1", args.server.trim_end_matches('/')), token })
    }

    fn get(&self, path: &str) -> anyhow::Result<Value> {
        let mut request = self.agent.get(format!("{}/{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        self.answer(request.call())
    }

    fn post(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        let mut request = self.agent.post(format!("{}/{path}", self.base)).content_type("application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        self.answer(request.send(serde_json::to_string(body)?))
    }

    fn answer(&self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> anyhow::Result<Value> {
        let mut answer = answer.with_context(|| format!("{} cannot be asked", self.base))?;
        let status = answer.status();
        let text = answer.body_mut().read_to_string().context("the answer cannot be read")?;
        let value: Value = serde_json::from_str(&text).with_context(|| format!("no JSON, but status {status}"))?;
        if !status.is_success() {
            bail!("{}", value["error"].as_str().unwrap_or(&text));
        }
        Ok(value)
    }
}
