//! A fictional chain in memory: fixed keys, a fake clock, and a log that can be told to lie.
#![allow(dead_code)]

pub mod evidence;
pub mod papers;
pub mod shown;
pub mod story;

use chain::{
    Hash,
    checkpoint::Checkpoint,
    entry::{Entry, Header},
    evidence::Contents,
    note::{KeyType, Signer},
    part::Commitment,
    registry::Registry,
    state::{Facts, Refusal, State},
    statement::{Reference, Statement},
    time::Millis,
    tree::Nodes,
};
use std::{collections::HashMap, convert::Infallible};

pub const ORIGIN: &str = "example.gov/log";
/// 2026-11-22T13:45:00.123Z
pub const START: Millis = 1_795_355_100_123;

/// A key whose secret is SHA-256("fictional key\n" ‖ name ‖ "\n" ‖ number).
pub fn key_of(name: &str, kind: KeyType, number: u8) -> Signer {
    let secret = Hash::of(&[b"fictional key\n", name.as_bytes(), b"\n", &[b'0' + number]]);
    Signer::new(name, kind, &secret.0).unwrap()
}

pub fn signer(name: &str) -> Signer {
    key_of(name, KeyType::Ed25519, 0)
}

pub fn witness(number: u8) -> Signer {
    key_of(&format!("witness.example/{number}"), KeyType::Cosignature, 0)
}

pub fn registrar(number: u8) -> Signer {
    signer(&format!("registrar.example/{number}"))
}

/// A statement's note with one signature.
pub fn sealed(core_line: &str, act_line: Option<&str>, by: &Signer) -> String {
    chain::note::sign(&chain::statement::text(ORIGIN, core_line, act_line), &[by])
}

/// A registration, signed by the first two of the three registrars.
pub fn registered(core_line: &str) -> String {
    registered_by(core_line, &[&registrar(1), &registrar(2)])
}

pub fn registered_by(core_line: &str, by: &[&Signer]) -> String {
    chain::note::sign(&chain::statement::text(ORIGIN, core_line, None), by)
}

/// Every complete subtree's hash.
#[derive(Default, Clone)]
pub struct Stored(pub HashMap<(u8, u64), Hash>);

impl Nodes for Stored {
    type Error = Infallible;
    fn node(&self, level: u8, index: u64) -> Result<Hash, Infallible> {
        Ok(self.0[&(level, index)])
    }
}

#[derive(Clone)]
pub struct Chain {
    pub state: State,
    pub facts: Facts,
    pub entries: Vec<String>,
    pub nodes: Stored,
    /// Every registry there ever was, by its root.
    pub registries: HashMap<Hash, Registry>,
    pub clock: Millis,
    pub contents: Contents,
    counter: u64,
}

impl Chain {
    pub fn new() -> Chain {
        Chain {
            state: State::new(ORIGIN),
            facts: Facts::default(),
            entries: Vec::new(),
            nodes: Stored::default(),
            registries: HashMap::from([(Hash::ZERO, Registry::default())]),
            clock: START,
            contents: Contents::new(),
            counter: 0,
        }
    }

    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// 32 hexadecimal digits, never the same twice.
    pub fn fresh(&mut self) -> String {
        self.counter += 1;
        Hash::of(&[b"fictional id\n", self.counter.to_string().as_bytes()]).to_hex()[..32].to_owned()
    }

    pub fn salt(&mut self) -> [u8; 16] {
        chain::part::parse_salt(&self.fresh()).unwrap()
    }

    pub fn at(&self, index: u64) -> Reference {
        Reference { index, leaf: self.leaf(index) }
    }

    pub fn leaf(&self, index: u64) -> Hash {
        self.nodes.0[&(0, index)]
    }

    pub fn header(&self, index: u64) -> Header {
        Entry::parse(self.entries[index as usize].as_bytes()).unwrap().header
    }

    pub fn judge(&self, note: &str) -> Result<Option<u64>, Refusal> {
        let statement = Statement::parse(note.as_bytes())?;
        self.state.admit(&statement, None, &self.facts)
    }

    /// Takes a statement as a sequencer does.
    pub fn publish(&mut self, note: &str) -> Result<u64, Refusal> {
        if let Some(first) = self.judge(note)? {
            return Ok(first);
        }
        Ok(self.force(note))
    }

    /// Takes a statement that may not be admissible, as a log that lies would.
    pub fn force(&mut self, note: &str) -> u64 {
        self.clock += 1000;
        let header = self.state.next_header(self.clock);
        self.force_under(&header, note)
    }

    /// … and under a header of the liar's choice.
    pub fn force_under(&mut self, header: &Header, note: &str) -> u64 {
        let place = self.size();
        let (bytes, leaf) = Entry::write(header, note).unwrap();
        let mut completed = Vec::new();
        match Statement::parse(note.as_bytes()) {
            Ok(statement) => {
                self.state.append(header, leaf, &statement, &mut self.facts, |level, index, hash| completed.push(((level, index), hash)));
            }
            Err(_) => {
                let mut frontier = self.state.frontier.clone();
                frontier.push(leaf, |level, index, hash| completed.push(((level, index), hash)));
                self.state.resume(frontier, (leaf, header.time));
            }
        }
        self.nodes.0.extend(completed);
        self.registries.insert(self.state.registry().root(), self.state.registry().clone());
        self.entries.push(String::from_utf8(bytes).unwrap());
        place
    }

    pub fn checkpoint_at(&self, size: u64) -> Checkpoint {
        Checkpoint { origin: ORIGIN.into(), size, root: chain::tree::root(&self.nodes, size).unwrap() }
    }

    pub fn log(&self) -> Signer {
        signer(ORIGIN)
    }

    /// The newest checkpoint, with the log's signature and two of three cosignatures.
    pub fn checkpoint(&self) -> String {
        self.checkpoint_by(&self.log())
    }

    pub fn checkpoint_by(&self, log: &Signer) -> String {
        let checkpoint = self.checkpoint_at(self.size());
        let mut note = checkpoint.sign(log);
        for number in [1, 2] {
            note.push_str(&chain::cosignature::sign(&witness(number), (START / 1000 + 60) as u64, &checkpoint.text()));
        }
        note
    }

    /// Commits to bytes and keeps them where a reader would fetch them.
    pub fn keep(&mut self, text: &str) -> Commitment {
        let salt = self.salt();
        let commitment = Commitment::to(&salt, text.as_bytes());
        let content = chain::evidence::Content::Text { salt: chain::part::format_salt(&salt), text: text.into() };
        self.contents.insert(commitment.to_string(), content);
        commitment
    }
}
