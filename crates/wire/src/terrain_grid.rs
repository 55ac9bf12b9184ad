//! Terrain from ESRI ASCII grids (`.asc`), as most terrain models can be had. What is read: `docs/formats/terrain-grid.md`.

use skypicket_model::Terrain;
use skypicket_model::terrain::{MAX_TERRAIN_CELLS, NO_GROUND};

use crate::airspace::Fault;

/// Lowest and highest ground, metres above mean sea level, with what sea charts add.
const GROUND_M: (f64, f64) = (-12_000.0, 9_000.0);
/// The longest line that can be a header's.
const KEYS: [&str; 6] = ["ncols", "nrows", "xllcorner", "yllcorner", "cellsize", "nodata_value"];

/// What the header says.
#[derive(Default)]
struct Header {
    columns: Option<f64>,
    rows: Option<f64>,
    west: Option<f64>,
    south: Option<f64>,
    cell: Option<f64>,
    nothing: Option<f64>,
    /// West and south are those of the first cell's centre.
    centres: bool,
}

/// Reads a grid of geographic coordinates (WGS 84 degrees) and heights in metres above mean sea level.
///
/// # Errors
/// What is wrong and on which line.
pub fn read(text: &str) -> Result<Terrain, Fault> {
    let mut header = Header::default();
    let mut rest = text;
    let mut line = 0;
    // The header ends at the first line that begins with a number.
    let mut begins = text.len();
    for content in text.lines() {
        let first = content.split_whitespace().next();
        match first {
            Some(word) if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                line += 1;
                header.take(content, line)?;
                begins = offset_of(text, content) + content.len();
            }
            None => line += 1,
            Some(_) => {
                begins = offset_of(text, content);
                break;
            }
        }
    }
    if let Some(cells) = text.get(begins..) {
        rest = cells;
    }
    let mut terrain = header.terrain(line)?;
    heights(rest, line, header.nothing.unwrap_or(-9999.0), &mut terrain)?;
    Ok(terrain)
}

fn offset_of(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn fault(line: usize, what: String) -> Fault {
    Fault { line, what }
}

impl Header {
    fn take(&mut self, content: &str, line: usize) -> Result<(), Fault> {
        let mut words = content.split_whitespace();
        let (key, value) = (words.next().unwrap_or_default().to_ascii_lowercase(), words.next().unwrap_or_default());
        let number: f64 = value
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| fault(line, format!("{key} is \"{}\", must be a number", short(value))))?;
        match key.as_str() {
            "ncols" => self.columns = Some(number),
            "nrows" => self.rows = Some(number),
            "xllcorner" => self.west = Some(number),
            "yllcorner" => self.south = Some(number),
            "xllcenter" => (self.west, self.centres) = (Some(number), true),
            "yllcenter" => (self.south, self.centres) = (Some(number), true),
            "cellsize" => self.cell = Some(number),
            "nodata_value" => self.nothing = Some(number),
            _ => {
                let what = format!("unknown key \"{}\"; there are {}", short(&key), KEYS.join(", "));
                return Err(fault(line, what));
            }
        }
        Ok(())
    }

    fn terrain(&self, line: usize) -> Result<Terrain, Fault> {
        let needed = |value: Option<f64>, key: &str| value.ok_or_else(|| fault(line, format!("{key} is missing")));
        let count = |value: f64, key: &str| {
            let whole = (1.0..=MAX_TERRAIN_CELLS as f64).contains(&value) && value.fract() == 0.0;
            whole.then_some(value as usize).ok_or_else(|| {
                fault(line, format!("{key} is {value}, must be a whole number from 1 to {MAX_TERRAIN_CELLS}"))
            })
        };
        let columns = count(needed(self.columns, "ncols")?, "ncols")?;
        let rows = count(needed(self.rows, "nrows")?, "nrows")?;
        let cell_deg = needed(self.cell, "cellsize")?;
        if columns.saturating_mul(rows) > MAX_TERRAIN_CELLS {
            return Err(fault(line, format!("{columns} x {rows} cells, must be at most {MAX_TERRAIN_CELLS}")));
        }
        let half = if self.centres { 0.5 * cell_deg } else { 0.0 };
        let west_deg = needed(self.west, "xllcorner")? - half;
        let south_deg = needed(self.south, "yllcorner")? - half;
        let (east, north) = (west_deg + columns as f64 * cell_deg, south_deg + rows as f64 * cell_deg);
        let on_earth = (1e-5..=10.0).contains(&cell_deg)
            && (-180.5..=180.5).contains(&west_deg)
            && (-180.5..=180.5).contains(&east)
            && (-90.5..=90.5).contains(&south_deg)
            && (-90.5..=90.5).contains(&north);
        if !on_earth {
            let what = format!(
                "the grid reaches from {west_deg} to {east} and from {south_deg} to {north} with cells of {cell_deg}, must be degrees on the Earth; \
                 a projected grid (metres) has to be made geographic first"
            );
            return Err(fault(line, what));
        }
        Ok(Terrain { west_deg, south_deg, cell_deg, columns, rows, heights_m: Vec::new() })
    }
}

fn heights(text: &str, before: usize, nothing: f64, terrain: &mut Terrain) -> Result<(), Fault> {
    let wanted = terrain.columns * terrain.rows;
    // No more than the text can hold: a header alone must not take memory.
    terrain.heights_m.reserve(wanted.min(text.len() / 2 + 1));
    for (number, content) in text.lines().enumerate() {
        let line = before + number + 1;
        for word in content.split_whitespace() {
            let height: f64 =
                word.parse().map_err(|_| fault(line, format!("\"{}\" is no height in metres", short(word))))?;
            if terrain.heights_m.len() == wanted {
                return Err(fault(line, format!("more than ncols x nrows = {wanted} heights")));
            }
            let known = height.total_cmp(&nothing).is_ne();
            if known && !(GROUND_M.0..=GROUND_M.1).contains(&height) {
                let what = format!("height {height}, must be from {} to {} m or nodata_value", GROUND_M.0, GROUND_M.1);
                return Err(fault(line, what));
            }
            terrain.heights_m.push(if known { height.round() as i16 } else { NO_GROUND });
        }
    }
    let found = terrain.heights_m.len();
    if found == wanted {
        Ok(())
    } else {
        Err(fault(before + text.lines().count(), format!("{found} heights, must be ncols x nrows = {wanted}")))
    }
}

/// A text that may be of any length, to be named in a message.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::LatLon;

    const SMALL: &str =
        "ncols 3\nnrows 2\nxllcorner 20\nyllcorner 50\ncellsize 0.5\nNODATA_value -9999\n100 200 300\n0 50 -9999\n";

    #[test]
    fn a_grid_is_read_with_its_holes() {
        let terrain = read(SMALL).expect("a grid");
        assert_eq!(terrain.heights_m, [100, 200, 300, 0, 50, NO_GROUND]);
        assert_eq!((terrain.columns, terrain.rows), (3, 2));
        assert_eq!(terrain.at(LatLon { lat_deg: 50.75, lon_deg: 20.25 }), Some(100.0));
        assert_eq!(terrain.at(LatLon { lat_deg: 50.25, lon_deg: 20.75 }), Some(50.0));
        // The same by the centre of the first cell, with other spelling and in one line of heights.
        let centred =
            "NCOLS 3\r\nNROWS 2\r\nXLLCENTER 20.25\r\nYLLCENTER 50.25\r\nCELLSIZE 0.5\r\n100.2 200 300 0 50 -9999";
        assert_eq!(read(centred), Ok(terrain));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told = |text: &str| read(text).expect_err("a fault").to_string();
        assert_eq!(told("ncols three"), "line 1: ncols is \"three\", must be a number");
        assert_eq!(
            told("ncols 3\nnrows 2\nsurprise 1"),
            format!("line 3: unknown key \"surprise\"; there are {}", KEYS.join(", "))
        );
        assert_eq!(told("ncols 3\n1 2 3"), "line 1: nrows is missing");
        assert_eq!(told(&SMALL.replace("100 200", "100 2oo")), "line 7: \"2oo\" is no height in metres");
        assert_eq!(told(&SMALL.replace("0 50 -9999", "0 50")), "line 8: 5 heights, must be ncols x nrows = 6");
        assert!(told(&format!("{SMALL}7")).contains("more than ncols x nrows = 6"));
        assert!(told(&SMALL.replace("50 -9999", "50 90000")).contains("height 90000"));
        assert!(told(&SMALL.replace("xllcorner 20", "xllcorner 600000")).contains("must be degrees"));
        assert!(told("ncols 900000\nnrows 900000\nxllcorner 0\nyllcorner 0\ncellsize 1\n").contains("at most"));
        assert!(told("").contains("ncols is missing"));
        assert!(
            told(&SMALL.replace("100", "NaN")).contains("height NaN") || read(&SMALL.replace("100", "NaN")).is_err()
        );
    }
}
