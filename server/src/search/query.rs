//! What a reader asks: the text of a search box read into words, phrases and numbers; filters; order; page.
//!
//! There is no query language to get wrong. Words must all occur; what stands in quotes must occur in
//! that order, and Han in quotes must occur character by character; so must what is written together (`ICSA-23-348-10`, `国发〔2019〕5号`,
//! `2019年`, `政府信息公开`). Where no text has such Han as they are written, they are read as words that may stand apart, and the
//! reader is told. Any other character only separates. Nothing is refused: too long a text is cut.

use super::State;
use super::runs::{self, Kind};
use super::snippet::Marks;
use super::words::{self, QueryWord};
use app::view::Standing;

/// Characters of a query that are read.
pub const QUERY_CHARS: usize = 512;
/// Words of a query that are used.
pub const QUERY_WORDS: usize = 32;
/// Hits on a page, at most.
pub const PER_PAGE_LIMIT: usize = 100;

/// A search. `Default` asks for everything, newest first.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// As typed.
    pub text: String,
    pub language: Option<String>,
    /// A sealing agency's id or a stated agency's name.
    pub agency: Option<String>,
    pub genre: Option<String>,
    pub theme: Option<String>,
    /// A subject's id.
    pub subject: Option<String>,
    /// Of the stated date, or of the day of logging where none is stated.
    pub year: Option<u32>,
    /// First and last day of the same date, yyyymmdd.
    pub from: Option<u32>,
    pub to: Option<u32>,
    pub state: Option<State>,
    /// How readers are told that it stands on a day, yyyymmdd.
    pub standing: Option<(Standing, u32)>,
    /// Also find versions that a newer one replaced.
    pub include_superseded: bool,
    pub sort: Sort,
    /// From 0.
    pub page: usize,
    /// 1 to [`PER_PAGE_LIMIT`]; 0 means 25.
    pub per_page: usize,
}

/// Order of the hits. Without words, relevance is the newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    #[default]
    Relevance,
    DateNewest,
    DateOldest,
}

/// What the reader should be told about how the query was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Only the first [`QUERY_CHARS`] characters or [`QUERY_WORDS`] words were used.
    Shortened,
    /// There was text, but no word in it.
    NoWords,
    /// No text has what was written together; these have its words.
    Apart,
}

/// Words in their order, at their distance: one word, or several that must stand so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Unit(pub Vec<(usize, String)>);

/// The reading of a query text.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// All of these must occur.
    pub units: Vec<Unit>,
    /// Whole stretches of the query: a text that has one as it stands ranks higher.
    pub stretches: Vec<Unit>,
    /// What could be a document's number, in its one spelling.
    pub numbers: Vec<String>,
    /// What to mark in a text: per unit, its words as they stand.
    pub marks: Marks,
    pub notice: Option<Notice>,
    /// Whether words are asked for together that could be asked for apart.
    pub together: bool,
}

/// How Han that are written together are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Han {
    Together,
    Apart,
}

const HAN_STOPS: &[&str] = &["的", "了", "和", "与", "及", "或", "在", "是", "等", "之", "对", "为", "将", "由", "吗", "呢"];
const STOPS: &[&str] =
    &["the", "a", "an", "of", "and", "or", "to", "in", "on", "for", "by", "with", "at", "from", "as", "is", "are", "be", "this", "that"];

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '＂' | '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』')
}

pub(super) fn read(text: &str, han: Han) -> Reading {
    let mut reading = Reading::default();
    let text = match text.char_indices().nth(QUERY_CHARS) {
        Some((end, _)) => {
            reading.notice = Some(Notice::Shortened);
            &text[..end]
        }
        None => text,
    };
    let quotes = text.chars().filter(|c| is_quote(*c)).count();
    let mut words_left = QUERY_WORDS;
    for (at, part) in text.split(is_quote).enumerate() {
        // Parts between quotes alternate; a last quote that nothing closes opens nothing.
        let quoted = at % 2 == 1 && at < quotes;
        let mut words = words::cut_query(part);
        if words.len() > words_left {
            words.truncate(words_left);
            reading.notice = Some(Notice::Shortened);
        }
        words_left -= words.len();
        let groups = if quoted {
            whole(words.len())
        } else {
            let apart = groups(part, &words, Han::Apart);
            let together = groups(part, &words, Han::Together);
            reading.together |= han == Han::Together && together != apart;
            if han == Han::Together { together } else { apart }
        };
        for group in groups {
            reading.add(&words[group.clone()], quoted);
        }
        if words.len() > 1 {
            reading.stretches.push(unit(&words));
        }
        for candidate in part.split_whitespace().chain([part]).filter(|c| c.contains(|d: char| d.is_numeric())) {
            let number = runs::number(candidate);
            if number.len() <= 200 && number.contains('-') && !reading.numbers.contains(&number) && reading.numbers.len() < 8 {
                reading.numbers.push(number);
            }
        }
    }
    reading.drop_stop_words();
    if reading.units.is_empty() && text.contains(|c: char| !c.is_whitespace()) {
        reading.notice = Some(Notice::NoWords);
    }
    reading
}

fn whole(len: usize) -> Vec<std::ops::Range<usize>> {
    if len == 0 { Vec::new() } else { std::iter::once(0..len).collect() }
}

fn unit(words: &[QueryWord]) -> Unit {
    let base = words.first().map_or(0, |w| w.position);
    Unit(words.iter().map(|w| ((w.position - base) as usize, w.term.clone())).collect())
}

impl Reading {
    fn add(&mut self, words: &[QueryWord], quoted: bool) {
        let mut unit = unit(words);
        if let ([word], false) = (words, quoted)
            && word.kind == Kind::Han
            && word.chars > 1
            && let Some((_, term)) = unit.0.first_mut()
        {
            term.insert(0, words::READ);
        }
        if self.units.contains(&unit) {
            return;
        }
        self.units.push(unit);
        let mut marks: Vec<(Kind, String)> = Vec::new();
        for word in words {
            match marks.last_mut() {
                Some((Kind::Han, text)) if word.kind == Kind::Han => text.push_str(&word.term),
                _ => marks.push((word.kind, word.term.clone())),
            }
        }
        self.marks.0.push(marks);
    }

    /// Words like "the" and 的 are not insisted on where there are others.
    fn drop_stop_words(&mut self) {
        let is_stop =
            |unit: &Unit| matches!(unit.0.as_slice(), [(_, one)] if STOPS.contains(&one.as_str()) || HAN_STOPS.contains(&one.as_str()));
        if self.units.iter().all(is_stop) {
            return;
        }
        let keep: Vec<bool> = self.units.iter().map(|u| !is_stop(u)).collect();
        let mut keeps = keep.iter();
        self.units.retain(|_| keeps.next().copied().unwrap_or(true));
        let mut keeps = keep.iter();
        self.marks.0.retain(|_| keeps.next().copied().unwrap_or(true));
    }
}

/// Which words of an unquoted stretch belong together.
fn groups(text: &str, words: &[QueryWord], han: Han) -> Vec<std::ops::Range<usize>> {
    let numbers = document_numbers(text, words);
    let mut out: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let joined = at > 0
            && (numbers[at]
                || (han == Han::Together && touching_han(&words[at - 1], between(text, &words[at - 1], word), word))
                || belongs(&words[at - 1], between(text, &words[at - 1], word), word, out.last().is_some_and(|g| g.start == at - 1)));
        match out.last_mut() {
            Some(group) if joined => group.end = at + 1,
            _ => out.push(at..at + 1),
        }
    }
    out
}

/// What stands between two words; nothing where one character became both (¼ is 1 and 4).
fn between<'a>(text: &'a str, before: &QueryWord, word: &QueryWord) -> &'a str {
    text.get(before.to..word.from).unwrap_or_default()
}

fn touching_han(before: &QueryWord, between: &str, word: &QueryWord) -> bool {
    before.kind == Kind::Han && word.kind == Kind::Han && between.chars().all(runs::is_invisible)
}

fn belongs(before: &QueryWord, between: &str, word: &QueryWord, before_alone: bool) -> bool {
    let single = |w: &QueryWord| w.kind == Kind::Han && w.chars == 1;
    let stop = |w: &QueryWord| single(w) && HAN_STOPS.contains(&w.term.as_str());
    if between.contains(char::is_whitespace) || stop(before) || stop(word) {
        return false;
    }
    if before.kind == Kind::Word && word.kind == Kind::Word {
        return true;
    }
    let touching = between.chars().all(runs::is_invisible);
    touching && (single(word) || (single(before) && (before_alone || word.kind == Kind::Word)))
}

/// Marks the words that continue a number such as 国发〔2019〕5号: Han, a bracketed year, a count.
fn document_numbers(text: &str, words: &[QueryWord]) -> Vec<bool> {
    let mut joined = vec![false; words.len()];
    let digits = |w: &QueryWord| w.kind == Kind::Word && w.term.bytes().all(|b| b.is_ascii_digit());
    for at in 1..words.len().saturating_sub(1) {
        let (name, year, count) = (&words[at - 1], &words[at], &words[at + 1]);
        let only = |between: &str, brackets: &str| !between.trim().is_empty() && between.trim().chars().all(|c| brackets.contains(c));
        let opened = only(between(text, name, year), "〔[（(【［〈<{﹝");
        let closed = only(between(text, year, count), "〕]）)】］〉>}﹞");
        if !(opened && closed && year.term.len() == 4 && digits(year) && (digits(count) || count.term == "第")) {
            continue;
        }
        joined[at] = true;
        joined[at + 1] = true;
        // The body that numbers its documents: the Han that touches the bracket, not a whole sentence.
        let mut from = at - 1;
        while from > 0 && words[from].kind == Kind::Han && between(text, &words[from - 1], &words[from]).is_empty() && at - from < 8 {
            joined[from] = true;
            from -= 1;
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn units(text: &str) -> Vec<String> {
        units_of(text, Han::Together)
    }

    fn units_of(text: &str, han: Han) -> Vec<String> {
        read(text, han)
            .units
            .iter()
            .map(|u| u.0.iter().map(|(_, t)| t.trim_start_matches(words::READ)).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn chinese_without_spaces_is_asked_for_as_it_stands_and_else_word_by_word() {
        assert_eq!(units("政府信息公开"), ["政府 信息 公开"]);
        assert_eq!(units("政府的信息"), ["政府 的 信息"]);
        assert_eq!(units("政府 信息公开"), ["政府", "信息 公开"]);
        assert_eq!(units_of("政府信息公开", Han::Apart), ["政府", "信息", "公开"]);
        assert_eq!(units_of("政府的信息", Han::Apart), ["政府", "信息"]);
        for (text, together) in
            [("政府信息公开", true), ("政府 信息", false), ("\"政府信息\"", false), ("青禾市", false), ("pay gap", false)]
        {
            assert_eq!(read(text, Han::Together).together, together, "{text}");
            assert!(!read(text, Han::Apart).together, "{text}");
        }
    }

    #[test]
    fn a_han_name_no_dictionary_knows_is_asked_for_as_it_stands() {
        assert_eq!(units("青禾市"), ["青 禾 市"]);
    }

    #[test]
    fn a_document_number_is_one_thing_in_any_brackets() {
        for typed in ["国发〔2019〕5号", "国发[2019]5号", "国发（2019）5号", "国发 (2019) 5号", "国发【２０１９】5号"]
        {
            assert_eq!(units(typed).len(), 1, "{typed}: {:?}", units(typed));
        }
        assert_eq!(units("ICSA-23-348-10"), ["icsa 23 348 10"]);
        assert_eq!(units("预算（2019年）").len(), 2);
    }

    #[test]
    fn quotes_bind_and_an_unclosed_quote_does_not() {
        assert_eq!(units("\"pay gap\" report"), ["pay gap", "report"]);
        assert_eq!(units("“pay gap” report"), ["pay gap", "report"]);
        assert_eq!(units("report \"pay gap"), ["report", "pay", "gap"]);
    }

    #[test]
    fn words_like_the_are_not_insisted_on_unless_alone() {
        assert_eq!(units("the state of the union"), ["state", "union"]);
        assert_eq!(units("the"), ["the"]);
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        let reading = read(&"word ".repeat(2_000_000), Han::Together);
        assert_eq!(reading.notice, Some(Notice::Shortened));
        assert!((0..40).map(|n| format!("w{n}x ")).collect::<String>().len() < QUERY_CHARS);
        let reading = read(&(0..40).map(|n| format!("w{n}x ")).collect::<String>(), Han::Together);
        assert_eq!((reading.notice, reading.units.len()), (Some(Notice::Shortened), QUERY_WORDS));
    }

    #[test]
    fn text_without_a_word_says_so() {
        for text in ["???", "\"\"", "🙂", "\0", "。，、", ".*[a-"] {
            let reading = read(text, Han::Together);
            assert_eq!(reading.notice.is_some(), reading.units.is_empty(), "{text}");
        }
        assert_eq!(read("  ", Han::Together).notice, None);
    }
}
