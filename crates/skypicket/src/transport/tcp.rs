//! `tcp`: connects to a server and reads, again and again.

use super::backoff::Backoff;
use super::net::{End, prepare, read_to_end};
use super::{Feeding, State, Transport, TransportKind, params};
use schemars::JsonSchema;
use serde::Deserialize;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

pub(super) const KIND: TransportKind = TransportKind {
    name: "tcp",
    summary: "connects to a TCP server and reads; reconnects with growing pauses",
    check: |value| Tcp::new(value).map(|_| ()),
    listens: |_| None,
    schema: || schemars::schema_for!(Params),
    build: |value| Ok(Box::new(Tcp::new(value)?)),
};

/// Parameters of `tcp`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Host and port, `receiver.example:30005` or `[2001:db8::1]:30005`. The name is looked up anew each time.
    connect: String,
    /// How long a connection may take to come about, seconds, in [0.1, 60]. Default 5.
    #[serde(default = "five")]
    connect_timeout_s: f64,
    /// Connect anew when nothing came for so long, seconds, in [1, 86400]; 0 never. Default 60.
    #[serde(default = "sixty")]
    idle_timeout_s: f64,
    /// The first pause after a failure, seconds, in [0.01, 3600]; it doubles with each further one. Default 1.
    #[serde(default = "one")]
    retry_min_s: f64,
    /// The longest pause, seconds, in [0.01, 3600]. Default 30.
    #[serde(default = "thirty")]
    retry_max_s: f64,
}

const fn one() -> f64 {
    1.0
}
const fn five() -> f64 {
    5.0
}
const fn thirty() -> f64 {
    30.0
}
const fn sixty() -> f64 {
    60.0
}

struct Tcp {
    connect: String,
    connect_timeout: Duration,
    idle: Option<Duration>,
    backoff: Backoff,
}

impl Tcp {
    fn new(value: &serde_json::Value) -> Result<Self, String> {
        let params: Params = params::read(value)?;
        let host_and_port = params
            .connect
            .rsplit_once(':')
            .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0));
        if !host_and_port {
            return Err(format!("connect is \"{}\", must be host:port", params.connect));
        }
        let least = params::seconds("retry_min_s", params.retry_min_s, (0.01, 3600.0))?;
        let most = params::seconds("retry_max_s", params.retry_max_s, (0.01, 3600.0))?;
        if most < least {
            return Err(format!("retry_max_s is {}, must not be below retry_min_s", params.retry_max_s));
        }
        Ok(Self {
            connect_timeout: params::seconds("connect_timeout_s", params.connect_timeout_s, (0.1, 60.0))?,
            idle: params::seconds_or_never("idle_timeout_s", params.idle_timeout_s, (1.0, 86_400.0))?,
            backoff: Backoff::new(least, most),
            connect: params.connect,
        })
    }

    /// Connects to the first address of the name that answers.
    fn connect(&self) -> Result<TcpStream, String> {
        let addresses = self.connect.to_socket_addrs().map_err(|error| error.to_string())?;
        let mut failed = "the name has no address".to_owned();
        for address in addresses {
            match TcpStream::connect_timeout(&address, self.connect_timeout) {
                Ok(stream) => {
                    prepare(&stream).map_err(|error| error.to_string())?;
                    return Ok(stream);
                }
                Err(error) => failed = error.to_string(),
            }
        }
        Err(failed)
    }

    /// One connection from its beginning to its end.
    fn once(&mut self, feeding: &Feeding) -> End {
        feeding.state(State::Connecting { to: self.connect.clone() });
        let mut stream = match self.connect() {
            Ok(stream) => stream,
            Err(why) => return End::Lost(why),
        };
        feeding.state(State::Connected { to: self.connect.clone() });
        let connection = feeding.open(&self.connect, false);
        let end = read_to_end(&mut stream, &connection, feeding, self.idle);
        if let End::Lost(why) = &end {
            // A server that accepts and hangs up at once is not a success.
            connection.close(why);
        }
        end
    }
}

impl Transport for Tcp {
    fn run(mut self: Box<Self>, feeding: Feeding) {
        while !feeding.stopping() {
            let began = std::time::Instant::now();
            let End::Lost(why) = self.once(&feeding) else { return };
            if began.elapsed() > self.connect_timeout {
                self.backoff.succeed();
            }
            let retry_in = self.backoff.fail();
            feeding.state(State::Waiting { why, retry_in });
            if feeding.stop.sleep(retry_in) {
                return;
            }
        }
    }
}
