//! A desk in a trial chain: an agency with a rule, its posts with their keys, its people, and a clock that the tests turn.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::trial::{self, Engine, Trial};
use axum::http::{header, request::Builder};
use chain::{
    approval::{Decision, GenreRule, Rule, StepRule, core_commitment},
    note::{self, KeyType, Signer},
    part::{Commitment, format_salt},
    statement::{self, Agency, Key, Post, Step},
};
use server::{
    compose::random_id,
    drafts::{
        Case, Draft, Drafts, DraftsError, Frozen, Given, Kind, Opened, Outcome, Reason, Saved, Standing, Taken, Translation, Written,
    },
    keys,
    node::Node,
    staff::{Account, From, NewAccount, Role, Staff, Strength, Token},
};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

pub struct House {
    pub trial: Trial,
    pub node: Node,
    pub staff: Staff,
    pub drafts: Drafts,
    /// An agency with a rule, one without, and another one.
    pub agency: String,
    pub free: String,
    pub other: String,
    clock: Arc<AtomicI64>,
    people: Mutex<HashMap<String, Account>>,
}

const POSTS: [&str; 6] = ["clerk", "lawyer-a", "lawyer-b", "controller", "director", "minister"];
const BEGUN: i64 = 1_790_000_000_000;

fn key(post: &str, secret: u8) -> Signer {
    let secret = chain::Hash::of(&[post.as_bytes(), &[secret]]).0;
    Signer::new(post, KeyType::Ed25519, &secret).unwrap()
}

/// Somebody else's key under a post's name.
pub fn impostor(post: &str) -> Signer {
    key(post, 1)
}

/// The key of a post.
pub fn key_of(post: &str) -> Signer {
    key(post, 0)
}

/// The key of a post whose first was lost.
pub fn new_key(post: &str) -> Signer {
    key(post, 2)
}

pub fn written(title: &str) -> Written {
    Written {
        genre: "notice".into(),
        language: "en".into(),
        title: title.into(),
        issued: "2026-03-01".into(),
        body: "# All of them\r\n\r\nEach lantern is lit.".into(),
        translations: vec![Translation { language: "zh".into(), title: "灯笼".into(), body: "全部点亮。".into() }],
        ..Written::default()
    }
}

fn rule(agency: &str) -> Rule {
    let post = |name: &&str| format!("{agency}/{name}");
    let step = |code: &str, posts: &[&str], count, after: &[&str]| StepRule {
        code: code.into(),
        posts: posts.iter().map(post).collect(),
        count,
        after: after.iter().map(|code| (*code).to_owned()).collect(),
    };
    let alone = |genre: &str| GenreRule { genre: genre.into(), steps: vec![step("sign", &["director"], 1, &[])] };
    let every = GenreRule {
        genre: "*".into(),
        steps: vec![
            step("draft", &["clerk"], 1, &[]),
            step("legal", &["lawyer-a", "lawyer-b"], 2, &["draft"]),
            step("budget", &["controller", "clerk"], 1, &["draft"]),
            step("sign", &["director"], 1, &["legal", "budget"]),
        ],
    };
    Rule { genres: vec![every, alone("status"), alone("redaction")], overriders: vec![post(&"minister")], deferred: false }
}

/// A request as a browser sends it for somebody, from the desk's own pages.
pub fn by(who: &Token, request: Builder) -> Builder {
    request.header(header::COOKIE, format!("__Host-gazette={}", who.reveal()))
}

pub fn own(request: Builder) -> Builder {
    request.header(header::ORIGIN, "http://127.0.0.1:3000").header("sec-fetch-site", "same-origin")
}

/// What a form of theirs sends.
pub fn form_of(who: &Token, fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
    };
    let token = who.form();
    let fields = fields.iter().copied().chain([("token", token.as_str())]);
    fields.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

impl House {
    pub async fn on(engine: Engine) -> House {
        let trial = Trial::on(engine);
        let mut node = trial.open().await;
        let agency = trial::agency(&mut node, "finance").await;
        let free = trial::agency(&mut node, "weather").await;
        let other = trial::agency(&mut node, "health").await;
        let clock = Arc::new(AtomicI64::new(BEGUN));
        let (staff, drafts) = open(&trial, &node, &clock).await;
        let house = House { trial, node, staff, drafts, agency, free, other, clock, people: Mutex::default() };
        let mut finance = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
        finance.rule = Some(rule(&house.agency));
        house.register("agency", &finance).await;
        for name in POSTS {
            house.register_post(&house.post(name), &house.agency).await;
        }
        house.register_post(&house.post("nurse"), &house.other).await;
        for name in POSTS {
            // Whose step comes last, and who may skip one, signs off.
            let role = if ["director", "minister"].contains(&name) { Role::Approver } else { Role::Reviewer };
            house.hire(name, &[role], &house.agency).await;
            house.hold(name, &[name]).await;
        }
        house.hire("author", &[Role::Drafter], &house.agency).await;
        house.hire("colleague", &[Role::Drafter, Role::Reviewer], &house.agency).await;
        house.hire("stranger", &[Role::Drafter, Role::Reviewer, Role::Publisher], &house.other).await;
        house.hold("stranger", &["nurse"]).await;
        house
    }

    /// The same place, closed and opened again.
    pub async fn reopened(self) -> House {
        let House { trial, node, staff, drafts, agency, free, other, clock, people } = self;
        drop(drafts);
        staff.store().close().await;
        drop(staff);
        trial::close(node).await;
        let node = trial.open().await;
        let (staff, drafts) = open(&trial, &node, &clock).await;
        House { trial, node, staff, drafts, agency, free, other, clock, people }
    }

    pub fn post(&self, name: &str) -> String {
        let agency = if name == "nurse" { &self.other } else { &self.agency };
        format!("{agency}/{name}")
    }

    pub fn turn(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    pub async fn register<T: serde::Serialize>(&self, kind: &str, core: &T) {
        let registrar = keys::open(&self.trial.place.data.join("keys/registrar.key")).unwrap();
        let line = statement::core_line(kind, &random_id().unwrap(), core).unwrap();
        let note = note::sign(&statement::text(&self.node.origin, &line, None), &[&registrar]);
        self.node.submitter.submit(note, vec![]).await.unwrap();
    }

    async fn register_post(&self, post: &str, agency: &str) {
        let keys = vec![Key { key: key(post, 0).vkey().clone(), custody: None, ended: None }];
        let name = [("en".to_owned(), post.to_owned())].into();
        self.register("post", &Post { post: post.into(), agency: agency.into(), name, keys, replaces: None }).await;
    }

    /// The same rule in a new entry: what was approved under the old one does not count.
    pub async fn change_rule(&self) {
        let mut finance: Agency = self.node.submitter.state().agency(&self.agency).unwrap().1.clone();
        finance.name.insert("zh".into(), "财政局".into());
        self.register("agency", &finance).await;
    }

    /// From now on, steps are logged with the publication they lead to, or when they are taken.
    pub async fn defer(&self, deferred: bool) {
        let mut finance: Agency = self.node.submitter.state().agency(&self.agency).unwrap().1.clone();
        finance.rule.as_mut().unwrap().deferred = deferred;
        self.register("agency", &finance).await;
    }

    /// From now on the agency seals with a key of its own, which no server has, and with no other.
    pub async fn seal_anew(&self, agency: &str, secret: u8) -> Signer {
        let seal = key(agency, secret);
        let mut core: Agency = self.node.submitter.state().agency(agency).unwrap().1.clone();
        let at = self.node.heads.borrow().size;
        for before in core.seals.iter_mut().filter(|before| before.ended.is_none()) {
            before.ended = Some(statement::Ended { how: statement::Ending::Retired, at });
        }
        core.seals.push(Key { key: seal.vkey().clone(), custody: Some("agency".into()), ended: None });
        self.register("agency", &core).await;
        seal
    }

    /// A post's key signs nothing from now on.
    pub async fn lose_key(&self, post: &str) {
        let at = self.node.submitter.state().size() + 1;
        self.end_key(post, statement::Ended { how: statement::Ending::Lost, at }).await;
    }

    /// It turns out that a post's key was stolen long ago.
    pub async fn steal_key(&self, post: &str) {
        self.end_key(post, statement::Ended { how: statement::Ending::Compromised, at: 1 }).await;
    }

    async fn end_key(&self, post: &str, ended: statement::Ended) {
        let id = self.post(post);
        let mut core: Post = self.node.submitter.state().posts().find(|(_, post)| post.post == id).unwrap().1.clone();
        core.keys[0].ended = Some(ended);
        core.keys.push(Key { key: key(&id, 2).vkey().clone(), custody: None, ended: None });
        self.register("post", &core).await;
    }

    pub async fn hire(&self, name: &str, roles: &[Role], agency: &str) {
        let roles: Vec<_> = roles.iter().map(|role| (*role, agency)).collect();
        self.hire_for(name, &roles).await;
    }

    pub async fn hire_for(&self, name: &str, roles: &[(Role, &str)]) {
        let roles = roles.iter().map(|(role, agency)| (*role, (*agency).to_owned())).collect();
        let account = Account {
            id: random_id().unwrap(),
            login: name.into(),
            name: name.into(),
            created: BEGUN,
            ended: None,
            second_factor: true,
            roles,
        };
        self.people.lock().unwrap().insert(name.to_owned(), account);
    }

    /// Somebody of the house with an account of their own, signed in.
    pub async fn enter(&self, name: &str) -> Token {
        let known = self.who(name);
        let new = NewAccount { login: name.into(), name: format!("Officer {name}"), password: "seven lanterns over the river".into() };
        let account = self.staff.make_account(&new, &known.roles, "").await.unwrap().unwrap();
        let token = self.staff.begin_session(&account.id, Strength::SecondFactor, &From::default()).await.unwrap();
        self.is_now(name, account).await;
        token
    }

    pub fn who(&self, name: &str) -> Account {
        self.people.lock().unwrap()[name].clone()
    }

    /// Somebody's account from now on; their posts go with them.
    pub async fn is_now(&self, name: &str, account: Account) {
        let sql = "update post_holders set account = $1 where account = $2";
        sqlx::query(sql).bind(&account.id).bind(self.who(name).id).execute(self.staff.store().pool()).await.unwrap();
        self.people.lock().unwrap().insert(name.to_owned(), account);
    }

    /// Puts posts into somebody's hands.
    pub async fn hold(&self, who: &str, posts: &[&str]) {
        for post in posts {
            let sql = "insert into post_holders (post, account, given, given_by) values ($1, $2, 1, '')";
            sqlx::query(sql).bind(self.post(post)).bind(self.who(who).id).execute(self.staff.store().pool()).await.unwrap();
        }
    }

    pub async fn sql(&self, sql: &'static str) {
        sqlx::query(sql).execute(self.staff.store().pool()).await.unwrap();
    }

    /// Written by the author, with a file, and submitted; to come out so many milliseconds from now.
    pub async fn submit(&self, kind: Kind, written: &Written, later: i64) -> Frozen {
        let author = self.who("author");
        let draft = self.drafts.begin(&author, &self.agency, kind, written).await.unwrap();
        if kind == Kind::Disclosure {
            self.drafts.attach(&author, &draft.id, "figures.csv", b"year,lanterns\n2026,12\n".to_vec()).await.unwrap();
        }
        let due = if later > 0 { self.staff.now() + later } else { 0 };
        self.drafts.freeze(&author, &draft.id, draft.revision, due).await.unwrap()
    }

    pub async fn submitted(&self, title: &str, later: i64) -> Frozen {
        self.submit(Kind::Disclosure, &written(title), later).await
    }

    /// A new version of what is published, begun by the author, who has said why.
    pub async fn version_of(&self, index: u64) -> Draft {
        let author = self.who("author");
        let draft = self.drafts.begin_about(&author, &self.agency, Kind::Disclosure, index).await.unwrap();
        let written = Written { ground: "facts-changed".into(), ..draft.written.clone() };
        assert_eq!(self.drafts.save(&author, &draft.id, draft.revision, &written).await.unwrap(), Saved::Revision(2));
        self.drafts.draft(&author, &draft.id).await.unwrap()
    }

    pub async fn case(&self, frozen: &Frozen) -> Case {
        self.drafts.case(&self.who("colleague"), &frozen.case).await.unwrap()
    }

    /// What the browser of somebody with this post would hand in.
    pub fn sign(&self, case: &Case, post: &str, code: &str, decision: &str, reason: Option<&str>) -> Given {
        self.sign_with(case, &key(&self.post(post), 0), (code, decision, reason))
    }

    pub fn sign_with(&self, case: &Case, key: &Signer, (code, decision, reason): (&str, &str, Option<&str>)) -> Given {
        let salt = || keys::random::<16>().unwrap();
        let reason = reason.map(|text| (salt(), text));
        let rule = match &case.standing {
            Standing::Under { rule, .. } => *rule,
            other => panic!("{other:?}"),
        };
        let of_core = salt();
        let decision = Decision {
            code: code.into(),
            decision: decision.into(),
            rule,
            core: core_commitment(&of_core, &case.frozen.core_line),
            salt: format_salt(&of_core),
            reason: reason.map(|(salt, text)| Commitment::to(&salt, text.as_bytes())),
        };
        let (salt, text) = (salt(), serde_json::to_string(&decision).unwrap());
        let newest = case.steps.last();
        let after = newest.and_then(|step| step.link().unwrap());
        let previous = newest.and_then(|step| Some(statement::Reference { index: step.index?, leaf: step.leaf? }));
        let commitment = Commitment::to(&salt, text.as_bytes());
        let step = Step { agency: case.frozen.agency.clone(), case: case.id.clone(), previous, after, commitment };
        let line = statement::core_line("step", &random_id().unwrap(), &step).unwrap();
        Given {
            note: note::sign(&statement::text(&self.node.origin, &line, None), &[key]),
            opening: Opened { salt: format_salt(&salt), text },
            reason: reason.map(|(salt, text)| Reason { salt: format_salt(&salt), text: text.to_owned(), public: false }),
        }
    }

    pub async fn decide(
        &self,
        frozen: &Frozen,
        who: &str,
        post: &str,
        code: &str,
        decision: &str,
        reason: Option<&str>,
    ) -> Result<Taken, DraftsError> {
        let mut case = self.case(frozen).await;
        // One on its way to the log is none to stand on.
        case.steps.retain(|step| step.stands());
        let given = self.sign(&case, post, code, decision, reason);
        self.drafts.take(&self.who(who), &case.id, &given).await
    }

    pub async fn approve_by(&self, frozen: &Frozen, who: &str, post: &str, code: &str) -> Result<Taken, DraftsError> {
        self.decide(frozen, who, post, code, "approve", None).await
    }

    pub async fn approve(&self, frozen: &Frozen, post: &str, code: &str) -> Result<Taken, DraftsError> {
        self.approve_by(frozen, post, post, code).await
    }

    pub async fn approve_all(&self, frozen: &Frozen) {
        let all = [("clerk", "draft"), ("lawyer-b", "legal"), ("controller", "budget"), ("lawyer-a", "legal"), ("director", "sign")];
        for (post, code) in all {
            self.approve(frozen, post, code).await.unwrap();
        }
    }

    /// Has what is due published: this, and nothing else.
    pub async fn published(&self, frozen: &Frozen) -> u64 {
        let outcomes = self.drafts.publish_due().await.unwrap();
        match &outcomes[..] {
            [(id, Outcome::Published(index))] if *id == frozen.id => *index,
            other => panic!("{other:?}"),
        }
    }

    /// The files that lie with the drafts.
    fn files(&self) -> Vec<PathBuf> {
        let folders = std::fs::read_dir(self.trial.place.data.join("drafts")).unwrap();
        let within = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        folders.flat_map(|folder| within(folder.unwrap().path())).collect()
    }

    pub fn waiting_files(&self) -> usize {
        self.files().len()
    }

    pub fn overwrite_waiting_files(&self, text: &str) {
        for file in self.files() {
            std::fs::write(file, text).unwrap();
        }
    }
}

async fn open(trial: &Trial, node: &Node, clock: &Arc<AtomicI64>) -> (Staff, Drafts) {
    let clock = clock.clone();
    let staff = Staff::open_with(&trial.place, move || clock.load(Ordering::SeqCst)).await.unwrap();
    let drafts = Drafts::open(staff.clone(), node.clone()).unwrap().with_reader(env!("CARGO_BIN_EXE_gazette"));
    (staff, drafts)
}
