//! Before a draft is submitted: what is missing, what should perhaps not be published, and when it is to come out.

use super::super::form::{fault_of, summary, token};
use super::super::frame::{Page, document};
use super::{named, personal::personal};
use crate::view::desk::{Desk, Faults, Room, SubmitView, Typed};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

pub fn submit(desk: &Desk<'_>, view: &SubmitView) -> String {
    let title = crate::words::desk::of(desk.lang).drafts.submit.title;
    document(desk, Page::new(Room::Drafts, "submit", title).with(&view.faults), |w| {
        let (d, s) = (&w.drafts, &w.drafts.submit);
        let at = desk.at(&format!("/desk/drafts/{}", view.id));
        let lacks = view.lacks.iter().map(|(field, fault)| {
            view! { <li><a href=format!("{at}?lacks=1#{field}")>{(d.editor.field)(field)}</a>" "{(w.frame.fault)(*fault)}</li> }
        });
        let lacks = lacks.collect_view();
        let form = match view.lacks.is_empty() {
            false => view! { <div class="faults"><h2>{s.lacks}</h2><ul>{lacks}</ul></div> }.into_any(),
            true => view! {
                <form class="form" method="post" action=format!("{at}/submit")>
                    {token(desk)}
                    <input type="hidden" name="revision" value=view.revision.to_string()/>
                    {when(desk, (s.when, s.when_help), &view.typed, &view.faults, w)}
                    <button>{s.button}</button>
                </form>
            }
            .into_any(),
        };
        let elsewhere = (!view.seals).then(|| view! { <p>{w.sealing.from_the_start}</p> });
        let refused = view.refused.as_ref().map(|said| {
            view! { <div class="faults" role="alert"><h2>{s.refused}</h2><p>{said.clone()}</p></div> }
        });
        view! {
            {summary(&view.faults, w)}
            {refused}
            <div class="lead">
                <h1>{s.title}</h1>
                <p><strong><bdi>{named(&view.title, view.kind, d)}</bdi></strong></p>
                <p>{s.lead}</p>
                <p>{if view.rule { s.lead_rule } else { s.lead_none }}</p>
                {elsewhere}
            </div>
            {personal(&view.personal, s.personal, w)}
            {form}
            <ul class="ways"><li><a href=at.clone()>{s.back}</a></li></ul>
        }
    })
}

/// Where a day and an hour are typed, by the portal's clocks.
pub(super) fn when(
    desk: &Desk<'_>,
    (legend, help): (&'static str, &'static str),
    typed: &Typed,
    faults: &Faults,
    w: &'static DeskWords,
) -> impl IntoView + use<> {
    let s = &w.drafts.submit;
    let fault = fault_of(faults, "day").map(|fault| (w.frame.fault)(fault));
    let faulty = fault.is_some();
    view! {
        <fieldset class="field" class:faulty=faulty id="day">
            <legend>{legend}</legend>
            <p class="help">{help}</p>
            {fault.map(|fault| view! { <p class="fault">{fault}</p> })}
            <div class="pairs">
                <div class="field"><label for="due-day">{s.day}</label>
                    <input id="due-day" name="day" type="date" value=typed.of("day").to_owned()/></div>
                <div class="field"><label for="due-hour">{s.hour}</label>
                    <input id="due-hour" name="hour" type="time" value=typed.of("hour").to_owned()/></div>
            </div>
            <p class="small">{(crate::words::of(w.lang).site.zone)(&desk.site.zone)}</p>
        </fieldset>
    }
}
