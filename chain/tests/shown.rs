//! A text on a page is compared with the committed one: whatever is said differently is found, however it was made to fit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::check::{Answer, Reader, Scope, Shown, shows};
use common::{evidence::*, shown::*, story::*};

#[test]
fn a_page_that_says_what_was_sealed_passes() {
    assert_eq!(shows(PAGE, NOTICE, true), Ok(()));
    let source = NOTICE.replace('&', "&amp;").replace('<', "&lt;");
    assert_eq!(shows(&format!("<pre>{source}</pre>"), NOTICE, true), Ok(()), "the source itself");
    assert_eq!(shows("", "", true), Ok(()));
    assert_eq!(shows("<pre>one  *two*\n</pre>", "one *two*", false), Ok(()));
}

/// Each is done to the honest page, and must be there to be done.
#[test]
fn whatever_is_left_out_added_moved_or_altered_is_found() {
    for (what, from, to) in ALTERED {
        assert!(PAGE.contains(from), "{what}");
        assert!(shows(&PAGE.replacen(from, to, 1), NOTICE, true).is_err(), "{what}");
    }
    let (first, rest) = PAGE.split_once("<p>Signed").unwrap();
    assert!(shows(&format!("<p>Signed{rest}{first}"), NOTICE, true).is_err(), "a paragraph moved");
}

/// What Markdown would take for syntax elsewhere, and what an operator might call syntax, is text where it is text.
#[test]
fn nothing_hides_in_what_looks_like_syntax() {
    for (what, cases) in DEPARTURES {
        for (source, page) in *cases {
            assert!(shows(page, source, true).is_err(), "{what}: {source:?} is not {page}");
        }
    }
    for (source, page) in PLAIN {
        assert!(shows(page, source, false).is_err(), "{source:?} as plain text is not {page}");
    }
}

#[test]
fn markdown_in_all_its_forms_passes() {
    for (source, page) in SHOWN {
        assert_eq!(shows(page, source, true), Ok(()), "{source:?} is {page}");
    }
}

/// A megabyte of what costs most. Were any step to look at all that is left, this would need days, and never end.
#[test]
fn no_text_takes_longer_than_in_proportion() {
    const N: usize = 1 << 17;
    let numbered = |of: fn(usize) -> String| (0..N).map(of).collect::<String>();
    for (what, source, page, right) in [
        ("links", format!("{}[a]: /b\n", "[a]\n\n".repeat(N)), "<p><a href=\"/b\">a</a></p>\n".repeat(N), true),
        (
            "definitions",
            format!("{}{}", numbered(|n| format!("[{n}]: /{n}\n")), numbered(|n| format!("\n[{n}]\n"))),
            numbered(|n| format!("<p><a href=\"/{n}\">{n}</a></p>")),
            true,
        ),
        ("nested emphasis", format!("{}a{}", "*".repeat(N), "*".repeat(N)), format!("{}a{}", "<em>".repeat(N), "</em>".repeat(N)), false),
        ("marks shown", "*".repeat(4 * N), format!("<p>{}</p>", "<em>*</em>".repeat(N)), false),
        (
            "open marks",
            format!("{}a{}", "*a ".repeat(N), "*".repeat(N)),
            format!("<p>{}a{}</p>", "<em>a ".repeat(N), "</em>".repeat(N)),
            false,
        ),
        ("short emphasis", "*a* ".repeat(N), format!("<p>{}</p>", "<em>a</em> ".repeat(N)), true),
        ("code", "``a`b`` ".repeat(N), format!("<p>{}</p>", "<code>a`b</code> ".repeat(N)), true),
        ("code without an end", "`a`` ".repeat(N), format!("<p>{}</p>", "<code>a</code> ".repeat(N)), false),
        ("a long line", format!("[{}", "a".repeat(8 * N)), "<p></p>".repeat(N), false),
        ("quotations", format!("{}a", "> ".repeat(N)), format!("{}<p>a</p>{}", "<blockquote>".repeat(N), "</blockquote>".repeat(N)), true),
        ("titles", "[a](b \"c ".repeat(N), "<a href=\"b\">a</a>".repeat(N), false),
        ("labels", "[a][".repeat(N), "<a href=\"b\">a</a>".repeat(N), false),
        ("headings", "# a\n".repeat(N), "<h2>a</h2>".repeat(N), true),
        (
            "rows",
            format!("|a|\n|-|\n{}", "|b|\n".repeat(N)),
            format!("<table><thead><tr><th>a</th></tr></thead><tbody>{}</tbody></table>", "<tr><td>b</td></tr>".repeat(N)),
            true,
        ),
    ] {
        assert_eq!(shows(&page, &source, true).is_ok(), right, "{what}");
        assert!(shows(&format!("<pre>{}</pre>", source.replace('&', "&amp;")), &source, true).is_ok(), "{what} as they are");
    }
}

#[test]
fn c7_fails_on_a_disclosures_page_that_shows_another_text_or_none() {
    let story = story();
    let body = story.chain.facts.versions[&story.finance].parts[1].to_string();
    let page = |texts: &[(&str, &str)]| Shown {
        facts: vec![],
        texts: Some(texts.iter().map(|(of, html)| ((*of).into(), (*html).into())).collect()),
        ..Shown::default()
    };
    let bundle = story.chain.bundle(&[story.finance]);
    let reader = Reader::open(&bundle).unwrap();
    let ask = |shown: &Shown| {
        let found = reader.content(story.finance, &story.chain.contents, Scope::Everything, shown);
        (found.answer, found.reason)
    };
    let honest = "<h2>The budget</h2>\n<p>The text of it.</p>\n";
    assert_eq!(ask(&page(&[(&body, honest)])), HOLDS);
    let altered = honest.replace("text", "test");
    let body = body.as_str();
    let altered = altered.as_str();
    for texts in [
        &[][..],
        &[(body, altered)],
        &[(body, "")],
        &[("sha256:00", honest)],
        &[(body, honest), (body, altered)],
        &[(body, honest), ("", "<p>And</p>")],
    ] {
        assert_eq!(ask(&page(texts)), fails("shown-differs"), "{texts:?}");
    }
    let found = reader.content(story.finance, &story.chain.contents, Scope::Everything, &page(&[(body, altered)]));
    assert!(found.values.contains(&("shown", "st of it.\n".into())), "{:?}", found.values);
    // What did not arrive cannot be told; a text shown in place of a removed one was never sealed.
    let mut without = story.chain.contents.clone();
    without.remove(body);
    let found = reader.content(story.finance, &without, Scope::Everything, &page(&[(body, honest)]));
    assert_eq!((found.answer, found.reason), cannot_tell("not-fetched"));
    let removed = story.chain.facts.versions[&story.redacted].parts[1].to_string();
    let bundle = story.chain.bundle(&[story.redacted, story.redaction]);
    let reader = Reader::open(&bundle).unwrap();
    for (texts, expected) in [(&[][..], (Answer::Holds, "redacted")), (&[(removed.as_str(), "<p>Once more</p>")], fails("shown-differs"))] {
        let found = reader.content(story.redacted, &story.chain.contents, Scope::Everything, &page(texts));
        assert_eq!((found.answer, found.reason), expected);
    }
}

#[test]
fn c7_fails_on_a_page_that_shows_an_entry_otherwise_than_it_was_logged() {
    let story = story();
    let index = story.finance_status;
    let bundle = story.chain.bundle(&[index]);
    let reader = Reader::open(&bundle).unwrap();
    let ask = |entry: &str| {
        let shown = Shown { entry: Some(entry.into()), ..Shown::default() };
        let found = reader.content(index, &story.chain.contents, Scope::Everything, &shown);
        (found.answer, found.reason)
    };
    let logged = story.chain.entries[index as usize].as_str();
    assert_eq!(ask(logged), (Answer::NotApplicable, "no-parts"));
    for shown in [logged.replace("status", "statue"), logged.to_uppercase(), format!("{logged} "), String::new()] {
        assert_eq!(ask(&shown), fails("shown-differs"));
    }
}
