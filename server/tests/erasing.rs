//! What the staff database keeps of what is published: nothing that a redaction would not take from there as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    entry::Entry,
    part::Commitment,
    statement::{Core, Part, Statement},
};
use desk_house::*;
use server::{
    drafts::{Frozen, Kind, Saved, Stage, Written},
    staff::Account,
    store::StoredContent,
};
use sqlx::Row;
use std::collections::BTreeSet;
use trial::Engine;

on_each_engine! {
    of_what_is_published_no_text_no_translation_and_no_salt_stays_at_the_desk,
    a_redaction_takes_title_names_and_salts_from_the_desk_as_well,
    a_redaction_past_the_desk_takes_them_too,
    what_a_backup_brought_back_is_erased_again,
    what_is_gone_from_the_chain_ahead_of_its_redaction_goes_from_the_desk_as_well,
    a_new_version_has_what_has_not_changed_in_common_with_the_old_and_one_redaction_takes_it_from_both,
    two_files_of_the_same_bytes_are_two_parts_of_a_version,
    what_waits_while_a_part_of_it_is_redacted_comes_out_as_it_was_approved_and_without_that_part,
}

const SALTS: &str = "select salt from frozen_parts where salt <> ''";
/// Wherever the desk keeps something of a text.
const KEPT: &str = "select written from drafts union all select title from drafts union all select written from draft_asides \
                    union all select title from frozen union all select name from frozen_parts union all select salt from frozen_parts \
                    union all select name from draft_files";

async fn texts(house: &House, sql: &'static str) -> Vec<String> {
    let rows = sqlx::query(sql).fetch_all(house.staff.store().pool()).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

async fn parts_of(house: &House, index: u64) -> Vec<Part> {
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    let Core::Disclosure(core) = Statement::parse(entry.note.as_bytes()).unwrap().core else { panic!("no disclosure") };
    core.parts
}

fn part(parts: &[Part], role: &str) -> Commitment {
    parts.iter().find(|part| part.role == role).unwrap().commitment
}

async fn published(house: &House, frozen: &Frozen) -> u64 {
    house.approve_all(frozen).await;
    house.published(frozen).await
}

/// Has parts of a published version redacted from the desk.
async fn redact(house: &House, index: u64, parts: &[Commitment]) -> u64 {
    let parts = parts.iter().map(ToString::to_string).collect();
    let redaction = Written { target: Some(index), parts, ground: "personal-data".into(), ..Written::default() };
    let redaction = house.submit(Kind::Redaction, &redaction, 0).await;
    house.approve(&redaction, "director", "sign").await.unwrap();
    house.published(&redaction).await
}

async fn is_removed(house: &House, part: &Commitment, by: u64) -> bool {
    matches!(house.node.store.content(part).await.unwrap(), Some(StoredContent::Removed { by: at }) if at == by)
}

async fn of_what_is_published_no_text_no_translation_and_no_salt_stays_at_the_desk(engine: Engine) {
    let house = House::on(engine).await;
    let (author, colleague) = (house.who("author"), house.who("colleague"));
    let first = house.submitted("Lanterns", 0).await;
    let mut salts = texts(&house, SALTS).await;
    assert_eq!(salts.len(), 4);
    // Taken back, written anew, and a colleague's text kept aside.
    house.drafts.withdraw(&author, &first.draft).await.unwrap();
    assert_eq!(texts(&house, SALTS).await, Vec::<String>::new(), "nobody signs it any more");
    let save = async |who: &Account, body: &str| {
        let written = Written { body: body.into(), ..written("Lanterns") };
        house.drafts.save(who, &first.draft, 1, &written).await.unwrap()
    };
    assert_eq!(save(&author, "Every lantern burns.").await, Saved::Revision(2));
    assert!(matches!(save(&colleague, "No lantern burns.").await, Saved::Aside { .. }));
    let second = house.drafts.freeze(&author, &first.draft, 2, 0).await.unwrap();
    salts.extend(texts(&house, SALTS).await);
    assert_eq!(salts.len(), 8);
    let index = published(&house, &second).await;
    let kept = texts(&house, KEPT).await.join("\n");
    for text in ["Each lantern", "Every lantern", "No lantern", "全部点亮"].into_iter().chain(salts.iter().map(String::as_str)) {
        assert!(!kept.contains(text), "{text}: {kept}");
    }
    assert_eq!(texts(&house, "select written from draft_asides").await, Vec::<String>::new());
    // What its lists call it they still do, and a new version begins with the text that is published.
    let listed = house.drafts.list(&author, Stage::Published, 50).await.unwrap();
    assert_eq!(listed.iter().map(|draft| draft.written.title.as_str()).collect::<Vec<_>>(), ["Lanterns"]);
    assert!(house.case(&second).await.parts.iter().all(|part| part.salt.is_none()));
    let again = house.drafts.begin_about(&author, &house.agency, Kind::Disclosure, index).await.unwrap();
    assert!(again.written.body.contains("Every lantern burns."), "{}", again.written.body);
}

async fn a_redaction_takes_title_names_and_salts_from_the_desk_as_well(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    // One that was taken back before is called the same.
    let first = house.submitted("Lanterns", 0).await;
    house.drafts.withdraw(&author, &first.draft).await.unwrap();
    let second = house.drafts.freeze(&author, &first.draft, 1, 0).await.unwrap();
    let other = house.submitted("Bridges", 60_000).await;
    let index = published(&house, &second).await;
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 0, "nothing is redacted yet");
    assert!(texts(&house, KEPT).await.iter().any(|text| text == "figures.csv"));
    let parts = parts_of(&house, index).await;
    redact(&house, index, &[part(&parts, "catalogue"), part(&parts, "attachment")]).await;
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 2);
    let sql = "select written from drafts where state = 'published' union all select title from drafts where state = 'published' \
               union all select title from frozen where state <> 'open' \
               union all select p.name from frozen_parts p join frozen f on f.id = p.frozen where f.state <> 'open' \
               union all select p.salt from frozen_parts p join frozen f on f.id = p.frozen where f.state <> 'open' \
               union all select i.name from draft_files i join drafts d on d.id = i.draft where d.state = 'published'";
    let kept = texts(&house, sql).await;
    for text in ["Lanterns", "figures.csv", "body.md", "灯笼"] {
        assert!(kept.iter().all(|kept| !kept.contains(text)), "{text}: {kept:?}");
    }
    // Nothing else goes with it.
    assert_eq!(house.case(&other).await.frozen.title, "Bridges");
    assert!(house.case(&other).await.parts.iter().all(|part| part.salt.is_some()));
    // Done once; and the desk's lists and cases are still there.
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 0);
    assert_eq!(texts(&house, sql).await, kept);
    assert_eq!(house.drafts.list(&author, Stage::Published, 50).await.unwrap().len(), 2);
    assert_eq!(house.case(&second).await.frozen.title, "");
    house.approve_all(&other).await;
    house.turn(60_000);
    house.published(&other).await;
}

async fn a_redaction_past_the_desk_takes_them_too(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("stranger");
    let draft = house.drafts.begin(&author, &house.other, Kind::Disclosure, &written("Beds")).await.unwrap();
    house.drafts.attach(&author, &draft.id, "beds.csv", b"year,beds\n2026,12\n".to_vec()).await.unwrap();
    let frozen = house.drafts.freeze(&author, &draft.id, draft.revision, 0).await.unwrap();
    // No rule: whoever publishes there does.
    house.drafts.release(&author, &frozen.id).await.unwrap();
    let index = house.published(&frozen).await;
    let leaf = chain::tree::leaf_hash(&house.node.store.entry(index).await.unwrap().unwrap());
    let attachment = part(&parts_of(&house, index).await, "attachment");
    let target = chain::statement::Reference { index, leaf };
    trial::redact(&house.node, &house.other, target, vec![attachment]).await.unwrap();
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 1);
    let kept = texts(&house, KEPT).await;
    assert!(kept.iter().all(|text| !text.contains("beds.csv")), "{kept:?}");
    assert!(kept.iter().any(|text| text == "Beds"), "its title may still be known: {kept:?}");
}

async fn what_a_backup_brought_back_is_erased_again(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    let index = published(&house, &frozen).await;
    house.drafts.erase_redacted().await.unwrap();
    let then = texts(&house, "select cast(size as text) from erased").await;
    let parts = parts_of(&house, index).await;
    redact(&house, index, &[part(&parts, "catalogue")]).await;
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 1);
    // As it was before, also as desks of before kept it: with all that was typed.
    let typed = "update drafts set title = 'Lanterns', written = '{\"title\":\"Lanterns\",\"body\":\"Each is lit.\"}' \
                 where kind = 'disclosure'";
    house.sql(typed).await;
    house.sql("update frozen set title = 'Lanterns' where kind = 'disclosure'").await;
    house.sql("update frozen_parts set name = 'figures.csv', salt = '00112233445566778899aabbccddeeff'").await;
    let back = "update erased set size = $1";
    sqlx::query(back).bind(then[0].parse::<i64>().unwrap()).execute(house.staff.store().pool()).await.unwrap();
    let house = house.reopened().await;
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 1);
    let kept = texts(&house, KEPT).await.join("\n");
    for text in ["Lanterns", "Each is lit", "figures.csv", "00112233445566778899aabbccddeeff"] {
        assert!(!kept.contains(text), "{text}: {kept}");
    }
}

async fn what_is_gone_from_the_chain_ahead_of_its_redaction_goes_from_the_desk_as_well(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    let index = published(&house, &frozen).await;
    let parts = parts_of(&house, index).await;
    assert_eq!(house.drafts.erase_parts(house.node.ahead()).await.unwrap(), 0, "nothing is, in a copy that is no old one");
    assert!(texts(&house, KEPT).await.iter().any(|text| text == "Lanterns"));
    let gone = [part(&parts, "catalogue"), part(&parts, "attachment")];
    assert_eq!(house.drafts.erase_parts(&gone).await.unwrap(), 2);
    let kept = texts(&house, KEPT).await.join("\n");
    for text in ["Lanterns", "figures.csv", "灯笼"] {
        assert!(!kept.contains(text), "{text}: {kept}");
    }
    // And when its redaction comes by there is nothing left to blank.
    redact(&house, index, &gone).await;
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 2);
    let after = texts(&house, KEPT).await.join("\n");
    assert!(!after.contains("Lanterns") && !after.contains("figures.csv"), "{after}");
}

async fn a_new_version_has_what_has_not_changed_in_common_with_the_old_and_one_redaction_takes_it_from_both(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let first = house.submit(Kind::Disclosure, &Written { translations: vec![], ..written("Lanterns") }, 0).await;
    let old = published(&house, &first).await;
    let draft = house.drafts.begin_about(&author, &house.agency, Kind::Disclosure, old).await.unwrap();
    let (body, ground) = ("# All of them\n\nEvery lantern is lit.".into(), "facts-changed".into());
    let changed = Written { body, ground, ..draft.written.clone() };
    house.drafts.save(&author, &draft.id, 1, &changed).await.unwrap();
    let second = house.drafts.freeze(&author, &draft.id, 2, 0).await.unwrap();
    let new = published(&house, &second).await;
    let (before, after) = (parts_of(&house, old).await, parts_of(&house, new).await);
    let attachment = part(&after, "attachment");
    let common: Vec<_> = after.iter().map(|part| part.commitment).filter(|new| before.iter().any(|old| old.commitment == *new)).collect();
    assert_eq!(common, [attachment]);
    let by = redact(&house, new, &[attachment]).await;
    assert!(is_removed(&house, &part(&before, "attachment"), by).await, "the old version has its bytes no more");
    assert!(matches!(house.node.store.content(&part(&before, "body")).await.unwrap(), Some(StoredContent::Present { .. })));
    let report = server::fsck::fsck(&house.trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!(report.differs, None);
    // Neither does a version that replaces it bring them back by itself.
    let third = house.drafts.begin_about(&author, &house.agency, Kind::Disclosure, new).await.unwrap();
    assert_eq!(house.drafts.files(&author, &third.id).await.unwrap(), []);
}

async fn two_files_of_the_same_bytes_are_two_parts_of_a_version(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let first = house.submitted("Lanterns", 0).await;
    let old = published(&house, &first).await;
    let draft = house.version_of(old).await;
    house.turn(1);
    let copy = b"year,lanterns\n2026,12\n".to_vec();
    house.drafts.attach(&author, &draft.id, "copy.csv", copy).await.unwrap();
    let second = house.drafts.freeze(&author, &draft.id, draft.revision, 0).await.unwrap();
    let new = published(&house, &second).await;
    let (before, after) = (parts_of(&house, old).await, parts_of(&house, new).await);
    let distinct: BTreeSet<_> = after.iter().map(|part| part.commitment).collect();
    assert_eq!((after.len(), distinct.len()), (5, 5));
    let attached: Vec<_> = after.iter().filter(|part| part.role == "attachment").map(|part| part.commitment).collect();
    assert_eq!(attached[0], part(&before, "attachment"));
    assert_ne!(attached[1], attached[0]);
    assert_eq!(part(&before, "translation"), part(&after, "translation"));
    assert_ne!(part(&before, "catalogue"), part(&after, "catalogue"), "every version has a catalogue of its own");
}

async fn what_waits_while_a_part_of_it_is_redacted_comes_out_as_it_was_approved_and_without_that_part(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let first = house.submitted("Lanterns", 0).await;
    let old = published(&house, &first).await;
    let draft = house.version_of(old).await;
    let second = house.drafts.freeze(&author, &draft.id, draft.revision, 0).await.unwrap();
    let attachment = part(&parts_of(&house, old).await, "attachment");
    let by = redact(&house, old, &[attachment]).await;
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 1);
    assert_eq!(house.case(&second).await.frozen.core_line, second.core_line);
    let new = published(&house, &second).await;
    assert_eq!(part(&parts_of(&house, new).await, "attachment"), attachment);
    assert!(is_removed(&house, &attachment, by).await, "what was redacted does not come back");
    let kept = texts(&house, KEPT).await;
    assert!(kept.iter().all(|text| !text.contains("figures.csv")), "{kept:?}");
    assert_eq!(house.drafts.erase_redacted().await.unwrap(), 0);
}
