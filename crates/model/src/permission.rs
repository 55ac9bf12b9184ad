//! Whether a crossing is expected: by rule, by flight plan, or not known.

/// Whether something may be where it is, as far as the rules and what it claims can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// A rule permits it and nothing independent contradicts what it claims.
    Permitted {
        /// The rule's name in the config, or the flight plan's.
        rule: String,
    },
    /// No rule permits it.
    NotPermitted,
    /// A rule would permit what it claims to be, but the claim is not corroborated, or is contradicted.
    Undetermined {
        /// The rule that would.
        rule: String,
        /// Whether something independent contradicts the claim (else it is only uncorroborated).
        contradicted: bool,
    },
}
crate::canon_enum!(Permission { 0 => Permitted { rule }, 1 => NotPermitted, 2 => Undetermined { rule, contradicted } });

/// A flight that has been announced: what it will call itself, when, and where it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct FlightPlan {
    /// Its name in the flight plan system.
    pub id: String,
    /// Flight ID that it will use.
    pub flight_id: crate::identity::FlightId,
    /// 24-bit address of the aircraft, when the plan names it.
    pub address: Option<crate::identity::Address>,
    /// Mode 3/A code assigned, when the plan names it.
    pub squawk: Option<crate::identity::Mode3A>,
    /// Valid from this moment.
    pub from: crate::time::Time,
    /// Valid until this moment.
    pub until: crate::time::Time,
    /// Codes of the airspaces that it may enter; empty for all.
    pub airspaces: Vec<String>,
    /// Its route; empty when not known.
    pub route: Vec<crate::frames::LatLon>,
    /// How far from its route it may be, metres.
    pub corridor_m: f64,
}
crate::canon_struct!(FlightPlan { id, flight_id, address, squawk, from, until, airspaces, route, corridor_m });
