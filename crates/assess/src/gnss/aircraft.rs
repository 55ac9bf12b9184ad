//! One aircraft's satellite navigation, message by message: a log-likelihood state machine (docs/detectors/gnss_interference.md, "One aircraft").

use skypicket_model::gnss::{FalseSign, GnssChange, GnssState};
use skypicket_model::math;
use skypicket_model::observation::SelfPart;
use skypicket_model::{Address, LatLon, ObservationId, Span, Time};

use super::measured::Height;
use super::quality::{FELL, FELL_AT_ONCE, FELL_SLOWLY, Habits, Quality};
use super::told::{News, Told};

/// Log-likelihood ratios between which nothing is decided: 99 to 1 for, 10 to 1 against.
const ENTERS: f64 = 4.6;
const LEAVES: f64 = -2.3;
/// Evidence is held between these, so that a state can be left within seconds, and is not entered by one second's message.
const HELD: [f64; 2] = [-4.6, 9.0];
/// A state is kept for at least so long.
const DWELL: Span = Span::from_s(20);
/// What was bad is not called good again before so long.
const RECOVERS: Span = Span::from_s(60);
/// Seconds of full quality before an aircraft can be said to have lost it.
const GOOD_S: f64 = 10.0;
/// Shorter than this, low quality is a unit's own affair. Origin: one of 151 aircraft in a recorded quarter of an hour around Los Angeles states NIC 0 for 2.7 s.
const GLITCH: Span = Span::from_s(10);
/// A quality that was full so short a time ago fell at once.
const FALLS_WITHIN: Span = Span::from_s(10);
/// A stated accuracy holds for so long.
const ACCURACY_FOR: Span = Span::from_s(15);
/// An integrity holds for so long: it belongs to its position, and may be over before the next one is heard.
const INTEGRITY_FOR: Span = Span::from_s(3);
/// Unheard for so long, what was known of its navigation is not known any more.
const UNHEARD: Span = Span::from_s(120);
/// Without a position for so long, while it sends on, it may have lost its navigation.
const NO_POSITION: Span = Span::from_s(10);
const LEAST_OTHERS: f64 = 3.0;
/// Against the luck of reception: log of one in so many messages. Every message is a new chance to be unlucky, and a thousand flight hours have some ten million of them.
/// Origin: `gnss_detection --part quiet` (docs/detectors/gnss_interference.md, "As measured").
const LOST: f64 = 16.0;
/// While it is heard less than this share as often as before, it may be leaving the receiver's reach.
const FADING: f64 = 0.35;
/// Share of positions among extended squitters where nothing is known yet, and what is believed at most and least. Origin: two positions, two
/// velocities and 1–2 others a second (DO-260B 2.2.3.3.1).
const SHARE: f64 = 0.4;
const SHARES: [f64; 2] = [0.05, 0.5];
/// An airframe that was bad for this share of at least so many seconds is chronic; below the other share no longer.
const CHRONIC: [f64; 2] = [0.2, 0.1];
const CHRONIC_S: f64 = 600.0;

/// What a message says, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    /// A part of a self-report.
    Part(SelfPart),
    /// A short reply or one on request, that is no position; true airspeed where it carries that, m/s.
    Reply(Option<f64>),
}

/// What is known of one aircraft.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Aircraft {
    pub(super) state: GnssState,
    pub(super) since: Time,
    pub(super) first: Time,
    pub(super) heard: Time,
    version: Option<u8>,
    nic: Option<u8>,
    /// When it was stated: by the last position, or that none is known.
    nic_at: Time,
    nac_p: Option<(u8, Time)>,
    /// When quality was weighed last, and when it was last full.
    weighed_at: Time,
    full_at: Time,
    /// Since when it is not, and whether it is known how it fell.
    bad_since: Option<Time>,
    bad_at: Time,
    fell: bool,
    /// For interference against nothing special, and against an inertial unit that coasts.
    llr: [f64; 2],
    good_s: f64,
    habits: Habits,
    /// What it tells of its place and motion, and when it told any place last.
    pub(super) told: Told,
    positioned_at: Time,
    /// What betrayed false positions, or that they were none, until that is judged.
    falsely: Option<FalseSign>,
    cleared: bool,
    pub(super) height: Height,
    /// Where it was counted today.
    pub(super) counted: super::daily::Counted,
    pub(super) pressure_m: f64,
    pub(super) on_ground: bool,
    /// Messages since the last position that might have been one, when that was counted last, and the usual share of positions.
    others: f64,
    other_at: Time,
    share: f64,
    /// Messages a second, over ten seconds and over two minutes.
    rates: [f64; 2],
    /// Cell that it is in, when that was looked at last, how many it passed since it was affected, and how it votes there.
    pub(super) cell: Option<super::cells::Key>,
    pub(super) looked: Time,
    pub(super) cells_since_onset: u32,
    pub(super) pass: Option<super::cells::Pass>,
}
skypicket_model::canon_struct!(Aircraft {
    state,
    since,
    first,
    heard,
    version,
    nic,
    nic_at,
    nac_p,
    weighed_at,
    full_at,
    bad_since,
    bad_at,
    fell,
    llr,
    good_s,
    habits,
    told,
    positioned_at,
    falsely,
    cleared,
    height,
    counted,
    pressure_m,
    on_ground,
    others,
    other_at,
    share,
    rates,
    cell,
    looked,
    cells_since_onset,
    pass,
});

impl Aircraft {
    pub(super) fn new(now: Time) -> Self {
        Self {
            state: GnssState::Unknown,
            since: now,
            first: now,
            heard: now,
            version: None,
            nic: None,
            nic_at: Time::MIN,
            nac_p: None,
            weighed_at: now,
            full_at: Time::MIN,
            bad_since: None,
            bad_at: Time::MIN,
            fell: false,
            llr: [HELD[0], FELL],
            good_s: 0.0,
            habits: Habits::default(),
            told: Told::default(),
            positioned_at: Time::MIN,
            falsely: None,
            cleared: false,
            height: Height::default(),
            counted: super::daily::Counted::default(),
            pressure_m: 0.0,
            on_ground: false,
            others: 0.0,
            other_at: now,
            share: SHARE,
            rates: [0.0, 0.0],
            cell: None,
            looked: Time::MIN,
            cells_since_onset: 0,
            pass: None,
        }
    }

    /// Where it is believed to be at a moment.
    pub(super) fn reckoned(&self, at: Time) -> Option<LatLon> {
        self.told.reckoned(at)
    }

    /// The same, if it told a position since it was heard anew.
    pub(super) fn place(&self, at: Time) -> Option<LatLon> {
        self.reckoned(at).filter(|_| self.positioned_at > Time::MIN)
    }

    /// Forgets what it told falsely; whether there was any.
    pub(super) fn forget_false(&mut self, now: Time) -> bool {
        if self.state != GnssState::SpoofSuspect {
            return false;
        }
        (self.state, self.since, self.told) = (GnssState::Unknown, now, Told::default());
        true
    }

    /// Whether it states low quality, as published daily counts ask it; `None` where they leave it out.
    pub(super) fn is_low(&self, now: Time) -> Option<bool> {
        let counts = !self.on_ground && self.version.is_some_and(|version| version >= 1) && self.positioned_at == now;
        counts.then_some(())?;
        let accuracy = self.nac_p.filter(|(_, at)| now - *at <= ACCURACY_FOR).map(|(nac_p, _)| nac_p);
        Some(self.nic? < 7 || accuracy.is_some_and(|nac_p| nac_p < 8))
    }

    /// For interference, as log-likelihood ratio against the best other explanation.
    pub(super) fn evidence(&self) -> f64 {
        self.llr[0].min(self.llr[1])
    }

    /// Takes a message. `active`: interference is known of where it is.
    pub(super) fn hear(
        &mut self,
        address: Address,
        (id, now): (ObservationId, Time),
        said: Said,
        active: bool,
    ) -> Option<GnssChange> {
        let gap = (now - self.heard).max(Span::ZERO);
        if gap > UNHEARD {
            self.forget(now);
        }
        self.heard = self.heard.max(now);
        self.count(gap.s());
        match said {
            Said::Part(SelfPart::Position(position)) => {
                self.on_ground = position.on_ground;
                (self.nic, self.nic_at) = (position.nic, now);
                self.others = 0.0;
                self.share_of(1.0);
                self.positioned_at = self.positioned_at.max(now);
                let news = self.told.position(position.place, now);
                self.news(news);
                if let Some(pressure) = position.pressure {
                    self.pressure_m = pressure.m;
                }
                self.weigh(now, active);
            }
            Said::Part(SelfPart::NoPosition) => {
                (self.nic, self.nic_at) = (Some(0), now);
                self.other(now, 1.0);
                self.weigh(now, active);
            }
            Said::Part(SelfPart::Status(status)) => {
                self.version = status.version.or(self.version);
                self.on_ground = status.on_ground.unwrap_or(self.on_ground);
                if let Some(nac_p) = status.nac_p {
                    self.nac_p = Some((nac_p, now));
                    self.weigh(now, active);
                }
                self.other(now, 1.0);
            }
            Said::Part(SelfPart::Velocity(velocity)) => {
                if let Some(over_m) = velocity.height_minus_pressure_m {
                    self.height.over = Some((over_m, now));
                }
                if let Some(true_m_s) = velocity.true_airspeed_m_s {
                    self.told.airspeed(true_m_s, now);
                }
                if let (Some(east), Some(north)) = (velocity.east_m_s, velocity.north_m_s)
                    && !self.on_ground
                {
                    let news = self.told.velocity([east, north], self.pressure_m, now);
                    self.news(news);
                }
                self.other(now, 1.0);
            }
            Said::Part(SelfPart::Identity { .. } | SelfPart::Target(_)) => self.other(now, 1.0),
            // Not in the rhythm of squitters: it says that the aircraft is there, and little more.
            Said::Reply(airspeed) => {
                if let Some(true_m_s) = airspeed {
                    self.told.airspeed(true_m_s, now);
                }
                self.other(now, 0.25);
            }
        }
        self.judge(address, id, now)
    }

    /// Keeps what betrayed false positions, or that they are over, until it is judged.
    pub(super) fn news(&mut self, news: News) {
        match news {
            News::None => {}
            News::Back => self.falsely = None,
            News::Cleared => (self.falsely, self.cleared) = (None, true),
            News::False(sign) => (self.falsely, self.cleared) = (Some(sign), false),
        }
    }

    fn forget(&mut self, now: Time) {
        self.told.forget(now);
        if !self.told.is_false() {
            (self.state, self.since) = (GnssState::Unknown, now);
        }
        (self.llr, self.bad_since, self.fell, self.good_s) = ([HELD[0], FELL], None, false, 0.0);
        (self.nac_p, self.nic, self.others, self.rates) = (None, None, 0.0, [0.0, 0.0]);
        self.positioned_at = Time::MIN;
        (self.weighed_at, self.other_at) = (now, now);
    }

    /// Rates forget by 1/(1 + t/τ), which needs no exponential.
    fn count(&mut self, gap_s: f64) {
        for (rate, tau_s) in self.rates.iter_mut().zip([10.0, 120.0]) {
            *rate = *rate / (1.0 + gap_s / tau_s) + 1.0 / tau_s;
        }
    }

    fn share_of(&mut self, position: f64) {
        self.share = (self.share + 0.01 * (position - self.share)).clamp(SHARES[0], SHARES[1]);
    }

    /// A message that was no position; bursts count once.
    fn other(&mut self, now: Time, worth: f64) {
        if worth >= 1.0 && self.state == GnssState::Good {
            self.share_of(0.0);
        }
        let since_s = (now - self.other_at).s();
        if since_s >= 0.4 || self.others == 0.0 {
            self.others += worth;
            self.other_at = now;
        }
    }

    /// The worse of what was last said of integrity and accuracy; `None` where nothing was.
    fn stated(&self, now: Time) -> Option<Quality> {
        let accuracy =
            self.nac_p.filter(|(_, at)| now - *at <= ACCURACY_FOR).map(|(nac_p, _)| Quality::of_nac_p(nac_p));
        let integrity = self.nic.filter(|_| now - self.nic_at <= INTEGRITY_FOR).map(Quality::of_nic);
        // Accuracy alone can only tell that something is wrong.
        if integrity.is_none() && accuracy == Some(Quality::Full) { None } else { integrity.max(accuracy) }
    }

    fn weigh(&mut self, now: Time, active: bool) {
        let weight = (now - self.weighed_at).s().clamp(0.0, 1.0);
        self.weighed_at = self.weighed_at.max(now);
        let Some(step) = self.stated(now).filter(|_| !self.on_ground) else { return };
        if step == Quality::Full {
            self.full_at = now;
            self.good_s = (self.good_s + weight).min(GOOD_S);
            // A glitch is over with its first good message: another soon after is another.
            if matches!(self.state, GnssState::Good | GnssState::Unknown) {
                self.bad_since = None;
            }
        } else {
            self.bad_since.get_or_insert(now);
            self.bad_at = now;
        }
        let version_0 = self.version.unwrap_or(0) == 0;
        let [usual, inertial] = self.habits.says(step, version_0);
        self.llr[0] = (self.llr[0] + weight * usual).clamp(HELD[0], HELD[1]);
        self.llr[1] = (self.llr[1] + weight * inertial).clamp(HELD[0], HELD[1]);
        if step >= Quality::Poor && !self.fell {
            self.fell = true;
            self.llr[1] = FELL + if now - self.full_at <= FALLS_WITHIN { FELL_AT_ONCE } else { FELL_SLOWLY };
        }
        if step == Quality::Full && self.llr[0] <= LEAVES {
            (self.bad_since, self.fell, self.llr[1]) = (None, false, FELL);
        }
        // What interference made is no habit.
        let usual_now = matches!(self.state, GnssState::Good | GnssState::Unknown | GnssState::Chronic);
        if usual_now && !active && (self.bad_since.is_none() || self.state != GnssState::Good) {
            self.habits.add(step, weight);
        }
    }

    /// Whether it sends on, as often as before, but no positions where some should have been.
    fn has_lost(&self, now: Time) -> bool {
        let silent = -self.others * math::ln_1p(-self.share);
        !self.on_ground
            && self.positioned_at > Time::MIN
            && now - self.positioned_at >= NO_POSITION
            && self.others >= LEAST_OTHERS
            && silent >= LOST
            && self.rates[0] >= FADING * self.rates[1]
    }

    pub(super) fn judge(&mut self, address: Address, id: ObservationId, now: Time) -> Option<GnssChange> {
        use GnssState::{Chronic, Degraded, Good, Lost, Recovering, SpoofSuspect, Unknown};
        let (flown_s, bad_share) = self.habits.bad_share();
        let kept = now - self.since >= DWELL;
        let bad = self.evidence() > ENTERS && self.bad_since.is_some_and(|since| self.bad_at - since >= GLITCH);
        let good = self.llr[0] < LEAVES;
        let positions = now - self.positioned_at < NO_POSITION;
        let sign = self.falsely.take();
        let believed_at = self.told.believed.map_or(self.since, |last| last.at);
        let (to, between) = match self.state {
            // Each jump is told, also one from a false place to another.
            _ if sign.is_some() => (SpoofSuspect, (believed_at, now)),
            SpoofSuspect if !self.told.is_false() => (Recovering, (self.since, believed_at)),
            SpoofSuspect => return None,
            _ if self.on_ground && !matches!(self.state, Unknown | Chronic) => (Unknown, (now, now)),
            Unknown | Good if flown_s >= CHRONIC_S && bad_share > CHRONIC[0] => (Chronic, (self.first, now)),
            Unknown if self.good_s >= GOOD_S && good && !self.on_ground => (Good, (now, now)),
            Good | Recovering | Degraded if self.has_lost(now) => (Lost, (self.positioned_at, self.other_at)),
            Good | Recovering if bad => (Degraded, (self.full_at, self.bad_since.unwrap_or(now))),
            Lost if positions && bad => (Degraded, (self.full_at, self.bad_since.unwrap_or(now))),
            Lost if positions && good && kept => (Recovering, (self.since, self.positioned_at)),
            Degraded if good && kept => (Recovering, (self.bad_since.unwrap_or(self.since), self.full_at)),
            Recovering if good && now - self.since >= RECOVERS => (Good, (now, now)),
            Chronic if bad_share < CHRONIC[1] => (Good, (now, now)),
            Unknown | Good | Degraded | Lost | Recovering | Chronic => return None,
        };
        let from = core::mem::replace(&mut self.state, to);
        self.since = now;
        let false_place = self.told.false_place().map(|(place, _)| place);
        let place = self.reckoned(between.1).or(false_place).unwrap_or_default();
        let falsely = sign.zip(false_place);
        Some(GnssChange {
            address,
            from,
            to,
            time: now,
            between,
            place,
            pressure_m: self.pressure_m,
            evidence: id,
            falsely,
            cleared: core::mem::take(&mut self.cleared),
        })
    }
}
