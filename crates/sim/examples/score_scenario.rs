//! `score_scenario DIR TRACKS [TO_S]`: scores a track file against a scenario folder and prints the result as JSON.
#![allow(clippy::print_stdout, reason = "an example that prints its result")]

use skypicket_sim::score::{self, Description};
use std::error::Error;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(dir), Some(tracks)) = (args.next(), args.next()) else {
        return Err("usage: score_scenario DIR TRACKS [TO_S]".into());
    };
    let dir = Path::new(&dir);
    let description = Description::parse(&fs::read(dir.join("scenario.json"))?)?;
    let truth =
        score::read_truth(BufReader::new(flate2::read::GzDecoder::new(File::open(dir.join("truth.jsonl.gz"))?)))?;
    let estimates = score::read_estimates(BufReader::new(File::open(tracks)?))?;
    let mut settings = description.settings();
    if let Some(to) = args.next() {
        settings.to_s = to.parse()?;
    }
    let mut score = score::score(&description, &truth, &estimates, &settings);
    score.per_step.clear();
    println!("{}", serde_json::to_string_pretty(&score)?);
    Ok(())
}
