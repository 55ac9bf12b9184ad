//! Counts with what they may truly be.

use skypicket_model::math::exp;

/// What a quiet sky gave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quiet {
    pub(crate) flight_h: f64,
    /// Cells and layers with evidence, and with at least one aircraft in them, times days.
    pub(crate) evident_cell_days: f64,
    pub(crate) cell_days: f64,
    /// Degraded, lost, spoof suspect.
    pub(crate) states: [u32; 3],
    pub(crate) told: u32,
    /// Cells with evidence that came over the probability from which they tell.
    pub(crate) cells_over: u32,
    pub(crate) observations: u64,
}

impl Quiet {
    pub(crate) fn states(&self) -> u32 {
        self.states.iter().sum()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.flight_h += other.flight_h;
        self.evident_cell_days += other.evident_cell_days;
        self.cell_days += other.cell_days;
        self.states.iter_mut().zip(other.states).for_each(|(sum, own)| *sum += own);
        self.told += other.told;
        self.cells_over += other.cells_over;
        self.observations += other.observations;
    }
}

/// P(at most `count`) of a Poisson variable.
fn at_most(count: u32, mean: f64) -> f64 {
    let (mut term, mut sum) = (exp(-mean), 0.0);
    for k in 0..=count {
        sum += term;
        term *= mean / f64::from(k + 1);
    }
    sum
}

/// The mean that would give so few or fewer only once in twenty: the upper bound at 95 %.
pub(crate) fn upper(count: u32) -> f64 {
    let (mut low, mut high) = (0.0, 10.0 + 3.0 * f64::from(count));
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if at_most(count, middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}

/// A count as a rate with its upper bound.
pub(crate) fn per(count: u32, of: f64, unit: &str) -> String {
    format!("{count} in {of:.2} x {unit}: {:.2}, at most {:.2} (95 %)", f64::from(count) / of, upper(count) / of)
}

/// A quantile by the nearest rank; infinite values are never told ones.
pub(crate) fn quantile(all: &[f64], share: f64) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
}
