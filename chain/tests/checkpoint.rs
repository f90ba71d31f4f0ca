//! Checkpoints, cosignatures, witness policies and proof files, each in the one form others' software accepts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use chain::{
    Hash,
    checkpoint::{Checkpoint, CheckpointError, parse_size},
    cosignature,
    note::{KeyType, Note, NoteError},
    policy::{Policy, PolicyError},
    proof::{self, TlogProof, TlogProofError},
};
use common::{ORIGIN, key_of, signer, story::founded, witness};

const BEHIND_THE_SOFA: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

#[test]
fn the_published_checkpoint_reads_and_writes_back() {
    let checkpoint = Checkpoint::parse(BEHIND_THE_SOFA).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.text(), BEHIND_THE_SOFA);
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for bad in [
        String::new(),
        format!("o\n1\n{root}"),
        format!("\n1\n{root}\n"),
        format!("o\n01\n{root}\n"),
        format!("o\n+1\n{root}\n"),
        format!("o\n-1\n{root}\n"),
        format!("o\n\n{root}\n"),
        format!("o\n 1\n{root}\n"),
        format!("o\n9223372036854775808\n{root}\n"),
        format!("o\n1\n{}\n", root.replace('/', "_")),
        format!("o\n1\n{}\n", root.replace("2I=", "2J=")),
        format!("o\n1\n{root}\nan extension\n"),
        format!("o\n1\n{root}\n\n"),
        "o\n1\n".into(),
    ] {
        assert_eq!(Checkpoint::parse(&bad), Err(CheckpointError::Malformed), "{bad:?}");
    }
    assert_eq!(parse_size("9223372036854775807"), Some(i64::MAX as u64));
    assert_eq!(parse_size("0"), Some(0));
    assert_eq!(parse_size("00"), None);
    assert_eq!(parse_size("١"), None);
}

#[test]
fn a_checkpoint_opens_with_its_own_logs_key_alone() {
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 3, root: Hash([5; 32]) };
    let note = checkpoint.sign(&signer(ORIGIN));
    assert_eq!(Checkpoint::open(note.as_bytes(), signer(ORIGIN).vkey()), Ok(checkpoint.clone()));
    let another = key_of(ORIGIN, KeyType::Ed25519, 1);
    let unsigned = CheckpointError::Note(NoteError::NotSignedBy(ORIGIN.into()));
    assert_eq!(Checkpoint::open(note.as_bytes(), another.vkey()), Err(unsigned));
    assert_eq!(Checkpoint::open(note.as_bytes(), signer("other.example").vkey()), Err(CheckpointError::Origin(ORIGIN.into())));
    let altered = note.replacen("\n3\n", "\n4\n", 1);
    let wrong = CheckpointError::Note(NoteError::Signature(ORIGIN.into()));
    assert_eq!(Checkpoint::open(altered.as_bytes(), signer(ORIGIN).vkey()), Err(wrong));
}

#[test]
fn a_cosignature_tells_when_a_witness_saw_this_very_checkpoint() {
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 3, root: Hash([5; 32]) };
    let signed = checkpoint.sign(&signer(ORIGIN));
    let line = cosignature::sign(&witness(1), 1_679_315_147, &checkpoint.text());
    let verify = |note: &str| cosignature::verify(&Note::parse(note.as_bytes()).unwrap(), witness(1).vkey());
    let wrong = Err(NoteError::Signature("witness.example/1".into()));
    assert_eq!(verify(&format!("{signed}{line}")), Ok(1_679_315_147));
    assert_eq!(verify(&signed), Err(NoteError::NotSignedBy("witness.example/1".into())));
    assert_eq!(verify(&format!("{signed}{line}{line}")), wrong, "two lines from one witness");
    assert_eq!(verify(&format!("{signed}{line}").replacen("\n3\n", "\n4\n", 1)), wrong, "another size");
    // The time is signed too.
    let encoded = line.trim_end().rsplit(' ').next().unwrap();
    let mut bytes = STANDARD.decode(encoded).unwrap();
    assert_eq!(bytes.len(), 4 + 8 + 64);
    bytes[11] ^= 1;
    let later = line.replace(encoded, &STANDARD.encode(&bytes));
    assert_eq!(verify(&format!("{signed}{later}")), wrong);
    // 2^63 seconds is beyond what the specification allows, even when signed.
    assert_eq!(verify(&format!("{signed}{}", cosignature::sign(&witness(1), 1 << 63, &checkpoint.text()))), wrong);
    for length in [4 + 8 + 63, 4 + 64, 4 + 7] {
        let short = line.replace(encoded, &STANDARD.encode(&STANDARD.decode(encoded).unwrap()[..length]));
        assert_eq!(verify(&format!("{signed}{short}")), wrong);
    }
    // A log's own kind of key is no witness.
    let plain = key_of("witness.example/1", KeyType::Ed25519, 0);
    let note = format!("{signed}{}", cosignature::sign(&plain, 5, &checkpoint.text()));
    assert!(cosignature::verify(&Note::parse(note.as_bytes()).unwrap(), plain.vkey()).is_err());
}

#[test]
fn the_published_policy_counts_groups_of_groups() {
    let key = |n: u8| witness(n).vkey().clone();
    let text = format!(
        "# An example\nlog {}\n\n\twitness X1 {}\nwitness X2 {} https://x2.example/\nwitness X3  {}\ngroup X-witnesses 2 X1 X2 X3\n\
         witness Y1 {}\nwitness Y2 {}\ngroup Y-witnesses any Y1 Y2\n  # both\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n",
        signer(ORIGIN).vkey(),
        key(1),
        key(2),
        key(3),
        key(4),
        key(5)
    );
    let policy = Policy::parse(&text).unwrap();
    assert!(policy.asks_for_witnesses());
    assert_eq!(policy.witnesses[1].2.as_deref(), Some("https://x2.example/"));
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 3, root: Hash([5; 32]) };
    let seen = |by: &[u8]| {
        let lines: String = by.iter().map(|n| cosignature::sign(&witness(*n), 7, &checkpoint.text())).collect();
        let note = format!("{}{lines}", checkpoint.sign(&signer(ORIGIN)));
        policy.seen(&Note::parse(note.as_bytes()).unwrap()).quorum
    };
    let met_at = |by: &[(u8, u64)]| {
        let lines: String = by.iter().map(|(n, seconds)| cosignature::sign(&witness(*n), *seconds, &checkpoint.text())).collect();
        let note = format!("{}{lines}", checkpoint.sign(&signer(ORIGIN)));
        policy.seen(&Note::parse(note.as_bytes()).unwrap()).met_at
    };
    assert_eq!(met_at(&[(1, 30), (2, 10), (3, 20), (4, 15)]), Some(20), "when the last of the first that suffice had signed");
    assert_eq!(met_at(&[(1, 30), (2, 10), (5, 40)]), Some(40));
    assert_eq!(met_at(&[(1, 30), (2, 10)]), None);
    assert!(seen(&[1, 3, 5]) && seen(&[1, 2, 3, 4, 5]));
    assert!(!seen(&[1, 2, 3]) && !seen(&[1, 4, 5]) && !seen(&[]) && !seen(&[7, 8, 9]));
    let none = Policy::parse("quorum none").unwrap();
    assert!(!none.asks_for_witnesses() && none.seen(&Note::parse(checkpoint.sign(&signer(ORIGIN)).as_bytes()).unwrap()).quorum);
    assert_eq!(none.seen(&Note::parse(checkpoint.sign(&signer(ORIGIN)).as_bytes()).unwrap()).met_at, None);
}

#[test]
fn a_policy_that_could_be_read_in_two_ways_is_refused() {
    let (w1, w2, log) = (witness(1).vkey().clone(), witness(2).vkey().clone(), signer(ORIGIN).vkey().clone());
    let head = format!("witness a {w1}\nwitness b {w2}\n");
    let what = |text: &str| Policy::parse(text).map(|_| ()).map_err(|PolicyError { what, .. }| what);
    assert_eq!(what(""), Err("no quorum line"));
    assert_eq!(what(&head), Err("no quorum line"));
    assert_eq!(what("quorum none\nquorum none\n"), Err("a second quorum"));
    assert_eq!(what("quorum a\n"), Err("a quorum that is not defined above"));
    assert_eq!(what(&format!("quorum a\n{head}")), Err("a quorum that is not defined above"));
    assert_eq!(what(&format!("{head}witness c {w1}\nquorum a\n")), Err("the same witness key twice"));
    assert_eq!(what(&format!("log {log}\nlog {log}\nquorum none\n")), Err("the same log key twice"));
    assert_eq!(what(&format!("log {w1}\nquorum none\n")), Err("not a log key"));
    assert_eq!(what(&format!("witness a {log}\nquorum a\n")), Err("not a witness key"));
    assert_eq!(what(&format!("{head}group a any b\nquorum a\n")), Err("a name defined twice"));
    assert_eq!(what(&format!("witness none {w1}\nquorum none\n")), Err("a name defined twice"));
    for count in ["0", "3"] {
        assert_eq!(what(&format!("{head}group g {count} a b\nquorum g\n")), Err("a threshold that no set of members meets exactly"));
    }
    assert_eq!(what(&format!("{head}group g 01 a b\nquorum g\n")), Err("not a threshold"));
    assert_eq!(what(&format!("{head}group g some a b\nquorum g\n")), Err("not a threshold"));
    assert_eq!(what(&format!("{head}group g any a none\nquorum g\n")), Err("a member that is not defined above"));
    assert_eq!(what(&format!("{head}group g any a c\nquorum g\n")), Err("a member that is not defined above"));
    assert_eq!(what(&format!("{head}group g any a a\nquorum g\n")), Err("a member that counts twice"));
    assert_eq!(what(&format!("{head}group g any a\ngroup h any a\nquorum g\n")), Err("a member that counts twice"));
    assert_eq!(what(&format!("{head}group g any\nquorum g\n")), Err("not a line of a policy"));
    assert_eq!(what("quorum none\r\n"), Err("control character"));
    assert_eq!(what("allow all\nquorum none\n"), Err("not a line of a policy"));
    assert_eq!(Policy::parse(&format!("{head}quorum c\n")), Err(PolicyError { line: 3, what: "a quorum that is not defined above" }));
}

#[test]
fn a_proof_file_proves_one_entry_offline() {
    let chain = founded();
    let (size, log) = (chain.size(), signer(ORIGIN));
    for index in 0..size {
        let hashes = chain::tree::prove_inclusion(&chain.nodes, index, size).unwrap();
        let file = proof::format(index, &hashes, &chain.checkpoint());
        let parsed = TlogProof::parse(&file).unwrap();
        let (checkpoint, note) = parsed.check(chain.leaf(index), log.vkey()).unwrap();
        assert_eq!((checkpoint.size, note.signatures.len()), (size, 3));
        assert!(matches!(parsed.check(chain.leaf((index + 1) % size), log.vkey()), Err(TlogProofError::Proof(_))));
        assert!(matches!(parsed.check(chain.leaf(index), registrar_vkey()), Err(TlogProofError::Checkpoint(_))));
        let with_extra = file.replacen("index", "extra YWdl\nindex", 1);
        assert_eq!(TlogProof::parse(&with_extra).unwrap().extra, Some("YWdl"));
        assert!(TlogProof::parse(&with_extra).unwrap().check(chain.leaf(index), log.vkey()).is_ok());
    }
}

fn registrar_vkey() -> &'static chain::note::Vkey {
    Box::leak(Box::new(common::registrar(1).vkey().clone()))
}

#[test]
fn a_malformed_proof_file_is_refused() {
    let head = "c2sp.org/tlog-proof@v1\n";
    let hash = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=";
    assert_eq!(TlogProof::parse(&format!("{head}index 0\n\n")).unwrap().hashes, []);
    let many = format!("{hash}\n").repeat(64);
    for bad in [
        String::new(),
        head.into(),
        "c2sp.org/tlog-proof@v2\nindex 0\n\n".into(),
        format!("{head}index 00\n\nx"),
        format!("{head}index\n\nx"),
        format!("{head}index 0\nx"),
        format!("{head}index 0\n{hash}"),
        format!("{head}index 0\n{}\n\nx", &hash[1..]),
        format!("{head}index 0\n{}\n\nx", hash.replace("lQ=", "lR=")),
        format!("{head}index 0\n{hash} \n\nx"),
        format!("{head}extra !\nindex 0\n\nx"),
        format!("{head}extra YWd\nindex 0\n\nx"),
        format!("{head}index 0\nextra YWdl\n\nx"),
        format!("{head}extra YWdl\nextra YWdl\nindex 0\n\nx"),
        format!("{head}index 0\n{many}\nx"),
        format!("{head}\nindex 0\n\nx"),
    ] {
        assert_eq!(TlogProof::parse(&bad), Err(TlogProofError::Malformed), "{bad:?}");
    }
}

#[test]
fn the_charters_key_for_a_size_is_the_newest_one_that_had_started() {
    use chain::statement::LogKey;
    let mut charter = common::papers::charter();
    let second = key_of(ORIGIN, KeyType::Ed25519, 1);
    charter.logs.push(LogKey { key: second.vkey().clone(), from: 10 });
    assert_eq!(charter.log_key(0), Some(signer(ORIGIN).vkey()));
    assert_eq!(charter.log_key(9), Some(signer(ORIGIN).vkey()));
    assert_eq!(charter.log_key(10), Some(second.vkey()));
}
