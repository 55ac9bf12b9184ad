//! Reading parameters, of formats and of transports alike.

/// Reads parameters from JSON.
///
/// # Errors
/// With the key and what was wanted, when a parameter is unknown or of a wrong type.
pub fn read_params<P: serde::de::DeserializeOwned>(params: &serde_json::Value) -> Result<P, String> {
    P::deserialize(params).map_err(|error| {
        let what = error.to_string();
        // A wrong type is told without its key: it is the one without which the fault is another.
        let without = |key: &String| {
            let mut rest = params.as_object().cloned().unwrap_or_default();
            rest.remove(key);
            P::deserialize(&serde_json::Value::Object(rest)).map_or_else(|error| error.to_string(), |_| String::new())
        };
        let key = params.as_object().and_then(|params| params.keys().find(|key| without(key) != what));
        match key {
            Some(key) if !what.contains(&format!("`{key}`")) => format!("{key}: {what}"),
            _ => what,
        }
    })
}
