//! Whether something may be where it is, by rule, by flight plan, and by what it claims.
//!
//! A claim is never proof. A rule that rests on a claimed identity gives [`Permission::Permitted`] only while an independent sensor supports the
//! track and nothing independent contradicts it; otherwise it gives [`Permission::Undetermined`] and says which of both.

mod plans;
mod rules;

use skypicket_model::track::{Class, Line};
use skypicket_model::{FlightPlan, Permission, Span, StandardIdentity, Time, Track};

pub use plans::MAX_PLANS;
pub use rules::{ClassName, Effect, RuleParams};

use plans::Plans;
use rules::Rule;

/// Rules of the site file's `[permission]` section.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct PermissionParams {
    /// The rules; the first that matches decides.
    pub rule: Vec<RuleParams>,
    /// What an aircraft that states an address or a flight ID is by default, when no rule matches: `permit` (default) or `refuse`. Permitted
    /// still means: while a sensor supports it and nothing contradicts it.
    pub claimed_identity: Effect,
    /// Seconds within which an independent sensor must have supported a track for its claim to count as corroborated.
    pub corroborated_within_s: f64,
    /// How often that sensor must have supported it.
    pub corroborated_by_updates: u32,
}

impl Default for PermissionParams {
    fn default() -> Self {
        Self {
            rule: Vec::new(),
            claimed_identity: Effect::Permit,
            // Ten turns of a 12 s en-route radar; three plots are the least that make a straight line.
            corroborated_within_s: 120.0,
            corroborated_by_updates: 3,
        }
    }
}

/// Rules and flight plans, ready to ask.
#[derive(Clone, Debug)]
pub struct Permissions {
    rules: Vec<Rule>,
    plans: Plans,
    claimed_identity: Effect,
    corroborated_within: Span,
    corroborated_by_updates: u32,
}

/// Name of the default rule for whoever states an identity.
const CLAIMED_IDENTITY: &str = "claimed identity";
/// Name of what a person decided.
const BY_A_PERSON: &str = "identified by a person";

impl Permissions {
    /// Reads the rules.
    ///
    /// # Errors
    /// With the rule's name and what is wrong, for a rule that cannot be read, an empty one, or too many flight plans.
    pub fn new(params: &PermissionParams, plans: Vec<FlightPlan>) -> Result<Self, String> {
        let rules = params.rule.iter().map(Rule::read).collect::<Result<Vec<_>, _>>()?;
        let corroborated_within = Span::from_s_f64(params.corroborated_within_s)
            .filter(|span| *span > Span::ZERO)
            .ok_or_else(|| "permission: corroborated_within_s must be positive".to_owned())?;
        Ok(Self {
            rules,
            plans: Plans::new(plans)?,
            claimed_identity: params.claimed_identity,
            corroborated_within,
            corroborated_by_updates: params.corroborated_by_updates,
        })
    }

    /// Judges a track in an airspace (by its code) at a moment.
    #[must_use]
    pub fn judge(&self, track: &Track, airspace: &str, now: Time) -> Permission {
        match track.standard_identity {
            StandardIdentity::Friend => return Permission::Permitted { rule: BY_A_PERSON.to_owned() },
            StandardIdentity::Suspect | StandardIdentity::Hostile => return Permission::NotPermitted,
            _ => {}
        }
        for rule in &self.rules {
            let Some(covered) = rule.covers(track, airspace, now, &self.plans) else { continue };
            return match (rule.effect, covered.by_claim) {
                (Effect::Refuse, _) => Permission::NotPermitted,
                (Effect::Permit, false) => Permission::Permitted { rule: covered.name },
                (Effect::Permit, true) => self.claimed(track, covered.name, now),
            };
        }
        if self.claimed_identity == Effect::Permit && claims_identity(track) {
            return self.claimed(track, CLAIMED_IDENTITY.to_owned(), now);
        }
        Permission::NotPermitted
    }

    /// What a rule that rests on a claim is worth.
    fn claimed(&self, track: &Track, rule: String, now: Time) -> Permission {
        if track.identity.is_doubted() {
            return Permission::Undetermined { rule, contradicted: true };
        }
        let corroborated = track.lines.iter().any(|line| {
            line.line != Line::SelfReport
                && line.last >= now - self.corroborated_within
                && line.count >= self.corroborated_by_updates
        });
        if corroborated {
            Permission::Permitted { rule }
        } else {
            Permission::Undetermined { rule, contradicted: false }
        }
    }
}

/// Whether it states an address or a flight ID (a Mode 3/A code alone is shared by many).
#[must_use]
pub fn claims_identity(track: &Track) -> bool {
    track.identity.address().is_some() || track.identity.flight_id().is_some()
}

/// The class of a track when it is sure enough to go by.
fn sure_class(track: &Track) -> Option<Class> {
    /// A class decides only when it is nine times as probable as everything else together.
    const SURE: f32 = 0.9;
    let (class, probability) = track.class.best();
    (probability >= SURE && class != Class::Unknown).then_some(class)
}
