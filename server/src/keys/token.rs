//! Seal keys in a PKCS#11 token: made there, never read out of it, and asked for each signature.
//!
//! A key is found by its registered public half, so that the token may hold many, under whatever labels. A session that was lost is
//! opened anew once for each signature; a PIN that was refused is not shown to the token again, which would lock itself.

use chain::note::{KeyType, NoteError, Vkey};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::{
        Mechanism,
        eddsa::{EddsaParams, EddsaSignatureScheme},
    },
    object::{Attribute, AttributeType, KeyType as Kind, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::AuthPin,
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};
use subtle::ConstantTimeEq;

/// Where the PIN stands, if no file is named.
pub const PIN_VARIABLE: &str = "GAZETTE_TOKEN_PIN";
/// 1.3.101.112, Ed25519.
const CURVE: [u8; 5] = [6, 3, 0x2b, 0x65, 0x70];
/// The same by its name, as some tokens want it.
const CURVE_NAME: &[u8; 14] = b"\x13\x0cedwards25519";

/// Why a token did not sign, or make a key.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("the PKCS#11 module {0} cannot be loaded: {1}")]
    Module(PathBuf, Box<Error>),
    #[error("no token is labelled {0:?}: is it there, and switched on?")]
    NoToken(String),
    #[error("the token's PIN cannot be read from {0}: {1}")]
    PinFile(PathBuf, std::io::Error),
    #[error("the token's PIN file {0} can be read by others; its mode must be 0600")]
    Open(PathBuf),
    #[error("the token needs a PIN: name its file with --token-pin-file, or set {PIN_VARIABLE}")]
    NoPin,
    #[error("the token refused its PIN; it is not tried again before it was changed, for the token would lock itself")]
    PinRefused,
    #[error("the token has no key whose public half is {0}")]
    NoKey(String),
    #[error("the token has a key labelled {0:?} already")]
    Labelled(String),
    #[error("the token has no Ed25519 keys (CKM_EDDSA), or answered something else than one")]
    NotEd25519,
    #[error("the token did not answer as it should: {0}")]
    Token(Box<Error>),
    #[error("what the token signed does not verify: {0}")]
    Signature(#[from] NoteError),
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

impl From<Error> for TokenError {
    fn from(error: Error) -> TokenError {
        TokenError::Token(Box::new(error))
    }
}

/// Which token, and how it is opened.
#[derive(Debug, Clone)]
pub struct TokenPlace {
    /// The maker's library.
    pub module: PathBuf,
    pub label: String,
    /// File with the PIN in its first line; else [`PIN_VARIABLE`] has it.
    pub pin_file: Option<PathBuf>,
}

/// An open session, and the keys that were found in it.
struct Opened {
    session: Session,
    module: Pkcs11,
    found: HashMap<[u8; 32], ObjectHandle>,
}

impl Opened {
    /// Gives the token back. What it answers to that changes nothing.
    fn close(self) {
        let Opened { session, module, .. } = self;
        drop(session);
        drop(module.finalize());
    }
}

#[derive(Default)]
struct Inner {
    opened: Option<Opened>,
    /// The PIN that the token did not take.
    refused: Option<Vec<u8>>,
}

/// A token. One session, used by one at a time.
pub struct Token {
    place: TokenPlace,
    inner: Mutex<Inner>,
}

static GIVEN: OnceLock<Token> = OnceLock::new();

/// Names the token of this process: a module is loaded into a process once. Said once, before any key is used.
pub fn use_token(place: TokenPlace) {
    drop(GIVEN.set(Token::new(place)));
}

/// The token of this process, if it has one.
#[must_use]
pub fn token() -> Option<&'static Token> {
    GIVEN.get()
}

impl Token {
    #[must_use]
    pub fn new(place: TokenPlace) -> Token {
        Token { place, inner: Mutex::default() }
    }

    #[must_use]
    pub fn place(&self) -> &TokenPlace {
        &self.place
    }

    /// Makes a key that never leaves the token, and answers its public half under the agency's name.
    pub fn make(&self, agency: &str, label: &str) -> Result<Vkey, TokenError> {
        let id: [u8; 16] = super::random()?;
        self.with(|opened| {
            let session = &opened.session;
            if !session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Label(label.into())])?.is_empty() {
                return Err(TokenError::Labelled(label.to_owned()));
            }
            let named = [Attribute::Token(true), Attribute::Label(label.into()), Attribute::Id(id.to_vec())];
            let make = |curve: &[u8]| {
                let [public, private] = [
                    vec![Attribute::Private(false), Attribute::Verify(true), Attribute::EcParams(curve.to_vec())],
                    vec![Attribute::Private(true), Attribute::Sensitive(true), Attribute::Extractable(false), Attribute::Sign(true)],
                ]
                .map(|own| [&named[..], &own].concat());
                session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &private)
            };
            let made = make(&CURVE).or_else(|_| make(CURVE_NAME));
            let (public, _) = made.map_err(|error| match error {
                Error::Pkcs11(RvError::MechanismInvalid | RvError::FunctionNotSupported, _) => TokenError::NotEd25519,
                error => error.into(),
            })?;
            let point = point(session, public)?.ok_or(TokenError::NotEd25519)?;
            Ok(Vkey::new(agency, KeyType::Ed25519, &point)?)
        })
    }

    /// The token's signature over `text`. Whoever is given it verifies it before it is used.
    pub fn sign(&self, key: &Vkey, text: &str) -> Result<[u8; 64], TokenError> {
        self.with(|opened| {
            let private = match opened.found.get(&key.public()) {
                Some(private) => *private,
                None => {
                    let private = find(&opened.session, key)?;
                    opened.found.insert(key.public(), private);
                    private
                }
            };
            let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
            let signature = opened.session.sign(&mechanism, private, text.as_bytes())?;
            signature.try_into().map_err(|_| TokenError::NotEd25519)
        })
    }

    /// Does something with an open session; where that fails, once more with a new one.
    fn with<T>(&self, act: impl Fn(&mut Opened) -> Result<T, TokenError>) -> Result<T, TokenError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = &mut inner.opened {
            match act(opened) {
                // It answered, and will say the same again.
                Err(error @ (TokenError::Labelled(_) | TokenError::NotEd25519)) => return Err(error),
                Err(error) => tracing::warn!(%error, "the token is opened anew"),
                Ok(done) => return Ok(done),
            }
        }
        if let Some(lost) = inner.opened.take() {
            lost.close();
        }
        let mut opened = self.open(&mut inner)?;
        let done = act(&mut opened);
        match &done {
            Err(TokenError::Token(_)) => opened.close(),
            _ => inner.opened = Some(opened),
        }
        done
    }

    fn open(&self, inner: &mut Inner) -> Result<Opened, TokenError> {
        let pin = self.pin()?;
        if inner.refused.as_ref().is_some_and(|refused| refused.ct_eq(pin.as_bytes()).into()) {
            return Err(TokenError::PinRefused);
        }
        let module = Pkcs11::new(&self.place.module).map_err(|error| TokenError::Module(self.place.module.clone(), Box::new(error)))?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(TokenError::Module(self.place.module.clone(), Box::new(error))),
        }
        match self.session(&module, &pin) {
            Ok(session) => {
                inner.refused = None;
                Ok(Opened { session, module, found: HashMap::new() })
            }
            Err(error) => {
                if matches!(error, TokenError::PinRefused) {
                    inner.refused = Some(pin.into_bytes());
                }
                // So that the next look finds a token that was put back.
                drop(module.finalize());
                Err(error)
            }
        }
    }

    fn session(&self, module: &Pkcs11, pin: &str) -> Result<Session, TokenError> {
        let mut slots = module.get_slots_with_token()?.into_iter();
        let ours = slots.find(|slot| module.get_token_info(*slot).is_ok_and(|token| token.label() == self.place.label));
        let slot = ours.ok_or_else(|| TokenError::NoToken(self.place.label.clone()))?;
        let session = module.open_rw_session(slot)?;
        match session.login(UserType::User, Some(&AuthPin::from(pin))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinLenRange | RvError::PinInvalid | RvError::PinLocked, _)) => {
                Err(TokenError::PinRefused)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn pin(&self) -> Result<String, TokenError> {
        let pin = match &self.place.pin_file {
            Some(file) => read_pin(file)?,
            None => std::env::var(PIN_VARIABLE).map_err(|_| TokenError::NoPin)?,
        };
        if pin.is_empty() { Err(TokenError::NoPin) } else { Ok(pin) }
    }
}

fn read_pin(file: &Path) -> Result<String, TokenError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |error| TokenError::PinFile(file.to_path_buf(), error);
    if std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o077 != 0 {
        return Err(TokenError::Open(file.to_path_buf()));
    }
    let text = std::fs::read_to_string(file).map_err(failed)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// The 32 bytes of a public key object: bare, or as the octet string that the standard wraps them in.
fn point(session: &Session, object: ObjectHandle) -> Result<Option<[u8; 32]>, TokenError> {
    let attributes = session.get_attributes(object, &[AttributeType::EcPoint])?;
    let point = attributes.into_iter().find_map(|attribute| match attribute {
        Attribute::EcPoint(point) => Some(point),
        _ => None,
    });
    Ok(point.and_then(|point| point.strip_prefix(&[4, 32]).unwrap_or(&point).try_into().ok()))
}

/// The private half of a key, which bears the same id in the token.
fn find(session: &Session, key: &Vkey) -> Result<ObjectHandle, TokenError> {
    for public in session.find_objects(&[Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::KeyType(Kind::EC_EDWARDS)])? {
        if point(session, public)? != Some(key.public()) {
            continue;
        }
        let id = session.get_attributes(public, &[AttributeType::Id])?;
        let of = [&[Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::KeyType(Kind::EC_EDWARDS)][..], &id].concat();
        if let Some(private) = session.find_objects(&of)?.first() {
            return Ok(*private);
        }
    }
    Err(TokenError::NoKey(key.to_string()))
}
