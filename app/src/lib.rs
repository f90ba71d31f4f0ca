//! What people see: pages, islands, words.
//!
//! The server fills the structs of [`view`] and calls one function of [`pages`] per page; each
//! answers a whole HTML document. The browser's half shares only [`codes`], [`contract`],
//! [`phrases`], [`dates`] and [`lang`], so that no page and no page's words travel in the wasm.

pub mod codes;
pub mod contract;
pub mod dates;
pub mod islands;
pub mod lang;
pub mod phrases;

#[cfg(feature = "desk")]
pub mod auditing;
#[cfg(any(feature = "ssr", feature = "desk"))]
pub mod deeds;
#[cfg(feature = "desk")]
pub mod signing;

#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod seal;
#[cfg(feature = "ssr")]
pub mod view;
#[cfg(feature = "ssr")]
pub mod words;

pub use lang::Lang;

/// Called by the boot script once the wasm is there; the islands are then hydrated one by one.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
