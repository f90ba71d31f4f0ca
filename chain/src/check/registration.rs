//! C7 of what registrars sign, before they do: whether their page displays all that a registration says, or all that an amendment
//! of the charter changes, set apart from what it leaves.

use super::{Code, Finding, Shown};
use crate::{
    approval::Rule,
    entry::Entry,
    statement::{Charter, Core, Key, Names, Reference, Statement, core_line},
    tree::leaf_hash,
};

/// Facts as a page displays them, in order: what each is, and its text.
pub type Facts = Vec<(String, String)>;

/// Whether what a page displays of a registration before a registrar signs it (`shown`) is all that its core line says, and no more:
/// whose it is, the entry it replaces, every name and its language; every key, in order, with who keeps it, if it says so, and how and from which entry on it
/// ended; then of an agency which bodies speak for it, or oversee it, whether it is an archive, and its rule.
#[must_use]
pub fn registration(line: &str, shown: &Shown) -> Finding {
    let code = Code::C7;
    let Ok((id, core)) = Core::read(line) else { return Finding::fails(code, "no-registration") };
    let (again, id, agency, names, keys, replaces): (_, &str, &str, &Names, &[Key], _) = match &core {
        Core::Agency(said) => (core_line("agency", &id, said), &said.agency, &said.agency, &said.name, &said.seals, said.replaces),
        Core::Post(said) => (core_line("post", &id, said), &said.post, &said.agency, &said.name, &said.keys, said.replaces),
        _ => return Finding::fails(code, "no-registration"),
    };
    // What no reader understands today no page shows, and a later reader might take it for something.
    if !again.is_ok_and(|again| again == line) {
        return Finding::fails(code, "more-said");
    }
    let mut said: Vec<(&str, String)> = vec![(core.kind(), id.to_owned())];
    if core.kind() == "post" {
        said.push(("agency", agency.to_owned()));
    }
    said.extend(replaces.map(|at| ("replaces", at.index.to_string())));
    said.extend(names.iter().flat_map(|(language, name)| [("language", language.clone()), ("name", name.clone())]));
    for key in keys {
        said.push(("key", key.key.to_string()));
        said.extend(key.custody.clone().map(|custody| ("custody", custody)));
        said.extend(key.ended.map(|ended| ("ended", format!("{} {}", ended.how.as_str(), ended.at))));
    }
    if let Core::Agency(core) = &core {
        said.extend(core.successor.clone().map(|body| ("successor", body)));
        said.extend(core.overseers.iter().map(|body| ("overseer", body.clone())));
        said.extend(core.archive.then(|| ("archive", "archive".to_owned())));
        said.extend(core.rule.iter().flat_map(rule));
    }
    displays(said.iter().map(|(name, text)| (*name, text.as_str())), shown)
}

/// Whether a page displays just these facts, in this order, and no other.
fn displays<'f>(said: impl Iterator<Item = (&'f str, &'f str)>, shown: &Shown) -> Finding {
    let differs = |name: &str, words: &str| Finding::fails(Code::C7, "shown-differs").with("member", name).with("shown", words);
    let mut displayed = shown.facts.iter();
    for (name, text) in said {
        let found = displayed.next();
        if found.is_none_or(|(of, words)| of != name || words != text) {
            return differs(name, found.map_or("", |(_, words)| words));
        }
    }
    displayed.next().map_or_else(|| Finding::holds(Code::C7), |(name, words)| differs(name, words))
}

/// Everything that a rule of approval says: how many steps there are, each with its genre, how many of which posts must take it, and
/// after which; then who may skip one, and whether they are logged with what they lead to. Two rules that are sound never say the same.
fn rule(rule: &Rule) -> Vec<(&'static str, String)> {
    let steps = rule.genres.iter().flat_map(|genre| genre.steps.iter().map(move |step| (genre, step)));
    let mut said = vec![("rule", steps.clone().count().to_string())];
    for (genre, step) in steps {
        said.extend([("step", step.code.clone()), ("genre", genre.genre.clone()), ("count", step.count.to_string())]);
        said.extend(step.posts.iter().map(|post| ("taker", post.clone())));
        said.extend(step.after.iter().map(|code| ("after", code.clone())));
    }
    said.extend(rule.overriders.iter().map(|post| ("overrider", post.clone())));
    said.extend(rule.deferred.then(|| ("deferred", "deferred".to_owned())));
    said
}

/// What an amendment of a charter says, as it is shown to whoever signs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amended {
    /// What it takes out of the charter before, each named `was-…`, and what it puts in, named `new-…`.
    pub changes: Facts,
    /// What holds as before.
    pub stays: Facts,
}

/// What the charter that stands at `at` becomes by `now`.
#[must_use]
pub fn amended(at: Reference, before: &Charter, now: &Charter) -> Amended {
    let (mut changes, mut stays) = (Facts::new(), vec![("amends".to_owned(), at.index.to_string())]);
    for (was, is) in articles(before).into_iter().zip(articles(now)) {
        let named =
            |how: &str, article: &Article| article.iter().map(|(name, text)| (format!("{how}{name}"), text.clone())).collect::<Facts>();
        changes.extend(was.iter().filter(|article| !is.contains(article)).flat_map(|article| named("was-", article)));
        changes.extend(is.iter().filter(|article| !was.contains(article)).flat_map(|article| named("new-", article)));
        stays.extend(is.iter().filter(|article| was.contains(article)).flat_map(|article| named("", article)));
    }
    Amended { changes, stays }
}

/// What stands or falls together in a charter.
type Article = Vec<(&'static str, String)>;

/// A charter by what may change of it.
fn articles(charter: &Charter) -> [Vec<Article>; 8] {
    let one = |name: &'static str, text: String| vec![vec![(name, text)]];
    let names = charter.name.iter().map(|(language, name)| vec![("language", language.clone()), ("name", name.clone())]);
    let logs = charter.logs.iter().map(|log| vec![("log", log.key.to_string()), ("from", log.from.to_string())]);
    let registrars = charter.registrars.keys.iter().map(|key| vec![("registrar", key.to_string())]);
    [
        one("origin", charter.origin.clone()),
        one("trial", charter.trial.to_string()),
        names.collect(),
        one("zone", charter.zone.clone()),
        logs.collect(),
        registrars.collect(),
        one("threshold", charter.registrars.threshold.to_string()),
        // Its lines mean something only together.
        vec![charter.policy.split('\n').map(|line| ("policy", line.to_owned())).collect()],
    ]
}

/// Whether what a page displays of an amendment before a registrar signs it is all that its core line changes of the charter in the
/// entry `before`, and then all that it leaves. It must be the very entry that is amended, so nobody is shown another.
#[must_use]
pub fn amendment(line: &str, before: &[u8], shown: &Shown) -> Finding {
    let code = Code::C7;
    let Ok((id, Core::Charter(now))) = Core::read(line) else { return Finding::fails(code, "no-registration") };
    let Some(at) = now.amends else { return Finding::fails(code, "no-registration") };
    if !core_line("charter", &id, &now).is_ok_and(|again| again == line) {
        return Finding::fails(code, "more-said");
    }
    let other = || Finding::fails(code, "other-charter");
    let Some(entry) = Entry::parse(before).ok().filter(|entry| entry.header.index == at.index && leaf_hash(before) == at.leaf) else {
        return other();
    };
    let Ok(Statement { core: Core::Charter(before), .. }) = Statement::parse(entry.note.as_bytes()) else { return other() };
    let Amended { changes, stays } = amended(at, &before, &now);
    displays(changes.iter().chain(&stays).map(|(name, text)| (name.as_str(), text.as_str())), shown)
}
