//! Where the checking island is mounted: once, at the end of every page's main part.

use crate::{islands::Checker, view::Shell, words};
use leptos::prelude::*;

/// The island wraps nothing: it finds the page's elements, its own words among them, by [`crate::contract`].
pub(super) fn checker(shell: &Shell<'_>) -> impl IntoView + use<> {
    let words = words::island(shell.lang).written();
    view! {
        <div data-words=words hidden></div>
        <Checker/>
    }
}
