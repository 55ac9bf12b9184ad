//! Reading the statements of `expect` blocks: one a line, `#` begins a remark.

use super::{Amount, Counted, Expectations, Statement, Who, Within};
use crate::story::ScenarioError;
use crate::story::build::moment;
use crate::world::World;
use skypicket_model::assessment::EntryState;
use skypicket_model::gnss::GnssState;
use skypicket_model::{Mode3A, Span, Time};

type Parsed<T> = Result<T, String>;

impl Expectations {
    /// Reads statements, given with their line numbers.
    ///
    /// # Errors
    /// At the first line that is no statement, or that names a target or feed that the world lacks.
    pub(crate) fn parse(lines: &[(usize, String)], world: &World) -> Result<Self, ScenarioError> {
        let mut statements = Vec::new();
        for (number, line) in lines {
            let text = line.split('#').next().unwrap_or("").trim();
            if text.is_empty() {
                continue;
            }
            let words: Vec<&str> = text.split_whitespace().collect();
            let statement =
                Words { words: &words, world }.statement().map_err(|what| ScenarioError::new(*number, what))?;
            statements.push((*number, statement));
        }
        Ok(Self { statements })
    }
}

struct Words<'a> {
    words: &'a [&'a str],
    world: &'a World,
}

impl Words<'_> {
    fn statement(&self) -> Parsed<Statement> {
        match self.words {
            [who, "enters", airspace, rest @ ..] => {
                let (state, rest) = state(rest, EntryState::Established)?;
                Ok(Statement::Enters {
                    who: self.who(who)?,
                    airspace: (*airspace).to_owned(),
                    state,
                    within: self.within(rest)?,
                })
            }
            [who, "never", "enters", airspace, rest @ ..] => {
                let (state, rest) = state(rest, EntryState::Possible)?;
                none_left(rest)?;
                Ok(Statement::NeverEnters { who: self.who(who)?, airspace: (*airspace).to_owned(), state })
            }
            ["truth:", rest @ ..] => self.truth(rest),
            [airspace, "counts", rest @ ..] => self.counted(airspace, &rest.join(" ")),
            ["groups", "into", airspace, rest @ ..] => {
                Ok(Statement::Groups { airspace: airspace.trim_end_matches(':').to_owned(), amount: amount(rest)? })
            }
            ["groups", "agree", "with", "waves:", "at", "least", least] => {
                Ok(Statement::GroupsAgree(least.parse().map_err(|_| format!("\"{least}\" is no number"))?))
            }
            ["origin", "of", who, "at", at, "wider", "than", "at", "the", "end"] => {
                Ok(Statement::OriginWider { who: self.who(who)?, at: self.time(at)? })
            }
            [who, "leaves", airspace, rest @ ..] => Ok(Statement::Leaves {
                who: self.who(who)?,
                airspace: (*airspace).to_owned(),
                within: self.within(rest)?,
            }),
            [who, "is", "permitted", "in", airspace] => {
                Ok(Statement::Permitted { who: self.who(who)?, airspace: (*airspace).to_owned(), may: true })
            }
            [who, "is", "not", "permitted", "in", airspace] => {
                Ok(Statement::Permitted { who: self.who(who)?, airspace: (*airspace).to_owned(), may: false })
            }
            ["nothing", "but", "targets", "enters", airspace, rest @ ..] => {
                let (state, rest) = state(rest, EntryState::Established)?;
                none_left(rest)?;
                Ok(Statement::NoneOnNothing { airspace: (*airspace).to_owned(), state })
            }
            ["every", "wave", "into", airspace, "alarmed", "within", minutes, "min"] => {
                Ok(Statement::EveryWaveAlarmed { airspace: (*airspace).to_owned(), within: minutes_of(minutes)? })
            }
            ["entries", "into", airspace, "as", name, rest @ ..] => Ok(Statement::Entries {
                airspace: (*airspace).to_owned(),
                state: state_of(name)?,
                amount: amount(rest)?,
            }),
            ["entry", "times:", percent, "within", seconds, "s"] => {
                Ok(Statement::EntryTimes { share: share(percent)?, within: span(seconds)? })
            }
            ["no", "incidents"] => Ok(Statement::Incidents(Amount { least: 0, most: 0 })),
            ["incidents:", "a", "target", "within", km, "km", "of", rest @ ..] => {
                let km: f64 = km.parse().map_err(|_| format!("\"{km}\" is no number"))?;
                let but = match rest {
                    ["each"] => 0,
                    ["all", "but", but] => number(but)?,
                    _ => return Err(format!("\"{}\" is not known: write each or all but 1", rest.join(" "))),
                };
                Ok(Statement::IncidentsOnTargets { near_m: 1000.0 * km, but })
            }
            ["incidents:", rest @ ..] => Ok(Statement::Incidents(amount(rest)?)),
            [who, "causes", "no", "incident"] => Ok(Statement::NoIncident(self.who(who)?)),
            [who, "is", "in", "an", "incident"] => Ok(Statement::InIncident(self.who(who)?)),
            ["alarms:", "at", "most", most, "in", "any", minutes, "min"] => {
                Ok(Statement::Alarms { most: number(most)?, within: minutes_of(minutes)? })
            }
            ["matched:", "at", "least", percent, rest @ ..] => {
                Ok(Statement::Matched { share: share(percent)?, within: self.within(rest)? })
            }
            ["false", "tracks:", "at", "most", most] => {
                Ok(Statement::FalseTracks(most.parse().map_err(|_| format!("\"{most}\" is no number"))?))
            }
            ["feed", name, "silent", rest @ ..] => self.silent(name, rest),
            ["interferences:", rest @ ..] => Ok(Statement::Interferences(amount(rest)?)),
            ["interference", "told", rest @ ..] => {
                Ok(Statement::Interference { over: false, within: self.within(rest)? })
            }
            ["interference", "over", rest @ ..] => {
                Ok(Statement::Interference { over: true, within: self.within(rest)? })
            }
            ["navigation", "of", who, "never", "bad"] => Ok(Statement::NavigationNeverBad(self.who(who)?)),
            ["navigation", "of", who, state, rest @ ..] => Ok(Statement::Navigation {
                who: self.who(who)?,
                state: navigation_state(state)?,
                within: self.within(rest)?,
            }),
            [who, "squawks", code, rest @ ..] => Ok(Statement::Emergency {
                who: self.who(who)?,
                code: Mode3A::parse(code)
                    .filter(|code| code.emergency().is_some())
                    .ok_or_else(|| format!("\"{code}\" is not 7500, 7600 or 7700"))?,
                within: self.within(rest)?,
            }),
            _ => {
                Err(format!("\"{}\" is no statement known (docs/formats/scenario.md lists them)", self.words.join(" ")))
            }
        }
    }

    /// `objects entered at 23:00:00Z: contains 6, at most 4 wide`
    fn counted(&self, airspace: &str, text: &str) -> Parsed<Statement> {
        let wrong = || {
            format!(
                "\"{airspace} counts {text}\" is not known: write POL counts objects entered: contains 21, at most 4 wide"
            )
        };
        let (what, wanted) = text.split_once(": ").ok_or_else(wrong)?;
        let (referent, at) = match what.split_once(" at ") {
            Some((referent, at)) => (referent, Some(self.time(at)?)),
            None => (what, None),
        };
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let (contains, width) = match words.as_slice() {
            ["contains", n] => (n, u32::MAX),
            ["contains", n, "at", "most", width, "wide"] => (n, width.parse().map_err(|_| wrong())?),
            _ => return Err(wrong()),
        };
        let contains = contains.trim_end_matches(',').parse().map_err(|_| wrong())?;
        let referent = referent.to_owned();
        Ok(Statement::Counted(Counted { airspace: airspace.to_owned(), referent, at, contains, width }))
    }

    /// What the story itself must be: a guard against a mistake in it.
    fn truth(&self, words: &[&str]) -> Parsed<Statement> {
        match words {
            [who, "never", "inside", airspace, "but", "within", from, "to", to, "km"] => {
                let km = |text: &str| text.parse::<f64>().map_err(|_| format!("\"{text}\" is no number"));
                Ok(Statement::TrulyNear {
                    who: self.who(who)?,
                    airspace: (*airspace).to_owned(),
                    from_m: 1000.0 * km(from)?,
                    to_m: 1000.0 * km(to)?,
                })
            }
            [count @ .., "enter", airspace] => {
                Ok(Statement::TrulyEnter { airspace: (*airspace).to_owned(), amount: amount(count)? })
            }
            _ => Err(format!(
                "\"truth: {}\" is not known: write truth: 21 enter POL, or truth: near-* never inside POL but within 0.2 to 10 km",
                words.join(" ")
            )),
        }
    }

    fn silent(&self, name: &str, rest: &[&str]) -> Parsed<Statement> {
        if !self.world.feeds().iter().any(|feed| feed.name == name) {
            return Err(format!("no feed \"{name}\" in this world"));
        }
        Ok(Statement::Silent { feed: name.to_owned(), within: self.within(rest)? })
    }

    fn who(&self, text: &str) -> Parsed<Who> {
        let who = match text.strip_suffix('*') {
            Some(start) => Who { text: start.to_owned(), prefix: true },
            None => Who { text: text.to_owned(), prefix: false },
        };
        if self.world.targets.iter().any(|target| who.means(&target.name)) {
            Ok(who)
        } else {
            Err(format!("no target \"{text}\" in this world"))
        }
    }

    fn within(&self, words: &[&str]) -> Parsed<Within> {
        let world = self.world;
        match words {
            [] => Ok(Within { from: world.begin, until: world.end + Span::from_s(600) }),
            ["by", until] => Ok(Within { from: world.begin, until: self.time(until)? }),
            ["after", from] => Ok(Within { from: self.time(from)?, until: world.end + Span::from_s(600) }),
            ["between", from, "and", until] => Ok(Within { from: self.time(from)?, until: self.time(until)? }),
            _ => Err(format!("\"{}\" is no time: write by T, after T or between T and T", words.join(" "))),
        }
    }

    fn time(&self, text: &str) -> Parsed<Time> {
        moment(text, self.world.begin).ok_or_else(|| format!("\"{text}\" is no moment such as 21:30:15Z"))
    }
}

fn state<'w>(words: &'w [&'w str], default: EntryState) -> Parsed<(EntryState, &'w [&'w str])> {
    match words {
        ["as", name, rest @ ..] => Ok((state_of(name)?, rest)),
        rest => Ok((default, rest)),
    }
}

fn state_of(name: &str) -> Parsed<EntryState> {
    match name.trim_end_matches(':') {
        "near" => Ok(EntryState::Near),
        "possible" => Ok(EntryState::Possible),
        "likely" => Ok(EntryState::Likely),
        "established" => Ok(EntryState::Established),
        _ => Err(format!("\"{name}\" is no state: near, possible, likely or established")),
    }
}

fn navigation_state(name: &str) -> Parsed<GnssState> {
    let known = GnssState::ALL.into_iter().find(|state| state.name() == name);
    known.ok_or_else(|| {
        let names: Vec<&str> = GnssState::ALL.into_iter().map(GnssState::name).collect();
        format!("\"{name}\" is no state of navigation: {}, or never bad", names.join(", "))
    })
}

fn none_left(words: &[&str]) -> Parsed<()> {
    if words.is_empty() { Ok(()) } else { Err(format!("\"{}\" is not expected here", words.join(" "))) }
}

fn number(text: &str) -> Parsed<usize> {
    text.parse().map_err(|_| format!("\"{text}\" is no number"))
}

fn minutes_of(text: &str) -> Parsed<Span> {
    Ok(Span::from_s(60 * i64::try_from(number(text)?.min(100_000)).unwrap_or(60)))
}

fn amount(words: &[&str]) -> Parsed<Amount> {
    match words {
        [exact] => number(exact).map(|n| Amount { least: n, most: n }),
        [least, "to", most] => Ok(Amount { least: number(least)?, most: number(most)? }),
        ["at", "least", least] => Ok(Amount { least: number(least)?, most: usize::MAX }),
        ["at", "most", most] => Ok(Amount { least: 0, most: number(most)? }),
        _ => Err(format!("\"{}\" is no amount: write 5, 4 to 6, at least 4 or at most 6", words.join(" "))),
    }
}

fn share(text: &str) -> Parsed<f64> {
    let value = text.strip_suffix('%').and_then(|digits| digits.parse::<f64>().ok());
    value
        .filter(|v| (0.0..=100.0).contains(v))
        .map(|v| v / 100.0)
        .ok_or_else(|| format!("\"{text}\" is no share such as 90%"))
}

fn span(text: &str) -> Parsed<Span> {
    text.parse().ok().and_then(Span::from_s_f64).ok_or_else(|| format!("\"{text}\" is no number of seconds"))
}
