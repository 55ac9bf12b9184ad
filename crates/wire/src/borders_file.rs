//! Reads the compact border file that `cargo xtask borders` writes. Byte format: `docs/formats/borders.md`.
//!
//! The file holds arcs (stretches of border, each stored once) and for every state its polygons as rings of arcs. A stretch that two
//! states share is the same line for both, also after [`Borders::simplified`].

mod export;
mod simplify;

use skypicket_model::airspace::SourceDocument;
use skypicket_model::{Airspace, AirspaceId, AirspaceKind, EdgeClass, LatLon, Ring, VerticalLimit};

/// First bytes of the file; the last one is the format version.
const MAGIC: &[u8; 8] = b"SKYBRDR\x01";
/// Units of the file in one degree.
const PER_DEGREE: f64 = 1e7;
/// 180° and 90° in the file's units.
const HALF_TURN: i64 = 1_800_000_000;
const QUARTER_TURN: i64 = 900_000_000;
/// Longest text of the header, bytes.
const MAX_TEXT: u64 = 4096;

/// Why a border file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BordersError {
    /// Where in the file, bytes from its start.
    pub offset: usize,
    /// What was wrong there.
    pub what: &'static str,
}

impl core::fmt::Display for BordersError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "border file, byte {}: {}", self.offset, self.what)
    }
}

impl core::error::Error for BordersError {}

/// Why a state could not be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownState {
    /// No such code.
    NoSuchCode,
    /// The file counts it with another state.
    CountedWith {
        /// Alpha-3 code of that state.
        state: String,
    },
}

impl core::fmt::Display for UnknownState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoSuchCode => {
                f.write_str("the border file has no such country (ISO 3166-1 alpha-3 or alpha-2 code, or English name)")
            }
            Self::CountedWith { state } => write!(f, "the border file counts it with {state}: name {state}"),
        }
    }
}

impl core::error::Error for UnknownState {}

/// What an arc runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArcClass {
    /// Two states share it: a border on land, in a river, or between two territorial seas.
    Shared,
    /// Outer limit of one state's territorial sea.
    Sea,
    /// The source's cut along the antimeridian: no border.
    Seam,
}

/// A stretch of border, each vertex (longitude, latitude) in units of 1e-7 degree.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arc {
    class: ArcClass,
    points: Vec<(i32, i32)>,
}

/// A country code and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-3 (XKX for Kosovo is user-assigned).
    pub alpha3: String,
    /// ISO 3166-1 alpha-2.
    pub alpha2: String,
    /// English name.
    pub name: String,
}

impl Country {
    /// Whether a text means it: either code or the English name, in upper or lower case.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        [&self.alpha3, &self.alpha2, &self.name].into_iter().any(|known| known.eq_ignore_ascii_case(text.trim()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    country: Country,
    /// Polygons of rings (outer first) of arcs: number of the arc, and whether it is walked backwards.
    polygons: Vec<Vec<Vec<(u32, bool)>>>,
}

/// A border file, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borders {
    /// Name of the border policy.
    pub policy: String,
    /// Its version.
    pub policy_version: u32,
    /// What the policy is, in one sentence.
    pub policy_title: String,
    /// Name and version of the source data.
    pub data: String,
    /// To be shown wherever the data are shown.
    pub attribution: String,
    /// SHA-256 of the source file, hexadecimal.
    pub source_sha256: String,
    arcs: Vec<Arc>,
    states: Vec<State>,
    parts: Vec<(Country, String)>,
}

impl Borders {
    /// Reads a file. Every count is checked against the bytes that are left, so that damage costs no memory.
    ///
    /// # Errors
    /// See [`BordersError`].
    pub fn read(bytes: &[u8]) -> Result<Self, BordersError> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(BordersError { offset: 0, what: "this is no border file of version 1" });
        }
        let policy = reader.text()?;
        let policy_version =
            u32::try_from(reader.unsigned()?).map_err(|_| reader.error("policy version is too large"))?;
        let (policy_title, data, attribution, source_sha256) =
            (reader.text()?, reader.text()?, reader.text()?, reader.text()?);
        let arcs = reader.list(4, Reader::arc)?;
        let states = reader.list(8, |reader| reader.state(&arcs))?;
        let parts = reader.list(8, |reader| Ok((reader.country()?, reader.code(3)?)))?;
        if reader.at != bytes.len() {
            return Err(reader.error("bytes are left over"));
        }
        Ok(Self { policy, policy_version, policy_title, data, attribution, source_sha256, arcs, states, parts })
    }

    /// All states, in the order of their alpha-3 codes.
    pub fn states(&self) -> impl Iterator<Item = &Country> {
        self.states.iter().map(|state| &state.country)
    }

    /// Codes that are counted with another state: (which, alpha-3 code of the state).
    #[must_use]
    pub fn parts(&self) -> &[(Country, String)] {
        &self.parts
    }

    /// Every code and name that [`Self::airspace`] and [`Self::polygons`] know, for suggestions.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.states().flat_map(|country| [&*country.name, &*country.alpha3, &*country.alpha2])
    }

    /// The alpha-3 code of a state by either code or its English name.
    ///
    /// # Errors
    /// See [`UnknownState`].
    pub fn code_of(&self, text: &str) -> Result<&str, UnknownState> {
        self.find(text).map(|state| &*state.country.alpha3)
    }

    fn find(&self, code: &str) -> Result<&State, UnknownState> {
        let is = |country: &Country| country.is(code);
        if let Some(state) = self.states.iter().find(|state| is(&state.country)) {
            return Ok(state);
        }
        match self.parts.iter().find(|(country, _)| is(country)) {
            Some((_, state)) => Err(UnknownState::CountedWith { state: state.clone() }),
            None => Err(UnknownState::NoSuchCode),
        }
    }

    /// A state's airspace: land, internal waters and territorial sea, from the surface without an upper limit (no treaty names one).
    /// `code` is alpha-3, alpha-2 or the English name; `sha256` is that of the border file's bytes. `watched` is false.
    ///
    /// # Errors
    /// See [`UnknownState`].
    pub fn airspace(&self, code: &str, id: AirspaceId, sha256: [u8; 32]) -> Result<Airspace, UnknownState> {
        let state = self.find(code)?;
        let rings = state.polygons.iter().flatten().map(|ring| self.model_ring(ring)).collect();
        Ok(Airspace {
            id,
            code: state.country.alpha3.clone(),
            name: state.country.name.clone(),
            kind: AirspaceKind::State,
            rings,
            lower: VerticalLimit::Surface,
            upper: VerticalLimit::Unlimited,
            schedule: Vec::new(),
            source: SourceDocument {
                name: self.data.clone(),
                sha256,
                policy: format!("{} {}", self.policy, self.policy_version),
            },
            watched: false,
        })
    }

    fn model_ring(&self, ring: &[(u32, bool)]) -> Ring {
        let (mut points, mut edges) = (Vec::new(), Vec::new());
        for (class, vertices) in self.walk(ring) {
            let class = match class {
                ArcClass::Shared => EdgeClass::Land,
                ArcClass::Sea | ArcClass::Seam => EdgeClass::Sea,
            };
            for (x, y) in vertices {
                // Longitude 180 becomes −180 here; whoever needs the ring in one piece unwinds it.
                if let Some(place) = LatLon::new(f64::from(y) / PER_DEGREE, f64::from(x) / PER_DEGREE) {
                    points.push(place);
                    edges.push(class);
                }
            }
        }
        Ring { points, edges }
    }

    /// A ring's arcs in order, each without its last vertex, which is the next one's first.
    fn walk<'a>(&'a self, ring: &'a [(u32, bool)]) -> impl Iterator<Item = (ArcClass, Vec<(i32, i32)>)> + 'a {
        ring.iter().filter_map(|&(arc, backwards)| {
            let arc = self.arcs.get(arc as usize)?;
            let mut vertices = arc.points.clone();
            if backwards {
                vertices.reverse();
            }
            vertices.pop();
            Some((arc.class, vertices))
        })
    }

    /// A state's polygons as `[longitude, latitude]` in degrees, rings closed, outer ring first: what a map draws.
    ///
    /// # Errors
    /// See [`UnknownState`].
    pub fn polygons(&self, code: &str) -> Result<Vec<Vec<Vec<[f64; 2]>>>, UnknownState> {
        let degrees = |(x, y): (i32, i32)| [f64::from(x) / PER_DEGREE, f64::from(y) / PER_DEGREE];
        let ring = |ring: &Vec<(u32, bool)>| {
            let mut vertices: Vec<[f64; 2]> = self.walk(ring).flat_map(|(_, vertices)| vertices).map(degrees).collect();
            if let Some(&first) = vertices.first() {
                vertices.push(first);
            }
            vertices
        };
        let state = self.find(code)?;
        Ok(state.polygons.iter().map(|polygon| polygon.iter().map(ring).collect()).collect())
    }

    /// Border lines for a map, each once, as `[longitude, latitude]` in degrees: shared borders and limits of territorial seas, no seams.
    pub fn lines(&self) -> impl Iterator<Item = (ArcClass, Vec<[f64; 2]>)> + '_ {
        self.arcs.iter().filter(|arc| arc.class != ArcClass::Seam).map(|arc| {
            let vertices =
                arc.points.iter().map(|&(x, y)| [f64::from(x) / PER_DEGREE, f64::from(y) / PER_DEGREE]).collect();
            (arc.class, vertices)
        })
    }

    /// How many vertices all arcs have together.
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.arcs.iter().map(|arc| arc.points.len()).sum()
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, what: &'static str) -> BordersError {
        BordersError { offset: self.at, what }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], BordersError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).ok_or_else(|| self.error("the file ends inside a value"))?;
        self.at += count;
        Ok(taken)
    }

    /// LEB128, at most 64 bits.
    fn unsigned(&mut self) -> Result<u64, BordersError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?.first().copied().unwrap_or(0);
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.error("a number is longer than 64 bits"))
    }

    /// Zigzag LEB128.
    fn signed(&mut self) -> Result<i64, BordersError> {
        let value = self.unsigned()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn text(&mut self) -> Result<String, BordersError> {
        let length = self.unsigned()?;
        if length > MAX_TEXT {
            return Err(self.error("a text is longer than 4,096 bytes"));
        }
        let bytes = self.take(length as usize)?;
        core::str::from_utf8(bytes).map(str::to_owned).map_err(|_| self.error("a text is no UTF-8"))
    }

    fn code(&mut self, length: usize) -> Result<String, BordersError> {
        let bytes = self.take(length)?;
        if !bytes.iter().all(u8::is_ascii_uppercase) {
            return Err(self.error("a country code has other signs than A–Z"));
        }
        Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
    }

    /// A counted list of items of at least `least` bytes.
    fn list<T>(
        &mut self,
        least: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, BordersError>,
    ) -> Result<Vec<T>, BordersError> {
        let count = self.unsigned()?;
        if count > ((self.bytes.len() - self.at) / least) as u64 {
            return Err(self.error("a count is larger than the bytes that are left"));
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn country(&mut self) -> Result<Country, BordersError> {
        Ok(Country { alpha3: self.code(3)?, alpha2: self.code(2)?, name: self.text()? })
    }

    fn arc(&mut self) -> Result<Arc, BordersError> {
        let kind = self.take(1)?.first().copied().unwrap_or(0);
        let class = match kind & 0x7f {
            0 => ArcClass::Shared,
            1 => ArcClass::Sea,
            2 => ArcClass::Seam,
            _ => return Err(self.error("an arc has an unknown class")),
        };
        let unit = if kind & 0x80 == 0 { 100 } else { 1 };
        let (mut x, mut y) = (0_i64, 0_i64);
        let points = self.list(2, |reader| {
            x = x.saturating_add(reader.signed()?);
            y = y.saturating_add(reader.signed()?);
            let (lon, lat) = (x.saturating_mul(unit), y.saturating_mul(unit));
            if lon.abs() > HALF_TURN || lat.abs() > QUARTER_TURN {
                return Err(reader.error("a vertex is out of range"));
            }
            Ok((lon as i32, lat as i32))
        })?;
        if points.len() < 2 {
            return Err(self.error("an arc has fewer than two vertices"));
        }
        Ok(Arc { class, points })
    }

    fn state(&mut self, arcs: &[Arc]) -> Result<State, BordersError> {
        let country = self.country()?;
        let polygons = self.list(3, |reader| reader.list(2, |reader| reader.ring(arcs)))?;
        Ok(State { country, polygons })
    }

    /// A ring of arcs of which each begins where the one before ended.
    fn ring(&mut self, arcs: &[Arc]) -> Result<Vec<(u32, bool)>, BordersError> {
        let refs = self.list(1, |reader| {
            let value = reader.unsigned()?;
            let arc = u32::try_from(value >> 1).ok().filter(|&arc| (arc as usize) < arcs.len());
            Ok((arc.ok_or_else(|| reader.error("a ring names an arc that is not there"))?, value & 1 == 1))
        })?;
        let ends = |&(arc, backwards): &(u32, bool)| {
            let points = &arcs[arc as usize].points;
            let (first, last) = (points.first().copied(), points.last().copied());
            if backwards { (last, first) } else { (first, last) }
        };
        let joined = (0..refs.len()).all(|i| ends(&refs[i]).1 == ends(&refs[(i + 1) % refs.len()]).0);
        if refs.is_empty() || !joined {
            return Err(self.error("a ring's arcs do not join"));
        }
        Ok(refs)
    }
}
