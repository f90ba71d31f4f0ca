//! Asking a department's server: over TLS, without following where it leads, and not for ever.

use axum::{body::Bytes, http::Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{pin::Pin, sync::Arc, time::Duration};

/// Most bytes of an answer, and how long it may take.
const LARGEST: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{0} is not an address over TLS")]
    Unsafe(String),
    #[error("no answer: {0}")]
    Silent(#[from] hyper_util::client::legacy::Error),
    #[error("no answer in time")]
    Late,
    #[error("the answer: {0}")]
    Broken(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Http(#[from] axum::http::Error),
}

/// Over TLS, or on this machine.
#[must_use]
pub fn is_safe(address: &Uri) -> bool {
    let here = address.host().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    match address.scheme_str() {
        Some("https") => address.host().is_some(),
        Some("http") => here,
        _ => false,
    }
}

pub(super) struct Fetch {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Whether any department is on this machine, without TLS: else none can send this server to what listens here.
    plain: bool,
}

impl Fetch {
    pub fn new(trusted: Option<&[u8]>, plain: bool) -> Result<Fetch, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for authority in CertificateDer::pem_slice_iter(trusted.unwrap_or_default()) {
            roots.add(authority.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build();
        Ok(Fetch { client: Client::builder(TokioExecutor::new()).build(connector), plain })
    }

    async fn get(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        if !is_safe(request.uri()) || !self.plain && request.uri().scheme_str() != Some("https") {
            return Err(FetchError::Unsafe(request.uri().to_string()));
        }
        let asked = async {
            let answer = self.client.request(request.map(|body| Full::new(Bytes::from(body)))).await?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, LARGEST).collect().await.map_err(FetchError::Broken)?;
            Ok(axum::http::Response::from_parts(parts, body.to_bytes().to_vec()))
        };
        tokio::time::timeout(PATIENCE, asked).await.map_err(|_| FetchError::Late)?
    }
}

/// By name and not as a closure, so that what waits for it may move between threads.
impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.get(request))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_department_is_asked_over_tls_or_on_this_machine() {
        for good in ["https://id.example.gov", "http://127.0.0.1:9/x", "http://localhost", "http://[::1]:9"] {
            assert!(is_safe(&good.parse().unwrap()), "{good}");
        }
        for bad in ["http://id.example.gov", "http://127.0.0.1.example.gov", "http://localhost.example.gov", "/x", "ftp://id.example.gov"] {
            assert!(!is_safe(&bad.parse().unwrap()), "{bad}");
        }
    }
}
