//! Fields of the desk's forms: label, help and message beside each, and above them all what needs attention.

use crate::pages::text::escape;
use crate::view::desk::{Desk, Fault, Faults};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// One line to type in.
pub(super) struct Field<'a> {
    /// Name, and id where none of its own is given.
    pub name: &'static str,
    /// For a field that stands on its page more than once.
    pub id: Option<&'a str>,
    pub label: &'a str,
    pub help: Option<&'a str>,
    pub value: &'a str,
    /// `text`, `password`, …
    pub kind: &'static str,
    /// What browsers and password managers may fill in.
    pub autocomplete: &'static str,
    pub longest: u32,
}

impl<'a> Field<'a> {
    pub fn text(name: &'static str, label: &'a str, value: &'a str, autocomplete: &'static str) -> Field<'a> {
        Field { name, id: None, label, help: None, value, kind: "text", autocomplete, longest: 200 }
    }

    pub fn password(name: &'static str, label: &'a str, autocomplete: &'static str) -> Field<'a> {
        Field { name, id: None, label, help: None, value: "", kind: "password", autocomplete, longest: 500 }
    }

    pub fn help(mut self, help: &'a str) -> Field<'a> {
        self.help = Some(help);
        self
    }

    pub fn id(mut self, id: Option<&'a str>) -> Field<'a> {
        self.id = id;
        self
    }

    /// For what is longer than most: a key.
    pub fn long(mut self, longest: u32) -> Field<'a> {
        self.longest = longest;
        self
    }

    pub fn draw(self, faults: &Faults, w: &'static DeskWords) -> impl IntoView + use<> {
        let Field { name, id, label, help, value, kind, autocomplete, longest } = self;
        let fault = fault_of(faults, name).map(|fault| (w.frame.fault)(fault));
        let id = id.unwrap_or(name).to_owned();
        let (help_id, fault_id) = (format!("{id}-help"), format!("{id}-fault"));
        let described = [help.map(|_| help_id.as_str()), fault.as_ref().map(|_| fault_id.as_str())];
        let described: Vec<_> = described.into_iter().flatten().collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let class = if fault.is_some() { "field faulty" } else { "field" };
        let invalid = fault.as_ref().map(|_| "true");
        view! {
            <div class=class>
                <label for=id.clone()>{label.to_owned()}</label>
                {help.map(|help| view! { <p class="help" id=help_id.clone()>{help.to_owned()}</p> })}
                {fault.map(|fault| view! { <p class="fault" id=fault_id.clone()>{fault}</p> })}
                <input id=id name=name type=kind value=value.to_owned() autocomplete=autocomplete maxlength=longest
                    autocapitalize="none" spellcheck="false" aria-describedby=described aria-invalid=invalid/>
            </div>
        }
    }
}

pub(super) fn fault_of(faults: &Faults, name: &str) -> Option<Fault> {
    faults.iter().find(|(field, _)| *field == name).map(|(_, fault)| *fault)
}

/// What needs attention, each linked to its field. Stands above the form, and is read out at once.
pub(super) fn summary(faults: &Faults, w: &'static DeskWords) -> impl IntoView + use<> {
    let lines = faults.iter().map(|(field, fault)| {
        let said = (w.frame.fault)(*fault);
        match *field {
            "" => view! { <li>{said}</li> }.into_any(),
            field => view! { <li><a href=format!("#{field}")>{said}</a></li> }.into_any(),
        }
    });
    let lines = lines.collect_view();
    (!faults.is_empty()).then(|| {
        view! {
            <div class="faults" role="alert">
                <h2>{w.frame.fault_title}</h2>
                <ul>{lines}</ul>
            </div>
        }
    })
}

/// What stands in a text area, escaped here: between its marks leptos writes everything as it is. A browser drops a line end right
/// behind the first mark; so one is written that may go.
pub(super) fn area_text(text: &str) -> String {
    format!("\n{}", escape(text))
}

/// What each form carries, so that no other site can send it.
pub(super) fn token(desk: &Desk<'_>) -> impl IntoView + use<> {
    view! { <input type="hidden" name="token" value=desk.token().to_owned()/> }
}

/// In a form that was drawn again with a warning: what it was about. Sent once more as it was, it is taken.
pub(super) fn seen(what: &str) -> Option<impl IntoView + use<>> {
    (!what.is_empty()).then(|| view! { <input type="hidden" name="seen" value=what.to_owned()/> })
}

/// What names look like that belongs to persons, for whoever has them registered or signs that.
pub(super) fn personal(sorts: &[&'static str], w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let lines = sorts.iter().map(|sort| view! { <p>{(w.posts.personal)((w.drafts.submit.sort)(sort))}</p> });
    let lines = lines.collect_view();
    (!sorts.is_empty()).then(|| view! { <div class="caution" role="note"><h2>{w.drafts.submit.personal}</h2>{lines}</div> })
}

/// Several of which any number may be chosen, all sent as `role`: id, value, name, meaning, and whether it is chosen.
pub(super) fn choices(
    id: &str,
    legend: &str,
    choices: Vec<(String, &'static str, String, String, bool)>,
    fault: Option<Fault>,
    w: &'static DeskWords,
) -> impl IntoView + use<> {
    let class = if fault.is_some() { "choices faulty" } else { "choices" };
    let choices = choices.into_iter().map(|(id, value, name, means, chosen)| {
        let help = format!("{id}-help");
        view! {
            <div class="choice">
                <input type="checkbox" id=id.clone() name="role" value=value checked=chosen aria-describedby=help.clone()/>
                <label for=id>{name}</label>
                <p class="help" id=help>{means}</p>
            </div>
        }
    });
    view! {
        <fieldset class=class id=id.to_owned()>
            <legend>{legend.to_owned()}</legend>
            {fault.map(|fault| view! { <p class="fault">{(w.frame.fault)(fault)}</p> })}
            {choices.collect_view()}
        </fieldset>
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_text_area_escapes_what_stands_in_it() {
        let mut files = vec![];
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages"), &mut files);
        let mut seen = 0;
        let (opens, closes) = (["<text", "area "].concat(), ["</text", "area>"].concat());
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for area in text.split(&opens).skip(1) {
                let area = area.split(&closes).next().unwrap();
                let inside = area.rsplit_once(">{").map(|(_, inside)| inside);
                assert!(area.ends_with('>') || inside.is_some_and(|inside| inside.starts_with("area_text(")), "{}: {area}", file.display());
                seen += 1;
            }
        }
        assert!(seen >= 8, "{seen}");
    }
}
