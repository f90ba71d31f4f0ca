//! What runs in the reader's browser: one island that checks what the page shows and says what it found.
//!
//! It decides nothing itself. It fetches evidence from the same public addresses as anyone, asks `chain`, and marks
//! the page by [`crate::contract`].

#[cfg(feature = "hydrate")]
mod fetch;
#[cfg(feature = "hydrate")]
mod gather;
#[cfg(feature = "hydrate")]
mod itself;
#[cfg(feature = "hydrate")]
mod memory;
#[cfg(feature = "hydrate")]
mod panel;
#[cfg(feature = "hydrate")]
mod round;
#[cfg(any(feature = "hydrate", feature = "desk"))]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
pub(crate) mod shown;

#[cfg(any(feature = "ssr", feature = "hydrate"))]
use leptos::prelude::*;

/// Checks every entry on the page, from the newest down, and the page's own entry in full. It finds its words and the
/// page's language on the page: props would bring a reader of JSON with them, twice the size of what is to be read.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
#[island]
pub fn Checker() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(round::check_page());
}
