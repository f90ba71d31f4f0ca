//! Freezing: from what was written to a core line with its salts and parts, of which nothing changes any more.

use super::{
    Draft, Drafts, DraftsError, Frozen, FrozenPart, FrozenState, Kind, Refusal, Stage, Written, again::disclosed, fields, files,
    frozen::COLUMNS, new_id, plain, stated,
};
use crate::{
    compose::{self, Document, Fixed, TooLarge},
    sequencer::SubmitError,
    staff::Account,
    store::{StoredContent, submission_key},
};
use chain::{
    catalogue::Catalogue,
    entry::LARGEST_STATEMENT,
    holders,
    note::{self, KeyType, Signer},
    part::{Commitment, Salt, format_salt},
    state::{self, Facts},
    statement::{self, Redaction, Reference, Statement, Status},
    time::Millis,
};
use serde_json::json;
use sqlx::AnyConnection;

/// Bytes that a statement keeps free for its act line: the steps of its case and what opens them.
const FOR_ACT: usize = 6_000;

/// Lines as they are stated: trimmed, and none that is empty.
fn lines(texts: &[String]) -> Vec<String> {
    texts.iter().filter_map(|text| stated(text)).collect()
}

/// A text as it is committed to: lines end as in any other, and the last one ends too.
fn text(typed: &str) -> Vec<u8> {
    let mut text = typed.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.into_bytes()
}

pub(crate) fn catalogue(written: &Written) -> Catalogue {
    Catalogue {
        title: plain(&written.title),
        index_number: stated(&written.index_number),
        document_number: stated(&written.document_number),
        issuing_agencies: lines(&written.issuing_agencies),
        joint_agencies: lines(&written.joint_agencies),
        issued: stated(&written.issued),
        published: stated(&written.published),
        effective: stated(&written.effective),
        expires: stated(&written.expires),
        theme: stated(&written.theme),
        genre: stated(&written.genre),
        basis: stated(&written.basis),
        summary: stated(&written.summary),
        keywords: lines(&written.keywords),
        language: stated(&written.language),
        region: stated(&written.region),
        subjects: written.subjects.iter().map(Into::into).collect(),
        source: stated(&written.source),
        authentic: stated(&written.authentic),
        parts: vec![],
    }
}

/// The names of the text, and of who holds the posts, among the parts.
pub(super) const BODY: &str = "body.md";
const HOLDERS: &str = "holders.json";

impl Drafts {
    /// Freezes a draft as it stands at `revision` and submits it for approval; to be published not before `due` (0: at once).
    pub async fn freeze(&self, who: &Account, id: &str, revision: i64, due: Millis) -> Result<Frozen, DraftsError> {
        let statement = new_id()?;
        self.freeze_as(who, id, revision, due, statement).await
    }

    /// The same, its statement's id named by the caller, who has found that nothing was submitted under it.
    pub(super) async fn freeze_as(
        &self,
        who: &Account,
        id: &str,
        revision: i64,
        due: Millis,
        statement: String,
    ) -> Result<Frozen, DraftsError> {
        let draft = self.own(who, id).await?;
        if draft.stage != Stage::Writing {
            return Err(Refusal::NotWriting.into());
        }
        if draft.revision != revision {
            return Err(Refusal::Changed.into());
        }
        let attached = self.files(who, id).await?;
        let faults = fields::faults(draft.kind, &draft.written, attached.len());
        if !faults.is_empty() {
            return Err(Refusal::Lacks(faults).into());
        }
        let bytes: i64 = attached.iter().map(|file| file.size).sum();
        let _room = self.room.hold(bytes.unsigned_abs()).await?;
        let (fixed, sources) = self.fix(&draft, &attached, &statement).await?;
        let stated = self.would_be_taken(&draft.agency, &statement, &fixed.core_line).await?;
        let genre = match draft.kind {
            Kind::Disclosure => draft.written.genre.clone(),
            other => other.code().to_owned(),
        };
        if stated + self.reserved(&draft.agency, &genre) > LARGEST_STATEMENT {
            return Err(Refusal::TooManyFiles.into());
        }
        // Bytes first: what the database names is there.
        let mut parts = Vec::with_capacity(fixed.contents.len());
        // Two who submit under one id at once write each beside the other.
        let nonce = new_id()?;
        for (number, (content, source)) in fixed.contents.into_iter().zip(sources).enumerate() {
            let path = match source.path {
                Some(path) => path,
                None => {
                    let path = format!("{id}/{statement}-{nonce}-{number}");
                    self.files.put(&path, content.bytes.unwrap_or_default()).await?;
                    path
                }
            };
            let (commitment, salt) = (content.commitment, Some(content.salt));
            let Source { role, language, name, .. } = source;
            parts.push(FrozenPart { role, media: content.media, language, name, size: content.size, commitment, salt, path });
        }
        let mut frozen = Frozen {
            id: statement,
            draft: id.to_owned(),
            case: new_id()?,
            agency: draft.agency.clone(),
            kind: draft.kind,
            genre,
            title: draft.written.title.trim().to_owned(),
            core_line: fixed.core_line,
            state: FrozenState::Open,
            made: self.staff.now(),
            made_by: who.id.clone(),
            due,
            released_by: None,
            ready: false,
            tried: 0,
            told: None,
            index: None,
            published: None,
            sealed: None,
        };
        let goes_on = self.case_that_goes_on(&draft, &frozen.genre, stated).await?;
        let mut turn = self.staff.store().turn().await?;
        let now = Draft::read(&mut turn, id).await?.ok_or(Refusal::Nothing)?;
        if now.revision != revision || files::of_draft(&mut turn, id).await? != attached {
            return Err(Refusal::Changed.into());
        }
        if !Draft::move_on(&mut turn, id, Stage::Writing, Stage::Frozen, &frozen.id).await? {
            return Err(Refusal::NotWriting.into());
        }
        if let Some(case) = goes_on {
            frozen.case = case;
        }
        write(&mut turn, &frozen, &parts).await?;
        let details = json!({ "statement": frozen.id, "case": frozen.case, "revision": revision, "due": due });
        self.staff.journal().note_in(&mut turn, &who.id, "draft-submitted", id, &details).await?;
        turn.commit().await?;
        Ok(frozen)
    }

    /// The core line and the parts of what was written.
    async fn fix(&self, draft: &Draft, attached: &[files::File], id: &str) -> Result<(Fixed, Vec<Source>), DraftsError> {
        let written = &draft.written;
        let target = match written.target {
            Some(index) => Some(self.reference(index).await?),
            None => None,
        };
        let line = |line: serde_json::Result<String>| line.map_err(|error| DraftsError::Compose(error.into()));
        let missing = |field| Refusal::Lacks(vec![(field, fields::Lack::Choice)]);
        let (core_line, sources) = match draft.kind {
            Kind::Disclosure => return self.disclosure(draft, attached, target, id).await,
            Kind::Status => {
                let by = match written.by {
                    Some(index) => Some(self.reference(index).await?),
                    None => None,
                };
                let core = Status {
                    agency: draft.agency.clone(),
                    target: target.ok_or_else(|| missing("target"))?,
                    kind: fields::change_of(&written.change).ok_or_else(|| missing("change"))?,
                    effective: stated(&written.effective),
                    ground: written.ground.clone(),
                    by,
                };
                (line(statement::core_line("status", id, &core))?, vec![])
            }
            Kind::Redaction => {
                let parts: Option<Vec<_>> = written.parts.iter().map(|part| Commitment::parse(part)).collect();
                let core = Redaction {
                    agency: draft.agency.clone(),
                    target: target.ok_or_else(|| missing("target"))?,
                    parts: parts.ok_or_else(|| missing("parts"))?,
                    ground: written.ground.clone(),
                };
                (line(statement::core_line("redaction", id, &core))?, vec![])
            }
        };
        Ok((Fixed { core_line, contents: vec![] }, sources))
    }

    async fn disclosure(
        &self,
        draft: &Draft,
        attached: &[files::File],
        revises: Option<Reference>,
        id: &str,
    ) -> Result<(Fixed, Vec<Source>), DraftsError> {
        let written = &draft.written;
        let mut documents = Vec::new();
        let mut paths = vec![None];
        let markdown = |role, language: &str, name: &str, typed: &str| Document {
            role,
            media: "text/markdown".into(),
            language: Some(language.to_owned()),
            name: name.to_owned(),
            bytes: text(typed),
        };
        if !written.body.trim().is_empty() {
            documents.push(markdown("body", &written.language, BODY, &written.body));
            paths.push(None);
        }
        for translation in &written.translations {
            documents.push(markdown("translation", &translation.language, &plain(&translation.title), &translation.body));
            paths.push(None);
        }
        for file in attached {
            documents.push(Document {
                role: "attachment",
                media: file.media.clone(),
                language: None,
                name: file.name.clone(),
                bytes: self.files.get(&file.path()).await?,
            });
            paths.push(Some(file.path()));
        }
        if let Some(holders) = self.holders_named(&draft.agency, &written.genre).await? {
            documents.push(Document {
                role: holders::ROLE,
                media: "application/json".into(),
                language: None,
                name: HOLDERS.into(),
                bytes: serde_json::to_vec(&holders).map_err(|error| DraftsError::Compose(error.into()))?,
            });
            paths.push(None);
        }
        let named = [("catalogue", None, String::new())].into_iter();
        let named = named.chain(documents.iter().map(|document| (document.role, document.language.clone(), document.name.clone())));
        let source = |((role, language, name), path): ((&str, _, _), _)| Source { role: role.to_owned(), language, name, path };
        let sources = named.zip(paths).map(source).collect();
        let salts = match &revises {
            Some(revised) => self.salts_kept(revised.index, &documents).await?,
            None => vec![],
        };
        let fixed = compose::Draft {
            agency: draft.agency.clone(),
            genre: written.genre.clone(),
            theme: stated(&written.theme),
            language: written.language.clone(),
            catalogue: catalogue(written),
            documents,
            revises,
            ground: stated(&written.ground),
            stated_agency: None,
            source: None,
        }
        .fix_with(id, &salts);
        match fixed {
            Err(compose::ComposeError::Catalogue(TooLarge(_))) => Err(Refusal::TooLong.into()),
            fixed => Ok((fixed?, sources)),
        }
    }

    /// For each document the salt of the part that it was in the version it revises, if it is that to the byte and is there still: so it
    /// stays the same part, and a redaction that names it in one of the versions takes it from both.
    async fn salts_kept(&self, revised: u64, documents: &[Document]) -> Result<Vec<Option<Salt>>, DraftsError> {
        let mut salts = vec![None; documents.len()];
        let Some(core) = disclosed(&self.node, revised).await? else { return Ok(salts) };
        for part in &core.parts {
            let like = |document: &Document| {
                document.role == part.role && document.media == part.media && document.bytes.len() as u64 == part.size
            };
            // Who holds the posts is of its own version. Nothing else is read either that cannot be the same.
            if part.role == holders::ROLE || !documents.iter().any(like) {
                continue;
            }
            let stored = self.node.store.content(&part.commitment).await?;
            let Some(StoredContent::Present { salt, bytes, .. }) = stored else { continue };
            // One document for each part: no version has a commitment twice.
            let mut free = documents.iter().zip(salts.iter_mut()).filter(|(document, kept)| kept.is_none() && like(document));
            if let Some((_, kept)) = free.find(|(document, _)| document.bytes == bytes) {
                *kept = Some(salt);
            }
        }
        Ok(salts)
    }

    async fn reference(&self, index: u64) -> Result<Reference, DraftsError> {
        let bytes = self.node.store.entry(index).await?;
        let bytes = bytes.ok_or_else(|| Refusal::Lacks(vec![("target", fields::Lack::Choice)]))?;
        Ok(Reference { index, leaf: chain::tree::leaf_hash(&bytes) })
    }

    /// Whether the chain would take what a draft would become, as far as its files have nothing to say of that. Nothing of it is kept.
    pub(super) async fn would_become(&self, draft: &Draft, statement: &str) -> Result<(), DraftsError> {
        let (fixed, _) = self.fix(draft, &[], statement).await?;
        self.would_be_taken(&draft.agency, statement, &fixed.core_line).await.map(drop)
    }

    /// Whether the chain would take it, were it approved: told now rather than when everybody has signed. Its bytes without an act.
    async fn would_be_taken(&self, agency: &str, id: &str, core_line: &str) -> Result<usize, DraftsError> {
        let refused = |refusal: state::Refusal| DraftsError::Refused(SubmitError::Refused(refusal).into());
        // A statement is read with a signature on it. This one's key nobody has, and the note goes nowhere.
        let nobody =
            Signer::new(agency, KeyType::Ed25519, &crate::keys::random()?).map_err(|error| refused(state::Refusal::Signature(error)))?;
        let note = note::sign(&statement::text(&self.node.origin, core_line, None), &[&nobody]);
        let parsed = Statement::parse(note.as_bytes()).map_err(|error| refused(error.into()))?;
        if note.len() + FOR_ACT > LARGEST_STATEMENT {
            return Err(Refusal::TooManyFiles.into());
        }
        let facts = self.node.store.known(std::slice::from_ref(&parsed), &[submission_key(agency, id)], &Facts::default()).await?;
        self.node.submitter.state().may_state(&parsed.core, &facts).map_err(refused)?;
        Ok(note.len())
    }
}

/// Where a part comes from.
struct Source {
    role: String,
    language: Option<String>,
    name: String,
    /// Of a file, which is kept already.
    path: Option<String>,
}

async fn write(turn: &mut AnyConnection, frozen: &Frozen, parts: &[FrozenPart]) -> Result<(), DraftsError> {
    let sql = format!(
        "insert into frozen ({COLUMNS}, number) values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $11, '', 0, 0, '', -1, 0, '', \
         (select coalesce(max(number), 0) + 1 from frozen where draft = $2))"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(&frozen.id)
        .bind(&frozen.draft)
        .bind(&frozen.case)
        .bind(&frozen.agency)
        .bind(frozen.kind.code())
        .bind(&frozen.genre)
        .bind(&frozen.title)
        .bind(&frozen.core_line)
        .bind(frozen.made)
        .bind(&frozen.made_by)
        .bind(frozen.due)
        .execute(&mut *turn)
        .await?;
    let sql = "insert into frozen_parts (frozen, number, role, media, language, name, size, commitment, salt, path) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    for (number, part) in (0_i64..).zip(parts) {
        sqlx::query(sql)
            .bind(&frozen.id)
            .bind(number)
            .bind(&part.role)
            .bind(&part.media)
            .bind(part.language.clone().unwrap_or_default())
            .bind(&part.name)
            .bind(i64::try_from(part.size).unwrap_or(i64::MAX))
            .bind(part.commitment.to_string())
            .bind(part.salt.as_ref().map(format_salt).unwrap_or_default())
            .bind(&part.path)
            .execute(&mut *turn)
            .await?;
    }
    Ok(())
}
