//! `skypicket simulate` and `skypicket borders`.

use super::{EXIT_FAILED, Outcome, trial, ui::Ui, ui::out};
use crate::cost;
use crate::plan::BUILT_IN_BORDERS;
use crate::simulation::{flight_plans, plan_of, site_toml};
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use skypicket_sim::nights::{self, Size};
use skypicket_sim::random;
use skypicket_sim::trial::unlike;
use skypicket_sim::{Feed, World, expect, witness};
use skypicket_wire::borders_file::Borders;
use skypicket_wire::container::write_rply;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use toml::Table;

/// How often counts are printed of those of each minute, seconds.
const COUNTS_EVERY_S: i64 = 1800;

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// A scenario file (docs/formats/scenario.md); the built-in night if left out.
    scenario: Option<PathBuf>,
    /// A random world of this seed instead.
    #[arg(long, conflicts_with = "scenario")]
    seed: Option<u64>,
    /// A random night of this seed instead: waves that enter, objects that never do, what comes down and what is told of it.
    #[arg(long, conflicts_with_all = ["scenario", "seed"])]
    night: Option<u64>,
    /// With --night: an hour and a half with little civil traffic instead of six hours.
    #[arg(long, requires = "night")]
    compact: bool,
    /// One of the trials (1 to 16, docs/formats/trial.md) instead, as a folder for `track` and `score`.
    #[arg(long, conflicts_with_all = ["scenario", "seed", "night", "check"], value_parser = clap::value_parser!(u32).range(1..=i64::from(unlike::COUNT)))]
    trial: Option<u32>,
    /// Recorded flights (docs/formats/trial.md; .json or .json.gz) seen by three radars instead, as such a folder.
    #[arg(long, conflicts_with_all = ["scenario", "seed", "night", "trial", "check"])]
    flights: Option<PathBuf>,
    /// Folder for the recordings, the scenario, its truth and site.toml; of a trial for its four files.
    #[arg(long, short, required_unless_present = "check")]
    out: Option<PathBuf>,
    /// Play it through decoders, tracker and detectors instead, and hold what is seen against what the scenario says.
    #[arg(long, conflicts_with = "out")]
    check: bool,
    /// With --check: a line for each target without flight plan (how long it was held, by how many tracks, how far its entry came), for each group at
    /// the end and for the counts of each half hour.
    #[arg(long, requires = "check")]
    table: bool,
}

pub(super) fn simulate(args: &SimulateArgs, ui: Ui) -> Outcome {
    if let (Some(number), Some(folder)) = (args.trial, &args.out) {
        let trial = unlike::trial(number).context("--trial: there is none of this number")?;
        return trial::write(&trial, folder);
    }
    if let (Some(recording), Some(folder)) = (&args.flights, &args.out) {
        return trial::write(&trial::of_flights(recording)?, folder);
    }
    let (name, text) = match (&args.scenario, args.seed, args.night) {
        (Some(path), ..) => {
            let text = fs::read_to_string(path).with_context(|| format!("scenario {}", path.display()))?;
            (path.display().to_string(), text)
        }
        (None, Some(seed), _) => ("the random world".to_owned(), random::scenario(seed)),
        (None, None, Some(seed)) => {
            let size = if args.compact { Size::Compact } else { Size::Whole };
            ("the random night".to_owned(), nights::scenario(seed, size))
        }
        (None, None, None) => ("the built-in night".to_owned(), skypicket_sim::NIGHT.to_owned()),
    };
    let world = World::from_scenario(&text).map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
    let Some(folder) = &args.out else { return check(&world, args.table) };
    fs::create_dir_all(folder).with_context(|| format!("folder {}", folder.display()))?;
    let feeds = world.feeds();
    let site = site_toml(&world, file_transport).map_err(anyhow::Error::msg)?;
    fs::write(folder.join("site.toml"), format!("{}{site}", begins(&world)))?;
    fs::write(folder.join("scenario.md"), &text)?;
    fs::write(folder.join("flight-plans.jsonl"), flight_plans(&world))?;
    let mut files: Vec<BufWriter<File>> = feeds
        .iter()
        .map(|feed| Ok(BufWriter::new(File::create(folder.join(file_name(feed)))?)))
        .collect::<anyhow::Result<_>>()?;
    let seconds = (world.end - world.begin).ns() / 1_000_000_000;
    let bar = ui.steps("simulating seconds", u64::try_from(seconds).unwrap_or(0));
    let (mut arrivals, mut bytes) = (0_u64, 0_u64);
    let mut last = vec![world.begin; feeds.len()];
    let mut packet = Vec::new();
    for arrival in world.run() {
        let index = usize::from(arrival.feed.0);
        let (Some(file), Some(last)) = (files.get_mut(index), last.get_mut(index)) else { continue };
        packet.clear();
        write_rply(&mut packet, arrival.received - *last, &arrival.bytes);
        file.write_all(&packet)?;
        *last = arrival.received;
        arrivals += 1;
        bytes += arrival.bytes.len() as u64;
        bar.set_position(u64::try_from((arrival.received - world.begin).ns() / 1_000_000_000).unwrap_or(0));
    }
    for mut file in files {
        file.flush()?;
    }
    write_truth(&world, &folder.join("truth.jsonl"))?;
    write_entered(&world, &folder.join("entered.jsonl"))?;
    bar.finish_and_clear();
    out(&json!({
        "world": world.name,
        "begin": world.begin.to_string(),
        "end": world.end.to_string(),
        "feeds": feeds.len(),
        "targets": world.targets.len(),
        "arrivals": arrivals,
        "bytes": bytes,
        "folder": folder.display().to_string(),
    })
    .to_string())?;
    Ok(0)
}

/// What the recordings do not tell: when the world begins.
fn begins(world: &World) -> String {
    let begin = world.begin;
    format!(
        "# This world begins at {begin}. Its recordings carry no date; play them with\n#   skypicket replay *.rply --site site.toml --start {begin}\n\n"
    )
}

/// What a scenario says must be seen, and whether it was.
fn check(world: &World, table: bool) -> Outcome {
    let begun_s = cost::cpu_s();
    let plan = plan_of(world).map_err(anyhow::Error::msg)?;
    let mut engine = plan.engine().map_err(anyhow::Error::msg)?;
    let (outcome, tally) = witness::play(world, &mut engine, &plan.airspaces).map_err(anyhow::Error::msg)?;
    if table {
        for line in expect::table(world, &outcome) {
            out(&line_json(&line).to_string())?;
        }
        for (group, tracks) in outcome.groups.iter().zip(expect::groups(world, &outcome)) {
            out(&json!({"group_into": group.airspace, "tracks": tracks}).to_string())?;
        }
        for count in outcome.counts.iter().filter(|count| count.time.floor_s() % COUNTS_EVERY_S == 0) {
            out(&count_json(count).to_string())?;
        }
    }
    let failures = expect::check(&world.expectations, world, &outcome);
    for failure in &failures {
        out(&failure.to_string())?;
    }
    out(&json!({
        "world": world.name,
        "holds": failures.is_empty(),
        "failures": failures.len(),
        "messages": tally.decoded + tally.rejected,
        "observations": tally.observations,
        "digest": engine.digest().to_string(),
        "cpu_s": ((cost::cpu_s() - begun_s) * 1e3).round() / 1e3,
    })
    .to_string())?;
    Ok(if failures.is_empty() { 0 } else { EXIT_FAILED })
}

fn count_json(count: &expect::SeenCount) -> serde_json::Value {
    let (from, until) = count.interval;
    json!({
        "count_of": count.referent,
        "airspace": count.airspace,
        "time": count.time.to_string(),
        "from": from,
        "until": until,
        "most_likely": count.most_likely,
    })
}

fn line_json(line: &expect::Line) -> serde_json::Value {
    let time = |time: Option<skypicket_model::Time>| time.map(|time| time.to_string());
    json!({
        "target": line.target,
        "entered": time(line.entered),
        "state": line.state.map(|state| format!("{state:?}").to_lowercase()),
        "entered_estimate": time(line.entered_estimate),
        "established": time(line.established),
        "observable": line.observable,
        "held": line.held,
        "tracks": line.tracks,
        "established_tracks": line.established_tracks,
    })
}

fn file_name(feed: &Feed) -> String {
    let name: String = feed.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    format!("{name}.rply")
}

/// The written site plays its own recordings.
fn file_transport(feed: &Feed) -> Table {
    let mut transport = Table::new();
    transport.insert("kind".into(), "file".into());
    transport.insert("path".into(), file_name(feed).into());
    transport
}

/// One line per target and second: what was really there.
fn write_truth(world: &World, path: &Path) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut time = world.begin;
    while time <= world.end {
        for truth in world.truth(time) {
            let place = truth.motion.place;
            let line = json!({
                "time": time.as_s_f64(),
                "target": truth.target.name,
                "lat_deg": place.lat_deg,
                "lon_deg": place.lon_deg,
                "height_m": place.height_m,
            });
            writeln!(file, "{line}")?;
        }
        time += skypicket_model::Span::from_s(1);
    }
    Ok(file.flush()?)
}

/// One line per target without flight plan and watched airspace that it truly entered.
fn write_entered(world: &World, path: &Path) -> anyhow::Result<()> {
    let plan = plan_of(world).map_err(anyhow::Error::msg)?;
    let mut file = BufWriter::new(File::create(path)?);
    for airspace in plan.airspaces.iter().filter(|airspace| airspace.watched) {
        for entered in world.night(airspace).entered {
            let end = entered
                .ended
                .map(|(at, place)| json!({"time": at.to_string(), "lat_deg": place.lat_deg, "lon_deg": place.lon_deg}));
            let line = json!({
                "target": entered.target,
                "airspace": airspace.code,
                "wave": entered.wave,
                "entered": entered.at.to_string(),
                "lat_deg": entered.place.lat_deg,
                "lon_deg": entered.place.lon_deg,
                "last_inside": entered.last_inside.to_string(),
                "left": entered.left,
                "fate": format!("{:?}", entered.fate),
                "began": {"time": entered.began.0.to_string(), "lat_deg": entered.began.1.lat_deg, "lon_deg": entered.began.1.lon_deg},
                "ended": end,
            });
            writeln!(file, "{line}")?;
        }
    }
    Ok(file.flush()?)
}

/// Arguments of `borders`.
#[derive(Debug, Args)]
pub(super) struct BordersArgs {
    /// Write the states' polygons as GeoJSON to this file (ODbL: keep the attribution).
    #[arg(long)]
    export: Option<PathBuf>,
    /// Only this state: ISO 3166-1 alpha-3 or alpha-2 code, or English name.
    #[arg(long)]
    state: Option<String>,
}

pub(super) fn borders(args: &BordersArgs) -> Outcome {
    let borders = Borders::read(BUILT_IN_BORDERS)?;
    let wanted: Vec<String> = match &args.state {
        Some(text) => {
            let code = borders.code_of(text).map_err(|why| {
                anyhow::anyhow!("--state {text}: {why}{}", crate::near::did_you_mean(text, borders.spellings()))
            })?;
            vec![code.to_owned()]
        }
        None => borders.states().map(|state| state.alpha3.clone()).collect(),
    };
    let Some(path) = &args.export else {
        out(&format!("policy       {} {}: {}", borders.policy, borders.policy_version, borders.policy_title))?;
        out(&format!("data         {}\nattribution  {}", borders.data, borders.attribution))?;
        for state in borders.states().filter(|state| wanted.contains(&state.alpha3)) {
            out(&format!("{}  {}", state.alpha3, state.name))?;
        }
        return Ok(0);
    };
    let mut features = Vec::new();
    for code in &wanted {
        let polygons = borders.polygons(code).map_err(|why| anyhow::anyhow!("--state {code}: {why}"))?;
        features.push(json!({"type": "Feature", "properties": {"code": code}, "geometry": {"type": "MultiPolygon", "coordinates": polygons}}));
    }
    if features.is_empty() {
        bail!("no state to export");
    }
    let collection = json!({
        "type": "FeatureCollection",
        "attribution": borders.attribution,
        "licence": "ODbL-1.0",
        "policy": format!("{} {}", borders.policy, borders.policy_version),
        "features": features,
    });
    fs::write(path, collection.to_string()).with_context(|| path.display().to_string())?;
    out(&format!("{} states written to {}", wanted.len(), path.display()))?;
    Ok(0)
}
