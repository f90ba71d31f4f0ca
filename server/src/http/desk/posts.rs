//! Posts: their keys, which officers make, and what agencies ask registrars for.

use super::{
    Fields, Posted, Signed, again, answer, failed,
    guard::absent,
    page,
    registering::{fault, keys, named, personal_in, registrar, rows, troubled, warning},
    rule::{rule_form, typed_rule, with_room, written_rule},
    see,
};
use crate::{
    drafts::{DraftsError, Refusal},
    http::{
        App,
        trouble::{At, Trouble},
    },
    registrar::{self, Change, Subject},
    staff::Role,
    views,
};
use app::{
    pages,
    view::desk::{self, AgencyPosts, AgencyPostsView, Fault, Faults, Lack, NewPost, PostKeyView, PostRow, PostsView, RuleForm},
};
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use chain::{
    possession::{self, Office},
    statement::{Names, is_id, parse_index},
};
use std::sync::Arc;

/// Whether somebody may look at an agency's posts: it is public who they are, but not what waits.
fn looks(signed: &Signed, agency: &str) -> bool {
    signed.sees(agency) || signed.may(Role::Administrator, agency) || signed.may(Role::Registrar, "")
}

/// Whether somebody may ask registrars to change an agency's posts and rule.
fn asks(signed: &Signed, agency: &str) -> bool {
    signed.may(Role::Administrator, agency) || signed.may(Role::Registrar, "")
}

/// Whether somebody may have a key registered for a post: whoever holds it, or works there while nobody does, and whoever asks for
/// posts.
fn enrols(signed: &Signed, agency: &str, holders: &[(String, String)]) -> bool {
    let works = signed.account.roles.iter().any(|(_, of)| of == agency);
    asks(signed, agency) || (works && (holders.is_empty() || holders.iter().any(|(account, _)| *account == signed.account.id)))
}

pub(super) async fn index(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let view = async {
        let state = app.node.submitter.state();
        let mut agencies: Vec<_> = state.agencies().map(|(_, agency)| agency).filter(|agency| looks(&signed, &agency.agency)).collect();
        agencies.sort_by(|one, other| one.agency.cmp(&other.agency));
        let waiting = registrar(&app).waiting(None).await.map_err(troubled)?;
        let row = |agency: &chain::statement::Agency| AgencyPosts {
            agency: views::agency_ref(agency, signed.lang),
            posts: state.posts().filter(|(_, post)| post.agency == agency.agency).count(),
            waiting: waiting.iter().filter(|asked| asked.subject.agency == agency.agency).count(),
        };
        Ok(PostsView { agencies: agencies.into_iter().map(row).collect(), registers: signed.may(Role::Registrar, "") })
    };
    let view = view.await;
    answer(&app, &signed, "/desk/posts", view.map(|view| move |desk: &desk::Desk<'_>| pages::desk::posts(desk, &view)))
}

/// What was typed into one of the page's forms, and what was wrong with it.
#[derive(Default)]
struct Typed {
    post: NewPost,
    rule: Option<RuleForm>,
    bodies: Option<(String, String)>,
    faults: Faults,
}

async fn agency_view(app: &App, signed: &Signed, id: &str, typed: Typed) -> Result<Option<AgencyPostsView>, Trouble> {
    let state = app.node.submitter.state();
    let Some((at, agency)) = state.agency(id).filter(|_| looks(signed, id)) else { return Ok(None) };
    let mut posts: Vec<_> = state.posts().map(|(_, post)| post).filter(|post| post.agency == id).collect();
    posts.sort_by(|one, other| one.post.cmp(&other.post));
    let mut drawn = Vec::new();
    for post in posts {
        drawn.push(PostRow {
            id: post.post.clone(),
            name: views::name_in(&post.name, signed.lang).unwrap_or(&post.post).to_owned(),
            keys: keys(&post.keys),
            holders: holders(app, &post.post).await?.into_iter().map(|(_, name)| name).collect(),
        });
    }
    let names = app.drafts.names_holders(id).await?;
    let waiting = registrar(app).waiting(Some(id)).await.map_err(troubled)?;
    let (successor, overseers) =
        typed.bodies.unwrap_or_else(|| (agency.successor.clone().unwrap_or_default(), agency.overseers.join("\n")));
    Ok(Some(AgencyPostsView {
        successor,
        overseers,
        agency: views::agency_ref(agency, signed.lang),
        posts: drawn,
        seals: keys(&agency.seals),
        waiting: rows(app, signed, &waiting).await?,
        rule: typed.rule.unwrap_or_else(|| rule_form(agency.rule.as_ref())),
        told: agency.rule.as_ref().map(|rule| views::told_rule(&state, rule, at.index, signed.lang)),
        may: asks(signed, id),
        size: app.node.heads.borrow().size,
        typed: typed.post,
        names,
        may_name: signed.may(Role::Administrator, id),
        faults: typed.faults,
    }))
}

async fn agency_page(app: &App, signed: &Signed, id: &str, typed: Typed) -> Response {
    let faulty = !typed.faults.is_empty();
    match agency_view(app, signed, id, typed).await {
        Ok(Some(view)) => {
            let path = format!("/desk/posts/of/{id}");
            let drawn = page(app, Some(signed), signed.lang, &path, |desk| pages::desk::agency_posts(desk, &view));
            if faulty { again(drawn) } else { drawn }
        }
        Ok(None) => absent(app, signed.lang),
        Err(trouble) => failed(app, signed.lang, trouble),
    }
}

pub(super) async fn of_agency(State(app): State<Arc<App>>, signed: Signed, At(id): At) -> Response {
    agency_page(&app, &signed, &id, Typed::default()).await
}

/// Which of a page's forms was sent: its address ends in `?` and this.
fn which(query: Option<&str>) -> &str {
    query.and_then(|query| query.split(['=', '&']).next()).unwrap_or_default()
}

pub(super) async fn change(
    State(app): State<Arc<App>>,
    At(id): At,
    RawQuery(query): RawQuery,
    Posted { signed, fields }: Posted,
) -> Response {
    if !asks(&signed, &id) || app.node.submitter.state().agency(&id).is_none() {
        return absent(&app, signed.lang);
    }
    match which(query.as_deref()) {
        "post" => new_post(&app, &signed, &id, &fields).await,
        "end" => end(&app, &signed, &id, &fields).await,
        "rule" => rule(&app, &signed, &id, &fields).await,
        "bodies" => bodies(&app, &signed, &id, &fields).await,
        "seal" => seal(&app, &signed, &id, &fields).await,
        "names" => match app.drafts.name_holders(&signed.account, &id, fields.one("names") == "1").await {
            Ok(()) => see(signed.lang, &format!("/desk/posts/of/{id}")),
            Err(error) => failed(&app, signed.lang, error),
        },
        _ => absent(&app, signed.lang),
    }
}

fn new_names(fields: &Fields) -> (String, String, Names) {
    let [zh, en] = ["name_zh", "name_en"].map(|field| fields.one(field).trim().to_owned());
    let names = [("zh", &zh), ("en", &en)].into_iter().filter(|(_, name)| !name.is_empty());
    let names = names.map(|(lang, name)| (lang.to_owned(), name.clone())).collect();
    (zh, en, names)
}

/// On to the page where the new post's first key is made, with its names in the address: nothing is kept of it before.
async fn new_post(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let (name_zh, name_en, _) = new_names(fields);
    let last = fields.one("id").trim().to_owned();
    let id = format!("{agency}/{last}");
    let state = app.node.submitter.state();
    let mut faults = Faults::new();
    if last.contains('/') || !is_id(&id) || registrar::post(&state, &id).is_some() || state.agency(&id).is_some() {
        faults.push(("id", Fault::PostId));
    }
    for (field, name) in [("name_zh", &name_zh), ("name_en", &name_en)] {
        if name.is_empty() || name.len() > 400 {
            faults.push((field, Fault::Names));
        }
    }
    let mut seen = String::new();
    if faults.is_empty() {
        let Some(warned) = warning(&[("id", &last), ("name_zh", &name_zh), ("name_en", &name_en)], fields) else {
            let query = |text: &str| pages::text::query(text).to_string();
            let names = format!("agency={}&zh={}&en={}", query(agency), query(&name_zh), query(&name_en));
            return see(signed.lang, &format!("/desk/posts/key/{id}?{names}"));
        };
        (faults, seen) = (warned.faults, warned.seen);
    }
    let post = NewPost { id: last, name_zh, name_en, seen, ..NewPost::default() };
    agency_page(app, signed, agency, Typed { post, faults, ..Typed::default() }).await
}

async fn end(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let subject = fields.one("subject");
    let of_post = registrar::post(&app.node.submitter.state(), subject).is_some_and(|(_, post)| post.agency == agency);
    let subject = match (subject == agency, of_post) {
        (true, _) => Subject::agency(agency),
        (_, true) => Subject::post(subject, agency),
        _ => return absent(app, signed.lang),
    };
    let Some(at) = parse_index(fields.one("at").trim()) else {
        return agency_page(app, signed, agency, Typed { faults: vec![("", Fault::Entry)], ..Typed::default() }).await;
    };
    let change = Change::End { key: fields.one("key").to_owned(), how: fields.one("how").to_owned(), at };
    match ask(app, signed, &subject, &change, "").await {
        Asking::Waits(id) => on_to(signed, &id, &subject),
        Asking::Faulty(faults) => agency_page(app, signed, agency, Typed { faults, ..Typed::default() }).await,
        Asking::Failed(response) => response,
    }
}

/// Who speaks for an abolished agency, and who oversees it.
async fn bodies(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let (successor, overseers) = (fields.one("successor").trim().to_owned(), fields.one("overseers").trim().to_owned());
    let listed = overseers.split_whitespace().map(str::to_owned).collect();
    let change = Change::Bodies { successor: Some(successor.clone()).filter(|body| !body.is_empty()), overseers: listed };
    let subject = Subject::agency(agency);
    match ask(app, signed, &subject, &change, "successor").await {
        Asking::Waits(id) => on_to(signed, &id, &subject),
        Asking::Faulty(faults) => {
            agency_page(app, signed, agency, Typed { bodies: Some((successor, overseers)), faults, ..Typed::default() }).await
        }
        Asking::Failed(response) => response,
    }
}

/// A seal more, made in a token or by the agency itself.
async fn seal(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let [custody, seal] = ["custody", "seal"].map(|field| fields.one(field).trim().to_owned());
    if !matches!(custody.as_str(), "token" | "agency") {
        return absent(app, signed.lang);
    }
    let subject = Subject::agency(agency);
    let change = Change::Agency { names: Names::new(), seal: Some(seal.clone()), custody: custody.clone() };
    match ask(app, signed, &subject, &change, "seal").await {
        Asking::Waits(id) => on_to(signed, &id, &subject),
        Asking::Faulty(faults) => {
            let post = NewPost { custody, seal, ..NewPost::default() };
            agency_page(app, signed, agency, Typed { post, faults, ..Typed::default() }).await
        }
        Asking::Failed(response) => response,
    }
}

/// What became of asking registrars for a change.
enum Asking {
    /// Its number.
    Waits(String),
    /// What was wrong with the form.
    Faulty(Faults),
    Failed(Response),
}

async fn ask(app: &App, signed: &Signed, subject: &Subject, change: &Change, field: &'static str) -> Asking {
    match registrar(app).ask(&signed.account.id, subject, change).await {
        Ok(id) => Asking::Waits(id),
        Err(error) => match fault(error, field) {
            Ok(faults) => Asking::Faulty(faults),
            Err(error) => Asking::Failed(failed(app, signed.lang, troubled(error))),
        },
    }
}

/// After something was asked for: to where a registrar signs it, or back to where it is listed.
fn on_to(signed: &Signed, id: &str, subject: &Subject) -> Response {
    if signed.may(Role::Registrar, "") {
        see(signed.lang, &format!("/desk/registrations/{id}"))
    } else {
        see(signed.lang, &format!("/desk/posts/of/{}", subject.agency))
    }
}

async fn rule(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let (form, rule) = if fields.one("none").is_empty() {
        let form = typed_rule(fields);
        match written_rule(&form) {
            Some(rule) => (form, Some(rule)),
            None => {
                let typed = Typed { rule: Some(with_room(form)), faults: vec![("rule", Fault::Rule)], ..Typed::default() };
                return agency_page(app, signed, agency, typed).await;
            }
        }
    } else {
        (RuleForm::default(), None)
    };
    let subject = Subject::agency(agency);
    match ask(app, signed, &subject, &Change::Rule { rule }, "rule").await {
        Asking::Waits(id) => on_to(signed, &id, &subject),
        Asking::Faulty(faults) => agency_page(app, signed, agency, Typed { rule: Some(with_room(form)), faults, ..Typed::default() }).await,
        Asking::Failed(response) => response,
    }
}

/// A post that is registered, or one that its first key is to register.
struct Found {
    post: PostRow,
    agency: String,
    names: Names,
}

fn found(app: &App, signed: &Signed, id: &str, query: &Fields) -> Option<Found> {
    let state = app.node.submitter.state();
    if let Some((_, post)) = registrar::post(&state, id) {
        let name = views::name_in(&post.name, signed.lang).unwrap_or(&post.post).to_owned();
        let row = PostRow { id: id.to_owned(), name, keys: keys(&post.keys), holders: vec![] };
        return Some(Found { post: row, agency: post.agency.clone(), names: Names::new() });
    }
    let agency = query.one("agency");
    let new = id.strip_prefix(agency).and_then(|rest| rest.strip_prefix('/')).is_some_and(|last| !last.contains('/'));
    if !new || !is_id(id) || state.agency(agency).is_none() || state.agency(id).is_some() {
        return None;
    }
    let names = [("zh", query.one("zh")), ("en", query.one("en"))].into_iter().filter(|(_, name)| !name.is_empty() && name.len() <= 400);
    let names: Names = names.map(|(lang, name)| (lang.to_owned(), name.to_owned())).collect();
    let name = views::name_in(&names, signed.lang).unwrap_or(id).to_owned();
    Some(Found { post: PostRow { id: id.to_owned(), name, keys: vec![], holders: vec![] }, agency: agency.to_owned(), names })
}

async fn key_page(app: &App, signed: &Signed, found: Found, query: Option<&str>, faults: Faults) -> Response {
    let agency = found.agency.clone();
    let faulty = !faults.is_empty();
    let view = async {
        let waiting = registrar(app).waiting(Some(&agency)).await.map_err(troubled)?;
        let waiting = waiting.into_iter().filter(|asked| asked.subject.id == found.post.id).filter_map(|asked| match asked.change {
            Change::Key { key, .. } => Some(key),
            _ => None,
        });
        let holders = holders(app, &found.post.id).await?;
        let gives = signed.may(Role::Administrator, &agency) && found.names.is_empty();
        let mut people = if gives { app.staff.people_of(&agency).await? } else { vec![] };
        people.retain(|account| account.ended.is_none() && !holders.iter().any(|(holder, _)| *holder == account.id));
        // One that is registered already is warned of no more.
        let names = found.names.values().map(String::as_str);
        let names = names.chain((!found.names.is_empty()).then_some(found.post.id.as_str()));
        Ok::<_, Trouble>(PostKeyView {
            agency: super::agency(app, &agency, signed.lang),
            personal: personal_in(names),
            waiting: waiting.collect(),
            may: enrols(signed, &agency, &holders),
            gives,
            people: people.into_iter().map(|account| (account.id, account.name)).collect(),
            holders,
            size: app.node.heads.borrow().size,
            faults,
            post: found.post,
        })
    };
    match view.await {
        Ok(view) => {
            let path = format!("/desk/posts/key/{}{}", view.post.id, query.map(|query| format!("?{query}")).unwrap_or_default());
            let drawn = page(app, Some(signed), signed.lang, &path, |desk| pages::desk::post_key(desk, &view));
            if faulty { again(drawn) } else { drawn }
        }
        Err(trouble) => failed(app, signed.lang, trouble),
    }
}

pub(super) async fn key(State(app): State<Arc<App>>, At(id): At, RawQuery(query): RawQuery, signed: Signed) -> Response {
    match found(&app, &signed, &id, &Fields::read(query.as_deref())) {
        Some(found) if looks(&signed, &found.agency) => key_page(&app, &signed, found, query.as_deref(), vec![]).await,
        _ => absent(&app, signed.lang),
    }
}

/// An officer's public half, to be registered; or who is to hold the post.
pub(super) async fn enrol(
    State(app): State<Arc<App>>,
    At(id): At,
    RawQuery(query): RawQuery,
    Posted { signed, fields }: Posted,
) -> Response {
    if which(query.as_deref()) == "holder" {
        return hold(&app, &signed, &id, &fields).await;
    }
    let holders = match holders(&app, &id).await {
        Ok(holders) => holders,
        Err(trouble) => return failed(&app, signed.lang, trouble),
    };
    let found = found(&app, &signed, &id, &Fields::read(query.as_deref()));
    let Some(found) = found.filter(|found| enrols(&signed, &found.agency, &holders)) else {
        return absent(&app, signed.lang);
    };
    // A file that came by another system may end its lines otherwise.
    let proof = format!("{}\n", fields.one("proof").replace("\r\n", "\n").trim());
    let account = signed.account.id.clone();
    let key = match possession::verify(&proof, &app.node.origin, Office::Post, &id, &account) {
        Ok(key) => key.to_string(),
        Err(error) => {
            tracing::info!(%error, post = id, "a key was not enrolled");
            return key_page(&app, &signed, found, query.as_deref(), vec![("proof", Fault::Possession)]).await;
        }
    };
    let subject = Subject::post(&id, &found.agency);
    match ask(&app, &signed, &subject, &Change::Key { key, names: found.names.clone(), account, proof }, "proof").await {
        Asking::Waits(id) => on_to(&signed, &id, &subject),
        Asking::Faulty(faults) => key_page(&app, &signed, found, query.as_deref(), faults).await,
        Asking::Failed(response) => response,
    }
}

/// Gives the post to somebody, or takes it back.
async fn hold(app: &App, signed: &Signed, post: &str, fields: &Fields) -> Response {
    let done = match (fields.one("give"), fields.one("take")) {
        ("", account) => app.drafts.take_post(&signed.account, post, account).await,
        (account, _) => app.drafts.give_post(&signed.account, post, account).await,
    };
    match done {
        Ok(()) => see(signed.lang, &format!("/desk/posts/key/{post}")),
        // Only whoever may give the post comes this far.
        Err(DraftsError::Refused(Refusal::Role)) => {
            let found = found(app, signed, post, &Fields::default());
            let Some(found) = found else { return absent(app, signed.lang) };
            key_page(app, signed, found, None, vec![("give", Fault::Lack(Lack::NoSteps))]).await
        }
        Err(error) => failed(app, signed.lang, error),
    }
}

/// Who holds a post: account and name.
async fn holders(app: &App, post: &str) -> Result<Vec<(String, String)>, Trouble> {
    let mut holders = Vec::new();
    for account in app.drafts.holders(post).await.map_err(Trouble::from)? {
        let name = named(app, &account).await?;
        holders.push((account, name));
    }
    Ok(holders)
}
