//! The built program serving a data folder, and the simplest client for it.

use crate::import::Data;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

pub struct Portal<'d> {
    child: Child,
    /// `127.0.0.1:40001`.
    pub address: String,
    pub data: &'d Data,
}

impl Portal<'_> {
    pub fn serve<'d>(program: &Path, data: &'d Data) -> Portal<'d> {
        let mut command = data.command(program, "serve");
        let mut child =
            command.args(["--listen", "127.0.0.1:0", "--no-sample"]).env("RUST_LOG", "warn").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address =
            lines.find_map(|line| Some(line.unwrap().strip_prefix("listening on http://")?.to_owned())).expect("the portal did not start");
        // Its pipe must not fill up.
        std::thread::spawn(move || lines.for_each(drop));
        Portal { child, address, data }
    }

    /// The body of an answer 200; `None` for any other.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), &[])
    }

    pub fn post(&self, path: &str, body: &[u8]) -> Option<Vec<u8>> {
        self.ask(&format!("POST {path} HTTP/1.1\r\nContent-Length: {}\r\n", body.len()), body)
    }

    /// The same by a program with this token.
    pub fn post_as(&self, path: &str, token: &str, body: &[u8]) -> Option<Vec<u8>> {
        let head = format!("POST {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n", body.len());
        self.ask(&head, body)
    }

    fn ask(&self, head: &str, body: &[u8]) -> Option<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{head}Host: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let said = String::from_utf8_lossy(&answer[..head]).to_lowercase();
        let body = &answer[head + 4..];
        let body = if said.contains("transfer-encoding: chunked") { unchunked(body) } else { body.to_vec() };
        said.starts_with("http/1.1 200").then_some(body)
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in MB.
    pub fn memory(&self) -> u64 {
        self.memory_of("VmRSS")
    }

    /// What the system says of the process's memory under this name, in MB.
    pub fn memory_of(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(PathBuf::from(format!("/proc/{}/status", self.child.id()))).unwrap();
        let of = |line: &str| line.strip_prefix(name)?.strip_prefix(':')?.trim().strip_suffix(" kB")?.parse::<u64>().ok();
        status.lines().find_map(of).unwrap_or(0) / 1_000
    }
}

impl Drop for Portal<'_> {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(String::from_utf8_lossy(&body[..end]).trim(), 16).unwrap();
        if length == 0 {
            break;
        }
        whole.extend(&body[end + 2..end + 2 + length]);
        body = &body[end + 2 + length + 2..];
    }
    whole
}
