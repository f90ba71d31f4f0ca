//! Where the checking island is mounted: once, at the end of every page's main part.

use crate::{Lang, islands::Checker, view::Shell, words};
use leptos::prelude::*;
use std::sync::LazyLock;

/// The same on every page, and a third of most.
static WORDS: LazyLock<[String; 2]> = LazyLock::new(|| [Lang::Zh, Lang::En].map(|lang| words::island(lang).written()));

/// The island wraps nothing: it finds the page's elements, its own words among them, by [`crate::contract`].
pub(super) fn checker(shell: &Shell<'_>) -> impl IntoView + use<> {
    let [zh, en] = &*WORDS;
    let words = match shell.lang {
        Lang::Zh => zh.as_str(),
        Lang::En => en.as_str(),
    };
    view! {
        <div data-words=words hidden></div>
        <Checker/>
    }
}
