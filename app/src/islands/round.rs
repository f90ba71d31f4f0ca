//! One round over the page: fetch, decide with `chain`, show.

use super::{
    fetch::{self, Failed},
    memory, panel,
    shown::{self, all, check, first, mark, reveal, say},
};
use crate::{
    Lang,
    contract::{SealState, State, attr, select},
    phrases::{IslandWords, Phrase, fill},
};
use chain::{
    check::{Answer, Code, Finding, Memory, Reader, Scope, Shown, outcome},
    evidence::{Bundle, Content, Contents, MOST_ITEMS, format_indexes},
    hash::unhex,
    statement::Core,
};
use web_sys::{Document, Element};

/// Parts larger than this are not fetched unasked; C7 then cannot tell.
const LARGEST_PART: u64 = 32 << 20;

/// One page being checked.
struct Round<'p> {
    document: &'p Document,
    page: Element,
    words: IslandWords,
    lang: Lang,
    failures: usize,
    done: usize,
    total: usize,
}

/// Checks what the page shows, once.
pub async fn check_page() {
    let Some(document) = fetch::window().and_then(|window| window.document()) else { return };
    let Some(page) = shown::root(&document) else { return };
    let words = first(&page, select::WORDS).and_then(|words| words.get_attribute(attr::WORDS)).unwrap_or_default();
    let words = IslandWords::read(&words);
    let lang = if page.get_attribute("lang").is_some_and(|lang| lang.starts_with("zh")) { Lang::Zh } else { Lang::En };
    // A legend has knots too, which stand for no entry.
    let mut knots = all(&page, select::KNOT);
    knots.retain(|knot| shown::index(knot).is_some());
    let own = first(&page, select::CHECKS);
    let indexes = rising(knots.iter().chain(&own).filter_map(shown::index).collect());
    let mut round = Round { document: &document, page, words, lang, failures: 0, done: 0, total: knots.len() };
    if round.run(&knots, own.as_ref(), &indexes).await.is_err() {
        for knot in &knots {
            check(knot, State::Unknown);
            say(first(knot, select::VERDICT), round.words.get(Phrase::Offline));
        }
        if let Some(own) = &own {
            panel::unreachable(own, &round.words);
            round.judge(State::Unknown, SealState::Unchecked, round.words.get(Phrase::VerdictUnknown));
        }
    }
    mark(&round.page, "data-checked", if round.failures > 0 { "fails" } else { "done" });
}

impl Round<'_> {
    async fn run(&mut self, knots: &[Element], own: Option<&Element>, indexes: &[u64]) -> Result<(), Failed> {
        for element in knots {
            check(element, State::Checking);
        }
        let checkpoint = fetch::text("/log/checkpoint").await?;
        let size: u64 = checkpoint.lines().nth(1).and_then(|size| size.parse().ok()).ok_or(Failed::Unreadable)?;
        // Entries that the newest tree does not have are shown all the same, and fail.
        let within: Vec<u64> = indexes.iter().copied().filter(|index| *index < size).collect();
        let asked = format_indexes(&within);
        let contents = if within.is_empty() { "{}".to_owned() } else { fetch::text(&format!("/content/of/{asked}")).await? };
        let mut contents: Contents = chain::json::read(&contents).map_err(|_| Failed::Unreadable)?;
        // The checkpoint everything is decided against is the one just served, not one that came with the evidence.
        let mut bundle = Bundle { checkpoint, ..Bundle::default() };
        // With the root in the address, what a browser kept of another history of the same size is not taken for this one's.
        let root = bundle.checkpoint.lines().nth(2).unwrap_or_default().to_owned();
        let mut wanted = if within.is_empty() { vec![0] } else { within };
        let mut asked = Vec::new();
        while !wanted.is_empty() {
            let more = fetch::text(&format!("/log/evidence/{size}/{}?root={root}", format_indexes(&wanted))).await?;
            let more: Bundle = chain::json::read(&more).map_err(|_| Failed::Unreadable)?;
            let first = asked.is_empty();
            asked.append(&mut wanted);
            bundle.entries.extend(more.entries);
            bundle.lookups.extend(more.lookups);
            if !first {
                break;
            }
            if let Some(index) = own.and_then(shown::index) {
                let Ok(reader) = Reader::open(&bundle) else { return Err(Failed::Unreadable) };
                self.fetch_parts(&reader, index, &mut contents).await;
            }
            // The redactions that a part's absence is blamed on are looked at themselves, whatever entries they are.
            wanted = blamed(&bundle, &contents, size);
        }
        let Ok(reader) = Reader::open(&bundle) else { return Err(Failed::Unreadable) };
        let reader = reader.asked(&asked);
        let signed = reader.signed();
        let now = js_sys::Date::now() as i64;
        let (remembered, kept) = memory::compare(&reader, &bundle.checkpoint, signed.answer == Answer::Holds, now).await;
        let history = remembered.answer == Answer::Fails;
        // What no entry on the page can be checked without, on pages without entries too.
        let unsigned = signed.answer == Answer::Fails && own.is_none() && (knots.is_empty() || signed.reason.starts_with("charter-"));
        if history {
            self.alarm(self.words.get(Phrase::AlarmHistory));
        } else if unsigned {
            let (what, todo) = (panel::sentence(&self.words, &signed), self.words.remedy(Code::C3 as usize));
            self.alarm(&fill(self.words.get(Phrase::AlarmItem), &[("what", what), ("todo", todo)]));
        }
        self.live_size(size, knots);
        if signed.answer == Answer::Holds {
            for place in all(&self.page, "[data-checkpoint]") {
                place.set_text_content(Some(&bundle.checkpoint));
            }
        }
        for (n, knot) in knots.iter().enumerate() {
            let Some(index) = shown::index(knot) else { continue };
            self.knot(&reader, &contents, knot, index);
            // The first screen of a list closes visibly; the rest, and a verdict, need not keep a reader waiting.
            fetch::pause(if own.is_none() && n < 12 { 30 } else { 0 }).await;
        }
        if let Some(own) = own {
            if let Some(index) = shown::index(own) {
                self.own(&reader, &contents, own, index, remembered, kept.as_ref());
            }
        } else if self.failures > 0 && !history && !unsigned {
            let count = self.failures.to_string();
            self.alarm(&fill(self.words.get(Phrase::AlarmList), &[("count", &count)]));
        }
        // Not one of the entries, so not counted among them.
        self.failures += usize::from(history || unsigned);
        Ok(())
    }

    /// Every check of one entry but C8, with what the page displays of it.
    fn findings(&self, reader: &Reader<'_>, contents: &Contents, index: u64, scope: Scope, within: &Element) -> Vec<Finding> {
        let mut findings = reader.check(index);
        let (texts, entry) = if scope == Scope::Everything { (shown::texts(within), shown::entry(within)) } else { (None, None) };
        let mut content = reader.content(index, contents, scope, &Shown { facts: shown::facts(within), texts, entry });
        if content.answer != Answer::Fails {
            let time = reader.time(index).and_then(chain::time::format_time);
            let logged = shown::logged(within).map(|(machine, _)| machine);
            // Its name when it sealed, or today's: an agency may be renamed.
            let agencies = reader.sealing_agencies(index);
            // Names of other agencies on the page are not this entry's to judge.
            let another = |(id, name): &&(String, String)| {
                let mut known = agencies.iter().flatten().filter(|agency| agency.agency == *id);
                agencies[0].is_some_and(|agency| agency.agency == *id) && !known.any(|agency| agency.name.values().any(|n| n == name))
            };
            let names = shown::agencies(within);
            let wrong = names.iter().find(another);
            if logged.is_some() && logged != time {
                content = Finding { answer: Answer::Fails, reason: "shown-differs", ..content };
                content.values.push(("time", logged.unwrap_or_default()));
            } else if let Some((_, name)) = wrong {
                content = Finding { answer: Answer::Fails, reason: "shown-differs", ..content };
                content.values.push(("agency", name.clone()));
            }
        }
        findings.push(content);
        findings
    }

    fn knot(&mut self, reader: &Reader<'_>, contents: &Contents, knot: &Element, index: u64) {
        let findings = self.findings(reader, contents, index, Scope::Catalogue, knot);
        let (answer, code) = outcome(&findings);
        let state = panel::state(answer);
        check(knot, state);
        if let Some(link) = first(knot, select::LINK) {
            mark(&link, attr::LINK, panel::state(findings[0].answer).value());
        }
        let failed: Vec<String> = findings.iter().filter(|f| f.answer == Answer::Fails).map(|f| f.code.as_str().to_owned()).collect();
        if !failed.is_empty() {
            mark(knot, "data-failed", &failed.join(" "));
        }
        let of = |code: Code| findings.iter().find(|finding| finding.code == code);
        let seal = of(Code::C5).map_or(SealState::Unchecked, seal_state);
        shown::seal(knot, seal);
        let agency = self.agency(reader, index);
        let phrase = match (answer, &reader.statement(index).map(|statement| &statement.core)) {
            (Answer::Fails, _) => None,
            (Answer::Pending, _) => Some(Phrase::RowPending),
            (Answer::CannotTell, _) if seal == SealState::Stolen => Some(Phrase::RowStolen),
            (Answer::CannotTell, _) => Some(Phrase::RowUnknown),
            (_, Some(Core::Disclosure(core))) => Some(match of(Code::C7).map(|finding| finding.reason) {
                Some("redacted") => Phrase::RowRedacted,
                _ if core.stated_agency.is_some() => Phrase::RowCopied,
                _ => Phrase::RowHolds,
            }),
            _ => Some(Phrase::RowPlain),
        };
        let sentence = match (phrase, code) {
            (Some(phrase), _) => fill(self.words.get(phrase), &[("agency", &agency)]),
            (None, _) => code.and_then(of).map_or("", |found| panel::sentence(&self.words, found)).to_owned(),
        };
        say(first(knot, select::VERDICT), &sentence);
        self.done += 1;
        self.failures += usize::from(answer == Answer::Fails);
        let (done, total, failed) = (self.done.to_string(), self.total.to_string(), self.failures.to_string());
        let phrase = match (self.failures, self.done == self.total) {
            (0, false) => Phrase::Progress,
            (0, true) => Phrase::ProgressDone,
            _ => Phrase::ProgressFailed,
        };
        let text = fill(self.words.get(phrase), &[("done", &done), ("total", &total), ("failed", &failed)]);
        say(first(&self.page, "[data-progress]"), &text);
    }

    fn own(&mut self, reader: &Reader<'_>, contents: &Contents, own: &Element, index: u64, remembered: Finding, kept: Option<&Memory>) {
        let mut findings = self.findings(reader, contents, index, Scope::Everything, &self.page.clone());
        findings.push(remembered);
        for finding in &findings {
            panel::fill(self.document, own, &self.words, finding);
        }
        let (answer, code) = outcome(&findings);
        let seal = findings.iter().find(|finding| finding.code == Code::C5).map_or(SealState::Unchecked, seal_state);
        let agency = self.agency(reader, index);
        let since = shown::logged(&self.page).map(|(_, text)| text).unwrap_or_default();
        let size = reader.checkpoint().size.saturating_sub(1).to_string();
        let statement = reader.statement(index);
        let words = &self.words;
        let decisive = findings.iter().find(|finding| Some(finding.code) == code);
        let what = decisive.map_or("", |finding| panel::sentence(words, finding));
        let mut sentence = match (answer, code, statement) {
            (Answer::Fails, ..) => fill(words.get(Phrase::VerdictFails), &[("what", what)]),
            (Answer::Pending, ..) => words.get(Phrase::VerdictPending).to_owned(),
            (Answer::CannotTell, ..) if seal == SealState::Stolen => fill(words.get(Phrase::VerdictStolen), &[("agency", &agency)]),
            (Answer::CannotTell, ..) => words.get(Phrase::VerdictUnknown).to_owned(),
            (_, _, Some(statement)) => {
                let phrase = if statement.core.registers() { Phrase::VerdictPlain } else { Phrase::VerdictLogged };
                fill(words.get(phrase), &[("since", &since), ("agency", &agency), ("size", &size)])
            }
            _ => String::new(),
        };
        if let Some(Core::Disclosure(core)) = statement.map(|statement| &statement.core)
            && core.stated_agency.is_some()
            && answer != Answer::Fails
        {
            let source = core.source.clone().unwrap_or_default();
            if self.lang == Lang::En {
                sentence.push(' ');
            }
            sentence.push_str(&fill(words.get(Phrase::VerdictCopied), &[("agency", &agency), ("source", &source)]));
        }
        if let (Answer::Fails, Some(code)) = (answer, code) {
            let text = fill(words.get(Phrase::AlarmItem), &[("what", what), ("todo", words.remedy(code as usize))]);
            self.alarm(&text);
            self.failures += 1;
        }
        self.judge(panel::state(answer), seal, &sentence);
        if let Some(kept) = kept {
            let when = kept.seen.to_string();
            mark(&self.page, "data-first-visit", &when);
        }
    }

    /// Fetches what the page's own entry commits to and the catalogues did not bring.
    async fn fetch_parts(&self, reader: &Reader<'_>, index: u64, contents: &mut Contents) {
        let Some(Core::Disclosure(core)) = reader.statement(index).map(|statement| &statement.core) else { return };
        for part in core.parts.iter().filter(|part| part.size <= LARGEST_PART) {
            let name = part.commitment.to_string();
            if contents.contains_key(&name) {
                continue;
            }
            let address = format!("/content/{name}");
            let content = match (fetch::bytes(&address).await, fetch::text(&format!("{address}.salt")).await) {
                (Ok(bytes), Ok(salt)) => unhex(salt.trim_end()).map(|salt| Content::Bytes { salt, bytes }),
                (Err(Failed::Status(404)), _) | (_, Err(Failed::Status(404))) => Some(Content::Missing),
                (Err(Failed::Status(410)), _) => removed_by(&address).await.map(|by| Content::Redacted { by }),
                _ => None,
            };
            if let Some(content) = content {
                contents.insert(name, content);
            }
        }
    }

    fn agency(&self, reader: &Reader<'_>, index: u64) -> String {
        let name = reader
            .sealing_agency(index)
            .and_then(|agency| agency.name.get(self.lang.code()).or_else(|| agency.name.values().next()).cloned());
        name.or_else(|| reader.statement(index).map(|statement| statement.signer().to_owned())).unwrap_or_default()
    }

    /// The one sentence of the page's own entry, with its seal and its knot.
    fn judge(&self, state: State, seal: SealState, sentence: &str) {
        if let Some(judgement) = first(&self.page, select::JUDGEMENT) {
            check(&judgement, state);
            shown::seal(&judgement, seal);
            say(first(&judgement, "[data-verdict]"), sentence);
        }
    }

    fn alarm(&self, text: &str) {
        if let Some(alarm) = first(&self.page, select::ALARM) {
            reveal(&alarm);
            say(first(&alarm, select::ALARM_TEXT), text);
        }
    }

    fn live_size(&self, size: u64, knots: &[Element]) {
        for place in all(&self.page, "[data-chain-size]") {
            reveal(&place);
            place.set_text_content(Some(&fill(self.words.get(Phrase::Size), &[("size", &size.to_string())])));
        }
        let newest = knots.iter().filter_map(shown::index).max();
        let newer = newest.map_or(0, |newest| size.saturating_sub(newest + 1));
        if let (true, Some(link)) = (newer > 0, first(&self.page, "[data-newer]")) {
            reveal(&link);
            link.set_text_content(Some(&fill(self.words.get(Phrase::Newer), &[("count", &newer.to_string())])));
        }
    }
}

/// An index list as the portal takes it.
fn rising(mut indexes: Vec<u64>) -> Vec<u64> {
    indexes.sort_unstable();
    indexes.dedup();
    indexes.truncate(MOST_ITEMS);
    indexes
}

/// Entries that contents name as the redactions which removed them, and that the evidence does not have yet.
fn blamed(bundle: &Bundle, contents: &Contents, size: u64) -> Vec<u64> {
    let mut named = Vec::new();
    for content in contents.values() {
        if let Content::Redacted { by } = content
            && *by < size
            && !bundle.entries.iter().any(|logged| logged.index == *by)
        {
            named.push(*by);
        }
    }
    rising(named)
}

/// The redaction that a 410 names; the checks then look at that entry themselves.
async fn removed_by(address: &str) -> Option<u64> {
    let (410, text) = fetch::refusal(address).await? else { return None };
    text.trim_end().rsplit(' ').next()?.parse().ok()
}

fn seal_state(finding: &Finding) -> SealState {
    match (finding.answer, finding.reason) {
        (Answer::Holds, _) => SealState::Holds,
        (Answer::Fails, _) => SealState::Fails,
        (_, "key-stolen") => SealState::Stolen,
        _ => SealState::Unchecked,
    }
}
