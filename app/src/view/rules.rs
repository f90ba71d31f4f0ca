//! An agency's rule of approval, as pages tell it: with the names under which its posts are registered.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalRule {
    /// The agency's entry that it stands in.
    pub registered: u64,
    pub kinds: Vec<RuledKind>,
    /// Posts that may skip a step.
    pub overriders: Vec<RuledPost>,
    /// Steps are logged with the publication they lead to.
    pub deferred: bool,
}

/// One kind of document, by its code, and the steps it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuledKind {
    pub genre: String,
    pub steps: Vec<RuledStep>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuledStep {
    pub code: String,
    pub posts: Vec<RuledPost>,
    /// How many of them must take it.
    pub count: usize,
    /// Codes of the steps it waits for.
    pub after: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuledPost {
    /// Its name in the page's language; its id where there is none.
    pub name: String,
    /// The newest entry that registers it; none of a post that only the rule names.
    pub registered: Option<u64>,
}
