//! Comparing: what became of a text, line by line and word by word, within a time and a length that no text exceeds.

use crate::search::cut;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::time::Instant;

/// Lines around a change that are shown with it.
const AROUND: usize = 1;
/// Longest stretch of lines that is compared word by word, in bytes on both sides together.
const BY_WORDS: usize = 60_000;
/// Longest that takes no time worth bounding.
const SHORT: usize = 400;
/// Most bytes that are shown of one comparison.
const SHOWN: usize = 200_000;
/// Least part of a stretch, in a hundred, that must be the same for its words to be compared: less is another text.
const ALIKE: usize = 30;

/// A piece of text, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    Gone(String),
    New(String),
}

/// Some lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// As they were, shown for what stands beside them.
    Same(String),
    /// So many lines as they were.
    Folded(usize),
    Changed(Vec<Piece>),
}

/// What became of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    pub blocks: Vec<Block>,
    /// Whether there is more that is not shown.
    pub cut: bool,
}

impl Compared {
    /// Whether nothing changed.
    #[must_use]
    pub fn same(&self) -> bool {
        !self.blocks.iter().any(|block| matches!(block, Block::Changed(_)))
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Compares two texts. Once `until` has passed, what is left is compared coarsely, so that nobody waits.
#[must_use]
pub fn texts(before: &str, after: &str, until: Instant) -> Compared {
    let (old, new) = (lines(before), lines(after));
    let mut compared = Compared::default();
    let mut shown = 0;
    let ops = capture_diff_slices_deadline(Algorithm::Patience, &old, &new, Some(until));
    let last = ops.len().saturating_sub(1);
    for (at, op) in ops.into_iter().enumerate() {
        if shown > SHOWN {
            compared.cut = true;
            break;
        }
        if let DiffOp::Equal { new_index, len, .. } = op {
            let run = &new[new_index..new_index + len];
            // At the ends there is a change on one side only.
            let (head, tail) = (if at == 0 { 0 } else { AROUND }, if at == last { 0 } else { AROUND });
            if run.len() <= head + tail + 1 {
                compared.blocks.push(Block::Same(run.concat()));
            } else {
                let same = |lines: &[&str]| (!lines.is_empty()).then(|| Block::Same(lines.concat()));
                compared.blocks.extend(same(&run[..head]));
                compared.blocks.push(Block::Folded(run.len() - head - tail));
                compared.blocks.extend(same(&run[run.len() - tail..]));
            }
            continue;
        }
        let (gone, came) = (old[op.old_range()].concat(), new[op.new_range()].concat());
        let room = SHOWN.saturating_sub(shown);
        shown += gone.len() + came.len();
        if gone.len() + came.len() > room.max(BY_WORDS) {
            compared.cut = true;
            compared.blocks.push(Block::Changed(whole(head_of(&gone, room / 2), head_of(&came, room / 2))));
            break;
        }
        compared.blocks.push(Block::Changed(words(&gone, &came, until)));
    }
    compared
}

/// So much of a text, whole characters.
fn head_of(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn whole(before: &str, after: &str) -> Vec<Piece> {
    let gone = (!before.is_empty()).then(|| Piece::Gone(before.to_owned()));
    gone.into_iter().chain((!after.is_empty()).then(|| Piece::New(after.to_owned()))).collect()
}

/// Compares two lines, or a few, by their words: Han as the dictionary cuts it.
#[must_use]
pub fn words(before: &str, after: &str, until: Instant) -> Vec<Piece> {
    if before == after {
        return vec![Piece::Same(before.to_owned())];
    }
    let length = before.len() + after.len();
    // What is short is compared however late it is: the dictionary is read when the first words are cut, and that takes its time.
    let until = (length > SHORT).then_some(until);
    if before.is_empty() || after.is_empty() || length > BY_WORDS || until.is_some_and(|until| Instant::now() > until) {
        return whole(before, after);
    }
    let (old, new) = (cut(before), cut(after));
    let mut pieces = Pieces::default();
    let mut same = 0;
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, until) {
        if let DiffOp::Equal { new_index, len, .. } = op {
            let text = new[new_index..new_index + len].concat();
            same += text.trim().len();
            pieces.same(&text);
        } else {
            pieces.changed(&old[op.old_range()].concat(), &new[op.new_range()].concat());
        }
    }
    if same * 100 < ALIKE * before.trim().len().max(after.trim().len()) {
        return whole(before, after);
    }
    pieces.end()
}

/// Pieces as they come: what went and what came between two that stayed stand together.
#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
    gone: String,
    new: String,
    /// What stayed since, and is too little to be worth telling apart should more follow that did not.
    stayed: String,
}

impl Pieces {
    fn changed(&mut self, gone: &str, new: &str) {
        let stayed = std::mem::take(&mut self.stayed);
        self.gone.extend([&stayed, gone]);
        self.new.extend([&stayed, new]);
    }

    fn same(&mut self, text: &str) {
        let changed = !self.gone.is_empty() || !self.new.is_empty();
        if changed && self.stayed.is_empty() && text.trim().chars().count() < 2 && !text.contains('\n') {
            self.stayed.push_str(text);
            return;
        }
        self.settle();
        self.push_same(text);
    }

    fn push_same(&mut self, text: &str) {
        match self.done.last_mut() {
            Some(Piece::Same(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.done.push(Piece::Same(text.to_owned())),
        }
    }

    fn settle(&mut self) {
        let (gone, new, stayed) = (std::mem::take(&mut self.gone), std::mem::take(&mut self.new), std::mem::take(&mut self.stayed));
        self.done.extend(whole(&gone, &new));
        self.push_same(&stayed);
    }

    fn end(mut self) -> Vec<Piece> {
        self.settle();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn marked(pieces: &[Piece]) -> String {
        let mark = |piece: &Piece| match piece {
            Piece::Same(text) => text.clone(),
            Piece::Gone(text) => format!("[-{text}-]"),
            Piece::New(text) => format!("[+{text}+]"),
        };
        pieces.iter().map(mark).collect()
    }

    fn words_of(before: &str, after: &str) -> String {
        marked(&words(before, after, soon()))
    }

    /// The two texts that a comparison is of, read from it.
    fn sides(compared: &Compared, folded: &[&str]) -> (String, String) {
        let (mut before, mut after, mut folded) = (String::new(), String::new(), folded.iter());
        for block in &compared.blocks {
            match block {
                Block::Same(text) => [&mut before, &mut after].map(|side| side.push_str(text)),
                Block::Folded(_) => [&mut before, &mut after].map(|side| side.push_str(folded.clone().next().unwrap_or(&""))),
                Block::Changed(pieces) => {
                    for piece in pieces {
                        match piece {
                            Piece::Same(text) => [&mut before, &mut after].map(|side| side.push_str(text)),
                            Piece::Gone(text) => [before.push_str(text), ()],
                            Piece::New(text) => [after.push_str(text), ()],
                        };
                    }
                    [(), ()]
                }
            };
            if matches!(block, Block::Folded(_)) {
                folded.next();
            }
        }
        (before, after)
    }

    #[test]
    fn chinese_is_told_apart_by_words_and_english_by_words() {
        assert_eq!(words_of("全市灯笼于三月一日点亮。", "全市路灯于三月一日点亮。"), "全市[-灯笼-][+路灯+]于三月一日点亮。");
        assert_eq!(words_of("Each lantern is lit at six.", "Each lantern is lit at seven."), "Each lantern is lit at [-six-][+seven+].");
        assert_eq!(words_of("罚款5000元以下", "罚款50000元以下"), "罚款[-5000-][+50000+]元以下");
        assert_eq!(words_of("a", "a"), "a");
        assert_eq!(words_of("", "new"), "[+new+]");
        assert_eq!(words_of("old", ""), "[-old-]");
    }

    #[test]
    fn another_text_is_told_as_another_and_not_as_a_mosaic() {
        assert_eq!(words_of("The lanterns are lit.", "Nobody crosses a bridge!"), "[-The lanterns are lit.-][+Nobody crosses a bridge!+]");
    }

    #[test]
    fn what_did_not_change_is_folded_and_what_did_stands_with_its_surroundings() {
        let text = |middle: &str| format!("one\ntwo\nthree\nfour\n{middle}\nsix\nseven\neight\n");
        let compared = texts(&text("five and five"), &text("five and six"), soon());
        assert_eq!(
            compared.blocks,
            [
                Block::Folded(3),
                Block::Same("four\n".into()),
                Block::Changed(vec![
                    Piece::Same("five and ".into()),
                    Piece::Gone("five".into()),
                    Piece::New("six".into()),
                    Piece::Same("\n".into())
                ]),
                Block::Same("six\n".into()),
                Block::Folded(2),
            ]
        );
        assert_eq!(sides(&compared, &["one\ntwo\nthree\n", "seven\neight\n"]), (text("five and five"), text("five and six")));
        assert!(texts("a\nb\n", "a\nb\n", soon()).same() && !texts("a\n", "a", soon()).same());
    }

    #[test]
    fn nothing_is_lost_of_either_side_whatever_the_texts_are() {
        let texts_of = [
            "",
            "全部点亮。\n",
            "全部点亮。\n\n路灯二十盏。",
            "路灯\n全部点亮",
            "a\u{301} \t\n\n\nb",
            "# 一\n\n- 甲\n- 乙\n",
            "a b c d e\n",
        ];
        for before in texts_of {
            for after in texts_of {
                let compared = texts(before, after, soon());
                if !compared.blocks.iter().any(|block| matches!(block, Block::Folded(_))) {
                    assert_eq!(sides(&compared, &[]), (before.to_owned(), after.to_owned()));
                }
            }
        }
    }

    #[test]
    fn texts_without_end_and_time_that_has_passed_give_a_short_answer() {
        let long = |word: &str| format!("{word} ").repeat(200_000);
        let compared = texts(&long("lantern"), &long("bridge"), soon());
        let shown: usize = compared.blocks.iter().map(|block| format!("{block:?}").len()).sum();
        assert!(compared.cut && shown < 2 * SHOWN, "{shown}");
        let lines = |word: &str| (0..100_000).map(|number| format!("{word}{}\n", number * 7 % 1000)).collect::<String>();
        let compared = texts(&lines("a"), &lines("b"), Instant::now());
        let shown: usize = compared.blocks.iter().map(|block| format!("{block:?}").len()).sum();
        assert!(compared.cut && shown < 3 * SHOWN, "{shown}");
    }
}
