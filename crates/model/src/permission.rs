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
