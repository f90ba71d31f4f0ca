//! A piece of a text that shows why it was found, with the words of the query marked.
//!
//! Cut from the text as the store has it today, never kept: what is redacted cannot linger here.

use super::runs::{self, Kind, Run};
use super::words::Stems;

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Plain text, not HTML; white space made single, markup signs and invisible characters left out.
    pub text: String,
    /// Whether the query asked for it.
    pub marked: bool,
}

/// What of a query is marked in a text: for each of its parts, the words as they stand together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(pub(super) Vec<Vec<(Kind, String)>>);

/// The best piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    pub pieces: Vec<Fragment>,
    /// Whether all parts of the query were seen close together, so that more of the text would give no other piece.
    pub settled: bool,
}

impl Marks {
    /// The best piece of `text`.
    #[must_use]
    pub fn cut(&self, text: &str) -> Snippet {
        let (pieces, settled) = cut(text, &self.0);
        Snippet { pieces, settled }
    }
}

/// Width of a snippet, where a Han character is two wide.
const WIDTH: usize = 200;
/// Places gathered before choosing.
const PLACES: usize = 2000;

/// A place in the text that answers one part of the query.
#[derive(Clone, Copy)]
struct Place {
    from: usize,
    to: usize,
    mark: usize,
}

/// The best piece of `text`, and whether more text would not change it.
fn cut(text: &str, marks: &[Vec<(Kind, String)>]) -> (Vec<Fragment>, bool) {
    let (places, settled) = places(text, marks);
    let (from, to) = window(text, &places);
    let mut out = Vec::new();
    if from > 0 {
        push(&mut out, "…", false);
    }
    let mut at = from;
    for place in places.iter().filter(|p| p.from >= from && p.to <= to) {
        if place.to <= at {
            continue;
        }
        push(&mut out, &text[at..place.from.max(at)], false);
        push(&mut out, &text[place.from.max(at)..place.to], true);
        at = place.to;
    }
    push(&mut out, &text[at..to], false);
    if to < text.trim_end().len() {
        push(&mut out, "…", false);
    }
    if let Some(first) = out.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = out.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    out.retain(|f| !f.text.is_empty());
    (out, settled)
}

/// Where the parts of the query stand, in order. Stops once every part was seen close together, and says whether it did.
fn places(text: &str, marks: &[Vec<(Kind, String)>]) -> (Vec<Place>, bool) {
    let mut places: Vec<Place> = Vec::new();
    if marks.is_empty() {
        return (places, text.len() > WIDTH * 4);
    }
    let mut settled = false;
    let mut stems = Stems::few();
    // For each part: how many of its words stood last, and where the first began.
    let mut standing = vec![(0usize, 0usize); marks.len()];
    runs::read(text, |run| {
        let stem = if run.kind == Kind::Word { stems.stem(run.text) } else { "" };
        for (mark, words) in marks.iter().enumerate() {
            follow(run, stem, mark, words, &mut standing[mark], &mut places);
        }
        let last = places.last().map_or(0, |p| p.to);
        let near = |mark| places.iter().rev().take_while(|p| p.from + WIDTH > last).any(|p| p.mark == mark);
        let read_to = run.source_range(run.text.len(), run.text.len()).0;
        let complete = !places.is_empty() && read_to > last + WIDTH && (0..marks.len()).all(near);
        settled = complete || places.len() >= PLACES;
        !settled
    });
    places.sort_by_key(|p| (p.from, std::cmp::Reverse(p.to)));
    (places, settled)
}

fn follow(run: &Run<'_>, stem: &str, mark: usize, words: &[(Kind, String)], standing: &mut (usize, usize), places: &mut Vec<Place>) {
    let mut place = |from, to| places.push(Place { from, to, mark });
    if let [(Kind::Han, word)] = words {
        if run.kind == Kind::Han {
            for (at, found) in run.text.match_indices(word.as_str()) {
                let (from, to) = run.source_range(at, at + found.len());
                place(from, to);
            }
        }
        return;
    }
    let end = run.text.len();
    let (done, began) = *standing;
    let fits = |nth: usize| -> Option<(usize, usize)> {
        let (kind, word) = words.get(nth)?;
        if *kind != run.kind {
            return None;
        }
        match kind {
            Kind::Word => (stem == word).then_some((0, end)),
            Kind::Han if nth == 0 => run.text.ends_with(word.as_str()).then(|| (end - word.len(), end)),
            Kind::Han if nth + 1 == words.len() => run.text.starts_with(word.as_str()).then_some((0, word.len())),
            Kind::Han => (run.text == word).then_some((0, end)),
        }
    };
    let went_on = if done > 0 { fits(done).map(|span| (done, began, span)) } else { None };
    let Some((nth, began, (from, to))) = went_on.or_else(|| fits(0).map(|span| (0, run.source_range(span.0, span.1).0, span))) else {
        *standing = (0, 0);
        return;
    };
    if nth + 1 == words.len() {
        place(began, run.source_range(from, to).1);
        *standing = (0, 0);
    } else {
        *standing = (nth + 1, began);
    }
}

/// The byte range that shows the most different parts of the query; of equals, the first.
fn window(text: &str, places: &[Place]) -> (usize, usize) {
    let Some(first) = places.first() else {
        let from = text.len() - text.trim_start().len();
        return (from, forward(text, from, WIDTH));
    };
    let mut best = (0, 0, first);
    for (at, place) in places.iter().enumerate() {
        // Bytes and not widths: near enough to choose by, and a Han character is wide in both.
        let near = places[at..].iter().take_while(|p| p.to < place.from + WIDTH);
        let (mut seen, mut count) = (0u64, 0usize);
        for p in near.take(64) {
            seen |= 1 << (p.mark % 64);
            count += 1;
        }
        let value = (seen.count_ones() as usize, count.min(4), place);
        if (value.0, value.1) > (best.0, best.1) {
            best = value;
        }
    }
    let from = back(text, best.2.from, WIDTH / 4);
    (from, forward(text, from, WIDTH).max(best.2.to))
}

fn width(c: char) -> usize {
    if c.is_ascii() { 1 } else { 1 + usize::from(c >= '\u{1100}') }
}

/// A place at most `cells` before `at` where a piece may begin.
fn back(text: &str, at: usize, cells: usize) -> usize {
    let mut left = cells;
    let mut begin = at;
    let mut good = None;
    for (i, c) in text[..at].char_indices().rev() {
        if c == '\n' && text[..i].ends_with('\n') {
            return begin;
        }
        if left < width(c) {
            // Not inside a word, if one begins soon enough.
            return good.unwrap_or(begin);
        }
        left -= width(c);
        if c.is_whitespace() || (!c.is_ascii() && !c.is_alphanumeric()) {
            good = Some(begin);
        }
        begin = i;
    }
    begin
}

/// The end of a piece that begins at `at` and is at most `cells` wide.
fn forward(text: &str, at: usize, cells: usize) -> usize {
    let mut left = cells;
    let mut good = at;
    for (i, c) in text[at..].char_indices() {
        if left < width(c) {
            // A very long word is cut rather than shown as nothing.
            return if good > at + cells / 2 { good } else { at + i };
        }
        left -= width(c);
        if !c.is_ascii() || !c.is_ascii_alphanumeric() {
            good = at + i + if c.is_whitespace() { 0 } else { c.len_utf8() };
        }
    }
    text.len()
}

/// Adds `text`, made plain, to the last fragment if it is of the same sort.
fn push(out: &mut Vec<Fragment>, text: &str, marked: bool) {
    if text.is_empty() {
        return;
    }
    if out.last().is_none_or(|f| f.marked != marked) {
        out.push(Fragment { text: String::new(), marked });
    }
    let blank_before = out.iter().rev().find_map(|f| f.text.chars().last()).is_none_or(char::is_whitespace);
    let Some(last) = out.last_mut() else { return };
    let mut blank = blank_before;
    for c in text.chars() {
        if c.is_whitespace() || matches!(c, '|' | '`' | '*' | '#' | '>' | '_' | '\\') || c.is_control() {
            if !blank {
                last.text.push(' ');
            }
            blank = true;
        } else if !runs::is_invisible(c) {
            last.text.push(c);
            blank = false;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::query;
    use super::*;

    fn snippet(text: &str, asked: &str) -> String {
        let Snippet { pieces, .. } = query::read(asked, query::Han::Apart).marks.cut(text);
        pieces.iter().map(|f| if f.marked { format!("[{}]", f.text) } else { f.text.clone() }).collect()
    }

    #[test]
    fn the_words_asked_for_are_marked_in_any_of_their_forms() {
        assert_eq!(
            snippet("Bridges were repaired; the repair of one Bridge waits.", "bridge repairs"),
            "[Bridges] were [repaired]; the [repair] of one [Bridge] waits."
        );
        assert_eq!(
            snippet("关于公开政府信息的通知：ＡＢ类信息。", "政府 信息 ab"),
            "关于公开[政府][信息]的通知：[ＡＢ]类[信息]。".replace("][", "")
        );
    }

    #[test]
    fn a_phrase_is_marked_only_where_it_stands() {
        assert_eq!(snippet("pay and gap; the pay gap.", "\"pay gap\""), "pay and gap; the [pay gap].");
        assert_eq!(snippet("第5号。国发（2019）5号。", "国发〔2019〕5号"), "第5号。[国发（2019）5号]。");
    }

    #[test]
    fn the_piece_comes_from_where_the_words_are() {
        let text =
            format!("{}\n\nThe harbour master counts lanterns at dusk.\n\n{}", "Filler line. ".repeat(500), "More filler. ".repeat(500));
        let piece = snippet(&text, "lanterns harbour");
        assert!(piece.starts_with('…') && piece.contains("[harbour] master counts [lanterns]"), "{piece}");
        assert!(piece.chars().count() < 230, "{piece}");
    }

    /// What lets a page read the beginning of a long text only.
    #[test]
    fn a_piece_that_is_settled_is_the_same_whatever_follows() {
        let filler = "Filler line. ".repeat(500);
        let beginning = format!("{filler}The harbour master counts lanterns at dusk. {filler}");
        let marks = query::read("lanterns harbour", query::Han::Apart).marks;
        let short = marks.cut(&beginning);
        assert!(short.settled);
        assert_eq!(short, marks.cut(&format!("{beginning}Harbour lanterns, harbour lanterns. {filler}")));
        for open in [filler.as_str(), "The harbour master counts lanterns", "", "The harbour master. "] {
            assert!(!marks.cut(open).settled, "{open}");
        }
    }

    #[test]
    fn markup_and_invisible_characters_are_not_shown() {
        assert_eq!(snippet("# Title\n\n| a | **b**\u{202E} |\n\u{200B}", "none"), "Title a b");
    }

    #[test]
    fn any_text_gives_a_piece() {
        for text in ["", " ", "…", &"长".repeat(5000), &"x".repeat(5000), "\u{200B}", "a\u{301}\u{301}", "\0"] {
            for asked in ["", "x", "长", "青禾市 x"] {
                let _ = snippet(text, asked);
            }
        }
    }
}
