//! Composing statements: from documents and fields to the text that gets signed and the parts that go with it.

use crate::store::NewContent;
use chain::{
    catalogue::Catalogue,
    part::{Commitment, Salt},
    statement::{self, Disclosure, Part, Reference, Stated},
};

/// Why a statement could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Catalogue(#[from] TooLarge),
}

/// Most bytes of a catalogue that this portal takes: lists show what is in it, 25 at a time. A rule of the portal and not of the
/// chain, said in `docs/operations.md`.
pub const LARGEST_CATALOGUE: u64 = 64 << 10;

/// A catalogue beyond that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "its catalogue has {0} bytes, and this portal takes catalogues of at most {LARGEST_CATALOGUE} bytes: put what is long into a part of its own"
)]
pub struct TooLarge(pub u64);

impl TooLarge {
    /// Whether a disclosure's catalogue, or a translation of it, is too large.
    pub fn judge(core: &Disclosure) -> Result<(), TooLarge> {
        let catalogues = core.parts.iter().filter(|part| matches!(part.role.as_str(), "catalogue" | "translated-catalogue"));
        catalogues.map(|part| part.size).find(|size| *size > LARGEST_CATALOGUE).map_or(Ok(()), |size| Err(TooLarge(size)))
    }
}

/// A document on its way into a statement.
#[derive(Debug, Clone)]
pub struct Document {
    /// `body`, `attachment`, `translation` or `translated-catalogue`.
    pub role: &'static str,
    pub media: String,
    pub language: Option<String>,
    /// Goes into the catalogue, since names may be personal.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A disclosure before its parts are committed to.
#[derive(Debug, Clone)]
pub struct Draft {
    pub agency: String,
    pub genre: String,
    pub theme: Option<String>,
    pub language: String,
    pub catalogue: Catalogue,
    pub documents: Vec<Document>,
    pub revises: Option<Reference>,
    /// Why it replaces that; only with `revises`.
    pub ground: Option<String>,
    pub stated_agency: Option<String>,
    pub source: Option<String>,
}

/// What the publisher signs, and the parts it commits to.
#[derive(Debug)]
pub struct Composed {
    pub text: String,
    pub contents: Vec<NewContent>,
}

/// 128 random bits in hexadecimal: a statement's id, or a case's.
pub fn random_id() -> Result<String, getrandom::Error> {
    Ok(chain::hash::hex(&crate::keys::random::<16>()?))
}

fn commit(media: &str, bytes: Vec<u8>, salt: Option<Salt>) -> Result<NewContent, getrandom::Error> {
    let salt = match salt {
        Some(salt) => salt,
        None => crate::keys::random()?,
    };
    let commitment = Commitment::to(&salt, &bytes);
    Ok(NewContent { commitment, media: media.to_owned(), size: bytes.len() as u64, salt, bytes: Some(bytes) })
}

/// A core line fixed for good, and the parts it commits to: what is approved, and then sealed.
#[derive(Debug)]
pub struct Fixed {
    pub core_line: String,
    pub contents: Vec<NewContent>,
}

impl Draft {
    /// Salts and commits to every part, and states them: nothing of it is public yet, and nothing of it changes any more.
    pub fn fix(self, id: &str) -> Result<Fixed, ComposeError> {
        self.fix_with(id, &[])
    }

    /// The same, each document with the salt at its place, if there is one there: that of an earlier version's part, which it then is.
    /// No two parts of one version may come of one salt and the same bytes.
    pub fn fix_with(mut self, id: &str, salts: &[Option<Salt>]) -> Result<Fixed, ComposeError> {
        self.catalogue.parts = self.documents.iter().map(|document| document.name.clone()).collect();
        let stated = Stated {
            issued: self.catalogue.issued.clone(),
            published: self.catalogue.published.clone(),
            effective: self.catalogue.effective.clone(),
            expires: self.catalogue.expires.clone(),
        };
        let catalogue = commit("application/json", serde_json::to_vec(&self.catalogue)?, None)?;
        let part = |role: &str, content: &NewContent, language: Option<String>| Part {
            role: role.to_owned(),
            media: content.media.clone(),
            size: content.size,
            commitment: content.commitment,
            language,
        };
        let mut parts = vec![part("catalogue", &catalogue, None)];
        let mut contents = vec![catalogue];
        for (place, document) in self.documents.into_iter().enumerate() {
            let content = commit(&document.media, document.bytes, salts.get(place).copied().flatten())?;
            parts.push(part(document.role, &content, document.language));
            contents.push(content);
        }
        let core = Disclosure {
            agency: self.agency,
            genre: self.genre,
            theme: self.theme,
            language: self.language,
            stated,
            parts,
            revises: self.revises,
            ground: self.ground,
            stated_agency: self.stated_agency,
            source: self.source,
        };
        TooLarge::judge(&core)?;
        Ok(Fixed { core_line: statement::core_line("disclosure", id, &core)?, contents })
    }

    /// The text of a statement that needs no approval, and its parts.
    pub fn compose(self, origin: &str, id: &str) -> Result<Composed, ComposeError> {
        let Fixed { core_line, contents } = self.fix(id)?;
        Ok(Composed { text: statement::text(origin, &core_line, None), contents })
    }
}
