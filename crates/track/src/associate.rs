//! Associate: the probabilities of which plot belongs to which track, within one cluster of tracks and plots that gate.
//!
//! By enumeration for small clusters, else loopy belief propagation, which converges for this graph and is near exact (Williams &
//! Lau, *Approximate evaluation of marginal association probabilities with belief propagation*, IEEE T-AES 50 (2014) 2942–2959).
//!
//! Events that differ only in which of the same tracks had which of the same plots say the same of the world, with the names exchanged. Mixing them
//! draws neighbours towards their common middle until one of them is lost. The enumeration therefore keeps the likeliest of them alone (JPDA*: Blom &
//! Bloem, *Probabilistic data association avoiding track coalescence*, IEEE T-AC 45 (2000) 247–259).

/// One possible pair; `weight` is its likelihood relative to the track's not being detected and the plot's being false or new.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub track: u32,
    pub plot: u32,
    pub weight: f64,
}

/// Largest number of tracks, and of plots, for which joint events are enumerated, and most of them that are held at once. Origin: formations of two to
/// six; a cluster of more events than this is left to belief propagation.
const MOST_TRACKS: usize = 8;
const MOST_PLOTS: usize = 32;
const MOST_EVENTS: usize = 2048;
/// An event this much less likely than the likeliest of the same tracks is left out: what follows multiplies both alike, but for plots that one has taken.
const LEAST_SHARE: f64 = 1e-12;
/// Sweeps of belief propagation at most, and the change at which it stops. Origin: Williams & Lau report convergence in tens.
const SWEEPS: usize = 60;
const SETTLED: f64 = 1e-5;

/// Memory that is kept between calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    events: Vec<Joint>,
    longer: Vec<Joint>,
    to_plot: Vec<f64>,
    to_track: Vec<f64>,
    track_sum: Vec<f64>,
    plot_sum: Vec<f64>,
}

/// The likeliest way in which these tracks caused these plots.
#[derive(Clone, Copy, Debug)]
struct Joint {
    /// Bits of the tracks and, above them, of the plots that it takes.
    taken: u64,
    weight: f64,
    /// The pair of each detected track.
    chosen: [u16; MOST_TRACKS],
}

/// No pair: the track was missed.
const MISSED: u16 = u16::MAX;

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
    } else if !enumerate(pairs, tracks, plots, out, scratch) {
        propagate(pairs, tracks, plots, out, scratch);
    }
}

/// The marginals by all joint events, of which the permutations of one another are told by the likeliest. `false` where they are too many.
fn enumerate(pairs: &[Pair], tracks: usize, plots: usize, out: &mut [f64], scratch: &mut Scratch) -> bool {
    if tracks > MOST_TRACKS || plots > MOST_PLOTS || pairs.len() >= usize::from(MISSED) {
        return false;
    }
    let (events, longer) = (&mut scratch.events, &mut scratch.longer);
    events.clear();
    events.push(Joint { taken: 0, weight: 1.0, chosen: [MISSED; MOST_TRACKS] });
    let mut first = 0;
    for track in 0..tracks {
        let own = pairs[first..].iter().take_while(|pair| pair.track as usize == track).count();
        if events.len() * (own + 1) > 4 * MOST_EVENTS {
            return false;
        }
        longer.clear();
        longer.extend_from_slice(events);
        for (k, pair) in pairs.iter().enumerate().skip(first).take(own) {
            let plot = 1 << (MOST_TRACKS + pair.plot as usize);
            for event in events.iter().filter(|event| event.taken & plot == 0) {
                let mut event = *event;
                event.taken |= plot | 1 << track;
                event.weight *= pair.weight;
                event.chosen[track] = k as u16;
                longer.push(event);
            }
        }
        longer.sort_unstable_by(|a, b| {
            a.taken.cmp(&b.taken).then(b.weight.total_cmp(&a.weight)).then(a.chosen.cmp(&b.chosen))
        });
        longer.dedup_by_key(|event| event.taken);
        let most = longer.iter().fold(0.0, |most: f64, event| most.max(event.weight));
        longer.retain(|event| event.weight >= LEAST_SHARE * most);
        core::mem::swap(events, longer);
        if events.len() > MOST_EVENTS {
            return false;
        }
        first += own;
    }
    let inv = 1.0 / events.iter().map(|event| event.weight).sum::<f64>();
    for event in events.iter() {
        for &k in event.chosen.iter().filter(|k| **k != MISSED) {
            out[usize::from(k)] += event.weight * inv;
        }
    }
    true
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
    fn of_two_ways_to_share_two_plots_the_likelier_is_told() {
        let pairs = [pair(0, 0, 3.0), pair(0, 1, 1.0), pair(1, 0, 2.0), pair(1, 1, 5.0)];
        // Events: none 1; singles 3, 1, 2, 5; both detected 3·5, which stands for 1·2 too. Total 27.
        let p = run(&pairs, 2, 2);
        for (got, want) in p.iter().zip([18.0, 1.0, 2.0, 20.0]) {
            assert!((got - want / 27.0).abs() < 1e-12, "{got} {want}");
        }
    }

    #[test]
    fn a_formation_is_enumerated_and_a_crowd_is_propagated() {
        let row = |n: u32| -> Vec<Pair> {
            (0..n)
                .flat_map(|t| {
                    (0..n).map(move |p| {
                        pair(t, p, 100.0 / f64::from((1 + t.abs_diff(p)) * (1 + t.abs_diff(p)) * (1 + t.abs_diff(p))))
                    })
                })
                .collect()
        };
        let mut scratch = Scratch::default();
        let mut out = vec![0.0; 36];
        assert!(enumerate(&row(6), 6, 6, &mut out, &mut scratch), "a formation of six");
        for t in 0..6 {
            let own: f64 = out[t * 6..t * 6 + 6].iter().sum();
            assert!(own < 1.0 && out[t * 6 + t] > 0.9 * own, "{t}: {out:?}");
        }
        let crowd = row(30);
        assert!(!enumerate(&crowd, 30, 30, &mut vec![0.0; 900], &mut scratch));
        let all = run(&crowd, 30, 30);
        assert!(all.chunks(30).all(|own| own.iter().sum::<f64>() < 1.0 + 1e-9));
    }

    #[test]
    fn belief_propagation_is_near_the_exact_marginals() {
        let pairs = [pair(0, 0, 3.0), pair(0, 1, 1.0), pair(1, 0, 2.0), pair(1, 1, 5.0)];
        // Events: none 1; singles 3, 1, 2, 5; doubles 3·5 and 1·2. Total 29.
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
