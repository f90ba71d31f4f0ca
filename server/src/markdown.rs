//! Markdown as pages show it: rendered, then cleaned of everything that could run, load or track.

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::{collections::HashSet, sync::LazyLock};

/// Text, tables, lists, headings and links; no images (they would load), no raw attributes beyond these.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .rm_tags(["img", "audio", "video", "map", "area"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("nofollow noopener noreferrer"))
        .add_tag_attributes("td", ["align"])
        .add_tag_attributes("th", ["align"]);
    builder
});

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_FOOTNOTES);

/// A document's headings stand below the page's own, which is its title.
fn lower(event: Event<'_>) -> Event<'_> {
    let below = |level: HeadingLevel| match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    };
    match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => Event::Start(Tag::Heading { level: below(level), id, classes, attrs }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    }
}

/// Safe HTML of a Markdown text. Raw HTML in it is cleaned like the rest.
#[must_use]
pub fn render(markdown: &str) -> String {
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    let first = |event: Event<'_>| matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }));
    if Parser::new_ext(markdown, OPTIONS).any(first) {
        html::push_html(&mut unsafe_html, Parser::new_ext(markdown, OPTIONS).map(lower));
    } else {
        html::push_html(&mut unsafe_html, Parser::new_ext(markdown, OPTIONS));
    }
    CLEANER.clean(&unsafe_html).to_string()
}

/// Safe HTML of a plain text: its lines as they are.
#[must_use]
pub fn plain(text: &str) -> String {
    format!("<pre>{}</pre>", ammonia::clean_text(text))
}

/// The words of a Markdown text without its marks, for snippets.
#[must_use]
pub fn words(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, OPTIONS) {
        match event {
            Event::Text(piece) | Event::Code(piece) => text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::TableCell) => text.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableHead | TagEnd::TableRow) => text.push('\n'),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_document_can_run_or_load() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](http://elsewhere.example/pixel.png)",
            "[click](javascript:alert(1))",
            "[click](data:text/html,<script>alert(1)</script>)",
            "<a href=\"&#106;avascript:alert(1)\">x</a>",
            "<svg onload=alert(1)>",
            "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
            "<iframe src=\"http://elsewhere.example\"></iframe>",
            "<form action=http://elsewhere.example><input></form>",
            "<p style=\"position:fixed\" onclick=alert(1) id=main>x</p>",
            "<base href=\"http://elsewhere.example\">",
            "<link rel=stylesheet href=http://elsewhere.example>",
        ] {
            let html = render(hostile).to_lowercase();
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
                " id=",
            ] {
                assert!(!html.contains(sign), "{hostile} became {html}");
            }
        }
    }

    #[test]
    fn a_page_has_one_first_heading_and_it_is_its_title() {
        assert_eq!(render("# A\n\n## B\n").trim(), "<h2>A</h2>\n<h3>B</h3>");
        assert_eq!(render("## B\n").trim(), "<h2>B</h2>");
    }

    #[test]
    fn a_snippet_has_words_and_no_marks() {
        assert_eq!(words("## 收入\n\n| 项目 | 万元 |\n|---|---:|\n| 税收 | 12 |\n"), "收入\n项目 万元 \n税收 12 \n");
    }

    #[test]
    fn tables_and_headings_survive() {
        let html = render("## 收入\n\n| 项目 | 万元 |\n|---|---:|\n| 税收 | 12 |\n");
        assert!(html.contains("<h2>收入</h2>") && html.contains("<table>") && html.contains("12</td>"), "{html}");
    }
}
