//! An agency's rule of approval, with its posts by the names they are registered under.

use super::name_in;
use app::{
    Lang,
    view::{ApprovalRule, RuledKind, RuledPost, RuledStep},
};
use chain::{
    approval::{GenreRule, Rule, StepRule},
    state::State,
};
use std::collections::HashMap;

/// `registered`: the agency's entry that the rule stands in.
pub(crate) fn rule(state: &State, rule: &Rule, registered: u64, lang: Lang) -> ApprovalRule {
    let known: HashMap<&str, (u64, Option<&str>)> =
        state.posts().map(|(at, post)| (post.post.as_str(), (at.index, name_in(&post.name, lang)))).collect();
    let posts = |ids: &[String]| -> Vec<RuledPost> {
        let post = |id: &String| match known.get(id.as_str()) {
            Some((at, name)) => RuledPost { name: name.unwrap_or(id).to_owned(), registered: Some(*at) },
            None => RuledPost { name: id.clone(), registered: None },
        };
        ids.iter().map(post).collect()
    };
    let step = |of: &StepRule| RuledStep { code: of.code.clone(), posts: posts(&of.posts), count: of.count, after: of.after.clone() };
    let kind = |of: &GenreRule| RuledKind { genre: of.genre.clone(), steps: of.steps.iter().map(step).collect() };
    let kinds = rule.genres.iter().map(kind).collect();
    ApprovalRule { registered, kinds, overriders: posts(&rule.overriders), deferred: rule.deferred }
}
