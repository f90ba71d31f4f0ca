//! Bad surroundings, met by the real program: each is told in one plain sentence, nothing acknowledged is lost, and once
//! they are good again it goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod program;

use program::{Program, number_before, refused, sh, text};
use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    process::Output,
    time::Duration,
};
use trial::line;

fn am_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Says so past the runner, which keeps back what a test that passes prints.
fn skipped(why: &str) {
    use std::io::Write;
    std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes()).unwrap();
}

fn papers(count: usize) -> String {
    let more = format!(",\"data\":{{\"n\":\"{}\"}}", "lantern ".repeat(200));
    (0..count).map(|n| line(n, &more)).collect()
}

/// The import again, now with room, and everything looked at.
fn goes_on(program: &Program, kept: u64, lines: u64) {
    let again = program.run(&["import", &program.path("papers.jsonl")]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert_whole(&again, &program.run(&["fsck"]), kept, lines);
}

fn assert_whole(again: &Output, fsck: &Output, kept: u64, lines: u64) {
    let said = text(&again.stdout);
    let (added, present) = (number_before(&said, " documents added"), number_before(&said, " present already"));
    assert_eq!(added + present, lines, "{said}");
    assert!(present >= kept, "{kept} were acknowledged, and {said}");
    assert!(fsck.status.success(), "{}{}", text(&fsck.stdout), text(&fsck.stderr));
    assert!(text(&fsck.stdout).contains(&format!(" {lines} versions of documents")), "{}", text(&fsck.stdout));
}

#[test]
fn a_full_disk_stops_an_import_in_one_sentence_and_room_lets_it_go_on() {
    const LINES: usize = 4_000;
    let program = Program::new();
    program.file("papers.jsonl", &papers(LINES));
    // A disk of its own in a name space of its own, so that nothing of it is left whatever happens.
    let script = r#"
        mkdir disk && mount -t tmpfs -o size=12m tmpfs disk || exit 77
        export GAZETTE_DATA=disk/data
        for try in full still-full; do "$1" import papers.jsonl >$try.out 2>$try.err; echo $? >$try.code; done
        mount -o remount,size=1g disk
        "$1" import papers.jsonl >room.out 2>room.err; echo $? >room.code
        "$1" fsck >fsck.out 2>fsck.err; echo $? >fsck.code
    "#;
    let apart = if am_root() { &["--mount"][..] } else { &["--user", "--map-root-user", "--mount"] };
    let done = program.command("unshare").args(apart).args(["sh", "-c", script, "sh", program::GAZETTE]).output().unwrap();
    if done.status.code() == Some(77) || text(&done.stderr).starts_with("unshare:") {
        return skipped(&format!("no small disk can be mounted here, so no full one was tried: {}", text(&done.stderr).trim()));
    }
    let of = |step: &str| program.outcome(step);
    for step in ["full", "still-full"] {
        refused(&of(step), &["disk is full", "run it again"]);
    }
    let kept = number_before(&text(&of("full").stderr), " new documents");
    assert_eq!(of("room").status.code(), Some(0), "{}", text(&of("room").stderr));
    assert_whole(&of("room"), &of("fsck"), kept, LINES as u64);
}

#[test]
fn a_file_that_may_not_grow_stops_an_import_in_one_sentence_and_loses_nothing() {
    const LINES: usize = 2_000;
    let program = Program::new();
    program.file("papers.jsonl", &papers(LINES));
    let stopped = sh(&program, "trap '' XFSZ; ulimit -f 6000; exec \"$1\" import papers.jsonl");
    refused(&stopped, &["the import stopped after", "could not be written", "run it again"]);
    goes_on(&program, number_before(&text(&stopped.stderr), " new documents"), LINES as u64);
}

#[test]
fn a_data_folder_that_cannot_be_one_or_be_written_is_named() {
    let program = Program::new();
    program.file("data", "a file where the folder should be");
    program.file("papers.jsonl", "");
    for command in [&["serve"][..], &["import", "papers.jsonl"]] {
        refused(&program.run(command), &["the data folder", &program.path("data"), "cannot be used"]);
    }
    refused(&program.run(&["fsck"]), &["no chain", &program.path("data")]);

    let program = Program::new();
    refused(&program.run(&["fsck"]), &["no chain", &program.path("data")]);
    assert!(!program.dir.path().join("data").exists());

    // Unwritable from the start, and become so under a chain. Root is let through by every mode, unless it gives that up.
    let give_up = if am_root() { "setpriv --bounding-set -all --inh-caps -all" } else { "" };
    let serve = format!("exec {give_up} \"$1\" serve --listen 127.0.0.1:0");
    fs::set_permissions(program.dir.path(), Permissions::from_mode(0o555)).unwrap();
    let outcome = sh(&program, &serve);
    fs::set_permissions(program.dir.path(), Permissions::from_mode(0o755)).unwrap();
    refused(&outcome, &["the data folder", &program.path("data"), "Permission denied"]);
    program.serve().end();
    let modes = |folder: u32, file: u32| {
        fs::set_permissions(program.dir.path().join("data/gazette.sqlite"), Permissions::from_mode(file)).unwrap();
        fs::set_permissions(program.dir.path().join("data"), Permissions::from_mode(folder)).unwrap();
    };
    modes(0o555, 0o444);
    let outcome = sh(&program, &serve);
    modes(0o755, 0o644);
    refused(&outcome, &["the database", &program.path("data/gazette.sqlite"), "cannot be opened"]);
    program.serve().end();
}

#[test]
fn a_copy_that_can_only_be_read_is_checked_all_the_same_and_not_touched() {
    // Ended in order, and killed: then SQLite's log holds what is not in the database yet.
    for ended in [true, false] {
        let program = Program::new();
        let large = line(1, &format!(",\"data\":{{\"n\":\"{}\"}}", "lantern ".repeat(20_000)));
        program.file("papers.jsonl", &(line(0, "") + &large));
        let server = program.serve();
        assert!(program.run(&["import", &program.path("papers.jsonl")]).status.success());
        if ended {
            server.end();
        } else {
            drop(server);
        }
        let shut = "find data -type f -exec chmod 0444 {} + && find data -depth -type d -exec chmod 0555 {} + && chmod 0 data/keys data/journal/keys";
        let opened = "chmod -R u+rwX data";
        let contents = "find data -type f -not -path 'data/keys*' -not -path 'data/journal/keys*' -exec sha256sum {} + | sort";
        let give_up = if am_root() { "setpriv --bounding-set -all --inh-caps -all" } else { "" };
        assert!(sh(&program, shut).status.success());
        let before = text(&sh(&program, contents).stdout);
        let checked = sh(&program, &format!("exec {give_up} \"$1\" fsck"));
        assert_eq!(text(&sh(&program, contents).stdout), before);
        sh(&program, opened);
        assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
        assert!(text(&checked.stdout).contains(" 2 versions of documents"), "{}", text(&checked.stdout));
    }
}

#[test]
fn a_database_that_is_not_one_is_named() {
    let program = Program::new();
    program.serve().end();
    fs::write(program.dir.path().join("data/gazette.sqlite"), "not a database, whatever its name says\n".repeat(200)).unwrap();
    refused(&program.run(&["serve"]), &[&program.path("data/gazette.sqlite"), "cannot be opened", "not a database"]);
}

#[test]
fn a_port_that_is_taken_is_named_and_nothing_is_founded() {
    let program = Program::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&program.run(&["serve", "--listen", &address]), &["cannot listen on", &address, "in use"]);
    assert!(!program.dir.path().join("data").exists());
}

#[test]
fn a_host_name_is_listened_on_and_a_base_that_is_no_address_is_named() {
    let program = Program::new();
    let served = program.serve_with(&["--listen", "localhost:0", "--base", "https://gov.example/"]);
    let page = served.get("/en/");
    assert!(page.contains("https://gov.example/en/") && !page.contains("gov.example//"), "{page}");
    served.end();
    let refusal = program.run(&["serve", "--listen", "127.0.0.1:0", "--base", "gov.example"]);
    assert!(!refusal.status.success() && text(&refusal.stderr).contains("https://gazette.example.gov"), "{}", text(&refusal.stderr));
}

#[test]
fn an_origin_that_cannot_be_one_is_named_and_nothing_is_founded() {
    let program = Program::new();
    for origin in ["Example.gov/log", "example.gov/log\n", "例.gov/log", ""] {
        refused(&program.run(&["serve", "--listen", "127.0.0.1:0", "--origin", origin]), &["cannot be an origin"]);
    }
    assert!(!program.dir.path().join("data").exists());
}

#[test]
fn the_folder_of_another_chain_is_not_taken_for_this_one() {
    let program = Program::new();
    program.serve().end();
    refused(&program.run(&["serve", "--origin", "elsewhere.example/log"]), &["gazette.example/log", "elsewhere.example/log"]);
    // Keys of another chain in this one's folder, with the same name and another.
    let key = program.dir.path().join("data/keys/log.key");
    let ours = fs::read_to_string(&key).unwrap();
    let other = Program::new();
    other.serve().end();
    fs::copy(other.dir.path().join("data/keys/log.key"), &key).unwrap();
    refused(&program.run(&["serve", "--listen", "127.0.0.1:0"]), &["the charter names", "put the chain's own key file back"]);
    fs::write(&key, ours.replace("gazette.example/log", "elsewhere.example/log")).unwrap();
    refused(&program.run(&["serve", "--listen", "127.0.0.1:0"]), &["gazette.example/log", "elsewhere.example/log"]);
    fs::write(&key, ours).unwrap();
    program.serve().end();
}

#[test]
fn a_key_file_that_is_damaged_missing_or_open_to_others_is_named() {
    let program = Program::new();
    program.serve().end();
    let serve = || program.run(&["serve", "--listen", "127.0.0.1:0"]);
    for name in ["log.key", "registrar.key", "seal-gazette.example+archive.key"] {
        let path = program.dir.path().join("data/keys").join(name);
        let whole = fs::read_to_string(&path).unwrap();
        for damaged in ["", &whole[..whole.len() / 2], "gazette private key\nname\nnot hexadecimal\n"] {
            fs::write(&path, damaged).unwrap();
            let said = refused(&serve(), &["the key file", name]);
            assert!(!said.contains(whole.lines().last().unwrap()), "no key is ever printed");
        }
        fs::write(&path, whole).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        refused(&serve(), &["the key file", name, "can be read by others"]);
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
    let path = program.dir.path().join("data/keys/log.key");
    fs::rename(&path, path.with_extension("away")).unwrap();
    refused(&serve(), &["keys/log.key", "put it back"]);
    assert!(!path.exists(), "no other key was made in its place");
    fs::rename(path.with_extension("away"), &path).unwrap();
    program.serve().end();
}

#[test]
fn one_damaged_mark_is_made_up_for_by_the_other_and_both_damaged_are_named() {
    let program = Program::new();
    program.serve().end();
    // The public chain's, and the journal's.
    let outside: Vec<_> = fs::read_dir(program.path("state")).unwrap().map(|mark| mark.unwrap().path()).collect();
    let damage = || outside.iter().for_each(|mark| fs::write(mark, "").unwrap());
    let inside = program.dir.path().join("data/high-water.mark");
    damage();
    let server = program.serve();
    assert!(server.get("/en/").contains("200 OK"));
    server.end();
    damage();
    fs::write(&inside, "two 2\n").unwrap();
    refused(&program.run(&["serve", "--listen", "127.0.0.1:0"]), &["the high-water mark", "is damaged"]);
    let fsck = program.run(&["fsck"]);
    assert!(!fsck.status.success() && text(&fsck.stdout).starts_with("high-water mark"), "{}", text(&fsck.stdout));
}

#[test]
fn a_state_folder_that_cannot_be_used_is_named_before_anything_is_signed() {
    let program = Program::new();
    program.file("state", "a file where the folder should be");
    let serve = || program.run(&["serve", "--listen", "127.0.0.1:0"]);
    refused(&serve(), &["the high-water mark", &program.path("state"), "cannot be used"]);
    assert_eq!(program.size(), 0);
    fs::remove_file(program.path("state")).unwrap();
    program.serve().end();
    let size = program.size();
    // The public chain's, and the journal's.
    let marks: Vec<_> = fs::read_dir(program.path("state")).unwrap().map(|mark| mark.unwrap().path()).collect();
    assert_eq!(marks.len(), 2, "{marks:?}");
    // Readable as before, and not to be written any more. Root is let through by every mode, unless it gives that up.
    let give_up = if am_root() { "setpriv --bounding-set -all --inh-caps -all" } else { "" };
    fs::set_permissions(program.path("state"), Permissions::from_mode(0o555)).unwrap();
    for mark in &marks {
        fs::set_permissions(mark, Permissions::from_mode(0o444)).unwrap();
    }
    let outcome = sh(&program, &format!("exec {give_up} \"$1\" serve --listen 127.0.0.1:0"));
    fs::set_permissions(program.path("state"), Permissions::from_mode(0o755)).unwrap();
    refused(&outcome, &["the high-water mark", &program.path("state"), "Permission denied"]);
    assert_eq!(program.size(), size);
    program.serve().end();
}

#[test]
fn data_that_came_to_a_machine_without_its_mark_is_served_and_told_what_to_do() {
    let program = Program::new();
    program.serve().end();
    // A container started anew without its state folder.
    fs::remove_dir_all(program.path("state")).unwrap();
    program.file("papers.jsonl", &line(1, ""));
    let server = program.serve();
    let alarm = fs::read_to_string(program.path("serve.err")).unwrap();
    assert!(alarm.contains("ERROR") && alarm.contains("keeps no mark (--state)") && alarm.contains(&program.path("state")), "{alarm}");
    assert!(server.get("/en/").contains("it has yet to be confirmed that this copy of the chain is the newest"));
    refused(&program.run(&["import", "papers.jsonl"]), &["read-only", "gazette recover", "gazette vouch --entries 2"]);
    refused(&program.run(&["vouch", "--entries", "3"]), &["here are 2 entries, not 3"]);
    let vouched = program.run(&["vouch", "--entries", "2"]);
    assert!(vouched.status.success() && text(&vouched.stdout).contains("has signed 2 entries"), "{}", text(&vouched.stderr));
    server.wait_for("/en/about", "200 OK");
    assert!(program.run(&["import", "papers.jsonl"]).status.success());
    server.wait_for("/en/search?q=number1", "Notice 1 of Qinghe");
    assert!(!server.get("/en/about").contains("has yet to be confirmed"));
    server.end();
    let nothing = Program::new();
    refused(&nothing.run(&["vouch", "--entries", "2"]), &["no chain", &nothing.path("data")]);
    assert!(!nothing.dir.path().join("data").exists());
}

#[test]
fn an_import_killed_again_and_again_loses_nothing_doubles_nothing_and_is_searchable_in_the_end() {
    const LINES: usize = 6_000;
    let program = Program::new();
    program.file("papers.jsonl", &(0..LINES).map(|n| line(n, "")).collect::<String>());
    let mut before = 0;
    for _ in 0..4 {
        let mut child = program.command(program::GAZETTE).args(["import", "papers.jsonl"]).spawn().unwrap();
        while program.size() <= before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(10));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        before = program.size();
    }
    assert!(before > 2, "something was logged between the kills");
    goes_on(&program, before - 2, LINES as u64);
    let again = program.run(&["import", "papers.jsonl"]);
    assert!(text(&again.stdout).contains(&format!("0 documents added (0 of them revisions), {LINES} present already")));
    assert_eq!(program.size(), 2 + LINES as u64);
    let server = program.serve();
    for n in [0, LINES / 2, LINES - 1] {
        server.wait_for(&format!("/en/search?q=number{n}"), &format!("Notice {n} of Qinghe"));
    }
    server.end();
}

#[test]
fn a_server_asked_to_stop_ends_in_order_even_while_somebody_holds_a_connection() {
    let program = Program::new();
    let server = program.serve();
    let _silent = server.say("GET /en/ HTTP/1.1\r\nHo");
    assert!(server.get("/en/").contains("200 OK"));
    server.end();
    // Closed in order: nothing of the last transactions is left beside the database.
    assert!(!program.dir.path().join("data/gazette.sqlite-wal").exists());
    assert!(program.run(&["fsck"]).status.success());
}

#[test]
fn connections_that_say_half_of_something_or_nothing_keep_nobody_out() {
    let program = Program::new();
    let server = program.serve_with(&["--connections", "8"]);
    let silent: Vec<_> = ["GET /en/ HTTP/1.1\r\nHo", "", "GET /en/about HTTP/1.1\r\nHost: x\r\n\r\n"]
        .into_iter()
        .flat_map(|said| (0..3).map(move |_| said))
        .map(|said| server.say(said))
        .collect();
    assert!(server.get("/en/").contains("200 OK"));
    assert!(server.get("/zh/").contains("200 OK"));
    drop(silent);
    server.end();
}

#[test]
fn an_import_asked_to_stop_keeps_what_it_has_and_says_how_to_go_on() {
    const LINES: usize = 6_000;
    let program = Program::new();
    program.file("papers.jsonl", &papers(LINES));
    let child = program.command(program::GAZETTE).args(["import", "papers.jsonl"]).spawn().unwrap();
    while program.size() <= 2 {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let outcome = child.wait_with_output().unwrap();
    assert_eq!(outcome.status.code(), Some(2), "{}", text(&outcome.stderr));
    assert!(text(&outcome.stderr).contains("stopping"), "{}", text(&outcome.stderr));
    let kept = number_before(&text(&outcome.stdout), " documents added");
    assert!(kept < LINES as u64);
    goes_on(&program, kept, LINES as u64);
}

#[test]
fn an_old_copy_put_back_is_read_only_until_what_is_missing_was_fetched() {
    let program = Program::new();
    program.serve().end();
    let data = program.dir.path().join("data");
    trial::copy(&data, &program.dir.path().join("backup"));
    program.file("papers.jsonl", &(0..300).map(|n| line(n, "")).collect::<String>());
    assert!(program.run(&["import", "papers.jsonl"]).status.success());
    let mirror = Program::new();
    for folder in ["data", "state"] {
        trial::copy(&program.dir.path().join(folder), &mirror.dir.path().join(folder));
    }
    fs::remove_dir_all(&data).unwrap();
    trial::copy(&program.dir.path().join("backup"), &data);

    let server = program.serve();
    let alarm = fs::read_to_string(program.path("serve.err")).unwrap();
    assert!(alarm.contains("ERROR") && alarm.contains("here are 2 entries, and this machine has signed 302"), "{alarm}");
    assert!(server.get("/en/").contains("It shows the chain up to entry 1"));
    assert!(server.get("/zh/").contains("现只到第 1 条"));
    refused(&program.run(&["import", "papers.jsonl"]), &["read-only", "gazette recover"]);
    refused(&program.run(&["recover", "--from", "/nowhere"]), &["/nowhere", "neither a data folder"]);
    assert_eq!(program.size(), 2);

    let other = mirror.serve();
    let recovered = program.run(&["recover", "--from", &format!("http://{}", other.address)]);
    assert!(recovered.status.success(), "{}", text(&recovered.stderr));
    assert!(
        text(&recovered.stdout).contains("300 entries and 600 parts recovered; here are 302 entries now"),
        "{}",
        text(&recovered.stdout)
    );
    server.wait_for("/en/search?q=number299", "Notice 299 of Qinghe");
    assert!(!server.wait_for("/en/about", "200 OK").contains("missing for now"));
    let again = program.run(&["import", "papers.jsonl"]);
    assert!(text(&again.stdout).contains("0 documents added (0 of them revisions), 300 present already"), "{}", text(&again.stderr));
    server.end();
    assert!(program.run(&["fsck"]).status.success());
}

/// Every file and folder in it, with what it holds and when it was changed; but for SQLite's shared memory, in which readers of a
/// copy that was made under way meet.
fn everything(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>, std::time::SystemTime)> {
    let mut found = vec![(folder.to_owned(), vec![], fs::metadata(folder).unwrap().modified().unwrap())];
    for entry in fs::read_dir(folder).unwrap() {
        let (path, about) = entry.map(|entry| (entry.path(), entry.metadata().unwrap())).unwrap();
        if about.is_dir() {
            found.extend(everything(&path));
        } else if !path.to_string_lossy().ends_with("-shm") {
            found.push((path.clone(), fs::read(path).unwrap(), about.modified().unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_copy_that_missing_entries_are_fetched_from_is_left_as_it_was() {
    let program = Program::new();
    program.serve().end();
    let (data, backup, newer) = (program.dir.path().join("data"), program.dir.path().join("backup"), program.dir.path().join("newer"));
    trial::copy(&data, &backup);
    // One of them lies in the folder of large parts.
    let large = line(0, "").replace("is lit.", &"is lit. ".repeat(20_000));
    program.file("papers.jsonl", &format!("{large}{}", (1..100).map(|n| line(n, "")).collect::<String>()));
    assert!(program.run(&["import", "papers.jsonl"]).status.success());
    trial::copy(&data, &newer);
    fs::remove_dir_all(&data).unwrap();
    trial::copy(&backup, &data);
    let before = everything(&newer);
    let recovered = program.run(&["recover", "--from", &program.path("newer")]);
    assert!(recovered.status.success() && text(&recovered.stdout).contains("100 entries"), "{}", text(&recovered.stderr));
    assert!(everything(&newer) == before, "a backup is only read");
    assert!(program.run(&["fsck"]).status.success());
}

#[test]
fn a_new_folder_with_the_old_key_founds_nothing() {
    let program = Program::new();
    program.serve().end();
    let data = program.dir.path().join("data");
    trial::copy(&data.join("keys"), &program.dir.path().join("keys"));
    fs::remove_dir_all(&data).unwrap();
    trial::copy(&program.dir.path().join("keys"), &data.join("keys"));
    let serve = || program.run(&["serve", "--listen", "127.0.0.1:0"]);
    refused(&serve(), &["no chain", "has signed 2 entries", "gazette recover"]);
    // Nor on another machine, which has signed nothing.
    fs::remove_dir_all(program.dir.path().join("state")).unwrap();
    refused(&serve(), &["no chain", "has founded one before", "gazette recover"]);
    assert_eq!(program.size(), 0);
}
