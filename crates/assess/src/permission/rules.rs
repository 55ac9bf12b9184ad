//! One rule of the site file.

use skypicket_model::track::Class;
use skypicket_model::{AddressKind, Time, Track};

use super::plans::Plans;

/// What a rule does with what it covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It may be there.
    #[default]
    Permit,
    /// It may not.
    Refuse,
}

/// Class of an object, as the config names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClassName {
    /// Aeroplane.
    Aircraft,
    /// Helicopter.
    Helicopter,
    /// Drone that a person can carry.
    SmallDrone,
    /// Drone of the size of an aeroplane.
    LargeDrone,
    /// Balloon or airship.
    Balloon,
    /// Bird or flock.
    Bird,
}

impl ClassName {
    pub(crate) const fn class(self) -> Class {
        match self {
            Self::Aircraft => Class::Aircraft,
            Self::Helicopter => Class::Helicopter,
            Self::SmallDrone => Class::SmallDrone,
            Self::LargeDrone => Class::LargeDrone,
            Self::Balloon => Class::Balloon,
            Self::Bird => Class::Bird,
        }
    }
}

/// A rule: every condition that is given must hold; within a list one is enough.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleParams {
    /// Name, shown wherever the rule decided.
    pub name: String,
    /// ICAO 24-bit addresses in hexadecimal, single (`"48AE01"`) or from–to (`"488000-48FFFF"`).
    pub address: Vec<String>,
    /// Flight IDs; `*` stands for any end, `?` for one sign (`"PLF*"`).
    pub flight_id: Vec<String>,
    /// It must match a flight plan (docs/formats/flight-plan.md).
    pub flight_plan: bool,
    /// Its class, believed with probability 0.9 or more. A rule by class alone rests on no claim.
    pub class: Vec<ClassName>,
    /// Codes of airspaces for which the rule holds; none for all.
    pub airspace: Vec<String>,
    /// What the rule does.
    pub effect: Effect,
}

/// A rule, read.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    name: String,
    addresses: Vec<(u32, u32)>,
    flight_ids: Vec<String>,
    flight_plan: bool,
    classes: Vec<Class>,
    airspaces: Vec<String>,
    pub(super) effect: Effect,
}

/// How a rule covers a track.
pub(super) struct Covered {
    /// The rule's name, or the flight plan's.
    pub(super) name: String,
    /// It rests on what the object claims.
    pub(super) by_claim: bool,
}

impl Rule {
    pub(super) fn read(params: &RuleParams) -> Result<Self, String> {
        let name = params.name.trim().to_owned();
        if name.is_empty() {
            return Err("permission: a rule has no name".to_owned());
        }
        let fault = |what: String| format!("permission rule \"{name}\": {what}");
        if params.address.is_empty() && params.flight_id.is_empty() && !params.flight_plan && params.class.is_empty() {
            return Err(fault("it has no condition; give address, flight_id, flight_plan or class".to_owned()));
        }
        let addresses = params.address.iter().map(|text| range(text).map_err(&fault)).collect::<Result<_, _>>()?;
        let flight_ids = params.flight_id.iter().map(|text| pattern(text).map_err(&fault)).collect::<Result<_, _>>()?;
        Ok(Self {
            addresses,
            flight_ids,
            flight_plan: params.flight_plan,
            classes: params.class.iter().map(|class| class.class()).collect(),
            airspaces: params.airspace.clone(),
            effect: params.effect,
            name,
        })
    }

    /// Whether every condition of the rule holds.
    pub(super) fn covers(&self, track: &Track, airspace: &str, now: Time, plans: &Plans) -> Option<Covered> {
        if !self.airspaces.is_empty() && !self.airspaces.iter().any(|code| code == airspace) {
            return None;
        }
        if !self.addresses.is_empty() {
            let address = track.identity.address().filter(|address| address.kind == AddressKind::Icao)?.value;
            self.addresses.iter().find(|(from, to)| (*from..=*to).contains(&address))?;
        }
        if !self.flight_ids.is_empty() {
            let flight_id = track.identity.flight_id()?;
            self.flight_ids.iter().find(|pattern| fits(flight_id.as_str(), pattern))?;
        }
        if !self.classes.is_empty() {
            let class = super::sure_class(track)?;
            self.classes.iter().find(|wanted| **wanted == class)?;
        }
        let mut name = self.name.clone();
        if self.flight_plan {
            let plan = plans.find(track, airspace, now)?;
            name = format!("{name}: flight plan {}", plan.id);
        }
        let by_claim = self.flight_plan || !self.addresses.is_empty() || !self.flight_ids.is_empty();
        Some(Covered { name, by_claim })
    }
}

fn range(text: &str) -> Result<(u32, u32), String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let number = |digits: &str| {
        let digits = digits.trim();
        let valid = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        valid.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => Ok((from, to)),
        _ => Err(format!("address is \"{text}\", must be hexadecimal like \"48AE01\" or \"488000-48FFFF\"")),
    }
}

fn pattern(text: &str) -> Result<String, String> {
    let upper = text.trim().to_ascii_uppercase();
    let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'*' | b'?');
    let star_within = upper.trim_end_matches('*').contains('*');
    if upper.is_empty() || upper.len() > 9 || !upper.bytes().all(legal) || star_within {
        return Err(format!(
            "flight_id is \"{text}\", must be up to 8 letters and digits, with ? for one sign and * at the end"
        ));
    }
    Ok(upper)
}

/// Whether a flight ID fits a pattern with `?` and a `*` at the end.
fn fits(flight_id: &str, pattern: &str) -> bool {
    let (start, open) = pattern.strip_suffix('*').map_or((pattern, false), |start| (start, true));
    let long_enough = if open { flight_id.len() >= start.len() } else { flight_id.len() == start.len() };
    long_enough && start.bytes().zip(flight_id.bytes()).all(|(wanted, b)| wanted == b'?' || wanted == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_people_mean_by_them() {
        assert!(fits("PLF101", "PLF*") && fits("PLF", "PLF*") && !fits("LOT3PK", "PLF*"));
        assert!(fits("LOT3PK", "LOT???") && !fits("LOT3PKX", "LOT???"));
        assert_eq!(range("488000-48ffff"), Ok((0x48_8000, 0x48_ffff)));
        for bad in ["", "48800G", "1234567", "2-1", "1-2-3"] {
            assert!(range(bad).is_err(), "{bad}");
        }
        for bad in ["", "A*B", "WAYTOOLONG", "A-B"] {
            assert!(pattern(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rule_without_a_name_or_condition_is_refused() {
        assert!(Rule::read(&RuleParams { class: vec![ClassName::Bird], ..Default::default() }).is_err());
        assert!(Rule::read(&RuleParams { name: "all".into(), ..Default::default() }).is_err());
        assert!(
            Rule::read(&RuleParams { name: "birds".into(), class: vec![ClassName::Bird], ..Default::default() })
                .is_ok()
        );
    }
}
