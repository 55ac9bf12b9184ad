//! The assignment of largest total gain between two small sets of which only some pairs are possible.
//!
//! Possible pairs split into connected components; each is solved exactly by the Hungarian method with potentials (Kuhn 1955, in the
//! shortest-augmenting-path form of Jonker & Volgenant 1987). Leaving a row or column alone is always allowed and gains nothing.

/// One possible pair and what it gains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gain {
    pub row: usize,
    pub column: usize,
    pub gain: f64,
}

/// The pairs of the best assignment, as indexes into `gains`. Pairs that gain nothing are never chosen.
pub(super) fn best(gains: &[Gain]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..gains.len()).filter(|&k| gains[k].gain > 0.0).collect();
    let labels = components(gains, &order);
    order.sort_by_key(|&k| (labels[k], k));
    let mut chosen = Vec::new();
    let mut from = 0;
    while from < order.len() {
        let label = labels[order[from]];
        let to = from + order[from..].iter().take_while(|&&k| labels[k] == label).count();
        if to - from == 1 {
            chosen.push(order[from]);
        } else {
            solve(gains, &order[from..to], &mut chosen);
        }
        from = to;
    }
    chosen
}

/// A component label for each pair.
fn components(gains: &[Gain], used: &[usize]) -> Vec<usize> {
    let rows = used.iter().map(|&k| gains[k].row + 1).max().unwrap_or(0);
    let columns = used.iter().map(|&k| gains[k].column + 1).max().unwrap_or(0);
    let mut parent: Vec<usize> = (0..rows + columns).collect();
    for &k in used {
        let (a, b) = (find(&mut parent, gains[k].row), find(&mut parent, rows + gains[k].column));
        parent[a.max(b)] = a.min(b);
    }
    let mut labels = vec![0; gains.len()];
    for &k in used {
        labels[k] = find(&mut parent, gains[k].row);
    }
    labels
}

fn find(parent: &mut [usize], mut k: usize) -> usize {
    while parent[k] != k {
        parent[k] = parent[parent[k]];
        k = parent[k];
    }
    k
}

/// Solves one component: the smaller side as rows, padded with "alone" columns of gain 0.
fn solve(gains: &[Gain], members: &[usize], chosen: &mut Vec<usize>) {
    let mut rows: Vec<usize> = members.iter().map(|&k| gains[k].row).collect();
    let mut columns: Vec<usize> = members.iter().map(|&k| gains[k].column).collect();
    rows.sort_unstable();
    rows.dedup();
    columns.sort_unstable();
    columns.dedup();
    let (n, m) = (rows.len(), columns.len() + rows.len());
    let most = members.iter().map(|&k| gains[k].gain).fold(0.0, f64::max);
    // Cost: what is lost against the largest gain; an impossible pair costs as much as a row alone.
    let mut cost = vec![most; n * m];
    let mut pair = vec![usize::MAX; n * m];
    for &k in members {
        let at = rows.partition_point(|&r| r < gains[k].row) * m + columns.partition_point(|&c| c < gains[k].column);
        cost[at] = most - gains[k].gain;
        pair[at] = k;
    }
    for (row, column) in hungarian(&cost, n, m).into_iter().enumerate() {
        let k = pair[row * m + column];
        if k != usize::MAX {
            chosen.push(k);
        }
    }
}

/// The column of each row in the cheapest complete assignment of `n` rows to `m` ≥ `n` columns.
fn hungarian(cost: &[f64], n: usize, m: usize) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let (mut u, mut v) = (vec![0.0; n + 1], vec![0.0; m + 1]);
    // Rows and columns count from 1; 0 is the start of an augmenting path.
    let mut row_of = vec![0; m + 1];
    let mut way = vec![0; m + 1];
    for row in 1..=n {
        row_of[0] = row;
        let mut at = 0;
        let mut least = vec![f64::INFINITY; m + 1];
        let mut done = vec![false; m + 1];
        loop {
            done[at] = true;
            let i = row_of[at];
            let (mut delta, mut next) = (f64::INFINITY, NONE);
            for j in 1..=m {
                if done[j] {
                    continue;
                }
                let reduced = cost[(i - 1) * m + j - 1] - u[i] - v[j];
                if reduced < least[j] {
                    least[j] = reduced;
                    way[j] = at;
                }
                if least[j] < delta {
                    delta = least[j];
                    next = j;
                }
            }
            for j in 0..=m {
                if done[j] {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                } else {
                    least[j] -= delta;
                }
            }
            at = next;
            if row_of[at] == 0 {
                break;
            }
        }
        while at != 0 {
            row_of[at] = row_of[way[at]];
            at = way[at];
        }
    }
    let mut column_of = vec![0; n];
    for j in 1..=m {
        if row_of[j] > 0 {
            column_of[row_of[j] - 1] = j - 1;
        }
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(row: usize, column: usize, gain: f64) -> Gain {
        Gain { row, column, gain }
    }

    #[test]
    fn greed_is_not_optimal_and_is_not_taken() {
        let gains = [gain(0, 0, 10.0), gain(0, 1, 9.0), gain(1, 0, 9.0)];
        let mut chosen = best(&gains);
        chosen.sort_unstable();
        assert_eq!(chosen, vec![1, 2]);
    }

    #[test]
    fn it_equals_exhaustive_search() {
        let mut seed = 1_u64;
        let mut random = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / f64::from(1_u32 << 31)
        };
        for _ in 0..200 {
            let mut gains = Vec::new();
            for row in 0..4 {
                for column in 0..5 {
                    if random() < 0.5 {
                        gains.push(gain(row, column, random() - 0.1));
                    }
                }
            }
            let total: f64 = best(&gains).iter().map(|&k| gains[k].gain).sum();
            assert!((total - search(&gains, 0, 0)).abs() < 1e-12);
        }
    }

    fn search(gains: &[Gain], row: usize, taken: u32) -> f64 {
        if row == 4 {
            return 0.0;
        }
        let mut most = search(gains, row + 1, taken);
        for g in gains.iter().filter(|g| g.row == row && taken & (1 << g.column) == 0) {
            most = most.max(g.gain + search(gains, row + 1, taken | (1 << g.column)));
        }
        most
    }
}
