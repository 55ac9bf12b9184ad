//! The sections of a site file as they are written.

use schemars::JsonSchema;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A site file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who watches what.
    pub site: Site,
    /// The map and its interface.
    pub http: Http,
    /// Where inputs are recorded.
    pub journal: JournalConfig,
    /// When a sensor's clock is believed.
    pub clock: Clock,
    /// What comes in.
    pub feed: Vec<FeedConfig>,
    /// What is known of single sensors.
    pub sensor: Vec<SensorConfig>,
    /// Airspace beside the watched states.
    pub airspace: Vec<AirspaceFile>,
    /// What may be where.
    pub permission: skypicket_assess::PermissionParams,
    /// Parameters of the tracker.
    pub track: skypicket_track::Params,
    /// Parameters of the detectors and of incidents.
    pub assess: skypicket_assess::Params,
}

/// Who watches what.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Name shown on the map and in exports.
    pub name: String,
    /// Watched states, ISO 3166-1 alpha-3 (`["POL"]`), alpha-2 or English names: land, internal waters and territorial sea.
    pub watch: Vec<String>,
    /// States drawn but not watched; `["*"]` for all. Default: all.
    pub show: Vec<String>,
    /// Time zone in which times are shown beside UTC, IANA name.
    pub time_zone: String,
    /// Border file to use instead of the built-in one.
    pub borders: Option<PathBuf>,
    /// Terrain model, an ESRI ASCII grid in degrees (docs/formats/terrain-grid.md), relative to the site file.
    pub terrain: Option<PathBuf>,
    /// Candidate areas of origins, GeoJSON (docs/formats/origin-areas.md), relative to the site file.
    pub origin_areas: Option<PathBuf>,
    /// Flight plans, JSON Lines (docs/formats/flight-plan.md), relative to the site file.
    pub flight_plans: Option<PathBuf>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            name: "Skypicket".to_owned(),
            watch: Vec::new(),
            show: vec!["*".to_owned()],
            time_zone: "Europe/Warsaw".to_owned(),
            borders: None,
            terrain: None,
            origin_areas: None,
            flight_plans: None,
        }
    }
}

/// The map and its interface.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port. Any address that is not loopback is refused without `tls_certificate`, `tls_key` and `token`.
    pub listen: SocketAddr,
    /// Host names under which the server is reached beside `localhost` and its address, for the Host and Origin checks.
    pub hosts: Vec<String>,
    /// PEM file with the certificate chain.
    pub tls_certificate: Option<PathBuf>,
    /// PEM file with the private key.
    pub tls_key: Option<PathBuf>,
    /// File with the token that requests must carry as `Authorization: Bearer …`, or that a browser is asked for once.
    pub token_file: Option<PathBuf>,
    /// Memory for looking back without the journal, bytes.
    pub history_bytes: u64,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8470)),
            hosts: Vec::new(),
            tls_certificate: None,
            tls_key: None,
            token_file: None,
            history_bytes: 256 << 20,
        }
    }
}

/// Where inputs are recorded.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JournalConfig {
    /// Folder, relative to the site file.
    pub directory: PathBuf,
    /// Total size at which oldest segments are removed, bytes.
    pub max_bytes: u64,
    /// Age at which they are removed, days.
    pub max_age_days: u32,
    /// Size at which a segment is full, bytes.
    pub segment_bytes: u64,
    /// Seconds between checkpoints.
    pub checkpoint_every_s: u32,
}

impl Default for JournalConfig {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("skypicket-data"),
            max_bytes: 50_000_000_000,
            max_age_days: 90,
            segment_bytes: 64 << 20,
            checkpoint_every_s: 300,
        }
    }
}

/// When a sensor's clock is believed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Clock {
    /// How far measured may lie before received, seconds.
    pub max_late_s: f64,
    /// How far measured may lie after received, seconds.
    pub max_early_s: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { max_late_s: 60.0, max_early_s: 2.0 }
    }
}

/// What comes in: any format over any transport.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedConfig {
    /// Name for people and metrics; unique.
    pub name: String,
    /// What the bytes mean (`skypicket list`).
    pub format: String,
    /// How they travel.
    pub transport: TransportConfig,
    /// The format's own parameters (its page in docs/formats).
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub params: Option<toml::Table>,
}

/// How bytes travel: a kind and that kind's own parameters (its page in docs/transports).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct TransportConfig {
    /// Which transport (`skypicket list`).
    pub kind: String,
    /// Its parameters.
    #[serde(flatten)]
    #[schemars(with = "serde_json::Value")]
    pub params: toml::Table,
}

/// What a sensor states; see `skypicket_model::SensorKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SensorKindName {
    /// Range and azimuth.
    Radar2d,
    /// Range, azimuth, elevation.
    Radar3d,
    /// Direction only.
    Bearing,
    /// ADS-B and Remote ID receivers.
    SelfReportReceiver,
    /// Multilateration.
    Multilateration,
    /// Another tracker.
    SystemTracker,
    /// Anything that delivers positions.
    Position,
}

/// What is known of a single sensor.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SensorConfig {
    /// Name for people; unique within its feed. Formats that name their sensors use this name.
    pub name: String,
    /// The feed that delivers it.
    pub feed: String,
    /// ASTERIX source in decimal, `"25/201"` (SAC/SIC); left out for formats that name sensors or have one.
    #[serde(default)]
    pub sac_sic: Option<String>,
    /// What it states.
    pub kind: SensorKindName,
    /// Latitude of the antenna, WGS 84 degrees.
    #[serde(default)]
    pub lat_deg: Option<f64>,
    /// Longitude of the antenna, WGS 84 degrees.
    #[serde(default)]
    pub lon_deg: Option<f64>,
    /// Height of the antenna above the ellipsoid, metres.
    #[serde(default)]
    pub height_m: Option<f64>,
    /// Time of one turn or look, seconds.
    #[serde(default)]
    pub period_s: Option<f64>,
    /// Range noise, 1 sigma, metres.
    #[serde(default)]
    pub range_sigma_m: Option<f64>,
    /// Azimuth noise, 1 sigma, degrees.
    #[serde(default)]
    pub azimuth_sigma_deg: Option<f64>,
    /// Elevation noise, 1 sigma, degrees.
    #[serde(default)]
    pub elevation_sigma_deg: Option<f64>,
    /// Added to each measured azimuth, degrees, in [-180, 180).
    #[serde(default)]
    pub azimuth_correction_deg: f64,
    /// Added to each measured range, metres.
    #[serde(default)]
    pub range_correction_m: f64,
    /// Probability of detection at one look, 0 to 1.
    #[serde(default)]
    pub detection_probability: Option<f64>,
    /// Expected false plots at one look.
    #[serde(default)]
    pub clutter_per_look: Option<f64>,
    /// Nearest and farthest range, metres.
    #[serde(default)]
    pub range_limits_m: Option<[f64; 2]>,
    /// Lowest and highest elevation, degrees.
    #[serde(default)]
    pub elevation_limits_deg: Option<[f64; 2]>,
    /// Sector from, to (clockwise), degrees.
    #[serde(default)]
    pub azimuth_sector_deg: Option<[f64; 2]>,
    /// Names of the sensors (`"feed/name"`) that a system tracker uses; left out when not known, and then it adds no line of evidence.
    #[serde(default)]
    pub lineage: Option<Vec<String>>,
    /// Silence that is normal, seconds; left out, it is learned.
    #[serde(default)]
    pub expected_within_s: Option<f64>,
}

/// A file of airspace.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AirspaceFile {
    /// GeoJSON (`.geojson`, `.json`) or OpenAir (`.txt`, `.air`), relative to the site file.
    pub file: PathBuf,
    /// Entries into its airspaces are assessed.
    #[serde(default)]
    pub watched: bool,
}
