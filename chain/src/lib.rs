//! The Gazette protocol: what an entry is, and everything that decides whether it holds.
//!
//! Pure: no I/O, no clock, no async, no randomness of its own; the same code runs in the server, in the
//! browser, on the command line and over exported evidence. The interoperable parts follow C2SP, one room
//! per specification. `docs/protocol.md` specifies every byte; `vectors/` holds its test vectors.
//!
//! In scope: bytes, hashes, proofs, signatures, rules, and the checks C1 to C8.
//! Out of scope: storing and sequencing (`server`), fetching and showing (`app`).

pub mod approval;
#[cfg(feature = "batch")]
pub mod batch;
pub mod catalogue;
pub mod check;
pub mod checkpoint;
pub mod cosignature;
pub mod deed;
pub mod entry;
pub mod evidence;
pub mod hash;
pub mod holders;
pub mod json;
pub mod note;
pub mod part;
pub mod policy;
pub mod possession;
pub mod proof;
pub mod registry;
mod shape;
pub mod state;
pub mod statement;
pub mod tile;
pub mod time;
pub mod tree;

pub use hash::Hash;
