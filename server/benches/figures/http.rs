//! Answers a second from the portal, beside nginx serving the same bytes as files; both on the same cores as who asks.

use crate::{
    portal::Portal,
    table::{Table, per_second},
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
        ("record page", format!("/en/disclosures/{}", newest / 2), "5,000/s; 20,000/s cached"),
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
        let ours = ask(&portal.address, path);
        let theirs = ask(&nginx.address, &format!("/{n}"));
        table.row(&format!("{name}, {size} bytes"), per_second(ours), format!("{} nginx", per_second(theirs)), Some(ours / theirs), goal);
    }
    table.row("memory of the server afterwards", format!("{} MB", portal.memory()), "–", None, "500 MB at 1,000,000 entries");
}

/// The newest entry's index, from the checkpoint.
pub fn newest(portal: &Portal<'_>) -> u64 {
    let checkpoint = String::from_utf8(portal.get("/log/checkpoint").unwrap()).unwrap();
    checkpoint.lines().nth(1).unwrap().parse::<u64>().unwrap() - 1
}

fn ask(address: &str, path: &str) -> f64 {
    let mut wrk = Command::new("wrk");
    let output = wrk.args(["-t2", "-c32", "-d", SECONDS, &format!("http://{address}{path}")]).output().expect("wrk is not installed");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !said.contains("Non-2xx") && !said.contains("Socket errors"), "{path}: {said}");
    said.lines().find_map(|line| line.strip_prefix("Requests/sec:")).unwrap().trim().parse().unwrap()
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
