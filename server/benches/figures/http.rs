//! Answers a second from the portal, beside nginx serving the same bytes as files; both on the same cores as who asks.

use crate::{
    portal::Portal,
    table::{Table, per_second, processor, rate_and_cost},
};
use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

const SECONDS: &str = "5s";

pub fn measure(table: &mut Table, portal: &Portal<'_>, scratch: &Path) {
    let newest = newest(portal);
    let pages = [
        ("checkpoint", "/log/checkpoint".to_owned(), "0.7 × nginx"),
        ("full tile", "/log/tile/0/000".into(), "0.7 × nginx"),
        ("full entry bundle", "/log/tile/entries/000".into(), "0.7 × nginx"),
        ("record page, kept", format!("/en/disclosures/{}", newest / 2), "20,000/s"),
        ("timeline page", "/en/".into(), "–"),
        ("search page", "/en/search?q=pay".into(), "–"),
    ];
    let files = scratch.join("files");
    std::fs::create_dir_all(&files).unwrap();
    for (n, (name, path, _)) in pages.iter().enumerate() {
        let body = portal.get(path).unwrap_or_else(|| panic!("{name}: no {path}"));
        std::fs::write(files.join(n.to_string()), body).unwrap();
    }
    let nginx = Nginx::serve(scratch, &files);
    for (n, (name, path, goal)) in pages.iter().enumerate() {
        let size = std::fs::metadata(files.join(n.to_string())).unwrap().len();
        let (ours, each) = cost(portal, path, None);
        let theirs = ask(&nginx.address, &format!("/{n}"), None, SECONDS).0;
        let yardstick = format!("{} nginx", per_second(theirs));
        table.row(&format!("{name}, {size} bytes"), rate_and_cost(ours, each), yardstick, Some(ours / theirs), goal);
    }
    // Far more records than are kept: nearly every one is drawn.
    let script = scratch.join("any.lua");
    let any = format!("request = function() return wrk.format('GET', '/en/disclosures/' .. math.random(3, {newest})) end\n");
    std::fs::write(&script, any).unwrap();
    let (ours, each) = cost(portal, "/", Some(&script));
    table.row("record pages at random, drawn", rate_and_cost(ours, each), "–", None, "5,000/s");
    table.row("memory of the server afterwards", format!("{} MB", portal.memory()), "–", None, "500 MB at 1,000,000 entries");
}

/// Answers a second, and the portal's processor time for each.
fn cost(portal: &Portal<'_>, path: &str, script: Option<&Path>) -> (f64, Duration) {
    cost_for(portal, path, script, SECONDS)
}

pub fn cost_for(portal: &Portal<'_>, path: &str, script: Option<&Path>, seconds: &str) -> (f64, Duration) {
    let used = processor(portal.process());
    let (rate, count) = ask(&portal.address, path, script, seconds);
    (rate, (processor(portal.process()) - used) / count.max(1))
}

/// The newest entry's index, from the checkpoint.
pub fn newest(portal: &Portal<'_>) -> u64 {
    let checkpoint = String::from_utf8(portal.get("/log/checkpoint").unwrap()).unwrap();
    checkpoint.lines().nth(1).unwrap().parse::<u64>().unwrap() - 1
}

/// Answers a second, and how many there were. A script asks for many addresses, of which some lead elsewhere.
fn ask(address: &str, path: &str, script: Option<&Path>, seconds: &str) -> (f64, u32) {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t2", "-c32", "--timeout", "20s", "-d", seconds]);
    if let Some(script) = script {
        wrk.arg("-s").arg(script);
    }
    let output = wrk.arg(format!("http://{address}{path}")).output().expect("wrk is not installed");
    let said = String::from_utf8(output.stdout).unwrap();
    let faults = said.contains("Socket errors") || said.contains("Non-2xx") && script.is_none();
    assert!(output.status.success() && !faults, "{path}: {said}");
    let rate = said.lines().find_map(|line| line.strip_prefix("Requests/sec:")).unwrap();
    let count = said.lines().find_map(|line| line.trim().split_once(" requests in ")).unwrap().0;
    (rate.trim().parse().unwrap(), count.parse().unwrap())
}

struct Nginx {
    child: Child,
    address: String,
}

impl Nginx {
    fn serve(scratch: &Path, files: &Path) -> Nginx {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let folder = scratch.join("nginx");
        std::fs::create_dir_all(&folder).unwrap();
        // Workers of a root's nginx would run as another user, who cannot read a temporary folder.
        let root = std::fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
        let user = if root { "user root;\n" } else { "" };
        let (files, temp) = (files.display(), folder.display());
        let paths: String =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path {temp}/{name};\n")).concat();
        let settings = format!(
            "{user}worker_processes 2;\ndaemon off;\npid {temp}/pid;\nerror_log {temp}/error.log;\nevents {{ worker_connections 512; }}\n\
             http {{\n{paths}access_log off;\nsendfile on;\ntcp_nopush on;\ntcp_nodelay on;\nkeepalive_requests 100000000;\n\
             open_file_cache max=100;\ndefault_type application/octet-stream;\nserver {{ listen {address}; root {files}; }}\n}}\n"
        );
        let path = folder.join("nginx.conf");
        std::fs::write(&path, settings).unwrap();
        let program = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let mut command = Command::new(program);
        command.arg("-p").arg(&folder).arg("-c").arg(&path).arg("-e").arg(folder.join("error.log"));
        let child = command.stderr(Stdio::null()).spawn().expect("nginx is not installed");
        let nginx = Nginx { child, address };
        for _ in 0..100 {
            if std::net::TcpStream::connect(&nginx.address).is_ok() {
                return nginx;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("nginx did not start: {}", std::fs::read_to_string(folder.join("error.log")).unwrap_or_default());
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers go with a master that was asked, not with one that was killed.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}
