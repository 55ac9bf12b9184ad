//! Quality figures of ADS-B in metres, for every format that carries them.
//!
//! Sources: RTCA DO-260B table 2-71 (NACp) and 2.2.3.2.6.1.5 (NACv), DO-260 table 2-11 (NUCp); EUROCAE ED-102A has the same.

/// Radius of the circle that holds 95 % of a round two-dimensional normal distribution, in sigmas of one component: √(−2 ln 0.05).
pub(crate) const CIRCLE_95: f64 = 2.447_746_830_680_816;

/// Estimated position uncertainty (95 %), metres, by NACp from 1 on.
pub(crate) const EPU_M: [f64; 11] = [18_520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0];

/// 95 % horizontal velocity error, m/s, by NACv (and NUCr) from 1 on.
pub(crate) const VELOCITY_95_M_S: [f64; 4] = [10.0, 3.0, 1.0, 0.3];

/// Containment radius, metres, and the NIC of that radius (the next weaker one where there is none), by NUCp from 1 on.
const BY_NUCP: [(f64, u8); 9] = [
    (37_040.0, 1),
    (18_520.0, 1),
    (3_704.0, 4),
    (1_852.0, 5),
    (926.0, 6),
    (370.4, 7),
    (185.2, 8),
    (25.0, 10),
    (7.5, 11),
];

/// The entry of a table that begins with category 1; `None` for 0, which says nothing, and beyond its end.
fn entry<T: Copy>(table: &[T], category: u8) -> Option<T> {
    table.get(usize::from(category).checked_sub(1)?).copied()
}

/// Sigma of one position component by NACp, metres; `None` where nothing is stated.
pub(crate) fn nac_p_sigma_m(nac_p: u8) -> Option<f64> {
    entry(&EPU_M, nac_p).map(|radius_m| radius_m / CIRCLE_95)
}

/// Sigma of one velocity component by NACv or NUCr, m/s; `None` where nothing is stated.
pub(crate) fn nac_v_sigma_m_s(nac_v: u8) -> Option<f64> {
    entry(&VELOCITY_95_M_S, nac_v).map(|error_m_s| error_m_s / CIRCLE_95)
}

/// Sigma of one position component, metres, where only a containment radius is stated: DO-260 pairs each protection limit with a 95 %
/// accuracy of half of it.
pub(crate) fn contained_sigma_m(radius_m: f64) -> f64 {
    0.5 * radius_m / CIRCLE_95
}

/// Containment radius, metres, and NIC of a NUCp (version 0); `None` where nothing is stated.
pub(crate) fn of_nucp(nucp: u8) -> Option<(f64, u8)> {
    entry(&BY_NUCP, nucp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_mean_what_the_standard_tabulates() {
        assert_eq!(nac_p_sigma_m(0), None);
        assert_eq!(nac_p_sigma_m(11), Some(3.0 / CIRCLE_95));
        assert_eq!(nac_p_sigma_m(1), Some(18_520.0 / CIRCLE_95));
        assert_eq!(nac_p_sigma_m(12), None);
        assert_eq!((nac_v_sigma_m_s(0), nac_v_sigma_m_s(4)), (None, Some(0.3 / CIRCLE_95)));
        assert_eq!((of_nucp(0), of_nucp(9), of_nucp(10)), (None, Some((7.5, 11)), None));
        assert!(EPU_M.is_sorted_by(|a, b| a > b) && VELOCITY_95_M_S.is_sorted_by(|a, b| a > b));
    }
}
