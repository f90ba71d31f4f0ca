//! What locked keys promise: the server's key files say nothing to whoever has the disk and not the passphrase.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod program;

use program::{Program, text};
use std::os::unix::fs::PermissionsExt;

fn passphrase(program: &Program, name: &str, words: &str) -> String {
    let path = program.file(name, &format!("{words}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path.display().to_string()
}

fn refused(output: &std::process::Output) -> String {
    assert!(!output.status.success(), "{}", text(&output.stdout));
    text(&output.stderr)
}

fn printed(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The key files, the public chain's and the journal's, each with what it says.
fn keys(program: &Program) -> Vec<(String, String)> {
    // A desk that has not been opened keeps no journal.
    let of = |folder| std::fs::read_dir(program.path(folder)).into_iter().flatten().map(|file| file.unwrap().path());
    let mut keys: Vec<_> = of("data/keys")
        .chain(of("data/journal/keys"))
        .filter(|path| path.extension().is_some_and(|extension| extension == "key"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    keys.sort();
    keys
}

#[test]
fn plain_keys_go_on_being_read_and_are_locked_by_a_command() {
    let program = Program::new();
    program.serve().end();
    let before = keys(&program);
    assert!(before.len() >= 3 && before.iter().all(|(_, text)| text.starts_with("gazette private key\n")), "{}", before.len());
    let words = passphrase(&program, "words", "lanterns over a quiet river");
    // With a passphrase and plain keys, all goes on.
    program.serve_with(&["--passphrase-file", &words]).end();
    assert_eq!(keys(&program), before);

    let told = printed(&program.run(&["key", "lock", "--passphrase-file", &words]));
    assert_eq!(told.lines().count(), before.len(), "{told}");
    let after = keys(&program);
    for ((path, plain), (_, locked)) in before.iter().zip(&after) {
        let secret = plain.lines().nth(2).unwrap();
        assert!(locked.starts_with("gazette locked key\n") && !locked.contains(secret), "{path}");
        assert_eq!(locked.lines().nth(1), plain.lines().nth(1), "whose it is stands in the open");
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(
        std::fs::read_dir(program.path("data/keys")).unwrap().all(|file| !file.unwrap().file_name().to_string_lossy().starts_with("new-"))
    );

    let told = refused(&program.run(&["serve", "--listen", "127.0.0.1:0"]));
    assert!(told.contains("is locked, and no passphrase was given"), "{told}");
    let wrong = passphrase(&program, "wrong", "lanterns over a loud river");
    let told = refused(&program.run(&["serve", "--listen", "127.0.0.1:0", "--passphrase-file", &wrong]));
    assert!(told.contains("the passphrase does not open it"), "{told}");

    // Seals are what they were, and one that is made now is locked from the beginning.
    let served = program.serve_with(&["--passphrase-file", &words]);
    assert!(served.get("/log/checkpoint").contains("gazette.example/log\n"));
    served.end();
    printed(&program.run(&["key", "seal", "gazette.example/roads", "--passphrase-file", &words]));
    let made = std::fs::read_to_string(program.path("data/keys/seal-gazette.example+roads.key")).unwrap();
    assert!(made.starts_with("gazette locked key\n"), "{made}");
    // Made from one passphrase once: all have one salt.
    let of_chain = |(path, text): &(String, String)| (!path.contains("/journal/")).then(|| text.lines().nth(3).unwrap().to_owned());
    let salts: std::collections::HashSet<_> = keys(&program).iter().filter_map(of_chain).collect();
    assert_eq!(salts.len(), 1, "{salts:?}");
}

#[test]
fn another_passphrase_takes_the_place_of_the_first() {
    let program = Program::new();
    program.serve().end();
    let (first, second) =
        (passphrase(&program, "1", "lanterns over a quiet river"), passphrase(&program, "2", "herons under an old bridge"));
    printed(&program.run(&["key", "lock", "--new", &first]));
    refused(&program.run(&["key", "lock", "--new", &second]));
    printed(&program.run(&["key", "lock", "--passphrase-file", &first, "--new", &second]));
    refused(&program.run(&["serve", "--listen", "127.0.0.1:0", "--passphrase-file", &first]));
    program.serve_with(&["--passphrase-file", &second]).end();
    printed(&program.run(&["fsck", "--passphrase-file", &second]));
}

#[test]
fn a_passphrase_that_others_can_read_or_guess_is_none() {
    let program = Program::new();
    let words = passphrase(&program, "words", "lanterns over a quiet river");
    std::fs::set_permissions(&words, std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = refused(&program.run(&["key", "seal", "gazette.example/roads", "--passphrase-file", &words]));
    assert!(told.contains("can be read by others"), "{told}");
    let short = passphrase(&program, "short", "river");
    let told = refused(&program.run(&["key", "seal", "gazette.example/roads", "--passphrase-file", &short]));
    assert!(told.contains("fewer than 12"), "{told}");
    assert!(!std::path::Path::new(&program.path("data/keys")).exists());
}

#[test]
fn a_service_manager_may_hand_the_passphrase_over() {
    let program = Program::new();
    let words = passphrase(&program, "gazette-passphrase", "lanterns over a quiet river");
    let folder = std::path::Path::new(&words).parent().unwrap().to_path_buf();
    let run =
        |arguments: &[&str]| program.command(program::GAZETTE).env("CREDENTIALS_DIRECTORY", &folder).args(arguments).output().unwrap();
    printed(&run(&["key", "seal", "gazette.example/roads"]));
    assert!(keys(&program)[0].1.starts_with("gazette locked key\n"));
    printed(&run(&["key", "lock"]));
}
