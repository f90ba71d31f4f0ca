//! A rule of approval as a form: a row for each step, and back.

use super::Fields;
use app::view::desk::{RuleForm, RuleRow};
use chain::approval::{GenreRule, Rule, StepRule};

/// Empty rows at the end of the form.
const MORE_ROWS: usize = 3;
/// Most rows that are read of one.
const MOST_ROWS: usize = 64;

/// A rule as a form: a row for each step, its genre beside it.
pub(super) fn rule_rows(rule: &Rule) -> Vec<RuleRow> {
    let row = |genre: &GenreRule, step: &StepRule| RuleRow {
        genre: genre.genre.clone(),
        code: step.code.clone(),
        posts: step.posts.clone(),
        count: step.count.to_string(),
        after: step.after.join(" "),
    };
    rule.genres.iter().flat_map(|genre| genre.steps.iter().map(move |step| row(genre, step))).collect()
}

pub(super) fn rule_form(rule: Option<&Rule>) -> RuleForm {
    let form = RuleForm {
        rows: rule.map(rule_rows).unwrap_or_default(),
        overriders: rule.map(|rule| rule.overriders.join("\n")).unwrap_or_default(),
        deferred: rule.is_some_and(|rule| rule.deferred),
    };
    with_room(form)
}

pub(super) fn with_room(mut form: RuleForm) -> RuleForm {
    let row = || RuleRow { genre: "*".into(), count: "1".into(), ..RuleRow::default() };
    form.rows.extend(std::iter::repeat_with(row).take(MORE_ROWS));
    form
}

pub(super) fn typed_rule(fields: &Fields) -> RuleForm {
    let one = |name: &str, n: usize| fields.one(&format!("{name}-{n}")).trim().to_owned();
    let rows = (0..MOST_ROWS).map(|n| RuleRow {
        genre: one("genre", n),
        code: one("code", n),
        posts: fields.all(&format!("posts-{n}")).map(str::to_owned).collect(),
        count: one("count", n),
        after: one("after", n).split_whitespace().collect::<Vec<_>>().join(" "),
    });
    RuleForm {
        rows: rows.filter(|row| !row.code.is_empty()).collect(),
        overriders: fields.one("overriders").replace('\r', ""),
        deferred: fields.one("deferred") == "1",
    }
}

/// The rule that a form says, as JSON, if it is sound.
pub(super) fn written_rule(form: &RuleForm) -> Option<String> {
    let mut genres: Vec<GenreRule> = Vec::new();
    for row in &form.rows {
        let step = StepRule {
            code: row.code.clone(),
            posts: row.posts.clone(),
            count: row.count.parse().ok()?,
            after: row.after.split_whitespace().map(str::to_owned).collect(),
        };
        match genres.iter_mut().find(|genre| genre.genre == row.genre) {
            Some(genre) => genre.steps.push(step),
            None => genres.push(GenreRule { genre: row.genre.clone(), steps: vec![step] }),
        }
    }
    let overriders = form.overriders.split_whitespace().map(str::to_owned).collect();
    let rule = Rule { genres, overriders, deferred: form.deferred };
    (rule.is_sound() && !rule.genres.is_empty()).then(|| serde_json::to_string(&rule).ok())?
}
