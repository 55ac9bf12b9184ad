//! What radars and neighbours' trackers send, as ASTERIX blocks in datagrams (categories 034, 048, 062, 065).
//!
//! Written with the decoder's own tables (EUROCONTROL-SPEC-0149: part 2b ed. 1.29, part 4 ed. 1.32, part 9 ed. 1.21, part 15). Target
//! reports are not marked as simulated: a demonstration must fuse them with Beast frames, which cannot be marked; whoever plays a
//! world says in the config that its feeds are simulated.

use crate::path::Motion;
use crate::radar::{Extracted, Radar};
use crate::target::{Air, Target};
use skypicket_model::frames::Geodetic;
use skypicket_model::math::{M_PER_NM, M_S_PER_FT_MIN, deg};
use skypicket_model::{Address, FlightId, Mode3A, Time};
use skypicket_wire::asterix::encode::{Block, RecordWriter};
use skypicket_wire::asterix::field::Characters;
use skypicket_wire::asterix::field::fields::{cat034, cat048, cat062, cat065};
use skypicket_wire::asterix::layout::Edition;
use skypicket_wire::asterix::tables;

/// Longest datagram that is sent: what fits into an Ethernet frame with room for tunnels.
const MAX_DATAGRAM: usize = 1400;
/// Sectors in a turn, as most radars divide it (I034/020 counts 256ths).
pub(crate) const SECTORS: usize = 32;

/// Seconds since midnight UTC.
fn time_of_day_s(time: Time) -> f64 {
    (time - time.midnight()).s()
}

/// Blocks of one category, cut so that each fits a datagram.
struct Blocks {
    edition: Option<&'static Edition>,
    block: Option<Block>,
    done: Vec<Vec<u8>>,
}

impl Blocks {
    fn new(category: u8) -> Self {
        Self { edition: tables::newest(category), block: None, done: Vec::new() }
    }

    fn record(&mut self, write: impl FnOnce(&mut RecordWriter<'_>)) {
        let Some(edition) = self.edition else { return };
        let block = self.block.get_or_insert_with(|| Block::new(edition));
        block.record(write);
        // The longest record of ours has some 70 bytes.
        if block.len() > MAX_DATAGRAM - 100
            && let Some(full) = self.block.take()
        {
            self.done.push(full.finish());
        }
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        if let Some(block) = self.block.take()
            && !block.is_empty()
        {
            self.done.push(block.finish());
        }
        self.done
    }
}

fn service(radar: &Radar, kind: u64, time: Time, write: impl FnOnce(&mut RecordWriter<'_>)) -> Vec<u8> {
    let mut blocks = Blocks::new(34);
    blocks.record(|record| {
        record.set(cat034::I000, cat034::i000::VALUE, kind);
        record.item(cat034::I010, |item| {
            item.set(cat034::i010::SAC, u64::from(radar.source.0));
            item.set(cat034::i010::SIC, u64::from(radar.source.1));
        });
        record.set(cat034::I030, cat034::i030::VALUE, time_of_day_s(time + radar.faults.clock));
        write(record);
    });
    blocks.finish().concat()
}

/// I034 north marker with rotation, condition and the radar's place.
pub(crate) fn north_marker(radar: &Radar, air: &Air, time: Time) -> Vec<u8> {
    let site = radar.site.place();
    service(radar, 1, time, |record| {
        record.set(cat034::I041, cat034::i041::VALUE, radar.period_s);
        record.item(cat034::I050, |item| {
            item.sub(cat034::i050::COM, |_| {});
            if radar.primary.is_some() {
                item.sub(cat034::i050::PSR, |_| {});
            }
            if radar.secondary.is_some() {
                item.sub(cat034::i050::MDS, |_| {});
            }
        });
        record.item(cat034::I120, |item| {
            item.set(cat034::i120::HGT, site.height_m - air.geoid_m);
            item.set(cat034::i120::LAT, site.lat_deg);
            item.set(cat034::i120::LON, site.lon_deg);
        });
    })
}

/// I034 sector crossing: the beam enters sector `sector` of [`SECTORS`].
pub(crate) fn sector(radar: &Radar, sector: usize, time: Time) -> Vec<u8> {
    let azimuth_deg = 360.0 * (sector % SECTORS) as f64 / SECTORS as f64;
    service(radar, 2, time, |record| record.set(cat034::I020, cat034::i020::VALUE, azimuth_deg))
}

/// I048 target reports of the plots of one sector.
pub(crate) fn plots(radar: &Radar, air: &Air, targets: &[Target], plots: &[Extracted]) -> Vec<Vec<u8>> {
    let mut blocks = Blocks::new(48);
    for plot in plots {
        let target = plot.target.and_then(|index| targets.get(index));
        blocks.record(|record| write_plot(record, radar, air, target, plot));
    }
    blocks.finish()
}

fn write_plot(record: &mut RecordWriter<'_>, radar: &Radar, air: &Air, target: Option<&Target>, plot: &Extracted) {
    record.item(cat048::I010, |item| {
        item.set(cat048::i010::SAC, u64::from(radar.source.0));
        item.set(cat048::i010::SIC, u64::from(radar.source.1));
    });
    record.set(cat048::I140, cat048::i140::VALUE, time_of_day_s(plot.time + radar.faults.clock));
    let kind = match (plot.primary, plot.secondary) {
        (true, true) => 7,
        (false, true) => 5,
        _ => 1,
    };
    record.set(cat048::I020, cat048::i020::TYP, kind);
    record.item(cat048::I040, |item| {
        item.set(cat048::i040::RHO, plot.range_m / M_PER_NM);
        item.set(cat048::i040::THETA, deg(plot.azimuth_rad));
    });
    if let Some(height_m) = plot.height_m {
        let amsl_ft = (height_m - air.geoid_m) / skypicket_model::math::M_PER_FT;
        record.set(cat048::I110, cat048::i110::_3DH, amsl_ft);
    }
    let Some((target, transponder)) = target.and_then(|t| t.transponder.as_ref().map(|x| (t, x))) else { return };
    if !plot.secondary {
        return;
    }
    record.set(cat048::I070, cat048::i070::MODE3A, u64::from(transponder.squawk(plot.time).0));
    if let Some(motion) = target.at(plot.time) {
        let level = air.pressure(motion.place.height_m).flight_level();
        record.set(cat048::I090, cat048::i090::FL, level.hundreds_ft);
    }
    record.set(cat048::I220, cat048::i220::VALUE, u64::from(transponder.address));
    if let Some(flight_id) = transponder.flight_id {
        record.set(cat048::I240, cat048::i240::VALUE, Characters::new(flight_id.as_str()));
    }
}

/// One system track as a neighbour's tracker sends it.
pub(crate) struct SystemReport {
    pub(crate) number: u16,
    pub(crate) ended: bool,
    pub(crate) coasting: bool,
    pub(crate) place: Geodetic,
    pub(crate) motion: Motion,
    pub(crate) sigma_m: f64,
    pub(crate) skin: bool,
    pub(crate) reply: Option<(Address, Option<FlightId>, Mode3A)>,
}

/// I062 system tracks, then an I065 status message of the same system.
pub(crate) fn system_tracks(source: (u8, u8), air: &Air, time: Time, reports: &[SystemReport]) -> Vec<Vec<u8>> {
    let mut blocks = Blocks::new(62);
    for report in reports {
        blocks.record(|record| write_track(record, source, air, time, report));
    }
    let mut datagrams = blocks.finish();
    let mut status = Blocks::new(65);
    status.record(|record| {
        record.set(cat065::I000, cat065::i000::VALUE, 1);
        record.item(cat065::I010, |item| {
            item.set(cat065::i010::SAC, u64::from(source.0));
            item.set(cat065::i010::SIC, u64::from(source.1));
        });
        record.set(cat065::I015, cat065::i015::VALUE, 1);
        record.set(cat065::I030, cat065::i030::VALUE, time_of_day_s(time));
        record.item(cat065::I040, |item| item.set(cat065::i040::PSS, 1));
    });
    datagrams.extend(status.finish());
    datagrams
}

fn write_track(record: &mut RecordWriter<'_>, source: (u8, u8), air: &Air, time: Time, report: &SystemReport) {
    use cat062::{i010, i040, i060, i070, i080, i105, i130, i136, i185, i220, i290, i380, i500};
    record.item(cat062::I010, |item| {
        item.set(i010::SAC, u64::from(source.0));
        item.set(i010::SIC, u64::from(source.1));
    });
    record.set(cat062::I070, i070::VALUE, time_of_day_s(time));
    record.item(cat062::I105, |item| {
        item.set(i105::LAT, report.place.lat_deg);
        item.set(i105::LON, report.place.lon_deg);
    });
    record.item(cat062::I185, |item| {
        item.set(i185::VX, report.motion.east_m_s);
        item.set(i185::VY, report.motion.north_m_s);
    });
    if let Some((address, flight_id, squawk)) = report.reply {
        record.set(cat062::I060, i060::MODE3A, u64::from(squawk.0));
        record.item(cat062::I380, |item| {
            item.sub(i380::ADR, |sub| sub.set(i380::adr::VALUE, u64::from(address.value)));
            if let Some(flight_id) = flight_id {
                item.sub(i380::ID, |sub| sub.set(i380::id::VALUE, Characters::new(flight_id.as_str())));
            }
        });
        let level = air.pressure(report.place.height_m).flight_level().hundreds_ft;
        record.set(cat062::I136, i136::VALUE, level);
        record.set(cat062::I220, i220::VALUE, report.motion.up_m_s / M_S_PER_FT_MIN);
        record.set(cat062::I130, i130::VALUE, report.place.height_m / skypicket_model::math::M_PER_FT);
    }
    record.set(cat062::I040, i040::VALUE, u64::from(report.number));
    record.item(cat062::I080, |item| {
        item.set(i080::SRC, if report.reply.is_some() { 3 } else { 0 });
        if report.ended {
            item.set(i080::TSE, true);
        }
        if report.coasting {
            item.set(i080::CST, true);
        }
    });
    record.item(cat062::I290, |item| {
        if report.skin {
            item.sub(i290::PSR, |sub| sub.set(i290::psr::VALUE, 2.0));
        }
        if report.reply.is_some() {
            item.sub(i290::MDS, |sub| sub.set(i290::mds::VALUE, 1.0));
        }
    });
    record.item(cat062::I500, |item| {
        item.sub(i500::APC, |sub| {
            sub.set(i500::apc::X, report.sigma_m);
            sub.set(i500::apc::Y, report.sigma_m);
        });
    });
}
