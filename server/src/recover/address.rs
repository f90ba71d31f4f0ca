//! Reading a log over HTTP/1.1, several requests at a time, each answer with a bound on its size and time.

use super::source::SourceError;
use axum::body::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::net::TcpStream;

type Connection = http1::SendRequest<Empty<Bytes>>;

/// Longer than this, and an answer is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a portal or mirror is reached.
pub struct Address {
    /// Host and port, as a request names them.
    authority: String,
    /// Before every path; empty or from `/` on.
    prefix: String,
    /// Connections between two requests.
    idle: Mutex<Vec<Connection>>,
}

impl Address {
    /// What follows `http://`: a host, a port unless it is 80, and where the portal is below it.
    pub fn parse(address: &str) -> Option<Address> {
        let (authority, prefix) = address.find('/').map_or((address, ""), |at| address.split_at(at));
        let plain = |text: &str| text.bytes().all(|c| c.is_ascii_graphic()) && !text.contains(['?', '#', '@']);
        let prefix = prefix.trim_end_matches('/');
        // The log's own prefix is what monitors are told; contents lie beside it.
        let prefix = prefix.strip_suffix("/log").unwrap_or(prefix);
        let good = !authority.is_empty() && plain(authority) && plain(prefix);
        good.then(|| Address { authority: authority.into(), prefix: prefix.into(), idle: Mutex::default() })
    }

    /// What lies at `path`; anything but 200 is an error.
    pub async fn required(&self, path: &str, most: usize) -> Result<Vec<u8>, SourceError> {
        match self.get(path, most).await? {
            (200, bytes) => Ok(bytes),
            (404, _) => Err(SourceError::Absent(path.into())),
            (status, _) => Err(SourceError::Status { path: path.into(), status }),
        }
    }

    /// Status and body, of at most `most` bytes.
    pub async fn get(&self, path: &str, most: usize) -> Result<(u16, Vec<u8>), SourceError> {
        let failed = |error: &dyn std::fmt::Display| SourceError::Connection(format!("{path}: {error}"));
        match tokio::time::timeout(PATIENCE, self.ask(path, most)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(failed(&error)),
            Err(_) => Err(failed(&"no answer within a minute")),
        }
    }

    async fn ask(&self, path: &str, most: usize) -> Result<(u16, Vec<u8>), Box<dyn std::error::Error + Send + Sync>> {
        let mut connection = self.connection().await?;
        let request = Request::get(format!("{}{path}", self.prefix)).header(header::HOST, &self.authority).body(Empty::new())?;
        let response = connection.send_request(request).await?;
        let status = response.status().as_u16();
        // A refusal may say more than the thing asked for has bytes.
        let most = if status == 200 { most } else { 64 * 1024 };
        let body = Limited::new(response.into_body(), most).collect().await?.to_bytes();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok((status, body.to_vec()))
    }

    async fn connection(&self) -> Result<Connection, Box<dyn std::error::Error + Send + Sync>> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut connection) = kept else { break };
            // The other side closes what it does not hear from.
            if connection.ready().await.is_ok() {
                return Ok(connection);
            }
        }
        let host = if has_port(&self.authority) { self.authority.clone() } else { format!("{}:80", self.authority) };
        let stream = TcpStream::connect(host).await?;
        let (connection, driver) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // What goes wrong is told to whoever asks through it.
            drop(driver.await);
        });
        Ok(connection)
    }
}

fn has_port(authority: &str) -> bool {
    authority.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_a_host_and_where_the_portal_is_below_it() {
        for (text, authority, prefix) in [
            ("127.0.0.1:3000", "127.0.0.1:3000", ""),
            ("mirror.example/", "mirror.example", ""),
            ("mirror.example/gazette/log", "mirror.example", "/gazette"),
            ("[::1]:80/log/", "[::1]:80", ""),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.authority.as_str(), address.prefix.as_str()), (authority, prefix));
        }
        for bad in ["", "/log", "user@host", "host/?q", "host name"] {
            assert!(Address::parse(bad).is_none(), "{bad}");
        }
        assert!(has_port("[::1]:80") && !has_port("[::1]") && !has_port("host"));
    }
}
