//! What can be set on the tracker, with defaults and where each comes from. docs/tracker.md has the same list with more words.

mod faults;

use schemars::JsonSchema;
use serde::Deserialize;

/// How many motion models an interacting-multiple-model filter runs.
pub const MODELS: usize = 7;

/// Parameters of the tracker. One set serves every site: what differs between sites stands in the sensors' descriptions.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Acceleration noise of straight, steady flight, m²/s³. Origin: Bar-Shalom, Li, Kirubarajan 2001 §6.3.2: q·T ≈ (change of speed)²; 0.4 m/s in 10 s.
    pub steady_noise_m2_s3: f64,
    /// Acceleration noise of the free model, m²/s³, which covers what no other model does. Origin: same rule, about 5 m/s in 5 s.
    pub free_noise_m2_s3: f64,
    /// Acceleration noise of the break model, m²/s³: a hard turn or dive that no turn model follows. Origin: 4 g for 5 s changes a velocity by 200 m/s; a tenth of what that would ask serves held-out trials best.
    pub break_noise_m2_s3: f64,
    /// Share of the jumps to other models that go to a break. Origin: rare, a hundredth of turns.
    pub break_share: f64,
    /// Acceleration noise within a turn, m²/s³: covers turn rates between and beyond the two modelled. Origin: same rule.
    pub turn_noise_m2_s3: f64,
    /// Rates of the slow and the fast turn models, degrees a second, each left and right. Origin: bank 25° at 220 m/s is 1.2°/s; a rate-one
    /// turn is 3°/s (ICAO Doc 8168), small aircraft and drones turn faster.
    pub turn_rates_deg_s: [f64; 2],
    /// Vertical acceleration noise of all models, m²/s³. Origin: a climb of 3 m/s begun within 30 s.
    pub vertical_noise_m2_s3: f64,
    /// Acceleration noise of objects that report their own velocity, m²/s³. Origin: a rate-half turn at 200 m/s, 5 m/s² for the second
    /// between two reports, a third of the time.
    pub reported_noise_m2_s3: f64,
    /// Mean time for which steady flight lasts, s. Origin: en-route legs between turns, one to several minutes.
    pub steady_time_s: f64,
    /// Mean time for which a turn or a disturbance lasts, s. Origin: turns of 45–90° at 3°/s and circles, benchmark and trials.
    pub turn_time_s: f64,
    /// 1-sigma of the velocity of an object just seen, m/s a component, of the fast hypothesis. Origin: airliners at 200–250 m/s in an unknown direction.
    pub fast_sigma_m_s: f64,
    /// The same of the slow hypothesis. Origin: small aircraft and drones at 40–70 m/s.
    pub slow_sigma_m_s: f64,
    /// 1-sigma of the vertical velocity of an object just seen, m/s. Origin: climb rates up to 12 m/s, most objects level.
    pub vertical_sigma_m_s: f64,
    /// Expected number of objects never looked at, in 1,000 km² below 3 km. Origin: benchmark; sixty objects in a country's 300,000 km².
    pub unseen_low_per_1000_km2: f64,
    /// The same between 3 and 13 km. Origin: benchmark; as many as below.
    pub unseen_high_per_1000_km2: f64,
    /// Expected arrivals of new objects in 1,000 km² and an hour, both layers together. Origin: ICAO traffic of a busy sector, some 30–60 an hour.
    pub arrivals_per_1000_km2_h: f64,
    /// Mean time for which an object goes on existing, s. Origin: an hour's flight, and a third of that within one country's cover.
    pub survival_time_s: f64,
    /// Existence probability at which a track is confirmed. Origin: benchmark; with a perfect model 0.5 would minimise GOSPA with
    /// alpha = 2 (Rahmathullah et al. 2017).
    pub confirm_existence: f64,
    /// Existence probability below which a confirmed track is not shown while it is not observed. Origin: 0.5 minimises the expected GOSPA with alpha = 2.
    pub show_existence: f64,
    /// Existence probability below which a confirmed track ends. Origin: hysteresis below `confirm_existence`.
    pub end_existence: f64,
    /// Existence probability below which a tentative track is forgotten. Origin: bounds the work; measured as harmless on all scenarios.
    pub forget_existence: f64,
    /// Existence probability from which a tentative track is spoken of (event and listing). Origin: convention.
    pub tentative_existence: f64,
    /// A position worse than this is of no use, m: a track is shown while the expected cost of showing it is less than that of not
    /// showing it, with errors capped here. Origin: GOSPA's cut-off c of the benchmark.
    pub useful_radius_m: f64,
    /// A track not yet confirmed whose place is worse known than this is forgotten, m: it goes back to what is not yet seen. Origin: recycling
    /// (Williams 2012); 25 s after one plot of an object of unknown velocity, two turns of a slow radar.
    pub forget_radius_m: f64,
    /// Gate in squared standard deviations, of each measured axis. Origin: benchmark; chi-square (one degree of freedom, 0.9999: 15) would be
    /// too narrow, because a mixture of models is no Gaussian.
    pub gate: f64,
    /// Looks for which two neighbours that may have exchanged their plots keep both readings; 0 decides at once. Origin: five turns of two
    /// radars; of 161 swaps in 1,800 crossings at 6° to 15° it saves 45, twice as many looks 58 (example crossings).
    pub deferred_looks: u8,
    /// Detection probability of a sensor that does not state one, at one look. Origin: EUROCONTROL-SPEC-147 asks 0.97 of cooperative radar; primary is weaker.
    pub detection_default: f64,
    /// False plots in a look of a radar that does not state it. Origin: order of magnitude of the benchmark's radars.
    pub clutter_default: f64,
    /// Plots of one sensor within this time are one look, s. Origin: a datagram holds less than a 1/32 sector.
    pub frame_span_s: f64,
    /// Late data older than this is counted and dropped, s. Origin: the design's 60 s.
    pub late_limit_s: f64,
    /// Self-reported positions of one object are fused at most this often, s; those in between count as evidence only. Origin: GNSS errors are correlated over seconds, so more adds cost, not knowledge.
    pub self_report_interval_s: f64,
    /// Least 1-sigma of a self-reported position, m. Origin: latency uncompensated up to 0.1 s at 250 m/s (DO-260B 2.2.5.5).
    pub self_report_floor_m: f64,
    /// 1-sigma of a stated GNSS height, m. Origin: GVA 2, 95 % under 45 m.
    pub stated_height_sigma_m: f64,
    /// 1-sigma of a pressure altitude taken as height, m: QNH and geoid unknown. Origin: ±20 hPa are ±170 m; the geoid over Europe is 20–50 m up.
    pub pressure_height_sigma_m: f64,
    /// 1-sigma of a stated velocity where no quality is stated, m/s. Origin: NACv 1, 95 % under 10 m/s, in practice about 1.
    pub stated_velocity_sigma_m_s: f64,
    /// A self-report this far from what others measure, in standard deviations, contradicts it. Origin: 5 sigma, one in 3 million.
    pub contradiction_sigma: f64,
    /// Height above a passive sensor at which an object without measured height is assumed, m. Origin: low drones.
    pub assumed_height_m: f64,
    /// 1-sigma of it, m.
    pub assumed_height_sigma_m: f64,
    /// Height assumed for a 2D radar's plot without Mode C, m above the ellipsoid. Origin: middle of the lower airspace.
    pub assumed_height_2d_m: f64,
    /// 1-sigma of it, m.
    pub assumed_height_2d_sigma_m: f64,
    /// Bearings that no track explains are kept this long to make ray clusters, s. Origin: one and a half periods of acoustic posts.
    pub ray_window_s: f64,
    /// Rays of different sensors that a new track from bearings needs. Origin: two rays always cross; the third one decides.
    pub ray_sensors: usize,
    /// Prior 1-sigma of a radar's range bias, m, azimuth bias and elevation bias, degrees. Origin: EUROCONTROL's registration practice: 100 m, 0.2°.
    pub range_bias_sigma_m: f64,
    /// See `range_bias_sigma_m`.
    pub azimuth_bias_sigma_deg: f64,
    /// See `range_bias_sigma_m`.
    pub elevation_bias_sigma_deg: f64,
    /// Prior 1-sigma of a radar's time bias, s. Origin: clocks that agree by GNSS, and plot extractors that hold a plot for some tenths of a second.
    pub time_bias_sigma_s: f64,
    /// How long what was learned of a bias counts, s: pairs of this age weigh 1/e. Origin: biases change with temperature and maintenance, not with traffic.
    pub registration_memory_s: f64,
    /// How many tracks one source, and all sources together, may begin by self-reports at once, once they have settled. Origin: a busy airport's departures of an hour, and the
    /// return of a receiver after a minute.
    pub new_tracks_burst: f64,
    /// … and how many more each second. Origin: turnover of 20,000 aircraft over three hours is two a second; ten times that.
    pub new_tracks_per_s: f64,
    /// How many tracks that it began one source may hold. Origin: twice all of the world's air at one time.
    pub tracks_per_source: usize,
    /// For so long after it begins, or after a minute's silence, a source brings what was there before, s.
    pub source_settles_s: f64,
    /// Most tracks of all kinds; beyond it the least certain goes.
    pub max_tracks: usize,
    /// Most plots of one look that are associated together; the rest is counted and dropped.
    pub max_plots_per_look: usize,
    /// Period of a sensor that states none and sends no north markers, s. Origin: the slowest usual rotation, en-route radar.
    pub period_default_s: f64,
    /// A self-reporting object that is silent for this long counts as missed once, s. Origin: surface positions come every 5 s, DO-260B 2.2.3.3.
    pub self_report_silence_s: f64,
    /// Time without any detection after which a track is coasting, s. Origin: a turn and a half of the usual 10 s radar.
    pub coasting_after_s: f64,
    /// How far back the trajectories of tracks near a watched border are smoothed as they fly, s. Origin: measured, what comes later moves a
    /// place by a fifth of its sigma and narrows it by 2 % (docs/tracker.md).
    pub smooth_lag_s: f64,
    /// Most tracks whose evidence is kept for that. Origin: memory, some 5 to 40 KB each.
    pub smooth_tracks: usize,
    /// Most pieces of evidence kept of one of them; with more the lag is shorter. Origin: three radars and a report a second, for 120 s.
    pub smooth_evidence: usize,
    /// Most pieces of evidence of a track that is smoothed as a whole from a journal; the oldest are folded away. Origin: memory, 3 KB each
    /// while it is smoothed; fourteen hours at one a second.
    pub smooth_whole: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            steady_noise_m2_s3: 0.01,
            free_noise_m2_s3: 2.0,
            break_noise_m2_s3: 800.0,
            break_share: 0.02,
            turn_noise_m2_s3: 1.0,
            turn_rates_deg_s: [1.2, 3.6],
            vertical_noise_m2_s3: 0.03,
            reported_noise_m2_s3: 8.0,
            steady_time_s: 180.0,
            turn_time_s: 50.0,
            fast_sigma_m_s: 120.0,
            slow_sigma_m_s: 40.0,
            vertical_sigma_m_s: 4.0,
            unseen_low_per_1000_km2: 0.2,
            unseen_high_per_1000_km2: 0.2,
            arrivals_per_1000_km2_h: 8.0,
            survival_time_s: 5000.0,
            confirm_existence: 0.93,
            show_existence: 0.5,
            end_existence: 0.1,
            forget_existence: 2e-5,
            tentative_existence: 0.1,
            useful_radius_m: 2000.0,
            forget_radius_m: 3000.0,
            gate: 40.0,
            deferred_looks: 10,
            detection_default: 0.8,
            clutter_default: 20.0,
            frame_span_s: 0.5,
            late_limit_s: 60.0,
            self_report_interval_s: 0.9,
            self_report_floor_m: 15.0,
            stated_height_sigma_m: 25.0,
            pressure_height_sigma_m: 150.0,
            stated_velocity_sigma_m_s: 1.5,
            contradiction_sigma: 5.0,
            assumed_height_m: 250.0,
            assumed_height_sigma_m: 250.0,
            assumed_height_2d_m: 5000.0,
            assumed_height_2d_sigma_m: 3000.0,
            ray_window_s: 3.0,
            ray_sensors: 3,
            range_bias_sigma_m: 100.0,
            azimuth_bias_sigma_deg: 0.2,
            elevation_bias_sigma_deg: 0.1,
            time_bias_sigma_s: 0.2,
            registration_memory_s: 1800.0,
            new_tracks_burst: 500.0,
            new_tracks_per_s: 20.0,
            tracks_per_source: 40_000,
            source_settles_s: 60.0,
            max_tracks: 200_000,
            max_plots_per_look: 20_000,
            period_default_s: 12.0,
            self_report_silence_s: 10.0,
            coasting_after_s: 15.0,
            smooth_lag_s: 120.0,
            smooth_tracks: 1000,
            smooth_evidence: 256,
            smooth_whole: 50_000,
        }
    }
}
