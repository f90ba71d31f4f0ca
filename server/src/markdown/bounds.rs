//! Which texts are drawn by their Markdown: none so long, or in so many quotations and lists at once, that drawing it costs more
//! than in proportion to its length.

/// Longer texts are shown as they are written.
const LONGEST: usize = 1 << 20;
/// Deeper in one another elements of a page do not stand: browsers stop at a few hundred, and no text needs more than a few.
pub(super) const DEEPEST: usize = 32;
/// Every line costs the parser a step for each quotation and item that it may go on, so that there must not be very many. What
/// is counted here may be several times what there is.
const OPEN: usize = 128;

/// Whether a text may be handed to the parser.
pub(super) fn within(text: &str) -> bool {
    text.len() <= LONGEST && text.split(['\n', '\r']).all(|line| opened(line.as_bytes()) <= OPEN)
}

/// How deep in quotations and items a line may open one. It must repeat the mark of each quotation that it is in, and be
/// indented by two columns or more for each item.
fn opened(line: &[u8]) -> usize {
    let (mut at, mut marks, mut space) = (0, 0, 0);
    while let Some(byte) = line.get(at) {
        let ends = |behind: usize| line.get(behind).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
        match byte {
            b' ' => space += 1,
            b'\t' => space += 4,
            b'>' => marks += 1,
            b'-' | b'+' | b'*' if ends(at + 1) => marks += 1,
            b'0'..=b'9' => {
                let digits = line[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                if !(line.get(at + digits).is_some_and(|byte| matches!(byte, b'.' | b')')) && ends(at + digits + 1)) {
                    break;
                }
                marks += 1;
                at += digits;
            }
            _ => break,
        }
        at += 1;
    }
    // A line that opens nothing may be indented as it likes.
    if marks == 0 { 0 } else { marks + space / 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_quotations_and_items_is_counted_and_nothing_else() {
        for (line, depth) in
            [("> > - 1. a", 6), ("- a", 1), ("    text", 0), ("2026-01-01", 0), ("1.5 million", 0), ("**a**", 0), ("\t- a", 3)]
        {
            assert_eq!(opened(line.as_bytes()), depth, "{line}");
        }
    }

    #[test]
    fn a_text_that_opens_very_many_at_once_is_out_of_bounds_wherever_it_does() {
        assert!(within(&"> ".repeat(60)) && within(&"- a\n".repeat(10_000)));
        for deep in ["> ".repeat(200), "- ".repeat(200), "1) ".repeat(200), format!("a\n\n{}- a", " ".repeat(400)), "- > ".repeat(100)] {
            assert!(!within(&deep), "{deep}");
        }
        assert!(!within(&"a".repeat(LONGEST + 1)));
    }
}
