//! What the desk promises about drafts: nothing is lost, nothing comes out unapproved, nothing comes out twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    approval::ApprovalError,
    entry::Entry,
    statement::{Core, Statement},
};
use desk_house::*;
use server::{
    drafts::{FrozenState, Kind, Lack, Outcome, Place, Refusal, Saved, Stage, Standing, Written},
    staff::Role,
    store::StoredContent,
};
use trial::Engine;

on_each_engine! {
    a_draft_is_approved_in_parallel_and_published_with_every_step_opened,
    what_was_approved_before_a_change_counts_no_more,
    whichever_part_is_changed_what_was_approved_before_counts_no_more,
    a_rule_that_changed_before_publication_has_it_approved_again,
    nothing_is_published_before_its_time,
    a_time_is_set_anew_until_it_is_being_sealed_and_never_comes_early,
    whatever_is_interrupted_is_found_again_and_comes_out_once,
    an_older_revision_is_not_saved_over_a_newer_one_and_both_are_kept,
    without_a_rule_a_publisher_publishes_and_nobody_else,
    a_new_version_a_repeal_and_a_redaction_go_the_same_way,
    what_the_chain_would_refuse_is_told_before_anybody_approves_it,
    bytes_that_changed_since_they_were_approved_are_not_published,
    nobody_sees_another_agencys_drafts,
    an_agencys_figures_count_what_was_approved_skipped_rejected_and_corrected,
}

async fn a_draft_is_approved_in_parallel_and_published_with_every_step_opened(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    // Two lawyers look at the same case at once; whoever is slower signs again over what stands then.
    let case = house.case(&frozen).await;
    let (a, b) = (house.sign(&case, "lawyer-a", "legal", "approve", None), house.sign(&case, "lawyer-b", "legal", "approve", None));
    house.drafts.take(&house.who("lawyer-a"), &case.id, &a).await.unwrap();
    let late = house.drafts.take(&house.who("lawyer-b"), &case.id, &b).await.unwrap_err();
    assert_eq!(late.refusal(), Some(&Refusal::StaleCase));
    assert!(late.refusal().unwrap().passes());
    house.approve(&frozen, "lawyer-b", "legal").await.unwrap();
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "nobody has signed it off");
    house.approve(&frozen, "controller", "budget").await.unwrap();
    house.approve(&frozen, "director", "sign").await.unwrap();
    let index = house.published(&frozen).await;
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    let statement = Statement::parse(entry.note.as_bytes()).unwrap();
    assert_eq!(statement.core_line, frozen.core_line, "what was frozen, to the letter");
    assert_eq!(statement.act.as_ref().unwrap().steps.len(), 5);
    let Core::Disclosure(core) = &statement.core else { panic!("{:?}", statement.core) };
    let roles: Vec<_> = core.parts.iter().map(|part| part.role.as_str()).collect();
    assert_eq!(roles, ["catalogue", "body", "translation", "attachment"]);
    for part in &core.parts {
        let kept = house.node.store.content(&part.commitment).await.unwrap().unwrap();
        assert!(matches!(kept, StoredContent::Present { .. }), "{}", part.role);
    }
    let draft = house.drafts.draft(&house.who("author"), &frozen.draft).await.unwrap();
    assert_eq!(draft.stage, Stage::Published);
    assert_eq!(house.waiting_files(), 0, "what is published lies with the drafts no more");
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
}

async fn what_was_approved_before_a_change_counts_no_more(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let first = house.submitted("Lanterns", 0).await;
    let early = house.case(&first).await;
    let stale = house.sign(&early, "clerk", "draft", "approve", None);
    house.approve(&first, "clerk", "draft").await.unwrap();
    house.approve(&first, "lawyer-a", "legal").await.unwrap();
    house.drafts.withdraw(&author, &first.draft).await.unwrap();
    let refused = house.approve(&first, "lawyer-b", "legal").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NotOpen), "nothing waits for approval now");
    let draft = house.drafts.draft(&author, &first.draft).await.unwrap();
    let written = Written { body: "Fewer lanterns.".into(), ..draft.written.clone() };
    house.drafts.save(&author, &draft.id, draft.revision, &written).await.unwrap();
    let second = house.drafts.freeze(&author, &draft.id, draft.revision + 1, 0).await.unwrap();
    assert_eq!(second.case, first.case, "the case goes on");
    assert_ne!(second.core_line, first.core_line);
    let case = house.case(&second).await;
    assert_eq!(case.steps.len(), 2, "what was decided stays in the case");
    let Standing::Under { kinds, verdict, .. } = &case.standing else { panic!("{:?}", case.standing) };
    assert!(kinds.iter().all(|kind| kind.decided.is_empty()) && *verdict == Err(ApprovalError::Missing));
    // An approval signed over the earlier text, kept back until now.
    let refused = house.drafts.take(&house.who("clerk"), &case.id, &stale).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::OtherCore));
    house.approve_all(&second).await;
    let index = house.published(&second).await;
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    let act = Statement::parse(entry.note.as_bytes()).unwrap().act.unwrap();
    assert_eq!(act.steps.len(), 7, "the earlier ones are opened too");
}

async fn whichever_part_is_changed_what_was_approved_before_counts_no_more(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    type Change = (&'static str, fn(&mut Written));
    let changes: [Change; 8] = [
        ("title", |written| written.title = "Fewer lanterns".into()),
        ("text", |written| written.body = "Some are lit.".into()),
        ("keyword", |written| written.keywords = vec!["light".into()]),
        ("date", |written| written.issued = "2026-03-02".into()),
        ("number", |written| written.document_number = "No. 7".into()),
        ("a translation's text", |written| written.translations[0].body = "大多点亮。".into()),
        ("no translation", |written| written.translations.clear()),
        ("nothing but its files", |_| {}),
    ];
    for (what, change) in changes {
        let first = house.submitted("Lanterns", 0).await;
        house.approve(&first, "clerk", "draft").await.unwrap();
        house.drafts.withdraw(&author, &first.draft).await.unwrap();
        let draft = house.drafts.draft(&author, &first.draft).await.unwrap();
        let mut written = draft.written.clone();
        change(&mut written);
        if written == draft.written {
            let [file] = &house.drafts.files(&author, &draft.id).await.unwrap()[..] else { panic!("one file") };
            house.drafts.detach(&author, &draft.id, &file.id).await.unwrap();
            house.drafts.attach(&author, &draft.id, "figures.csv", b"year,lanterns\n2026,13\n".to_vec()).await.unwrap();
        }
        let Saved::Revision(revision) = house.drafts.save(&author, &draft.id, draft.revision, &written).await.unwrap() else {
            panic!("{what}: nobody else writes")
        };
        let second = house.drafts.freeze(&author, &draft.id, revision, 0).await.unwrap();
        let case = house.case(&second).await;
        let Standing::Under { kinds, verdict, .. } = &case.standing else { panic!("{what}: {:?}", case.standing) };
        assert!(case.steps.len() == 1 && kinds.iter().all(|kind| kind.decided.is_empty()), "{what}");
        assert_eq!(*verdict, Err(ApprovalError::Missing), "{what}");
        house.drafts.withdraw(&author, &second.draft).await.unwrap();
    }
}

async fn a_rule_that_changed_before_publication_has_it_approved_again(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 5_000).await;
    let signed_early = house.sign(&house.case(&frozen).await, "clerk", "draft", "approve", None);
    house.approve_all(&frozen).await;
    house.change_rule().await;
    house.turn(5_000);
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(_, Outcome::Refused { code: "missing" | "stale-rule", .. })]), "{outcomes:?}");
    let case = house.case(&frozen).await;
    assert!(case.frozen.told.is_some() && case.frozen.state == FrozenState::Open && !case.frozen.ready);
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "it is not tried again and again");
    let refused = house.drafts.take(&house.who("clerk"), &case.id, &signed_early).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::StaleRule));
    house.approve_all(&frozen).await;
    house.published(&frozen).await;
}

async fn nothing_is_published_before_its_time(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 60_000).await;
    house.approve_all(&frozen).await;
    let size = house.node.heads.borrow().size;
    for passed in [0, 30_000, 29_999] {
        house.turn(passed);
        assert!(house.drafts.publish_due().await.unwrap().is_empty());
        assert_eq!(house.node.heads.borrow().size, size);
    }
    // Across a restart too, and then at once.
    let house = house.reopened().await;
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    house.turn(1);
    house.published(&frozen).await;
}

async fn a_time_is_set_anew_until_it_is_being_sealed_and_never_comes_early(engine: Engine) {
    let house = House::on(engine).await;
    let (author, agency) = (house.who("author"), house.agency.clone());
    house.hire("publisher", &[Role::Publisher], &agency).await;
    let frozen = house.submitted("Lanterns", 60_000).await;
    house.approve_all(&frozen).await;
    let now = house.staff.now();
    for who in ["lawyer-a", "stranger"] {
        let refused = house.drafts.set_due(&house.who(who), &frozen.id, now + 1).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Nothing), "{who}");
    }
    for past in [now, now - 1, -1, i64::MIN] {
        let refused = house.drafts.set_due(&author, &frozen.id, past).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::Past), "{past}");
    }
    // Later than it was: at its first time nothing happens.
    house.drafts.set_due(&house.who("publisher"), &frozen.id, now + 90_000).await.unwrap();
    for passed in [60_000, 29_999] {
        house.turn(passed);
        assert!(house.drafts.publish_due().await.unwrap().is_empty());
    }
    let house = house.reopened().await;
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "nor across a restart");
    let case = house.case(&frozen).await;
    assert_eq!((case.frozen.due, &case.frozen.core_line), (now + 90_000, &frozen.core_line), "what was approved is the same");
    assert!(matches!(case.standing, Standing::Under { verdict: Ok(_), .. }), "and approved still");
    // Earlier than that would have been: none at all.
    house.drafts.set_due(&author, &frozen.id, 0).await.unwrap();
    house.published(&frozen).await;
    let refused = house.drafts.set_due(&author, &frozen.id, house.staff.now() + 1).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NotOpen));
    // Claimed, and interrupted before anything reached the log.
    let frozen = house.submitted("More lanterns", 0).await;
    house.approve_all(&frozen).await;
    house.sql("update frozen set state = 'sealing' where state = 'open'").await;
    let refused = house.drafts.set_due(&author, &frozen.id, house.staff.now() + 1).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NotOpen));
    house.published(&frozen).await;
}

async fn whatever_is_interrupted_is_found_again_and_comes_out_once(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve(&frozen, "clerk", "draft").await.unwrap();
    let house = house.reopened().await;
    assert_eq!(house.case(&frozen).await.steps.len(), 1);
    house.approve(&frozen, "lawyer-a", "legal").await.unwrap();
    // As if the machine had stopped between the log's commit and the desk's.
    house.sql("update steps set idx = -1, leaf = '' where number = 2").await;
    let before = house.node.heads.borrow().size;
    let refused = house.approve(&frozen, "lawyer-b", "legal").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::StaleCase));
    let house = house.reopened().await;
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    let case = house.case(&frozen).await;
    assert_eq!((case.steps[1].index, house.node.heads.borrow().size), (Some(before - 1), before));
    for (post, code) in [("lawyer-b", "legal"), ("controller", "budget"), ("director", "sign")] {
        house.approve(&frozen, post, code).await.unwrap();
    }
    // A crash before anything reached the log: claimed, and no more.
    house.sql("update frozen set state = 'sealing'").await;
    let house = house.reopened().await;
    assert_eq!(house.drafts.withdraw(&house.who("author"), &frozen.draft).await.unwrap_err().refusal(), Some(&Refusal::NotOpen));
    let index = house.published(&frozen).await;
    // A crash behind the log's commit.
    house.sql("update frozen set state = 'sealing', ready = 1, idx = -1, published = 0, tried = 0").await;
    house.sql("update drafts set state = 'frozen'").await;
    let house = house.reopened().await;
    let size = house.node.heads.borrow().size;
    assert_eq!(house.published(&frozen).await, index);
    assert_eq!(house.node.heads.borrow().size, size);
}

async fn an_older_revision_is_not_saved_over_a_newer_one_and_both_are_kept(engine: Engine) {
    let house = House::on(engine).await;
    let (author, colleague) = (house.who("author"), house.who("colleague"));
    let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap();
    let of = |title: &str| Written { title: title.into(), ..written("") };
    assert_eq!(house.drafts.save(&author, &draft.id, 1, &of("Blue lanterns")).await.unwrap(), Saved::Revision(2));
    let Saved::Aside { newest, .. } = house.drafts.save(&colleague, &draft.id, 1, &of("Red lanterns")).await.unwrap() else {
        panic!("it went over the other")
    };
    assert_eq!((newest.revision, newest.written.title.as_str()), (2, "Blue lanterns"));
    let asides = house.drafts.asides(&author, &draft.id).await.unwrap();
    assert_eq!((asides.len(), &asides[0].kept_by), (1, &colleague.id));
    assert_eq!(house.drafts.aside(&author, &draft.id, &asides[0].id).await.unwrap().1.title, "Red lanterns");
    assert_eq!(house.drafts.draft(&author, &draft.id).await.unwrap().written.title, "Blue lanterns");
    // What comes after somebody submitted it is kept as well.
    house.drafts.freeze(&author, &draft.id, 2, 0).await.unwrap();
    assert!(matches!(house.drafts.save(&colleague, &draft.id, 2, &of("Green lanterns")).await.unwrap(), Saved::Aside { .. }));
    assert_eq!(house.drafts.asides(&author, &draft.id).await.unwrap().len(), 2);
    let refused = house.drafts.freeze(&author, &draft.id, 2, 0).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NotWriting));
    let (held, at) = house.staff.journal().verify().await.unwrap();
    assert!(held > 3 && at.is_none(), "what was done is written down");
}

async fn without_a_rule_a_publisher_publishes_and_nobody_else(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("freewriter", &[Role::Drafter], &house.free).await;
    house.hire("publisher", &[Role::Publisher], &house.free).await;
    let writer = house.who("freewriter");
    let draft = house.drafts.begin(&writer, &house.free, Kind::Disclosure, &written("Weather")).await.unwrap();
    let frozen = house.drafts.freeze(&writer, &draft.id, 1, 0).await.unwrap();
    assert!(house.drafts.publish_due().await.unwrap().is_empty(), "nobody has published it");
    for who in ["freewriter", "author"] {
        assert_eq!(house.drafts.release(&house.who(who), &frozen.id).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    }
    let publisher = house.who("publisher");
    assert_eq!(house.drafts.waiting_for(&publisher).await.unwrap().len(), 1);
    house.drafts.release(&publisher, &frozen.id).await.unwrap();
    house.published(&frozen).await;
    // Where there is a rule, no publisher goes past it.
    house.hire("hasty", &[Role::Publisher], &house.agency).await;
    let ruled = house.submitted("Lanterns", 0).await;
    assert!(matches!(
        house.drafts.release(&house.who("hasty"), &ruled.id).await.unwrap_err().refusal(),
        Some(Refusal::Approval(ApprovalError::NoAct))
    ));
}

async fn a_new_version_a_repeal_and_a_redaction_go_the_same_way(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let first = house.submitted("Lanterns", 0).await;
    house.approve_all(&first).await;
    let index = house.published(&first).await;
    // It begins with what it will replace.
    let draft = house.drafts.begin_about(&author, &house.agency, Kind::Disclosure, index).await.unwrap();
    let carried = &draft.written;
    assert_eq!((carried.title.as_str(), carried.target, carried.translations.len()), ("Lanterns", Some(index), 1));
    assert!(carried.body.contains("Each lantern is lit."), "{}", carried.body);
    assert_eq!(house.drafts.files(&author, &draft.id).await.unwrap().len(), 1);
    // Not with a ground, for nobody has said why.
    assert_eq!(carried.ground, "");
    let refused = house.drafts.freeze(&author, &draft.id, 1, 0).await.unwrap_err();
    let Some(Refusal::Lacks(lacks)) = refused.refusal() else { panic!("{refused}") };
    assert_eq!(lacks[..], [("ground", Lack::Missing)]);
    let why = Written { ground: "error-in-figures".into(), ..carried.clone() };
    house.drafts.save(&author, &draft.id, 1, &why).await.unwrap();
    let second = house.drafts.freeze(&author, &draft.id, 2, 0).await.unwrap();
    house.approve_all(&second).await;
    let newer = house.published(&second).await;
    assert_eq!(house.node.store.item(newer).await.unwrap().unwrap().document, index, "a version of the same document");
    let third = house.drafts.begin_about(&author, &house.agency, Kind::Disclosure, newer).await.unwrap();
    assert_eq!(third.written.ground, "", "why that one came to be is no reason for the next");
    let repeal = Written {
        target: Some(newer),
        change: "repealed".into(),
        effective: "2026-12-01".into(),
        ground: "term-ended".into(),
        ..Written::default()
    };
    let repeal = house.submit(Kind::Status, &repeal, 0).await;
    // A status has a rule of its own: the director alone.
    house.approve(&repeal, "director", "sign").await.unwrap();
    house.published(&repeal).await;
    let entry = house.node.store.entry(newer).await.unwrap().unwrap();
    let entry = Entry::parse(&entry).unwrap();
    let Core::Disclosure(core) = Statement::parse(entry.note.as_bytes()).unwrap().core else { panic!() };
    assert_eq!((core.revises.map(|at| at.index), core.ground.as_deref()), (Some(index), Some("error-in-figures")));
    let body = core.parts.iter().find(|part| part.role == "body").unwrap().commitment;
    let redaction = Written { target: Some(newer), parts: vec![body.to_string()], ground: "personal-data".into(), ..Written::default() };
    let redaction = house.submit(Kind::Redaction, &redaction, 0).await;
    house.approve(&redaction, "director", "sign").await.unwrap();
    let by = house.published(&redaction).await;
    assert!(matches!(house.node.store.content(&body).await.unwrap().unwrap(), StoredContent::Removed { by: at } if at == by));
    assert_eq!(house.drafts.list(&author, Stage::Published, 50).await.unwrap().len(), 4);
}

async fn what_the_chain_would_refuse_is_told_before_anybody_approves_it(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let first = house.submitted("Lanterns", 0).await;
    house.approve_all(&first).await;
    let index = house.published(&first).await;
    let version = |of: u64, title: &str| Written { target: Some(of), ground: "facts-changed".into(), ..written(title) };
    let second = house.submit(Kind::Disclosure, &version(index, "More lanterns"), 0).await;
    house.approve_all(&second).await;
    house.published(&second).await;
    let begin = async |kind, written: &Written| house.drafts.begin(&author, &house.agency, kind, written).await.unwrap().id;
    let old = begin(Kind::Disclosure, &version(index, "No lanterns")).await;
    let refused = house.drafts.freeze(&author, &old, 1, 0).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::Chain { code, .. }) if code == "not-head"), "{refused}: a version forks");
    let away = begin(Kind::Disclosure, &version(99_999, "No lanterns")).await;
    assert!(matches!(house.drafts.freeze(&author, &away, 1, 0).await.unwrap_err().refusal(), Some(Refusal::Lacks(_))));
    let empty = begin(Kind::Disclosure, &Written::default()).await;
    let refused = house.drafts.freeze(&author, &empty, 1, 0).await.unwrap_err();
    let Some(Refusal::Lacks(faults)) = refused.refusal() else { panic!("{refused}") };
    assert!(faults.iter().any(|(field, _)| *field == "title"));
    assert_eq!(house.waiting_files(), 0, "nothing is left lying about");
}

async fn bytes_that_changed_since_they_were_approved_are_not_published(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    house.overwrite_waiting_files("Many more lanterns.");
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(_, Outcome::Refused { code: "part", .. })]), "{outcomes:?}");
}

async fn nobody_sees_another_agencys_drafts(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    let stranger = house.who("stranger");
    let nothing = |error: server::drafts::DraftsError| assert_eq!(error.refusal(), Some(&Refusal::Nothing));
    nothing(house.drafts.draft(&stranger, &frozen.draft).await.unwrap_err());
    nothing(house.drafts.files(&stranger, &frozen.draft).await.unwrap_err());
    nothing(house.drafts.asides(&stranger, &frozen.draft).await.unwrap_err());
    nothing(house.drafts.save(&stranger, &frozen.draft, 1, &Written::default()).await.unwrap_err());
    nothing(house.drafts.withdraw(&stranger, &frozen.draft).await.unwrap_err());
    nothing(house.drafts.case(&stranger, &frozen.case).await.map(drop).unwrap_err());
    nothing(house.drafts.begin(&stranger, &house.agency, Kind::Disclosure, &written("Mine")).await.map(drop).unwrap_err());
    assert!(house.drafts.list(&stranger, Stage::Frozen, 50).await.unwrap().is_empty());
    assert!(house.drafts.open_cases(&stranger, &Place::First, 50).await.unwrap().rows.is_empty());
    // An auditor reads everything and changes nothing.
    house.hire_for("auditor", &[(Role::Auditor, "")]).await;
    let auditor = house.who("auditor");
    assert_eq!(house.drafts.draft(&auditor, &frozen.draft).await.unwrap().id, frozen.draft);
    assert_eq!(house.drafts.list(&auditor, Stage::Frozen, 50).await.unwrap().len(), 1);
    nothing(house.drafts.withdraw(&auditor, &frozen.draft).await.unwrap_err());
    // A reviewer reads and does not write.
    nothing(house.drafts.withdraw(&house.who("lawyer-a"), &frozen.draft).await.unwrap_err());
}

async fn an_agencys_figures_count_what_was_approved_skipped_rejected_and_corrected(engine: Engine) {
    let house = House::on(engine).await;
    let figures = async || {
        let context = server::views::Context::new(&house.node, app::Lang::En);
        server::views::agency(&context, &house.agency, 0).await.unwrap().unwrap().figures
    };
    assert_eq!(figures().await, None, "nothing was approved yet");
    let plain = house.submitted("Lanterns", 0).await;
    house.approve_all(&plain).await;
    let first = house.published(&plain).await;
    let other = house.submitted("Bridges", 0).await;
    house.approve(&other, "clerk", "draft").await.unwrap();
    house.decide(&other, "lawyer-a", "lawyer-a", "legal", "reject", Some("no basis")).await.unwrap();
    house.approve(&other, "lawyer-a", "legal").await.unwrap();
    house.approve(&other, "controller", "budget").await.unwrap();
    house.decide(&other, "minister", "minister", "legal", "override", Some("haste")).await.unwrap();
    house.approve(&other, "director", "sign").await.unwrap();
    house.published(&other).await;
    let correction = Written { target: Some(first), change: "corrected".into(), ground: "error".into(), ..Written::default() };
    let correction = house.submit(Kind::Status, &correction, 0).await;
    house.approve(&correction, "director", "sign").await.unwrap();
    house.published(&correction).await;
    let said = figures().await.unwrap();
    assert_eq!((said.approved, said.unopened), (3, 0));
    assert_eq!(said.changes, [(app::view::Change::Became(app::view::Standing::Corrected), 1)]);
    let taken: Vec<_> = said.steps.iter().map(|step| (step.code.as_str(), step.taken, step.overridden, step.rejected)).collect();
    assert_eq!(taken, [("draft", 2, 0, 0), ("legal", 4, 1, 1), ("budget", 2, 0, 0), ("sign", 3, 0, 0)]);
    // The first step waits for nothing: nobody knows how long it took.
    assert_eq!(said.steps[0].times, None);
    assert!(said.steps[1..].iter().all(|step| step.times.is_some_and(|times| (0..=times.longest).contains(&times.median))));
}
