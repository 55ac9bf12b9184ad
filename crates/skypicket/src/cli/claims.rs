//! `skypicket claims`: public statements, proposed of texts, entered, confirmed and rated.

use super::{EXIT_FAILED, Outcome, ui::Ui, ui::out};
use crate::claims::{self, Given, OnJournal, Rated, Unproposed};
use crate::http::dto::{PublicClaimDto, PublicClaims};
use crate::store::Store;
use crate::words;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use skypicket_model::Time;
use skypicket_wire::claims::{ClaimsJson, MomentsJson, RULES, read_json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one question to a server may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Longest answer of a server, bytes.
const MAX_ANSWER: u64 = 64 << 20;
/// Claims asked for at once.
const PAGE: usize = 100;

/// Arguments of `claims`.
#[derive(Debug, Args)]
pub(super) struct ClaimsArgs {
    #[command(subcommand)]
    command: ClaimsCommand,
}

#[derive(Debug, Subcommand)]
enum ClaimsCommand {
    /// Read an article (plain text, RSS, Atom) and show what the rules propose; with --server enter it, for a person to confirm.
    Import(ImportArgs),
    /// Enter claims from a JSON file (docs/claims.md).
    Enter(EnterArgs),
    /// List claims with both ratings.
    List(ListArgs),
    /// Confirm the typed content of claims: they count from then on.
    Confirm(ConfirmArgs),
    /// Withdraw a claim.
    Withdraw(WithdrawArgs),
    /// Rate the claims of a JSON file on a journal, without a server.
    Rate(RateArgs),
    /// Show the rules that propose typed content.
    Rules,
}

/// A running server, and who asks it.
#[derive(Debug, Args)]
struct ServerArgs {
    /// Address of the map.
    #[arg(long, default_value = "http://127.0.0.1:8470")]
    server: String,
    /// File with the server's token.
    #[arg(long)]
    token_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The article, or a feed.
    file: PathBuf,
    /// When it was said, where the file does not tell: 2025-09-10, 2025-09-10 08:00 or 2025-09-10T08:00+02:00.
    #[arg(long)]
    said: Option<String>,
    /// Who says it, where a sentence does not tell.
    #[arg(long, default_value = "")]
    who: String,
    /// Where it is printed, where the file does not tell.
    #[arg(long, default_value = "")]
    source: String,
    /// Its address.
    #[arg(long, default_value = "")]
    url: String,
    /// When it was fetched.
    #[arg(long, value_parser = super::decode::parse_time)]
    retrieved: Option<Time>,
    /// Watched states: whose offices are looked for.
    #[arg(long, value_delimiter = ',', default_value = "POL")]
    watch: Vec<String>,
    /// Print the proposals as a file of claims, to be set right and entered.
    #[arg(long)]
    json: bool,
    /// Enter the proposals on this server under this name; they wait there to be confirmed.
    #[arg(long)]
    operator: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
struct EnterArgs {
    /// The file.
    file: PathBuf,
    /// Who enters them.
    #[arg(long)]
    operator: String,
    /// Vouch for the typed content: they count at once.
    #[arg(long)]
    confirmed: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// What was known then.
    #[arg(long, value_parser = super::decode::parse_time)]
    as_of: Option<Time>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
struct ConfirmArgs {
    /// Their numbers.
    #[arg(required = true)]
    numbers: Vec<u32>,
    /// Who confirms.
    #[arg(long)]
    operator: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
struct WithdrawArgs {
    /// Its number.
    number: u32,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Who withdraws it.
    #[arg(long)]
    operator: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
struct RateArgs {
    /// The folder of a journal.
    journal: PathBuf,
    /// The claims.
    file: PathBuf,
    /// Rate on what was known then, not on the journal's end.
    #[arg(long, value_parser = super::decode::parse_time)]
    as_of: Option<Time>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ClaimsArgs, ui: Ui) -> Outcome {
    match &args.command {
        ClaimsCommand::Import(args) => import(args, ui),
        ClaimsCommand::Enter(args) => enter(args, ui),
        ClaimsCommand::List(args) => list(args, ui),
        ClaimsCommand::Confirm(args) => confirm(args, ui),
        ClaimsCommand::Withdraw(args) => {
            let body = json!({"operator": args.operator, "reason": args.reason});
            post(&args.server, &format!("claims/{}/withdraw", args.number), &body)?;
            ui.say(&format!("claim {} withdrawn", args.number));
            Ok(0)
        }
        ClaimsCommand::Rate(args) => rate(args, ui),
        ClaimsCommand::Rules => {
            for rule in RULES {
                out(&format!("{:15} {}\n{:15} for example: {}", rule.name, rule.looks_for, "", rule.example))?;
            }
            Ok(0)
        }
    }
}

fn import(args: &ImportArgs, ui: Ui) -> Outcome {
    let bytes = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let said = args.said.as_ref().map(|text| MomentsJson::Text(text.clone()).moments(None)).transpose();
    let given = Given {
        said: said.map_err(|why| anyhow::anyhow!("--said: {why}"))?.unwrap_or_default(),
        who: args.who.clone(),
        source: args.source.clone(),
        url: args.url.clone(),
        retrieved: args.retrieved,
        watched: args.watch.clone(),
    };
    let found = claims::proposals(&bytes, &given).map_err(|why| {
        let give = match why {
            Unproposed::SaidUnknown(_) => "; give it with --said, for example --said \"2025-09-10 08:00\"",
            Unproposed::Unread(_) => "",
        };
        anyhow::anyhow!("{}: {why}{give}", args.file.display())
    })?;
    if args.json {
        let file = ClaimsJson { source: None, claims: found.iter().map(Into::into).collect() };
        out(&serde_json::to_string_pretty(&file)?)?;
    } else {
        for (n, claim) in found.iter().enumerate() {
            let who = if claim.who.is_empty() { &claim.source.name } else { &claim.who };
            out(&format!(
                "{:3}  {}   [{}]\n     {who}: “{}”",
                n + 1,
                words::claim_content(&claim.content),
                claim.rule,
                claims::highlighted(claim, "[", "]")
            ))?;
        }
        let proposals = words::counted(found.len(), "proposal");
        ui.say(&format!("{proposals}; none counts before a person has confirmed it"));
    }
    if let Some(operator) = &args.operator {
        enter_all(&args.server, operator, false, &found, ui)?;
    }
    Ok(0)
}

fn read_claims(file: &Path) -> anyhow::Result<Vec<skypicket_model::Claim>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    read_json(&text).map_err(|why| anyhow::anyhow!("{}: {why}", file.display()))
}

fn enter(args: &EnterArgs, ui: Ui) -> Outcome {
    let found = read_claims(&args.file)?;
    enter_all(&args.server, &args.operator, args.confirmed, &found, ui)?;
    Ok(0)
}

fn enter_all(
    server: &ServerArgs,
    operator: &str,
    confirmed: bool,
    found: &[skypicket_model::Claim],
    ui: Ui,
) -> anyhow::Result<()> {
    let asked = found.iter().enumerate().map(|(n, claim)| {
        let claim: skypicket_wire::claims::ClaimJson = claim.into();
        let body = json!({"operator": operator, "confirmed": confirmed, "claim": claim});
        (format!("claim {} of {}", n + 1, found.len()), "claims".to_owned(), body)
    });
    one_by_one(server, asked, "entered", ui)
}

fn confirm(args: &ConfirmArgs, ui: Ui) -> Outcome {
    let asked = args.numbers.iter().map(|number| {
        (format!("claim {number}"), format!("claims/{number}/confirm"), json!({"operator": args.operator}))
    });
    one_by_one(&args.server, asked, "confirmed", ui)?;
    Ok(0)
}

/// Asks for one thing after the other, each with its name, path and body. What the server refuses is told, and the others are asked for all
/// the same; only a server that cannot be asked ends it.
fn one_by_one(
    server: &ServerArgs,
    asked: impl Iterator<Item = (String, String, Value)>,
    done: &str,
    ui: Ui,
) -> anyhow::Result<()> {
    let (mut refused, mut all) = (0, 0);
    for (name, path, body) in asked {
        all += 1;
        match post(server, &path, &body) {
            Ok(answer) => match answer["happened"][0].as_str() {
                Some(happened) if path == "claims" => ui.say(happened),
                Some(_) => ui.say(&format!("{name} {done}")),
                None => ui.say(&format!("{name}: on disk, not yet taken")),
            },
            Err(error) if error.is::<Refused>() => {
                refused += 1;
                Ui::fault(&format!("{name} not {done}: {error}"));
            }
            Err(error) => return Err(error.context(name)),
        }
    }
    if refused > 0 {
        bail!("{refused} of {all} not {done}");
    }
    Ok(())
}

/// What a server does not do, in its words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

fn list(args: &ListArgs, ui: Ui) -> Outcome {
    let as_of = args.as_of.map_or_else(String::new, |time| format!("&as_of={time}"));
    let mut answer = ask(&args.server, "GET", &format!("claims?limit={PAGE}{as_of}"), None)?;
    let total = answer["total"].as_u64().unwrap_or(0);
    let mut claims = answer["claims"].as_array().cloned().unwrap_or_default();
    while (claims.len() as u64) < total {
        let path = format!("claims?limit={PAGE}&offset={}{as_of}", claims.len());
        let next = ask(&args.server, "GET", &path, None)?["claims"].as_array().cloned().unwrap_or_default();
        if next.is_empty() {
            break;
        }
        claims.extend(next);
    }
    // The server gives the newest first.
    claims.reverse();
    if args.json {
        answer["claims"] = Value::Array(claims);
        out(&answer.to_string())?;
        return Ok(0);
    }
    for claim in &claims {
        show(claim)?;
    }
    let waiting = claims.iter().filter(|claim| claim["state"] == "proposed").count();
    let time = answer["time"].as_str().unwrap_or_default();
    ui.say(&format!("{} as of {time}{}", words::counted(claims.len(), "claim"), wait_said(waiting)));
    Ok(0)
}

fn wait_said(waiting: usize) -> String {
    match waiting {
        0 => String::new(),
        1 => "; one waits for a person: skypicket claims confirm NUMBER --operator NAME".to_owned(),
        n => format!("; {n} wait for a person: skypicket claims confirm NUMBER… --operator NAME"),
    }
}

/// A claim with both ratings and what the second rests on.
fn show(claim: &Value) -> anyhow::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let state = if claim["state"] == "confirmed" { String::new() } else { format!("   [{}]", text(&claim["state"])) };
    out(&format!("{:3}  {}{state}", claim["number"].as_u64().unwrap_or(0), text(&claim["text"])))?;
    let printed = &claim["claim"];
    let who = [text(&printed["who"]), text(&printed["source"]["name"])];
    let mut who: Vec<&str> = who.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    who.dedup();
    out(&format!("     {}: “{}”", who.join(", "), text(&printed["quotation"])))?;
    if claim["state"] != "confirmed" {
        return Ok(());
    }
    let rating = |value: &Value| match (&value["said"], value["probability"].as_f64()) {
        (Value::String(said), Some(p)) => format!("{said}, {p:.2}   (as of {})", text(&value["as_of"])),
        (Value::String(said), None) => format!("{said}   (as of {})", text(&value["as_of"])),
        _ => "–".to_owned(),
    };
    let then = claim["then_why"].as_str().map_or_else(|| rating(&claim["then"]), |why| format!("– ({why})"));
    out(&format!("     when spoken: {then}"))?;
    out(&format!("     now:         {}", rating(&claim["now"])))?;
    for line in ["parts", "reasons"].iter().flat_map(|of| claim["now"][*of].as_array().into_iter().flatten()) {
        out(&format!("       - {}", text(line)))?;
    }
    Ok(())
}

fn rate(args: &RateArgs, ui: Ui) -> Outcome {
    let found = read_claims(&args.file)?;
    let store = Store::existing(&args.journal).with_context(|| format!("journal {}", args.journal.display()))?;
    let OnJournal { rated, now, left_out } = claims::rate_on_journal(&store, &found, args.as_of)?;
    let claims: Vec<PublicClaimDto> = rated.iter().map(dto).collect();
    let all = PublicClaims { time: now.to_string(), total: claims.len(), claims };
    if args.json {
        out(&serde_json::to_string(&all)?)?;
    } else {
        for claim in &all.claims {
            show(&serde_json::to_value(claim)?)?;
        }
    }
    for (epoch, why) in &left_out {
        ui.say(&format!("epoch {epoch} was left out: {why}"));
    }
    let unsaid = rated.iter().filter(|rated| rated.unsaid).count();
    if unsaid > 0 {
        let (were, claims) = if unsaid == 1 { ("was", "claim") } else { ("were", "claims") };
        ui.say(&format!("{unsaid} {claims} {were} not yet said at {now}: not rated"));
    }
    let unkept = rated.iter().filter(|rated| rated.then.is_none() && !rated.unsaid).count();
    if unkept > 0 {
        let (were, claims) = if unkept == 1 { ("was", "claim") } else { ("were", "claims") };
        ui.say(&format!(
            "{unkept} {claims} {were} said before the journal begins: what was knowable then cannot be told"
        ));
    }
    ui.say(&format!("{} rated on what was known at {now}", words::counted(rated.len() - unsaid, "claim")));
    Ok(if rated.is_empty() { EXIT_FAILED } else { 0 })
}

fn dto(rated: &Rated) -> PublicClaimDto {
    let why = || {
        let unsaid = || format!("not yet said then: said at {}", rated.record.claim.said_until());
        Err(if rated.unsaid { unsaid() } else { "said before the journal begins".to_owned() })
    };
    PublicClaimDto::of(&rated.record, rated.then.clone().map_or_else(why, |then| Ok(Some(then))), rated.now.as_ref())
}

fn post(server: &ServerArgs, path: &str, body: &Value) -> anyhow::Result<Value> {
    ask(server, "POST", path, Some(body))
}

fn ask(server: &ServerArgs, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let url = format!("{}/api/v1/{path}", server.server.trim_end_matches('/'));
    let config =
        ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let mut request =
        ureq::http::Request::builder().method(method).uri(&url).header("content-type", "application/json");
    if let Some(path) = &server.token_file {
        let token = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        request = request.header("authorization", format!("Bearer {}", token.trim()));
    }
    let request = request.body(body.map_or_else(String::new, ToString::to_string))?;
    let mut answer = agent.run(request).with_context(|| url.clone())?;
    let status = answer.status();
    let text = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string().with_context(|| url.clone())?;
    let value: Value = serde_json::from_str(&text).with_context(|| format!("{url}: {status}"))?;
    if !status.is_success() {
        let why = value["error"].as_str().unwrap_or(status.as_str());
        return Err(Refused(why.to_owned()).into());
    }
    Ok(value)
}
