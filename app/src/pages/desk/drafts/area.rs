//! Fields of a draft: several lines to type in, a choice, a day; each with its help and its message beside it.

use super::super::form::{area_text, fault_of};
use crate::view::desk::{Faults, Typed};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// Fields that any document must state.
pub(super) const ALWAYS: [&str; 3] = ["title", "genre", "language"];

/// How a field is typed in.
pub(super) enum How<'a> {
    Line,
    Day,
    /// A number of an entry.
    Number,
    /// So many lines high.
    Area(u32),
    /// Code and name of each; the first stands for none.
    Choice(Vec<(&'a str, String)>),
}

/// Under the label of a field that this kind of document must state. The script says so as soon as another kind is chosen.
fn mark(name: &str, asked: &[&str], w: &'static DeskWords) -> impl IntoView + use<> {
    let hidden = !asked.contains(&name);
    view! { <p class="asked" data-asked=name.to_owned() hidden=hidden>{w.editing.asked}</p> }
}

pub(super) fn field(
    name: &'static str,
    how: How<'_>,
    typed: &Typed,
    faults: &Faults,
    asked: &[&str],
    w: &'static DeskWords,
) -> impl IntoView + use<> {
    let e = &w.drafts.editor;
    let value = typed.of(name).to_owned();
    let fault = fault_of(faults, name).map(|fault| (w.frame.fault)(fault));
    let faulty = fault.is_some();
    let help = (e.help)(name);
    let described = [help.map(|_| format!("{name}-help")), fault.as_ref().map(|_| format!("{name}-fault"))];
    let described: Vec<_> = described.into_iter().flatten().collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let invalid = fault.as_ref().map(|_| "true");
    let required = asked.contains(&name).then_some("true");
    let input = match how {
        How::Area(rows) => view! {
            <textarea id=name name=name rows=rows aria-describedby=described aria-invalid=invalid aria-required=required>{area_text(&value)}</textarea>
        }
        .into_any(),
        How::Choice(options) => {
            let options = options.into_iter().map(|(code, called)| {
                view! { <option value=code.to_owned() selected=code == value>{called}</option> }
            });
            view! {
                <select id=name name=name aria-describedby=described aria-invalid=invalid aria-required=required>{options.collect_view()}</select>
            }
            .into_any()
        }
        other => {
            let (kind, mode, class) = match other {
                How::Day => ("date", None, "short"),
                How::Number => ("text", Some("numeric"), "short"),
                _ => ("text", None, ""),
            };
            view! {
                <input id=name name=name type=kind inputmode=mode class=class value=value maxlength="600" autocomplete="off"
                    aria-describedby=described aria-invalid=invalid aria-required=required/>
            }
            .into_any()
        }
    };
    view! {
        <div class="field" class:faulty=faulty>
            <label for=name>{(e.field)(name)}</label>{mark(name, asked, w)}
            {help.map(|help| view! { <p class="help" id=format!("{name}-help")>{help}</p> })}
            {fault.map(|fault| view! { <p class="fault" id=format!("{name}-fault")>{fault}</p> })}
            {input}
        </div>
    }
}
