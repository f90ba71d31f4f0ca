//! Pages of the desk that say why something was not done.

use super::frame::{Page, document};
use crate::view::desk::{Desk, DeskProblem, Room};
use leptos::prelude::*;

pub fn problem(desk: &Desk<'_>, problem: DeskProblem) -> String {
    let w = crate::words::desk::of(desk.lang);
    let d = crate::words::desk::departments::of(desk.lang);
    let (title, sentence) = match problem {
        DeskProblem::Stale => w.frame.stale,
        DeskProblem::TooLong => w.frame.too_long,
        DeskProblem::Link => w.frame.spent,
        DeskProblem::Department => d.failed,
        DeskProblem::Unreachable => d.unreachable,
        DeskProblem::Stranger => d.stranger,
        DeskProblem::Bound => d.bound,
        DeskProblem::LoginTaken => d.taken,
    };
    document(desk, Page::new(Room::None, "problem", title), |w| {
        view! {
            <div class="lead">
                <h1>{title}</h1>
                <p>{sentence}</p>
                <ul class="ways"><li><a href=desk.at("/desk")>{w.frame.back}</a></li></ul>
            </div>
        }
    })
}
