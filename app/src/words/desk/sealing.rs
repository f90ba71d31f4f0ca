//! What pages say to an agency that keeps its own seal.

use super::Text;

pub struct SealingWords {
    pub title: Text,
    /// Before it is submitted, and until it is approved.
    pub from_the_start: Text,
    pub at_its_time: Text,
    pub open: Text,
    /// To those who do not bring it themselves.
    pub others: Text,
    pub how: Text,
    pub command: Text,
    pub key: Text,
    pub save: Text,
    pub file: Text,
    pub paste: Text,
    pub send: Text,
    pub sealed: Text,
    /// Where it stands, in a sentence, and in a list.
    pub stand: Text,
    pub tag: Text,
    pub not_taken: Text,
    /// Why what was brought was not taken, by its code.
    pub refused: fn(&str) -> Text,
}
