//! The whole fictional chain: every type of statement at least once, in the order a portal would live it.

use super::{papers::*, *};
use chain::statement::{Ended, Ending, StatusKind};

/// Where things stand in the story.
#[derive(Clone)]
pub struct Story {
    pub chain: Chain,
    /// A copy sealed by the archive.
    pub copy: u64,
    /// Health's document, its second version, and what was said of it.
    pub health: u64,
    pub health_second: u64,
    pub health_status: u64,
    /// Health's other document, whose body was redacted.
    pub redacted: u64,
    pub redaction: u64,
    /// Finance's document, approved by five steps.
    pub finance: u64,
    pub case: Case,
    /// Finance's own status, approved; and the council's, which oversees it.
    pub finance_status: u64,
    pub council_status: u64,
    /// Sealed with a key reported stolen later, and from before the theft.
    pub stolen: u64,
    pub before_theft: u64,
    /// Health's registration that says so.
    pub theft: u64,
    pub amendment: u64,
    /// Sealed with health's second key.
    pub after_theft: u64,
    /// The council, health's successor, revises and redacts what was health's.
    pub succeeded: u64,
    pub successor_redaction: u64,
}

/// Charter, four agencies (one an archive, one with a rule), six posts: entries 0 to 10.
pub fn founded() -> Chain {
    let mut chain = Chain::new();
    chain.register("charter", &charter());
    chain.register("agency", &agency(ARCHIVE));
    let mut finance = agency(FINANCE);
    finance.rule = Some(rule());
    finance.overseers = vec![COUNCIL.into()];
    chain.register("agency", &finance);
    chain.register("agency", &agency(COUNCIL));
    chain.register("agency", &agency(HEALTH));
    for id in FINANCE_POSTS {
        chain.register("post", &post(id, FINANCE));
    }
    chain
}

pub fn story() -> Story {
    let mut chain = founded();
    let mut copied = chain.paper(ARCHIVE, "On roads");
    copied.stated_agency = Some("Ministry of Roads".into());
    copied.source = Some("https://roads.example/7".into());
    let copy = chain.disclose(&copied);

    let paper = chain.paper(HEALTH, "On water");
    let health = chain.disclose(&paper);
    let mut second = chain.paper(HEALTH, "On clean water");
    second.revises = Some(chain.at(health));
    let health_second = chain.disclose(&second);
    let status = chain.status(HEALTH, health_second, StatusKind::Repealed);
    let line = chain.line("status", &status);
    let health_status = chain.publish(&sealed(&line, None, &signer(HEALTH))).unwrap();

    let paper = chain.paper(HEALTH, "On a patient");
    let body = paper.parts[1].commitment;
    let redacted = chain.disclose(&paper);
    let redaction = chain.redaction(HEALTH, redacted, vec![body]);
    let line = chain.line("redaction", &redaction);
    let redaction = chain.publish(&sealed(&line, None, &signer(HEALTH))).unwrap();
    chain.contents.insert(body.to_string(), chain::evidence::Content::Redacted { by: redaction });

    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let mut case = Case::open(&mut chain, FINANCE);
    case.approve(&mut chain, &line);
    let finance = chain.publish(&case.seal(&line)).unwrap();

    let status = chain.status(FINANCE, finance, StatusKind::Amended);
    let line = chain.line("status", &status);
    let mut status_case = Case::open(&mut chain, FINANCE);
    status_case.take(&mut chain, DIRECTOR, "sign", "approve", &line);
    let finance_status = chain.publish(&status_case.seal(&line)).unwrap();
    let status = chain.status(COUNCIL, finance, StatusKind::Annulled);
    let line = chain.line("status", &status);
    let council_status = chain.publish(&sealed(&line, None, &signer(COUNCIL))).unwrap();

    let paper = chain.paper(HEALTH, "Before the theft");
    let before_theft = chain.disclose(&paper);
    let old_body = paper.parts[1].commitment;
    let paper = chain.paper(HEALTH, "Sealed by a thief");
    let stolen = chain.disclose(&paper);
    let mut robbed = agency(HEALTH);
    let second_key = key_of(HEALTH, KeyType::Ed25519, 1);
    robbed.seals = vec![seal_key(&signer(HEALTH), Some(Ended { how: Ending::Compromised, at: stolen })), seal_key(&second_key, None)];
    robbed.successor = Some(COUNCIL.into());
    let theft = chain.register("agency", &robbed);

    let mut amended = charter();
    amended.amends = Some(chain.at(0));
    amended.registrars.keys.push(registrar(4).vkey().clone());
    amended.registrars.keys.remove(0);
    let amendment = chain.register("charter", &amended);

    let paper = chain.paper(HEALTH, "After the theft");
    let line = chain.line("disclosure", &paper);
    let after_theft = chain.publish(&sealed(&line, None, &second_key)).unwrap();

    let mut successor = chain.paper(COUNCIL, "After the theft, by the council");
    successor.revises = Some(chain.at(after_theft));
    let succeeded = chain.disclose(&successor);
    // Of a document sealed before there was a successor.
    let redaction_core = chain.redaction(COUNCIL, before_theft, vec![old_body]);
    let line = chain.line("redaction", &redaction_core);
    let successor_redaction = chain.publish(&sealed(&line, None, &signer(COUNCIL))).unwrap();
    chain.contents.insert(old_body.to_string(), chain::evidence::Content::Redacted { by: successor_redaction });

    Story {
        chain,
        copy,
        health,
        health_second,
        health_status,
        redacted,
        redaction,
        finance,
        case,
        finance_status,
        council_status,
        stolen,
        before_theft,
        theft,
        amendment,
        after_theft,
        succeeded,
        successor_redaction,
    }
}
