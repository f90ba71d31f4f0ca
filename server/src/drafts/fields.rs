//! Fields: what a draft must state before it is submitted, by what it will be.

use super::{Kind, Written};
use chain::{
    statement::{StatusKind, is_code},
    time::parse_date,
};

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Nothing stands there.
    Missing,
    /// No day of any calendar.
    Date,
    /// It ends before it begins.
    Order,
    /// Not one of those that there are.
    Choice,
    TooLong,
    /// A language twice, or that of the text itself.
    Twice,
}

impl Lack {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Lack::Missing => "missing",
            Lack::Date => "date",
            Lack::Order => "order",
            Lack::Choice => "choice",
            Lack::TooLong => "too-long",
            Lack::Twice => "twice",
        }
    }
}

/// Kinds of documents that the editor offers, and what each must state besides title, language and text. After the fields of the
/// directories of disclosure: rules bind from a day and are cited by number, decisions name whom they are about.
pub const GENRES: [(&str, &[&str]); 20] = [
    ("notice", &["issued"]),
    ("announcement", &["issued"]),
    ("decision", &["issued", "document_number"]),
    ("approval", &["issued", "document_number"]),
    ("document", &["issued"]),
    ("rule", &["issued", "effective", "document_number"]),
    ("departmental-rule", &["issued", "effective", "document_number"]),
    ("regulation", &["issued", "effective", "document_number"]),
    ("executive-order", &["issued", "document_number"]),
    ("penalty", &["issued", "document_number", "subjects", "basis"]),
    ("inspection", &["issued", "subjects"]),
    ("procurement", &["published"]),
    ("budget", &["published"]),
    ("accounts", &["published"]),
    ("plan", &["published"]),
    ("report", &["published"]),
    ("statistics", &["published"]),
    ("interpretation", &["published"]),
    ("faq", &[]),
    ("law", &["issued", "effective"]),
];

/// What a kind of document must state, beside title, language and text.
#[must_use]
pub fn asked(genre: &str) -> &'static [&'static str] {
    GENRES.iter().find(|(known, _)| *known == genre).map_or(&[], |(_, fields)| fields)
}

/// Languages a text may be in, by their tags.
pub const LANGUAGES: [&str; 18] =
    ["zh", "en", "bo", "ug", "mn", "kk", "za", "ko", "ja", "fr", "de", "es", "pt", "ru", "ar", "vi", "th", "my"];

/// Kinds of status.
pub(super) const CHANGES: [StatusKind; 7] = [
    StatusKind::Repealed,
    StatusKind::Lapsed,
    StatusKind::Amended,
    StatusKind::Annulled,
    StatusKind::Corrected,
    StatusKind::Withdrawn,
    StatusKind::Reinstated,
];

/// Most bytes of a line, of a list's lines together, and of a paragraph.
const LINE: usize = 600;
const LINES: usize = 4_000;
const PARAGRAPH: usize = 6_000;
const BODY: usize = 1 << 20;

/// What may become of a published document, by its codes.
pub fn changes() -> impl Iterator<Item = &'static str> {
    CHANGES.into_iter().map(StatusKind::as_str)
}

pub(super) fn change_of(word: &str) -> Option<StatusKind> {
    CHANGES.into_iter().find(|kind| kind.as_str() == word)
}

/// What is wrong with a draft as it stands, field by field; `files` go with it.
#[must_use]
pub fn faults(kind: Kind, written: &Written, files: usize) -> Vec<(&'static str, Lack)> {
    let mut faults = Faults::default();
    match kind {
        Kind::Disclosure => disclosure(written, files, &mut faults),
        Kind::Status => {
            faults.must("target", written.target.is_some());
            faults.must("change", !written.change.is_empty());
            faults.of("change", written.change.is_empty() || change_of(&written.change).is_some(), Lack::Choice);
            faults.date("effective", &written.effective);
            // A text that binds ends on a day.
            faults.must("effective", written.change != "repealed" || !written.effective.is_empty());
            ground(written, &mut faults);
        }
        Kind::Redaction => {
            faults.must("target", written.target.is_some());
            faults.must("parts", !written.parts.is_empty());
            ground(written, &mut faults);
        }
    }
    faults.0
}

fn ground(written: &Written, faults: &mut Faults) {
    faults.must("ground", !written.ground.is_empty());
    faults.of("ground", written.ground.is_empty() || is_code(&written.ground), Lack::Choice);
}

fn disclosure(written: &Written, files: usize, faults: &mut Faults) {
    faults.must("title", !written.title.trim().is_empty());
    faults.must("genre", !written.genre.is_empty());
    faults.of("genre", written.genre.is_empty() || is_code(&written.genre), Lack::Choice);
    faults.must("language", !written.language.is_empty());
    faults.of("language", written.language.is_empty() || LANGUAGES.contains(&&*written.language), Lack::Choice);
    // What replaces something says why; and a ground alone replaces nothing.
    faults.must("target", written.target.is_some() || written.ground.is_empty());
    if written.target.is_some() {
        ground(written, faults);
    }
    faults.of("theme", written.theme.is_empty() || is_code(&written.theme), Lack::Choice);
    faults.of("authentic", ["", "original", "copy"].contains(&&*written.authentic), Lack::Choice);
    for (name, day) in
        [("issued", &written.issued), ("published", &written.published), ("effective", &written.effective), ("expires", &written.expires)]
    {
        faults.date(name, day);
    }
    let ends = !written.expires.is_empty() && !written.effective.is_empty();
    // Days read the same in their letters' order.
    faults.of("expires", !ends || written.expires >= written.effective, Lack::Order);
    faults.must("body", !written.body.trim().is_empty() || files > 0);
    faults.of("body", written.body.len() <= BODY, Lack::TooLong);
    for (name, line) in [
        ("title", &written.title),
        ("index_number", &written.index_number),
        ("document_number", &written.document_number),
        ("region", &written.region),
        ("source", &written.source),
    ] {
        faults.of(name, line.len() <= LINE, Lack::TooLong);
    }
    faults.of("basis", written.basis.len() <= PARAGRAPH, Lack::TooLong);
    faults.of("summary", written.summary.len() <= PARAGRAPH, Lack::TooLong);
    let sum = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    for (name, texts) in
        [("issuing_agencies", &written.issuing_agencies), ("joint_agencies", &written.joint_agencies), ("keywords", &written.keywords)]
    {
        faults.of(name, sum(texts) <= LINES, Lack::TooLong);
    }
    let whom: usize = written.subjects.iter().map(|whom| whom.scheme.len() + whom.id.len() + whom.name.len()).sum();
    faults.of("subjects", whom <= LINES, Lack::TooLong);
    faults.of("subjects", written.subjects.iter().all(|whom| !whom.name.trim().is_empty()), Lack::Missing);
    for (number, translation) in written.translations.iter().enumerate() {
        let others = written.translations[..number].iter().map(|other| &other.language);
        let twice = others.chain([&written.language]).any(|other| *other == translation.language);
        faults.of("translations", !twice, Lack::Twice);
        faults.of("translations", LANGUAGES.contains(&&*translation.language), Lack::Choice);
        let whole = !translation.title.trim().is_empty() && !translation.body.trim().is_empty();
        faults.of("translations", whole, Lack::Missing);
        faults.of("translations", translation.title.len() <= LINE && translation.body.len() <= BODY, Lack::TooLong);
    }
    for field in asked(&written.genre) {
        let given = match *field {
            "issued" => !written.issued.is_empty(),
            "published" => !written.published.is_empty(),
            "effective" => !written.effective.is_empty(),
            "document_number" => !written.document_number.trim().is_empty(),
            "basis" => !written.basis.trim().is_empty(),
            "subjects" => !written.subjects.is_empty(),
            _ => true,
        };
        faults.must(field, given);
    }
}

/// The first thing that is wrong with each field, in the order of the form.
#[derive(Default)]
struct Faults(Vec<(&'static str, Lack)>);

impl Faults {
    fn of(&mut self, field: &'static str, right: bool, lack: Lack) {
        if !right && !self.0.iter().any(|(known, _)| *known == field) {
            self.0.push((field, lack));
        }
    }

    fn must(&mut self, field: &'static str, given: bool) {
        self.of(field, given, Lack::Missing);
    }

    fn date(&mut self, field: &'static str, day: &str) {
        self.of(field, day.is_empty() || parse_date(day).is_some(), Lack::Date);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice() -> Written {
        Written {
            title: "Lanterns".into(),
            genre: "notice".into(),
            language: "en".into(),
            issued: "2026-03-01".into(),
            body: "All of them.".into(),
            ..Written::default()
        }
    }

    #[test]
    fn each_genre_asks_for_what_its_documents_are_known_by() {
        assert_eq!(faults(Kind::Disclosure, &notice(), 0), []);
        let rule = Written { genre: "rule".into(), ..notice() };
        assert_eq!(faults(Kind::Disclosure, &rule, 0), [("effective", Lack::Missing), ("document_number", Lack::Missing)]);
        let penalty = Written { genre: "penalty".into(), document_number: "No. 7".into(), basis: "Act".into(), ..notice() };
        assert_eq!(faults(Kind::Disclosure, &penalty, 0), [("subjects", Lack::Missing)]);
        let unknown = Written { genre: "by-decree".into(), ..notice() };
        assert_eq!(faults(Kind::Disclosure, &unknown, 0), []);
    }

    #[test]
    fn an_empty_draft_is_told_all_that_is_missing_and_a_file_may_stand_for_the_text() {
        let missing = faults(Kind::Disclosure, &Written::default(), 0);
        assert_eq!(missing.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["title", "genre", "language", "body"]);
        assert_eq!(faults(Kind::Disclosure, &Written { body: String::new(), ..notice() }, 1), []);
    }

    #[test]
    fn days_are_days_and_what_ends_does_not_end_before_it_begins() {
        let wrong = Written { issued: "2026-02-30".into(), effective: "2026-03-02".into(), expires: "2026-03-01".into(), ..notice() };
        assert_eq!(faults(Kind::Disclosure, &wrong, 0), [("issued", Lack::Date), ("expires", Lack::Order)]);
    }

    #[test]
    fn a_translation_is_whole_and_in_another_language() {
        let with = |language: &str, title: &str| Written {
            translations: vec![super::super::Translation { language: language.into(), title: title.into(), body: "全部。".into() }],
            ..notice()
        };
        assert_eq!(faults(Kind::Disclosure, &with("zh", "灯笼"), 0), []);
        assert_eq!(faults(Kind::Disclosure, &with("en", "灯笼"), 0), [("translations", Lack::Twice)]);
        assert_eq!(faults(Kind::Disclosure, &with("zh", ""), 0), [("translations", Lack::Missing)]);
    }

    #[test]
    fn a_new_version_says_why_and_a_first_one_has_nothing_to_say_it_of() {
        let version = Written { target: Some(3), ..notice() };
        assert_eq!(faults(Kind::Disclosure, &version, 0), [("ground", Lack::Missing)]);
        let of = |ground: &str| faults(Kind::Disclosure, &Written { ground: ground.into(), ..version.clone() }, 0);
        assert_eq!(of("Because"), [("ground", Lack::Choice)]);
        assert_eq!(of("error-in-figures"), []);
        let first = Written { ground: "error-in-figures".into(), ..notice() };
        assert_eq!(faults(Kind::Disclosure, &first, 0), [("target", Lack::Missing)]);
    }

    #[test]
    fn a_status_and_a_redaction_name_what_they_are_about_and_why() {
        let fields = |kind, written: &Written| faults(kind, written, 0).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        assert_eq!(fields(Kind::Status, &Written::default()), ["target", "change", "ground"]);
        let repeal = Written { target: Some(3), change: "repealed".into(), ground: "term-ended".into(), ..Written::default() };
        assert_eq!(fields(Kind::Status, &repeal), ["effective"]);
        assert_eq!(fields(Kind::Status, &Written { change: "forgotten".into(), effective: "2026-01-01".into(), ..repeal }), ["change"]);
        assert_eq!(fields(Kind::Redaction, &Written::default()), ["target", "parts", "ground"]);
    }
}
