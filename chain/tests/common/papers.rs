//! What is filed in the fictional chain: registrations, disclosures, cases.

use super::*;
use chain::{
    approval::{Act, Decision, GenreRule, Opening, Rule, StepRule, core_commitment, link},
    check::ShownStep,
    statement::{
        Agency, Charter, Disclosure, Ended, Key, LogKey, Names, Part, Post, Redaction, Registrars, Stated, Status, StatusKind, Step,
        core_line,
    },
};

pub const ARCHIVE: &str = "example.gov/archive";
pub const FINANCE: &str = "example.gov/finance";
pub const HEALTH: &str = "example.gov/health";
pub const COUNCIL: &str = "example.gov/council";
pub const CLERK: &str = "example.gov/finance/clerk";
pub const LAWYER_A: &str = "example.gov/finance/lawyer-a";
pub const LAWYER_B: &str = "example.gov/finance/lawyer-b";
pub const CONTROLLER: &str = "example.gov/finance/controller";
pub const DIRECTOR: &str = "example.gov/finance/director";
pub const MINISTER: &str = "example.gov/finance/minister";
pub const FINANCE_POSTS: [&str; 6] = [CLERK, LAWYER_A, LAWYER_B, CONTROLLER, DIRECTOR, MINISTER];

pub fn named(name: &str) -> Names {
    Names::from([("en".into(), name.into())])
}

/// Two of three witnesses.
pub fn policy() -> String {
    let lines: Vec<String> = (1..=3).map(|n| format!("witness w{n} {}\n", witness(n).vkey())).collect();
    format!("{}group all-of-us 2 w1 w2 w3\nquorum all-of-us\n", lines.concat())
}

pub fn charter() -> Charter {
    Charter {
        origin: ORIGIN.into(),
        trial: true,
        name: named("Fictional Gazette"),
        zone: "Asia/Shanghai".into(),
        logs: vec![LogKey { key: signer(ORIGIN).vkey().clone(), from: 0 }],
        registrars: Registrars { threshold: 2, keys: (1..=3).map(|n| registrar(n).vkey().clone()).collect() },
        policy: policy(),
        amends: None,
    }
}

pub fn seal_key(key: &Signer, ended: Option<Ended>) -> Key {
    Key { key: key.vkey().clone(), custody: Some("portal".into()), ended }
}

pub fn agency(id: &str) -> Agency {
    Agency {
        agency: id.into(),
        name: named(id),
        seals: vec![seal_key(&signer(id), None)],
        rule: None,
        successor: None,
        overseers: vec![],
        archive: id == ARCHIVE,
        replaces: None,
    }
}

pub fn post(id: &str, agency: &str) -> Post {
    Post {
        post: id.into(),
        agency: agency.into(),
        name: named(id),
        keys: vec![Key { key: signer(id).vkey().clone(), custody: None, ended: None }],
        replaces: None,
    }
}

fn step_rule(code: &str, posts: &[&str], count: usize, after: &[&str]) -> StepRule {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    StepRule { code: code.into(), posts: owned(posts), count, after: owned(after) }
}

/// A draft, then in parallel two lawyers and a controller, then a signature; the minister may override.
pub fn rule() -> Rule {
    let sign_alone = |genre: &str| GenreRule { genre: genre.into(), steps: vec![step_rule("sign", &[DIRECTOR], 1, &[])] };
    let every = GenreRule {
        genre: "*".into(),
        steps: vec![
            step_rule("draft", &[CLERK], 1, &[]),
            step_rule("legal", &[LAWYER_A, LAWYER_B], 2, &["draft"]),
            step_rule("budget", &[CONTROLLER, CLERK], 1, &["draft"]),
            step_rule("sign", &[DIRECTOR, LAWYER_A], 1, &["legal", "budget"]),
        ],
    };
    Rule { genres: vec![every, sign_alone("status"), sign_alone("redaction")], overriders: vec![MINISTER.into()], deferred: false }
}

impl Chain {
    pub fn line<T: serde::Serialize>(&mut self, kind: &str, core: &T) -> String {
        let id = self.fresh();
        core_line(kind, &id, core).unwrap()
    }

    /// Registers with the first two registrars in force.
    pub fn register<T: serde::Serialize>(&mut self, kind: &str, core: &T) -> u64 {
        let line = self.line(kind, core);
        let keys = self.state.charter().map_or(vec![], |charter| charter.registrars.keys.clone());
        let in_force: Vec<_> = (1..=4).map(registrar).filter(|r| keys.is_empty() || keys.contains(r.vkey())).take(2).collect();
        self.publish(&registered_by(&line, &in_force.iter().collect::<Vec<_>>())).unwrap()
    }

    /// A disclosure with a catalogue and a body.
    pub fn paper(&mut self, agency: &str, title: &str) -> Disclosure {
        let catalogue = format!(r#"{{"title":"{title}","document_number":"No. 7","keywords":["budget","roads"]}}"#);
        let body = format!("# {title}\n\nThe text of it.\n");
        let part = |role: &str, media: &str, text: &str, commitment| Part {
            role: role.into(),
            media: media.into(),
            size: text.len() as u64,
            commitment,
            language: None,
        };
        let parts = vec![
            part("catalogue", "application/json", &catalogue, self.keep(&catalogue)),
            part("body", "text/markdown", &body, self.keep(&body)),
        ];
        Disclosure {
            agency: agency.into(),
            genre: "notice".into(),
            theme: Some("finance".into()),
            language: "en".into(),
            stated: Stated { issued: Some("2026-11-20".into()), ..Stated::default() },
            parts,
            revises: None,
            ground: None,
            stated_agency: None,
            source: None,
        }
    }

    /// Seals and publishes without approval.
    pub fn disclose(&mut self, core: &Disclosure) -> u64 {
        let line = self.line("disclosure", core);
        self.publish(&sealed(&line, None, &signer(&core.agency))).unwrap()
    }

    pub fn status(&self, agency: &str, target: u64, kind: StatusKind) -> Status {
        Status { agency: agency.into(), target: self.at(target), kind, effective: None, ground: "outdated".into(), by: None }
    }

    pub fn redaction(&self, agency: &str, target: u64, parts: Vec<Commitment>) -> Redaction {
        Redaction { agency: agency.into(), target: self.at(target), parts, ground: "personal-data".into() }
    }
}

/// One case of approval, step by step.
#[derive(Clone)]
pub struct Case {
    pub agency: String,
    pub case: String,
    pub rule: Hash,
    pub steps: Vec<u64>,
    pub opening: Vec<Opening>,
    /// Each step names the one before by what it says, not by its place.
    pub deferred: bool,
    /// Nobody says why.
    pub silent: bool,
}

impl Case {
    pub fn open(chain: &mut Chain, agency: &str) -> Case {
        let rule = chain.state.agency(agency).unwrap().0.leaf;
        Case { agency: agency.into(), case: chain.fresh(), rule, steps: vec![], opening: vec![], deferred: false, silent: false }
    }

    /// The next step's note and its opening, not yet published.
    pub fn step(&self, chain: &mut Chain, post: &str, code: &str, decision: &str, core_line: &str) -> (String, Opening) {
        let salt = chain.salt();
        let reason = matches!(decision, "reject" | "override").then(|| Commitment::to(&[7; 16], "理由".as_bytes()));
        let decision = Decision {
            code: code.into(),
            decision: decision.into(),
            rule: self.rule,
            core: core_commitment(&salt, core_line),
            salt: chain::part::format_salt(&salt),
            reason: reason.filter(|_| !self.silent),
        };
        let text = serde_json::to_string(&decision).unwrap();
        let salt = chain.salt();
        let step = Step {
            agency: self.agency.clone(),
            case: self.case.clone(),
            previous: self.steps.last().filter(|_| !self.deferred).map(|index| chain.at(*index)),
            after: self.after(chain),
            commitment: Commitment::to(&salt, text.as_bytes()),
        };
        let line = chain.line("step", &step);
        (sealed(&line, None, &signer(post)), Opening { salt: chain::part::format_salt(&salt), text })
    }

    /// What the next step names, where steps are not logged yet when they are taken.
    pub fn after(&self, chain: &Chain) -> Option<Hash> {
        let newest = &chain.facts.steps[self.steps.last().filter(|_| self.deferred)?];
        Some(link(&newest.post, &newest.step))
    }

    pub fn take(&mut self, chain: &mut Chain, post: &str, code: &str, decision: &str, core_line: &str) -> &mut Case {
        let (note, opening) = self.step(chain, post, code, decision, core_line);
        self.steps.push(chain.publish(&note).unwrap());
        self.opening.push(opening);
        self
    }

    /// The steps of [`Case::approve`] as a page draws them.
    pub fn drawn(&self, chain: &Chain) -> Vec<ShownStep> {
        let time = |step: usize| chain.header(self.steps[step]).time;
        // Draft; legal, budget, legal, each behind the draft; the signature behind the last of those.
        let places = [(0, None), (1, Some(0)), (1, Some(0)), (1, Some(0)), (2, Some(3))];
        let drawn = |(n, (stage, since)): (usize, (usize, Option<usize>))| ShownStep {
            index: self.steps[n],
            stage: Some(stage),
            took: since.map(|since| (time(n) - time(since)).to_string()),
        };
        places.into_iter().enumerate().map(drawn).collect()
    }

    /// Every step the fictional rule asks for.
    pub fn approve(&mut self, chain: &mut Chain, core_line: &str) -> &mut Case {
        for (post, code) in [(CLERK, "draft"), (LAWYER_A, "legal"), (CONTROLLER, "budget"), (LAWYER_B, "legal"), (DIRECTOR, "sign")] {
            self.take(chain, post, code, "approve", core_line);
        }
        self
    }

    pub fn act(&self) -> Act {
        Act { case: self.case.clone(), rule: self.rule, steps: self.steps.clone(), opening: self.opening.clone() }
    }

    pub fn act_line(&self) -> String {
        serde_json::to_string(&self.act()).unwrap()
    }

    /// The note of a statement approved in this case.
    pub fn seal(&self, core_line: &str) -> String {
        sealed(core_line, Some(&self.act_line()), &signer(&self.agency))
    }
}
