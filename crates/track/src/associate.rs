//! Associate: the probabilities of which plot belongs to which track, within one cluster of tracks and plots that gate.
//!
//! Exact by enumeration for tiny clusters, else loopy belief propagation, which converges for this graph and is near exact (Williams &
//! Lau, *Approximate evaluation of marginal association probabilities with belief propagation*, IEEE T-AES 50 (2014) 2942–2959).

/// One possible pair; `weight` is its likelihood relative to the track's not being detected and the plot's being false or new.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub track: u32,
    pub plot: u32,
    pub weight: f64,
}

/// Largest number of tracks, and pairs, for which all joint events are enumerated.
const EXACT_TRACKS: usize = 3;
const EXACT_PAIRS: usize = 8;
/// Sweeps of belief propagation at most, and the change at which it stops. Origin: Williams & Lau report convergence in tens.
const SWEEPS: usize = 60;
const SETTLED: f64 = 1e-5;

/// Memory that is kept between calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    to_plot: Vec<f64>,
    to_track: Vec<f64>,
    track_sum: Vec<f64>,
    plot_sum: Vec<f64>,
}

/// Fills `marginals[k]` with the probability of `pairs[k]`. Pairs are sorted by track; `tracks` and `plots` count the cluster's.
pub(crate) fn marginals(pairs: &[Pair], tracks: usize, plots: usize, out: &mut Vec<f64>, scratch: &mut Scratch) {
    out.clear();
    out.resize(pairs.len(), 0.0);
    if pairs.len() == 1 {
        out[0] = pairs[0].weight / (1.0 + pairs[0].weight);
    } else if tracks == 1 || plots == 1 {
        let total: f64 = 1.0 + pairs.iter().map(|pair| pair.weight).sum::<f64>();
        for (p, pair) in out.iter_mut().zip(pairs) {
            *p = pair.weight / total;
        }
    } else if tracks <= EXACT_TRACKS && pairs.len() <= EXACT_PAIRS {
        enumerate(pairs, tracks, out);
    } else {
        propagate(pairs, tracks, plots, out, scratch);
    }
}

fn enumerate(pairs: &[Pair], tracks: usize, out: &mut [f64]) {
    let mut chosen = [usize::MAX; EXACT_TRACKS];
    let total = visit(pairs, 0, tracks, 1.0, &mut chosen, out);
    for p in out.iter_mut() {
        *p /= total;
    }
}

/// Sums the weights of all joint events of the tracks from `track` on, and adds each event's weight to its pairs.
fn visit(
    pairs: &[Pair],
    track: usize,
    tracks: usize,
    weight: f64,
    chosen: &mut [usize; EXACT_TRACKS],
    out: &mut [f64],
) -> f64 {
    if track == tracks {
        for &k in chosen.iter().take(tracks) {
            if k != usize::MAX {
                out[k] += weight;
            }
        }
        return weight;
    }
    chosen[track] = usize::MAX;
    let mut total = visit(pairs, track + 1, tracks, weight, chosen, out);
    for k in 0..pairs.len() {
        let taken = chosen.iter().take(track).any(|&c| c != usize::MAX && pairs[c].plot == pairs[k].plot);
        if pairs[k].track as usize == track && !taken {
            chosen[track] = k;
            total += visit(pairs, track + 1, tracks, weight * pairs[k].weight, chosen, out);
        }
    }
    chosen[track] = usize::MAX;
    total
}

fn propagate(pairs: &[Pair], tracks: usize, plots: usize, out: &mut [f64], scratch: &mut Scratch) {
    let n = pairs.len();
    scratch.to_plot.clear();
    scratch.to_plot.resize(n, 0.0);
    scratch.to_track.clear();
    scratch.to_track.resize(n, 1.0);
    for _ in 0..SWEEPS {
        scratch.track_sum.clear();
        scratch.track_sum.resize(tracks, 1.0);
        for (pair, message) in pairs.iter().zip(&scratch.to_track) {
            scratch.track_sum[pair.track as usize] += pair.weight * message;
        }
        scratch.plot_sum.clear();
        scratch.plot_sum.resize(plots, 1.0);
        for ((pair, message), back) in pairs.iter().zip(&mut scratch.to_plot).zip(&scratch.to_track) {
            let rest = (scratch.track_sum[pair.track as usize] - pair.weight * back).max(1e-12);
            *message = pair.weight / rest;
            scratch.plot_sum[pair.plot as usize] += *message;
        }
        let mut change: f64 = 0.0;
        for ((pair, message), forth) in pairs.iter().zip(&mut scratch.to_track).zip(&scratch.to_plot) {
            let new = 1.0 / (scratch.plot_sum[pair.plot as usize] - forth).max(1e-12);
            change = change.max((new - *message).abs());
            *message = new;
        }
        if change < SETTLED {
            break;
        }
    }
    scratch.track_sum.clear();
    scratch.track_sum.resize(tracks, 1.0);
    for (pair, message) in pairs.iter().zip(&scratch.to_track) {
        scratch.track_sum[pair.track as usize] += pair.weight * message;
    }
    for ((p, pair), message) in out.iter_mut().zip(pairs).zip(&scratch.to_track) {
        *p = pair.weight * message / scratch.track_sum[pair.track as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(pairs: &[Pair], tracks: usize, plots: usize) -> Vec<f64> {
        let mut out = Vec::new();
        marginals(pairs, tracks, plots, &mut out, &mut Scratch::default());
        out
    }

    fn pair(track: u32, plot: u32, weight: f64) -> Pair {
        Pair { track, plot, weight }
    }

    #[test]
    fn two_tracks_and_two_plots_have_their_closed_form() {
        let pairs = [pair(0, 0, 3.0), pair(0, 1, 1.0), pair(1, 0, 2.0), pair(1, 1, 5.0)];
        // Events: none 1; singles 3, 1, 2, 5; doubles 3·5 and 1·2. Total 29.
        let p = run(&pairs, 2, 2);
        for (got, want) in p.iter().zip([18.0, 3.0, 4.0, 20.0]) {
            assert!((got - want / 29.0).abs() < 1e-12, "{got} {want}");
        }
    }

    #[test]
    fn belief_propagation_is_near_the_exact_marginals() {
        let pairs = [pair(0, 0, 3.0), pair(0, 1, 1.0), pair(1, 0, 2.0), pair(1, 1, 5.0)];
        let mut out = vec![0.0; 4];
        propagate(&pairs, 2, 2, &mut out, &mut Scratch::default());
        for (got, want) in out.iter().zip([18.0, 3.0, 4.0, 20.0]) {
            assert!((got - want / 29.0).abs() < 0.06, "{got} {}", want / 29.0);
        }
    }

    #[test]
    fn belief_propagation_is_exact_on_a_tree() {
        let pairs = [pair(0, 0, 3.0), pair(1, 0, 2.0), pair(1, 1, 5.0)];
        let exact = run(&pairs, 2, 2);
        let mut out = vec![0.0; 3];
        propagate(&pairs, 2, 2, &mut out, &mut Scratch::default());
        for (got, want) in out.iter().zip(exact) {
            assert!((got - want).abs() < 1e-4, "{got} {want}");
        }
    }
}
