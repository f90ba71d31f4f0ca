//! The second factor: showing it, and adding an app that makes codes or a passkey.

use super::Faults;
use crate::dates::Moment;

#[derive(Clone, Debug)]
pub struct CodeView {
    /// Where to go afterwards: a path of the desk.
    pub to: String,
    /// They are in, and asked once more before something grave.
    pub anew: bool,
    /// What the browser is asked for a passkey, if there is one.
    pub passkey: Option<String>,
    pub faults: Faults,
}

#[derive(Clone, Debug)]
pub struct AuthenticatorView {
    /// In base 32, for who types it.
    pub secret: String,
    /// Squares along one side of the QR code; 0: there is none.
    pub size: usize,
    /// The dark ones, as the path of a drawing.
    pub drawing: String,
    /// Whether nothing else is open before this is done.
    pub must: bool,
    /// Whether an earlier one is replaced.
    pub has: bool,
    /// Whether this portal can have passkeys.
    pub passkeys: bool,
    pub faults: Faults,
}

#[derive(Clone, Debug)]
pub struct PasskeysView {
    pub passkeys: Vec<PasskeyRow>,
    /// What the browser is asked to make one from.
    pub asked: Option<String>,
    pub faults: Faults,
}

#[derive(Clone, Debug)]
pub struct PasskeyRow {
    pub id: String,
    pub name: String,
    pub added: Moment,
    pub used: Option<Moment>,
}
