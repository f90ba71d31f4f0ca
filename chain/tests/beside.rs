//! What a page says beside an entry (who speaks, when, of what) is compared with the entry, so that no word of it can be slipped in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    catalogue::Subject,
    check::{Answer, Reader, Scope, Shown, ShownPart},
    evidence::{Content, Contents},
    statement::Part,
};
use common::{evidence::*, papers::*, story::*};

const DIFFERS: (Answer, &str) = (Answer::Fails, "shown-differs");
const PLAIN: (Answer, &str) = (Answer::NotApplicable, "no-parts");

fn ask(story: &Story, index: u64, with: &[u64], shown: Shown) -> (Answer, &'static str) {
    let mut indexes = vec![index];
    indexes.extend(with);
    let bundle = story.chain.bundle(&indexes);
    let found = Reader::open(&bundle).unwrap().content(index, &story.chain.contents, Scope::Catalogue, &shown);
    (found.answer, found.reason)
}

fn fact(name: &str, text: &str) -> Shown {
    Shown { facts: vec![(name.into(), text.into())], ..Shown::default() }
}

#[test]
fn the_logs_time_is_the_entrys_own() {
    let story = story();
    let time = chain::time::format_time(story.chain.header(story.finance).time).unwrap();
    let at = |time: &str| ask(&story, story.finance, &[], Shown { time: Some(time.into()), ..Shown::default() });
    assert_eq!(at(&time), HOLDS);
    assert_eq!(at(&time.replace('Z', "+08:00")), DIFFERS);
    assert_eq!(at("1 Jan 1999, 08:00"), DIFFERS, "what people are shown in place of it");
}

#[test]
fn no_other_agency_can_be_shown_to_have_sealed_an_entry() {
    let story = story();
    let said =
        |index: u64, id: &str, name: &str| ask(&story, index, &[], Shown { agencies: vec![(id.into(), name.into())], ..Shown::default() });
    assert_eq!(said(story.finance, FINANCE, FINANCE), HOLDS);
    assert_eq!(said(story.finance, FINANCE, "Ministry of Health"), DIFFERS);
    assert_eq!(said(story.finance, HEALTH, HEALTH), DIFFERS, "another body, rightly named");
    assert_eq!(said(story.council_status, COUNCIL, COUNCIL), PLAIN);
    assert_eq!(said(story.council_status, FINANCE, FINANCE), DIFFERS, "the body it speaks of did not say it");
    assert_eq!(said(story.theft, HEALTH, HEALTH), PLAIN, "a registration says who is registered");
    assert_eq!(said(story.theft, HEALTH, "Ministry of Wealth"), DIFFERS);
    assert_eq!(said(story.case.steps[0], FINANCE, FINANCE), PLAIN);
    assert_eq!(said(story.case.steps[0], HEALTH, HEALTH), DIFFERS);
}

#[test]
fn a_change_says_what_it_says() {
    let story = story();
    let says = |name: &str, text: &str| ask(&story, story.council_status, &[], fact(name, text));
    assert_eq!(says("kind", "annulled"), PLAIN);
    assert_eq!(says("type", "status"), PLAIN);
    assert_eq!(says("entry", &story.finance.to_string()), PLAIN);
    assert_eq!(says("entry", &story.copy.to_string()), DIFFERS);
    for (name, text) in
        [("kind", "amended"), ("type", "redaction"), ("effective", "2026-01-01"), ("ground", "personal-data"), ("colour", "annulled")]
    {
        assert_eq!(says(name, text), DIFFERS, "{name} {text}");
    }
    let status = story.chain.entries[story.council_status as usize].clone();
    let ground = status.split(r#""ground":""#).nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(says("ground", ground), PLAIN);
    assert_eq!(says("signed_by", COUNCIL), PLAIN);
    assert_eq!(says("signed_by", FINANCE), DIFFERS);
    let part = story.chain.facts.versions[&story.redacted].parts[1].to_string();
    assert_eq!(ask(&story, story.redaction, &[], fact("parts", &part)), PLAIN);
    assert_eq!(ask(&story, story.redaction, &[], fact("parts", "sha256:00")), DIFFERS);
    assert_eq!(ask(&story, story.redaction, &[], fact("type", "redaction")), PLAIN);
}

#[test]
fn a_new_version_says_why_as_its_statement_does_also_when_its_catalogue_is_gone() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "On water");
    let first = chain.disclose(&paper);
    let mut paper = chain.paper(HEALTH, "On clean water");
    (paper.revises, paper.ground) = (Some(chain.at(first)), Some("error-in-figures".into()));
    let catalogue = paper.parts[0].commitment;
    let index = chain.disclose(&paper);
    let redaction = chain.redaction(HEALTH, index, vec![catalogue]);
    let line = chain.line("redaction", &redaction);
    let by = chain.publish(&common::sealed(&line, None, &common::signer(HEALTH))).unwrap();
    let bundle = chain.bundle(&[first, index, by]);
    let says = |index: u64, contents: &Contents, ground: &str| {
        let found = Reader::open(&bundle).unwrap().content(index, contents, Scope::Catalogue, &fact("ground", ground));
        (found.answer, found.reason)
    };
    assert_eq!(says(index, &chain.contents, "error-in-figures"), HOLDS);
    assert_eq!(says(index, &chain.contents, "personal-data"), DIFFERS);
    assert_eq!(says(first, &chain.contents, "error-in-figures"), DIFFERS, "a first version has none");
    let mut left = chain.contents.clone();
    left.insert(catalogue.to_string(), Content::Redacted { by });
    assert_eq!(says(index, &left, "error-in-figures"), (Answer::Holds, "redacted"));
    assert_eq!(says(index, &left, "personal-data"), DIFFERS);
}

#[test]
fn a_registration_shows_the_keys_it_registers_and_no_other() {
    let story = story();
    let key = signer_of(HEALTH);
    assert_eq!(ask(&story, story.theft, &[], fact("key", &key)), PLAIN);
    assert_eq!(ask(&story, story.theft, &[], fact("key", &signer_of(FINANCE))), DIFFERS);
    assert_eq!(ask(&story, 0, &[], fact("zone", "Asia/Shanghai")), PLAIN);
    assert_eq!(ask(&story, 0, &[], fact("zone", "UTC")), DIFFERS);
}

fn signer_of(id: &str) -> String {
    common::signer(id).vkey().to_string()
}

#[test]
fn what_a_change_speaks_of_is_called_by_its_own_title() {
    let story = story();
    let called =
        |index: u64, of: u64, title: &str| ask(&story, index, &[of], Shown { titles: vec![(of, title.into())], ..Shown::default() });
    assert_eq!(called(story.council_status, story.finance, "The budget"), PLAIN);
    assert_eq!(called(story.council_status, story.finance, "On water"), DIFFERS);
    assert_eq!(called(story.council_status, story.health, "On water"), DIFFERS, "rightly called, but not spoken of");
    assert_eq!(called(story.finance, story.health, "On water"), DIFFERS, "a disclosure speaks of nothing");
    assert_eq!(called(story.redaction, story.redacted, "On a patient"), PLAIN);
    let bundle = story.chain.bundle(&[story.council_status, story.finance]);
    let shown = Shown { titles: vec![(story.finance, "The budget".into())], ..Shown::default() };
    let found = Reader::open(&bundle).unwrap().content(story.council_status, &Default::default(), Scope::Catalogue, &shown);
    assert_eq!((found.answer, found.reason), cannot_tell("not-fetched"));
}

#[test]
fn a_notice_on_a_documents_page_is_about_that_document() {
    let story = story();
    let about = |index: u64, page: u64| {
        let versions = [page, story.health, story.health_second];
        ask(&story, index, &versions, Shown { about: Some(page), ..Shown::default() })
    };
    assert_eq!(about(story.council_status, story.finance), PLAIN);
    assert_eq!(about(story.council_status, story.health), DIFFERS, "a real annulment, of something else");
    assert_eq!(about(story.health_status, story.health), PLAIN, "of a later version of it");
    assert_eq!(about(story.health_second, story.health), HOLDS, "a version of it");
    assert_eq!(about(story.finance, story.health), DIFFERS, "no version of it");
    let bundle = story.chain.bundle(&[story.health_status]);
    let found = Reader::open(&bundle).unwrap();
    let shown = Shown { about: Some(story.finance), ..Shown::default() };
    let found = found.content(story.health_status, &story.chain.contents, Scope::Catalogue, &shown);
    assert_eq!(found.answer, Answer::CannotTell, "what leads to it is not at hand");
}

#[test]
fn fingerprints_on_a_page_are_the_entrys() {
    let story = story();
    for (index, holds) in [(story.finance, HOLDS), (story.redaction, PLAIN)] {
        let (leaf, before) = (story.chain.leaf(index).to_string(), story.chain.leaf(index - 1).to_string());
        assert_eq!(ask(&story, index, &[], fact("leaf", &leaf)), holds);
        assert_eq!(ask(&story, index, &[], fact("previous", &before)), holds);
        assert_eq!(ask(&story, index, &[], fact("leaf", &before)), DIFFERS);
        assert_eq!(ask(&story, index, &[], fact("previous", &leaf)), DIFFERS);
    }
}

#[test]
fn a_page_is_the_page_of_the_entry_that_its_address_names() {
    let story = story();
    let at = |index: u64, address: u64| ask(&story, index, &[], Shown { address: Some(address), ..Shown::default() });
    assert_eq!(at(story.finance, story.finance), HOLDS);
    assert_eq!(at(story.finance, story.health), DIFFERS, "another disclosure, whole and true");
    assert_eq!(at(story.theft, story.theft), PLAIN);
    assert_eq!(at(story.theft, 0), DIFFERS);
}

#[test]
fn what_is_drawn_as_the_entry_before_is_the_entry_before() {
    let story = story();
    let before = |index: u64, before: &[u64]| ask(&story, index, &[], Shown { before: before.to_vec(), ..Shown::default() });
    let (index, right) = (story.finance, story.finance - 1);
    assert_eq!(before(index, &[right, right]), HOLDS);
    assert_eq!(before(index, &[right - 1]), DIFFERS, "one was left out between");
    assert_eq!(before(index, &[right, right - 1]), DIFFERS, "tied to the right one, drawn above another");
    assert_eq!(before(index, &[index]), DIFFERS);
    assert_eq!(before(index, &[u64::MAX]), DIFFERS, "tied to nothing that can be read");
    assert_eq!(before(0, &[]), PLAIN);
    assert_eq!(before(0, &[u64::MAX]), DIFFERS);
}

#[test]
fn an_entry_beyond_the_tree_is_not_in_it() {
    let story = story();
    let bundle = story.chain.bundle(&[story.finance]);
    let size = story.chain.entries.len() as u64;
    let reader = Reader::open(&bundle).unwrap();
    for beyond in [size, size + 900] {
        let found = reader.inclusion(beyond);
        assert_eq!((found.answer, found.reason), (Answer::Fails, "not-in-tree"));
    }
}

#[test]
fn the_one_date_of_a_line_is_the_one_the_statement_gives() {
    let story = story();
    assert_eq!(ask(&story, story.finance, &[], fact("stated", "2026-11-20")), HOLDS);
    assert_eq!(ask(&story, story.finance, &[], fact("stated", "2026-11-21")), DIFFERS);
}

#[test]
fn times_are_told_in_the_zone_of_a_charter_that_registrars_signed() {
    let story = story();
    let bundle = story.chain.bundle(&[story.finance]);
    assert_eq!(Reader::open(&bundle).unwrap().zone(), Some("Asia/Shanghai"));
    let mut altered = bundle.clone();
    let charter = logged(&mut altered, 0);
    charter.entry = charter.entry.replace("Asia/Shanghai", "Asia/Shanghaj");
    assert_eq!(Reader::open(&altered).unwrap().zone(), None);
}

#[test]
fn a_line_and_a_page_of_its_own_say_what_a_disclosure_is_called_once() {
    let story = story();
    let named = |facts: &[&str]| Shown {
        named: true,
        facts: facts.iter().map(|title| ("title".to_owned(), (*title).to_owned())).collect(),
        ..Shown::default()
    };
    assert_eq!(ask(&story, story.finance, &[], named(&["The budget"])), HOLDS);
    assert_eq!(ask(&story, story.finance, &[], named(&[])), DIFFERS, "another title may stand where no fact is read");
    assert_eq!(ask(&story, story.finance, &[], named(&["The budget", "The budget"])), DIFFERS);
    assert_eq!(ask(&story, story.finance, &[], named(&["Another budget"])), DIFFERS);
    assert_eq!(ask(&story, story.finance, &[], Shown::default()), HOLDS, "a row of a version need not");
    assert_eq!(ask(&story, story.council_status, &[], named(&[])), PLAIN, "a status has no title");
}

#[test]
fn a_disclosure_without_a_title_is_shown_without_one() {
    let mut chain = founded();
    let mut paper = chain.paper(HEALTH, "T");
    paper.parts[0].commitment = chain.keep("{}");
    paper.parts[0].size = 2;
    let index = chain.disclose(&paper);
    let bundle = chain.bundle(&[index]);
    let reader = Reader::open(&bundle).unwrap();
    let ask = |facts: Vec<(String, String)>| {
        let found = reader.content(index, &chain.contents, Scope::Everything, &Shown { named: true, facts, ..Shown::default() });
        (found.answer, found.reason)
    };
    assert_eq!(ask(vec![]), HOLDS);
    assert_eq!(ask(vec![("title".into(), "Invented".into())]), DIFFERS);
}

/// A disclosure with two attachments and two subjects, and what C7 says of how a page lists them.
fn listed() -> (u64, [String; 4], impl Fn(Shown) -> (Answer, &'static str)) {
    let mut chain = founded();
    let mut paper = chain.paper(HEALTH, "T");
    let catalogue =
        r#"{"title":"T","parts":["","Approved","Rejected"],"subjects":[{"id":"1","name":"Acme"},{"scheme":"lei","id":"2","name":"Bolt"}]}"#;
    paper.parts[0].commitment = chain.keep(catalogue);
    paper.parts[0].size = catalogue.len() as u64;
    for (role, text) in [("attachment", "yes"), ("attachment", "no"), ("translation", "oui")] {
        let (size, commitment) = (text.len() as u64, chain.keep(text));
        paper.parts.push(Part { role: role.into(), media: "text/plain".into(), size, commitment, language: None });
    }
    let index = chain.disclose(&paper);
    let names = [1, 2, 3, 4].map(|n| paper.parts[n].commitment.to_string());
    let ask = move |shown: Shown| {
        let bundle = chain.bundle(&[index]);
        let found = Reader::open(&bundle).unwrap().content(index, &chain.contents, Scope::Everything, &shown);
        (found.answer, found.reason)
    };
    (index, names, ask)
}

#[test]
fn each_attachment_is_listed_by_its_own_name_and_links_to_its_own_bytes() {
    let (_, [body, yes, no, oui], ask) = listed();
    let ask = |parts: &[(&str, Option<&str>)]| {
        let part = |(commitment, name): &(&str, Option<&str>)| ShownPart { commitment: (*commitment).into(), name: name.map(Into::into) };
        ask(Shown { parts: Some(parts.iter().map(part).collect()), ..Shown::default() })
    };
    let (approved, rejected) = ((&*yes, Some("Approved")), (&*no, Some("Rejected")));
    assert_eq!(ask(&[approved, rejected]), HOLDS);
    assert_eq!(ask(&[(&oui, None), rejected, approved, (&body, None)]), HOLDS, "in whatever order the page lists them");
    assert_eq!(ask(&[(&yes, Some("Rejected")), (&no, Some("Approved"))]), DIFFERS, "names exchanged");
    assert_eq!(ask(&[approved]), DIFFERS, "one left out");
    assert_eq!(ask(&[]), DIFFERS);
    assert_eq!(ask(&[approved, rejected, rejected]), DIFFERS);
    assert_eq!(ask(&[approved, (&no, None)]), DIFFERS, "one that has a name, called something else");
    assert_eq!(ask(&[approved, rejected, (&oui, Some("A name"))]), DIFFERS, "one that has no name, called something");
    assert_eq!(ask(&[approved, rejected, ("sha256:00", None)]), DIFFERS, "a link to elsewhere");
}

#[test]
fn a_part_is_called_by_its_own_name_outside_of_the_list_too() {
    let (_, [body, yes, no, _], ask) = listed();
    let ask = |part: &str, text: &str| ask(Shown { facts: vec![(part.into(), text.into())], ..Shown::default() });
    assert_eq!((ask(&yes, "Approved"), ask(&no, "Rejected")), (HOLDS, HOLDS));
    assert_eq!((ask(&yes, "Rejected"), ask(&no, "Approved")), (DIFFERS, DIFFERS));
    assert_eq!((ask(&body, "T"), ask("sha256:00", "Approved")), (DIFFERS, DIFFERS));
}

#[test]
fn each_subject_stands_beside_its_own_number() {
    let (_, _, ask) = listed();
    let subject = |scheme: Option<&str>, id: &str, name: &str| Subject { scheme: scheme.map(Into::into), id: id.into(), name: name.into() };
    let shown = |subjects: Vec<Subject>| ask(Shown { subjects: Some(subjects), ..Shown::default() });
    assert_eq!(shown(vec![subject(None, "1", "Acme"), subject(Some("lei"), "2", "Bolt")]), HOLDS);
    assert_eq!(shown(vec![subject(Some(""), "1", "Acme")]), HOLDS);
    assert_eq!(shown(vec![subject(None, "2", "Acme")]), DIFFERS, "numbers exchanged");
    assert_eq!(shown(vec![subject(None, "", "Acme")]), DIFFERS);
    assert_eq!(shown(vec![subject(None, "2", "Bolt")]), DIFFERS, "without its scheme");
    let (_, _, ask) = listed();
    let both = |subjects| ask(Shown { subjects, facts: vec![("subjects".into(), "Acme".into())], ..Shown::default() });
    assert_eq!(both(None), HOLDS);
    assert_eq!(both(Some(vec![])), DIFFERS, "a name alone, where they are listed with their numbers");
}

#[test]
fn a_step_on_a_disclosures_page_is_of_its_case_and_says_what_it_is_opened_to_say() {
    let story = story();
    let step = story.case.steps[1];
    let said = |of: u64, name: &str, text: &str| ask(&story, step, &[of], Shown { about: Some(of), ..fact(name, text) });
    assert_eq!(said(story.finance, "step", "legal approve"), PLAIN);
    assert_eq!(said(story.finance, "step", "legal reject"), DIFFERS);
    assert_eq!(said(story.finance, "step", "sign approve"), DIFFERS);
    assert_eq!(said(story.finance, "step", "legal"), DIFFERS);
    assert_eq!(said(story.finance, "post_name", LAWYER_A), PLAIN);
    assert_eq!(said(story.finance, "post_name", "The minister"), DIFFERS);
    assert_eq!(said(story.health, "signed_by", LAWYER_A), DIFFERS, "on the page of another disclosure");
    let took = |step: usize| story.case.drawn(&story.chain)[step].took.clone().unwrap_or_default();
    assert_eq!(said(story.finance, "took", &took(1)), PLAIN);
    assert_ne!(took(1), took(3));
    assert_eq!(said(story.finance, "took", &took(3)), DIFFERS, "as long as another step");
    assert_eq!(said(story.health, "took", &took(1)), DIFFERS, "on the page of another disclosure");
    assert_eq!(ask(&story, story.case.steps[0], &[story.finance], Shown { about: Some(story.finance), ..fact("took", "0") }), DIFFERS);
    // By itself a step says nothing of what was decided.
    assert_eq!(ask(&story, step, &[], fact("step", "legal approve")), DIFFERS);
}

#[test]
fn a_reason_that_is_shown_is_the_one_that_the_step_committed_to() {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let mut case = Case::open(&mut chain, FINANCE);
    case.take(&mut chain, CLERK, "draft", "approve", &line).take(&mut chain, LAWYER_A, "legal", "reject", &line);
    case.approve(&mut chain, &line);
    let index = chain.publish(&case.seal(&line)).unwrap();
    let (approved, rejected) = (case.steps[0], case.steps[1]);
    let bundle = chain.bundle(&[&case.steps[..], &[index]].concat());
    let reader = Reader::open(&bundle).unwrap();
    let said = |step: u64, name: &str, text: &str| {
        let shown = Shown { about: Some(index), ..fact(name, text) };
        let found = reader.content(step, &chain.contents, Scope::Catalogue, &shown);
        (found.answer, found.reason)
    };
    // As `Case::step` commits to it.
    let (own, other) = (format!("reason:{}", "07".repeat(16)), format!("reason:{}", "08".repeat(16)));
    assert_eq!(said(rejected, &own, "理由"), PLAIN);
    assert_eq!(said(rejected, &own, "理由。"), DIFFERS, "more than was written");
    assert_eq!(said(rejected, &own, ""), DIFFERS);
    assert_eq!(said(rejected, &other, "理由"), DIFFERS, "under another salt");
    assert_eq!(said(rejected, "reason", "理由"), DIFFERS, "under none");
    assert_eq!(said(rejected, "reason:07", "理由"), DIFFERS);
    assert_eq!(said(approved, &own, "理由"), DIFFERS, "a step that gave none");
}

#[test]
fn who_holds_a_post_is_what_the_document_says_of_that_very_post() {
    let mut chain = founded();
    let mut paper = chain.paper(FINANCE, "The budget");
    let named = format!(r#"{{"holders":[{{"id":"{LAWYER_A}","name":"Lin Yue"}},{{"id":"{DIRECTOR}","name":"Zhao Min"}}]}}"#);
    let commitment = chain.keep(&named);
    let part = paper.parts[1].clone();
    paper.parts.push(Part { role: "holders".into(), media: "application/json".into(), size: named.len() as u64, commitment, ..part });
    let line = chain.line("disclosure", &paper);
    let mut case = Case::open(&mut chain, FINANCE);
    case.approve(&mut chain, &line);
    let index = chain.publish(&case.seal(&line)).unwrap();
    let step = case.steps[1];
    let bundle = chain.bundle(&[step, index]);
    let said = |of: u64, contents: &Contents, name: &str| {
        let shown = Shown { about: Some(of), ..fact("holder", name) };
        let finding = Reader::open(&bundle).unwrap().content(step, contents, Scope::Everything, &shown);
        (finding.answer, finding.reason)
    };
    let mut contents = chain.contents.clone();
    assert_eq!(said(index, &contents, "Lin Yue"), PLAIN);
    assert_eq!(said(index, &contents, "Zhao Min"), DIFFERS, "who holds another post");
    assert_eq!(said(index, &contents, "Lin  Yue"), DIFFERS);
    for other in [
        Content::Missing,
        Content::Text { salt: "00".repeat(16), text: named.replace("Lin Yue", "Zhao Min") },
        Content::Redacted { by: index },
    ] {
        contents.insert(commitment.to_string(), other);
        assert_eq!(said(index, &contents, "Lin Yue"), DIFFERS, "a name that no bytes at hand say");
        assert_eq!(said(index, &contents, "Zhao Min"), DIFFERS);
    }
}
