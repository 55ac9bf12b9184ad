//! Claims as JSON: what people write by hand, what an import proposes, what the interface takes and gives.

use super::moments::{Zone, european_zones, moments};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use skypicket_model::claim::{
    Affected, Claim, ClaimArea, ClaimPlace, ClaimedCause, ClaimedRole, Content, EffectKind, EventKind, Matter, Moment,
    Source,
};
use skypicket_model::{LatLon, Referent, Time};

/// Claims of one file.
pub const MAX_CLAIMS: usize = 500;

/// A file of claims.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimsJson {
    /// The source of claims that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceJson>,
    /// The claims, at most 500.
    pub claims: Vec<ClaimJson>,
}

/// Where a statement was printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceJson {
    /// Its name.
    pub name: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// SHA-256 of the text that offsets count in, 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text_sha256: String,
    /// When the text was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimJson {
    /// Who said it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// When: a time with its zone, a time or a day without one (which keeps a candidate for each zone that may be meant), or candidates.
    pub said: MomentsJson,
    /// Where it was printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceJson>,
    /// The words as printed: a quotation.
    pub quotation: String,
    /// Where the quotation begins in the source's text, bytes.
    #[serde(default)]
    pub quotation_at: u32,
    /// The words that the content rests on: from and to, bytes of the quotation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<[u32; 2]>,
    /// The rule that proposed it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// What time it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<MomentJson>,
    /// What is stated.
    pub content: ContentJson,
}

/// A moment or candidates of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MomentsJson {
    /// `2025-09-09T23:30+02:00`, `2025-09-09 23:30`, `2025-09-09`.
    Text(String),
    /// Candidates.
    Candidates(Vec<MomentJson>),
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MomentJson {
    /// At this time or later, RFC 3339.
    pub from: String,
    /// At this time or before; the same as `from` where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The zone that it was read in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zone: String,
}

/// A place by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceJson {
    /// As it is called.
    pub name: String,
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
    /// What is meant is within so far with 90 %.
    pub radius_90_m: f64,
}

/// An area by name: a state's code, or a rough outline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaJson {
    /// As it is called.
    pub name: String,
    /// Alpha-3 code of the state that it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Corners of a rough outline, longitude and latitude.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ring: Vec<[f64; 2]>,
}

macro_rules! names {
    ($(#[$doc:meta])* $json:ident = $model:ident { $($(#[$item:meta])* $name:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $json { $($(#[$item])* $name),* }
        impl From<$json> for $model {
            fn from(json: $json) -> Self {
                match json { $($json::$name => Self::$name),* }
            }
        }
        impl From<$model> for $json {
            fn from(model: $model) -> Self {
                match model { $($model::$name => Self::$name),* }
            }
        }
    };
}

names!(
    /// What a count counts.
    ReferentJson = Referent {
        /// Objects that entered.
        ObjectsEntered,
        /// Objects inside at a moment.
        InsideNow,
        /// Objects reported shot down.
        ReportedShotDown,
        /// Wrecks and debris found.
        Wrecks,
        /// Wrecks and debris that are of no drone.
        WrecksNoDrones,
    }
);
names!(
    /// What a time or a place is of.
    EventJson = EventKind {
        /// The first entry.
        FirstEntry,
        /// The last entry.
        LastEntry,
        /// Some entry.
        Entry,
        /// The last object that was brought down.
        LastBroughtDown,
        /// An object came down or was found.
        CameDown,
        /// Something named that is not observed here.
        Named,
    }
);
names!(
    /// What a cause is of.
    AffectedJson = Affected {
        /// That objects came down.
        ObjectsDown,
        /// That something was damaged.
        Damage,
    }
);
names!(
    /// A cause, as stated.
    CauseJson = ClaimedCause {
        /// Air defence from the ground.
        SurfaceToAir,
        /// Aircraft.
        Aircraft,
        /// Own or allied ordnance, or parts of it.
        OwnOrAlliedOrdnance,
        /// A drone that came in.
        Drone,
        /// The object itself.
        ObjectItself,
        /// Electronic means.
        ElectronicMeans,
        /// Something else.
        Other,
    }
);
names!(
    /// In what part somebody is named.
    RoleJson = ClaimedRole {
        /// Head of a state.
        HeadOfState,
        /// Head of a government.
        HeadOfGovernment,
        /// Whose the objects are said to have been.
        Operator,
        /// Who is said to have brought objects down.
        BroughtDownBy,
    }
);
names!(
    /// An effect, as stated.
    EffectJson = EffectKind {
        /// Something was damaged.
        Damage,
        /// Somebody was hurt or died.
        Casualties,
    }
);
names!(
    /// Matters that no evidence decides.
    MatterJson = Matter {
        /// That it was the first of its kind.
        Precedent,
        /// What it was meant for.
        Purpose,
    }
);

/// What is stated. Codes of states are alpha-3; left out they mean the watched one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ContentJson {
    /// How many.
    Count {
        /// Of what.
        referent: ReferentJson,
        /// No fewer.
        least: u32,
        /// No more; left out where more are not denied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u32>,
        /// Where.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        area: String,
        /// Across whose border.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        across: String,
    },
    /// When.
    Time {
        /// What.
        event: EventJson,
        /// Its name, of a named event.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// Candidates, as for `said`.
        moments: MomentsJson,
    },
    /// Where.
    Place {
        /// What.
        event: EventJson,
        /// There.
        place: PlaceJson,
    },
    /// How deep.
    Depth {
        /// No less.
        least_m: f64,
        /// No more; left out where more is not denied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most_m: Option<f64>,
        /// From whose border; the nearest where left out.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        from: String,
    },
    /// Where they came from.
    Origin {
        /// There.
        area: AreaJson,
    },
    /// Why.
    Cause {
        /// Of what.
        of: AffectedJson,
        /// Where; of all of them where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<PlaceJson>,
        /// The cause.
        cause: CauseJson,
    },
    /// Who.
    Actor {
        /// In what part.
        role: RoleJson,
        /// Whose office.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        of: String,
        /// The name.
        name: String,
    },
    /// What it did.
    Effect {
        /// What.
        effect: EffectJson,
        /// Stated to have happened, or not to have.
        happened: bool,
        /// Where; in all of the state where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<PlaceJson>,
        /// In which state.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        area: String,
    },
    /// What no evidence decides.
    Matter {
        /// What.
        matter: MatterJson,
    },
}

/// Reads a file of claims.
///
/// # Errors
/// What is wrong, in words for people.
pub fn read_json(text: &str) -> Result<Vec<Claim>, String> {
    if text.len() > super::MAX_FILE_BYTES {
        return Err("larger than 4 MiB".to_owned());
    }
    let file: ClaimsJson = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if file.claims.len() > MAX_CLAIMS {
        return Err(format!("has {} claims, may have {MAX_CLAIMS}", file.claims.len()));
    }
    let claims = file.claims.iter().enumerate();
    claims
        .map(|(n, claim)| claim.claim(file.source.as_ref()).map_err(|why| format!("claim {}: {why}", n + 1)))
        .collect()
}

impl ClaimJson {
    /// The claim that is meant, sound.
    ///
    /// # Errors
    /// What is wrong, in words for people.
    pub fn claim(&self, source: Option<&SourceJson>) -> Result<Claim, String> {
        let said = self.said.moments(None)?;
        let day = said.first().map(|moment| moment.from);
        let source = match self.source.as_ref().or(source) {
            Some(source) => source.source()?,
            None => Source::default(),
        };
        let claim = Claim {
            who: self.who.trim().to_owned(),
            source,
            quotation: self.quotation.clone(),
            quotation_at: self.quotation_at,
            words: self.words.iter().map(|[from, to]| (*from, *to)).collect(),
            rule: self.rule.clone(),
            about: self.about.as_ref().map(MomentJson::moment).transpose()?,
            content: self.content.content(day)?,
            said,
        };
        claim.fault().map_or(Ok(claim), |fault| Err(fault.to_owned()))
    }
}

impl From<&Claim> for ClaimJson {
    fn from(claim: &Claim) -> Self {
        Self {
            who: claim.who.clone(),
            said: (&claim.said).into(),
            source: Some((&claim.source).into()),
            quotation: claim.quotation.clone(),
            quotation_at: claim.quotation_at,
            words: claim.words.iter().map(|(from, to)| [*from, *to]).collect(),
            rule: claim.rule.clone(),
            about: claim.about.as_ref().map(Into::into),
            content: (&claim.content).into(),
        }
    }
}

impl SourceJson {
    /// The source that is meant.
    ///
    /// # Errors
    /// What is wrong, in words for people.
    pub fn source(&self) -> Result<Source, String> {
        let retrieved = self.retrieved.as_deref().map(|text| time(text, "retrieved")).transpose()?;
        let (name, url) = (self.name.trim().to_owned(), self.url.trim().to_owned());
        Ok(Source { name, url, text_sha256: sha256(&self.text_sha256)?, retrieved })
    }
}

impl From<&Source> for SourceJson {
    fn from(source: &Source) -> Self {
        let hex: String = source.text_sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let none = source.text_sha256 == [0; 32];
        Self {
            name: source.name.clone(),
            url: source.url.clone(),
            text_sha256: if none { String::new() } else { hex },
            retrieved: source.retrieved.map(|time| time.to_string()),
        }
    }
}

fn sha256(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    if text.is_empty() {
        return Ok(bytes);
    }
    let wrong = || "text_sha256 must be 64 hexadecimal digits".to_owned();
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = text.get(2 * n..2 * n + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or_else(wrong)?;
    }
    Ok(bytes)
}

fn time(text: &str, what: &str) -> Result<Time, String> {
    let read = Time::parse(text).filter(|_| text.contains('T'));
    read.ok_or_else(|| format!("{what} is \"{}\", must be a time such as 2025-09-09T21:30:00Z", short(text)))
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

impl MomentsJson {
    /// The candidates; of a time without a zone one for each zone of the eastern flank on that day, or on `day` where given.
    ///
    /// # Errors
    /// What is wrong, in words for people.
    pub fn moments(&self, day: Option<Time>) -> Result<Vec<Moment>, String> {
        match self {
            Self::Candidates(all) => all.iter().map(MomentJson::moment).collect(),
            Self::Text(text) => {
                let utc = [Zone::new("UTC", 0)];
                let wrong = || {
                    let wanted = "must be such as 2025-09-09T23:30+02:00, 2025-09-09 23:30 or 2025-09-09";
                    format!("a time is \"{}\", {wanted}", short(text))
                };
                let first =
                    moments(text, &utc).and_then(|all| all.first().map(|moment| moment.from)).ok_or_else(wrong)?;
                moments(text, &european_zones(day.unwrap_or(first))).ok_or_else(wrong)
            }
        }
    }
}

impl From<&Vec<Moment>> for MomentsJson {
    fn from(moments: &Vec<Moment>) -> Self {
        Self::Candidates(moments.iter().map(Into::into).collect())
    }
}

impl MomentJson {
    fn moment(&self) -> Result<Moment, String> {
        let from = time(&self.from, "from")?;
        let until = self.until.as_deref().map_or(Ok(from), |text| time(text, "until"))?;
        Ok(Moment { from, until, zone: self.zone.clone() })
    }
}

impl From<&Moment> for MomentJson {
    fn from(moment: &Moment) -> Self {
        let until = (moment.until != moment.from).then(|| moment.until.to_string());
        Self { from: moment.from.to_string(), until, zone: moment.zone.clone() }
    }
}

impl PlaceJson {
    fn place(&self) -> Result<ClaimPlace, String> {
        let place = LatLon::new(self.lat_deg, self.lon_deg).ok_or("a place is not on Earth")?;
        Ok(ClaimPlace { name: self.name.clone(), place, radius_90_m: self.radius_90_m })
    }
}

impl From<&ClaimPlace> for PlaceJson {
    fn from(place: &ClaimPlace) -> Self {
        let LatLon { lat_deg, lon_deg } = place.place;
        Self { name: place.name.clone(), lat_deg, lon_deg, radius_90_m: place.radius_90_m }
    }
}

impl ContentJson {
    /// The content that is meant; `day` is when it was said, for the zones of times without one.
    ///
    /// # Errors
    /// What is wrong, in words for people.
    pub fn content(&self, day: Option<Time>) -> Result<Content, String> {
        let place = |place: &Option<PlaceJson>| place.as_ref().map(PlaceJson::place).transpose();
        Ok(match self {
            Self::Count { referent, least, most, area, across } => Content::Count {
                referent: (*referent).into(),
                least: *least,
                most: *most,
                area: area.clone(),
                across: across.clone(),
            },
            Self::Time { event, name, moments } => {
                Content::Time { event: (*event).into(), name: name.clone(), moments: moments.moments(day)? }
            }
            Self::Place { event, place } => Content::Place { event: (*event).into(), place: place.place()? },
            Self::Depth { least_m, most_m, from } => {
                Content::Depth { least_m: *least_m, most_m: *most_m, from: from.clone() }
            }
            Self::Origin { area: AreaJson { name, code, ring } } => {
                let corner = |[lon, lat]: &[f64; 2]| LatLon::new(*lat, *lon).ok_or("a corner is not on Earth");
                let ring = ring.iter().map(corner).collect::<Result<_, _>>()?;
                Content::Origin { area: ClaimArea { name: name.clone(), code: code.clone(), ring } }
            }
            Self::Cause { of, place: at, cause } => {
                Content::Cause { of: (*of).into(), place: place(at)?, cause: (*cause).into() }
            }
            Self::Actor { role, of, name } => {
                Content::Actor { role: (*role).into(), of: of.clone(), name: name.clone() }
            }
            Self::Effect { effect, happened, place: at, area } => {
                Content::Effect { effect: (*effect).into(), happened: *happened, place: place(at)?, area: area.clone() }
            }
            Self::Matter { matter } => Content::Matter((*matter).into()),
        })
    }
}

impl From<&Content> for ContentJson {
    fn from(content: &Content) -> Self {
        match content {
            Content::Count { referent, least, most, area, across } => Self::Count {
                referent: (*referent).into(),
                least: *least,
                most: *most,
                area: area.clone(),
                across: across.clone(),
            },
            Content::Time { event, name, moments } => {
                Self::Time { event: (*event).into(), name: name.clone(), moments: moments.into() }
            }
            Content::Place { event, place } => Self::Place { event: (*event).into(), place: place.into() },
            Content::Depth { least_m, most_m, from } => {
                Self::Depth { least_m: *least_m, most_m: *most_m, from: from.clone() }
            }
            Content::Origin { area: ClaimArea { name, code, ring } } => {
                let ring = ring.iter().map(|corner| [corner.lon_deg, corner.lat_deg]).collect();
                Self::Origin { area: AreaJson { name: name.clone(), code: code.clone(), ring } }
            }
            Content::Cause { of, place, cause } => {
                Self::Cause { of: (*of).into(), place: place.as_ref().map(Into::into), cause: (*cause).into() }
            }
            Content::Actor { role, of, name } => {
                Self::Actor { role: (*role).into(), of: of.clone(), name: name.clone() }
            }
            Content::Effect { effect, happened, place, area } => Self::Effect {
                effect: (*effect).into(),
                happened: *happened,
                place: place.as_ref().map(Into::into),
                area: area.clone(),
            },
            Content::Matter(matter) => Self::Matter { matter: (*matter).into() },
        }
    }
}
