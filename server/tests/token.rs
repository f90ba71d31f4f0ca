//! What a seal kept in a PKCS#11 token promises, with SoftHSM for the token: it seals what the rule lets through, its private half is
//! nowhere else, and a token that is gone for a while loses nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    note::Vkey,
    statement::{Agency, Key},
};
use desk_house::House;
use server::{
    drafts::Outcome,
    keys::{self, Sealer, TokenError, TokenPlace},
    node::Node,
};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};
use trial::Engine;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const LABEL: &str = "seals";
const PIN: &str = "271828";

on_each_engine! {
    a_seal_in_a_token_seals_and_never_leaves_it,
    a_token_that_is_away_is_said_to_be_and_what_waited_comes_out_when_it_is_back,
}

/// A token of the test's own, made of files. SoftHSM reads where from the environment of its process.
struct SoftToken {
    folder: PathBuf,
    pin: PathBuf,
}

impl SoftToken {
    fn new(dir: &Path) -> SoftToken {
        let (folder, pin, configuration) = (dir.join("tokens"), dir.join("pin"), dir.join("softhsm2.conf"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            &configuration,
            format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", folder.display()),
        )
        .unwrap();
        write_pin(&pin, PIN);
        set_environment(&configuration);
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "31415926"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        SoftToken { folder, pin }
    }

    fn place(&self) -> TokenPlace {
        TokenPlace { module: MODULE.into(), label: LABEL.into(), pin_file: Some(self.pin.clone()) }
    }
}

/// Each test is a process of its own, and nothing else runs in it yet.
#[allow(unsafe_code)]
fn set_environment(configuration: &Path) {
    unsafe { std::env::set_var("SOFTHSM2_CONF", configuration) };
}

fn write_pin(file: &Path, pin: &str) {
    std::fs::write(file, format!("{pin}\n")).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// The agency's seal that the portal kept is retired, and one in the token takes its place.
async fn moved_into_token(house: &House) -> Vkey {
    let key = keys::token().unwrap().make(&house.agency, "finance").unwrap();
    let mut finance: Agency = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
    let at = house.node.heads.borrow().size;
    finance.seals[0].ended = Some(chain::statement::Ended { how: chain::statement::Ending::named("retired").unwrap(), at });
    finance.seals.push(Key { key: key.clone(), custody: Some("token".into()), ended: None });
    house.register("agency", &finance).await;
    key
}

async fn entry(node: &Node, index: u64) -> String {
    String::from_utf8(node.store.entry(index).await.unwrap().unwrap()).unwrap()
}

async fn a_seal_in_a_token_seals_and_never_leaves_it(engine: Engine) {
    let house = House::on(engine).await;
    let soft = SoftToken::new(house.trial.dir.path());
    keys::use_token(soft.place());
    let key = moved_into_token(&house).await;
    assert!(matches!(keys::token().unwrap().make(&house.agency, "finance"), Err(TokenError::Labelled(_))), "no key is made over another");
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    let text = entry(&house.node, index).await;
    let note = chain::entry::Entry::parse(text.as_bytes()).unwrap().note.to_owned();
    chain::note::Note::parse(note.as_bytes()).unwrap().verify(&key).unwrap();
    // Nothing in the folder of keys is it: what seals for the agency is the token.
    let state = house.node.submitter.state();
    assert!(matches!(house.node.sealer(&house.agency, &state), Some(Sealer::Token(_, found)) if *found == key));
    assert!(keys::seals(&house.trial.place.data.join("keys")).unwrap().values().flatten().all(|seal| *seal.vkey() != key));
}

async fn a_token_that_is_away_is_said_to_be_and_what_waited_comes_out_when_it_is_back(engine: Engine) {
    let house = House::on(engine).await;
    let soft = SoftToken::new(house.trial.dir.path());
    keys::use_token(soft.place());
    moved_into_token(&house).await;
    let frozen = house.submitted("Lanterns", 0).await;
    house.approve_all(&frozen).await;
    let later = async || match &house.drafts.publish_due().await.unwrap()[..] {
        [(_, Outcome::Later { said })] => said.clone(),
        other => panic!("{other:?}"),
    };
    // Pulled out while its session is open: its files are gone.
    let away = house.trial.dir.path().join("away");
    std::fs::rename(&soft.folder, &away).unwrap();
    std::fs::create_dir(&soft.folder).unwrap();
    let said = later().await;
    assert!(said.contains("token"), "{said}");
    house.turn(2_000);
    let said = later().await;
    assert!(said.contains("no token is labelled \"seals\""), "{said}");
    // Put back, and somebody has changed its PIN file.
    std::fs::remove_dir(&soft.folder).unwrap();
    std::fs::rename(&away, &soft.folder).unwrap();
    write_pin(&soft.pin, "000000");
    for _ in 0..2 {
        house.turn(2_000);
        let said = later().await;
        assert!(said.contains("refused its PIN"), "{said}");
    }
    write_pin(&soft.pin, PIN);
    house.turn(2_000);
    house.published(&frozen).await;
}
