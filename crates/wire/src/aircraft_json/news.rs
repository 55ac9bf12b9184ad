//! What a snapshot says that the one before did not.

use super::fields::{Aircraft, Baro};
use super::{Params, age};
use crate::quality::{contained_sigma_m, nac_p_sigma_m, nac_v_sigma_m_s};
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, rad, sin_cos};
use skypicket_model::observation::{
    Channel, Fix, FixSource, HorizontalSigma, ModeS, ModeSPart, SelfPart, SelfReport, StatedPosition, StatedStatus,
    StatedTarget, StatedVelocity,
};
use skypicket_model::{
    Address, AddressKind, Canon, CanonError, EllipsoidalHeight, Emergency, EmitterCategory, FlightId, LatLon, Mode3A,
    PressureAltitude, Reader, Report, Span, Time, canon_struct,
};
use std::collections::BTreeMap;

/// How many aircraft a connection remembers; beyond it all are forgotten, and reported as news again.
pub const MAX_AIRCRAFT: usize = 65_536;
/// How long an aircraft is remembered that is in no document; readsb itself lists them for five minutes.
const REMEMBERED: Span = Span::from_s(600);
/// How far `now` may step back before it counts as a restart of the receiver.
const RESTART: Span = Span::from_s(60);
/// `now` and `seen_pos` are rounded to 0.1 s by some writers: a position younger by less than this is the same one.
const SAME: Span = Span::from_ms(250);

/// An item and what is wrong with it.
type Fault = (&'static str, &'static str);

/// When a document was written.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) now: Time,
    /// It says so itself; otherwise it is when it came.
    pub(super) own_clock: bool,
}

/// What was reported last of each aircraft.
pub(super) struct Memory {
    params: Params,
    aircraft: BTreeMap<Address, Known>,
    now: Time,
    pruned: Time,
}

#[derive(Default)]
struct Known {
    listed: Time,
    position: Option<(LatLon, Time)>,
    velocity: Option<StatedVelocity>,
    identity: Option<(Option<FlightId>, Option<EmitterCategory>)>,
    status: StatedStatus,
    squawk: Option<(Mode3A, bool, bool)>,
    pressure: Option<PressureAltitude>,
    target: Option<StatedTarget>,
}

canon_struct!(Known { listed, position, velocity, identity, status, squawk, pressure, target });

/// How an aircraft's data reached the receiver.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// It said so itself, by this channel.
    Stated(Channel),
    /// It only answered interrogations; a position is a multilateration.
    Replies,
}

impl Memory {
    pub(super) fn new(params: Params) -> Self {
        Self { params, aircraft: BTreeMap::new(), now: Time::MIN, pruned: Time::MIN }
    }

    /// A document of that time begins.
    pub(super) fn begin(&mut self, now: Time) {
        if now + RESTART < self.now {
            self.aircraft.clear();
            self.pruned = now;
        }
        self.now = now;
        if now - self.pruned > RESTART {
            self.pruned = now;
            self.aircraft.retain(|_, known| known.listed + REMEMBERED >= now);
        }
    }

    /// Appends the state for a checkpoint.
    pub(super) fn save(&self, out: &mut Vec<u8>) {
        self.aircraft.encode(out);
        self.now.encode(out);
        self.pruned.encode(out);
    }

    /// Takes over a saved state.
    pub(super) fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.aircraft = Canon::decode(reader)?;
        self.now = Canon::decode(reader)?;
        self.pruned = Canon::decode(reader)?;
        Ok(())
    }

    /// Observes what is news of an aircraft; whether anything was.
    pub(super) fn read(
        &mut self,
        aircraft: &Aircraft<'_>,
        moment: Moment,
        observe: &mut impl FnMut(Time, Report),
    ) -> Result<bool, Fault> {
        check(aircraft)?;
        let kind = aircraft.source.as_deref().unwrap_or_default();
        if kind == "mode_ac" {
            // Its hex is a Mode A code, not an address: nothing that could be told apart from another aircraft.
            return Ok(false);
        }
        let address = address(aircraft, kind)?;
        let place = match aircraft.lat.zip(aircraft.lon) {
            Some((lat, lon)) => Some(LatLon::new(lat, lon).ok_or(("lat", "out of range"))?),
            None => None,
        };
        if self.aircraft.len() >= MAX_AIRCRAFT && !self.aircraft.contains_key(&address) {
            self.aircraft.clear();
        }
        let known = self.aircraft.entry(address).or_default();
        known.listed = moment.now;
        let mut news =
            News { address, source: source(aircraft, kind), moment, aircraft, params: self.params, count: 0, observe };
        news.identity(known);
        news.status(known);
        news.squawk(known);
        match place {
            Some(place) => news.position(known, place),
            None => news.pressure(known),
        }
        news.velocity(known);
        news.target(known);
        Ok(news.count > 0)
    }
}

/// Refuses an aircraft with a number that nothing that flies can have.
fn check(aircraft: &Aircraft<'_>) -> Result<(), Fault> {
    let baro_ft = match aircraft.alt_baro {
        Some(Baro::Feet(feet)) => Some(feet),
        _ => None,
    };
    let limits = [
        ("alt_baro", baro_ft, -2_000.0, 150_000.0),
        ("alt_geom", aircraft.alt_geom, -5_000.0, 500_000.0),
        ("gs", aircraft.gs, 0.0, 4_000.0),
        ("ias", aircraft.ias, 0.0, 4_000.0),
        ("tas", aircraft.tas, 0.0, 4_000.0),
        ("track", aircraft.track, 0.0, 360.0),
        ("true_heading", aircraft.true_heading, 0.0, 360.0),
        ("mag_heading", aircraft.mag_heading, 0.0, 360.0),
        ("baro_rate", aircraft.baro_rate, -60_000.0, 60_000.0),
        ("geom_rate", aircraft.geom_rate, -60_000.0, 60_000.0),
        ("nav_qnh", aircraft.nav_qnh, 0.0, 2_000.0),
        ("nav_altitude_mcp", aircraft.nav_altitude_mcp, -2_000.0, 150_000.0),
        ("nav_altitude_fms", aircraft.nav_altitude_fms, -2_000.0, 150_000.0),
        ("nav_heading", aircraft.nav_heading, 0.0, 360.0),
        ("rc", aircraft.rc, 0.0, 100_000.0),
    ];
    for (item, value, low, high) in limits {
        if value.is_some_and(|value| !(low..=high).contains(&value)) {
            return Err((item, "out of range"));
        }
    }
    Ok(())
}

fn address(aircraft: &Aircraft<'_>, kind: &str) -> Result<Address, Fault> {
    let address = Address::parse(aircraft.hex.trim()).ok_or(("hex", "not an address"))?;
    if kind == "tisb_trackfile" {
        return Ok(Address { kind: AddressKind::TrackFile, ..address });
    }
    Ok(address)
}

fn source(aircraft: &Aircraft<'_>, kind: &str) -> Source {
    match kind {
        "mlat" | "mode_s" => Source::Replies,
        "adsr_icao" | "adsr_other" => Source::Stated(Channel::AdsR),
        "tisb_icao" | "tisb_other" | "tisb_trackfile" => Source::Stated(Channel::TisB),
        "adsb_icao" | "adsb_icao_nt" | "adsb_other" => Source::Stated(Channel::AdsB),
        // dump1090 tells no type: a list names what came by TIS-B.
        "" if lists(&aircraft.tisb, "lat") => Source::Stated(Channel::TisB),
        "" if aircraft.hex.starts_with('~') => Source::Stated(Channel::TisB),
        "" => Source::Stated(Channel::AdsB),
        // adsc, other, and what may yet come: by ways unknown.
        _ => Source::Stated(Channel::Network),
    }
}

fn lists(names: &[std::borrow::Cow<'_, str>], name: &str) -> bool {
    names.iter().any(|known| known == name)
}

/// One aircraft of one document, being compared with what is known.
struct News<'a, F> {
    address: Address,
    source: Source,
    moment: Moment,
    aircraft: &'a Aircraft<'a>,
    params: Params,
    count: u32,
    observe: &'a mut F,
}

impl<F: FnMut(Time, Report)> News<'_, F> {
    fn stated(&mut self, measured: Time, part: SelfPart) {
        let channel = match self.source {
            Source::Stated(channel) => channel,
            Source::Replies => Channel::Network,
        };
        self.report(measured, Report::SelfReport(SelfReport { address: self.address, channel, part }));
    }

    fn replied(&mut self, part: ModeSPart) {
        self.report(self.heard(), Report::ModeS(ModeS { address: self.address, part }));
    }

    fn report(&mut self, measured: Time, report: Report) {
        self.count += 1;
        (self.observe)(measured, report);
    }

    /// When anything was heard of it last: as near as the document says when a changed value came.
    fn heard(&self) -> Time {
        self.moment.now - age(self.aircraft.seen).unwrap_or(Span::ZERO)
    }

    fn on_ground(&self) -> Option<bool> {
        self.aircraft.alt_baro.map(|baro| baro == Baro::Ground)
    }

    fn baro(&self) -> Option<PressureAltitude> {
        match self.aircraft.alt_baro {
            Some(Baro::Feet(feet)) => Some(PressureAltitude::from_ft(feet)),
            _ => None,
        }
    }

    fn flight_id(&self) -> Option<FlightId> {
        self.aircraft.flight.as_deref().and_then(FlightId::parse)
    }

    fn code(&self) -> Option<Mode3A> {
        self.aircraft.squawk.as_deref().and_then(Mode3A::parse)
    }

    fn identity(&mut self, known: &mut Known) {
        let identity = (self.flight_id(), self.aircraft.category.as_deref().and_then(category));
        if identity == (None, None) || known.identity == Some(identity) {
            return;
        }
        known.identity = Some(identity);
        let (flight_id, category) = identity;
        match (self.source, flight_id) {
            (Source::Replies, Some(flight_id)) => self.replied(ModeSPart::Identity { flight_id }),
            (Source::Replies, None) => {}
            _ => self.stated(self.heard(), SelfPart::Identity { flight_id, category }),
        }
    }

    fn status(&mut self, known: &mut Known) {
        if self.source == Source::Replies {
            return;
        }
        let aircraft = self.aircraft;
        let up_to = |value: Option<u8>, most: u8| value.filter(|value| *value <= most);
        let status = StatedStatus {
            version: aircraft.version.and_then(|version| u8::try_from(version).ok()).filter(|version| *version <= 7),
            on_ground: self.on_ground(),
            nac_p: up_to(aircraft.nac_p, 11),
            nac_v: up_to(aircraft.nac_v, 4),
            sil: up_to(aircraft.sil, 3),
            sil_per_sample: match aircraft.sil_type.as_deref() {
                Some("persample") => Some(true),
                Some("perhour") => Some(false),
                _ => None,
            },
            sda: up_to(aircraft.sda, 3),
            gva: up_to(aircraft.gva, 3),
            nic_baro: aircraft.nic_baro.map(|checked| checked != 0),
            emergency: aircraft.emergency.as_deref().and_then(emergency),
            squawk: self.code(),
            ..StatedStatus::default()
        };
        if status != known.status {
            known.status = status;
            self.stated(self.heard(), SelfPart::Status(status));
        }
    }

    fn squawk(&mut self, known: &mut Known) {
        let Some(squawk) = self.code() else { return };
        let (alert, spi) = (self.aircraft.alert.is_some_and(|f| f.0), self.aircraft.spi.is_some_and(|f| f.0));
        if known.squawk != Some((squawk, alert, spi)) {
            known.squawk = Some((squawk, alert, spi));
            self.replied(ModeSPart::Squawk { squawk, alert, spi, on_ground: self.on_ground() });
        }
    }

    /// Of an aircraft without position: its altitude replies.
    fn pressure(&mut self, known: &mut Known) {
        let pressure = self.baro();
        if pressure.is_some() && pressure != known.pressure {
            known.pressure = pressure;
            self.replied(ModeSPart::Pressure { pressure, on_ground: self.on_ground() });
        }
    }

    fn position(&mut self, known: &mut Known, place: LatLon) {
        let aircraft = self.aircraft;
        let stated_age = age(aircraft.seen_pos);
        let measured = self.moment.now - stated_age.or(age(aircraft.seen)).unwrap_or(Span::ZERO);
        if let Some((last_place, last_measured)) = known.position {
            // Something that stands still repeats its place: then only the stated age tells a new statement from an old one.
            let younger = self.moment.own_clock && stated_age.is_some() && measured > last_measured + SAME;
            if place == last_place && !younger {
                return;
            }
        }
        known.position = Some((place, measured));
        known.pressure = self.baro();
        let multilateration = self.source == Source::Replies || lists(&aircraft.mlat, "lat");
        if multilateration { self.fix(place, measured) } else { self.stated_position(place, measured) }
    }

    fn fix(&mut self, place: LatLon, measured: Time) {
        let fix = Fix {
            source: FixSource::Multilateration,
            place,
            sigma: HorizontalSigma::round(self.params.mlat_sigma_m),
            height: None,
            pressure: self.baro(),
            velocity_m_s: self.ground_velocity(),
            on_ground: self.on_ground(),
            address: Some(self.address),
            flight_id: self.flight_id(),
            squawk: self.code(),
            local_track: None,
        };
        self.report(measured, Report::Fix(fix));
    }

    fn stated_position(&mut self, place: LatLon, measured: Time) {
        let aircraft = self.aircraft;
        let on_ground = self.on_ground().unwrap_or(false);
        // Both members go to 0 where nothing is known.
        let containment_m = aircraft.rc.filter(|rc| *rc > 0.0);
        let nic = aircraft.nic.filter(|nic| *nic <= 11);
        let position = StatedPosition {
            arrival: None,
            place,
            pressure: self.baro(),
            height: aircraft.alt_geom.map(EllipsoidalHeight::from_ft),
            on_ground,
            nic,
            containment_m,
            sigma_m: sigma_m(aircraft.nac_p, containment_m),
            ground_speed_m_s: aircraft.gs.filter(|_| on_ground).map(|kt| kt * M_S_PER_KT),
            track_rad: aircraft.track.filter(|_| on_ground).map(rad),
        };
        self.stated(measured, SelfPart::Position(position));
    }

    fn ground_velocity(&self) -> Option<(f64, f64)> {
        let (kt, track_deg) = self.aircraft.gs.zip(self.aircraft.track)?;
        let (sin, cos) = sin_cos(rad(track_deg));
        Some((kt * M_S_PER_KT * sin, kt * M_S_PER_KT * cos))
    }

    fn velocity(&mut self, known: &mut Known) {
        let aircraft = self.aircraft;
        // A multilateration's velocity goes with its fix; what replies carry of air data is not told apart here.
        if self.source == Source::Replies || lists(&aircraft.mlat, "gs") || self.on_ground() == Some(true) {
            return;
        }
        let (east_m_s, north_m_s) = self.ground_velocity().unzip();
        let rate_ft_min = aircraft.baro_rate.or(aircraft.geom_rate);
        let velocity = StatedVelocity {
            east_m_s,
            north_m_s,
            sigma_m_s: aircraft.nac_v.and_then(nac_v_sigma_m_s).unwrap_or(self.params.velocity_sigma_m_s),
            vertical_m_s: rate_ft_min.map(|rate| rate * M_S_PER_FT_MIN),
            vertical_is_barometric: aircraft.baro_rate.is_some(),
            height_minus_pressure_m: None,
            heading_rad: aircraft.true_heading.or(aircraft.mag_heading).map(rad),
            indicated_airspeed_m_s: aircraft.ias.map(|kt| kt * M_S_PER_KT),
            true_airspeed_m_s: aircraft.tas.map(|kt| kt * M_S_PER_KT),
            nac_v: aircraft.nac_v.filter(|nac_v| *nac_v <= 4),
        };
        let says_something = east_m_s.is_some()
            || rate_ft_min.is_some()
            || velocity.heading_rad.is_some()
            || velocity.indicated_airspeed_m_s.is_some()
            || velocity.true_airspeed_m_s.is_some();
        if says_something && known.velocity != Some(velocity) {
            known.velocity = Some(velocity);
            self.stated(self.heard(), SelfPart::Velocity(velocity));
        }
    }

    fn target(&mut self, known: &mut Known) {
        let aircraft = self.aircraft;
        let selected_ft = aircraft.nav_altitude_mcp.or(aircraft.nav_altitude_fms);
        let target = StatedTarget {
            selected_altitude_m: selected_ft.map(|feet| feet * M_PER_FT),
            from_fms: aircraft.nav_altitude_mcp.is_none() && aircraft.nav_altitude_fms.is_some(),
            barometric_setting_hpa: aircraft.nav_qnh,
            selected_heading_rad: aircraft.nav_heading.map(rad),
        };
        if self.source == Source::Replies || target == StatedTarget::default() || known.target == Some(target) {
            return;
        }
        known.target = Some(target);
        self.stated(self.heard(), SelfPart::Target(target));
    }
}

/// `A3`; the number 0 says nothing.
fn category(text: &str) -> Option<EmitterCategory> {
    match text.as_bytes() {
        [set @ b'A'..=b'D', number @ b'1'..=b'7'] => Some(EmitterCategory { set: *set, number: number - b'0' }),
        _ => None,
    }
}

fn emergency(word: &str) -> Option<Option<Emergency>> {
    Some(match word {
        "none" => None,
        "general" => Some(Emergency::General),
        "lifeguard" => Some(Emergency::Medical),
        "minfuel" => Some(Emergency::MinimumFuel),
        "nordo" => Some(Emergency::NoCommunications),
        "unlawful" => Some(Emergency::UnlawfulInterference),
        "downed" => Some(Emergency::Downed),
        _ => return None,
    })
}

/// Where nothing is stated, as in docs/formats/beast.md.
const UNSTATED_SIGMA_M: f64 = 500.0;

/// 1-sigma of a position component: by NACp where told, else by the containment radius.
fn sigma_m(nac_p: Option<u8>, containment_m: Option<f64>) -> f64 {
    match nac_p {
        Some(nac_p) => nac_p_sigma_m(nac_p),
        None => containment_m.map(contained_sigma_m),
    }
    .unwrap_or(UNSTATED_SIGMA_M)
}
