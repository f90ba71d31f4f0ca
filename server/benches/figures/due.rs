//! Documents handed in by a program and set for one moment: how long after it each is in the log, and can be found.

use crate::{
    import::Data,
    portal::Portal,
    publish,
    table::{Table, percentiles},
};
use chain::{entry::Entry, time::Millis};
use serde_json::{Value, json};
use server::{
    node::Place,
    staff::{NewAccount, NewMachine, Role, Scope, Staff},
};
use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// At one moment, beside one alone.
const MANY: usize = 300;
const AHEAD: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(60);
const AGENCY: &str = "finance";

pub fn measure(table: &mut Table, program: &Path, scratch: &Path) {
    let folder = scratch.join("due");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let token = runtime.block_on(token(&folder));
    drop(runtime);
    let data = Data { data: folder.join("data"), state: folder.join("state") };
    let portal = Portal::serve(program, &data);
    let [mut alone, mut found_alone] = at_one_moment(&portal, &token, 1, Duration::from_secs(3));
    let [mut logged, mut found] = at_one_moment(&portal, &token, MANY, AHEAD);
    let mut restarted = after_a_restart(portal, &data, program, &token);
    let said = |times: &mut [Duration]| {
        let [p50, _, p99, most] = percentiles(times);
        format!("p50 {p50:.0}, p99 {p99:.0}, most {most:.0} ms")
    };
    let one = |times: &mut [Duration]| format!("one alone {:.0} ms", percentiles(times)[3]);
    table.row(&format!("{MANY} set for one moment: from it to the log"), said(&mut logged), one(&mut alone), None, "2 s, never early");
    table.row("two that were due while nothing ran: from the first answer to the log", said(&mut restarted), one(&mut alone), None, "2 s");
    table.row("the same, to be found in search", said(&mut found), one(&mut found_alone), None, "1 s more");
}

/// A chain with an agency that has no rule, and what its program comes in with.
async fn token(folder: &Path) -> String {
    let mut node = publish::node(folder).await;
    let name = [("en".to_owned(), "Finance Bureau".to_owned())].into_iter().collect();
    node.register_agency(AGENCY, &name, false).await.unwrap();
    let agency = node.sibling(AGENCY);
    publish::close(node).await;
    let place = Place { data: folder.join("data"), state: folder.join("state"), database: None, origin: None, charter: None };
    let staff = Staff::open(&place).await.unwrap();
    let new = NewAccount { login: "chief".into(), name: "Chief".into(), password: "seven lanterns over the river".into() };
    let roles = [(Role::Administrator, String::new())].into_iter().collect();
    let chief = staff.make_account(&new, &roles, "").await.unwrap().unwrap();
    let scopes = vec![Scope::Read, Scope::Draft, Scope::Submit, Scope::Publish];
    let new = NewMachine { name: "Records system".into(), scopes, days: 1, addresses: String::new() };
    let (_, token) = staff.make_machine(&chief, &agency, &new).await.unwrap().unwrap();
    staff.store().pool().close().await;
    token
}

fn now() -> Millis {
    Millis::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// What was handed in for one moment.
struct Set {
    due: Millis,
    moment: Instant,
    ids: HashSet<String>,
}

fn word(count: usize, n: usize) -> String {
    format!("lantern{count}x{n}")
}

fn hand_in(portal: &Portal<'_>, token: &str, count: usize, ahead: Duration) -> Set {
    let due = now() + Millis::try_from(ahead.as_millis()).unwrap();
    let moment = Instant::now() + ahead;
    let id = |n: usize| format!("{:032x}", count * 1_000 + n);
    let item = |n: usize| {
        let fields = json!({ "genre": "notice", "language": "en", "title": format!("Notice of the {}", word(count, n)),
                             "issued": "2026-03-01", "body": "Each lantern is lit.\n" });
        json!({ "id": id(n), "fields": fields, "submit": true, "publish": true,
                "due": chain::time::format_time(due) })
        .to_string()
    };
    let body = (0..count).map(item).collect::<Vec<_>>().join("\n");
    let answer = portal.post_as("/api/v1/items", token, body.as_bytes()).expect("refused");
    for line in String::from_utf8(answer).unwrap().lines() {
        let said: Value = serde_json::from_str(line).unwrap();
        assert!(said["status"] == 200 && said["ready"] == true, "{said}");
    }
    assert!(Instant::now() + Duration::from_secs(1) < moment, "they took longer to hand in than there was time: {:?}", moment.elapsed());
    Set { due, moment, ids: (0..count).map(id).collect() }
}

fn is_found(portal: &Portal<'_>, count: usize, n: usize) -> bool {
    let page = portal.get(&format!("/en/search?q={}", word(count, n))).unwrap_or_default();
    String::from_utf8_lossy(&page).contains("/en/disclosures/")
}

/// How long after `since` each was logged, as its entry says. None may be there before it was due.
fn logged(portal: &Portal<'_>, set: &mut Set, since: Millis) -> Vec<Duration> {
    let entries = (0..).map_while(|index| portal.get(&format!("/log/entry/{index}")));
    let times: Vec<Millis> = entries.filter_map(|bytes| time_of(&bytes, &mut set.ids)).collect();
    assert!(set.ids.is_empty(), "not all are in the log");
    assert!(times.iter().all(|time| *time >= set.due), "published before its time");
    times.into_iter().map(|time| Duration::from_millis(u64::try_from(time - since).unwrap_or_default())).collect()
}

/// How long after the moment each was logged, and was found.
fn at_one_moment(portal: &Portal<'_>, token: &str, count: usize, ahead: Duration) -> [Vec<Duration>; 2] {
    let mut set = hand_in(portal, token, count, ahead);
    // What is looked for last is looked for first once it is there, so that looking costs little.
    let mut found = vec![None; count];
    while found.iter().any(Option::is_none) {
        assert!(set.moment.elapsed() < LONGEST, "not all were published");
        std::thread::sleep(Duration::from_millis(20).max(set.moment.saturating_duration_since(Instant::now())));
        for (n, found) in found.iter_mut().enumerate().filter(|(_, found)| found.is_none()) {
            if !is_found(portal, count, n) {
                break;
            }
            *found = Some(set.moment.elapsed());
        }
    }
    let due = set.due;
    [logged(portal, &mut set, due), found.into_iter().flatten().collect()]
}

/// The same of two that became due while nothing ran: from when the program answers again.
fn after_a_restart(portal: Portal<'_>, data: &Data, program: &Path, token: &str) -> Vec<Duration> {
    let mut set = hand_in(&portal, token, 2, Duration::from_secs(3));
    // Killed, not asked to stop.
    drop(portal);
    std::thread::sleep(set.moment.saturating_duration_since(Instant::now()) + Duration::from_secs(1));
    let portal = Portal::serve(program, data);
    let answers = now();
    while !(0..2).all(|n| is_found(&portal, 2, n)) {
        assert!(set.moment.elapsed() < LONGEST, "it was not published after a restart");
        std::thread::sleep(Duration::from_millis(20));
    }
    logged(&portal, &mut set, answers)
}

/// When an entry was logged, if it is one of those that are looked for.
fn time_of(entry: &[u8], ids: &mut HashSet<String>) -> Option<Millis> {
    let entry = Entry::parse(entry).unwrap();
    let core: Value = serde_json::from_str(entry.note.lines().nth(1)?).unwrap();
    ids.remove(core["id"].as_str()?).then_some(entry.header.time)
}
