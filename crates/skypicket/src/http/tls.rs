//! TLS for addresses that others can reach.

use crate::config::Http;
use anyhow::{Context, bail};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What accepts TLS connections; `None` where the config names no certificate.
pub(super) fn acceptor(http: &Http, folder: &Path) -> anyhow::Result<Option<TlsAcceptor>> {
    let (Some(certificate), Some(key)) = (&http.tls_certificate, &http.tls_key) else { return Ok(None) };
    let certificate = folder.join(certificate);
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(&certificate)
            .and_then(Iterator::collect)
            .with_context(|| format!("http.tls_certificate {}", certificate.display()))?;
    if chain.is_empty() {
        bail!("http.tls_certificate {} holds no certificate", certificate.display());
    }
    let key = folder.join(key);
    let key = PrivateKeyDer::from_pem_file(&key).with_context(|| format!("http.tls_key {}", key.display()))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not go together")?;
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}
