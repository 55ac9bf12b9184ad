//! What the tests of the interface share: a served system and a client of plain sockets, which sends exactly what a test says.

use super::proof_helper::Folder;
use serde_json::Value;
use skypicket::config::Faults;
use skypicket::feeds::Feeds;
use skypicket::http::Server;
use skypicket::plan::{Files, Plan};
use skypicket::system::{Mode, System};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

/// How long a test waits for what must come; far more than it takes, so that a busy machine fails nothing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _role: &str, name: &Path) -> Result<Vec<u8>, String> {
        Err(format!("{} is not there", name.display()))
    }
}

/// A plan from a site file's text, served at a free port.
pub(crate) fn site(text: &str) -> Plan {
    let loaded: Result<Plan, Faults> = Plan::load(text, &NoFiles);
    let mut plan = loaded.unwrap_or_else(|faults| panic!("{faults}"));
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    plan
}

/// A system and its server.
pub(crate) struct Served {
    pub(crate) system: Option<System>,
    server: Option<Server>,
    feeds: Option<Feeds>,
    pub(crate) folder: Folder,
    pub(crate) authority: String,
}

impl Served {
    /// Serves a plan in a mode; feeds run where `feeds` says so.
    pub(crate) fn new(plan: &Plan, mode: Mode, begin: Option<skypicket_model::Time>, feeds: bool) -> Self {
        let folder = Folder::new();
        let system = System::start(plan.clone(), &folder.path().join("journal"), mode, begin).expect("a system");
        let feeds = feeds.then(|| Feeds::start(plan, &system.inbox(), system.last_connection()).expect("feeds"));
        let states = feeds.as_ref().map(Feeds::states);
        let server = Server::start(plan, folder.path(), &system, None, states).expect("a server");
        let authority = server.url().split_once("://").expect("an address").1.to_owned();
        Self { system: Some(system), server: Some(server), feeds, folder, authority }
    }

    pub(crate) fn system(&self) -> &System {
        self.system.as_ref().expect("not closed")
    }

    /// Ends journal and engine and leaves the server.
    pub(crate) fn close_system(&mut self) {
        if let Some(system) = self.system.take() {
            system.close();
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.authority).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends a request with these headers and no others.
    pub(crate) fn raw(&self, head: &str, body: &str) -> Answer {
        ask(self.connect(), head, body)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.raw(&format!("GET {path} HTTP/1.1\r\nHost: {}", self.authority), "")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.raw(&format!("POST {path} HTTP/1.1\r\nHost: {}", self.authority), &body.to_string())
    }

    /// Waits until all that was put in is shown; the time of the picture.
    pub(crate) fn played(&self) -> skypicket_model::Time {
        let views = self.system().views();
        let (last, _) = self.system().inbox().last();
        let begun = std::time::Instant::now();
        while views.borrow().picture.seq < last {
            assert!(begun.elapsed() < PATIENCE, "the engine has not come to input {}", last.0);
            std::thread::sleep(Duration::from_millis(20));
        }
        let time = views.borrow().picture.time;
        self.until("/api/v1/status", |answer| answer.json()["time"] == time.to_string());
        time
    }

    /// Asks until the answer is as wanted.
    pub(crate) fn until(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        let begun = std::time::Instant::now();
        loop {
            let answer = self.get(path);
            if wanted(&answer) {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} still answers {} {}", answer.status, answer.body);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(feeds) = self.feeds.take() {
            feeds.stop();
        }
        if let Some(server) = self.server.take() {
            server.stop();
        }
        self.close_system();
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}\n{}", self.head, self.body))
    }
}

/// Sends one request over a stream and reads all that is answered.
pub(crate) fn ask(mut stream: impl Read + Write, head: &str, body: &str) -> Answer {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let request = format!("{head}\r\n{length}Connection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("it takes the request");
    let mut bytes = Vec::new();
    // A server that refuses a body may close before it has read all of it: what it said counts.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: \"{text}\""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}
