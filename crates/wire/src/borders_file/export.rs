//! The border database as GeoJSON, for whoever asks for it in an open form (ODbL 4.6).

use core::fmt::Write as _;

use super::{Borders, UnknownState};

impl Borders {
    /// A GeoJSON FeatureCollection of the named states (all when `codes` is empty), with policy, data version and attribution beside the
    /// features. Coordinates have seven decimals, as many as the file.
    ///
    /// # Errors
    /// See [`UnknownState`].
    pub fn to_geojson(&self, codes: &[String]) -> Result<String, UnknownState> {
        let all: Vec<String> = self.states().map(|state| state.alpha3.clone()).collect();
        let codes = if codes.is_empty() { &all } else { codes };
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut out = String::new();
        let _ = write!(
            out,
            "{{\"type\":\"FeatureCollection\",\"policy\":{},\"data\":{},\"source_sha256\":{},\"attribution\":{},\"license\":\"ODbL-1.0\",\"features\":[",
            quoted(&format!("{} {}", self.policy, self.policy_version)),
            quoted(&self.data),
            quoted(&self.source_sha256),
            quoted(&self.attribution),
        );
        for (index, code) in codes.iter().enumerate() {
            let country = &self.find(code)?.country;
            let _ = write!(
                out,
                "{}\n{{\"type\":\"Feature\",\"properties\":{{\"code\":{},\"alpha2\":{},\"name\":{}}},\"geometry\":{{\"type\":\"MultiPolygon\",\"coordinates\":",
                if index == 0 { "" } else { "," },
                quoted(&country.alpha3),
                quoted(&country.alpha2),
                quoted(&country.name),
            );
            coordinates(&mut out, &self.polygons(code)?);
            out.push_str("}}");
        }
        out.push_str("\n]}\n");
        Ok(out)
    }
}

fn coordinates(out: &mut String, polygons: &[Vec<Vec<[f64; 2]>>]) {
    list(out, polygons, |out, polygon| {
        list(out, polygon, |out, ring| {
            list(out, ring, |out, [lon, lat]| {
                let _ = write!(out, "[{lon:.7},{lat:.7}]");
            });
        });
    });
}

fn list<T>(out: &mut String, items: &[T], mut each: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(']');
}
