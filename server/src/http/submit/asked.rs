//! What a request asks of its lines beside their places, read strictly: a misspelt `check` must publish nothing.

use axum::{extract::Query, http::Uri};
use serde::Deserialize;
use std::sync::Arc;

/// How lines are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::http) struct Asked {
    /// Only what this agency's own key signed, and each id for one statement alone.
    pub agency: Option<Arc<str>>,
    /// It is said what would become of them, and nothing is logged.
    pub check: bool,
    /// What numbers of persons stand in, and what cannot be looked through for them, is refused.
    pub strict: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    check: Option<String>,
    personal: Option<String>,
}

impl Asked {
    /// Reads `check=1` and `personal=refuse`. Otherwise the name of what cannot be taken as it is.
    pub(in crate::http) fn read(uri: &Uri) -> Result<Asked, &'static str> {
        let Query(words) = Query::<Words>::try_from_uri(uri).map_err(|_| "query")?;
        let check = is("check", words.check.as_deref(), "1")?;
        let strict = is("personal", words.personal.as_deref(), "refuse")?;
        Ok(Asked { agency: None, check, strict })
    }

    pub(in crate::http) fn of(self, agency: &str) -> Asked {
        Asked { agency: Some(agency.into()), ..self }
    }

    /// Whether lines are looked through while their request waits, which takes longer than to log them.
    pub(in crate::http) fn looks(&self) -> bool {
        self.check || self.strict
    }
}

fn is(name: &'static str, given: Option<&str>, word: &str) -> Result<bool, &'static str> {
    match given {
        None => Ok(false),
        Some(given) if given == word => Ok(true),
        Some(_) => Err(name),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<(bool, bool), &'static str> {
        Asked::read(&format!("/submit{query}").parse().unwrap()).map(|asked| (asked.check, asked.strict))
    }

    #[test]
    fn what_is_asked_is_taken_by_the_letter_or_not_at_all() {
        for none in ["", "?"] {
            assert_eq!(read(none), Ok((false, false)), "{none}");
        }
        assert_eq!(read("?check=1"), Ok((true, false)));
        assert_eq!(read("?personal=refuse"), Ok((false, true)));
        assert_eq!(read("?personal=refuse&check=1"), Ok((true, true)));
        for bad in ["?check", "?check=", "?check=true", "?check=01"] {
            assert_eq!(read(bad), Err("check"), "{bad}");
        }
        for bad in ["?personal=", "?personal=warn", "?check=1&personal=Refuse"] {
            assert_eq!(read(bad), Err("personal"), "{bad}");
        }
        for bad in ["?chek=1", "?Check=1", "?check=1&check=1", "?check=1&x"] {
            assert_eq!(read(bad), Err("query"), "{bad}");
        }
    }
}
