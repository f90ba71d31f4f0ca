//! What needs a disk, a clock or a socket.

pub mod compare;
pub mod compose;
pub mod departments;
pub mod drafts;
pub mod evidence;
pub mod follow;
pub mod fsck;
pub mod http;
pub mod import;
pub mod journal;
pub mod keys;
pub mod mail;
pub mod mark;
pub mod markdown;
pub mod node;
pub mod recover;
pub mod registrar;
pub mod sample;
pub mod search;
pub mod sequencer;
pub mod staff;
pub mod store;
pub mod views;
pub mod visible;
pub mod vouch;
