//! Templates: what drafts of a kind begin with. A few come with the house, in both languages; an agency's own are kept by who looks
//! after it, and used by all who draft there.

use super::{Draft, Drafts, DraftsError, Kind, Refusal, Translation, Written, draft, new_id};
use crate::staff::{Account, Role};
use chain::time::Millis;
use serde_json::json;
use sqlx::{Row, any::AnyRow};

/// Most templates of one agency, and most characters of a name.
const MOST: i64 = 200;
const LONGEST_NAME: usize = 80;

/// One of an agency's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub id: String,
    pub agency: String,
    pub name: String,
    pub written: Written,
    /// Goes up by one with each change; a change names the one it was made on.
    pub revision: i64,
    pub changed: Millis,
    pub changed_by: String,
}

/// One that comes with the house: its code, the kind of document, and title and text in Chinese and English.
#[derive(Debug, Clone, Copy)]
pub struct HouseTemplate {
    pub code: &'static str,
    pub genre: &'static str,
    zh: &'static str,
    en: &'static str,
}

macro_rules! house {
    ($($code:literal $genre:literal,)*) => {
        /// All of them, in the order they are offered in.
        pub const HOUSE: &[HouseTemplate] = &[$(HouseTemplate {
            code: $code,
            genre: $genre,
            zh: include_str!(concat!("templates/", $code, ".zh.md")),
            en: include_str!(concat!("templates/", $code, ".en.md")),
        },)*];
    };
}

house! {
    "notice" "notice",
    "announcement" "announcement",
    "opinion" "document",
    "approval" "approval",
    "letter" "document",
    "annual-report" "report",
}

impl HouseTemplate {
    #[must_use]
    pub fn named(code: &str) -> Option<HouseTemplate> {
        HOUSE.iter().find(|template| template.code == code).copied()
    }

    /// As an agency's own would be: Chinese, with its English translation.
    #[must_use]
    pub fn written(self) -> Written {
        let part = |text: &'static str| text.split_once("\n\n").unwrap_or((text, ""));
        let ((title, body), (other_title, other_body)) = (part(self.zh), part(self.en));
        let translation = Translation { language: "en".into(), title: other_title.into(), body: other_body.into() };
        Written {
            genre: self.genre.into(),
            language: "zh".into(),
            title: title.into(),
            body: body.into(),
            translations: vec![translation],
            ..Written::default()
        }
    }
}

/// What a draft begins with: the template's text in a language, and the others as translations if they are wanted.
#[must_use]
pub fn begun(template: &Written, language: &str, translations: bool) -> Written {
    let mut written = template.clone();
    if let Some(at) = written.translations.iter().position(|text| text.language == language && written.language != language) {
        let other = written.translations.remove(at);
        let first = Translation {
            language: std::mem::replace(&mut written.language, other.language),
            title: std::mem::replace(&mut written.title, other.title),
            body: std::mem::replace(&mut written.body, other.body),
        };
        written.translations.insert(0, first);
    }
    if !translations {
        written.translations.clear();
    }
    // Of a template: what a document is known by, it has from nobody else.
    Written {
        document_number: String::new(),
        index_number: String::new(),
        issued: String::new(),
        published: String::new(),
        effective: String::new(),
        expires: String::new(),
        target: None,
        ground: String::new(),
        ..written
    }
}

const COLUMNS: &str = "id, agency, name, written, revision, changed, changed_by";

impl Template {
    fn row(row: &AnyRow) -> Result<Template, DraftsError> {
        Ok(Template {
            id: row.try_get(0)?,
            agency: row.try_get(1)?,
            name: row.try_get(2)?,
            written: draft::read(row.try_get(3)?)?,
            revision: row.try_get(4)?,
            changed: row.try_get(5)?,
            changed_by: row.try_get(6)?,
        })
    }
}

impl Drafts {
    /// Whether somebody keeps an agency's templates.
    #[must_use]
    pub fn may_keep_templates(&self, who: &Account, agency: &str) -> bool {
        who.roles.may(Role::Administrator, agency) && self.node.submitter.state().agency(agency).is_some_and(|(_, agency)| !agency.archive)
    }

    fn may_use_templates(&self, who: &Account, agency: &str) -> bool {
        self.may_begin(who, agency) || self.may_keep_templates(who, agency) || who.roles.holds(Role::Auditor, "")
    }

    /// An agency's own templates by name, for those who draft there or look after it.
    pub async fn templates(&self, who: &Account, agency: &str) -> Result<Vec<Template>, DraftsError> {
        if !self.may_use_templates(who, agency) {
            return Err(Refusal::Nothing.into());
        }
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from templates where agency = $1 and ended = 0 order by name, id"));
        sqlx::query(sql).bind(agency).fetch_all(self.staff.store().pool()).await?.iter().map(Template::row).collect()
    }

    /// One of them.
    pub async fn template(&self, who: &Account, id: &str) -> Result<Template, DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from templates where id = $1 and ended = 0"));
        let row = sqlx::query(sql).bind(id).fetch_optional(self.staff.store().pool()).await?;
        let template = row.as_ref().map(Template::row).transpose()?;
        template.filter(|template| self.may_use_templates(who, &template.agency)).ok_or_else(|| Refusal::Nothing.into())
    }

    /// Makes a template. Only who looks after the agency does.
    pub async fn make_template(&self, who: &Account, agency: &str, name: &str, written: &Written) -> Result<String, DraftsError> {
        if !self.may_keep_templates(who, agency) {
            return Err(Refusal::Nothing.into());
        }
        let (name, text, id, now) = (named(name)?, draft::write(written)?, new_id()?, self.staff.now());
        let mut turn = self.staff.store().turn().await?;
        let sql = "select count(*) from templates where agency = $1 and ended = 0";
        if sqlx::query(sql).bind(agency).fetch_one(&mut *turn).await?.try_get::<i64, _>(0)? >= MOST {
            return Err(Refusal::TooManyFiles.into());
        }
        let sql = "insert into templates (id, agency, name, written, revision, made, made_by, changed, changed_by, ended) \
                   values ($1, $2, $3, $4, 1, $5, $6, $5, $6, 0)";
        sqlx::query(sql).bind(&id).bind(agency).bind(&name).bind(&text).bind(now).bind(&who.id).execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "template-made", &id, &json!({ "agency": agency, "name": name })).await?;
        turn.commit().await?;
        Ok(id)
    }

    /// Changes one, on top of the revision that was read.
    pub async fn change_template(&self, who: &Account, id: &str, revision: i64, name: &str, written: &Written) -> Result<(), DraftsError> {
        let agency = self.kept_template(who, id).await?.agency;
        let (name, text) = (named(name)?, draft::write(written)?);
        let mut turn = self.staff.store().turn().await?;
        let sql = "update templates set name = $1, written = $2, revision = revision + 1, changed = $3, changed_by = $4 \
                   where id = $5 and revision = $6 and ended = 0";
        let query = sqlx::query(sql).bind(&name).bind(&text).bind(self.staff.now()).bind(&who.id).bind(id).bind(revision);
        if query.execute(&mut *turn).await?.rows_affected() != 1 {
            return Err(Refusal::Changed.into());
        }
        self.staff.journal().note_in(&mut turn, &who.id, "template-changed", id, &json!({ "agency": agency, "name": name })).await?;
        turn.commit().await?;
        Ok(())
    }

    /// Ends one. Drafts that began with it stay as they are.
    pub async fn end_template(&self, who: &Account, id: &str) -> Result<(), DraftsError> {
        let Template { agency, name, .. } = self.kept_template(who, id).await?;
        let mut turn = self.staff.store().turn().await?;
        let sql = "update templates set ended = $1 where id = $2 and ended = 0";
        sqlx::query(sql).bind(self.staff.now()).bind(id).execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "template-ended", id, &json!({ "agency": agency, "name": name })).await?;
        turn.commit().await?;
        Ok(())
    }

    /// One that this person keeps.
    pub async fn kept_template(&self, who: &Account, id: &str) -> Result<Template, DraftsError> {
        let template = self.template(who, id).await?;
        if self.may_keep_templates(who, &template.agency) { Ok(template) } else { Err(Refusal::Nothing.into()) }
    }

    /// Begins a draft with one of the agency's own (by its id) or of the house's (by its code).
    pub async fn begin_from(
        &self,
        who: &Account,
        agency: &str,
        template: &str,
        (language, translations, issuing): (&str, bool, &str),
    ) -> Result<Draft, DraftsError> {
        if !self.may_begin(who, agency) {
            return Err(Refusal::Nothing.into());
        }
        let mut written = match HouseTemplate::named(template) {
            Some(house) => begun(&house.written(), language, translations),
            None => {
                let own = self.template(who, template).await?;
                // Another agency's, of which this person may know too: it is not this one's.
                if own.agency != agency {
                    return Err(Refusal::Nothing.into());
                }
                begun(&own.written, language, translations)
            }
        };
        if written.issuing_agencies.is_empty() {
            written.issuing_agencies = vec![issuing.to_owned()];
        }
        self.begin(who, agency, Kind::Disclosure, &written).await
    }
}

fn named(name: &str) -> Result<String, Refusal> {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    if name.is_empty() { Err(Refusal::Lacks(vec![("name", super::Lack::Missing)])) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{drafts::GENRES, markdown};

    #[test]
    fn the_houses_templates_are_whole_in_both_languages_and_of_kinds_that_there_are() {
        for template in HOUSE {
            let written = template.written();
            assert!(GENRES.iter().any(|(genre, _)| *genre == written.genre), "{}", template.code);
            let english = &written.translations[0];
            for (title, body) in [(&written.title, &written.body), (&english.title, &english.body)] {
                assert!(!title.is_empty() && title.len() < 200 && !title.contains('\n'), "{title}");
                assert!(body.len() > 100 && markdown::render(body).formatted, "{title}");
            }
            assert!(english.title.is_ascii() || english.title.contains('【'));
            let tables = |text: &str| text.matches("|---").count();
            assert_eq!(tables(&written.body), tables(&english.body), "{}: both say the same", template.code);
        }
    }

    #[test]
    fn a_draft_begins_in_the_language_that_is_asked_for_and_never_with_anothers_number_or_day() {
        let template = Written { document_number: "No. 7".into(), issued: "2026-01-01".into(), basis: "Act".into(), ..HOUSE[0].written() };
        let english = begun(&template, "en", false);
        assert!(english.language == "en" && english.title.starts_with("Notice") && english.translations.is_empty());
        assert_eq!((&*english.document_number, &*english.issued, &*english.basis), ("", "", "Act"));
        let both = begun(&template, "en", true);
        assert_eq!((both.translations.len(), &*both.translations[0].language), (1, "zh"));
        assert!(both.translations[0].body.contains("通知如下"));
        assert_eq!(begun(&template, "zh", false).title, template.title);
        assert_eq!(begun(&template, "fr", false).language, "zh", "what there is not, it does not become");
    }
}
