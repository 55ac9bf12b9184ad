//! Who is answered: names, origins, tokens, TLS; and what a program gets that asks for what is not there. Over real sockets.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::{Answer, Served, ask, site};
use skypicket::http::Server;
use skypicket::system::{Mode, System};
use std::sync::Arc;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};

const SITE: &str = "[site]\nname = \"guarded\"\n";
const NOTE: &str = r#"{"operator": "E. Tester", "text": "seen"}"#;

fn served() -> Served {
    Served::new(&site(SITE), Mode::Watch, None, false)
}

fn vector(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

#[test]
fn only_names_that_are_served_are_answered() {
    let served = served();
    let port = served.authority.rsplit(':').next().expect("a port").to_owned();
    let status = |host: &str| served.raw(&format!("GET /api/v1/status HTTP/1.1\r\nHost: {host}"), "").status;
    assert_eq!(status(&served.authority), 200);
    assert_eq!(status(&format!("localhost:{port}")), 200);
    assert_eq!(status("localhost"), 421);
    assert_eq!(status("evil.example"), 421);
    assert_eq!(status(&format!("evil.example:{port}")), 421);
    assert_eq!(served.raw("GET /api/v1/status HTTP/1.0", "").status, 421, "no name at all");
}

#[test]
fn a_change_comes_from_the_page_itself_or_from_no_page() {
    let served = served();
    let port = served.authority.rsplit(':').next().expect("a port").to_owned();
    // The incident is not there: 404 says that the guard let it through.
    let status = |host: &str, origin: &str| {
        let head = format!("POST /api/v1/incidents/0000000000000001/note HTTP/1.1\r\nHost: {host}{origin}");
        served.raw(&head, NOTE).status
    };
    let host = served.authority.clone();
    assert_eq!(status(&host, ""), 404);
    assert_eq!(status(&host, &format!("\r\nOrigin: http://{host}")), 404);
    assert_eq!(status(&host, "\r\nOrigin: http://localhost"), 403);
    assert_eq!(status(&format!("localhost:{port}"), "\r\nOrigin: http://localhost"), 403, "another port");
    assert_eq!(status(&host, "\r\nOrigin: http://localhost:3000"), 403);
    assert_eq!(status(&host, &format!("\r\nOrigin: http://localhost:{port}")), 403, "another site to a browser");
    assert_eq!(status(&host, "\r\nOrigin: https://evil.example"), 403);
    assert_eq!(status(&host, "\r\nOrigin: null"), 403);

    let upgrade = |origin: &str| {
        let head = format!(
            "GET /api/v1/live HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
        );
        served.raw(&head, "").status
    };
    assert_eq!(upgrade("http://localhost:3000"), 403);
    assert_eq!(upgrade(&format!("http://{host}")), 400, "past the guard; it is no upgrade without that connection");
}

#[test]
fn what_is_not_there_is_told_to_programs_as_json() {
    let served = served();
    for path in ["/api/v1/nothing", "/api/v1", "/api/v2/status", "/api"] {
        let answer = served.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.json()["error"].as_str().is_some_and(|error| error.contains("openapi")), "{answer:?}");
    }
    let wrong_method = served.post("/api/v1/status", &serde_json::json!({}));
    assert_eq!(wrong_method.status, 405);
    assert!(wrong_method.json()["error"].is_string());
    let wrong_query = served.get("/api/v1/entries?limit=many");
    assert_eq!(wrong_query.status, 400);
    assert!(wrong_query.json()["error"].is_string());
    assert!(served.get("/").body.contains("<html"), "other paths are the map's");
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let served = served();
    let long = serde_json::json!({"operator": "E. Tester", "text": "x".repeat(70_000)});
    let answer = served.post("/api/v1/incidents/0000000000000001/note", &long);
    assert_eq!(answer.status, 413);
    assert!(answer.json()["error"].is_string());
}

#[test]
fn without_the_token_nothing_is_answered() {
    let folder = proof_helper::Folder::new();
    std::fs::write(folder.path().join("token"), "sixteen characters\n").expect("written");
    let mut plan = site(SITE);
    plan.config.http.token_file = Some("token".into());
    let system = System::start(plan.clone(), &folder.path().join("journal"), Mode::Watch, None).expect("a system");
    let server = Server::start(&plan, folder.path(), &system, None, None).expect("a server");
    let authority = server.url().split_once("://").expect("an address").1.to_owned();
    let asked = |path: &str, authorization: &str| {
        let stream = std::net::TcpStream::connect(&authority).expect("it listens");
        ask(stream, &format!("GET {path} HTTP/1.1\r\nHost: {authority}{authorization}"), "")
    };
    for path in ["/", "/api/v1/status", "/metrics", "/health", "/openapi.json", "/api/v1/live"] {
        let refused: Answer = asked(path, "");
        assert_eq!(refused.status, 401, "{path}");
        assert!(refused.head.contains("www-authenticate: basic"), "a browser asks for it");
        assert!(!refused.body.contains("guarded"));
    }
    assert_eq!(asked("/api/v1/status", "\r\nAuthorization: Bearer sixteen character").status, 401);
    assert_eq!(asked("/api/v1/status", "\r\nAuthorization: Bearer sixteen characters").status, 200);
    // user:sixteen characters
    assert_eq!(asked("/api/v1/status", "\r\nAuthorization: Basic dXNlcjpzaXh0ZWVuIGNoYXJhY3RlcnM=").status, 200);
    server.stop();
    system.close();
}

#[test]
fn with_a_certificate_only_tls_is_spoken() {
    let mut plan = site(SITE);
    plan.config.http.tls_certificate = Some(vector("localhost.pem"));
    plan.config.http.tls_key = Some(vector("localhost.key"));
    let served = Served::new(&plan, Mode::Watch, None, false);

    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(vector("localhost.pem")).expect("a certificate");
    roots.add(certificate).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = || {
        let name = ServerName::try_from("localhost").expect("a name");
        let client = ClientConnection::new(Arc::new(config.clone()), name).expect("a client");
        StreamOwned::new(client, served.connect())
    };
    let port = served.authority.rsplit(':').next().expect("a port").to_owned();
    let head = |origin: &str| {
        format!("POST /api/v1/incidents/0000000000000001/note HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: {origin}")
    };
    assert_eq!(ask(tls(), &format!("GET /api/v1/status HTTP/1.1\r\nHost: localhost:{port}"), "").status, 200);
    assert_eq!(ask(tls(), &head(&format!("https://localhost:{port}")), NOTE).status, 404, "past the guard");
    assert_eq!(ask(tls(), &head(&format!("http://localhost:{port}")), NOTE).status, 403, "a page without TLS");

    let mut plain = served.connect();
    std::io::Write::write_all(&mut plain, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut plain, &mut answer);
    assert!(!answer.starts_with(b"HTTP"), "nothing is told in clear");
}
