//! `http`: asks a web server for the same document again and again; each answer is one whole datagram.

use super::backoff::Backoff;
use super::{Connection, Feeding, State, Taken, Transport, TransportKind, params};
use crate::journal::record::MAX_INPUT_BYTES;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Uri};

pub(super) const KIND: TransportKind = TransportKind {
    name: "http",
    summary: "asks a web server for a document every few seconds (aircraft.json of a receiver)",
    check: |value| Poller::new(value).map(|_| ()),
    listens: |_| None,
    schema: || schemars::schema_for!(Params),
    build: |value| Ok(Box::new(Poller::new(value)?)),
};

/// Parameters of `http`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// What to ask for, `http://receiver/tar1090/data/aircraft.json`; https is verified against the public certificate authorities.
    url: String,
    /// Time between the beginnings of two polls, seconds, in [0.1, 3600]. Default 5.
    #[serde(default = "five")]
    every_s: f64,
    /// How long one poll may take altogether, seconds, in [0.1, 60]. Default 4.
    #[serde(default = "four")]
    timeout_s: f64,
    /// The longest answer, bytes after decompression, in [1, 33554432]; longer ones are refused. Default 33554432.
    #[serde(default = "thirty_two_mib")]
    max_body_bytes: usize,
    /// Headers to send along, by name.
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

const fn five() -> f64 {
    5.0
}
const fn four() -> f64 {
    4.0
}
const fn thirty_two_mib() -> usize {
    MAX_INPUT_BYTES
}

/// The longest pause after failures: six polls, but no less than this.
const MOST_PAUSE: Duration = Duration::from_secs(30);

struct Poller {
    url: String,
    every: Duration,
    max_body_bytes: usize,
    headers: Vec<(HeaderName, HeaderValue)>,
    agent: Agent,
    backoff: Backoff,
}

impl Poller {
    fn new(value: &serde_json::Value) -> Result<Self, String> {
        let params: Params = params::read(value)?;
        let uri: Uri = params.url.parse().map_err(|error| format!("url is \"{}\": {error}", params.url))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
            return Err(format!("url is \"{}\", must be http://host/… or https://host/…", params.url));
        }
        let every = params::seconds("every_s", params.every_s, (0.1, 3600.0))?;
        let timeout = params::seconds("timeout_s", params.timeout_s, (0.1, 60.0))?;
        let headers = params.headers.iter().map(|(name, value)| header(name, value)).collect::<Result<_, _>>()?;
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(3)
            .user_agent("skypicket")
            .build();
        Ok(Self {
            max_body_bytes: params::count("max_body_bytes", params.max_body_bytes, (1, MAX_INPUT_BYTES))?,
            url: params.url,
            every,
            headers,
            agent: config.into(),
            backoff: Backoff::new(every, MOST_PAUSE.max(every)),
        })
    }

    /// One poll: the body of the answer.
    fn poll(&self) -> Result<Vec<u8>, String> {
        let mut request = self.agent.get(&self.url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut answer = request.call().map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("the server answered {}", answer.status()));
        }
        let body = answer.body_mut().with_config().limit(self.max_body_bytes as u64);
        body.read_to_vec().map_err(|error| error.to_string())
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let wrong = || format!("headers has \"{name}\", which is no header with a value");
    Ok((name.parse().map_err(|_| wrong())?, value.parse().map_err(|_| wrong())?))
}

impl Transport for Poller {
    fn run(mut self: Box<Self>, feeding: Feeding) {
        feeding.state(State::Connecting { to: self.url.clone() });
        // One connection for all polls, so that the decoder knows what it has already told.
        let mut connection: Option<Connection> = None;
        let mut works = false;
        while !feeding.stopping() {
            let began = Instant::now();
            let wait = match self.poll() {
                Ok(body) => {
                    self.backoff.succeed();
                    if !std::mem::replace(&mut works, true) {
                        feeding.state(State::Connected { to: self.url.clone() });
                    }
                    let connection = connection.get_or_insert_with(|| feeding.open(&self.url, true));
                    if connection.bytes(true, &body) == Taken::Closing {
                        return;
                    }
                    self.every
                }
                Err(why) => {
                    works = false;
                    let retry_in = self.backoff.fail();
                    feeding.state(State::Waiting { why, retry_in });
                    retry_in
                }
            };
            if feeding.stop.sleep(wait.saturating_sub(began.elapsed())) {
                return;
            }
        }
    }
}
