//! What is typed into the editor's form, read and put into it again.

use crate::drafts::{self, Translation, Whom, Written};
use app::{
    Lang, codes,
    view::desk::{TranslationRow, Typed},
    words::desk as words,
};

/// The lines of a field that has one thing a line.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The same of several fields of one name.
fn several(fields: &super::Fields, name: &str) -> Vec<String> {
    fields.all(name).flat_map(lines).collect()
}

/// Texts in other languages: fields of the same names, in their order. One with neither title nor text is none.
fn translations(fields: &super::Fields) -> Vec<Translation> {
    let (titles, bodies): (Vec<_>, Vec<_>) = (fields.all("translation_title").collect(), fields.all("translation_body").collect());
    let languages: Vec<_> = fields.all("translation_language").collect();
    let other = if fields.one("language") == "zh" { "en" } else { "zh" };
    let all = (0..titles.len().max(bodies.len()).min(drafts::LANGUAGES.len())).map(|place| Translation {
        language: languages.get(place).map_or(other, |language| language.trim()).to_owned(),
        title: titles.get(place).map_or("", |title| title.trim()).to_owned(),
        body: bodies.get(place).copied().unwrap_or_default().replace("\r\n", "\n"),
    });
    all.filter(|text| !text.title.is_empty() || !text.body.trim().is_empty()).collect()
}

/// What was typed into the editor's form.
pub(super) fn written(fields: &super::Fields) -> Written {
    let fields = &fields.without_nul();
    let one = |name: &str| fields.one(name).to_owned();
    let trimmed = |name: &str| fields.one(name).trim().to_owned();
    let whom = |line: String| {
        let mut pieces = line.split(['|', '｜']).map(|piece| piece.trim().to_owned());
        let mut next = || pieces.next().unwrap_or_default();
        Whom { name: next(), scheme: next(), id: next() }
    };
    Written {
        genre: trimmed("genre"),
        theme: trimmed("theme"),
        language: trimmed("language"),
        title: trimmed("title"),
        index_number: trimmed("index_number"),
        document_number: trimmed("document_number"),
        issuing_agencies: several(fields, "issuing_agencies"),
        joint_agencies: several(fields, "joint_agencies"),
        issued: trimmed("issued"),
        published: trimmed("published"),
        effective: trimmed("effective"),
        expires: trimmed("expires"),
        basis: trimmed("basis"),
        summary: trimmed("summary"),
        keywords: lines(fields.one("keywords")),
        region: trimmed("region"),
        subjects: lines(fields.one("subjects")).into_iter().map(whom).collect(),
        source: trimmed("source"),
        authentic: trimmed("authentic"),
        body: one("body").replace("\r\n", "\n"),
        translations: translations(fields),
        target: fields.one("target").trim().parse().ok(),
        change: trimmed("change"),
        ground: trimmed("ground"),
        by: fields.one("by").trim().parse().ok(),
        parts: fields.all("parts").map(str::to_owned).collect(),
    }
}

/// As it is put into the form again.
pub(super) fn typed(written: &Written) -> Typed {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let whom = |whom: &Whom| match (whom.scheme.is_empty(), whom.id.is_empty()) {
        (true, true) => whom.name.clone(),
        _ => format!("{} | {} | {}", whom.name, whom.scheme, whom.id),
    };
    let fields = [
        ("genre", written.genre.clone()),
        ("theme", written.theme.clone()),
        ("language", written.language.clone()),
        ("title", written.title.clone()),
        ("index_number", written.index_number.clone()),
        ("document_number", written.document_number.clone()),
        ("issuing_agencies", written.issuing_agencies.join("\n")),
        ("joint_agencies", written.joint_agencies.join("\n")),
        ("issued", written.issued.clone()),
        ("published", written.published.clone()),
        ("effective", written.effective.clone()),
        ("expires", written.expires.clone()),
        ("basis", written.basis.clone()),
        ("summary", written.summary.clone()),
        ("keywords", written.keywords.join("\n")),
        ("region", written.region.clone()),
        ("subjects", written.subjects.iter().map(whom).collect::<Vec<_>>().join("\n")),
        ("source", written.source.clone()),
        ("authentic", written.authentic.clone()),
        ("body", written.body.clone()),
        ("target", number(written.target)),
        ("change", written.change.clone()),
        ("ground", written.ground.clone()),
        ("by", number(written.by)),
    ];
    Typed(fields.into_iter().collect())
}

/// Fields in the order of the form, but for the texts.
pub(super) const FIELDS: [&str; 23] = [
    "title",
    "genre",
    "language",
    "target",
    "change",
    "issued",
    "published",
    "effective",
    "expires",
    "ground",
    "by",
    "document_number",
    "index_number",
    "theme",
    "issuing_agencies",
    "joint_agencies",
    "basis",
    "summary",
    "keywords",
    "region",
    "subjects",
    "source",
    "authentic",
];

/// What stands in a field, as people read it.
pub(super) fn said(field: &str, value: &str, lang: Lang) -> String {
    let e = &words::of(lang).drafts.editor;
    let known = match field {
        "genre" => codes::genre(lang, value),
        "ground" => codes::ground(lang, value),
        "authentic" => codes::authentic(lang, value),
        "language" => Some((e.language)(value)).filter(|said| !said.is_empty()),
        "change" => Some((e.change)(value)).filter(|said| !said.is_empty()),
        _ => None,
    };
    known.unwrap_or(value).to_owned()
}

/// Fields in which two texts differ, and what stands in each, as people read it.
pub(super) fn differing(before: &Written, after: &Written, lang: Lang) -> Vec<(&'static str, String, String)> {
    let (old, new) = (typed(before), typed(after));
    let fields = FIELDS.into_iter().filter(|field| old.of(field) != new.of(field));
    let mut differing: Vec<_> = fields.map(|field| (field, said(field, old.of(field), lang), said(field, new.of(field), lang))).collect();
    if before.parts != after.parts {
        differing.push(("parts", before.parts.join("\n"), after.parts.join("\n")));
    }
    differing
}

/// All that was typed and chosen, as people read it, in the order of the form, without what is empty.
pub(super) fn all_typed(written: &Written, lang: Lang) -> Vec<(&'static str, String)> {
    let typed = typed(written);
    let own = FIELDS.into_iter().map(|field| (field, said(field, typed.of(field), lang)));
    let texts = [("parts", written.parts.join("\n")), ("body", written.body.clone())];
    let translated = written.translations.iter().flat_map(|text| {
        [
            ("translation_language", said("language", &text.language, lang)),
            ("translation_title", text.title.clone()),
            ("translation_body", text.body.clone()),
        ]
    });
    own.chain(texts).chain(translated).filter(|(_, text)| !text.trim().is_empty()).collect()
}

pub(super) fn translation_rows(written: &Written) -> Vec<TranslationRow> {
    let row = |text: &Translation| TranslationRow { language: text.language.clone(), title: text.title.clone(), body: text.body.clone() };
    written.translations.iter().map(row).collect()
}
