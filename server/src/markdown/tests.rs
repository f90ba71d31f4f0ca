//! What is drawn of documents, judged: by others who clean HTML, and by what readers' browsers ask.

use super::*;
use ammonia::Builder;
use proptest::prelude::*;
use std::{collections::HashSet, sync::LazyLock};

/// Somebody else's judge: a browser's own parser and writer, with a list of what may stand in a page.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .rm_tags(["img", "audio", "video", "map", "area"])
        .url_schemes(HashSet::from(SCHEMES))
        .link_rel(Some("nofollow noopener noreferrer"))
        .add_tag_attributes("li", ["value"])
        .add_tag_attributes("td", ["align"])
        .add_tag_attributes("th", ["align"]);
    builder
});

/// What is drawn, safe already and written as a browser writes it: its parser and a cleaner find nothing to change.
fn judged(markdown: &str) {
    let html = render(markdown).html.replace('\u{a0}', "&nbsp;").replace("&quot;", "\"").replace("\r\n", "\n").replace('\r', "\n");
    // Of line breaks that a `<pre>` begins with, a parser drops one.
    let meant = html.strip_prefix("<pre>\n").map_or(html.clone(), |text| format!("<pre>{text}"));
    assert_eq!(CLEANER.clean(&html).to_string(), meant, "{markdown:?}");
}

#[test]
fn nothing_in_a_document_can_run_or_load() {
    for hostile in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](http://elsewhere.example/pixel.png)",
        "[click](javascript:alert(1))",
        "[click](data:text/html,<script>alert(1)</script>)",
        "[click](<java\tscript:alert(1)>)",
        "[click](java&Tab;script:alert(1))",
        "[click](java&#10;script&colon;alert(1))",
        "[click](&#1;javascript:alert(1))",
        "[click](\u{1}javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](javascript\\:alert(1))",
        "[click](vbscript:alert(1))",
        "[click](view-source:http://x)",
        "[click][x]\n\n[x]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "[click](http://x/\"hidden=\"x)",
        "[click](<http://x/\" hidden=\"x>)",
        "[click](http://x/'>\"><script>alert(1)</script>)",
        "```js\" hidden=\"x\na\n```",
        "[^\"><script>alert(1)</script>]\n\n[^\"><script>alert(1)</script>]: x",
        "1\" hidden=\"x. a",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<svg onload=alert(1)>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<iframe src=\"http://elsewhere.example\"></iframe>",
        "<form action=http://elsewhere.example><input></form>",
        "<p style=\"position:fixed\" onclick=alert(1) id=main>x</p>",
        "<base href=\"http://elsewhere.example\">",
        "<link rel=stylesheet href=http://elsewhere.example>",
    ] {
        judged(hostile);
        let html = render(hostile).html.to_lowercase();
        // What is shown as text does nothing.
        let html: String = html.split('<').map(|piece| piece.split('>').next().unwrap_or_default()).collect::<Vec<_>>().join("<");
        for sign in [
            "<script",
            "onerror",
            "onload",
            "onclick",
            "javascript:",
            "data:",
            "<img",
            "<iframe",
            "<form",
            "<base",
            "<link",
            "style=",
            "<svg",
            " hidden=",
            " id=",
        ] {
            assert!(!html.contains(sign), "{hostile} became {html}");
        }
        for address in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
            let scheme = address.split_once(':').map(|(scheme, _)| scheme);
            assert!(scheme.is_none_or(|scheme| SCHEMES.contains(&scheme)), "{hostile} leads to {address}");
        }
    }
}

#[test]
fn a_page_has_one_first_heading_and_it_is_its_title() {
    assert_eq!(render("# A\n\n## B\n").html.trim(), "<h2>A</h2>\n<h3>B</h3>");
    assert_eq!(render("## B\n").html.trim(), "<h2>B</h2>");
}

#[test]
fn html_in_a_document_is_shown_as_it_is_written() {
    assert_eq!(render("Versions <R302-V1 of it> *a*").html.trim(), "<p>Versions <code>&lt;R302-V1 of it&gt;</code> <em>a</em></p>");
    assert_eq!(render("<!-- not -->\n\ndue").html.trim(), "<pre>&lt;!-- not --&gt;\n</pre>\n<p>due</p>");
    assert_eq!(render("one<br/>two").html.trim(), "<p>one<br>\ntwo</p>");
}

/// Every reader's check passes what is drawn, and what it would not pass is drawn as the source itself.
#[test]
fn whatever_a_document_holds_its_page_says_it() {
    for (markdown, html) in [
        ("[click](javascript:alert(1))", "<p>[click](javascript:alert(1))</p>"),
        ("![seal](seal.png)", "<p><a href=\"seal.png\" rel=\"nofollow noopener noreferrer\">seal</a></p>"),
        ("[![a](b.png)](/c)", "<pre>[![a](b.png)](/c)</pre>"),
        ("1. a\n1. b\n3. c", "<ol>\n<li>a</li>\n<li value=\"1\">b</li>\n<li value=\"3\">c</li>\n</ol>"),
        ("a[^1]\n\n[^1]: b", "<p>a[^1]</p>\n<p>[^1]:</p>\n<p>b</p>"),
        ("&frac12; &amp; R&D;", "<p>&amp;frac12; &amp; R&amp;D;</p>"),
        ("| a |\n|---|\n| b | c |", "<pre>| a |\n|---|\n| b | c |</pre>"),
        ("a\0b", "<p>a\u{fffd}b</p>"),
        (
            "|a|\n|-:|\n|1|",
            "<table><thead><tr><th align=\"right\">a</th></tr></thead><tbody>\n<tr><td align=\"right\">1</td></tr>\n</tbody></table>",
        ),
        ("", ""),
    ] {
        assert_eq!(render(markdown).html.trim(), html);
        assert!(shows(&render(markdown).html, markdown, true).is_ok(), "{markdown}");
        judged(markdown);
    }
}

/// What costs more than its length, or is longer than any page, is not formatted; its page says what it says all the same.
#[test]
fn a_text_made_to_cost_or_to_nest_is_shown_as_it_is_written() {
    let lazy = "a\n".repeat(10_000);
    let deep = |opening: &str| format!("{}a\n{lazy}", opening.repeat(10_000));
    let nested = |depth: usize| (0..depth).map(|n| format!("{}- a\n", "  ".repeat(n))).collect::<String>();
    for text in [deep("- "), deep("> "), deep("1. "), deep("> - "), nested(40), "*a _b ".repeat(40) + &"c_ d* ".repeat(40)] {
        let Shown { html, formatted } = render(&text);
        assert!(!formatted && shows(&html, &text, true).is_ok());
        assert!(words(&text).contains('a'));
    }
    let long = "A line of text.\n\n".repeat(80_000);
    assert!(!render(&long).formatted && shows(&render(&long).html, &long, true).is_ok());
    assert!(render(&nested(12)).formatted);
}

proptest! {
    #[test]
    fn a_browser_finds_in_what_is_drawn_what_was_meant(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "a", "b c", "é国", "\n", "\n\n", " ", "    ", "\t", "# ", "## ", "- ", "1. ", "3) ", "> ", "* ", "*", "**", "_", "~~", "`", "```\n",
            "```rust\n", "|", "|a|b|\n|-:|:-|\n", "---\n", "===\n", "[", "]", "](x)", "](javascript:a)", "](HTTP://x/'\"<&)", "![", "<http://x/é>",
            "<a@b.example>", "<b>", "</b>", "<br>", "<script>", "</script>", "<!--", "-->", "<img src=x onerror=y>", "<svg/onload=z>", "&lt;", "&#106;",
            "&nbsp;", "&colon;", "&Tab;", "](&#1;java", "](<java\tscript:a>)", "\u{a0}", "\u{1}", "\r\n", "[^1]", "[^1]: ", "[x]: /y\n", "\\", "\"", "'", " style=\"text-align: right\"",
        ]), 0..40)
    ) {
        judged(&pieces.concat());
    }
}

#[test]
fn a_snippet_has_words_and_no_marks() {
    assert_eq!(words("## 收入\n\n| 项目 | 万元 |\n|---|---:|\n| 税收 | 12 |\n"), "收入\n项目 万元 \n税收 12 \n");
}

#[test]
fn tables_and_headings_survive() {
    let Shown { html, .. } = render("## 收入\n\n| 项目 | 万元 |\n|---|---:|\n| 税收 | 12 |\n");
    assert!(html.contains("<h2>收入</h2>") && html.contains("<table>") && html.contains("12</td>"), "{html}");
}
