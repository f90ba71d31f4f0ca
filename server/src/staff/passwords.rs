//! Passwords: argon2id, hashed apart from what answers requests, a few at once.

use super::StaffError;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use unicode_normalization::UnicodeNormalization;

/// KiB of memory, passes and lanes of one hash: RFC 9106 wants more memory or more passes than attackers like, and OWASP at
/// least 19 MiB with two.
const MEMORY: u32 = 32 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// Hashes under way at once: with the memory of each, all that sign-ins take.
const AT_ONCE: usize = 2;
/// How long a sign-in waits for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fewest characters of a new password.
pub const SHORTEST: usize = 12;
/// Most bytes that are looked at.
pub const MOST: usize = 512;
/// Of zxcvbn's 0 to 4: 10^8 guesses and more.
const STRONG: u8 = 3;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    Short,
    Long,
    /// Among those that are tried first.
    Common,
    /// Made from the person's own names, or from this portal's.
    OwnName,
    /// Repeats, rows of keys, dates, a word alone.
    Pattern,
}

/// Hashes and compares. Cloning shares the bound.
#[derive(Clone)]
pub(super) struct Passwords {
    room: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords { room: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// What is compared where there is no account, so that it takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody has this password").ok());

fn argon2() -> Result<Argon2<'static>, StaffError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|error| StaffError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, StaffError> {
    let hash = argon2()?.hash_password(password.as_bytes()).map_err(|error| StaffError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// The same characters are the same password, however a keyboard composed them.
fn composed(password: &str) -> String {
    password.nfc().collect()
}

impl Passwords {
    async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, StaffError> + Send + 'static) -> Result<T, StaffError> {
        let Ok(Ok(room)) = timeout(PATIENCE, self.room.clone().acquire_owned()).await else { return Err(StaffError::Busy) };
        let worked = spawn_blocking(move || {
            let worked = work();
            drop(room);
            worked
        });
        worked.await.map_err(|error| StaffError::Hash(error.to_string()))?
    }

    pub(super) async fn hash(&self, password: &str) -> Result<String, StaffError> {
        let password = composed(password);
        self.apart(move || hash(&password)).await
    }

    /// Whether a password is the one behind a hash. None: there is no such account, which takes as long to say.
    pub(super) async fn matches(&self, password: &str, hash: Option<String>) -> Result<bool, StaffError> {
        // Nobody's is that long, and only who sends it waits.
        if password.len() > MOST {
            return Ok(false);
        }
        let password = composed(password);
        self.apart(move || {
            let known = hash.is_some();
            let Some(hash) = hash.or_else(|| NOBODY.clone()) else { return Ok(false) };
            let parsed = PasswordHash::new(&hash).map_err(|error| StaffError::Hash(error.to_string()))?;
            Ok(argon2()?.verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await
    }
}

/// Why a password may not be used, with the names that stand around it: the person's, the portal's.
pub(super) fn weakness(password: &str, names: &[&str]) -> Option<Weakness> {
    if password.len() > MOST {
        return Some(Weakness::Long);
    }
    let composed = composed(password);
    if composed.chars().count() < SHORTEST {
        return Some(Weakness::Short);
    }
    let lower = composed.to_lowercase();
    // One's name with a year behind it passes for many guesses, and is the first that a colleague tries.
    let own = names.iter().map(|name| name.to_lowercase()).filter(|name| name.chars().count() > 2).any(|name| {
        let rest = lower.replace(&name, "");
        rest.len() < lower.len() && rest.chars().count() < SHORTEST * 2 / 3
    });
    if own {
        return Some(Weakness::OwnName);
    }
    let judged = zxcvbn::zxcvbn(&composed, names);
    if u8::from(judged.score()) >= STRONG {
        return None;
    }
    use zxcvbn::feedback::Warning;
    let common = [Warning::ThisIsACommonPassword, Warning::ThisIsSimilarToACommonlyUsedPassword];
    let warning = judged.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    Some(if warning.is_some_and(|warning| common.contains(&warning)) { Weakness::Common } else { Weakness::Pattern })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_with_the_reason() {
        let names = ["li.wei", "李伟", "gazette"];
        for (password, why) in [
            ("short", Weakness::Short),
            ("password1234", Weakness::Common),
            ("aaaaaaaaaaaaaaa", Weakness::Pattern),
            ("qwertyuiopasdf", Weakness::Common),
            ("li.wei202611", Weakness::OwnName),
            (&*"x".repeat(MOST + 1), Weakness::Long),
        ] {
            assert_eq!(weakness(password, &names), Some(why), "{password}");
        }
        for good in ["correct horse battery staple", "卷帘遥岑远目献愁供恨玉簪螺髻", "vK9#pw!tQz2m"] {
            assert_eq!(weakness(good, &names), None, "{good}");
        }
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_its_characters_were_composed_and_nobody_has_none() {
        let passwords = Passwords::default();
        let hash = passwords.hash("caf\u{e9} au lait a midi").await.unwrap_or_default();
        assert!(hash.starts_with("$argon2id$v=19$m=32768,t=3,p=1$"), "{hash}");
        assert!(matches!(passwords.matches("cafe\u{301} au lait a midi", Some(hash.clone())).await, Ok(true)));
        assert!(matches!(passwords.matches("cafe au lait a midi", Some(hash)).await, Ok(false)));
        assert!(matches!(passwords.matches("nobody has this password", None).await, Ok(false)));
    }
}
