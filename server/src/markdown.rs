//! Markdown as pages show it: rendered, then cleaned of everything that could run, load or track.

use ammonia::Builder;
use pulldown_cmark::{Options, Parser, html};
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

/// Safe HTML of a Markdown text. Raw HTML in it is cleaned like the rest.
#[must_use]
pub fn render(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut unsafe_html, Parser::new_ext(markdown, options));
    CLEANER.clean(&unsafe_html).to_string()
}

/// Safe HTML of a plain text: its lines as they are.
#[must_use]
pub fn plain(text: &str) -> String {
    format!("<pre>{}</pre>", ammonia::clean_text(text))
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
    fn tables_and_headings_survive() {
        let html = render("## 收入\n\n| 项目 | 万元 |\n|---|---:|\n| 税收 | 12 |\n");
        assert!(html.contains("<h2>收入</h2>") && html.contains("<table>") && html.contains("12</td>"), "{html}");
    }
}
