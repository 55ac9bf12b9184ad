//! A claim: one public statement (who, when said, where printed) with one typed content that evidence can be held against.
//!
//! A sentence that states three things makes three claims with the same quotation. What was printed is kept as a quotation and marked as one; its
//! words are the speaker's, never the machine's. A claim counts once a person has confirmed its typed content; nothing in it is changed afterwards but
//! by a named person, and every step stays readable.
//!
//! Not to be confused with what an aircraft states of its identity ([`crate::track::Claim`]).

mod content;

pub use content::{Affected, ClaimArea, ClaimPlace, ClaimedCause, ClaimedRole, Content, EffectKind, EventKind, Matter};

use crate::canon::Canon;
use crate::ids::content_hash;
use crate::time::{Span, Time};
use core::fmt;

/// Longest quotation, bytes.
pub const MAX_QUOTATION: usize = 2_000;
/// Longest name of a speaker, source, place, role or rule, bytes.
pub const MAX_NAME: usize = 200;
/// Longest address of a source, bytes.
pub const MAX_URL: usize = 1_000;
/// Longest text of a person, bytes.
pub const MAX_NOTE: usize = 2_000;
/// Candidates of one moment.
pub const MAX_MOMENTS: usize = 6;
/// Stretches of a quotation that a content rests on.
pub const MAX_WORDS: usize = 16;
/// Steps kept of one claim; further ones are refused.
pub const MAX_STEPS: usize = 64;
/// Longest stretch of time that a candidate may be.
pub const MAX_STRETCH: Span = Span::from_s(62 * 86_400);

/// A claim: 64 bits of a hash over what is stated, by whom, when and where printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimId(pub u64);
impl Canon for ClaimId {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        Ok(Self(Canon::decode(reader)?))
    }
}
impl fmt::Display for ClaimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A candidate of when something was: a time printed without a zone has one candidate a zone that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// At this time or later.
    pub from: Time,
    /// At this time or before; the same where the moment is stated to the instant.
    pub until: Time,
    /// The zone that it was read in, for people: `CEST`, `UTC`; empty where the statement itself has it.
    pub zone: String,
}
crate::canon_struct!(Moment { from, until, zone });

impl Moment {
    /// Whether two stretches of time have a moment in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.from <= other.until && other.from <= self.until
    }

    fn is_sound(&self) -> bool {
        self.from <= self.until && self.until - self.from <= MAX_STRETCH && self.zone.len() <= MAX_NAME
    }
}

/// Where a statement was printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its name: a newspaper, an office.
    pub name: String,
    /// Its address; empty where it has none.
    pub url: String,
    /// SHA-256 of the text that offsets count in, UTF-8; zeros where a person typed the claim without its text.
    pub text_sha256: [u8; 32],
    /// When the text was fetched; `None` where nobody says.
    pub retrieved: Option<Time>,
}
crate::canon_struct!(Source { name, url, text_sha256, retrieved });

/// One public statement with one typed content.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Who said it; empty where only the source is known.
    pub who: String,
    /// When it was said: one candidate or several, never none.
    pub said: Vec<Moment>,
    /// Where it was printed.
    pub source: Source,
    /// The words as printed: a quotation.
    pub quotation: String,
    /// Where the quotation begins in the source's text, bytes.
    pub quotation_at: u32,
    /// The stretches of the quotation that the content rests on: from and to, bytes of the quotation, ascending, apart from each other.
    pub words: Vec<(u32, u32)>,
    /// The rule that proposed the content; empty where a person typed it.
    pub rule: String,
    /// What time it speaks of, where it says so; else what was said is held against the day and a half before it was said.
    pub about: Option<Moment>,
    /// What is stated.
    pub content: Content,
}
crate::canon_struct!(Claim { who, said, source, quotation, quotation_at, words, rule, about, content });

/// What is said today is of today and last night, where nothing else is said. Origin: morning papers of the day after next still speak of it.
const SPEAKS_OF: Span = Span::from_s(36 * 3600);

impl Claim {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> ClaimId {
        let (said, content) = (self.said.to_canon(), self.content.to_canon());
        let source = self.source.text_sha256;
        let parts: [&[u8]; 6] =
            [self.who.as_bytes(), self.source.name.as_bytes(), &source, self.quotation.as_bytes(), &said, &content];
        ClaimId(content_hash(&parts))
    }

    /// The last moment at which it can have been said: what was knowable then is held in the speaker's favour.
    #[must_use]
    pub fn said_until(&self) -> Time {
        self.said.iter().map(|moment| moment.until).max().unwrap_or(Time::EPOCH)
    }

    /// The first moment at which it can have been said.
    #[must_use]
    pub fn said_from(&self) -> Time {
        self.said.iter().map(|moment| moment.from).min().unwrap_or(Time::EPOCH)
    }

    /// The stretch of time that it speaks of.
    #[must_use]
    pub fn speaks_of(&self) -> (Time, Time) {
        match &self.about {
            Some(moment) => (moment.from, moment.until),
            None => (self.said_from() - SPEAKS_OF, self.said_until()),
        }
    }

    /// What is wrong with it, as a short phrase; `None` when it can be taken.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        if let Some(fault) = self.content.fault() {
            return Some(fault);
        }
        let long = |text: &str| text.len() > MAX_NAME;
        Some(match () {
            () if self.said.is_empty() => "when it was said must have a candidate",
            () if self.said.len() > MAX_MOMENTS => "when it was said may have at most 6 candidates",
            () if !self.said.iter().all(Moment::is_sound) => {
                "when it was said ends before it begins, or lasts too long"
            }
            () if !self.about.iter().all(Moment::is_sound) => {
                "what it is about ends before it begins, or lasts too long"
            }
            () if long(&self.who) || long(&self.source.name) || long(&self.rule) => {
                "a name must have at most 200 bytes"
            }
            () if self.who.trim().is_empty() && self.source.name.trim().is_empty() => "it needs who said it, or where",
            () if self.source.url.len() > MAX_URL => "the address must have at most 1000 bytes",
            () if self.quotation.trim().is_empty() || self.quotation.len() > MAX_QUOTATION => {
                "the quotation must have 1 to 2000 bytes"
            }
            () if !self.words_are_sound() => "the words must lie in the quotation, in order, apart, at most 16",
            () => return None,
        })
    }

    fn words_are_sound(&self) -> bool {
        let boundary = |at: u32| self.quotation.is_char_boundary(at as usize);
        let mut before = 0;
        self.words.len() <= MAX_WORDS
            && self.words.iter().all(|&(from, to)| {
                let sound = before <= from && from < to && boundary(from) && boundary(to);
                before = to;
                sound
            })
    }
}

/// What happened to a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimChange {
    /// It was entered as proposed: it waits for a person.
    Proposed,
    /// A person confirmed its typed content: it counts.
    Confirmed,
    /// A person set the typed content right, and confirmed it so.
    SetRight(Box<Content>),
    /// The source changed its text later.
    SourceEdited {
        /// When that was seen.
        seen: Time,
        /// SHA-256 of the text since then.
        text_sha256: [u8; 32],
        /// What changed, in the person's words.
        note: String,
    },
    /// A person withdrew it: it counts no more.
    Withdrawn {
        /// Why, in the person's words.
        reason: String,
    },
}
crate::canon_enum!(ClaimChange {
    0 => Proposed, 1 => Confirmed, 2 => SetRight(a), 3 => SourceEdited { seen, text_sha256, note }, 4 => Withdrawn { reason },
});

/// One step of a claim's history.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimStep {
    /// When.
    pub time: Time,
    /// Who: the operator.
    pub by: String,
    /// What.
    pub what: ClaimChange,
}
crate::canon_struct!(ClaimStep { time, by, what });

/// Whether a claim counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimState {
    /// It waits for a person.
    Proposed,
    /// It counts.
    Confirmed,
    /// It counts no more.
    Withdrawn,
}

/// A claim with its history.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRecord {
    /// Its name.
    pub id: ClaimId,
    /// Short, speakable, in the order of entering: *conflicts with claim 7*.
    pub number: u32,
    /// What is stated, as it was entered; [`Self::content`] is the content as it was last set right.
    pub claim: Claim,
    /// What happened, oldest first; never empty, at most [`MAX_STEPS`].
    pub history: Vec<ClaimStep>,
}
crate::canon_struct!(ClaimRecord { id, number, claim, history });

impl ClaimRecord {
    /// Whether it counts.
    #[must_use]
    pub fn state(&self) -> ClaimState {
        let decides = |step: &ClaimStep| match step.what {
            ClaimChange::Proposed => Some(ClaimState::Proposed),
            ClaimChange::Confirmed | ClaimChange::SetRight(_) => Some(ClaimState::Confirmed),
            ClaimChange::Withdrawn { .. } => Some(ClaimState::Withdrawn),
            ClaimChange::SourceEdited { .. } => None,
        };
        self.history.iter().rev().find_map(decides).unwrap_or(ClaimState::Proposed)
    }

    /// The typed content, as a person last set it right.
    #[must_use]
    pub fn content(&self) -> &Content {
        let set_right = self.history.iter().rev().find_map(|step| match &step.what {
            ClaimChange::SetRight(content) => Some(content.as_ref()),
            _ => None,
        });
        set_right.unwrap_or(&self.claim.content)
    }

    /// When anything was told of it last.
    #[must_use]
    pub fn updated(&self) -> Time {
        self.history.last().map_or(Time::EPOCH, |step| step.time)
    }
}

/// A change of the claims.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimEvent {
    /// One was entered: whole, so that the digest holds it.
    Entered(Box<ClaimRecord>),
    /// Something happened to one.
    Changed {
        /// Which.
        id: ClaimId,
        /// Its short number.
        number: u32,
        /// What.
        step: ClaimStep,
    },
    /// More claims than are kept: this one was forgotten.
    Dropped {
        /// Which.
        id: ClaimId,
        /// Its short number.
        number: u32,
    },
}
crate::canon_enum!(ClaimEvent { 0 => Entered(a), 1 => Changed { id, number, step }, 2 => Dropped { id, number } });

/// What a person asks for about claims.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimAction {
    /// Enter one; confirmed at once where the person vouches for its typed content.
    Enter {
        /// What is stated.
        claim: Box<Claim>,
        /// The person vouches for the typed content.
        confirmed: bool,
    },
    /// Confirm the typed content, or set it right.
    Confirm {
        /// Which.
        id: ClaimId,
        /// The content as it should be; `None` where it is right.
        content: Option<Box<Content>>,
    },
    /// Withdraw one.
    Withdraw {
        /// Which.
        id: ClaimId,
        /// Why, in the person's words.
        reason: String,
    },
    /// Take note that the source changed its text.
    SourceEdited {
        /// Which.
        id: ClaimId,
        /// When that was seen.
        seen: Time,
        /// SHA-256 of the text since then.
        text_sha256: [u8; 32],
        /// What changed, in the person's words.
        note: String,
    },
}
crate::canon_enum!(ClaimAction {
    0 => Enter { claim, confirmed }, 1 => Confirm { id, content }, 2 => Withdraw { id, reason },
    3 => SourceEdited { id, seen, text_sha256, note },
});

#[cfg(test)]
mod tests;
