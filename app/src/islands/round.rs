//! One round over the page: fetch, decide with `chain`, show.

use super::{
    fetch::{self, Failed},
    gather::{Gathered, gather, rising},
    itself, memory, panel,
    shown::{self, all, check, first, mark, matches, reveal, say},
};
use crate::{
    Lang, codes,
    contract::{SealState, State, attr, select},
    phrases::{IslandWords, Phrase, fill},
};
use chain::{
    check::{Answer, Code, Finding, Memory, Reader, Scope, Shown, outcome},
    evidence::{Content, Contents},
    statement::Core,
    time::{format_time, parse_time},
};
use web_sys::{Document, Element};

/// One page being checked.
struct Round<'p> {
    document: &'p Document,
    page: Element,
    words: IslandWords,
    lang: Lang,
    /// The entry whose page this is.
    own: Option<u64>,
    failures: usize,
    /// Knots of which something could not be told.
    unknown: usize,
    /// Of the failures, those that say beside them what broke.
    told: usize,
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
    let places = all(&page, select::PLACE);
    let own = first(&page, select::CHECKS);
    let of = all(&page, select::OF);
    let of = of.iter().filter_map(|title| title.get_attribute(attr::OF)?.parse().ok());
    // Before anything is fetched.
    let kept = memory::kept();
    let indexes = rising(places.iter().chain(&own).filter_map(shown::index).chain(of));
    // A legend has knots too, which stand for no entry.
    let total = places.iter().filter(|place| is_knot(place)).count();
    let index = own.as_ref().and_then(shown::index);
    let mut round = Round { document: &document, page, words, lang, own: index, failures: 0, unknown: 0, told: 0, done: 0, total };
    if round.run(&places, own.as_ref(), &indexes, kept).await.is_err() {
        for place in &places {
            check(place, State::Unknown);
            say(first(place, select::VERDICT), round.words.get(Phrase::Offline));
        }
        if let Some(own) = &own {
            panel::unreachable(own, &round.words);
            round.judge(State::Unknown, SealState::Unchecked, round.words.get(Phrase::Offline));
        }
        say(first(&round.page, "[data-progress]"), round.words.get(Phrase::Offline));
        itself::judge(&round.page, State::Unknown, round.words.get(Phrase::Offline));
    }
    mark(&round.page, "data-checked", if round.failures > 0 { "fails" } else { "done" });
}

impl Round<'_> {
    async fn run(&mut self, places: &[Element], own: Option<&Element>, indexes: &[u64], kept: Option<Memory>) -> Result<(), Failed> {
        for element in places {
            check(element, State::Checking);
        }
        let remembered = kept.as_ref().and_then(memory::size).unwrap_or_default();
        let Gathered { bundle, contents, asked, size } = gather(indexes, self.own, remembered).await?;
        let Ok(reader) = Reader::open(&bundle) else { return Err(Failed::Unreadable) };
        let reader = reader.asked(&asked);
        let signed = reader.signed();
        let now = js_sys::Date::now() as i64;
        let remembered = memory::compare(&reader, &bundle.checkpoint, signed.answer == Answer::Holds, now, kept).await;
        let history = remembered.answer == Answer::Fails;
        // What no entry on the page can be checked without, on pages without entries too.
        let unsigned = signed.answer == Answer::Fails && own.is_none() && (places.is_empty() || signed.reason.starts_with("charter-"));
        if history {
            self.alarm(self.words.get(Phrase::AlarmHistory));
        } else if unsigned {
            let (what, todo) = (panel::sentence(&self.words, &signed), self.words.remedy(Code::C3 as usize));
            self.alarm(&fill(self.words.get(Phrase::AlarmItem), &[("what", what), ("todo", todo)]));
        }
        // Where the charter itself is in doubt there is nothing to compare with, and that is said already.
        let compared = itself::compare(self.document, &self.page, &self.words, self.lang, &reader);
        let misnamed = compared == Answer::Fails && !history && !unsigned;
        if misnamed {
            let (what, todo) = (self.words.get(Phrase::ChainFails), self.words.remedy(Code::C3 as usize));
            self.alarm(&fill(self.words.get(Phrase::AlarmItem), &[("what", what), ("todo", todo)]));
        }
        self.live_size(size);
        if signed.answer == Answer::Holds {
            for place in all(&self.page, "[data-checkpoint]") {
                place.set_text_content(Some(&bundle.checkpoint));
            }
        }
        for (n, place) in places.iter().enumerate() {
            let Some(index) = shown::index(place) else { continue };
            self.place(&reader, &contents, place, index);
            // The first screen of a list closes visibly; the rest, and a verdict, need not keep a reader waiting.
            fetch::pause(if own.is_none() && n < 12 { 30 } else { 0 }).await;
        }
        if self.told > 0 && !history && !unsigned && !misnamed {
            let count = self.told.to_string();
            self.alarm(&fill(self.words.get(Phrase::AlarmList), &[("count", &count)]));
            // Where the keyboard goes on from, too.
            let named = |place: &Element| matches(place, "[data-check=fails]").then(|| place.get_attribute("id")).flatten();
            if let (Some(link), Some(id)) = (first(&self.page, select::ALARM_LINK), places.iter().find_map(named)) {
                mark(&link, "href", &format!("#{id}"));
                reveal(&link);
            }
        }
        if let Some((own, index)) = own.and_then(|own| Some((own, shown::index(own)?))) {
            self.own(&reader, &contents, own, index, remembered);
        }
        // Not one of the entries, so not counted among them.
        self.failures += usize::from(history || unsigned || misnamed);
        Ok(())
    }

    /// Every check of one entry but C8, with what the page displays of it.
    fn findings(&self, reader: &Reader<'_>, contents: &Contents, index: u64, scope: Scope, within: &Element) -> Vec<Finding> {
        let mut findings = reader.check(index);
        let own = scope == Scope::Everything;
        let record = own && shown::is_record(self.document);
        let mut facts = shown::facts(within, self.lang);
        if let Some(core) = reader.statement(index).map(|statement| &statement.core) {
            let catalogue = match core {
                Core::Disclosure(core) => core.parts.first().and_then(|part| contents.get(&part.commitment.to_string())),
                _ => None,
            };
            let titled = matches!(catalogue, Some(Content::Text { .. } | Content::Bytes { .. }));
            facts.extend(shown::unmarked(within, core, record, titled));
        }
        let (parts, subjects) = record.then(|| shown::lists(within, self.lang, &mut facts)).unzip();
        let shown = Shown {
            facts,
            named: !matches(within, select::UNTITLED),
            parts,
            subjects,
            steps: own.then(|| shown::steps(within, self.lang)),
            texts: record.then(|| shown::texts(within)),
            entry: own.then(|| shown::entry(within, self.lang)).flatten(),
            address: own.then(|| shown::address(self.document)).flatten(),
            before: shown::before(within),
            time: shown::logged(within, self.minute(reader, index).as_deref()),
            agencies: shown::agencies(within, self.lang),
            titles: shown::titles(within, self.lang),
            // Whatever on a record's page is no knot says that it belongs to that record.
            about: self.own.filter(|_| scope == Scope::Catalogue && !is_knot(within)),
        };
        findings.push(reader.content(index, contents, scope, &shown));
        findings
    }

    fn place(&mut self, reader: &Reader<'_>, contents: &Contents, place: &Element, index: u64) {
        let findings = self.findings(reader, contents, index, Scope::Catalogue, place);
        let (answer, code) = outcome(&findings);
        let state = panel::state(answer);
        check(place, state);
        if let Some(link) = first(place, select::LINK) {
            // Cut too where the page ties it to another entry than the one before.
            let cut = findings.iter().any(|finding| finding.values.iter().any(|(name, value)| *name == "member" && value == "before"));
            mark(&link, attr::LINK, if cut { State::Fails } else { panel::state(findings[0].answer) }.value());
        }
        let failed: Vec<String> = findings.iter().filter(|f| f.answer == Answer::Fails).map(|f| f.code.as_str().to_owned()).collect();
        if !failed.is_empty() {
            mark(place, "data-failed", &failed.join(" "));
        }
        let of = |code: Code| findings.iter().find(|finding| finding.code == code);
        let seal = of(Code::C5).map_or(SealState::Unchecked, seal_state);
        shown::seal(place, seal);
        let agency = self.agency(reader, index);
        let phrase = match (answer, &reader.statement(index).map(|statement| &statement.core)) {
            (Answer::Fails, _) => None,
            (Answer::Pending, _) => Some(Phrase::RowPending),
            (Answer::CannotTell, _) if stolen(&findings) => Some(Phrase::RowStolen),
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
        let verdict = first(place, select::VERDICT);
        let failed = usize::from(answer == Answer::Fails);
        self.failures += failed;
        self.told += if verdict.is_some() { failed } else { 0 };
        say(verdict, &sentence);
        if !is_knot(place) {
            return;
        }
        self.done += 1;
        self.unknown += usize::from(answer == Answer::CannotTell);
        let (done, total, failed) = (self.done.to_string(), self.total.to_string(), self.failures.to_string());
        let phrase = match (self.failures, self.done == self.total) {
            (0, false) => Phrase::Progress,
            (0, true) if self.unknown > 0 => Phrase::ProgressUnknown,
            (0, true) if first(&self.page, select::LINK).is_none() => Phrase::ProgressDoneLoose,
            (0, true) => Phrase::ProgressDone,
            _ => Phrase::ProgressFailed,
        };
        let unknown = self.unknown.to_string();
        let values = [("done", &*done), ("total", &total), ("failed", &failed), ("unknown", &unknown)];
        let text = fill(self.words.get(phrase), &values);
        say(first(&self.page, "[data-progress]"), &text);
    }

    fn own(&mut self, reader: &Reader<'_>, contents: &Contents, own: &Element, index: u64, remembered: Finding) {
        let mut findings = self.findings(reader, contents, index, Scope::Everything, &self.page.clone());
        findings.push(remembered);
        for finding in &findings {
            panel::fill(self.document, own, &self.words, finding);
        }
        let (answer, code) = outcome(&findings);
        let seal = findings.iter().find(|finding| finding.code == Code::C5).map_or(SealState::Unchecked, seal_state);
        let agency = self.agency(reader, index);
        // In our own words: what the page says of it is what is being judged.
        let utc = || reader.time(index).and_then(format_time).map(|time| time.get(..16).unwrap_or_default().replace('T', " ") + " UTC");
        let since = self.minute(reader, index).or_else(utc).unwrap_or_default();
        let seen = self.seen(reader, &findings);
        say(
            first(&self.page, "[data-seen]"),
            &seen.as_ref().map_or_else(
                || self.words.get(Phrase::SeenNone).to_owned(),
                |values| fill(self.words.get(Phrase::SeenWitnesses), &values.each_ref().map(|(name, value)| (*name, value.as_str()))),
            ),
        );
        let size = codes::number(self.lang, reader.checkpoint().size.saturating_sub(1));
        let statement = reader.statement(index);
        let words = &self.words;
        let decisive = findings.iter().find(|finding| Some(finding.code) == code);
        let what = decisive.map_or("", |finding| panel::sentence(words, finding));
        let mut sentence = match (answer, code, statement) {
            (Answer::Fails, ..) => fill(words.get(Phrase::VerdictFails), &[("what", what)]),
            (Answer::Pending, ..) => words.get(Phrase::VerdictPending).to_owned(),
            (Answer::CannotTell, ..) if stolen(&findings) => {
                let phrase = if seal == SealState::Stolen { Phrase::VerdictStolen } else { Phrase::VerdictStolenPost };
                fill(words.get(phrase), &[("agency", &agency)])
            }
            (Answer::CannotTell, ..) => words.get(Phrase::VerdictUnknown).to_owned(),
            (_, _, Some(statement)) => {
                let phrase = match (statement.core.registers(), &seen) {
                    (true, _) => Phrase::VerdictPlain,
                    (false, None) => Phrase::VerdictLogged,
                    (false, Some(_)) => Phrase::VerdictSeen,
                };
                let mut values = vec![("since", since.as_str()), ("agency", &agency), ("size", &size)];
                values.extend(seen.iter().flatten().map(|(name, value)| (*name, value.as_str())));
                fill(words.get(phrase), &values)
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
    }

    /// The log's time of an entry in the portal's time zone; `None` where that cannot be told.
    fn minute(&self, reader: &Reader<'_>, index: u64) -> Option<String> {
        shown::minute(reader.time(index)?, reader.zone()?, self.lang)
    }

    /// Where a quorum of witnesses has seen the tree: by when, how many, of how many.
    fn seen(&self, reader: &Reader<'_>, findings: &[Finding]) -> Option<[(&'static str, String); 3]> {
        let found = findings.iter().find(|finding| finding.code == Code::C4 && finding.answer == Answer::Holds)?;
        let value = |of: &str| found.values.iter().find(|(name, _)| *name == of).map(|(_, value)| value.as_str());
        let when = parse_time(value("seen")?)?;
        let utc = || Some(format_time(when)?.get(..16)?.replace('T', " ") + " UTC");
        let when = reader.zone().and_then(|zone| shown::minute(when, zone, self.lang)).or_else(utc)?;
        let seen = found.values.iter().filter(|(name, _)| *name == "seen-by").count();
        Some([("when", when), ("seen", seen.to_string()), ("of", value("witnesses")?.to_owned())])
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

    fn live_size(&self, size: u64) {
        let number = |n| codes::number(self.lang, n);
        for place in all(&self.page, "[data-chain-size]") {
            reveal(&place);
            place.set_text_content(Some(&fill(self.words.get(Phrase::Size), &[("size", &number(size))])));
        }
        let link = first(&self.page, "[data-newer]");
        let made = link.as_ref().and_then(|link| link.get_attribute("data-newer")?.parse().ok()).unwrap_or(size);
        if let (1.., Some(link)) = (size.saturating_sub(made), link) {
            reveal(&link);
            link.set_text_content(Some(&fill(self.words.get(Phrase::Newer), &[("count", &number(size - made))])));
        }
    }
}

/// A knot of a list or of the little cord, among which progress is counted.
fn is_knot(place: &Element) -> bool {
    matches(place, select::KNOT)
}

/// Whether the seal, or a step of the approval, is by a key that was reported stolen later.
fn stolen(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.reason == "key-stolen")
}

fn seal_state(finding: &Finding) -> SealState {
    match (finding.answer, finding.reason) {
        (Answer::Holds, _) => SealState::Holds,
        (Answer::Fails, _) => SealState::Fails,
        (_, "key-stolen") => SealState::Stolen,
        _ => SealState::Unchecked,
    }
}
