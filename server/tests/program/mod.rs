//! The real program in a folder of its own: run, served, asked, stopped.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sqlx::{Connection, Row, SqliteConnection};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::{fs::PermissionsExt, process::ExitStatusExt},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::Duration,
};

pub const GAZETTE: &str = env!("CARGO_BIN_EXE_gazette");

/// The file that a locked program's commands are given, if it is there.
const PASSPHRASE: &str = "passphrase";

pub struct Program {
    pub dir: tempfile::TempDir,
}

impl Program {
    pub fn new() -> Program {
        Program { dir: tempfile::tempdir().unwrap() }
    }

    /// One whose keys are locked, as those of a chain must be that is no trial.
    pub fn locked() -> Program {
        let program = Program::new();
        let path = program.file(PASSPHRASE, "lanterns over a quiet river\n");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        program
    }

    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A command that finds its data and state here, and no settings of whoever runs the tests.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GAZETTE_")) {
            command.env_remove(name);
        }
        command.env_remove("DATABASE_URL").env("GAZETTE_DATA", self.path("data")).env("GAZETTE_STATE", self.path("state"));
        let passphrase = self.dir.path().join(PASSPHRASE);
        if passphrase.exists() {
            command.env("GAZETTE_PASSPHRASE_FILE", passphrase);
        }
        command.current_dir(self.dir.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(GAZETTE).args(arguments).output().unwrap()
    }

    /// What a script wrote down about one of its steps: `STEP.code`, `STEP.out`, `STEP.err`.
    pub fn outcome(&self, step: &str) -> Output {
        let read = |kind: &str| std::fs::read(self.dir.path().join(format!("{step}.{kind}"))).unwrap();
        let code: i32 = text(&read("code")).trim().parse().unwrap();
        Output { status: ExitStatus::from_raw(code << 8), stdout: read("out"), stderr: read("err") }
    }

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub fn serve_with(&self, more: &[&str]) -> Server {
        self.serve_under(&[], more)
    }

    /// The same with these in its environment.
    pub fn serve_under(&self, variables: &[(&str, &str)], more: &[&str]) -> Server {
        let mut command = self.command(GAZETTE);
        command.envs(variables.iter().copied());
        // Options win over what the environment says.
        command.env("GAZETTE_LISTEN", "127.0.0.1:0").args(["serve", "--no-sample"]).args(more);
        let mut child = command.stderr(std::fs::File::create(self.dir.path().join("serve.err")).unwrap()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("listening on http://").map(str::to_owned);
        let address = address.unwrap_or_else(|| panic!("{said}{}", std::fs::read_to_string(self.path("serve.err")).unwrap()));
        Server { child, address }
    }

    /// Entries in the data folder's chain.
    pub fn size(&self) -> u64 {
        let path = self.dir.path().join("data/gazette.sqlite");
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let Ok(mut raw) = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await else { return 0 };
            let row = sqlx::query("select size from head").fetch_optional(&mut raw).await.ok().flatten();
            row.map_or(0, |row| row.get::<i64, _>(0) as u64)
        })
    }
}

pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Opens a connection and sends this on it.
    pub fn say(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// The whole answer, with its status line.
    pub fn get(&self, path: &str) -> String {
        let mut stream = self.say(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address));
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        text(&answer)
    }

    /// Asks until the answer has these words.
    pub fn wait_for(&self, path: &str, words: &str) -> String {
        for _ in 0..600 {
            let answer = self.get(path);
            if answer.contains(words) {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{path} never said {words:?}");
    }

    /// Asks it to stop, which it must do by itself and with success.
    pub fn end(mut self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A shell script with the program as its `$1`.
pub fn sh(program: &Program, script: &str) -> Output {
    program.command("sh").args(["-c", script, "sh", GAZETTE]).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The number that stands right before these words.
pub fn number_before(said: &str, words: &str) -> u64 {
    let before = said.split(words).next().unwrap();
    let digits: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
    digits.chars().rev().collect::<String>().parse().unwrap_or_else(|_| panic!("no number before {words:?} in {said}"))
}

/// It ended with an error, told in one sentence that has these words. Returns the sentence.
pub fn refused(outcome: &Output, words: &[&str]) -> String {
    let said = text(&outcome.stderr);
    assert!(outcome.status.code().is_some_and(|code| code != 0), "{:?}: {said}", outcome.status);
    assert!(!said.contains("panicked at"), "{said}");
    let sentences: Vec<_> = said.lines().filter(|line| line.starts_with("gazette: ")).collect();
    let [sentence] = sentences.as_slice() else { panic!("not one sentence: {said}") };
    assert!(said.ends_with(&format!("{sentence}\n")), "{said}");
    for word in words {
        assert!(sentence.contains(word), "no {word:?} in {sentence}");
    }
    (*sentence).to_owned()
}
