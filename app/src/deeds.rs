//! What a row of the journal displays, from what was committed alone: the server draws this, and the auditor's browser holds the page
//! to it.

mod en;
mod zh;

use crate::Lang;
use chain::deed::{Deed, Party};
use serde_json::Value;

/// What is said of one thing that was done, in the order of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who did it: name, and what they sign in as.
    pub who: Named,
    pub what: String,
    /// Whom or what it was done to, where that is another.
    pub about: Option<Named>,
    /// Names and values.
    pub details: Vec<(String, String)>,
}

/// Somebody or something by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Words of the page's own.
    Words(&'static str),
    Person {
        name: String,
        login: String,
    },
    Other(String),
}

impl Named {
    fn of(party: &Party, nobody: &'static str) -> Named {
        match party {
            Party { id, .. } if id.is_empty() => Named::Words(nobody),
            Party { login, name, .. } if !login.is_empty() => Named::Person { name: name.clone(), login: login.clone() },
            Party { id, .. } => Named::Other(id.clone()),
        }
    }

    fn text(&self) -> String {
        match self {
            Named::Words(words) => (*words).to_owned(),
            Named::Person { name, login } => format!("{name}{login}"),
            Named::Other(id) => id.clone(),
        }
    }
}

impl Told {
    /// Of a row's committed part; of one that was removed after its time, only the code is left.
    #[must_use]
    pub fn of(lang: Lang, deed: Option<&Deed>, code: &str) -> Told {
        let (nobody, server, erased, whole) = match lang {
            Lang::En => ("nobody signed in", "the server", "removed after its time", "the portal"),
            Lang::Zh => ("未登录", "服务器", "期满已删", "全站"),
        };
        let Some(deed) = deed else {
            return Told { who: Named::Words(erased), what: what(lang, code), about: None, details: vec![] };
        };
        let details: serde_json::Map<_, _> = serde_json::from_str(&deed.details).unwrap_or_default();
        // In one order on both sides, however a map keeps its members there.
        let mut details: Vec<(String, Value)> = details.into_iter().collect();
        details.sort_by(|one, other| one.0.cmp(&other.0));
        let said = |(name, value): (String, Value)| {
            let value = match value {
                Value::Bool(false) => return None,
                Value::Bool(true) => "✓".to_owned(),
                Value::String(text) if name == "role" => role(lang, &text),
                Value::String(text) if name == "agency" && text.is_empty() => whole.to_owned(),
                Value::String(text) => text,
                Value::Array(pairs) if name == "roles" => roles(lang, &pairs, whole),
                other => other.to_string(),
            };
            Some((detail(lang, &name), value))
        };
        Told {
            who: Named::of(&deed.who, if deed.what == "started" { server } else { nobody }),
            what: what(lang, &deed.what),
            about: (deed.about != deed.who && !deed.about.id.is_empty()).then(|| Named::of(&deed.about, nobody)),
            details: details.into_iter().filter_map(said).collect(),
        }
    }

    /// All of it in one, in the order of the page.
    #[must_use]
    pub fn text(&self) -> String {
        let about = self.about.as_ref().map(Named::text).unwrap_or_default();
        let details: String = self.details.iter().map(|(name, value)| format!("{name}{value}")).collect();
        format!("{}{}{about}{details}", self.who.text(), self.what)
    }
}

fn what(lang: Lang, code: &str) -> String {
    match lang {
        Lang::En => en::what(code),
        Lang::Zh => zh::what(code),
    }
    .unwrap_or(code)
    .to_owned()
}

fn detail(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => en::detail(name),
        Lang::Zh => zh::detail(name),
    }
    .unwrap_or(name)
    .to_owned()
}

fn role(lang: Lang, code: &str) -> String {
    match lang {
        Lang::En => en::role(code),
        Lang::Zh => zh::role(code),
    }
    .unwrap_or(code)
    .to_owned()
}

/// Roles as they are written down: `[["drafter","example.gov/finance"]]`.
fn roles(lang: Lang, pairs: &[Value], whole: &str) -> String {
    let named = pairs.iter().filter_map(|pair| {
        let (code, place) = (pair.get(0)?.as_str()?, pair.get(1)?.as_str()?);
        Some(format!("{} · {}", role(lang, code), if place.is_empty() { whole } else { place }))
    });
    named.collect::<Vec<_>>().join("; ")
}
