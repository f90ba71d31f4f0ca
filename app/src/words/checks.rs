//! What each of the eight checks is called, what it asks, and what each answer means.

/// The words of one check in one language.
pub struct CheckWords {
    pub name: &'static str,
    /// The question it answers, as a reader would ask it.
    pub question: &'static str,
    /// How it is decided.
    pub explains: &'static str,
    pub holds: &'static str,
    pub fails: &'static str,
    pub pending: &'static str,
    pub not_applicable: &'static str,
    pub cannot_tell: &'static str,
    /// What to do when it fails.
    pub remedy: &'static str,
}

impl CheckWords {
    /// In the order of [`crate::phrases::IslandWords::checks`].
    pub fn sentences(&self) -> [&'static str; crate::phrases::PER_CHECK] {
        [self.holds, self.fails, self.pending, self.not_applicable, self.cannot_tell, self.remedy]
    }
}
