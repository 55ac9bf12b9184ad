//! Who may ask: names that the server is told to serve, the origin of changes, the token.

use super::app::App;
use super::fault::Fault;
use crate::config::Http;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// The content security policy: everything from here, nothing from elsewhere.
const CSP: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// How long a request may take, body and all, until its answer begins.
const REQUEST: Duration = Duration::from_secs(30);
/// Longest text of the framework that is passed on, bytes.
const MAX_TOLD: usize = 4096;

/// Under which names the server may be asked.
pub(super) struct Names {
    /// `https` where it speaks TLS itself.
    scheme: &'static str,
    /// Its own address and the loopback names, each with its port.
    own: Vec<String>,
    /// What the config adds, with its port and as written: a proxy before it may listen elsewhere.
    configured: Vec<String>,
}

impl Names {
    pub(super) fn new(http: &Http, address: SocketAddr) -> Self {
        let (scheme, usual_port) = if http.tls_certificate.is_some() { ("https", 443) } else { ("http", 80) };
        let port = address.port();
        let mut own = vec![address.to_string()];
        for name in ["localhost", "127.0.0.1", "[::1]"] {
            own.push(format!("{name}:{port}"));
            // A browser leaves out the usual port.
            own.extend((port == usual_port).then(|| name.to_owned()));
        }
        let configured = http.hosts.iter().flat_map(|name| [name.clone(), format!("{name}:{port}")]).collect();
        Self { scheme, own, configured }
    }

    fn has(names: &[String], host: &str) -> bool {
        names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    /// Whether a `Host` is one that is served.
    fn host_allowed(&self, host: &str) -> bool {
        Self::has(&self.own, host) || Self::has(&self.configured, host)
    }

    /// Whether an `Origin` is the very one under which the request was made. For a configured name the scheme may be either: a proxy
    /// may speak TLS for it.
    fn origin_allowed(&self, origin: &str, host: &str) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let same_scheme =
            scheme == self.scheme || (Self::has(&self.configured, host) && matches!(scheme, "http" | "https"));
        same_scheme && authority.eq_ignore_ascii_case(host)
    }

    /// For people.
    fn list(&self) -> String {
        [self.own.as_slice(), &self.configured].concat().join(", ")
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn host_allowed(app: &App, headers: &HeaderMap) -> bool {
    text(headers, &header::HOST).is_some_and(|host| app.names.host_allowed(host))
}

/// A browser names the origin of changes and upgrades; other programs do not, and they are not what this protects from.
fn origin_allowed(app: &App, headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, &header::ORIGIN) else { return !headers.contains_key(header::ORIGIN) };
    text(headers, &header::HOST).is_some_and(|host| app.names.origin_allowed(origin, host))
}

/// `Authorization: Bearer token`, or the token as the password that a browser asks for.
fn token_given(token: &str, headers: &HeaderMap) -> bool {
    let Some(authorization) = text(headers, &header::AUTHORIZATION) else { return false };
    if let Some(given) = authorization.strip_prefix("Bearer ") {
        return equal(given.trim().as_bytes(), token.as_bytes());
    }
    let Some(decoded) = authorization.strip_prefix("Basic ").and_then(|given| base64(given.trim())) else {
        return false;
    };
    decoded.iter().position(|byte| *byte == b':').is_some_and(|at| equal(&decoded[at + 1..], token.as_bytes()))
}

/// Takes the same time wherever the difference is.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

/// Standard base64 (RFC 4648 §4) of a header.
fn base64(text: &str) -> Option<Vec<u8>> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for c in text.bytes().filter(|c| *c != b'=') {
        bits = (bits << 6 | u32::from(value(c)?)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

/// Why a request is not answered, if it is not.
fn refusal(app: &App, request: &Request) -> Option<Response> {
    let headers = request.headers();
    let changes = request.method() != Method::GET && request.method() != Method::HEAD;
    let upgrade = headers.contains_key(header::UPGRADE);
    if !host_allowed(app, headers) {
        let what = format!("this server is not asked by that Host; it serves {} (http.hosts)", app.names.list());
        return Some(Fault::new(StatusCode::MISDIRECTED_REQUEST, what).into_response());
    }
    if (changes || upgrade) && !origin_allowed(app, headers) {
        let what = "the Origin is not the address under which this server was asked (http.hosts)";
        return Some(Fault::new(StatusCode::FORBIDDEN, what).into_response());
    }
    if app.token.as_ref().is_some_and(|token| !token_given(token, headers)) {
        let what = "a token is needed: Authorization: Bearer …";
        let mut refused = Fault::new(StatusCode::UNAUTHORIZED, what).into_response();
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"skypicket\""));
        return Some(refused);
    }
    None
}

/// Checks every request, bounds its time and marks every answer.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let of_interface = request.uri().path().starts_with("/api/");
    let mut response = match refusal(&app, &request) {
        Some(refusal) => refusal,
        // An upgrade or an event stream is answered at once and goes on by itself.
        None => match tokio::time::timeout(REQUEST, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                let what = format!("the request took more than {} s", REQUEST.as_secs());
                Fault::new(StatusCode::REQUEST_TIMEOUT, what).into_response()
            }
        },
    };
    if of_interface {
        response = told_as_json(response).await;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A fault that the framework told as text (a body too long, a query not understood), as the interface tells faults.
async fn told_as_json(response: Response) -> Response {
    let json = text(response.headers(), &header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    if json || !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), MAX_TOLD).await.unwrap_or_default();
    let what = match String::from_utf8_lossy(&bytes).trim() {
        "" => status.canonical_reason().unwrap_or("refused").to_lowercase(),
        text => text.to_owned(),
    };
    Fault::new(status, what).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tls: bool, hosts: &[&str], address: &str) -> Names {
        let http = Http {
            tls_certificate: tls.then(|| "some.pem".into()),
            hosts: hosts.iter().map(|name| (*name).to_owned()).collect(),
            ..Http::default()
        };
        Names::new(&http, address.parse().expect("an address"))
    }

    #[test]
    fn an_origin_is_the_address_under_which_the_server_was_asked() {
        let plain = names(false, &[], "127.0.0.1:8470");
        assert!(plain.host_allowed("localhost:8470") && plain.host_allowed("LOCALHOST:8470"));
        assert!(!plain.host_allowed("localhost"), "that is port 80");
        assert!(!plain.host_allowed("evil.example:8470"));
        assert!(plain.origin_allowed("http://localhost:8470", "localhost:8470"));
        assert!(!plain.origin_allowed("http://localhost", "localhost:8470"), "a page of another port");
        assert!(!plain.origin_allowed("http://localhost:3000", "localhost:8470"));
        assert!(!plain.origin_allowed("http://127.0.0.1:8470", "localhost:8470"), "another site to a browser");
        assert!(!plain.origin_allowed("https://localhost:8470", "localhost:8470"));
        assert!(!plain.origin_allowed("null", "localhost:8470"));
        assert!(names(false, &[], "127.0.0.1:80").origin_allowed("http://localhost", "localhost"));

        let tls = names(true, &["map.example"], "0.0.0.0:8470");
        assert!(tls.origin_allowed("https://map.example:8470", "map.example:8470"));
        assert!(!tls.origin_allowed("http://localhost:8470", "localhost:8470"));

        let behind_proxy = names(false, &["map.example"], "127.0.0.1:8470");
        assert!(behind_proxy.host_allowed("map.example"));
        assert!(behind_proxy.origin_allowed("https://map.example", "map.example"));
        assert!(!behind_proxy.origin_allowed("https://evil.example", "map.example"));
    }

    #[test]
    fn a_password_is_read_from_basic_authorization() {
        assert_eq!(base64("dXNlcjpzZWNyZXQ=").as_deref(), Some(b"user:secret".as_slice()));
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic dXNlcjpzZWNyZXQ="));
        assert!(token_given("secret", &headers));
        assert!(!token_given("secret2", &headers));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer secret"));
        assert!(token_given("secret", &headers));
    }
}
