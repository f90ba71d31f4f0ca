//! What the pages promise the checking island about their markup, and the other way round.
//!
//! The server draws every page *unchecked*. The island finds the elements below, decides with
//! `chain`, and answers by setting attributes and text; the style sheet does the rest.
//!
//! **Lists** (timeline, search, one agency). Each item is
//! `<li class="knot" data-index data-document data-kind data-check>`.
//! - `data-check` is one [`State`]; the knot's drawing follows it.
//! - `.link[data-link]` inside the item is the cord from this knot *down* to the entry before it
//!   (`data-link-to` is that entry's index; absent in lists that are not in chain order).
//!   It has a [`State`] of its own, so that a cut shows between two sound knots.
//! - `.verdict` inside the item takes one sentence.
//! - `.seal[data-seal]` takes one [`SealState`]; `data-agency` says whose it is.
//! - The order of inking is the order of the items in the document.
//!
//! **Places.** Whatever else on a page is about one entry carries that entry's `data-index` too: a notice, a version's row, an
//! agency's registration. It is checked like an item of a list, and what stands in it is that entry's; facts that stand in no
//! place are the page's own entry's. On a disclosure's page, a place that is no knot is about that document.
//!
//! **Facts shown.** An element with `data-field="title"` (or any other catalogue field's name)
//! holds exactly the catalogue's text: [`shown`] says how to read it back, because characters that
//! cannot be seen are written out. A field with several values is several elements, in order.
//! `<time data-field>` holds the stated date in its `datetime` and [`crate::dates::day`] of it as
//! its text; a fact shown in other words, such as a code, has the committed text in `data-value`. `data-field="stated"` is the
//! one date of a line. The name of the agency that speaks carries `data-agency-name` with the agency's id. The title of another
//! entry, of which this one speaks, carries `data-of` with its index.
//!
//! **One disclosure or entry.** `<section class="checks" data-index>` holds one
//! `<details data-code="C1" data-check>` for each check; `.answer` in its summary takes the
//! check's sentence, `.values` (a `<dl>`) its values by what `data-names` calls them, `.remedy` (hidden until needed) what to do.
//! The page's own verdict is `.verdict[data-verdict]` in `.judgement[data-check]`, and the knot of
//! the page's entry is `li.knot[data-self]` in the little cord beside it.
//! `data-seen` takes the third date. A disclosure's page shows its text in `.prose[data-part="<commitment>"]`, and nothing
//! of the page's own in there: the island hands its inner HTML to `chain`, which compares it with the committed bytes.
//! An entry's page shows it as logged in `pre[data-entry]`, read back like a fact. How something was approved stands in `.flow`, an item
//! for each row of steps that ran side by side: each step is a place with its `step`, and its `took`, milliseconds, where that is known.
//! Its reason, where the public may read it, is named `reason:` and the salt.
//! A step that stands elsewhere counts no more.
//!
//! **The chain itself.** Wherever a page gives the chain's identity or origin, that is the whole of an element `.of-identity` or
//! `.of-origin`; the chain's page lists the charter's keys in its order in `.keylist`, each a `.role` with its code in
//! `data-value` and a `.vkey`, and says in `section.identity[data-check] > .verdict` what became of comparing them.
//!
//! **The whole page.** `.alarm[role=alert][hidden]` is shown, with a sentence in `.alarm-text`,
//! when anything fails, and its link to the first entry of a list that did. `data-progress` in a list's head takes "12 of 25 checked";
//! `data-chain-size` and `data-checkpoint` take the live size and checkpoint; `data-newer` (a link,
//! hidden, on the newest page of the timeline) holds the size the page was made at, and takes the number of entries since. `html[data-islands]`
//! (waking, awake, failed) is the boot script's; `.without-script` shows where no script runs and
//! where it failed. `[data-words]` carries what the island may say, in the page's language
//! ([`crate::phrases::IslandWords::written`]).
//!
//! **The desk.** A page on which something is signed carries `[data-signing]`: where the wasm is, the chain's identity and origin, the
//! session's token, and the script's words. What is up for approval stands in `[data-frozen]`: facts in `data-field` (the title once), each
//! text in a `section.body` that has nothing beside its heading and `.prose[data-part="<commitment>"]`, and each part that is no text to be
//! read here in `.parts li[data-part]` with a link that ends in the commitment and says its name. `form[data-sign][data-steps]` (the two
//! addresses) has a field `post`, `data-case`, `data-agency`, `data-code`, `data-rule` and `data-core`, the hexadecimal SHA-256 of the core
//! line. What is to be registered stands in `[data-registration]`: its facts in the order of the text, and the text in `[data-text]`.
//!
//! **Keys.** `[data-key-list]` is the list that `j` and `k` walk; `[data-key-open]` in an item is
//! what Enter opens; `[data-key-search]` is the field that `/` reaches; `dialog[data-key-help]` is
//! what `?` shows.

/// Attributes of the contract, for `querySelector` and `setAttribute`.
pub mod attr {
    pub const INDEX: &str = "data-index";
    pub const DOCUMENT: &str = "data-document";
    pub const KIND: &str = "data-kind";
    pub const CHECK: &str = "data-check";
    pub const LINK: &str = "data-link";
    pub const LINK_TO: &str = "data-link-to";
    pub const SEAL: &str = "data-seal";
    pub const AGENCY: &str = "data-agency";
    pub const AGENCY_NAME: &str = "data-agency-name";
    pub const FIELD: &str = "data-field";
    pub const VALUE: &str = "data-value";
    pub const OF: &str = "data-of";
    pub const CHAR: &str = "data-char";
    pub const CODE: &str = "data-code";
    pub const VERDICT: &str = "data-verdict";
    pub const SELF: &str = "data-self";
    pub const SEEN: &str = "data-seen";
    pub const PART: &str = "data-part";
    pub const ENTRY: &str = "data-entry";
    pub const PROGRESS: &str = "data-progress";
    pub const CHAIN_SIZE: &str = "data-chain-size";
    pub const CHECKPOINT: &str = "data-checkpoint";
    pub const NEWER: &str = "data-newer";
    pub const WORDS: &str = "data-words";
    pub const NAMES: &str = "data-names";
    pub const ISLANDS: &str = "data-islands";
    pub const KEY_LIST: &str = "data-key-list";
    pub const KEY_OPEN: &str = "data-key-open";
    pub const KEY_SEARCH: &str = "data-key-search";
    pub const KEY_HELP: &str = "data-key-help";
}

/// Selectors of the elements that take text or are shown and hidden.
pub mod select {
    pub const KNOT: &str = "li.knot";
    pub const PLACE: &str = "[data-index]:not(.checks)";
    pub const OF: &str = "[data-of]";
    /// Where the log's time stands, and where the stated date does.
    pub const LOGGED: &str = ".logged dd, .for-logged dd, td.for-logged";
    pub const STATED: &str = ".stated dd, .for-stated dd, td.for-stated";
    pub const TITLE: &str = "[data-field=title]";
    /// Where a disclosure's title stands, and who issued it, and beside that what else a line says of it.
    pub const HEADING: &str = "h1, h2.title, .knot:not([data-self]) .what";
    pub const ISSUER: &str = ".issuer";
    pub const BESIDE: &str = ".docnum, .why, .facts > :not(.version, .standing)";
    /// Places that say of an entry only where or when it stands.
    pub const UNTITLED: &str = "[data-self], :not(.knot, html)";
    /// Facts that are shown in other words than a code's own.
    pub const CODED: &str = "[data-field=kind], [data-field=type], [data-field=ground], [data-field=entry], [data-field=genre], \
        [data-field=language], [data-field=authentic], [data-field=step], [data-field=took]";
    /// What a change is of: by its title, or by its number.
    pub const ABOUT: &str = "[data-of], [data-field=entry]";
    /// What became of a document, and where that stands.
    pub const BECOMES: &str = "[data-field=kind], [data-field=type]";
    pub const CHANGE: &str = "h1, h2.title, .notice strong";
    pub const LINK: &str = ".link";
    pub const VERDICT: &str = ".verdict";
    pub const SEAL: &str = ".seal";
    pub const ENTRY: &str = "[data-entry]";
    pub const TEXT: &str = ".prose[data-part]";
    pub const BODY: &str = "section.body";
    /// The parts of a disclosure that its page lists, and whom it says the disclosure is about; what each is called there.
    pub const PARTS: &str = ".parts li";
    pub const PART_NAME: &str = "[data-field=parts]";
    pub const SUBJECTS: &str = ".subjects li";
    pub const SUBJECT_NAME: &str = "[data-field=subjects]:not(.id)";
    pub const SUBJECT_ID: &str = ".id[data-field=subjects]";
    pub const SCHEME: &str = ".scheme";
    /// What a step of the approval decided.
    pub const STEP: &str = "[data-field=step]";
    /// The rows of steps that stand one behind the other, and how long a step took.
    pub const STAGE: &str = ".flow > li";
    pub const TOOK: &str = "[data-field=took]";
    pub const LISTED: &str = ".parts li [data-field=parts], .subjects li [data-field=subjects]";
    /// A knot of a list in the chain's order, newest first, without gaps.
    pub const TIED: &str = ".cord:not(.loose) > .knot";
    /// Where a page gives the chain's identity, and whatever else stands in such a place; where it gives its origin.
    pub const IDENTITY: &str = ".of-identity, .fingerprint, .foot dd:not(.of-origin), .on-paper p > code:not(.of-origin, [data-field])";
    pub const ORIGIN: &str = ".of-origin";
    /// On the chain's page: the verdict on what it says of the chain, the charter's keys, and what other software is given.
    pub const ITSELF: &str = "section.identity";
    pub const KEYS: &str = ".keylist > li";
    pub const ROLE: &str = ".role";
    pub const VKEY: &str = ".vkey";
    pub const CLIENT: &str = ".client";
    pub const WORDS: &str = "[data-words]";
    pub const CHECKS: &str = "section.checks";
    pub const ANSWER: &str = ".answer";
    pub const VALUES: &str = ".values";
    pub const REMEDY: &str = ".remedy";
    pub const JUDGEMENT: &str = ".judgement";
    pub const ALARM: &str = ".alarm";
    pub const ALARM_TEXT: &str = ".alarm-text";
    /// Shown where entries of a list failed, and then leads to the first.
    pub const ALARM_LINK: &str = ".alarm > a";
}

/// The codes of the eight checks, in the order shown to people.
pub const CHECKS: [&str; 8] = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"];

/// Values of `data-check` and `data-link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Unchecked,
    Checking,
    Holds,
    Fails,
    Pending,
    NotApplicable,
    Unknown,
}

impl State {
    pub const fn value(self) -> &'static str {
        match self {
            State::Unchecked => "unchecked",
            State::Checking => "checking",
            State::Holds => "holds",
            State::Fails => "fails",
            State::Pending => "pending",
            State::NotApplicable => "none",
            State::Unknown => "unknown",
        }
    }
}

/// Values of `data-seal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealState {
    Unchecked,
    Holds,
    Fails,
    Stolen,
}

impl SealState {
    pub const fn value(self) -> &'static str {
        match self {
            SealState::Unchecked => "unchecked",
            SealState::Holds => "holds",
            SealState::Fails => "fails",
            SealState::Stolen => "stolen",
        }
    }
}

/// Whether a character is one that cannot be seen or that turns the text around it, and is
/// therefore written out as `U+202E` in an element with `data-char="202e"`.
pub fn unseen(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text that an unseen character is written as.
pub fn written_out(c: char) -> String {
    format!("U+{:04X}", c as u32)
}

/// One stretch of a shown fact, as the island reads the child nodes of a `data-field` element:
/// plain text, or an element with `data-char` (its value) and the text it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Char { code: &'a str, text: &'a str },
}

/// The exact text behind what is shown; `None` if a written-out character is not what it says, so
/// that a page cannot show one thing and declare another.
pub fn shown<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> Option<String> {
    let mut exact = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) if text.contains(unseen) => return None,
            Piece::Text(text) => exact.push_str(text),
            Piece::Char { code, text } => {
                let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32)?;
                if !unseen(c) || text != written_out(c) {
                    return None;
                }
                exact.push(c);
            }
        }
    }
    Some(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_out_character_is_read_back_exactly() {
        let pieces = [Piece::Text("Budget "), Piece::Char { code: "202e", text: "U+202E" }, Piece::Text("6202")];
        assert_eq!(shown(pieces).as_deref(), Some("Budget \u{202e}6202"));
    }

    #[test]
    fn a_page_cannot_declare_one_character_and_show_another() {
        assert_eq!(shown([Piece::Char { code: "202e", text: "" }]), None);
        assert_eq!(shown([Piece::Char { code: "41", text: "U+0041" }]), None);
        assert_eq!(shown([Piece::Text("a\u{200b}b")]), None);
    }
}
