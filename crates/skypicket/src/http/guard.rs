//! Who may ask: names that the server is told to serve, the origin of changes, the token.

use super::app::App;
use super::fault::Fault;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;

/// The content security policy: everything from here, nothing from elsewhere.
const CSP: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names under which the server may be asked, with and without its port.
pub(super) fn hosts(configured: &[String], address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let mut hosts = vec![address.to_string()];
    for name in ["localhost", "127.0.0.1", "[::1]"].into_iter().map(str::to_owned).chain(configured.iter().cloned()) {
        hosts.push(format!("{name}:{port}"));
        hosts.push(name);
    }
    hosts
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn host_allowed(app: &App, headers: &HeaderMap) -> bool {
    text(headers, &header::HOST).is_some_and(|host| app.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)))
}

/// A browser names the origin of changes and upgrades; other programs do not, and they are not what this protects from.
fn origin_allowed(app: &App, headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, &header::ORIGIN) else { return !headers.contains_key(header::ORIGIN) };
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    host.is_some_and(|host| app.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)))
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

/// Checks every request and marks every answer.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let changes = request.method() != Method::GET && request.method() != Method::HEAD;
    let upgrade = headers.contains_key(header::UPGRADE);
    let mut response = if !host_allowed(&app, headers) {
        let names = app.hosts.join(", ");
        Fault(
            StatusCode::MISDIRECTED_REQUEST,
            format!("this server is not asked by that Host; it serves {names} (http.hosts)"),
        )
        .into_response()
    } else if (changes || upgrade) && !origin_allowed(&app, headers) {
        Fault(StatusCode::FORBIDDEN, "the Origin is not one that this server serves (http.hosts)".to_owned())
            .into_response()
    } else if app.token.as_ref().is_some_and(|token| !token_given(token, headers)) {
        let mut refused =
            Fault(StatusCode::UNAUTHORIZED, "a token is needed: Authorization: Bearer …".to_owned()).into_response();
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"skypicket\""));
        refused
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

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
