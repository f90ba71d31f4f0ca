//! Agencies and posts: first registrations, and later ones, which keep every key there was and say which have ended.

use super::{Named, known::Chain};
use chain::{
    approval::Rule,
    json::{self, Shape},
    note::Vkey,
    statement::{self, Ended, Ending, Key, is_id},
};
use clap::Args;
use std::path::PathBuf;

type Failed = Box<dyn std::error::Error>;

fn id(given: &str) -> Result<String, String> {
    if is_id(given) { Ok(given.to_owned()) } else { Err("an id has lowercase ASCII letters, digits, and - . _ / only".into()) }
}

#[derive(Args)]
struct Ends {
    /// End a key that is registered: the key, how (retired, lost or compromised), and the entry from which on it signs nothing.
    /// What a compromised key signed from there on is doubted. Repeat it for several.
    #[arg(long = "end", num_args = 3, value_names = ["KEY", "HOW", "ENTRY"])]
    ends: Vec<String>,
}

impl Ends {
    /// Those registered before, with their ends, and new ones.
    fn over(&self, id: &str, before: Option<&[Key]>, new: Vec<Vkey>, custody: Option<&str>) -> Result<Vec<Key>, Failed> {
        let mut keys = before.map(<[Key]>::to_vec).unwrap_or_default();
        for key in new {
            if key.name() != id {
                return Err(format!("the key {key} is named after {:?}, not after {id:?}", key.name()).into());
            }
            if keys.iter().any(|known| known.key == key) {
                return Err(format!("{key} is a key of {id:?} already").into());
            }
            keys.push(Key { key, custody: custody.map(str::to_owned), ended: None });
        }
        for end in self.ends.chunks(3) {
            let [key, how, at] = end else { return Err("--end takes a key, how it ended, and an entry".into()) };
            let ended = keys.iter_mut().find(|known| known.key.to_string() == *key);
            let ended = ended.ok_or_else(|| format!("{key} is no key of {id:?} that is known here: give its registration with --entry"))?;
            let how: Ending = Shape::read(how.as_str().into()).map_err(|_| format!("{how:?} is not retired, lost or compromised"))?;
            ended.ended = Some(Ended { how, at: at.parse().map_err(|_| format!("{at:?} is not the number of an entry"))? });
        }
        if keys.is_empty() {
            return Err(format!("{id:?} needs a key").into());
        }
        Ok(keys)
    }
}

#[derive(Args)]
pub struct Agency {
    #[command(flatten)]
    chain: Chain,
    /// The agency's id, for example `example.gov/finance`.
    #[arg(long, value_parser = id)]
    id: String,
    #[command(flatten)]
    named: Named,
    /// Public half of a seal, as `gazette key seal` prints it; repeat it for several. Those registered before stay.
    #[arg(long = "seal", value_parser = Vkey::parse)]
    seals: Vec<Vkey>,
    /// Who keeps these seals.
    #[arg(long, default_value = "portal", value_parser = ["portal", "token", "agency"])]
    custody: String,
    #[command(flatten)]
    ends: Ends,
    /// A JSON file with the rule of approval.
    #[arg(long)]
    rule: Option<PathBuf>,
    /// The body that speaks for this one, which was abolished.
    #[arg(long, value_parser = id)]
    successor: Option<String>,
    /// Another body that may state the status of this agency's documents; repeat it for several. They take the place of all before.
    #[arg(long = "overseer", value_parser = id)]
    overseers: Vec<String>,
    /// It seals copies of what others published.
    #[arg(long)]
    archive: bool,
    /// What the registration before has and this one has no more.
    #[arg(long, value_parser = ["rule", "successor", "overseers", "archive"])]
    without: Vec<String>,
}

impl Agency {
    pub fn write(self) -> Result<String, Failed> {
        let known = self.chain.open()?;
        let registered = known.state.agency(&self.id);
        let before = registered.map(|(_, before)| before);
        let kept = |what: &str| before.filter(|_| !self.without.iter().any(|without| without == what));
        let rule = match &self.rule {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
                Some(json::read::<Rule>(text.trim()).map_err(|error| format!("{}: {error}", path.display()))?)
            }
            None => kept("rule").and_then(|before| before.rule.clone()),
        };
        let overseers = match self.overseers.as_slice() {
            [] => kept("overseers").map(|before| before.overseers.clone()).unwrap_or_default(),
            given => given.to_vec(),
        };
        let agency = statement::Agency {
            name: self.named.over(before.map(|before| &before.name))?,
            seals: self.ends.over(&self.id, before.map(|before| before.seals.as_slice()), self.seals, Some(&self.custody))?,
            rule,
            successor: self.successor.or_else(|| kept("successor").and_then(|before| before.successor.clone())),
            overseers,
            archive: self.archive || kept("archive").is_some_and(|before| before.archive),
            replaces: registered.map(|(at, _)| *at),
            agency: self.id,
        };
        known.text("agency", &agency)
    }
}

#[derive(Args)]
pub struct Post {
    #[command(flatten)]
    chain: Chain,
    /// The post's id, for example `example.gov/finance/approver`.
    #[arg(long, value_parser = id)]
    id: String,
    /// Id of the agency it belongs to: of a new post.
    #[arg(long, value_parser = id)]
    agency: Option<String>,
    #[command(flatten)]
    named: Named,
    /// Public half of a key of the post; repeat it for several. Those registered before stay.
    #[arg(long = "key", value_parser = Vkey::parse)]
    keys: Vec<Vkey>,
    #[command(flatten)]
    ends: Ends,
}

impl Post {
    pub fn write(self) -> Result<String, Failed> {
        let known = self.chain.open()?;
        let registered = server::registrar::post(&known.state, &self.id);
        let before = registered.map(|(_, before)| before);
        let agency = self.agency.or_else(|| before.map(|before| before.agency.clone()));
        let post = statement::Post {
            agency: agency.ok_or("a new post needs the agency it belongs to: --agency")?,
            name: self.named.over(before.map(|before| &before.name))?,
            keys: self.ends.over(&self.id, before.map(|before| before.keys.as_slice()), self.keys, None)?,
            replaces: registered.map(|(at, _)| *at),
            post: self.id,
        };
        known.text("post", &post)
    }
}
