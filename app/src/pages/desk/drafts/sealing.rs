//! A statement that its agency seals itself: where it stands with that, how it is sealed on the agency's own machine, and where it is
//! brought back. It needs no script.

use super::super::form::token;
use crate::view::desk::{CaseView, Desk, SealingView};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// Why what was just brought was not taken, above all else on the page.
pub(super) fn refused(view: &CaseView, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let s = &w.sealing;
    view.unsealed.map(|code| view! { <div class="faults" role="alert"><h2>{s.not_taken}</h2><p>{(s.refused)(code)}</p></div> })
}

/// Of an agency that keeps its own seal, from the beginning on.
pub(super) fn sealing(view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let s = &w.sealing;
    view.sealing.map(|sealing| {
        let said = match sealing {
            SealingView::Later => s.from_the_start,
            SealingView::AtItsTime => s.at_its_time,
            SealingView::Open { .. } => s.open,
            SealingView::Sealed => s.sealed,
        };
        let others = (sealing == SealingView::Open { brings: false }).then(|| view! { <p>{s.others}</p> });
        let brings = (sealing == SealingView::Open { brings: true }).then(|| bring(&view.id, desk, w));
        view! {
            <section class="yours" id="seal">
                <h2>{s.title}</h2>
                <p>{said}</p>
                {others}
                {brings}
            </section>
        }
    })
}

/// For whoever saves it and brings it back.
fn bring(case: &str, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let s = &w.sealing;
    let at = |what: &str| desk.at(&format!("/desk/cases/{case}/{what}"));
    view! {
        <p>{s.how}</p>
        <pre class="command">{s.command}</pre>
        <p class="small">{s.key}</p>
        <p><a class="button quiet" href=at("to-seal")>{s.save}</a></p>
        <form class="form" method="post" enctype="multipart/form-data" action=at("sealed")>
            {token(desk)}
            <label class="field"><span>{s.file}</span><input type="file" name="file"/></label>
            <label class="field">
                <span>{s.paste}</span>
                <textarea name="text" rows="4" autocomplete="off" autocapitalize="none" spellcheck="false"></textarea>
            </label>
            <button>{s.send}</button>
        </form>
    }
}
