//! `gazette serve`: the portal itself.

use super::{Folder, Outcome, outside::Outside};
use axum::http::Uri;
use clap::{Args, builder::FalseyValueParser};
use server::{
    counting,
    drafts::{Drafts, MOST_OF_AGENCY, keep_publishing},
    evidence::Registries,
    follow,
    http::{self, App, Assets, Limits},
    journal::{self, Journal},
    mail::Mail,
    node::{Founding, Node, Place},
    sample,
    sequencer::Clock,
    staff::Staff,
};
use std::{io::Write, net::IpAddr, path::PathBuf, process::ExitCode, sync::Arc};

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    folder: Folder,
    /// Address or host name, and port, to listen on; port 0 takes any free one.
    #[arg(long, env = "GAZETTE_LISTEN", default_value = "127.0.0.1:3000")]
    listen: String,
    /// A charter signed offline by registrars, to found a chain that is not a trial.
    #[arg(long, env = "GAZETTE_CHARTER")]
    charter: Option<PathBuf>,
    /// Found a trial chain under the given name, with its registrar's key on this server.
    #[arg(long, env = "GAZETTE_TRIAL", value_parser = FalseyValueParser::new(), conflicts_with = "charter")]
    trial: bool,
    /// Address under which people reach the portal, if it is not the one listened on, for example `https://gazette.example.gov`.
    #[arg(long, env = "GAZETTE_BASE", value_parser = base)]
    base: Option<String>,
    /// Requests a second that one address may go on asking for; 0 for any number.
    #[arg(long, env = "GAZETTE_RATE", default_value_t = 100)]
    rate: u32,
    /// Addresses of reverse proxies on other machines, whose X-Forwarded-For is believed.
    #[arg(long, env = "GAZETTE_PROXIES", value_delimiter = ',')]
    proxies: Vec<IpAddr>,
    /// Connections at once; those beyond wait until one ends.
    #[arg(long, env = "GAZETTE_CONNECTIONS", default_value_t = 512)]
    connections: usize,
    #[command(flatten)]
    outside: Outside,
    /// Leave an empty trial chain empty.
    #[arg(long, env = "GAZETTE_NO_SAMPLE", value_parser = FalseyValueParser::new())]
    no_sample: bool,
    /// Days for which the desk's journal keeps who did what; 0 for ever.
    #[arg(long, env = "GAZETTE_JOURNAL_DAYS", default_value_t = journal::DAYS)]
    journal_days: u32,
    /// GiB that the files of one agency's drafts may take up until they are published.
    #[arg(long, env = "GAZETTE_DRAFT_SPACE", default_value_t = MOST_OF_AGENCY >> 30, value_parser = clap::value_parser!(i64).range(1..1 << 20))]
    draft_space: i64,
}

impl Serve {
    pub async fn run(self, clock: Clock) -> Outcome {
        let base = self.base.clone();
        // Before anything is founded: a port that is taken should leave no trace.
        let listener =
            tokio::net::TcpListener::bind(&self.listen).await.map_err(|error| format!("cannot listen on {}: {error}", self.listen))?;
        let address = listener.local_addr()?;
        let smtp = self.outside.smtp(base.as_deref().unwrap_or(&format!("http://{address}")))?;
        let departments = Arc::new(self.outside.departments()?);
        let place = self.folder.place(self.charter);
        let founding = if self.trial { Founding::Trial } else { place.founding() };
        let mut node = Node::open_or_found(&place, founding, clock).await?;
        if !self.no_sample && node.behind().is_none() && sample::wanted(&node).await? {
            tracing::info!("filling the trial chain with the sample");
            sample::publish(&mut node).await?;
        }
        let size = node.heads.borrow().size;
        let (index, opening) = follow::open(&place.data, size)?;
        tracing::info!(?opening, covered = index.covered(), size, "search index");
        // Before anybody searches.
        follow::erase_ahead(&node.store, &index, node.ahead()).await?;
        let index = Arc::new(index);
        let following = follow::start(node.store.clone(), node.heads.clone(), index.clone());
        let counting = counting::start(node.store.clone(), node.heads.clone());
        let identity = node.store.entry(0).await?.map(|bytes| chain::tree::leaf_hash(&bytes)).unwrap_or_default();
        let base = base.unwrap_or_else(|| format!("http://{address}"));
        let limits = Limits::new(self.rate, &self.proxies);
        let staff = Staff::open(&place).await?;
        let journal = Journal::open(&place, &node.origin, staff.clone(), self.journal_days, Clock::system()).await?;
        if node.submitter.state().charter().is_some_and(|charter| !charter.trial) {
            tell_of_plain_keys(&place);
        }
        // What the operator chose, as far as it changes what is done here; no address of anybody, and no secret.
        let details = serde_json::json!({
            "days": self.journal_days,
            "space": self.draft_space,
            "rate": self.rate,
            "proxies": self.proxies.len(),
            "sending": smtp.is_some(),
            "departments": departments.iter().count(),
        });
        staff.journal().note("", "started", "", &details).await?;
        let first = staff.first_link().await?.map(|secret| format!("{base}/desk/links/{secret}"));
        let drafts = Drafts::open(staff.clone(), node.clone())?.with_most_of_agency(self.draft_space << 30);
        let drafts = drafts.with_reader(server::extract::this_program()?);
        let app = App {
            limits,
            staff: staff.clone(),
            drafts: drafts.clone(),
            journal: Some(journal.clone()),
            node,
            registries: Registries::default(),
            index,
            assets: Arc::new(Assets::embedded()),
            departments,
            base: base.into(),
            identity,
        };
        // Before anybody at the desk is served, or written to.
        drafts.erase_parts(app.node.ahead()).await?;
        let publishing = tokio::spawn(keep_publishing(drafts.clone()));
        let mailing = smtp.map(|smtp| {
            staff.has_mail();
            tokio::spawn(Mail::new(smtp, drafts, app.base.to_string()).keep_sending())
        });
        let writing_down = tokio::spawn(journal::keep(journal.clone()));
        let store = app.node.store.clone();
        let stopped = super::stopped()?;
        println!("listening on http://{address}");
        if let Some(first) = first {
            // Nobody may be listening any more who only wanted to know the address.
            drop(writeln!(std::io::stdout(), "the desk has nobody yet; within an hour, once, this makes its first administrator: {first}"));
        }
        http::serve(listener, http::portal(app), self.connections, stopped).await;
        if let Some(mailing) = mailing {
            mailing.abort();
            drop(mailing.await);
        }
        publishing.abort();
        drop(publishing.await);
        writing_down.abort();
        drop(writing_down.await);
        // What was done last; what does not get there waits in the staff database.
        if let Err(error) = journal.feed().await {
            tracing::warn!(%error, "what was done last waits for its place in the journal");
        }
        journal.close().await;
        for follower in [following, counting] {
            follower.abort();
            drop(follower.await);
        }
        staff.close().await;
        store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Says at each start, loudly, that keys of a chain in earnest lie on the disk as they are, where --plain-keys lets them.
fn tell_of_plain_keys(place: &Place) {
    match place.plain_keys() {
        Ok(plain) if plain.is_empty() => {}
        Ok(plain) => tracing::warn!(
            count = plain.len(),
            folder = %place.data.display(),
            "key files of the log and of seals lie in plain, as --plain-keys lets them: whoever reads the disk or a backup of it can sign \
             with them. That is for trials only: lock them with `gazette key lock --data DIR --passphrase-file FILE`, and start with \
             `--passphrase-file FILE` and without --plain-keys from then on"
        ),
        Err(error) => tracing::warn!(%error, "whether key files lie in plain could not be looked up"),
    }
}

/// The address of a site, as links begin with it: scheme and host, and a port where it is not the usual one.
pub(super) fn base(given: &str) -> Result<String, String> {
    let wanted = || "an address such as https://gazette.example.gov is wanted, with nothing after the host and port".to_owned();
    let address: Uri = given.parse().map_err(|_| wanted())?;
    let (Some(scheme @ ("http" | "https")), Some(authority)) = (address.scheme_str(), address.authority()) else { return Err(wanted()) };
    let plain = !authority.host().is_empty() && !authority.as_str().contains('@') && !given.contains(['?', '#']);
    // Links on pages begin at the root.
    if plain && matches!(address.path(), "" | "/") { Ok(format!("{scheme}://{authority}").to_ascii_lowercase()) } else { Err(wanted()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_the_root_of_a_site_and_is_written_without_a_slash_at_its_end() {
        for given in ["https://gov.example", "https://gov.example/", "HTTPS://Gov.Example/"] {
            assert_eq!(base(given).as_deref(), Ok("https://gov.example"));
        }
        assert_eq!(base("http://[::1]:3000/").as_deref(), Ok("http://[::1]:3000"));
        let bad = ["", "foo", "gov.example", "/en/", "http://ex ample/", "http://", "ftp://gov.example", "https://gov.example/portal/"];
        for given in bad.into_iter().chain(["https://a@gov.example", "https://gov.example/?a", "https://gov.example/#a", "http://:80"]) {
            assert!(base(given).is_err(), "{given}");
        }
    }
}
