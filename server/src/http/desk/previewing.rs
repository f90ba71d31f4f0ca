//! What readers will see of a draft, drawn by what draws the page of what is published, where it keeps nobody waiting.

use super::drafts::shown;
use crate::{
    drafts::{self, Translation, Written},
    views,
};
use app::view::{
    Item, Kind, Title,
    desk::{PreviewText, PreviewView},
};

pub(super) async fn preview(written: &Written) -> PreviewView {
    let catalogue = drafts::catalogue(written);
    let item = Item {
        index: 0,
        kind: Kind::Disclosure,
        document: 0,
        version: 1,
        title: Title::Text(catalogue.title.clone()),
        language: written.language.clone(),
        stated: None,
        logged: None,
        agency: None,
        stated_agency: None,
        source: None,
        document_number: catalogue.document_number.clone(),
        genre: catalogue.genre.clone(),
        standing: None,
        standing_by: None,
        about: None,
    };
    let body = shown(written.body.clone()).await;
    let body = body.map(|(html, formatted)| PreviewText { language: written.language.clone(), title: String::new(), html, formatted });
    let mut translations = Vec::with_capacity(written.translations.len());
    for Translation { language, title, body } in &written.translations {
        // One that is only called something has nothing to be shown otherwise than it is written.
        let (html, formatted) = shown(body.clone()).await.unwrap_or_else(|| (String::new(), true));
        translations.push(PreviewText { language: language.clone(), title: title.clone(), html, formatted });
    }
    PreviewView { item, catalogue: views::shown_catalogue_from(catalogue, None), body, translations }
}
