//! What the desk reaches outside this machine by: a mail server, and departments that sign their own people in.

use clap::Args;
use server::{departments::Departments, mail::Smtp};
use std::path::{Path, PathBuf};

const SMTP: &str = "GAZETTE_SMTP";

#[derive(Args)]
pub struct Outside {
    /// Mail server, as `smtps://user@mail.example.gov` or `smtp://user@mail.example.gov:587` (STARTTLS is required). A password in it
    /// is taken from the environment only.
    #[arg(long, env = SMTP, hide_env_values = true)]
    smtp: Option<String>,
    /// File whose first line is the mail server's password.
    #[arg(long, env = "GAZETTE_SMTP_PASSWORD_FILE", value_name = "FILE", requires = "smtp")]
    smtp_password_file: Option<PathBuf>,
    /// Who mail comes from, as `desk@example.gov` or `Desk <desk@example.gov>`.
    #[arg(long, env = "GAZETTE_SMTP_SENDER", value_name = "ADDRESS", requires = "smtp")]
    smtp_sender: Option<String>,
    /// File (JSON) that lists departments which sign their own people in, by OpenID Connect.
    #[arg(long, env = "GAZETTE_DEPARTMENTS", value_name = "FILE")]
    departments: Option<PathBuf>,
    /// File with certificates (PEM) of authorities that are trusted beside the system's, by what the desk reaches outside.
    #[arg(long, env = "GAZETTE_TRUST", value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// The first line of a file that holds a secret.
fn secret(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() { Err(format!("{} has nothing on its first line", path.display())) } else { Ok(line.to_owned()) }
}

impl Outside {
    fn trusted(&self) -> Result<Option<Vec<u8>>, String> {
        let read = |path: &PathBuf| std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
        self.trust.as_ref().map(read).transpose()
    }

    pub fn departments(&self) -> Result<Departments, Box<dyn std::error::Error>> {
        match &self.departments {
            Some(path) => Ok(Departments::open(path, self.trusted()?.as_deref())?),
            None => Ok(Departments::default()),
        }
    }

    /// The mail server, if one is named. `base`: where people reach the portal.
    pub fn smtp(&self, base: &str) -> Result<Option<Smtp>, Box<dyn std::error::Error>> {
        let Some(address) = &self.smtp else { return Ok(None) };
        let holds_password =
            address.split_once("://").is_some_and(|(_, rest)| rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')));
        if holds_password && std::env::var(SMTP).as_deref() != Ok(address) {
            return Err("everybody on this machine can read a command line: put the mail server's password into a file (--smtp-password-file), or the whole address into GAZETTE_SMTP".into());
        }
        let password = self.smtp_password_file.as_deref().map(secret).transpose()?;
        let sender = self.smtp_sender.as_deref().ok_or("mail needs a sender: give --smtp-sender")?;
        let authority = base.split_once("://").map_or(base, |(_, authority)| authority);
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        Ok(Some(Smtp::new(address, password.as_deref(), sender, host, self.trusted()?.as_deref())?))
    }
}
