//! Text from outside made fit to show: escaped, and with what cannot be seen written out.

use crate::contract::{unseen, written_out};
use crate::words::Words;
use std::borrow::Cow;
use std::fmt::Write;

/// Text for HTML: `&`, `<`, `>` and `"` escaped, nothing else touched.
pub fn escape(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(['&', '<', '>', '"']) else {
        return Cow::Borrowed(text);
    };
    let mut html = String::with_capacity(text.len() + 16);
    html.push_str(&text[..first]);
    for c in text[first..].chars() {
        push(&mut html, c);
    }
    Cow::Owned(html)
}

fn push(html: &mut String, c: char) {
    match c {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        c => html.push(c),
    }
}

/// Text as HTML, with each character that cannot be seen written out in a box of its own, so that
/// no title can hide or turn what stands beside it. [`crate::contract::shown`] reads it back.
pub fn marked<'a>(text: &'a str, words: &Words) -> Cow<'a, str> {
    if text.is_ascii() && !text.bytes().any(|byte| byte < b' ' || byte == 0x7f) || !text.contains(unseen) {
        return escape(text);
    }
    let mut html = String::with_capacity(text.len() + 128);
    for c in text.chars() {
        if unseen(c) {
            let code = written_out(c);
            // Writing to a String cannot fail.
            let _ = write!(html, r#"<span class="unseen" data-char="{:x}" title="{}">{code}</span>"#, c as u32, (words.item.unseen)(&code));
        } else {
            push(&mut html, c);
        }
    }
    Cow::Owned(html)
}

/// Text of several lines, for `<pre>`: line ends stay as they are.
pub fn marked_lines(text: &str, words: &Words) -> String {
    let mut html = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(line) => {
                html.push_str(&marked(line, words));
                html.push('\n');
            }
            None => html.push_str(&marked(line, words)),
        }
    }
    html
}

/// The same for places that take no markup: the window's title, a description.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if unseen(c) {
            shown.push_str(&written_out(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// A value for a query string.
pub fn query(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte as char),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lang;
    use crate::contract::{Piece, shown};
    use crate::words;

    #[test]
    fn markup_in_a_title_is_text() {
        let html = marked(r#"<script>alert("x")</script> & co"#, words::of(Lang::En));
        assert_eq!(html, "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co");
    }

    #[test]
    fn a_turned_title_shows_what_turns_it_and_reads_back_exactly() {
        let title = "Plan \u{202e}fdp.exe\u{200b}";
        let html = marked(title, words::of(Lang::En));
        assert!(!html.contains('\u{202e}') && !html.contains('\u{200b}'));
        assert!(html.contains(r#"data-char="202e""#) && html.contains(">U+200B</span>"));
        let pieces = [
            Piece::Text("Plan "),
            Piece::Char { code: "202e", text: "U+202E" },
            Piece::Text("fdp.exe"),
            Piece::Char { code: "200b", text: "U+200B" },
        ];
        assert_eq!(shown(pieces).as_deref(), Some(title));
    }

    #[test]
    fn a_carriage_return_does_not_become_another_character_on_its_way() {
        assert!(marked("a\rb", words::of(Lang::Zh)).contains("data-char=\"d\""));
    }

    #[test]
    fn a_query_value_cannot_open_another_parameter() {
        assert_eq!(query("国 a&b=c"), "%E5%9B%BD%20a%26b%3Dc");
    }
}
