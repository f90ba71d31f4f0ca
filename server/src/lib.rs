//! What needs a disk, a clock or a socket.

pub mod compose;
pub mod keys;
pub mod mark;
pub mod node;
pub mod search;
pub mod sequencer;
pub mod store;
