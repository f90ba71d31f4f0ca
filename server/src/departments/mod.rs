//! Departments that sign their own people in (OpenID Connect): where each does, and what it says of who comes from there.
//!
//! Only who somebody is comes from there; what they may do is decided at the desk. Each sign-in reads the department's metadata
//! and keys anew, so that a key that was changed or withdrawn counts from that moment.

mod fetch;

use app::Lang;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use fetch::Fetch;
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, TokenResponse,
    core::{CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType},
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub use fetch::is_safe;

/// Most characters of a name or an id that is taken from a token.
const LONGEST: usize = 255;

/// Why the settings for departments cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("department {0:?}: its id is lowercase letters, digits and hyphens, and no other has it")]
    Id(String),
    #[error("department {0:?}: its issuer is an https address")]
    Issuer(String),
    #[error("department {0:?}: signatures by {1:?} are not taken")]
    Algorithm(String, String),
    #[error("TLS: {0}")]
    Tls(String),
}

/// Why somebody could not be taken in. For the log; people are told that it did not work.
#[derive(Debug, thiserror::Error)]
pub enum DepartmentError {
    /// It does not answer, or nothing that could be asked further.
    #[error("it cannot be asked: {0}")]
    Unreachable(String),
    #[error("the code was not taken: {0}")]
    Code(String),
    #[error("there was no ID token")]
    NoToken,
    #[error("the ID token: {0}")]
    Token(#[from] openidconnect::ClaimsVerificationError),
    #[error("the ID token names nobody that can be kept")]
    Nobody,
    #[error("an address: {0}")]
    Address(#[from] url::ParseError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    issuer: String,
    client: String,
    /// File whose first line is the client's secret; none for a client without one.
    secret_file: Option<PathBuf>,
    name_zh: String,
    name_en: String,
    /// Whose people come in by it.
    agency: String,
    /// Which claim names a person.
    #[serde(default = "preferred")]
    claim: String,
    #[serde(default)]
    scopes: Vec<String>,
    /// What the department says where somebody has shown a second factor.
    #[serde(default)]
    amr: Vec<String>,
    #[serde(default)]
    acr: Vec<String>,
    #[serde(default = "usual")]
    algorithms: Vec<String>,
}

fn preferred() -> String {
    "name".to_owned()
}

fn usual() -> Vec<String> {
    ["RS256", "PS256", "ES256", "EdDSA"].map(str::to_owned).to_vec()
}

/// Signatures that are taken: none that is made with the client's own secret, and never `none`.
fn algorithm(name: &str) -> Option<CoreJwsSigningAlgorithm> {
    use CoreJwsSigningAlgorithm as Alg;
    Some(match name {
        "RS256" => Alg::RsaSsaPkcs1V15Sha256,
        "RS384" => Alg::RsaSsaPkcs1V15Sha384,
        "RS512" => Alg::RsaSsaPkcs1V15Sha512,
        "PS256" => Alg::RsaSsaPssSha256,
        "PS384" => Alg::RsaSsaPssSha384,
        "PS512" => Alg::RsaSsaPssSha512,
        "ES256" => Alg::EcdsaP256Sha256,
        "ES384" => Alg::EcdsaP384Sha384,
        "EdDSA" => Alg::EdDsa,
        _ => return None,
    })
}

/// A department that signs its people in.
pub struct Department {
    pub id: String,
    pub agency: String,
    issuer: IssuerUrl,
    client: String,
    secret: Option<String>,
    names: [String; 2],
    claim: String,
    scopes: Vec<String>,
    amr: Vec<String>,
    acr: Vec<String>,
    algorithms: Vec<CoreJwsSigningAlgorithm>,
}

/// What belongs to one way out to a department and back.
pub struct Secrets {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// Who came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub issuer: String,
    pub subject: String,
    /// As the department calls them, to be told apart by.
    pub name: String,
    /// Whether the department says that they have shown a second factor.
    pub second_factor: bool,
}

/// All of them.
#[derive(Default)]
pub struct Departments {
    all: Vec<Department>,
    fetch: Option<Fetch>,
}

impl Department {
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        &self.names[usize::from(lang == Lang::En)]
    }

    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    fn of(written: Written, taken: &[Department]) -> Result<Department, SettingsError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if written.id.is_empty() || !written.id.bytes().all(plain) || taken.iter().any(|other| other.id == written.id) {
            return Err(SettingsError::Id(written.id));
        }
        if !written.issuer.parse().is_ok_and(|uri| is_safe(&uri)) {
            return Err(SettingsError::Issuer(written.id));
        }
        let issuer = IssuerUrl::new(written.issuer).map_err(|_| SettingsError::Issuer(written.id.clone()))?;
        let known = |name: &String| algorithm(name).ok_or_else(|| SettingsError::Algorithm(written.id.clone(), name.clone()));
        let algorithms = written.algorithms.iter().map(known).collect::<Result<_, _>>()?;
        let secret = match &written.secret_file {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File { path: path.clone(), source })?;
                Some(text.lines().next().unwrap_or_default().to_owned())
            }
            None => None,
        };
        Ok(Department {
            id: written.id,
            agency: written.agency,
            issuer,
            client: written.client,
            secret,
            names: [written.name_zh, written.name_en],
            claim: written.claim,
            scopes: written.scopes,
            amr: written.amr,
            acr: written.acr,
            algorithms,
        })
    }
}

impl Departments {
    /// As a file of JSON lists them. `trusted`: authorities in PEM, beside those of the system.
    pub fn open(path: &Path, trusted: Option<&[u8]>) -> Result<Departments, SettingsError> {
        let text = std::fs::read(path).map_err(|source| SettingsError::File { path: path.to_owned(), source })?;
        let written: Vec<Written> =
            serde_json::from_slice(&text).map_err(|source| SettingsError::Json { path: path.to_owned(), source })?;
        let mut all = Vec::with_capacity(written.len());
        for one in written {
            let department = Department::of(one, &all)?;
            all.push(department);
        }
        let plain = all.iter().any(|department: &Department| department.issuer().starts_with("http:"));
        Ok(Departments { all, fetch: Some(Fetch::new(trusted, plain).map_err(SettingsError::Tls)?) })
    }

    pub fn iter(&self) -> impl Iterator<Item = &Department> {
        self.all.iter()
    }

    #[must_use]
    pub fn named(&self, id: &str) -> Option<&Department> {
        self.all.iter().find(|department| department.id == id)
    }

    async fn metadata(&self, department: &Department) -> Result<CoreProviderMetadata, DepartmentError> {
        let Some(fetch) = &self.fetch else { return Err(DepartmentError::Unreachable("none is set up".into())) };
        let found = CoreProviderMetadata::discover_async(department.issuer.clone(), fetch).await;
        found.map_err(|error| DepartmentError::Unreachable(said(&error)))
    }

    /// Where a browser is sent to.
    pub async fn ask(&self, department: &Department, back: &str, secrets: &Secrets) -> Result<String, DepartmentError> {
        let metadata = self.metadata(department).await?;
        let secret = department.secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(department.client.clone()), secret)
            .set_redirect_uri(RedirectUrl::new(back.to_owned())?);
        let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(secrets.verifier.clone()));
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = client.authorize_url(flow, || CsrfToken::new(state), || Nonce::new(nonce)).set_pkce_challenge(challenge);
        for scope in &department.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let address = request.url().0.to_string();
        match address.parse().is_ok_and(|uri| is_safe(&uri)) {
            true => Ok(address),
            false => Err(DepartmentError::Unreachable("people would not be sent to it over TLS".into())),
        }
    }

    /// Who came back with a code: what the department says by an ID token that holds.
    pub async fn take(&self, department: &Department, back: &str, code: &str, secrets: &Secrets) -> Result<Shown, DepartmentError> {
        let metadata = self.metadata(department).await?;
        let Some(fetch) = &self.fetch else { return Err(DepartmentError::NoToken) };
        let secret = department.secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(department.client.clone()), secret)
            .set_redirect_uri(RedirectUrl::new(back.to_owned())?);
        let code = AuthorizationCode::new(code.to_owned());
        let request = client.exchange_code(code).map_err(|error| DepartmentError::Code(error.to_string()))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()));
        let answer = request.request_async(fetch).await.map_err(|error| match error {
            RequestTokenError::Request(error) => DepartmentError::Unreachable(said(&error)),
            error => DepartmentError::Code(said(&error)),
        })?;
        let token = answer.id_token().ok_or(DepartmentError::NoToken)?;
        let verifier = client.id_token_verifier().set_allowed_algs(department.algorithms.iter().cloned());
        let claims = token.claims(&verifier, &Nonce::new(secrets.nonce.clone()))?;
        let subject = claims.subject().to_string();
        if subject.is_empty() || subject.len() > LONGEST {
            return Err(DepartmentError::Nobody);
        }
        let factor = |said: &str, wanted: &[String]| wanted.iter().any(|one| one == said);
        let by_amr = claims.auth_method_refs().is_some_and(|all| all.iter().any(|one| factor(one.as_str(), &department.amr)));
        let by_acr = claims.auth_context_ref().is_some_and(|one| factor(one.as_str(), &department.acr));
        // Verified above: read once more for the one claim that operators choose.
        let name = claim_in(&token.to_string(), &department.claim).unwrap_or_else(|| subject.clone());
        Ok(Shown {
            issuer: claims.issuer().to_string(),
            subject,
            name: name.chars().filter(|c| !c.is_control()).take(LONGEST).collect(),
            second_factor: by_amr || by_acr,
        })
    }
}

/// An error with all that it stands on.
fn said(error: &dyn std::error::Error) -> String {
    let mut whole = error.to_string();
    let mut under = error.source();
    while let Some(cause) = under {
        whole = format!("{whole}: {cause}");
        under = cause.source();
    }
    whole
}

fn claim_in(token: &str, claim: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    claims.get(claim)?.as_str().filter(|name| !name.trim().is_empty()).map(str::to_owned)
}
