//! Writes the vectors of the checks C7 and C8: contents, what a page displays of them, and what a reader remembers.

use super::{
    common::{papers::*, story::*, *},
    make_chain::contents,
};
use chain::{
    catalogue::Subject,
    check::{Consistency, Memory, Reader, Scope, Shown, ShownPart, ShownStep, memory},
    checkpoint::Checkpoint,
    evidence::{Bundle, Content, Contents},
    part::Commitment,
    statement::{Ended, Ending, Part},
    tree::prove_consistency,
};
use serde_json::{Value, json};

pub fn content_cases(story: &Story) -> Vec<Value> {
    let parts = &story.chain.facts.versions[&story.finance].parts;
    let of = |only: &[chain::part::Commitment]| -> Contents {
        only.iter().map(|part| (part.to_string(), story.chain.contents[&part.to_string()].clone())).collect()
    };
    let title = [("title".to_owned(), "The budget".to_owned())].to_vec();
    let other = [("title".to_owned(), "The Budget".to_owned())].to_vec();
    let (whole, redacted) = (of(parts), of(&story.chain.facts.versions[&story.redacted].parts));
    let with = |content: Content| {
        let mut contents = whole.clone();
        contents.insert(parts[1].to_string(), content);
        contents
    };
    let cases = [
        ("all parts, the title shown", story.finance, None, whole.clone(), title.clone()),
        ("another title shown", story.finance, None, whole.clone(), other),
        ("the body altered", story.finance, None, with(Content::Text { salt: "00".repeat(16), text: "x".into() }), title.clone()),
        ("the body missing", story.finance, None, with(Content::Missing), title.clone()),
        ("the body not fetched", story.finance, None, of(&parts[..1]), title.clone()),
        (
            "the body said to be redacted by another's redaction",
            story.finance,
            Some(story.redaction),
            with(Content::Redacted { by: story.redaction }),
            title,
        ),
        ("a body redacted by its owner", story.redacted, Some(story.redaction), redacted, vec![]),
        ("no parts to check", 0, None, Contents::new(), vec![]),
    ];
    let mut written: Vec<Value> = cases
        .into_iter()
        .map(|(case, index, by, given, shown)| {
            let bundle = story.chain.bundle(&[Some(index), by].into_iter().flatten().collect::<Vec<_>>());
            content_case(case, index, &bundle, &given, &Shown { facts: shown, ..Shown::default() })
        })
        .collect();
    written.extend(shown_cases());
    written.extend(removed_cases(story));
    written.extend(listed_cases(story));
    written
}

/// `shown` is written as the facts alone where nothing else is displayed, else with each of its members.
fn content_case(case: &str, index: u64, bundle: &Bundle, given: &Contents, shown: &Shown) -> Value {
    let found = Reader::open(bundle).unwrap().content(index, given, Scope::Everything, shown);
    let parts = shown.parts.as_ref().map(|parts| parts.iter().map(|part| json!([part.commitment, part.name])).collect::<Vec<_>>());
    let members = json!({"facts": shown.facts, "named": shown.named, "texts": shown.texts, "entry": shown.entry, "parts": parts, "subjects": shown.subjects});
    let members = match &shown.steps {
        Some(steps) => {
            let steps: Vec<Value> = steps.iter().map(|step| json!([step.index, [step.stage, step.took]])).collect();
            json!({"facts": shown.facts, "named": shown.named, "steps": steps})
        }
        None => members,
    };
    let only_facts = *shown == Shown { facts: shown.facts.clone(), ..Shown::default() };
    let displayed = if only_facts { json!(shown.facts) } else { members };
    json!({"case": case, "index": index, "contents": contents(given), "shown": displayed, "answer": found.answer, "reason": found.reason, "bundle": bundle})
}

/// What a page displays otherwise than it was committed.
fn shown_cases() -> Vec<Value> {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "The budget");
    let index = chain.disclose(&paper);
    let bundle = chain.bundle(&[index]);
    let body = chain.facts.versions[&index].parts[1].to_string();
    let page = |html: &str| Shown { texts: Some(vec![(body.clone(), html.into())]), ..Shown::default() };
    let right = "<h1>The budget</h1>\n<p>The text of it.</p>\n";
    let title = |count: usize| Shown { named: true, facts: vec![("title".into(), "The budget".into()); count], ..Shown::default() };
    let stray = Shown { texts: Some(vec![(body.clone(), right.into()), ("sha256:00".into(), "<p>More.</p>".into())]), ..Shown::default() };
    let twice = Shown { texts: Some(vec![(body.clone(), right.into()), (body.clone(), right.into())]), ..Shown::default() };
    let entry = |text: String| Shown { entry: Some(text), ..Shown::default() };
    let logged = chain.entries[index as usize].clone();
    let cases = [
        ("the body shown", page(right)),
        ("the body shown with another word", page(&right.replace("text", "gist"))),
        ("the body shown twice", twice),
        ("the body not shown", Shown { texts: Some(vec![]), ..Shown::default() }),
        ("a text shown that is no part's", stray),
        ("the entry shown as logged", entry(logged.clone())),
        ("the entry shown otherwise", entry(logged.replace("notice", "order"))),
        ("the title shown once where it must be", title(1)),
        ("no title shown where it must be", title(0)),
        ("the title shown twice", title(2)),
    ];
    let mut written: Vec<Value> = cases.iter().map(|(case, shown)| content_case(case, index, &bundle, &chain.contents, shown)).collect();
    let mut chain = founded();
    let mut paper = chain.paper(HEALTH, "T");
    let catalogue = r#"{"title":"T","parts":["","Approved","Rejected"],"subjects":[{"id":"1","name":"Acme"},{"id":"2","name":"Bolt"}]}"#;
    (paper.parts[0].commitment, paper.parts[0].size) = (chain.keep(catalogue), catalogue.len() as u64);
    for text in ["yes", "no"] {
        let commitment = chain.keep(text);
        let part = paper.parts[1].clone();
        paper.parts.push(Part { role: "attachment".into(), size: text.len() as u64, commitment, ..part });
    }
    let index = chain.disclose(&paper);
    let bundle = chain.bundle(&[index]);
    let [yes, no] = [2, 3].map(|n| paper.parts[n].commitment.to_string());
    let parts = |list: &[(&str, &str)]| {
        let part = |(commitment, name): &(&str, &str)| ShownPart { commitment: (*commitment).into(), name: Some((*name).into()) };
        Shown { parts: Some(list.iter().map(part).collect()), ..Shown::default() }
    };
    let subject = |id: &str, name: &str| {
        let subject = Subject { scheme: None, id: id.into(), name: name.into() };
        Shown { subjects: Some(vec![subject]), ..Shown::default() }
    };
    let mut add = |case, shown: Shown| written.push(content_case(case, index, &bundle, &chain.contents, &shown));
    add("both attachments by their names", parts(&[(&yes, "Approved"), (&no, "Rejected")]));
    add("attachments' names exchanged", parts(&[(&yes, "Rejected"), (&no, "Approved")]));
    add("an attachment left out", parts(&[(&yes, "Approved")]));
    add("a subject beside its number", subject("1", "Acme"));
    add("a subject beside another's number", subject("2", "Acme"));
    written.extend(ground_cases());
    written
}

/// Why a version took the place of another, as a page shows it.
fn ground_cases() -> Vec<Value> {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "The budget");
    let first = chain.disclose(&paper);
    let mut paper = chain.paper(HEALTH, "The budget, corrected");
    (paper.revises, paper.ground) = (Some(chain.at(first)), Some("error-in-figures".into()));
    let second = chain.disclose(&paper);
    let cases = [
        ("a new version's ground", second, "error-in-figures"),
        ("another ground than a new version's", second, "error-in-text"),
        ("a ground of what has none", first, "error-in-figures"),
    ];
    let shown = |ground: &str| Shown { facts: vec![("ground".into(), ground.into())], ..Shown::default() };
    let case =
        |(case, index, ground): (&str, u64, &str)| content_case(case, index, &chain.bundle(&[index]), &chain.contents, &shown(ground));
    cases.into_iter().map(case).collect()
}

/// The steps of an approval, all of them or not, and where each stands.
fn listed_cases(story: &Story) -> Vec<Value> {
    let (chain, index, steps) = (&story.chain, story.finance, story.case.drawn(&story.chain));
    let with = |n: usize, change: &dyn Fn(&mut ShownStep)| {
        let mut steps = steps.clone();
        change(&mut steps[n]);
        steps
    };
    let bundle = chain.bundle(&[index]);
    let parts = chain.facts.versions[&index].parts.iter();
    let given: Contents = parts.map(|part| (part.to_string(), chain.contents[&part.to_string()].clone())).collect();
    let backwards = steps.iter().rev().cloned().collect();
    let stranger = ShownStep { index: story.health, stage: None, took: None };
    let cases = [
        ("every step listed, in whatever order", index, backwards),
        ("a step left out", index, steps[1..].to_vec()),
        ("a step listed twice", index, [&steps[..], &steps[..1]].concat()),
        ("a step of nothing", index, [&steps[..], &[stranger]].concat()),
        ("a step drawn beside one that it waited for", index, with(4, &|step| step.stage = Some(1))),
        ("a step drawn behind one that it did not wait for", index, with(2, &|step| step.stage = Some(2))),
        ("a step drawn as one that counts no more", index, with(1, &|step| step.stage = None)),
        ("a step said to have taken another time", index, with(3, &|step| step.took = Some("1".into()))),
        ("how long a step took left out", index, with(3, &|step| step.took = None)),
        ("a time that nothing tells", index, with(0, &|step| step.took = Some("0".into()))),
        ("no step listed", index, vec![]),
    ];
    cases
        .into_iter()
        .map(|(case, index, listed)| content_case(case, index, &bundle, &given, &Shown { steps: Some(listed), ..Shown::default() }))
        .collect()
}

/// What stands in a part's place, and a catalogue that does not read.
fn removed_cases(story: &Story) -> Vec<Value> {
    let mut written = Vec::new();
    let mut add = |case, chain: &Chain, index, bundle: &Bundle, part: Commitment, content: Content| {
        let parts = chain.facts.versions[&index].parts.iter();
        let mut given: Contents = parts.map(|part| (part.to_string(), chain.contents[&part.to_string()].clone())).collect();
        given.insert(part.to_string(), content);
        written.push(content_case(case, index, bundle, &given, &Shown::default()));
    };
    let (index, by) = (story.redacted, story.redaction);
    let body = |chain: &Chain, index: u64| chain.facts.versions[&index].parts[1];
    let part = body(&story.chain, index);
    let mut bundle = story.chain.bundle(&[index, by]);
    bundle.entries.retain(|logged| logged.index != by);
    add("the redaction not at hand", &story.chain, index, &bundle, part, Content::Redacted { by });
    add("a redaction beyond the tree", &story.chain, index, &bundle, part, Content::Redacted { by: 999_999 });
    let mut robbed = story.chain.state.agency(COUNCIL).unwrap().1.clone();
    robbed.seals[0].ended = Some(Ended { how: Ending::Compromised, at: 1 });
    let mut chain = story.chain.clone();
    let line = chain.line("agency", &robbed);
    chain.publish(&registered_by(&line, &[&registrar(2), &registrar(3)])).unwrap();
    let (index, by) = (story.before_theft, story.successor_redaction);
    add(
        "a redaction whose seal was reported stolen",
        &chain,
        index,
        &chain.bundle(&[index, by]),
        body(&chain, index),
        Content::Redacted { by },
    );
    let (mut chain, index) = (story.chain.clone(), story.finance);
    let part = body(&chain, index);
    let redaction = chain.redaction(FINANCE, index, vec![part]);
    let line = chain.line("redaction", &redaction);
    let mut unapproved = chain.clone();
    let by = unapproved.force(&sealed(&line, None, &signer(FINANCE)));
    add("a redaction without its approval", &unapproved, index, &unapproved.bundle(&[index, by]), part, Content::Redacted { by });
    let mut case = super::common::papers::Case::open(&mut chain, FINANCE);
    case.take(&mut chain, DIRECTOR, "sign", "approve", &line);
    let by = chain.publish(&case.seal(&line)).unwrap();
    let mut bundle = chain.bundle(&[index, by]);
    bundle.entries.retain(|logged| logged.index != case.steps[0]);
    add("a redaction whose step is not at hand", &chain, index, &bundle, part, Content::Redacted { by });
    let mut chain = founded();
    let mut paper = chain.paper(HEALTH, "Odd");
    let odd = "{\"title\":\"a\u{ffff}\"}";
    (paper.parts[0].commitment, paper.parts[0].size) = (chain.keep(odd), odd.len() as u64);
    let index = chain.disclose(&paper);
    let part = paper.parts[1].commitment;
    let content = chain.contents[&part.to_string()].clone();
    add("a catalogue that does not read", &chain, index, &chain.bundle(&[index]), part, content);
    written
}

pub fn remembered(story: &Story) -> Value {
    let chain = &story.chain;
    let (size, log) = (chain.size(), signer(ORIGIN));
    let kept = |at: u64| Memory { identity: chain.leaf(0), checkpoint: chain.checkpoint_at(at).sign(&log), seen: START };
    let proof = prove_consistency(&chain.nodes, 7, size).unwrap();
    let mut forked = chain.checkpoint_at(size);
    forked.root = chain.leaf(3);
    let gone = Memory { checkpoint: "torn".into(), ..kept(7) };
    let renamed = Checkpoint { origin: "other.example/log".into(), ..chain.checkpoint_at(size) };
    let cases = [
        ("first visit", None, Some(chain.leaf(0)), chain.checkpoint_at(size), None),
        ("grown since", Some(kept(7)), Some(chain.leaf(0)), chain.checkpoint_at(size), Some(proof.clone())),
        ("unchanged", Some(kept(size)), Some(chain.leaf(0)), chain.checkpoint_at(size), None),
        ("no proof", Some(kept(7)), Some(chain.leaf(0)), chain.checkpoint_at(size), None),
        ("another root", Some(kept(7)), Some(chain.leaf(0)), forked, Some(proof.clone())),
        ("smaller than before", Some(kept(size)), Some(chain.leaf(0)), chain.checkpoint_at(7), Some(proof.clone())),
        ("another entry 0", Some(kept(7)), Some(chain.leaf(1)), chain.checkpoint_at(size), Some(proof.clone())),
        ("no entry 0 at hand", Some(kept(7)), None, chain.checkpoint_at(size), None),
        ("a memory that does not read", Some(gone), Some(chain.leaf(0)), chain.checkpoint_at(size), None),
        ("another origin", Some(kept(7)), Some(chain.leaf(0)), renamed, None),
    ];
    let mut cases = cases.to_vec();
    cases.push(("a proof refused", Some(kept(7)), Some(chain.leaf(0)), chain.checkpoint_at(size), None));
    cases.push(("a proof refused where none is needed", Some(kept(size)), Some(chain.leaf(0)), chain.checkpoint_at(size), None));
    let cases: Vec<Value> = cases.into_iter().map(|(case, kept, identity, now, proof)| {
        let refused = case.starts_with("a proof refused");
        let answer = match &proof {
            Some(proof) => Consistency::Proof(proof),
            None if refused => Consistency::Withheld,
            None => Consistency::Unknown,
        };
        let found = memory(kept.as_ref(), identity, &now, answer);
        let proof = if refused { json!("withheld") } else { json!(proof) };
        json!({"case": case, "kept": kept, "identity": identity, "checkpoint": now.text(), "proof": proof, "answer": found.answer, "reason": found.reason})
    }).collect();
    json!({"memories": cases})
}
