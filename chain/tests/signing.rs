//! What is signed where the key is: steps composed for it, signatures added to notes, and what was frozen looked at before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    approval::{Drawn, GenreRule, NewStep, Rule, StepRule},
    catalogue::Subject,
    check::{Answer, Finding, Shown, ShownPart, frozen, registration},
    evidence::Content,
    hash::unhex,
    note::{Note, NoteError, sign, text_of, with_signature},
    part::{Commitment, Salt},
    statement::{Core, Ended, Ending, Part, Reference, Stated, Statement, StatementError, StatusKind, core_line},
};
use common::{papers::*, story::founded, *};

const ID: &str = "0123456789abcdef0123456789abcdef";

fn drawn(chain: &mut Chain) -> Drawn {
    Drawn { id: unhex(&chain.fresh()).unwrap(), core: chain.salt(), step: chain.salt() }
}

/// The 64 bytes that a key which is kept elsewhere makes over a text.
fn signature(by: &chain::note::Signer, text: &str) -> [u8; 64] {
    let note = sign(text, &[by]);
    let note = Note::parse(note.as_bytes()).unwrap();
    note.signatures[0].bytes.as_slice().try_into().unwrap()
}

#[test]
fn a_step_written_here_and_signed_elsewhere_is_taken_and_counts() {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let mut case = Case::open(&mut chain, FINANCE);
    let reason = Commitment::to(&chain.salt(), "It is in order.".as_bytes());
    for (post, code) in [(CLERK, "draft"), (LAWYER_A, "legal"), (CONTROLLER, "budget"), (LAWYER_B, "legal"), (DIRECTOR, "sign")] {
        let drawn = drawn(&mut chain);
        let step = NewStep {
            origin: ORIGIN,
            agency: FINANCE,
            case: &case.case,
            previous: case.steps.last().map(|index| chain.at(*index)),
            after: None,
            code,
            decision: "approve",
            rule: case.rule,
            core_line: &line,
            reason: Some(reason),
        };
        let taken = step.write(&drawn).unwrap();
        let key = signer(post);
        let note = with_signature(&taken.text, key.vkey(), &signature(&key, &taken.text)).unwrap();
        case.steps.push(chain.publish(&note).unwrap());
        case.opening.push(taken.opening);
    }
    chain.publish(&case.seal(&line)).unwrap();
}

#[test]
fn no_step_is_written_that_no_log_would_take_or_no_rule_could_count() {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let post_line = chain.line("post", &post(CLERK, FINANCE));
    let drawn = drawn(&mut chain);
    let rule = chain.state.agency(FINANCE).unwrap().0.leaf;
    let case = chain.fresh();
    let step = NewStep {
        origin: ORIGIN,
        agency: FINANCE,
        case: &case,
        previous: None,
        after: None,
        code: "draft",
        decision: "approve",
        rule,
        core_line: &line,
        reason: None,
    };
    assert!(step.write(&drawn).is_ok());
    let member = |name| Err(StatementError::Member(name));
    assert_eq!(NewStep { origin: "Example", ..step }.write(&drawn), member("origin"));
    assert_eq!(NewStep { agency: HEALTH, ..step }.write(&drawn), member("agency"), "another agency's paper");
    assert_eq!(NewStep { case: "51be", ..step }.write(&drawn), member("case"));
    assert_eq!(NewStep { code: "Draft", ..step }.write(&drawn), member("code"));
    assert_eq!(NewStep { decision: "nod", ..step }.write(&drawn), member("decision"));
    for decision in ["reject", "override"] {
        assert_eq!(NewStep { decision, ..step }.write(&drawn), member("reason"), "{decision}");
    }
    assert_eq!(NewStep { core_line: &post_line, ..step }.write(&drawn), Err(StatementError::Act("post")));
    let before = Some(Reference { index: 3, leaf: rule });
    assert_eq!(NewStep { previous: before, after: Some(rule), ..step }.write(&drawn), member("after"), "one or the other");
    assert!(matches!(NewStep { core_line: "{}", ..step }.write(&drawn), Err(StatementError::Json("core", _))));
}

#[test]
fn a_signature_is_added_once_by_each_and_only_if_it_verifies() {
    let mut chain = founded();
    let line = chain.line("agency", &agency("example.gov/roads"));
    let text = chain::statement::text(ORIGIN, &line, None);
    let (one, two) = (registrar(1), registrar(2));
    assert_eq!(text_of(&text), text);
    let first = with_signature(&text, one.vkey(), &signature(&one, &text)).unwrap();
    assert_eq!(text_of(&first), text);
    let both = with_signature(&first, two.vkey(), &signature(&two, &text)).unwrap();
    assert_eq!(both, sign(&text, &[&one, &two]));
    assert_eq!(two.add_to(&first).as_ref(), Ok(&both));
    assert_eq!(chain.judge(&both), Ok(None));

    let refused = |by: &chain::note::Signer| Err(NoteError::Signature(by.vkey().name().into()));
    assert_eq!(one.add_to(&first), refused(&one), "twice by one");
    assert_eq!(with_signature(&first, two.vkey(), &signature(&one, &text)), refused(&two), "another's signature");
    assert_eq!(with_signature(&first, two.vkey(), &signature(&two, &first)), refused(&two), "of another text");
    for text in ["", "no line end", "a\u{1}b\n"] {
        assert!(one.add_to(text).is_err(), "{text:?}");
    }
    assert!(Statement::parse(both.as_bytes()).is_ok());
}

/// A paper as a page of the desk shows it before it is approved.
struct Frozen {
    line: String,
    parts: Vec<(Salt, Vec<u8>)>,
    shown: Shown,
}

fn facts(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// Every member that a catalogue may have.
const CATALOGUE: &str = r#"{"title":"The budget","index_number":"1","document_number":"No. 7","issuing_agencies":["Finance"],"joint_agencies":["Health"],"issued":"2026-11-20","published":"2026-11-21","effective":"2026-11-22","expires":"2027-11-22","theme":"finance","genre":"notice","basis":"b","summary":"s","keywords":["budget","roads"],"language":"en","region":"r","subjects":[{"scheme":"lei","id":"1","name":"Acme"},{"id":"2","name":"Bolt"}],"source":"here","authentic":"original","parts":["body.md","预算","a.csv"]}"#;

impl Frozen {
    /// With a catalogue that says all there is to say, a text, its translation and an attachment.
    fn of(edit: impl FnOnce(&mut Chain, &mut chain::statement::Disclosure)) -> Frozen {
        let mut chain = founded();
        let mut paper = chain.paper(FINANCE, "The budget");
        paper.stated = Stated {
            issued: Some("2026-11-20".into()),
            published: Some("2026-11-21".into()),
            effective: Some("2026-11-22".into()),
            expires: Some("2027-11-22".into()),
        };
        (paper.parts[0].commitment, paper.parts[0].size) = (chain.keep(CATALOGUE), CATALOGUE.len() as u64);
        for (role, media, text) in [("translation", "text/markdown", "预算。\n"), ("attachment", "text/csv", "a,b\n")] {
            let commitment = chain.keep(text);
            paper.parts.push(Part { role: role.into(), media: media.into(), size: text.len() as u64, commitment, language: None });
        }
        edit(&mut chain, &mut paper);
        let parts = paper.parts.iter().map(|part| match &chain.contents[&part.commitment.to_string()] {
            Content::Text { salt, text } => (unhex(salt).unwrap(), text.clone().into_bytes()),
            other => panic!("{other:?}"),
        });
        let at = |n: usize| paper.parts[n].commitment.to_string();
        let listed = [(1, "body.md"), (2, "预算"), (3, "a.csv")].map(|(n, name)| ShownPart { commitment: at(n), name: Some(name.into()) });
        let subject =
            |scheme: Option<&str>, id: &str, name: &str| Subject { scheme: scheme.map(Into::into), id: id.into(), name: name.into() };
        let shown = Shown {
            facts: facts(&ALL),
            named: true,
            parts: Some(listed.to_vec()),
            subjects: Some(vec![subject(Some("lei"), "1", "Acme"), subject(None, "2", "Bolt")]),
            texts: Some(vec![(at(1), "<h1>The budget</h1>\n<p>The text of it.</p>\n".into()), (at(2), "<p>预算。</p>\n".into())]),
            ..Shown::default()
        };
        Frozen { parts: parts.collect(), line: core_line("disclosure", ID, &paper).unwrap(), shown }
    }

    /// The commitment of what was added to it.
    fn last_part(&self) -> String {
        let (salt, bytes) = self.parts.last().unwrap();
        Commitment::to(salt, bytes).to_string()
    }

    fn judged(&self) -> Finding {
        frozen(&self.line, &self.parts, &self.shown)
    }
}

const ALL: [(&str, &str); 19] = [
    ("title", "The budget"),
    ("genre", "notice"),
    ("language", "en"),
    ("index_number", "1"),
    ("document_number", "No. 7"),
    ("issuing_agencies", "Finance"),
    ("joint_agencies", "Health"),
    ("issued", "2026-11-20"),
    ("published", "2026-11-21"),
    ("effective", "2026-11-22"),
    ("expires", "2027-11-22"),
    ("theme", "finance"),
    ("basis", "b"),
    ("summary", "s"),
    ("keywords", "budget"),
    ("keywords", "roads"),
    ("region", "r"),
    ("source", "here"),
    ("authentic", "original"),
];

#[test]
fn what_was_frozen_is_what_its_core_line_commits_to() {
    let whole = || Frozen::of(|_, _| {});
    assert_eq!(whole().judged().answer, Answer::Holds, "{:?}", whole().judged());
    let reason = |edit: &dyn Fn(&mut Frozen)| {
        let mut paper = whole();
        edit(&mut paper);
        let finding = paper.judged();
        assert_eq!(finding.answer, Answer::Fails);
        finding.reason
    };
    assert_eq!(reason(&|paper| drop(paper.parts.pop())), "missing");
    assert_eq!(reason(&|paper| paper.parts[1].1.push(b'.')), "missing", "another text than was committed");
    assert_eq!(reason(&|paper| paper.parts[1].0[0] ^= 1), "missing", "another salt");
    assert_eq!(reason(&|paper| paper.parts.push(([0; 16], vec![]))), "stray-part");
    assert_eq!(reason(&|paper| paper.line = paper.line.replacen('{', "{\"later\":1,", 1)), "more-said", "what nobody is shown");
    let resized = Frozen::of(|_, paper| paper.parts[1].size += 1);
    assert_eq!(resized.judged().reason, "bytes-differ");
    let catalogue = |text: &str| {
        let text = text.to_owned();
        let paper = Frozen::of(move |chain, paper| {
            (paper.parts[0].commitment, paper.parts[0].size) = (chain.keep(&text), text.len() as u64);
        });
        paper.judged().reason
    };
    assert_eq!(catalogue("[]"), "catalogue-unreadable");
    assert_eq!(catalogue(&CATALOGUE.replace("{\"title\"", "{\"later\":1,\"title\"")), "more-said");
    // By what rule it is judged, and where lists put it, is what its readers are told.
    for (said, other) in [("\"notice\"", "\"faq\""), ("\"en\"", "\"zh\""), ("\"finance\"", "\"health\""), ("2026-11-21", "2026-11-20")] {
        assert_eq!(catalogue(&CATALOGUE.replace(said, other)), "catalogue-differs", "{said}");
    }
}

#[test]
fn a_post_is_not_shown_one_paper_and_given_another_to_sign() {
    let differs = |edit: &dyn Fn(&mut Shown)| {
        let mut paper = Frozen::of(|_, _| {});
        edit(&mut paper.shown);
        let finding = paper.judged();
        assert_eq!((finding.answer, finding.reason), (Answer::Fails, "shown-differs"));
        finding.values.into_iter().find(|(name, _)| *name == "member").unwrap().1
    };
    for (n, (name, _)) in ALL.into_iter().enumerate() {
        assert_eq!(differs(&|shown| drop(shown.facts.remove(n))), name, "nothing is left out");
        assert_eq!(differs(&|shown| shown.facts[n].1.push('!')), name);
    }
    assert_eq!(differs(&|shown| shown.facts.push(("entry".into(), "3".into()))), "entry", "a version that it does not replace");
    assert_eq!(differs(&|shown| shown.facts.push(("ground".into(), "error-in-text".into()))), "ground", "where nothing is replaced");
    let html = |shown: &mut Shown, html: &str| shown.texts.as_mut().unwrap()[0].1 = html.into();
    assert_eq!(differs(&|shown| html(shown, "<h1>The budget</h1>\n<p>Another text.</p>\n")), "text");
    assert_eq!(differs(&|shown| html(shown, "<h1>The budget</h1>\n")), "text", "half of it");
    assert_eq!(differs(&|shown| shown.texts = None), "text", "a body that is not there to be read");
    for n in 0..2 {
        assert_eq!(differs(&|shown| drop(shown.texts.as_mut().unwrap().remove(n))), "text", "nor is a translation");
    }
    assert_eq!(differs(&|shown| shown.texts.as_mut().unwrap().push((String::new(), "<p>More.</p>".into()))), "text");
    let listed = ShownPart { commitment: Commitment::to(&[0; 16], b"").to_string(), name: None };
    assert_eq!(differs(&|shown| shown.parts.as_mut().unwrap().push(listed.clone())), "parts", "an attachment that is none");
    assert_eq!(differs(&|shown| shown.parts = None), "parts");
    for n in 0..3 {
        assert_eq!(differs(&|shown| drop(shown.parts.as_mut().unwrap().remove(n))), "parts", "each is listed");
        assert_eq!(differs(&|shown| shown.parts.as_mut().unwrap()[n].name = Some("other".into())), "parts");
    }
    assert_eq!(differs(&|shown| shown.subjects = None), "subjects");
    assert_eq!(differs(&|shown| drop(shown.subjects.as_mut().unwrap().pop())), "subjects");
    assert_eq!(differs(&|shown| shown.subjects.as_mut().unwrap()[1].id = "1".into()), "subjects", "another's number");
}

#[test]
fn whoever_approves_a_new_version_is_told_which_one_it_replaces_and_why() {
    let revising = |said: Option<&str>, ground: Option<&str>| {
        let mut paper = Frozen::of(|chain, paper| {
            let before = chain.paper(FINANCE, "The regulation");
            let mut case = Case::open(chain, FINANCE);
            let line = chain.line("disclosure", &before);
            case.approve(chain, &line);
            let index = chain.publish(&case.seal(&line)).unwrap();
            (paper.revises, paper.ground) = (Some(chain.at(index)), Some("error-in-text".into()));
        });
        let index = paper.line.split("\"index\":").nth(1).unwrap().split(',').next().unwrap().to_owned();
        paper.shown.facts.extend(said.map(|said| ("entry".to_owned(), said.replace("it", &index))));
        paper.shown.facts.extend(ground.map(|ground| ("ground".to_owned(), ground.to_owned())));
        (paper.judged().answer, paper.judged().reason)
    };
    let why = Some("error-in-text");
    assert_eq!(revising(Some("it"), why).0, Answer::Holds);
    for (said, ground) in [(None, why), (Some("3"), why), (Some("it"), None), (Some("it"), Some("error-in-figures"))] {
        assert_eq!(revising(said, ground), (Answer::Fails, "shown-differs"), "{said:?} {ground:?}");
    }
}

#[test]
fn a_status_is_signed_as_it_is_shown_and_a_registration_is_never_up_for_approval() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "A notice");
    let at = chain.disclose(&paper);
    let mut status = chain.status(HEALTH, at, StatusKind::Repealed);
    (status.effective, status.by) = (Some("2026-11-30".into()), Some(chain.at(0)));
    let (target, ground) = (at.to_string(), status.ground.clone());
    let line = core_line("status", ID, &status).unwrap();
    let all = [("entry", &*target), ("kind", "repealed"), ("effective", "2026-11-30"), ("ground", &*ground), ("entry", "0")];
    let judged = |line: &str, shown: &[(&str, &str)]| frozen(line, &[], &Shown { facts: facts(shown), ..Shown::default() });
    assert_eq!(judged(&line, &all).answer, Answer::Holds);
    for n in 0..all.len() {
        let (mut some, mut altered) = (all.to_vec(), all);
        some.remove(n);
        altered[n].1 = "lapsed";
        assert_eq!(judged(&line, &some).reason, "shown-differs", "{:?} is not shown", all[n]);
        assert_eq!(judged(&line, &altered).reason, "shown-differs", "{:?} is shown otherwise", all[n]);
    }
    let mut exchanged = all;
    exchanged.swap(0, 4);
    assert_eq!(judged(&line, &exchanged).reason, "shown-differs");
    assert_eq!(judged(&line, &[&all[..], &[("ground", &*ground)]].concat()).reason, "shown-differs");
    assert_eq!(frozen(&line, &[([0; 16], vec![])], &Shown { facts: facts(&all), ..Shown::default() }).reason, "stray-part");
    let part = paper.parts[1].commitment;
    let redaction = core_line("redaction", ID, &chain.redaction(HEALTH, at, vec![part])).unwrap();
    let (part, ground) = (part.to_string(), chain.redaction(HEALTH, at, vec![part]).ground);
    assert_eq!(judged(&redaction, &[("entry", &target), ("parts", &part), ("ground", &ground)]).answer, Answer::Holds);
    assert_eq!(judged(&redaction, &[("entry", &target), ("ground", &ground)]).reason, "shown-differs");
    let registration = core_line("post", ID, &post(CLERK, FINANCE)).unwrap();
    assert_eq!(frozen(&registration, &[], &Shown::default()).reason, "not-approved");
}

#[test]
fn a_registrar_is_shown_every_name_and_every_key_with_its_end() {
    let (old, new) = (signer(CLERK), key_of(CLERK, chain::note::KeyType::Ed25519, 1));
    let mut clerk = post(CLERK, FINANCE);
    clerk.keys[0].ended = Some(Ended { how: Ending::Lost, at: 40 });
    clerk.keys.push(chain::statement::Key { key: new.vkey().clone(), custody: None, ended: None });
    let core = core_line("post", ID, &clerk).unwrap();
    let (old, new) = (old.vkey().to_string(), new.vkey().to_string());
    let all =
        [("post", CLERK), ("agency", FINANCE), ("language", "en"), ("name", CLERK), ("key", &*old), ("ended", "lost 40"), ("key", &*new)];
    let shown = |facts: &[(&str, &str)]| Shown {
        facts: facts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        ..Shown::default()
    };
    assert_eq!(registration(&core, &shown(&all)).answer, Answer::Holds);
    for left_out in 0..all.len() {
        let mut some = all.to_vec();
        some.remove(left_out);
        assert_eq!(registration(&core, &shown(&some)).reason, "shown-differs", "{:?} is not shown", all[left_out]);
        let mut altered = all;
        altered[left_out].1 = "another";
        assert_eq!(registration(&core, &shown(&altered)).reason, "shown-differs", "{:?} is shown otherwise", all[left_out]);
    }
    let more = [&all[..], &[("key", "another")]].concat();
    assert_eq!(registration(&core, &shown(&more)).reason, "shown-differs", "a key that is none");
    let mut finance = agency(FINANCE);
    (finance.successor, finance.overseers) = (Some(HEALTH.into()), vec!["example.gov/council".into(), "example.gov/court".into()]);
    let names: Vec<_> = finance.name.iter().map(|(language, name)| (language.clone(), name.clone())).collect();
    let seals: Vec<_> = finance.seals.iter().map(|seal| (seal.key.to_string(), seal.custody.clone().unwrap())).collect();
    let mut all = vec![("agency", FINANCE)];
    all.extend(names.iter().flat_map(|(language, name)| [("language", language.as_str()), ("name", name.as_str())]));
    all.extend(seals.iter().flat_map(|(key, custody)| [("key", key.as_str()), ("custody", custody.as_str())]));
    all.extend([("successor", HEALTH), ("overseer", "example.gov/council"), ("overseer", "example.gov/court")]);
    let seal = core_line("agency", ID, &finance).unwrap();
    assert_eq!(registration(&seal, &shown(&all)).answer, Answer::Holds);
    for left_out in 0..all.len() {
        let mut some = all.clone();
        some.remove(left_out);
        assert_eq!(registration(&seal, &shown(&some)).reason, "shown-differs", "{:?} is not shown", all[left_out]);
    }
}

#[test]
fn a_registrar_is_shown_the_whole_rule_and_no_rule_that_is_none() {
    let step = |code: &str, posts: &[&str], count, after: &[&str]| {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        StepRule { code: code.into(), posts: owned(posts), count, after: owned(after) }
    };
    let every = vec![
        step("draft", &[CLERK], 1, &[]),
        step("legal", &[LAWYER_A, LAWYER_B], 2, &["draft"]),
        step("sign", &[DIRECTOR], 1, &["draft", "legal"]),
    ];
    let genres = [("*", every), ("status", vec![step("sign", &[DIRECTOR], 1, &[])])];
    let genres = genres.map(|(genre, steps)| GenreRule { genre: genre.into(), steps });
    let rule = Rule { genres: genres.to_vec(), overriders: vec![MINISTER.into(), CONTROLLER.into()], deferred: true };
    let key = signer(FINANCE).vkey().to_string();
    let head = [("agency", FINANCE), ("language", "en"), ("name", FINANCE), ("key", &*key), ("custody", "portal")];
    let tail = [
        ("archive", "archive"),
        ("rule", "4"),
        ("step", "draft"),
        ("genre", "*"),
        ("count", "1"),
        ("taker", CLERK),
        ("step", "legal"),
        ("genre", "*"),
        ("count", "2"),
        ("taker", LAWYER_A),
        ("taker", LAWYER_B),
        ("after", "draft"),
        ("step", "sign"),
        ("genre", "*"),
        ("count", "1"),
        ("taker", DIRECTOR),
        ("after", "draft"),
        ("after", "legal"),
        ("step", "sign"),
        ("genre", "status"),
        ("count", "1"),
        ("taker", DIRECTOR),
        ("overrider", MINISTER),
        ("overrider", CONTROLLER),
        ("deferred", "deferred"),
    ];
    let all = [&head[..], &tail[..]].concat();
    let judged = |edit: &dyn Fn(&mut chain::statement::Agency), facts: &[(&str, &str)]| {
        let mut finance = agency(FINANCE);
        (finance.archive, finance.rule) = (true, Some(rule.clone()));
        edit(&mut finance);
        let facts = facts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        registration(&core_line("agency", ID, &finance).unwrap(), &Shown { facts, ..Shown::default() })
    };
    let said = |facts: &[(&str, &str)]| judged(&|_| {}, facts).reason;
    let whole = judged(&|_| {}, &all);
    assert_eq!(whole.answer, Answer::Holds, "{whole:?}");
    for n in 0..all.len() {
        let mut some = all.clone();
        let out = some.remove(n);
        assert_eq!(said(&some), "shown-differs", "{out:?} is not shown");
        let mut altered = all.clone();
        altered[n].1 = "another";
        assert_eq!(said(&altered), "shown-differs", "{out:?} is shown otherwise");
        let mut twice = all.clone();
        twice.insert(n, out);
        assert_eq!(said(&twice), "shown-differs", "{out:?} is shown twice");
    }
    // What the text says and the page does not.
    let differs = |edit: &dyn Fn(&mut chain::statement::Agency)| assert_eq!(judged(edit, &all).reason, "shown-differs");
    differs(&|agency| agency.rule = None);
    differs(&|agency| agency.archive = false);
    differs(&|agency| agency.rule.as_mut().unwrap().deferred = false);
    differs(&|agency| agency.rule.as_mut().unwrap().genres.clear());
    differs(&|agency| agency.rule.as_mut().unwrap().genres[0].steps[1].count = 1);
    differs(&|agency| agency.rule.as_mut().unwrap().genres[0].steps[1].after.clear());
    differs(&|agency| agency.rule.as_mut().unwrap().genres[1].genre = "redaction".into());
    differs(&|agency| agency.name = [("zh".to_owned(), FINANCE.to_owned())].into());
    // A rule that says nothing, under which nothing is ever published, is not shown as no rule.
    let nothing = |agency: &mut chain::statement::Agency| {
        agency.rule = Some(Rule { genres: vec![], overriders: vec![], deferred: false });
        agency.archive = false;
    };
    assert_eq!(judged(&nothing, &head).reason, "shown-differs");
    assert_eq!(judged(&nothing, &[&head[..], &[("rule", "0")]].concat()).answer, Answer::Holds);
    // And no rule is signed that no publication could meet.
    let unsound = judged(&|agency| agency.rule.as_mut().unwrap().genres[0].steps[1].count = 3, &all);
    assert_eq!(unsound.reason, "no-registration");
    // Nor is anything signed beside what is shown, though nobody reads it today.
    let mut finance = agency(FINANCE);
    finance.archive = false;
    let line = core_line("agency", ID, &finance).unwrap();
    let facts: Vec<_> = head.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let shown = Shown { facts, ..Shown::default() };
    assert_eq!(registration(&line, &shown).answer, Answer::Holds);
    let more = line.strip_suffix('}').unwrap().to_owned() + r#","later":true}"#;
    assert!(Core::read(&more).is_ok());
    assert_eq!(registration(&more, &shown).reason, "more-said");
}

#[test]
fn nobody_approves_names_of_holders_that_they_were_not_shown() {
    let with = |text: &str| {
        let text = text.to_owned();
        Frozen::of(move |chain, paper| {
            let (role, media) = ("holders".into(), "application/json".into());
            paper.parts.push(Part { role, media, size: text.len() as u64, commitment: chain.keep(&text), language: None });
        })
    };
    let named = r#"{"holders":[{"id":"a/b","name":"Lin Yue"},{"id":"a/c","name":"Zhao Min"}]}"#;
    let read_out = |names: &[&str]| {
        let mut paper = with(named);
        let commitment = paper.last_part();
        paper.shown.parts.as_mut().unwrap().push(ShownPart { commitment, name: None });
        paper.shown.facts.extend(names.iter().map(|name| ("holder".to_owned(), (*name).to_owned())));
        let finding = paper.judged();
        (finding.answer, finding.reason)
    };
    assert_eq!(read_out(&["a/b Lin Yue", "a/c Zhao Min"]).0, Answer::Holds);
    let differs = (Answer::Fails, "shown-differs");
    for wrong in [&[][..], &["a/b Lin Yue"], &["a/c Lin Yue", "a/b Zhao Min"], &["a/b Lin Yue", "a/c Zhao Min", "a/d Wu Qi"]] {
        assert_eq!(read_out(wrong), differs, "{wrong:?}");
    }
    let mut none = Frozen::of(|_, _| {});
    none.shown.facts.push(("holder".into(), "a/b Lin Yue".into()));
    assert_eq!(none.judged().reason, "shown-differs", "a name that the text does not say");
    for unreadable in ["{}", "[]", r#"{"holders":[{"id":"a/b","name":null}]}"#, r#"{"holders":[["a/b","Lin Yue"]]}"#] {
        assert_eq!(with(unreadable).judged().reason, "holders-unreadable", "{unreadable}");
    }
    for more in [
        r#"{"holders":[],"later":true}"#,
        r#"{"holders":[{"id":"a/b","name":"Lin Yue","later":true}]}"#,
        r#"{"holders":[{"scheme":"passport","id":"a/b","name":"Lin Yue"}]}"#,
        r#"{"holders": []}"#,
    ] {
        assert_eq!(with(more).judged().reason, "more-said", "{more}");
    }
}
