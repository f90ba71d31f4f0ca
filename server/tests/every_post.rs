//! Everything that is done at the desk is written down: each address that takes a form, or what a script sends, read from the router's own
//! sources, is sent something that it takes, by somebody who may, and leaves its row in the journal. What leaves none is named here, with
//! the reason; so is what cannot be driven without a real browser's keys.
//!
//! That is held of addresses, by their names in the router, and of no more: of a page with several forms those are sent that stand below,
//! and nothing here finds a form that is new to such a page. Known to be left out are those that only lead on to another page, of which
//! nothing is kept (`?post`, `?key`), those that need a department (`bind`, `unbind`), and one for which something must have failed before
//! (`?again`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod addresses;
mod desk_house;
mod pages_at_desk;
mod portal;
mod watched;

use chain::{
    note::{KeyType, Signer, sign},
    possession::{self, Office},
};
use desk_house::{House, form_of, key_of, new_key, written};
use serde_json::{Value, json};
use server::{
    drafts::{Given, Kind, Reason},
    keys,
    staff::{Role, Strength},
};
use std::collections::BTreeSet;
use totp_rs::{Builder, Secret};
use trial::Engine;
use watched::{FORM, Watched, between, given, parts, session};

on_each_engine! {
    every_address_that_does_something_leaves_a_row_in_the_journal_or_is_named_here,
}

/// What leaves no row when it is sent, and why.
const UNNOTED: [(&str, &str, &str); 3] = [
    ("POST", "/desk/drafts/{id}/preview", "draws what is being typed, and keeps nothing"),
    (
        "POST",
        "/{lang}/desk/department/{id}",
        "leads a browser out to a department: who comes back from there is noted by `GET /desk/department/back` (staff/identities.rs)",
    ),
    (
        "POST",
        "/{lang}/desk/account/passkeys",
        "needs a portal with a name, and a browser's key: that a key is removed leaves its row, whoever asks for it, which is held below \
         past the page; the page itself stands in end2end",
    ),
];

const DRAFT: [(&str, &str); 6] = [
    ("title", "Lanterns"),
    ("genre", "notice"),
    ("language", "en"),
    ("issued", "2026-03-01"),
    ("body", "Each lantern is lit."),
    ("do", "save"),
];
const PASSWORD: &str = "seven lanterns over the river";

/// The fields of a draft with these before them.
fn draft_at(revision: &'static str) -> Vec<(&'static str, &'static str)> {
    [("revision", revision)].into_iter().chain(DRAFT).collect()
}

/// What stands last in an address that somebody was sent on to.
fn last(to: &str) -> String {
    to.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn every_address_that_does_something_leaves_a_row_in_the_journal_or_is_named_here(engine: Engine) {
    let house = House::on(engine).await;
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    house.hire("novice", &[Role::Drafter], &house.agency).await;
    house.hire_for("publisher", &[(Role::Drafter, &house.free), (Role::Publisher, &house.free), (Role::Publisher, &house.agency)]).await;
    house.hire_for("registrar", &[(Role::Registrar, "")]).await;
    house.hire_for("root", &[(Role::Administrator, "")]).await;
    for name in ["author", "colleague", "clerk", "chief", "novice", "publisher", "registrar", "root"] {
        house.enter(name).await;
    }
    house.staff.has_mail();
    let mut desk = Watched::of(house).await;
    drafts(&mut desk).await;
    cases(&mut desk).await;
    many_at_once(&mut desk).await;
    posts(&mut desk).await;
    registrations(&mut desk).await;
    charter(&mut desk).await;
    account(&mut desk).await;
    factors(&mut desk).await;
    people(&mut desk).await;
    doors(&mut desk).await;
    let does = |(method, _): &(String, String)| !["GET", "ANY"].contains(&method.as_str());
    let sources: BTreeSet<_> = addresses::of("desk").into_iter().filter(does).collect();
    let named: Vec<_> = UNNOTED.iter().map(|(method, address, _)| ((*method).to_owned(), (*address).to_owned())).collect();
    let known: BTreeSet<_> = desk.noted.iter().chain(&named).cloned().collect();
    let (new, gone): (Vec<_>, Vec<_>) = (sources.difference(&known).collect(), known.difference(&sources).collect());
    assert!(new.is_empty(), "nothing was sent to {new:?}: send it here, or name it among those that leave no row, and why");
    assert!(gone.is_empty(), "the router has no {gone:?} any more");
    assert!(named.iter().all(|one| !desk.noted.contains(one)), "what leaves a row is not one that leaves none");
}

async fn drafts(desk: &mut Watched) {
    let author = desk.again("author", Strength::SecondFactor).await;
    let (who, agency) = (desk.house().who("author"), desk.house().agency.clone());
    let begun = desk.form(&author, "/{lang}/desk/drafts", &[], &[("agency", &agency), ("kind", "disclosure")], "draft-begun").await;
    let id = last(&begun.to);
    let (id, form) = (id.as_str(), (FORM, form_of(&author, &draft_at("1"))));
    // The first that an editor saves by itself; what follows within minutes is of the same stretch, which one row stands for.
    desk.script(&author, ("POST", "/desk/drafts/{id}/save"), &[id], form, "draft-saved").await;
    desk.form(&author, "/{lang}/desk/drafts/{id}", &[id], &draft_at("2"), "draft-saved").await;
    for (end, media, body, what) in
        [("PATCH", "application/octet-stream", "c,d\n", "file-added"), ("DELETE", "application/octet-stream", "", "upload-given-up")]
    {
        let announced = json!({ "name": "more.csv", "size": 4, "digest": chain::Hash::of(&[b"c,d\n"]).to_hex() }).to_string();
        let uploads = ("POST", "/desk/drafts/{id}/uploads");
        let begun = desk.script(&author, uploads, &[id], ("application/json", announced), "upload-begun").await;
        let begun: Value = serde_json::from_str(&begun.body).unwrap();
        let ids = [id, begun["id"].as_str().unwrap()];
        desk.script(&author, (end, "/desk/drafts/{id}/uploads/{upload}"), &ids, (media, body.to_owned()), what).await;
    }
    let file = parts(&author.form(), &[], ("figures.csv", "year,lanterns\n2026,12\n"));
    desk.file(&author, "/{lang}/desk/drafts/{id}/files", &[id], file, "file-added").await;
    let file = desk.house().drafts.files(&who, id).await.unwrap().remove(0).id;
    desk.form(&author, "/{lang}/desk/drafts/{id}/files/{file}", &[id, &file], &[], "file-removed").await;
    let other = desk.house().drafts.begin(&who, &agency, Kind::Disclosure, &written("Lamps")).await.unwrap().id;
    let fields: Vec<_> = draft_at("1").into_iter().map(|(name, value)| (name, if name == "do" { "drop" } else { value })).collect();
    desk.form(&author, "/{lang}/desk/drafts/{id}", &[&other], &fields, "draft-dropped").await;
    desk.form(&author, "/{lang}/desk/drafts/{id}/take-up", &[&other], &[], "draft-taken-up").await;
    let fields = [("revision", "3"), ("day", ""), ("hour", "")];
    desk.form(&author, "/{lang}/desk/drafts/{id}/submit", &[id], &fields, "draft-submitted").await;
}

/// A step as a browser's script and the command line give it.
fn said(given: &Given) -> String {
    json!({ "note": given.note, "opening": { "salt": given.opening.salt, "text": given.opening.text } }).to_string()
}

async fn cases(desk: &mut Watched) {
    let author = desk.again("author", Strength::SecondFactor).await;
    let (clerk, publisher) = (desk.again("clerk", Strength::SecondFactor).await, desk.again("publisher", Strength::SecondFactor).await);
    let house = desk.house();
    let (one, two, three) = (house.submitted("Lanterns", 0).await, house.submitted("Lamps", 0).await, house.submitted("Wicks", 0).await);
    // Published, with a reason that the public may read.
    let given = house.sign(&house.case(&three).await, "clerk", "draft", "reject", Some("The river does not wait."));
    let reason = given.reason.map(|reason| Reason { public: true, ..reason });
    house.drafts.take(&house.who("clerk"), &three.case, &Given { reason, ..given }).await.unwrap();
    house.approve_all(&three).await;
    house.published(&three).await;
    desk.form(&publisher, "/{lang}/desk/cases/{case}/reasons/{number}", &[&three.case, "1"], &[], "reason-closed").await;
    let fields = [("day", "2027-01-02"), ("hour", "08:30")];
    desk.form(&author, "/{lang}/desk/cases/{case}/due", &[&one.case], &fields, "due-changed").await;
    let step = |case: &server::drafts::Case, house: &House| said(&house.sign(case, "clerk", "draft", "approve", None));
    let file = parts(&clerk.form(), &[], ("signed.json", &step(&desk.house().case(&one).await, desk.house())));
    desk.file(&clerk, "/{lang}/desk/cases/{case}/steps", &[&one.case], file, "step-taken").await;
    let signed = ("application/json", step(&desk.house().case(&two).await, desk.house()));
    desk.script(&clerk, ("POST", "/desk/cases/{case}/steps"), &[&two.case], signed, "step-taken").await;
    desk.form(&author, "/{lang}/desk/cases/{case}/withdraw", &[&one.case], &[], "draft-withdrawn").await;
    // Where there is no rule somebody has it published.
    let (who, free) = (desk.house().who("publisher"), desk.house().free.clone());
    let draft = desk.house().drafts.begin(&who, &free, Kind::Disclosure, &written("Storm")).await.unwrap();
    let frozen = desk.house().drafts.freeze(&who, &draft.id, draft.revision, 0).await.unwrap();
    desk.form(&publisher, "/{lang}/desk/cases/{case}/release", &[&frozen.case], &[], "draft-released").await;
    // From now on that agency seals for itself.
    let seal = desk.house().seal_anew(&free, 2).await;
    let asked: Value = serde_json::from_str(&desk.page(&publisher, &format!("/en/desk/cases/{}/to-seal", frozen.case)).await).unwrap();
    let note = sign(asked["text"].as_str().unwrap(), &[&seal]);
    let file = parts(&publisher.form(), &[], ("sealed.json", &json!({ "note": note }).to_string()));
    desk.file(&publisher, "/{lang}/desk/cases/{case}/sealed", &[&frozen.case], file, "sealed-elsewhere").await;
}

/// What is brought, and templates.
async fn many_at_once(desk: &mut Watched) {
    let (author, chief) = (desk.again("author", Strength::SecondFactor).await, desk.again("chief", Strength::SecondFactor).await);
    let agency = desk.house().agency.clone();
    let table = "title,genre,issued,body\nWicks,notice,2026-03-01,Each wick is trimmed.\n";
    let body = parts(&author.form(), &[("agency", &agency)], ("table.csv", table));
    let brought = last(&desk.file(&author, "/{lang}/desk/bring", &[], body, "brought").await.to);
    for (fields, what) in [(&[("do", "make"), ("row", "0")][..], "brought-made"), (&[("do", "discard")], "brought-discarded")] {
        desk.form(&author, "/{lang}/desk/bring/{id}", &[&brought], fields, what).await;
    }
    let fields = [("agency", agency.as_str()), ("name", "Weekly lanterns"), ("genre", "notice"), ("language", "en")];
    let template = last(&desk.form(&chief, "/{lang}/desk/templates/new", &[], &fields, "template-made").await.to);
    let fields = [("name", "Lanterns of the week"), ("genre", "notice"), ("language", "en"), ("revision", "1")];
    desk.form(&chief, "/{lang}/desk/templates/{id}", &[&template], &fields, "template-changed").await;
    let fields = [("agency", agency.as_str()), ("template", &template)];
    desk.form(&author, "/{lang}/desk/templates", &[], &fields, "draft-begun").await;
    desk.form(&chief, "/{lang}/desk/templates/{id}", &[&template], &[("do", "end")], "template-ended").await;
}

async fn posts(desk: &mut Watched) {
    let chief = desk.again("chief", Strength::SecondFactor).await;
    let house = desk.house();
    let (who, colleague) = (house.who("chief").id, house.who("colleague").id);
    let (agency, other, post, origin) = (house.agency.clone(), house.other.clone(), house.post("clerk"), house.node.origin.clone());
    let (seal, key) = (new_key(&agency).vkey().to_string(), key_of(&post).vkey().to_string());
    for (which, fields) in [
        ("rule", &[("none", "1")][..]),
        ("bodies", &[("successor", ""), ("overseers", other.as_str())]),
        ("seal", &[("custody", "agency"), ("seal", seal.as_str())]),
        ("end", &[("subject", post.as_str()), ("key", key.as_str()), ("how", "lost"), ("at", "9")]),
    ] {
        desk.form(&chief, &format!("/{{lang}}/desk/posts/of/{{*agency}}?{which}"), &[&agency], fields, "registration-asked").await;
    }
    desk.form(&chief, "/{lang}/desk/posts/of/{*agency}?names", &[&agency], &[("names", "1")], "names-wished").await;
    let new = new_key(&post);
    let proof = sign(&possession::text(&origin, Office::Post, &post, &who, new.vkey()).unwrap(), &[&new]);
    let page = "/{lang}/desk/posts/key/{*post}";
    desk.form(&chief, page, &[&post], &[("proof", &proof)], "registration-asked").await;
    let page = format!("{page}?holder");
    for (field, what) in [("give", "post-given"), ("take", "post-taken")] {
        desk.form(&chief, &page, &[&post], &[(field, &colleague)], what).await;
    }
    let page = "/{lang}/desk/machines/of/{*agency}";
    let fields = [("do", "make"), ("name", "Records"), ("role", "read"), ("days", "9")];
    desk.form(&chief, page, &[&agency], &fields, "machine-made").await;
    let machine = desk.house().staff.machines(&agency).await.unwrap().remove(0).id;
    desk.form(&chief, page, &[&agency], &[("do", "end"), ("machine", &machine)], "machine-ended").await;
}

async fn registrations(desk: &mut Watched) {
    let registrar = desk.again("registrar", Strength::SecondFactor).await;
    let signer = keys::open(&desk.house().trial.place.data.join("keys/registrar.key")).unwrap();
    let page = "/{lang}/desk/registrations/{id}";
    for (id, how, what) in [("parks", "?here", "registered"), ("ponds", "?withdraw", "registration-withdrawn"), ("lakes", "", "registered")]
    {
        let id = format!("gazette.example/{id}");
        let fields = [("id", id.as_str()), ("name_zh", "公园局"), ("name_en", "Parks Office"), ("custody", "portal")];
        let asked = last(&desk.form(&registrar, "/{lang}/desk/registrations", &[], &fields, "registration-asked").await.to);
        let text = desk.page(&registrar, &format!("/en/desk/registrations/{asked}/text")).await;
        let note = signer.add_to(&text).unwrap();
        desk.form(&registrar, &format!("{page}{how}"), &[&asked], &[("note", &note)], what).await;
    }
}

async fn charter(desk: &mut Watched) {
    let registrar = desk.again("registrar", Strength::SecondFactor).await;
    let (who, origin) = (desk.house().who("registrar").id, desk.house().node.origin.clone());
    let charter = desk.house().node.submitter.state().charter().unwrap().clone();
    let held: Vec<_> = charter.registrars.keys.iter().map(ToString::to_string).collect();
    let threshold = charter.registrars.threshold.to_string();
    let mut fields: Vec<(&str, &str)> = held.iter().map(|key| ("registrar", key.as_str())).collect();
    fields.extend([("threshold", threshold.as_str()), ("zone", "Europe/Berlin"), ("policy", &charter.policy)]);
    fields.extend([("name_zh", charter.name["zh"].as_str()), ("name_en", charter.name["en"].as_str())]);
    desk.form(&registrar, "/{lang}/desk/charter", &[], &fields, "registration-asked").await;
    let name = "gazette.example/registrar-2";
    let key = Signer::new(name, KeyType::Ed25519, &keys::random().unwrap()).unwrap();
    let proof = sign(&possession::text(&origin, Office::Registrar, name, &who, key.vkey()).unwrap(), &[&key]);
    desk.form(&registrar, "/{lang}/desk/charter/key/{*name}", &[name], &[("proof", &proof)], "registration-asked").await;
}

async fn account(desk: &mut Watched) {
    let novice = desk.again("novice", Strength::SecondFactor).await;
    let (page, who) = ("/{lang}/desk/account", desk.house().who("novice").id);
    desk.form(&novice, page, &[], &[("do", "name"), ("name", "Officer Zhao")], "name-changed").await;
    desk.form(&novice, page, &[], &[("do", "end-others")], "session-ended").await;
    let other = desk.again("novice", Strength::SecondFactor).await;
    let handle = desk.house().staff.session(&other).await.unwrap().unwrap().0.handle().to_owned();
    desk.form(&novice, page, &[], &[("do", "end"), ("session", &handle)], "session-ended").await;
    desk.form(&novice, page, &[], &[("do", "address"), ("address", "zhao@staff.example.gov")], "address-asked").await;
    let secret = desk.text("select secret from letters where account = $1 and kind = 'confirm'", &who).await;
    desk.form(&novice, "/{lang}/desk/account/address/{secret}", &[&secret], &[], "address-confirmed").await;
    desk.form(&novice, page, &[], &[("do", "letters"), ("wanted", "daily"), ("language", "en")], "letters-chosen").await;
    desk.form(&novice, page, &[], &[("do", "no-address")], "address-removed").await;
    let new = "nine herons on the far bank";
    let fields = [("do", "password"), ("present", PASSWORD), ("password", new), ("repeat", new)];
    session(&desk.form(&novice, page, &[], &fields, "password-changed").await);
}

async fn factors(desk: &mut Watched) {
    let novice = desk.again("novice", Strength::SecondFactor).await;
    let who = desk.house().who("novice").id;
    let page = desk.page(&novice, "/en/desk/account/authenticator").await;
    let secret = between(&page, "name=\"secret\" value=\"", "\"").to_owned();
    let code = |house: &House| {
        let totp = Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build().unwrap();
        totp.generate(u64::try_from(house.staff.now() / 1_000).unwrap()).to_string()
    };
    let fields = [("secret", secret.as_str()), ("code", &code(desk.house()))];
    let added = desk.form(&novice, "/{lang}/desk/account/authenticator", &[], &fields, "authenticator-added").await;
    let stronger = session(&added);
    desk.form(&stronger, "/{lang}/desk/account/codes", &[], &[], "recovery-codes-made").await;
    // A code opens once.
    desk.house().turn(60_000);
    let weaker = desk.again("novice", Strength::Password).await;
    let now = code(desk.house());
    desk.form(&weaker, "/{lang}/desk/code", &[], &[("code", &now)], "second-factor-shown").await;
    // Past the page of passkeys, which a portal without a name does not have.
    let added = sqlx::query("insert into passkeys (id, account, name, key, added, used) values ('00', $1, 'Phone', '', 1, 0)").bind(&who);
    added.execute(desk.house().staff.store().pool()).await.unwrap();
    let (own, _) = desk.house().staff.session(&stronger).await.unwrap().unwrap();
    desk.house().staff.remove_passkey(&own, "00").await.unwrap().unwrap();
    let newest = desk.house().staff.journal().before(i64::MAX, 1).await.unwrap().remove(0);
    assert_eq!((newest.what.as_str(), &newest.who), ("passkey-removed", &who));
}

async fn people(desk: &mut Watched) {
    let (root, chief) = (desk.again("root", Strength::SecondFactor).await, desk.again("chief", Strength::SecondFactor).await);
    let (agency, free) = (desk.house().agency.clone(), desk.house().free.clone());
    for (who, page, ids, place, role) in [
        (&root, "/{lang}/desk/people/portal", vec![], "", "registrar"),
        (&chief, "/{lang}/desk/people/of/{*agency}", vec![agency.as_str()], agency.as_str(), "drafter"),
    ] {
        let fields = [("do", "invite"), ("whom", "Zhao Min"), ("role", role)];
        desk.form(who, page, &ids, &fields, "invited").await;
        let link = desk.house().staff.invitations(place).await.unwrap().remove(0).id;
        desk.form(who, page, &ids, &[("do", "withdraw"), ("link", &link)], "invitation-withdrawn").await;
    }
    let (page, novice) = ("/{lang}/desk/people/person/{id}", desk.house().who("novice").id);
    for (fields, what) in [
        (&[("do", "roles"), ("agency", free.as_str()), ("role", "drafter")][..], "role-given"),
        (&[("do", "roles"), ("agency", free.as_str())], "role-taken"),
        (&[("do", "sessions")], "sessions-ended"),
        (&[("do", "recovery"), ("factors", "1")], "recovery-made"),
        (&[("do", "end")], "account-ended"),
    ] {
        desk.form(&root, page, &[&novice], fields, what).await;
    }
    desk.form(&root, "/{lang}/desk/journal", &[], &[], "journal-examined").await;
}

/// Coming in and leaving.
async fn doors(desk: &mut Watched) {
    let root = desk.again("root", Strength::SecondFactor).await;
    let fields = [("do", "invite"), ("whom", "Zhao Min"), ("role", "registrar")];
    let invited = desk.form(&root, "/{lang}/desk/people/portal", &[], &fields, "invited").await;
    let secret = given(&invited, "__Host-gazette-once");
    let typed = "login=zhao.min&name=Zhao+Min&password=nine+herons+on+the+far+bank&repeat=nine+herons+on+the+far+bank";
    desk.at_the_door("/{lang}/desk/links/{secret}", &[&secret], typed, ("", "account-made")).await;
    let clerk = desk.house().who("clerk").id;
    let typed = format!("login=clerk&password={}", PASSWORD.replace(' ', "+"));
    let entered = desk.at_the_door("/{lang}/desk/sign-in", &[], &typed, (&clerk, "signed-in")).await;
    desk.form(&session(&entered), "/{lang}/desk/sign-out", &[], &[], "signed-out").await;
}
