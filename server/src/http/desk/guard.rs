//! Who asks: the session behind a cookie, the token in a form, and requests that another site had a browser make.

use super::see;
use crate::{
    drafts::{Frozen, Returned},
    http::{App, trouble, trouble::Trouble},
    registrar::Asked,
    staff::{Account, From, Role, Session, Stand, Token},
};
use app::{
    Lang,
    view::{Problem, desk::DeskProblem},
};
use axum::{
    Form,
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use std::{net::SocketAddr, sync::Arc};

/// `__Host-`: from this host alone, over TLS (or this machine), for all paths.
pub(super) const COOKIE: &str = "__Host-gazette";

/// Somebody who has signed in.
pub struct Signed {
    pub account: Account,
    pub session: Session,
    pub lang: Lang,
    pub token: Token,
    /// What waits for them, where a page is asked for.
    pub waiting: Waiting,
}

/// What waits for somebody: every page says how much it is, and some list it.
#[derive(Default)]
pub struct Waiting {
    /// Steps and publications.
    pub cases: Vec<Frozen>,
    /// What came back where they see it, and whether it waits for them: what does is not among `cases`.
    pub returned: Vec<Returned>,
    /// Registrations that want their signature.
    pub registrations: Vec<Asked>,
}

impl Waiting {
    #[must_use]
    pub fn count(&self) -> usize {
        self.cases.len() + self.returned().count() + self.registrations.len()
    }

    /// What came back to them.
    pub fn returned(&self) -> impl Iterator<Item = &Returned> {
        self.returned.iter().filter(|returned| returned.waits)
    }
}

impl Signed {
    /// Whether they may do what a role does in an agency; `""` is the portal.
    #[must_use]
    pub fn may(&self, role: Role, agency: &str) -> bool {
        self.account.roles.may(role, agency)
    }

    /// Whether they may see what an agency is working on.
    #[must_use]
    pub fn sees(&self, agency: &str) -> bool {
        self.account.roles.sees(agency)
    }

    /// What each form of this session carries, in the field `token`; scripts send it as `x-gazette-token`.
    #[must_use]
    pub fn form_token(&self) -> String {
        self.token.form()
    }

    /// How far in they are. A handler that takes [`Signed`] is asked by those who are in.
    #[must_use]
    pub fn stand(&self) -> Stand {
        Stand::of(&self.account, &self.session)
    }

    async fn find(parts: &Parts, app: &App) -> Result<Signed, Option<Response>> {
        let lang = language(&parts.uri, &parts.headers);
        let Some(token) = token_in(&parts.headers) else { return Err(None) };
        match app.staff.session(&token).await {
            Ok(Some((session, account))) => Ok(Signed { account, session, lang, token, waiting: Waiting::default() }),
            Ok(None) => Err(None),
            Err(error) => Err(Some(super::failed(app, lang, error))),
        }
    }
}

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Signed, Response> {
        let AtTheDoor(signed) = AtTheDoor::from_request_parts(parts, app).await?;
        let asked = parts.uri.path_and_query().map_or("", |path| path.as_str());
        match signed.stand() {
            Stand::In if parts.method == Method::GET => match waiting(app, &signed.account).await {
                Ok(waiting) => Ok(Signed { waiting, ..signed }),
                Err(trouble) => Err(super::failed(app, signed.lang, trouble)),
            },
            Stand::In => Ok(signed),
            Stand::MustAdd => Err(see(signed.lang, "/desk/account/authenticator")),
            Stand::MustShow => Err(match own_path(asked).filter(|_| parts.method == Method::GET) {
                Some(to) => see(signed.lang, &format!("/desk/code?to={}", app::pages::text::query(to))),
                None => see(signed.lang, "/desk/code"),
            }),
        }
    }
}

pub(super) async fn waiting(app: &App, who: &Account) -> Result<Waiting, Trouble> {
    let (mut cases, returned) = (app.drafts.waiting_for(who).await?, app.drafts.returned(who).await?);
    let registrations = super::registering::registrar(app).waiting_for(who).await.map_err(super::registering::troubled)?;
    cases.retain(|case| !returned.iter().any(|back| back.waits && back.frozen.id == case.id));
    Ok(Waiting { cases, returned, registrations })
}

/// Somebody with a session who may still have to show or add a second factor.
pub(super) struct AtTheDoor(pub Signed);

impl FromRequestParts<Arc<App>> for AtTheDoor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<AtTheDoor, Response> {
        Signed::find(parts, app).await.map(AtTheDoor).map_err(|failed| failed.unwrap_or_else(|| to_sign_in(parts)))
    }
}

/// Somebody signed in, if anybody: for pages that are there for both.
pub(super) struct Perhaps(pub Option<Signed>);

impl FromRequestParts<Arc<App>> for Perhaps {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Perhaps, Response> {
        match Signed::find(parts, app).await {
            Ok(signed) => Ok(Perhaps(Some(signed))),
            Err(None) => Ok(Perhaps(None)),
            Err(Some(failed)) => Err(failed),
        }
    }
}

/// Somebody signed in whose own script asks: what it sends carries the session's token.
pub struct ByScript(pub Signed);

impl FromRequestParts<Arc<App>> for ByScript {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<ByScript, Response> {
        let refused = |status: StatusCode, why: &str| (status, format!("{{\"refused\":\"{why}\"}}\n")).into_response();
        let signed = Signed::find(parts, app).await;
        let signed = signed.map_err(|failed| failed.unwrap_or_else(|| refused(StatusCode::UNAUTHORIZED, "signed-out")))?;
        let given = parts.headers.get("x-gazette-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if signed.stand() != Stand::In {
            return Err(refused(StatusCode::FORBIDDEN, "second-factor"));
        }
        if signed.token.is_in(given) { Ok(ByScript(signed)) } else { Err(refused(StatusCode::FORBIDDEN, "stale")) }
    }
}

/// Fields of a form in the order they were sent; several may have one name.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Those of an address.
    #[must_use]
    pub fn read(query: Option<&str>) -> Fields {
        Fields(
            axum::extract::Query::try_from_uri(
                &Uri::builder().path_and_query(format!("/?{}", query.unwrap_or_default())).build().unwrap_or_default(),
            )
            .map(|fields| fields.0)
            .unwrap_or_default(),
        )
    }

    /// The first field of a name, or nothing.
    #[must_use]
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Without the one character that no keyboard has and PostgreSQL keeps in no text.
    pub(super) fn without_nul(&self) -> Fields {
        Fields(self.0.iter().map(|(name, value)| (name.clone(), value.replace('\0', ""))).collect())
    }

    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequest<Arc<App>> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Fields, Response> {
        let (uri, headers) = (request.uri().clone(), request.headers().clone());
        let fields = Form::<Vec<(String, String)>>::from_request(request, app).await;
        fields.map(|Form(fields)| Fields(fields)).map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                super::problem(app, None, language(&uri, &headers), StatusCode::PAYLOAD_TOO_LARGE, DeskProblem::TooLong)
            }
            _ => trouble::refuse(app, &uri, &headers, Problem::BadAddress),
        })
    }
}

/// A form sent by somebody signed in, from a page of this session.
pub struct Posted {
    pub signed: Signed,
    pub fields: Fields,
}

impl FromRequest<Arc<App>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Posted, Response> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, app).await?;
        posted(signed, Request::from_parts(parts, body), app).await
    }
}

/// A form of somebody who writes. One that came too late for its session brings what was typed all the same, to be given back.
pub(super) struct Typing(pub Result<Posted, Late>);

/// Such a form.
pub(super) struct Late {
    pub lang: Lang,
    /// Whoever has signed in anew since; nobody who is signed out.
    pub signed: Option<Signed>,
    pub fields: Fields,
}

impl FromRequest<Arc<App>> for Typing {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Typing, Response> {
        let (parts, body) = request.into_parts();
        let lang = language(&parts.uri, &parts.headers);
        let signed = match Signed::find(&parts, app).await {
            Ok(signed) => Some(signed).filter(|signed| signed.stand() == Stand::In),
            Err(None) => None,
            Err(Some(failed)) => return Err(failed),
        };
        let fields = Fields::from_request(Request::from_parts(parts, body), app).await?;
        Ok(Typing(match signed {
            Some(signed) if signed.token.is_in(fields.one("token")) => Ok(Posted { signed, fields }),
            signed => Err(Late { lang, signed, fields }),
        }))
    }
}

/// The same, of somebody who may still have to show or add a second factor.
pub(super) struct PostedAtTheDoor(pub Posted);

impl FromRequest<Arc<App>> for PostedAtTheDoor {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<PostedAtTheDoor, Response> {
        let (mut parts, body) = request.into_parts();
        let AtTheDoor(signed) = AtTheDoor::from_request_parts(&mut parts, app).await?;
        posted(signed, Request::from_parts(parts, body), app).await.map(PostedAtTheDoor)
    }
}

async fn posted(signed: Signed, request: Request, app: &Arc<App>) -> Result<Posted, Response> {
    let fields = Fields::from_request(request, app).await?;
    if signed.token.is_in(fields.one("token")) {
        return Ok(Posted { signed, fields });
    }
    Err(super::problem(app, Some(&signed), signed.lang, StatusCode::FORBIDDEN, DeskProblem::Stale))
}

/// The language of the page that is asked for.
pub struct Tongue(pub Lang);

impl FromRequestParts<Arc<App>> for Tongue {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Tongue, Self::Rejection> {
        Ok(Tongue(language(&parts.uri, &parts.headers)))
    }
}

/// Where a request comes from, as sessions and the journal have it, and whether that address has tried to come in too often.
pub(super) struct Origin {
    pub from: From,
    /// Seconds to wait. Asking counts: for what tries a password, a link or a code.
    pub waits: Option<u32>,
}

impl FromRequestParts<Arc<App>> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Origin, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let address = peer.map(|peer| app.limits.seen_from(peer, &parts.headers).to_string()).unwrap_or_default();
        let waits = peer.and_then(|peer| app.limits.refuse_try(peer, &parts.headers));
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Origin { from: From { address, agent: agent.to_owned() }, waits })
    }
}

fn language(uri: &Uri, headers: &HeaderMap) -> Lang {
    let first = uri.path().split('/').nth(1).and_then(Lang::from_code);
    first.unwrap_or_else(|| trouble::preferred(headers))
}

pub(super) fn cookie_in<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut named = all.flat_map(|value| value.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    named.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

fn token_in(headers: &HeaderMap) -> Option<Token> {
    cookie_in(headers, COOKIE).and_then(Token::read)
}

/// The header that gives a browser its session, or takes it away.
pub(super) fn cookie(token: Option<&Token>) -> [(header::HeaderName, String); 1] {
    let (value, more) = token.map_or(("", "; Max-Age=0"), |token| (token.reveal(), ""));
    [(header::SET_COOKIE, format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{more}"))]
}

/// A link that is shown once, on its way to the page that shows it.
const ONCE: &str = "__Host-gazette-once";

/// Carries what stands in a link's address to the page that shows it; nothing takes it away again.
pub(super) fn once_cookie(secret: Option<&str>) -> [(header::HeaderName, String); 1] {
    let (value, age) = secret.map_or(("", 0), |secret| (secret, 120));
    [(header::SET_COOKIE, format!("{ONCE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={age}"))]
}

pub(super) fn once_in(headers: &HeaderMap) -> Option<&str> {
    cookie_in(headers, ONCE)
}

/// A page of the desk to go to, if that is what it is.
pub(super) fn own_path(to: &str) -> Option<&str> {
    let desk = Lang::ALL.iter().any(|lang| {
        let rest = to.strip_prefix('/').and_then(|to| to.strip_prefix(lang.code())).and_then(|rest| rest.strip_prefix("/desk"));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    });
    let plain = to.len() <= 1_000
        && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !to.contains("/sign-")
        && !to.contains("/desk/code");
    (desk && plain).then_some(to)
}

/// Where somebody goes first who came in a while ago and asks for another way in, or for what leads to one: they show once more who they
/// are, so that nobody else who finds their browser open, or holds its cookie, stays in by it. `path`: where they go on from there.
pub(super) async fn shows_first(app: &App, signed: &Signed, path: &str) -> Option<Response> {
    // Who has no second factor yet adds their first.
    if signed.stand() == Stand::MustAdd || signed.session.is_fresh(app.staff.now()) {
        return None;
    }
    let to = app::pages::text::query(&format!("/{}{path}", signed.lang.code()));
    if signed.account.second_factor {
        return Some(see(signed.lang, &format!("/desk/code?to={to}")));
    }
    // Their department alone can say who they are.
    Some(match app.staff.sign_out(&signed.token).await {
        Ok(()) => (cookie(None), see(signed.lang, &format!("/desk/sign-in?to={to}"))).into_response(),
        Err(error) => super::failed(app, signed.lang, error),
    })
}

/// To the page for signing in, and back afterwards.
fn to_sign_in(parts: &Parts) -> Response {
    let said = |name: header::HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let lang = language(&parts.uri, &parts.headers);
    let asked = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let page = parts.method == Method::GET;
    // A link on another site: browsers hold a strict cookie back from what it opens, and send it with what that page opens.
    let from_elsewhere = matches!(said(header::HeaderName::from_static("sec-fetch-site")), Some("cross-site" | "same-site"));
    if page && from_elsewhere && own_path(asked).is_some() {
        let refresh = [(header::REFRESH, format!("0;url={asked}")), (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned())];
        return (refresh, format!("<!DOCTYPE html><html lang=\"{}\"><title>…</title></html>", lang.tag())).into_response();
    }
    // What a form would have done cannot be done again by itself: back to where it stood.
    let back = if page { own_path(asked) } else { said(header::REFERER).and_then(path_of).and_then(own_path) };
    match back.filter(|back| back.trim_start_matches(&format!("/{}", lang.code())) != "/desk") {
        Some(back) => see(lang, &format!("/desk/sign-in?to={}", app::pages::text::query(back))),
        None => see(lang, "/desk/sign-in"),
    }
}

/// The path of an address.
fn path_of(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    rest.find('/').map(|at| &rest[at..])
}

/// What is not there, or is not theirs to see: the same page.
pub(in crate::http) fn absent(app: &App, lang: Lang) -> Response {
    super::failed(app, lang, Problem::NotFound)
}

/// Any other address of the desk.
pub(super) async fn nowhere(State(app): State<Arc<App>>, signed: Signed) -> Response {
    absent(&app, signed.lang)
}

pub(super) async fn in_own_language(uri: Uri, headers: HeaderMap) -> Response {
    ([(header::VARY, "accept-language")], Redirect::to(&format!("/{}{}", trouble::preferred(&headers).code(), uri.path()))).into_response()
}

pub(super) async fn without_slash(Tongue(lang): Tongue) -> Response {
    see(lang, "/desk")
}

/// Around every answer of the desk: nothing of it is kept anywhere, and nothing is done for another site.
pub(super) async fn guarded(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = if safe || is_own(&app, request.headers()) {
        next.run(request).await
    } else {
        let lang = language(request.uri(), request.headers());
        super::problem(&app, None, lang, StatusCode::FORBIDDEN, DeskProblem::Stale)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // With none at all a browser would not even tell this site that a form is its own.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Whether a browser says that a page of this very site sends the request. Every browser since 2023 says one of the two.
fn is_own(app: &App, headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let origin = said("origin").map(|origin| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        origin == &*app.base || (host.is_some() && host == said("host"))
    });
    matches!((said("sec-fetch-site"), origin), (Some("same-origin"), None | Some(true)) | (None, Some(true)))
}
