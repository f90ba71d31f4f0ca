//! The words of a text: Han segmented by dictionary, everything else by its breaks, English stemmed.
//!
//! A Han text offers two things, each at the position of its first character:
//! - every single character and *every* dictionary word among its characters, however the text is read.
//!   A quoted query is looked for in these: whatever its own reading, a text that has its characters in
//!   a row is found.
//! - the words of its best reading, and the words inside them, spelled with [`READ`] before them. A query
//!   without quotes is looked for in these: 国会 is not found in 共和国会计法, which reads 共和国, 会计法.

use std::sync::LazyLock;

use jieba_rs::Jieba;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::runs::{self, Kind};

static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Loads the dictionary, so that the first reader does not wait for it.
pub fn warm() {
    LazyLock::force(&DICTIONARY);
}

/// A text in its words, none of it left out: Han by the dictionary, all else by its breaks.
#[must_use]
pub fn cut(text: &str) -> Vec<&str> {
    DICTIONARY.cut(text, false).into_iter().map(|token| token.word).collect()
}

#[derive(Clone, Copy)]
struct Place {
    from: u32,
    to: u32,
    position: u32,
    length: u32,
    /// A word of the text's best reading.
    read: bool,
}

/// Spells a Han word of a text's best reading. No folded text contains it.
pub const READ: char = '\u{1}';

/// Cuts texts for the index.
#[derive(Default)]
pub struct Words {
    letters: String,
    places: Vec<Place>,
    stems: Stems,
}

impl Clone for Words {
    fn clone(&self) -> Self {
        // A clone serves another thread or field: it starts with empty buffers.
        Self::default()
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        let Self { letters, places, stems } = self;
        letters.clear();
        places.clear();
        let mut position = 0u32;
        runs::read(text, |run| {
            position += u32::from(run.after_stop);
            match run.kind {
                Kind::Word => {
                    let from = letters.len() as u32;
                    letters.push_str(stems.stem(run.text));
                    places.push(Place { from, to: letters.len() as u32, position, length: 1, read: false });
                    position += 1;
                }
                Kind::Han => position += cut_every_word(run.text, position, letters, places),
            }
            true
        });
        WordStream { words: self, next: 0, token: Token::default() }
    }
}

/// Every dictionary word of `run` and every character of it; returns its length in characters.
fn cut_every_word(run: &str, position: u32, letters: &mut String, places: &mut Vec<Place>) -> u32 {
    let base = letters.len() as u32;
    letters.push_str(run);
    let mut count = 0;
    for part in han_parts(run) {
        let part_at = base + (part.as_ptr() as usize - run.as_ptr() as usize) as u32;
        let known = part.chars().next().is_some_and(runs::is_ideograph);
        let words = if known { DICTIONARY.cut_all(part) } else { Vec::new() };
        let edges = if words.is_empty() { Vec::new() } else { edges(part, &words) };
        let mut words = words.iter().filter(|word| word.end > word.start + 1).peekable();
        for (index, (at, c)) in part.char_indices().enumerate() {
            let from = part_at + at as u32;
            places.push(Place { from, to: from + c.len_utf8() as u32, position: position + count, length: 1, read: false });
            while let Some(word) = words.next_if(|word| word.start <= index) {
                let place = Place {
                    from: part_at + word.byte_start as u32,
                    to: part_at + word.byte_end as u32,
                    position: position + count,
                    length: (word.end - word.start) as u32,
                    read: false,
                };
                places.push(place);
                if edges[word.start] && edges[word.end] {
                    places.push(Place { read: true, ..place });
                }
            }
            count += 1;
        }
    }
    count
}

/// Before which characters, and whether at the end, a word may begin or end: where the words of the best
/// reading do, and inside one of these where a word that begins or ends there leaves off.
fn edges(part: &str, words: &[jieba_rs::Token<'_>]) -> Vec<bool> {
    let mut edges = Vec::with_capacity(part.len() / 3 + 1);
    // For each character, the word of the best reading it belongs to.
    let mut of: Vec<(usize, usize)> = Vec::with_capacity(part.len() / 3);
    for word in DICTIONARY.cut(part, false) {
        edges.push(true);
        edges.resize(word.end, false);
        of.resize(word.end, (word.start, word.end));
    }
    edges.push(true);
    let inside =
        |word: &&jieba_rs::Token<'_>| word.end > word.start + 1 && of[word.start].1 >= word.end && of[word.start] != (word.start, word.end);
    // A word that begins at an edge ends at one, and the other way round: 检察 in 人民检察院, by 人民 and 检察院.
    loop {
        let mut more = false;
        for word in words.iter().filter(inside) {
            if edges[word.start] != edges[word.end] {
                (edges[word.start], edges[word.end], more) = (true, true, true);
            }
        }
        if !more {
            break;
        }
    }
    edges
}

/// Splits a Han run into stretches the dictionary can read and stretches it cannot (kana, 〇, private use).
fn han_parts(run: &str) -> impl Iterator<Item = &str> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let known = runs::is_ideograph(rest.chars().next()?);
        let end = rest.find(|c| runs::is_ideograph(c) != known).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}

pub struct WordStream<'a> {
    words: &'a Words,
    next: usize,
    token: Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(place) = self.words.places.get(self.next) else { return false };
        self.next += 1;
        self.token.text.clear();
        if place.read {
            self.token.text.push(READ);
        }
        self.token.text.push_str(&self.words.letters[place.from as usize..place.to as usize]);
        self.token.position = place.position as usize;
        self.token.position_length = place.length as usize;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// One word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// As the index spells it.
    pub term: String,
    pub position: u32,
    pub kind: Kind,
    /// Characters it spans: 1 for a Han character that is a word of its own, or that no word claimed.
    pub chars: u32,
    /// Where it stood in the query, in bytes.
    pub from: usize,
    pub to: usize,
}

/// Cuts a query into the words of its best reading.
pub fn cut_query(text: &str) -> Vec<QueryWord> {
    let mut stems = Stems::few();
    let mut out = Vec::new();
    let mut position = 0u32;
    runs::read(text, |run| {
        position += u32::from(run.after_stop);
        let mut add = |term: String, chars: u32, at: usize, end: usize, step: u32| {
            let (from, to) = run.source_range(at, end);
            out.push(QueryWord { term, position, kind: run.kind, chars, from, to });
            position += step;
        };
        match run.kind {
            Kind::Word => add(stems.stem(run.text).to_owned(), run.text.chars().count() as u32, 0, run.text.len(), 1),
            Kind::Han => {
                for part in han_parts(run.text) {
                    let at = part.as_ptr() as usize - run.text.as_ptr() as usize;
                    if part.chars().next().is_some_and(runs::is_ideograph) {
                        for word in DICTIONARY.cut(part, false) {
                            let chars = (word.end - word.start) as u32;
                            add(word.word.to_owned(), chars, at + word.byte_start, at + word.byte_end, chars);
                        }
                    } else {
                        for (from, c) in part.char_indices() {
                            add(c.to_string(), 1, at + from, at + from + c.len_utf8(), 1);
                        }
                    }
                }
            }
        }
        true
    });
    out
}

/// English stems, remembering the words seen last: texts repeat themselves.
pub struct Stems {
    stemmer: frostem::Stemmer,
    seen: Vec<(String, String)>,
    most: usize,
}

impl Default for Stems {
    fn default() -> Self {
        Stems::remembering(4096)
    }
}

impl Stems {
    fn remembering(most: usize) -> Self {
        Self { stemmer: frostem::Stemmer::new(frostem::Algorithm::English), seen: Vec::new(), most }
    }

    /// For one short text, of which a large memory would cost more than the text.
    pub fn few() -> Self {
        Stems::remembering(64)
    }

    /// The stem of a folded word.
    pub fn stem<'a>(&'a mut self, word: &'a str) -> &'a str {
        if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'') {
            return word;
        }
        if self.seen.is_empty() {
            self.seen.resize(self.most, Default::default());
        }
        let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        let slot = &mut self.seen[(hash ^ (hash >> 32)) as usize % self.most];
        if slot.0 != word {
            slot.0.clear();
            slot.0.push_str(word);
            slot.1.clear();
            slot.1.push_str(&self.stemmer.stem(word));
        }
        &slot.1
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn indexed(text: &str) -> Vec<(usize, String)> {
        let mut words = Words::default();
        let mut stream = words.token_stream(text);
        let mut out = Vec::new();
        while stream.advance() {
            out.push((stream.token().position, stream.token().text.clone()));
        }
        out
    }

    #[test]
    fn chinese_is_read_as_words_at_the_place_of_their_characters() {
        let found = indexed("市政府信息公开");
        for (position, word) in [(1, "政府"), (3, "信息"), (5, "公开")] {
            assert!(found.contains(&(position, word.to_owned())), "{word} in {found:?}");
        }
    }

    #[test]
    fn only_words_of_the_reading_are_spelled_as_read() {
        let found = indexed("中华人民共和国会计法");
        let has = |word: &str| found.iter().any(|(_, t)| t == word);
        assert!(has("国会") && !has("\u{1}国会") && has("华人") && !has("\u{1}华人"));
        assert!(has("\u{1}共和国") && has("\u{1}中华人民共和国") && has("\u{1}人民"), "{found:?}");
        let found = indexed("人民检察院");
        assert!(found.iter().any(|(_, t)| t == "\u{1}检察") && !found.iter().any(|(_, t)| t == "\u{1}民检"));
    }

    #[test]
    fn every_word_of_a_query_is_among_the_words_of_a_text_that_contains_it() {
        let text = "各县级人民政府信息公开工作机构应当于2021年〇月向社会公布年度报告。";
        let chars: Vec<char> = text.chars().collect();
        let offered = indexed(text);
        for from in 0..chars.len() {
            for to in from + 1..=chars.len().min(from + 9) {
                let query: String = chars[from..to].iter().collect();
                let words = cut_query(&query);
                let fits = offered.iter().any(|(start, _)| {
                    words.iter().all(|w| {
                        w.kind == Kind::Word || offered.contains(&(start + (w.position - words[0].position) as usize, w.term.clone()))
                    })
                });
                assert!(fits || words.is_empty(), "{query}: {words:?}");
            }
        }
    }

    #[test]
    fn english_words_meet_in_their_stem() {
        let one = |text: &str| cut_query(text)[0].term.clone();
        assert_eq!(one("Publications"), one("publication"));
        assert_eq!(one("disclosed"), one("disclosing"));
        assert_eq!(one("employer's"), one("Employers"));
        assert_ne!(one("policy"), one("police"));
    }

    #[test]
    fn punctuation_takes_no_place_but_the_end_of_a_sentence_does() {
        let place = |text: &str| cut_query(text).iter().map(|w| w.position).collect::<Vec<_>>();
        assert_eq!(place("gap, pay"), [0, 1]);
        assert_eq!(place("gap! pay"), [0, 2]);
    }
}
