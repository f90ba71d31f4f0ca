//! A throw-away PostgreSQL for the tests of one process: started when it is first asked for, gone when the process is.

use std::{
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

struct Cluster {
    programs: PathBuf,
    /// Holds the data, the socket and what the server said.
    folder: PathBuf,
    /// Its standard input is closed when this process ends, however it ends; then it stops the server.
    _shell: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Address of a new, empty database.
pub fn database() -> String {
    cluster().create(&[])
}

/// Address of a new database with everything that is in `url`, which nobody may have open.
pub fn copy_of(url: &str) -> String {
    let name = url.strip_prefix("postgres:///").and_then(|rest| rest.split_once('?')).unwrap().0;
    cluster().create(&["-T", name])
}

fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(start)
}

/// Debian keeps the server's programs out of PATH, one folder for each version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<_> = versions.map(|entry| entry.unwrap().path().join("bin")).collect();
    found.sort_by_key(|bin| bin.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok()));
    found.reverse();
    found.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let found = found.into_iter().find(|bin| ["initdb", "postgres", "createdb"].iter().all(|name| bin.join(name).is_file()));
    found.expect("PostgreSQL's server is not installed: run `.ci/setup test`, or install your system's postgresql package")
}

/// PostgreSQL refuses to run as root: the user its package made, else nobody.
fn unprivileged() -> Option<(u32, u32)> {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let user = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|field| field.parse().ok());
        Some((fields.next()??, fields.next()??))
    };
    Some(user("postgres").or_else(|| user("nobody")).expect("a user other than root to run PostgreSQL as"))
}

fn start() -> Cluster {
    let programs = programs();
    let folder = std::env::temp_dir().join(format!("gazette-postgres-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let user = unprivileged();
    let command = |program: &Path| {
        let mut command = Command::new(program);
        // Where that user may stand.
        command.current_dir(&folder);
        if let Some((user, group)) = user {
            command.uid(user).gid(group);
        }
        command
    };
    if let Some((user, group)) = user {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
    }
    let mut initdb = command(&programs.join("initdb"));
    initdb.args(["--username=gazette", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"]).arg(folder.join("data"));
    let made = initdb.stdin(Stdio::null()).output().unwrap();
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    // What is written need not survive this machine, only this process.
    let script = r#"
        "$1/postgres" -D data -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200 >server.log 2>&1 &
        read -r _
        kill -QUIT $!
        wait
        rm -rf "$2"
    "#;
    let mut shell = command(Path::new("/bin/sh"));
    shell.args(["-c", script, "sh"]).arg(&programs).arg(&folder).process_group(0);
    let shell = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    Cluster { programs, folder, _shell: shell }
}

impl Cluster {
    fn create(&self, more: &[&str]) -> String {
        let name = format!("gazette{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let begun = Instant::now();
        loop {
            let mut createdb = Command::new(self.programs.join("createdb"));
            createdb.args(["-U", "gazette", "--maintenance-db=template1", "-h"]).arg(&self.folder).args(more).arg(&name);
            let made = createdb.stdin(Stdio::null()).output().unwrap();
            if made.status.success() {
                return format!("postgres:///{name}?host={}&user=gazette", self.folder.display());
            }
            // Not up yet, or a connection to the template that is only just closing.
            if begun.elapsed() > Duration::from_secs(60) {
                let said = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
                panic!("createdb: {}\n{said}", String::from_utf8_lossy(&made.stderr));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
