//! Coming in by a department's own sign-in: where it is offered, bound and removed, and the page in between.

use super::form::token;
use super::frame::{Page, document};
use crate::pages::pieces::moment;
use crate::view::desk::{DepartmentRow, Desk, IdentityRow, Room};
use crate::words::desk::{DeskWords, departments};
use leptos::prelude::*;

/// Below the form for signing in.
pub(super) fn at_the_door(desk: &Desk<'_>, rows: &[DepartmentRow], to: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let d = departments::of(w.lang);
    let forms = rows.iter().map(|row| {
        view! {
            <form method="post" action=desk.at(&format!("/desk/department/{}", row.id))>
                <input type="hidden" name="to" value=to.to_owned()/>
                <button class="quiet">{(d.with)(&row.name)}</button>
            </form>
        }
    });
    (!rows.is_empty()).then(|| view! { <section class="departments"><h2>{d.or}</h2>{forms.collect_view()}</section> })
}

/// Buttons of an invitation's form that do without its password.
pub(super) fn in_invitation(rows: &[DepartmentRow], w: &'static DeskWords) -> impl IntoView + use<> {
    let d = departments::of(w.lang);
    let buttons = rows.iter().map(|row| {
        view! { <button class="quiet" name="department" value=row.id.clone()>{(d.with)(&row.name)}</button> }
    });
    (!rows.is_empty()).then(|| view! { <div class="departments"><p class="help">{d.join_lead}</p>{buttons.collect_view()}</div> })
}

/// The section of one's own account.
pub(super) fn section(desk: &Desk<'_>, bound: &[IdentityRow], may: &[DepartmentRow], w: &'static DeskWords) -> impl IntoView + use<> {
    let d = departments::of(w.lang);
    let path = desk.at("/desk/account");
    let rows = bound.iter().map(|row| {
        let used = row.used.map(|at| view! { <span class="small">{d.used}" "{moment(at, w.lang)}</span> });
        view! {
            <li>
                <span class="person"><bdi>{row.department.clone()}</bdi></span>
                <span class="holds"><bdi>{row.shown.clone()}</bdi></span>
                <span class="counts">
                    {used}
                    <form method="post" action=path.clone()>
                        {token(desk)}
                        <input type="hidden" name="do" value="unbind"/>
                        <input type="hidden" name="issuer" value=row.issuer.clone()/>
                        <input type="hidden" name="subject" value=row.subject.clone()/>
                        <button class="quiet" aria-label=(d.remove_of)(&row.department)>{d.remove}</button>
                    </form>
                </span>
            </li>
        }
    });
    let list = match bound.is_empty() {
        true => view! { <p class="quiet">{d.none}</p> }.into_any(),
        false => view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any(),
    };
    let forms = may.iter().map(|row| {
        view! {
            <form method="post" action=path.clone()>
                {token(desk)}
                <input type="hidden" name="do" value="bind"/>
                <input type="hidden" name="department" value=row.id.clone()/>
                <button class="quiet">{(d.bind)(&row.name)}</button>
            </form>
        }
    });
    (!bound.is_empty() || !may.is_empty()).then(|| {
        view! {
            <section class="departments">
                <h2>{d.section}</h2>
                <p class="quiet">{d.lead}</p>
                {list}
                <div class="acts">{forms.collect_view()}</div>
            </section>
        }
    })
}

/// The page in between: it goes on by itself.
pub fn going_on(desk: &Desk<'_>, to: &str) -> String {
    let d = departments::of(desk.lang);
    document(desk, Page::new(Room::None, "going", d.going), |_| {
        view! {
            <div class="lead">
                <h1>{d.going}</h1>
                <p>{d.going_lead}</p>
                <p><a class="button" href=to.to_owned() rel="noreferrer">{d.going_link}</a></p>
            </div>
        }
    })
}
