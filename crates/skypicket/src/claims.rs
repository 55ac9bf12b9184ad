//! Public statements in the program: what a picture holds against them, the outlines that this takes, and what a file proposes.

use crate::epoch::{self, EpochError};
use crate::journal::{Reader, sha256};
use crate::plan::{BUILT_IN_BORDERS, Plan};
use crate::store::{RestoreError, Store};
use crate::words;
use skypicket_assess::claims::{Findings, Outlines, Rating, rate, recalled};
use skypicket_assess::geometry::Boundary;
use skypicket_engine::{FormerTrack, Picture, PictureTrack};
use skypicket_model::claim::{ClaimChange, ClaimStep, Content, MAX_QUOTATION, Moment, Source};
use skypicket_model::{AirspaceId, Claim, ClaimRecord, Reality, Seq, Subject, Time, TrackGroup, TrackId};
use skypicket_wire::borders_file::Borders;
use skypicket_wire::claims::{Article, Context, european_zones, propose, read};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a picture holds against claims: of the world where it holds anything of it, else of an exercise, else of a simulation. Never of two of them.
#[must_use]
pub fn findings(picture: &Picture, plan: &Plan) -> Findings {
    let code_of = |id: AirspaceId| plan.airspaces.get(id.0 as usize).map(|airspace| airspace.code.clone());
    let watched = plan.airspaces.iter().filter(|airspace| airspace.watched).map(|airspace| airspace.code.clone());
    let reality = reality(picture);
    let rows = picture.entries.iter().map(AsRef::as_ref);
    let rows = rows.filter(|row| match row.subject {
        Subject::Track(id) => reality_of(picture, id).is_none_or(|of| of == reality),
        Subject::Sensor(_) | Subject::Interference(_) => false,
    });
    let label = |id: TrackId| format!("track {}", number_of(picture, id).unwrap_or_default());
    let name = |group: &TrackGroup| {
        let objects = words::counted(group.objects as usize, "object");
        format!("G{}, {objects}, {}", group.number, words::from_to(group.first_entry, group.last_entry))
    };
    Findings::of_ledger(picture.time, watched.collect(), rows, code_of)
        .with_reports(picture.reports.iter())
        .with_counts(picture.counts.iter().filter(|count| count.reality == reality), code_of)
        .with_groups(
            picture.groups.iter().filter(|group| group.reality == reality),
            picture.origins.iter().map(AsRef::as_ref),
            name,
            label,
        )
}

/// The most real of what is held.
fn reality(picture: &Picture) -> Reality {
    let held = picture.tracks.iter().map(|shown| shown.track.reality);
    let former = picture.former.iter().map(|former| former.reality);
    let counted = picture.groups.iter().map(|group| group.reality);
    held.chain(former).chain(counted).min().unwrap_or_default()
}

fn shown(picture: &Picture, id: TrackId) -> Option<&PictureTrack> {
    picture.tracks.binary_search_by_key(&id, |shown| shown.track.id).ok().and_then(|n| picture.tracks.get(n))
}

fn former(picture: &Picture, id: TrackId) -> Option<&FormerTrack> {
    picture.former.binary_search_by_key(&id, |former| former.id).ok().and_then(|n| picture.former.get(n))
}

fn reality_of(picture: &Picture, id: TrackId) -> Option<Reality> {
    shown(picture, id).map(|shown| shown.track.reality).or_else(|| former(picture, id).map(|former| former.reality))
}

fn number_of(picture: &Picture, id: TrackId) -> Option<u32> {
    shown(picture, id).map(|shown| shown.number).or_else(|| former(picture, id).map(|former| former.number))
}

/// Codes of the states that claims speak of.
#[must_use]
pub fn codes<'a>(records: impl IntoIterator<Item = &'a ClaimRecord>) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for record in records {
        match record.content() {
            Content::Count { area, across, .. } => codes.extend([area.clone(), across.clone()]),
            Content::Depth { from, .. } => codes.extend([from.clone()]),
            Content::Origin { area } => codes.extend([area.code.clone()]),
            Content::Effect { area, .. } => codes.extend([area.clone()]),
            Content::Time { .. }
            | Content::Place { .. }
            | Content::Cause { .. }
            | Content::Actor { .. }
            | Content::Matter(_) => {}
        }
    }
    codes.remove("");
    codes
}

/// Adds the outlines of watched states and of those codes, as far as the border file in force has them.
pub fn add_outlines(outlines: &mut Outlines, plan: &Plan, codes: &BTreeSet<String>) {
    for airspace in plan.airspaces.iter().filter(|airspace| airspace.watched) {
        if !outlines.0.contains_key(&airspace.code)
            && let Ok(boundary) = Boundary::new(airspace)
        {
            outlines.0.insert(airspace.code.clone(), boundary);
        }
    }
    let missing: Vec<&String> = codes.iter().filter(|code| !outlines.0.contains_key(*code)).collect();
    if missing.is_empty() {
        return;
    }
    let own = plan.files.iter().find(|file| file.role == "borders").map(|file| file.bytes.as_slice());
    let Ok(borders) = Borders::read(own.unwrap_or(BUILT_IN_BORDERS)) else { return };
    for code in missing {
        let airspace = borders.airspace(code, AirspaceId(0), [0; 32]).ok();
        if let Some(boundary) = airspace.and_then(|airspace| Boundary::new(&airspace).ok()) {
            outlines.0.insert(code.clone(), boundary);
        }
    }
}

/// What is kept of past moments while claims are rated on a journal, bytes.
const MAX_FOUND_BYTES: usize = 512 << 20;

/// A claim with both its ratings.
#[derive(Clone, Debug, PartialEq)]
pub struct Rated {
    /// The claim, confirmed.
    pub record: ClaimRecord,
    /// On what was knowable when it was spoken; `None` where the journal begins later.
    pub then: Option<Rating>,
    /// On what was known at the end.
    pub now: Option<Rating>,
    /// It was said after the moment that was asked for: it is not rated.
    pub unsaid: bool,
}

/// Claims as a person would have entered and confirmed them, numbered in their order.
#[must_use]
pub fn confirmed(claims: &[Claim], at: Time) -> Vec<ClaimRecord> {
    let record = |(claim, number): (&Claim, u32)| ClaimRecord {
        id: claim.id(),
        number,
        claim: claim.clone(),
        history: vec![ClaimStep { time: at, by: "whoever rates".to_owned(), what: ClaimChange::Confirmed }],
    };
    claims.iter().zip(1..).map(record).collect()
}

/// Every moment before `end` whose findings the ratings of a claim take: when it was said, and what is recalled.
#[must_use]
pub fn moments(claim: &Claim, end: Time) -> BTreeSet<Time> {
    let (said, window) = (claim.said_until(), claim.speaks_of());
    let mut moments: BTreeSet<Time> = recalled(window, said.min(end)).into_iter().collect();
    moments.extend(recalled(window, end));
    moments.extend((said < end).then_some(said));
    moments
}

/// What was found at a moment, and what it had forgotten of the time that a claim speaks of.
#[must_use]
pub fn with_past(claim: &Claim, at: &Findings, found: impl Fn(Time) -> Option<Arc<Findings>>) -> Findings {
    let mut all = at.clone();
    let mut later = at.as_of;
    for moment in recalled(claim.speaks_of(), at.as_of) {
        if let Some(past) = found(moment) {
            all.recall(&past, later);
            later = moment;
        }
    }
    all
}

/// Rates claims on what is found when each was spoken and at the end; those said after `as_of` not. `found` gives the findings of a moment, or nothing
/// where none are kept.
#[must_use]
pub fn rate_all(
    claims: &[Claim],
    end: &Findings,
    outlines: &Outlines,
    as_of: Option<Time>,
    found: impl Fn(Time) -> Option<Arc<Findings>>,
) -> Vec<Rated> {
    let records = confirmed(claims, end.as_of);
    let unsaid = |record: &ClaimRecord| as_of.is_some_and(|as_of| record.claim.said_from() > as_of);
    // Nor do they conflict with what was said by then.
    let said: Vec<ClaimRecord> = records.iter().filter(|record| !unsaid(record)).cloned().collect();
    let rated = records.iter().map(|record| {
        if unsaid(record) {
            return Rated { record: record.clone(), then: None, now: None, unsaid: true };
        }
        let of = |at: &Findings| rate(record, &said, &with_past(&record.claim, at, &found), outlines);
        let said = record.claim.said_until();
        let now = of(end);
        let then = if said >= end.as_of { now.clone() } else { found(said).and_then(|findings| of(&findings)) };
        Rated { record: record.clone(), then, now, unsaid: false }
    });
    rated.collect()
}

/// What a journal says of claims.
#[derive(Debug, Default)]
pub struct OnJournal {
    /// The claims in their order.
    pub rated: Vec<Rated>,
    /// The moment that "now" is.
    pub now: Time,
    /// Epochs that were left out, and why.
    pub left_out: Vec<(u64, String)>,
}

/// Plays a journal and rates claims on it: what was known at `as_of`, else at its end. What was knowable at a moment is what the last picture before
/// it held.
///
/// # Errors
/// When the journal cannot be read, or an input that it does not name makes the engine fail.
pub fn rate_on_journal(store: &Store, claims: &[Claim], as_of: Option<Time>) -> Result<OnJournal, RestoreError> {
    let end = as_of.unwrap_or(Time::MAX);
    let wanted: BTreeSet<Time> = claims.iter().flat_map(|claim| moments(claim, end)).collect();
    let mut moments: BTreeMap<Time, Arc<Findings>> = BTreeMap::new();
    let (mut last, mut outlines, mut left_out) = (Findings::default(), Outlines::default(), Vec::new());
    let mut room = MAX_FOUND_BYTES;
    let codes = codes(&confirmed(claims, Time::EPOCH));
    let epochs = store.epochs()?;
    for (n, epoch) in epochs.iter().enumerate().filter(|(_, epoch)| epoch.began <= end) {
        let until = epochs.get(n + 1).map_or(Seq(u64::MAX), |next| Seq(next.first.0 - 1));
        let plan = epoch::plan_of(&epoch.start, &store.contents)?;
        let mut core = match store.begin(epoch, &plan) {
            Ok(beginning) => beginning.core,
            // What another build wrote, this one may not be able to begin.
            Err(RestoreError::Epoch(why @ (EpochError::Config(_) | EpochError::Carried(_)))) => {
                left_out.push((epoch.number, why.to_string()));
                continue;
            }
            Err(other) => return Err(other),
        };
        add_outlines(&mut outlines, &plan, &codes);
        let mut reader = Reader::open(Arc::clone(&store.journal))?.until(until);
        reader.seek_seq(Seq(epoch.first.0 + 1))?;
        let mut due = wanted.iter().copied().skip_while(|said| *said < epoch.began).peekable();
        while let Some(record) = reader.next_record()? {
            if record.received > end {
                break;
            }
            // What a moment knew is the picture before the first input after it.
            while let Some(moment) = due.next_if(|said| *said < record.received) {
                let found = findings(&core.picture(), &plan);
                if let Some(left) = room.checked_sub(found.size_bytes()) {
                    room = left;
                    moments.insert(moment, Arc::new(found));
                }
            }
            let applied = catch_unwind(AssertUnwindSafe(|| core.apply(&record)));
            applied.map_err(|_| RestoreError::Panics(1, record.seq))?;
        }
        last = findings(&core.picture(), &plan);
        // Nothing came in any more until the next epoch, or ever.
        let over = epochs.get(n + 1).map_or(end, |next| next.began.min(end));
        while let Some(moment) = due.next_if(|said| *said < over) {
            if let Some(left) = room.checked_sub(last.size_bytes()) {
                room = left;
                moments.insert(moment, Arc::new(last.clone()));
            }
        }
    }
    last.as_of = last.as_of.max(as_of.unwrap_or(last.as_of));
    let found = |moment| moments.get(&moment).filter(|findings| findings.as_of > Time::EPOCH).cloned();
    Ok(OnJournal { rated: rate_all(claims, &last, &outlines, as_of, found), now: last.as_of, left_out })
}

/// What is known of a file before it is read.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// When it was said, for text that does not say so: a feed's own time goes before.
    pub said: Vec<Moment>,
    /// Who says it, where a sentence does not tell.
    pub who: String,
    /// Where it is printed, where the feed does not tell.
    pub source: String,
    /// Its address.
    pub url: String,
    /// When it was fetched.
    pub retrieved: Option<Time>,
    /// Codes of the watched states.
    pub watched: Vec<String>,
}

/// Why nothing is proposed of a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproposed {
    /// It cannot be read.
    #[error("{0}")]
    Unread(String),
    /// A text does not tell when it was said, and nobody gives it.
    #[error("when it was said is not known: {0} does not tell")]
    SaidUnknown(String),
}

/// What the rules propose of a file, as claims that a person has yet to confirm.
///
/// # Errors
/// Why the file cannot be read, or what of it is not known.
pub fn proposals(bytes: &[u8], given: &Given) -> Result<Vec<Claim>, Unproposed> {
    let articles = read(bytes).map_err(|fault| Unproposed::Unread(fault.to_string()))?;
    let mut claims = Vec::new();
    for (n, article) in articles.iter().enumerate() {
        let of_feed = article.published.map(|time| vec![Moment { from: time, until: time, zone: String::new() }]);
        let said = of_feed.unwrap_or_else(|| given.said.clone());
        if said.is_empty() {
            let which = if articles.len() == 1 { "the text".to_owned() } else { format!("text {} of the feed", n + 1) };
            return Err(Unproposed::SaidUnknown(which));
        }
        claims.extend(of_article(article, &said, given));
    }
    Ok(claims)
}

fn of_article(article: &Article, said: &[Moment], given: &Given) -> Vec<Claim> {
    let said_until = said.iter().map(|moment| moment.until).max();
    let zones = european_zones(said_until.unwrap_or(Time::EPOCH));
    let context = Context { said_until, zones, watched: given.watched.clone() };
    let name = if given.source.is_empty() { &article.source } else { &given.source };
    let name = if name.is_empty() { "a text without a name" } else { name };
    let url = if article.url.is_empty() { &given.url } else { &article.url };
    let source = Source {
        name: cut(name, skypicket_model::claim::MAX_NAME),
        url: cut(url, skypicket_model::claim::MAX_URL),
        text_sha256: sha256(article.text.as_bytes()),
        retrieved: given.retrieved,
    };
    let claims = propose(&article.text, &context).into_iter().filter_map(|proposal| {
        let quotation = article.text.get(proposal.sentence.clone()).filter(|text| text.len() <= MAX_QUOTATION)?;
        let begin = proposal.sentence.start;
        let word = |at: usize| u32::try_from(at.checked_sub(begin)?).ok();
        let words = proposal.words.iter().filter_map(|words| Some((word(words.start)?, word(words.end)?))).collect();
        let who =
            proposal.who.and_then(|who| article.text.get(who)).map_or_else(|| given.who.clone(), ToOwned::to_owned);
        Some(Claim {
            who: cut(&who, skypicket_model::claim::MAX_NAME),
            said: said.to_vec(),
            source: source.clone(),
            quotation: quotation.to_owned(),
            quotation_at: u32::try_from(begin).ok()?,
            words,
            rule: proposal.rule.to_owned(),
            about: None,
            content: proposal.content,
        })
    });
    claims.filter(|claim| claim.fault().is_none()).collect()
}

fn cut(text: &str, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// A quotation with the words that the content rests on in brackets, for a terminal.
#[must_use]
pub fn highlighted(claim: &Claim, open: &str, close: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for (from, to) in claim.words.iter().map(|(from, to)| (*from as usize, *to as usize)) {
        let (Some(before), Some(words)) = (claim.quotation.get(at..from), claim.quotation.get(from..to)) else { break };
        out.extend([before, open, words, close]);
        at = to;
    }
    out.push_str(claim.quotation.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_claims_with_the_words_they_rest_on() {
        let said = Time::parse("2025-09-10T08:00:00Z").expect("a time");
        let given = Given {
            said: vec![Moment { from: said, until: said, zone: String::new() }],
            source: "a paper".to_owned(),
            watched: vec!["POL".to_owned()],
            ..Given::default()
        };
        let text = "Politics went on. At least three drones entered Polish airspace.";
        let claims = proposals(text.as_bytes(), &given).expect("a text");
        assert_eq!(claims.len(), 1);
        let one = &claims[0];
        assert_eq!(highlighted(one, "[", "]"), "[At least three drones entered Polish] airspace.");
        assert_eq!((one.quotation_at, one.source.name.as_str()), (18, "a paper"));
        assert_eq!(one.source.text_sha256, sha256(text.as_bytes()));
        let unknown = proposals(text.as_bytes(), &Given::default()).map_err(|why| why.to_string());
        assert_eq!(unknown, Err("when it was said is not known: the text does not tell".to_owned()));
        assert!(proposals(b"<html>", &given).is_err());
    }
}
