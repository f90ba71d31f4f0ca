//! Where the checking island is mounted: once, at the end of every page's main part.

use crate::{Lang, islands::Checker, view::Shell, words};
use leptos::prelude::*;

/// The island wraps nothing: it finds the page's elements by [`crate::contract`].
pub(super) fn checker(shell: &Shell<'_>) -> impl IntoView + use<> {
    let words = words::island(shell.lang);
    let zh = shell.lang == Lang::Zh;
    view! { <Checker words=words zh=zh/> }
}
