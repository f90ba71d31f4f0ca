//! Whether a page speaks of the chain as it is: its identity, its origin and the keys of its charter.

use super::{Code, Finding, Reader, registered::Registered};

impl Reader<'_> {
    /// Whether what a page displays of the chain itself is so, each as (what, text as displayed): `identity`, the leaf hash of
    /// entry 0, and `origin`, which every page gives at least once; `log-key`, what readers are told to give other software;
    /// `keys`, every key of the newest charter, in its order, a line each of `log` or `registrar`, a blank and the vkey.
    #[must_use]
    pub fn itself(&self, shown: &[(&'static str, String)]) -> Finding {
        let code = Code::C7;
        let (Some(identity), Registered::As(charter)) =
            (self.identity(), self.newest(&self.checkpoint.origin, |known| self.charter_of(known)))
        else {
            return Finding::cannot_tell(code, "no-charter");
        };
        let mut keys = String::new();
        let registrars = charter.registrars.keys.iter().map(|key| ("registrar ", key));
        for (role, key) in charter.logs.iter().map(|log| ("log ", &log.key)).chain(registrars) {
            keys = keys + role + &key.to_string() + "\n";
        }
        let identity = identity.to_string();
        let mut given = [false; 2];
        for (what, text) in shown {
            let right = match *what {
                "identity" => {
                    given[0] = true;
                    *text == identity
                }
                "origin" => {
                    given[1] = true;
                    *text == self.checkpoint.origin
                }
                "log-key" => charter.logs.iter().any(|log| log.key.to_string() == *text),
                _ => *text == keys,
            };
            if !right {
                return Finding::fails(code, "shown-differs").with("member", what).with("shown", text);
            }
        }
        if given == [true; 2] { Finding::holds(code) } else { Finding::fails(code, "shown-differs") }
    }
}
