//! Charters: entry 0 of a chain, and amendments of it, each the whole charter anew.

use super::{Named, known::Chain};
use chain::{
    note::Vkey,
    statement::{self, LogKey, Registrars},
};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub struct Charter {
    #[command(flatten)]
    chain: Chain,
    #[command(flatten)]
    named: Named,
    /// Public key of the log, as `gazette key log` prints it: of a new charter. In an amendment, the one that `gazette key log --next`
    /// prints, which signs from --from on.
    #[arg(long, value_parser = Vkey::parse)]
    log: Option<Vkey>,
    /// Size of the log from which on the new log key signs. It must be larger than the log when the amendment is taken.
    #[arg(long, value_name = "SIZE", requires = "log")]
    from: Option<u64>,
    /// Public key of a registrar; repeat it for each. In an amendment they take the place of all before.
    #[arg(long = "registrar", value_parser = Vkey::parse)]
    registrars: Vec<Vkey>,
    /// How many of them must sign a registration: 1 if nothing was said.
    #[arg(long)]
    threshold: Option<usize>,
    /// IANA time zone that dates are shown in: Asia/Shanghai if nothing was said.
    #[arg(long)]
    zone: Option<String>,
    /// A tlog-policy file with the witnesses to ask: none if nothing was said.
    #[arg(long)]
    policy: Option<PathBuf>,
}

impl Charter {
    pub fn write(self) -> Result<String, Box<dyn std::error::Error>> {
        let known = self.chain.open()?;
        let before = known.state.charter();
        let logs = match (before, self.log) {
            (Some(before), None) => before.logs.clone(),
            (None, Some(key)) => vec![LogKey { key, from: 0 }],
            (Some(before), Some(key)) => {
                let from = self.from.ok_or("from which size on is the new log key to sign? Give --from")?;
                before.logs.iter().cloned().chain([LogKey { key, from }]).collect()
            }
            (None, None) => return Err("a new charter needs the log's public key: --log".into()),
        };
        let mut registrars = before.map_or(Registrars { threshold: 1, keys: vec![] }, |before| before.registrars.clone());
        if !self.registrars.is_empty() {
            registrars.keys = self.registrars;
        }
        registrars.threshold = self.threshold.unwrap_or(registrars.threshold);
        if !(1..=registrars.keys.len()).contains(&registrars.threshold) {
            let (keys, threshold) = (registrars.keys.len(), registrars.threshold);
            return Err(format!("{threshold} registrars must sign, and there are {keys}: see --registrar and --threshold").into());
        }
        let policy = match self.policy {
            Some(path) => std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?,
            None => before.map_or("quorum none\n".to_owned(), |before| before.policy.clone()),
        };
        let amended = statement::Charter {
            origin: known.state.origin().to_owned(),
            trial: before.is_some_and(|before| before.trial),
            name: self.named.over(before.map(|before| &before.name))?,
            zone: self.zone.or(before.map(|before| before.zone.clone())).unwrap_or_else(|| "Asia/Shanghai".into()),
            logs,
            registrars,
            policy,
            amends: known.charter,
        };
        known.text("charter", &amended)
    }
}
