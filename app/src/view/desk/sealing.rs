//! Where a statement stands that its agency seals itself.

/// A statement whose agency keeps its own seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealingView {
    /// Not approved yet.
    Later,
    /// Approved; its steps come to the log at its time, and are named in what is sealed.
    AtItsTime,
    /// To be sealed now; whether whoever asks may bring it.
    Open { brings: bool },
    /// Sealed and brought: it waits for its time, or its turn.
    Sealed,
}
