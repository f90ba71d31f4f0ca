//! What the browser may say: the sentences the checking island carries, in the page's language.
//!
//! The words themselves are the server's ([`crate::words`]); they travel in the page, a sentence a line,
//! so that a page brings one language and the wasm none, nor a reader of JSON for them.

use std::borrow::Cow;

/// What a check can answer, in the order its sentences are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Holds,
    Fails,
    Pending,
    NotApplicable,
    CannotTell,
}

impl Answer {
    pub const ALL: [Answer; 5] = [Answer::Holds, Answer::Fails, Answer::Pending, Answer::NotApplicable, Answer::CannotTell];
}

/// Sentences kept for each check: one per answer, and what to do when it fails.
pub const PER_CHECK: usize = Answer::ALL.len() + 1;

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A sentence or label of the island. Words in braces are filled by [`fill`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Phrase { $($(#[$doc])* $name,)* }

        impl Phrase {
            pub const ALL: &'static [Phrase] = &[$(Phrase::$name,)*];
        }
    };
}

phrases! {
    Checking,
    /// `{done}` `{total}`
    Progress,
    /// `{total}`
    ProgressDone,
    /// The same of a list without cord. `{total}`
    ProgressDoneLoose,
    /// `{unknown}` `{total}`
    ProgressUnknown,
    /// `{failed}` `{total}`
    ProgressFailed,

    // One sentence a row.
    /// `{agency}`
    RowHolds,
    /// An imported item. `{agency}`
    RowCopied,
    /// An entry without a title: charter, registration, status.
    RowPlain,
    /// Witnesses are late; all else holds.
    RowPending,
    RowUnknown,
    RowStolen,
    /// An item whose catalogue was removed by a logged redaction. `{agency}`
    RowRedacted,

    // The verdict of one item's own page.
    /// `{since}` (the log's word) `{when}` (the witnesses') `{seen}` `{of}` `{agency}` `{size}`
    VerdictSeen,
    /// `{since}` (the log's word) `{agency}` `{size}`
    VerdictLogged,
    /// Put after a verdict for an imported item. `{agency}` `{source}`
    VerdictCopied,
    /// An entry that is not sealed by one agency. `{since}` `{size}`
    VerdictPlain,
    VerdictPending,
    VerdictUnknown,
    /// `{agency}`
    VerdictStolen,
    /// Of a step of its approval. `{agency}`
    VerdictStolenPost,
    /// `{what}`: the failing check's own sentence.
    VerdictFails,

    // The alarm over the page.
    /// `{count}`
    AlarmList,
    /// `{what}` `{todo}`
    AlarmItem,
    AlarmHistory,
    /// Said of C3, in its own row and in the alarm, when entry 0 or an amendment of it is not what the chain has.
    CharterFails,
    /// Said beside the chain's identity, on its own page. `{size}`
    ChainHolds,
    /// There and in the alarm of any page.
    ChainFails,
    ChainUnknown,
    /// Said of an entry that the log has signed for and this portal keeps back.
    EntryWithheld,
    /// Said of C1 where the entry before is such a one.
    NeighbourWithheld,
    /// What a check other than C1 and C2 needs, and the portal must have, did not come.
    ProofWithheld,
    /// Of C7, which holds because a redaction says so.
    ContentRedacted,
    /// Put after C5's sentence where it holds. `{custody}`
    KeptBy,
    /// Of C6, which holds though a step was skipped, as the rule allows.
    ApprovalOverridden,

    // The third date.
    /// `{when}` `{seen}` `{of}`
    SeenWitnesses,
    SeenNone,

    // Beside the chain's live size.
    /// `{size}`
    Size,
    /// `{count}`
    Newer,

    // When the checker itself cannot work.
    Offline,
}

/// The island's words: sentences of the eight checks, then the phrases, both by position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IslandWords {
    /// [`PER_CHECK`] sentences for each of the eight checks.
    pub checks: Vec<Cow<'static, str>>,
    /// One for each of [`Phrase::ALL`].
    pub phrases: Vec<Cow<'static, str>>,
}

impl IslandWords {
    /// As the page carries them; no sentence holds a line break.
    pub fn written(&self) -> String {
        let lines: Vec<&str> = self.checks.iter().chain(&self.phrases).map(AsRef::as_ref).collect();
        lines.join("\n")
    }

    /// Reads what [`IslandWords::written`] writes.
    pub fn read(text: &str) -> IslandWords {
        let mut checks: Vec<_> = text.split('\n').map(|line| Cow::Owned(line.to_owned())).collect();
        let phrases = checks.split_off(checks.len().min(8 * PER_CHECK));
        IslandWords { checks, phrases }
    }

    pub fn get(&self, phrase: Phrase) -> &str {
        self.phrases.get(phrase as usize).map_or("", |text| text)
    }

    /// The sentence of check `number` (0 for C1) for an answer.
    pub fn check(&self, number: usize, answer: Answer) -> &str {
        let at = number * PER_CHECK + answer as usize;
        self.checks.get(at).map_or("", |text| text)
    }

    /// What a reader should do when check `number` (0 for C1) fails.
    pub fn remedy(&self, number: usize) -> &str {
        let at = number * PER_CHECK + PER_CHECK - 1;
        self.checks.get(at).map_or("", |text| text)
    }
}

/// What values under a check are called, as [`crate::words::values::written`] writes it.
pub struct Names<'t>(pub &'t str);

impl<'t> Names<'t> {
    fn get(&self, sign: &str, name: &str) -> Option<&'t str> {
        self.0.lines().find_map(|line| line.strip_prefix(sign)?.strip_prefix(name)?.strip_prefix(' '))
    }

    pub fn label(&self, name: &str) -> &'t str {
        self.get("", name).unwrap_or_default()
    }

    /// A value as people are shown it: in words where it is a code.
    pub fn value<'v>(&self, name: &str, value: &'v str) -> &'v str
    where
        't: 'v,
    {
        let sign = match name {
            "part" | "policy" | "why" => "=",
            "member" | "compared" => "+",
            "custody" => "*",
            _ => return value,
        };
        self.get(sign, value).or_else(|| self.get(sign, "?")).unwrap_or(value)
    }
}

/// Puts values in the places of `{name}`. A name that is not given stays as it is.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let named = after.split_once('}').and_then(|(name, behind)| {
            let (_, value) = values.iter().find(|(given, _)| *given == name)?;
            Some((*value, behind))
        });
        match named {
            Some((value, behind)) => {
                text.push_str(value);
                rest = behind;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_place_is_not_filled_again() {
        let text = fill("{agency} since {since}.", &[("agency", "{since}"), ("since", "May")]);
        assert_eq!(text, "{since} since May.");
    }

    #[test]
    fn an_unknown_place_stays_visible() {
        assert_eq!(fill("a {b} {", &[("c", "d")]), "a {b} {");
    }
}
