//! The second factor: showing it, and adding an app that makes codes.

use super::Faults;

#[derive(Clone, Debug)]
pub struct CodeView {
    /// Where to go afterwards: a path of the desk.
    pub to: String,
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
    pub faults: Faults,
}
