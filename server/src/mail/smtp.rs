//! The mail server: where it is, how it is reached, and what its answers mean.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use std::{net::IpAddr, time::Duration};
use url::{Host, Url};

/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the settings for mail cannot be used. None of it names a password.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    #[error("the mail server is an address such as smtps://user@mail.example.gov or smtp://mail.example.gov:587")]
    Address,
    #[error("mail goes over TLS: ?tls=required, or smtps://; tls=none is for a server on this machine")]
    Tls,
    #[error("the sender of mail is an address such as desk@example.gov")]
    Sender,
    #[error("the mail server's password is given twice, or without a name")]
    Password,
    #[error("TLS for mail: {0}")]
    Roots(#[from] lettre::transport::smtp::Error),
}

/// What a server said to a letter.
pub(super) enum Sending {
    Taken,
    /// For good.
    Refused(String),
    /// This letter, not now.
    Later(String),
    /// The server is not there, not safe to talk to, or does not let this portal in: nothing about the letter.
    Unreachable(String),
}

/// A mail server and who mail comes from.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
}

impl Smtp {
    /// `password`: where it does not stand in the address. `trusted`: an authority in PEM, beside those of the system.
    pub fn new(address: &str, password: Option<&str>, sender: &str, hello: &str, trusted: Option<&[u8]>) -> Result<Smtp, SettingError> {
        let url = Url::parse(address).map_err(|_| SettingError::Address)?;
        let host = url.host().ok_or(SettingError::Address)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SettingError::Address);
        }
        // As `url` reads schemes it does not know, an address of numbers is a name.
        let here = match &host {
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
            Host::Domain(name) => *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        };
        let name = host.to_string().trim_matches(['[', ']']).to_owned();
        let parameters = || {
            let builder = TlsParameters::builder(name.clone());
            let builder = match trusted.map(Certificate::from_pem).transpose()? {
                Some(authority) => builder.add_root_certificate(authority),
                None => builder,
            };
            builder.build_rustls()
        };
        let asked: Vec<_> = url.query_pairs().collect();
        let tls = match (url.scheme(), asked.as_slice()) {
            ("smtps", []) => Tls::Wrapper(parameters()?),
            ("smtp", []) => Tls::Required(parameters()?),
            ("smtp", [(key, value)]) if key == "tls" && value == "required" => Tls::Required(parameters()?),
            ("smtp", [(key, value)]) if key == "tls" && value == "none" && here => Tls::None,
            ("smtp" | "smtps", _) => return Err(SettingError::Tls),
            _ => return Err(SettingError::Address),
        };
        let plain = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).map_err(|_| SettingError::Address);
        let login = match (url.username(), url.password(), password) {
            ("", None, None) => None,
            (user, Some(password), None) if !user.is_empty() => Some(Credentials::new(plain(user)?, plain(password)?)),
            (user, None, Some(password)) if !user.is_empty() => Some(Credentials::new(plain(user)?, password.to_owned())),
            _ => return Err(SettingError::Password),
        };
        let port = url.port().unwrap_or(if url.scheme() == "smtps" { 465 } else { 587 });
        let sender: Mailbox = sender.parse().map_err(|_| SettingError::Sender)?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(name).port(port).tls(tls).timeout(Some(PATIENCE));
        let builder = builder.hello_name(ClientId::Domain(hello.to_owned()));
        let builder = match login {
            Some(login) => builder.credentials(login),
            None => builder,
        };
        Ok(Smtp { transport: builder.build(), sender })
    }

    pub(super) fn sender(&self) -> &Mailbox {
        &self.sender
    }

    pub(super) async fn send(&self, message: Message) -> Sending {
        let Err(error) = self.transport.send(message).await else { return Sending::Taken };
        let said = error.to_string();
        match error.status().map(u16::from) {
            // Whoever signs in wrongly is not told anything about the letter.
            Some(421 | 454 | 530 | 534 | 535 | 538) => Sending::Unreachable(said),
            Some(code) if error.is_permanent() => Sending::Refused(code.to_string()),
            Some(code) => Sending::Later(code.to_string()),
            None => {
                let mut whole = said;
                let mut cause = std::error::Error::source(&error);
                while let Some(under) = cause {
                    whole = format!("{whole}: {under}");
                    cause = under.source();
                }
                Sending::Unreachable(whole)
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(address: &str, password: Option<&str>) -> Result<Smtp, SettingError> {
        Smtp::new(address, password, "Desk <desk@example.gov>", "gazette.example.gov", None)
    }

    #[test]
    fn mail_goes_over_tls_but_on_this_machine() {
        for good in [
            "smtps://mail.example.gov",
            "smtp://mail.example.gov",
            "smtp://mail.example.gov:25?tls=required",
            "smtp://127.0.0.1:25?tls=none",
            "smtp://[::1]?tls=none",
            "smtp://localhost?tls=none",
        ] {
            assert!(of(good, None).is_ok(), "{good}");
        }
        for bad in [
            "smtp://mail.example.gov?tls=none",
            "smtp://mail.example.gov?tls=opportunistic",
            "smtps://mail.example.gov?tls=none",
            "smtp://127.0.0.1.example.gov?tls=none",
        ] {
            assert!(matches!(of(bad, None), Err(SettingError::Tls)), "{bad}");
        }
        for bad in ["", "mail.example.gov", "https://mail.example.gov", "smtp:///x", "smtp://mail.example.gov/inbox"] {
            assert!(of(bad, None).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_has_a_name_and_is_given_once_and_no_error_tells_it() {
        assert!(of("smtps://desk:s%40cret@mail.example.gov", None).is_ok());
        assert!(of("smtps://desk@mail.example.gov", Some("s@cret")).is_ok());
        for (address, password) in [
            ("smtps://desk:s%40cret@mail.example.gov", Some("other")),
            ("smtps://mail.example.gov", Some("s@cret")),
            ("smtps://desk@mail.example.gov", None),
            ("smtps://desk:s%40cret@mail.example.gov/?tls=none", None),
        ] {
            let error = of(address, password).err().unwrap();
            assert!(!format!("{error} {error:?}").contains("cret"), "{error:?}");
        }
    }
}
