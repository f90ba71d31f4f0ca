//! Coming in by a department: whom it opens, whom it does not, and that a way there is taken once.

use crate::{
    desk::{Desk, MINUTE, PASSWORD},
    trial::{self, Engine},
};
use app::Lang;
use server::{
    departments::Shown,
    staff::{Account, Begun, From, NewMachine, Purpose, Refusal, Role, Scope, Strength, Way},
};

on_each_engine! {
    a_way_is_taken_once_in_time_and_with_its_own_state,
    a_department_opens_the_account_that_is_bound_and_no_other,
    an_identity_is_bound_by_whoever_is_all_the_way_in_and_to_one_account,
    an_invitation_is_taken_up_once_and_only_by_the_department_of_its_agency,
    the_last_way_in_is_not_removed_nor_somebody_elses,
    who_recovers_is_bound_to_nobody_and_their_programs_end,
    a_departments_second_factor_counts_for_its_own_people_alone,
}

const FINANCE: &str = "gazette.example/finance";
const OF: (&str, &str) = ("finance", FINANCE);

fn shown(subject: &str) -> Shown {
    Shown { issuer: "https://id.finance.example".into(), subject: subject.into(), name: "王芳".into(), second_factor: false }
}

async fn begun(desk: &Desk, purpose: Purpose) -> Begun {
    desk.staff.begin_way(&Way { department: "finance".into(), purpose, lang: Lang::En, page: String::new() }).await.unwrap()
}

/// Somebody of the finance bureau whom it calls by their login.
async fn bound(desk: &Desk, login: &str, agency: &str) -> Account {
    let person = desk.person(login, &[(Role::Drafter, agency)]).await;
    let (session, _) = desk.staff.session(&person.token).await.unwrap().unwrap();
    desk.staff.bind_identity((OF.0, ""), &shown(login), &session.id).await.unwrap().unwrap();
    person.account
}

async fn enters(desk: &Desk, (department, agency): (&str, &str), shown: &Shown) -> Option<String> {
    let token = desk.staff.enter_by(department, agency, shown, &From::default()).await.unwrap()?;
    Some(desk.staff.session(&token).await.unwrap().unwrap().1.id)
}

async fn a_way_is_taken_once_in_time_and_with_its_own_state(engine: Engine) {
    let desk = Desk::on(engine).await;
    let (one, other) = (begun(&desk, Purpose::In).await, begun(&desk, Purpose::In).await);
    for state in ["", "0", other.secrets.state.as_str()] {
        assert!(desk.staff.end_way(&one.secret, state).await.unwrap().is_none());
    }
    // A wrong state does not use it up.
    let (way, secrets) = desk.staff.end_way(&one.secret, &one.secrets.state).await.unwrap().unwrap();
    assert_eq!((way.purpose, way.department.as_str()), (Purpose::In, "finance"));
    assert_eq!((secrets.nonce, secrets.verifier), (one.secrets.nonce.clone(), one.secrets.verifier.clone()));
    assert!(desk.staff.end_way(&one.secret, &one.secrets.state).await.unwrap().is_none());
    let all = [&one.secrets.state, &one.secrets.nonce, &one.secrets.verifier, &one.secret];
    assert!(all.iter().enumerate().all(|(at, value)| all[at + 1..].iter().all(|other| other != value)));
    desk.pass(10 * MINUTE);
    assert!(desk.staff.end_way(&other.secret, &other.secrets.state).await.unwrap().is_none());
}

async fn a_department_opens_the_account_that_is_bound_and_no_other(engine: Engine) {
    let desk = Desk::on(engine).await;
    let wang = bound(&desk, "wang", FINANCE).await;
    let elsewhere = bound(&desk, "zhao", "gazette.example/harbour").await;
    assert_eq!(enters(&desk, OF, &shown("wang")).await, Some(wang.id.clone()));
    assert_eq!(enters(&desk, OF, &shown("li")).await, None);
    assert_eq!(enters(&desk, OF, &Shown { issuer: "https://id.other.example".into(), ..shown("wang") }).await, None);
    // Another department with the same server speaks for its own alone, and each for its own agency's people.
    assert_eq!(enters(&desk, ("harbour", ""), &shown("wang")).await, None);
    assert_eq!(enters(&desk, OF, &shown("zhao")).await, None);
    assert_eq!(enters(&desk, (OF.0, ""), &shown("zhao")).await, Some(elsewhere.id));

    let head = desk.person("head", &[(Role::Administrator, "")]).await;
    desk.staff.end_account(&head.account.id, &wang.id).await.unwrap().unwrap();
    assert_eq!(enters(&desk, OF, &shown("wang")).await, None);
}

async fn an_identity_is_bound_by_whoever_is_all_the_way_in_and_to_one_account(engine: Engine) {
    let desk = Desk::on(engine).await;
    bound(&desk, "wang", FINANCE).await;
    let zhao = desk.person("zhao", &[(Role::Reviewer, FINANCE)]).await;
    let (strong, _) = desk.staff.session(&zhao.token).await.unwrap().unwrap();
    // A password alone is half the way in for a reviewer: what it asked for is not bound.
    let half = desk.staff.begin_session(&zhao.account.id, Strength::Password, &From::default()).await.unwrap();
    let (half, _) = desk.staff.session(&half).await.unwrap().unwrap();
    let bind = async |of, shown, session: &str| desk.staff.bind_identity(of, &shown, session).await.unwrap();
    assert_eq!(bind(OF, shown("zhao"), &half.id).await, Err(Refusal::Nobody));
    assert_eq!(bind(OF, shown("zhao"), "0").await, Err(Refusal::Nobody));
    assert_eq!(bind(("harbour", "gazette.example/harbour"), shown("zhao"), &strong.id).await, Err(Refusal::Nobody));
    assert_eq!(bind(OF, shown("wang"), &strong.id).await, Err(Refusal::Bound));
    assert!(desk.staff.identities_of(&zhao.account.id).await.unwrap().is_empty());
    assert_eq!(bind(OF, shown("zhao"), &strong.id).await, Ok(()));
    // A session that ended meanwhile binds nothing.
    desk.staff.sign_out(&zhao.token).await.unwrap();
    assert_eq!(bind(OF, shown("zhao-2"), &strong.id).await, Err(Refusal::Nobody));
}

async fn an_invitation_is_taken_up_once_and_only_by_the_department_of_its_agency(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, FINANCE)]).await;
    let secret = desk.staff.invite(&head.account.id, FINANCE, &[Role::Drafter], "Wang Fang").await.unwrap().unwrap();
    let link = desk.staff.link(&secret).await.unwrap().unwrap().id;
    let join = async |of, who: &str, login: &str| desk.staff.join_by(of, &shown(who), (&link, login, "Wang Fang")).await.unwrap();
    assert_eq!(join(("harbour", "gazette.example/harbour"), "wang", "wang").await.err(), Some(Refusal::Link));
    assert_eq!(join(OF, "wang", "head").await.err(), Some(Refusal::Taken));
    let (wang, strength) = join(OF, "wang", "wang").await.unwrap();
    assert_eq!(strength, Strength::Password, "nothing was said of a second factor");
    assert!(wang.roles.may(Role::Drafter, FINANCE));
    assert_eq!(join(OF, "zhao", "zhao").await.err(), Some(Refusal::Link));
    assert_eq!(enters(&desk, OF, &shown("wang")).await, Some(wang.id));
    // What opens a way back into an account makes no account.
    let recovery = desk.staff.recovery(&head.account.id, &enters(&desk, OF, &shown("wang")).await.unwrap(), false).await.unwrap().unwrap();
    let link = desk.staff.link(&recovery).await.unwrap().unwrap().id;
    assert_eq!(desk.staff.join_by(OF, &shown("zhao"), (&link, "zhao", "Zhao")).await.unwrap().err(), Some(Refusal::Link));
}

async fn the_last_way_in_is_not_removed_nor_somebody_elses(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, FINANCE)]).await;
    let secret = desk.staff.invite(&head.account.id, FINANCE, &[Role::Drafter], "Wang Fang").await.unwrap().unwrap();
    let link = desk.staff.link(&secret).await.unwrap().unwrap().id;
    desk.staff.join_by(OF, &shown("wang"), (&link, "wang", "Wang Fang")).await.unwrap().unwrap();
    bound(&desk, "zhao", FINANCE).await;
    let session = async |who: &str| {
        let token = desk.staff.enter_by(OF.0, OF.1, &shown(who), &From::default()).await.unwrap().unwrap();
        desk.staff.session(&token).await.unwrap().unwrap().0
    };
    let (wang, zhao) = (session("wang").await, session("zhao").await);
    let issuer = shown("").issuer;
    assert_eq!(desk.staff.unbind_identity(&wang, &issuer, "wang").await.unwrap(), Err(Refusal::LastWay));
    assert_eq!(desk.staff.unbind_identity(&wang, &issuer, "zhao").await.unwrap(), Err(Refusal::Nobody));
    // Zhao has a password beside it.
    assert_eq!(desk.staff.unbind_identity(&zhao, &issuer, "zhao").await.unwrap(), Ok(()));
    assert_eq!(enters(&desk, OF, &shown("zhao")).await, None);
    assert!(enters(&desk, OF, &shown("wang")).await.is_some());
}

async fn who_recovers_is_bound_to_nobody_and_their_programs_end(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, "")]).await;
    for (login, anew) in [("wang", false), ("zhao", true)] {
        let person = bound(&desk, login, FINANCE).await;
        desk.staff.set_roles(&head.account.id, &person.id, FINANCE, &[Role::Drafter, Role::Administrator]).await.unwrap().unwrap();
        let person = desk.staff.account(&person.id).await.unwrap().unwrap();
        let new = NewMachine { name: "Records".into(), scopes: vec![Scope::Read], days: 9, addresses: String::new() };
        let (_, secret) = desk.staff.make_machine(&person, FINANCE, &new).await.unwrap().unwrap();
        let here = "203.0.113.7".parse().unwrap();
        assert!(desk.staff.machine(&secret, here).await.unwrap().is_ok());
        let link = desk.staff.recovery(&head.account.id, &person.id, anew).await.unwrap().unwrap();
        desk.staff.recover(&link, PASSWORD, &[]).await.unwrap().unwrap();
        assert_eq!(enters(&desk, OF, &shown(login)).await, None);
        assert!(desk.staff.machine(&secret, here).await.unwrap().is_err());
    }
}

async fn a_departments_second_factor_counts_for_its_own_people_alone(engine: Engine) {
    let desk = Desk::on(engine).await;
    let head = desk.person("head", &[(Role::Administrator, "")]).await;
    let wang = bound(&desk, "wang", FINANCE).await;
    let shown = Shown { second_factor: true, ..shown("wang") };
    let strength = async |of: (&str, &str)| {
        let token = desk.staff.enter_by(of.0, of.1, &shown, &From::default()).await.unwrap().unwrap();
        desk.staff.session(&token).await.unwrap().unwrap().0.strength
    };
    assert_eq!(strength(OF).await, Strength::SecondFactor);
    // Nobody but the department can say once more who they are.
    let token = desk.staff.enter_by(OF.0, OF.1, &shown, &From::default()).await.unwrap().unwrap();
    let at = "/en/desk/account/authenticator";
    assert_eq!(desk.get(Some(&token), at).await.status, axum::http::StatusCode::OK);
    desk.pass(16 * crate::desk::MINUTE);
    assert_eq!(desk.get(Some(&token), at).await.to(), "/en/desk/sign-in?to=%2Fen%2Fdesk%2Faccount%2Fauthenticator");
    assert!(desk.staff.session(&token).await.unwrap().is_none());
    desk.staff.set_roles(&head.account.id, &wang.id, "gazette.example/harbour", &[Role::Reviewer]).await.unwrap().unwrap();
    assert_eq!(strength(OF).await, Strength::Password, "it does not speak for the harbour");
    assert_eq!(strength((OF.0, "")).await, Strength::SecondFactor, "one that speaks for the whole portal does");
}
