//! A text on a page is compared with the committed one: whatever is said differently is found, however it was made to fit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::check::{Answer, Reader, Scope, Shown, shows};
use common::{evidence::*, story::*};

const NOTICE: &str = "# Budget 2026\n\nThe levy is **not** due. It falls by -3.5 % to [the rates](https://rates.example/a?b=1&c=2).\n\n\
    1. Roads: 1,200\n2. Schools: 900\n\n| Year | Sum |\n|---|---:|\n| 2025 | 10 |\n| 2026 | 12 |\n\n\
    > Appeals within 30 days.\n\n```\nif a < b\n```\n\nSigned \\*in person\\* &amp; sealed.  \nQinghe\n";

const PAGE: &str = "<h2>Budget 2026</h2>\n<p>The levy is <strong>not</strong> due. It falls by -3.5 % to \
    <a href=\"https://rates.example/a?b=1&amp;c=2\" rel=\"nofollow noopener noreferrer\">the rates</a>.</p>\n\
    <ol>\n<li>Roads: 1,200</li>\n<li>Schools: 900</li>\n</ol>\n<table><thead><tr><th>Year</th><th>Sum</th></tr></thead><tbody>\n\
    <tr><td>2025</td><td>10</td></tr>\n<tr><td>2026</td><td>12</td></tr>\n</tbody></table>\n\
    <blockquote>\n<p>Appeals within 30 days.</p>\n</blockquote>\n<pre><code>if a &lt; b\n</code></pre>\n\
    <p>Signed *in person* &amp; sealed.<br>\nQinghe</p>\n";

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
    for (what, from, to) in [
        ("a word dropped", "<strong>not</strong> ", ""),
        ("a word altered", "falls", "rises"),
        ("a letter's case", "Signed", "signed"),
        ("a digit changed", "1,200", "1,800"),
        ("a digit dropped", "10</td>", "1</td>"),
        ("a sign dropped", "-3.5", "3.5"),
        ("a sign added", "3.5 %", "3.5 %%"),
        ("a mark of punctuation", "due.", "due?"),
        ("words run together", "The levy", "Thelevy"),
        ("a word cut in two", "levy", "le vy"),
        ("a number cut in two by an element", "1,200", "1,2</li><li>00"),
        ("a paragraph inserted", "<blockquote>", "<p>Approved.</p><blockquote>"),
        ("a paragraph dropped", "<p>Appeals within 30 days.</p>", ""),
        ("the end dropped", "<br>\nQinghe</p>", "</p>"),
        ("words after the end", "Qinghe</p>", "Qinghe</p><p>And more</p>"),
        ("a row dropped", "<tr><td>2025</td><td>10</td></tr>", ""),
        ("two cells exchanged", "<td>2026</td><td>12</td>", "<td>12</td><td>2026</td>"),
        ("a cell emptied into its neighbour", "<td>2026</td><td>12</td>", "<td></td><td>2026 12</td>"),
        ("two cells run together", "<td>2026</td><td>12</td>", "<td>2026 12</td>"),
        ("items exchanged", "<li>Roads: 1,200</li>\n<li>Schools: 900</li>", "<li>Schools: 900</li>\n<li>Roads: 1,200</li>"),
        ("an item more", "<li>Schools", "<li></li><li>Schools"),
        ("a list's numbers", "<ol>", "<ol start=\"4\">"),
        ("an item's number", "<li>Schools", "<li value=\"7\">Schools"),
        ("a list without its numbers", "ol>", "ul>"),
        ("an escaped sign dropped", "*in person*", "in person"),
        ("an escaped sign taken for a mark", "*in person*", "<em>in person</em>"),
        ("words struck out", "due", "<del>due</del>"),
        ("words raised", "2026</h2>", "<sup>2026</sup></h2>"),
        ("what a reference stands for", "&amp; sealed", "and sealed"),
        ("what code says", "a &lt; b", "a b"),
        ("a link's address", "b=1", "b=2"),
        ("a link's address shortened", "?b=1&amp;c=2", ""),
        ("a link to nowhere", "href=\"https://rates.example/a?b=1&amp;c=2\" ", ""),
        ("a link where none is", "Qinghe", "<a href=\"https://elsewhere.example/\">Qinghe</a>"),
        ("words that are hidden", "<strong>", "<strong hidden=\"\">"),
        ("words that are styled away", "<strong>", "<strong style=\"display:none\">"),
        ("words of another class", "<p>Appeals", "<p class=\"gone\">Appeals"),
        ("a title that pops up", "<p>Appeals", "<p title=\"None\">Appeals"),
        ("a picture", "Qinghe", "Qinghe<img src=\"/seal.png\">"),
        ("a comment", "Qinghe", "<!-- x -->Qinghe"),
        ("a script", "Qinghe", "Qinghe<script>1</script>"),
        ("a character that cannot be seen", "levy", "le\u{200b}vy"),
        ("a character that turns the text", "1,200", "\u{202e}1,200"),
        ("a mark of the source shown again", "Budget", "# Budget"),
    ] {
        assert!(PAGE.contains(from), "{what}");
        assert!(shows(&PAGE.replacen(from, to, 1), NOTICE, true).is_err(), "{what}");
    }
    let (first, rest) = PAGE.split_once("<p>Signed").unwrap();
    assert!(shows(&format!("<p>Signed{rest}{first}"), NOTICE, true).is_err(), "a paragraph moved");
}

/// What Markdown would take for syntax elsewhere, and what an operator might call syntax, is text where it is text.
#[test]
fn nothing_hides_in_what_looks_like_syntax() {
    for (source, page) in [
        // Signs that are no marks, called marks.
        ("2 * 3 * 4", "<p>2 <em> 3 </em> 4</p>"),
        ("2 * 3 * 4", "<p>2 3 4</p>"),
        ("snake_case_name", "<p>snake<em>case</em>name</p>"),
        ("about ~ 5 ~ 6", "<p>about <del> 5 </del> 6</p>"),
        ("-5 degrees", "<ul><li>5 degrees</li></ul>"),
        ("-5 degrees", "<p>5 degrees</p>"),
        ("see - 5", "<p>see</p><ul><li>5</li></ul>"),
        ("1986. A year", "<p>A year</p>"),
        ("1986. A year", "<ol><li>A year</li></ol>"),
        ("3. a\n5. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"),
        ("#5 in line", "<h2>5 in line</h2>"),
        ("no. # 5", "<p>no.</p><h2>5</h2>"),
        ("# about C#", "<h2>about C</h2>"),
        ("a > b", "<p>a</p><blockquote><p>b</p></blockquote>"),
        ("> a", "<p>a</p>"),
        ("a | b", "<p>a b</p>"),
        ("a | b", "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table><p></p>"),
        ("--- a", "<hr><p>a</p>"),
        ("a\n- - -\nb", "<p>a b</p>"),
        ("`rm -rf`", "<p>rm -rf</p>"),
        ("`a\\*b`", "<p><code>a*b</code></p>"),
        ("`&lt;`", "<p><code>&lt;</code></p>"),
        // What stands in the source only as syntax is shown nowhere.
        ("[rates](https://a.example/increased)", "<p>rates increased</p>"),
        ("[rates](https://a.example/x \"increased\")", "<p>rates increased</p>"),
        ("[rates](https://a.example/increased)", "<p>rates</p>"),
        ("```danger\na\n```", "<p>danger</p><pre><code>a</code></pre>"),
        ("```not all of this is unseen\na\n```", "<pre><code>a</code></pre>"),
        ("<b>a</b>", "<p>a</p>"),
        ("<!-- not --> due", "<p>due</p>"),
        ("a <void> b", "<p>a b</p>"),
        // Definitions are definitions only where Markdown says so.
        ("Note\n[sum]: 500", "<p>Note</p>"),
        ("[sum]: 500 and more", ""),
        ("[^1]: 500", ""),
        ("[a][b]\n\n[b]: https://b.example/\n", "<p><a href=\"https://c.example/\">a</a></p>"),
        ("| a |\n|---|\n| b | c |", "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"),
        ("a\n\nb | c", "<p>a</p><p>b c</p>"),
        // Names of characters that not every reader resolves, and others that merely look like one.
        ("R&D; and &frac12;", "<p>R and ½</p>"),
        ("AT&amp;T", "<p>AT&amp;amp;T</p>"),
        // Elements that do not say what they were made from.
        ("a", "<p><span>a</span></p>"),
        ("a", "<p>a</p></p>"),
        ("a", "<p>a"),
        ("a", "<p>a</p><p"),
        ("a", "<p>a</em>"),
        ("a", "<PRE>a</PRE>"),
    ] {
        assert!(shows(page, source, true).is_err(), "{source:?} is not {page}");
    }
    for (source, page) in [
        ("# a *b*", "<pre>a b</pre>"),
        ("```\na\n```", "<pre>a</pre>"),
        ("a", "<p>a</p>"),
        ("a b", "<pre>a <b>b</b></pre>"),
        ("a b", "<pre>a <code>b</code></pre>"),
    ] {
        assert!(shows(page, source, false).is_err(), "{source:?} as plain text is not {page}");
    }
}

#[test]
fn markdown_in_all_its_forms_passes() {
    for (source, page) in [
        ("Title\n===\n\nb\n", "<h1>Title</h1>\n<p>b</p>\n"),
        ("## C# ##", "<h2>C#</h2>"),
        ("***a** b*", "<p><em><strong>a</strong> b</em></p>"),
        ("_a_, __b__ ~~c~~", "<p><em>a</em>, <strong>b</strong> <del>c</del></p>"),
        ("“_强调_”", "<p>“<em>强调</em>”</p>"),
        ("`` a`b ``", "<p><code>a`b</code></p>"),
        ("a <br/>b", "<p>a <br>\nb</p>"),
        ("a\\\nb", "<p>a<br>\nb</p>"),
        ("- a\n\n  b\n- - c\n", "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n<li>\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n"),
        ("1. a\n3. b\n", "<ol>\n<li>a</li>\n<li value=\"3\">b</li>\n</ol>\n"),
        ("> a\n> > b\n> c\n", "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b\nc</p>\n</blockquote>\n</blockquote>\n"),
        ("> ```\n> > a\n> ```\n\nb", "<blockquote>\n<pre><code>&gt; a\n</code></pre>\n</blockquote>\n<p>b</p>"),
        ("    # a\n\n    b\n", "<pre><code># a\n\nb\n</code></pre>"),
        ("~~~ rust\na\n~~~\n", "<pre><code>a\n</code></pre>"),
        ("a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("<https://a.example/?x=1&y=2>", "<p><a href=\"https://a.example/?x=1&amp;y=2\">https://a.example/?x=1&amp;y=2</a></p>"),
        ("<a@b.example>", "<p><a href=\"mailto:a@b.example\">a@b.example</a></p>"),
        ("[公报](/zh/公报 '附')", "<p><a href=\"/zh/%E5%85%AC%E6%8A%A5\">公报</a></p>"),
        ("[a](<b c>)[d](e(f))", "<p><a href=\"b%20c\">a</a><a href=\"e(f)\">d</a></p>"),
        ("![seal](/seal.png)", "<p><a href=\"/seal.png\">seal</a></p>"),
        (
            "[a][B] [b][] [b]\n\n[b]: https://b.example/ \"c\"\n[d]: /e\n",
            "<p><a href=\"https://b.example/\">a</a> <a href=\"https://b.example/\">b</a> <a href=\"https://b.example/\">b</a></p>",
        ),
        (
            "a|b\n-|-\n`c\\|d`|e\nf\n",
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>\n<tr><td><code>c|d</code></td><td>e</td></tr>\n<tr><td>f</td><td></td></tr>\n</tbody></table>\n",
        ),
        ("§&sect;&#167;&#xA7; R&D;", "<p>§§§§ R&amp;D;</p>"),
        ("a&nbsp;b", "<p>a&nbsp;b</p>"),
        ("　　第一条　总则", "<p>　　第一条　总则</p>"),
        ("a <b>c</b>", "<p>a <code>&lt;b&gt;</code>c<code>&lt;/b&gt;</code></p>"),
        (
            "<table>\n<tr>*a* &amp;</tr>\n</table>\n\nb",
            "<pre>&lt;table&gt;\n&lt;tr&gt;*a* &amp;amp;&lt;/tr&gt;\n&lt;/table&gt;\n</pre>\n<p>b</p>",
        ),
        ("a\r\nb\r\n", "<p>a\nb</p>"),
        ("a\0b", "<p>a\u{fffd}b</p>"),
    ] {
        assert_eq!(shows(page, source, true), Ok(()), "{source:?} is {page}");
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
