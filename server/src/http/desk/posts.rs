//! Posts: their keys, which officers make, and what agencies ask registrars for.

mod asking;

use super::{
    Fields, Posted, Signed, again, answer, failed,
    guard::absent,
    page,
    registering::{both, keys, named, personal_in, registrar, rows, troubled},
    rule::rule_form,
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
    view::desk::{
        self, AgencyPosts, AgencyPostsView, BothNames, Fault, Faults, Lack, NewPost, PostKeyView, PostRow, PostsView, Renaming, RuleForm,
    },
};
use asking::{Asking, ask, on_to};
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use chain::{
    possession::{self, Office},
    statement::{Names, is_id},
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
    renaming: Option<Renaming>,
    faults: Faults,
}

async fn agency_view(app: &App, signed: &Signed, id: &str, typed: Typed) -> Result<Option<AgencyPostsView>, Trouble> {
    let state = app.node.submitter.state();
    let Some((at, agency)) = state.agency(id).filter(|_| looks(signed, id)) else { return Ok(None) };
    let mut posts: Vec<_> = state.posts().map(|(_, post)| post).filter(|post| post.agency == id).collect();
    posts.sort_by(|one, other| one.post.cmp(&other.post));
    // Where there is no rule, nothing was approved that could count no more.
    let (may, ruled) = (asks(signed, id), agency.rule.is_some());
    let mut drawn = Vec::new();
    for post in posts {
        drawn.push(PostRow {
            signed: if may && ruled { app.drafts.signed_under_approval(&post.post, 0).await? } else { 0 },
            id: post.post.clone(),
            name: views::name_in(&post.name, signed.lang).unwrap_or(&post.post).to_owned(),
            called: both(&post.name),
            keys: keys(&post.keys),
            holders: holders(app, &post.post).await?.into_iter().map(|(_, name)| name).collect(),
        });
    }
    let names = app.drafts.names_holders(id).await?;
    let under_approval = if may && ruled { app.drafts.under_approval(id).await? } else { 0 };
    let waiting = registrar(app).waiting(Some(id)).await.map_err(troubled)?;
    let (successor, overseers) =
        typed.bodies.unwrap_or_else(|| (agency.successor.clone().unwrap_or_default(), agency.overseers.join("\n")));
    Ok(Some(AgencyPostsView {
        successor,
        overseers,
        agency: views::agency_ref(agency, signed.lang),
        called: both(&agency.name),
        under_approval,
        posts: drawn,
        seals: keys(&agency.seals),
        waiting: rows(app, signed, &waiting).await?,
        rule: typed.rule.unwrap_or_else(|| rule_form(agency.rule.as_ref())),
        told: agency.rule.as_ref().map(|rule| views::told_rule(&state, rule, at.index, signed.lang)),
        may,
        size: app.node.heads.borrow().size,
        typed: typed.post,
        renaming: typed.renaming,
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
        "post" => asking::new_post(&app, &signed, &id, &fields).await,
        "end" => asking::end(&app, &signed, &id, &fields).await,
        "rule" => asking::rule(&app, &signed, &id, &fields).await,
        "bodies" => asking::bodies(&app, &signed, &id, &fields).await,
        "seal" => asking::seal(&app, &signed, &id, &fields).await,
        "rename" => asking::rename(&app, &signed, &id, &fields).await,
        "names" => match app.drafts.name_holders(&signed.account, &id, fields.one("names") == "1").await {
            Ok(()) => see(signed.lang, &format!("/desk/posts/of/{id}")),
            Err(error) => failed(&app, signed.lang, error),
        },
        _ => absent(&app, signed.lang),
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
        let row = PostRow { id: id.to_owned(), name, called: both(&post.name), keys: keys(&post.keys), holders: vec![], signed: 0 };
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
    let post = PostRow { id: id.to_owned(), name, called: BothNames::default(), keys: vec![], holders: vec![], signed: 0 };
    Some(Found { post, agency: agency.to_owned(), names })
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
