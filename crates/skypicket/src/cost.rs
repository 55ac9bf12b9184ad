//! What a run cost: processor time over all threads, and memory.

use rustix::time::{ClockId, clock_gettime};

/// Processor time of this process over all threads so far, seconds.
#[must_use]
pub fn cpu_s() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Largest resident set of this process so far, MB (10⁶ bytes); 0 where the system does not tell.
#[must_use]
pub fn max_rss_mb() -> f64 {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return 0.0 };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
    kib.unwrap_or(0.0) * 1024.0 / 1e6
}
