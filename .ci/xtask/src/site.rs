//! The folder a browser is served from: hashed scripts, wasm and style, plain public files, and the manifest of their names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{Error, at, css, wasm};

/// Wasm and glue of the public pages, compressed, in bytes.
const BUDGET: u64 = 150_000;

pub struct Plan {
    /// The repository.
    pub root: PathBuf,
    /// What cargo built from `app` for readers.
    pub wasm: PathBuf,
    /// What it built for the desk, where things are signed.
    pub desk: PathBuf,
    /// Where wasm-opt and esbuild are.
    pub tools: PathBuf,
    /// Replaced as a whole.
    pub out: PathBuf,
}

/// Fills `plan.out`; does nothing when it already holds what the same inputs gave.
pub fn build(plan: &Plan) -> Result<(), Error> {
    let style = css::bundle(&plan.root.join("style/main.css"))?;
    // Readers of the public pages do not carry what only the desk needs.
    let desk = css::bundle(&plan.root.join("style/desk.css"))?;
    let public = plan.root.join("public");
    let public_files = files_under(&public)?;
    let inputs = inputs(plan, &[&style, &desk], &public, &public_files)?;
    let stamp = beside(&plan.out, ".stamp");
    let manifest_file = plan.out.join("manifest.json");
    if manifest_file.exists() && fs::read_to_string(&stamp).is_ok_and(|old| old == inputs) {
        println!("    {} is up to date", plan.out.display());
        return Ok(());
    }

    let fresh = beside(&plan.out, ".new");
    let work = beside(&plan.out, ".work");
    for folder in [&fresh, &work] {
        if folder.exists() {
            at(folder, fs::remove_dir_all(folder))?;
        }
    }
    let pkg = fresh.join("pkg");
    at(&pkg, fs::create_dir_all(&pkg))?;

    let mut names = BTreeMap::new();
    let mut sent = 0;
    // Only what readers load has a budget.
    for (module, name, readers) in [(&plan.wasm, "gazette", true), (&plan.desk, "signing", false)] {
        let work = work.join(name);
        let bound = wasm::bind(module, name, &plan.tools, &work)?;
        for file in [&bound.glue, &bound.wasm] {
            let bytes = at(file, fs::read(file))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let size = place(&pkg, &name, &bytes, &mut names)?;
            sent += if readers { size } else { 0 };
        }
        for file in files_under(&bound.snippets)? {
            copy(&bound.snippets.join(&file), &pkg.join("snippets").join(&file))?;
        }
    }
    place(&pkg, "main.css", style.as_bytes(), &mut names)?;
    place(&pkg, "desk.css", desk.as_bytes(), &mut names)?;
    for file in &public_files {
        let from = public.join(file);
        // Scripts are named in pages only, so their names may change; icons and robots.txt have names others know.
        if file.parent() == Some(Path::new("")) && file.extension().is_some_and(|it| it == "js") {
            let bytes = at(&from, fs::read(&from))?;
            place(&pkg, &file.to_string_lossy(), &bytes, &mut names)?;
        } else {
            copy(&from, &fresh.join(file))?;
        }
    }
    let manifest = serde_json::json!(names).to_string();
    let named = fresh.join("manifest.json");
    at(&named, fs::write(&named, manifest))?;

    println!("    wasm and glue, compressed: {sent} of {BUDGET} bytes");
    if sent > BUDGET {
        let over = Error::Budget { size: sent, budget: BUDGET };
        // Another compiler may make it a little larger; nobody's first start shall end for that.
        if std::env::var("CI").is_ok_and(|ci| ci == "true") {
            return Err(over);
        }
        println!("    {over}");
    }
    at(&work, fs::remove_dir_all(&work))?;
    if plan.out.exists() {
        at(&plan.out, fs::remove_dir_all(&plan.out))?;
    }
    at(&plan.out, fs::rename(&fresh, &plan.out))?;
    at(&stamp, fs::write(&stamp, inputs))
}

/// Writes `bytes` under a name that changes with them, so that it may be cached for ever, and a compressed copy beside
/// it; answers the compressed size.
fn place(pkg: &Path, name: &str, bytes: &[u8], names: &mut BTreeMap<String, String>) -> Result<u64, Error> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let hashed = format!("{stem}.{}.{extension}", &hex(&Sha256::digest(bytes))[..10]);
    let file = pkg.join(&hashed);
    at(&file, fs::write(&file, bytes))?;
    names.insert(name.to_owned(), format!("pkg/{hashed}"));
    let compressed = wasm::compress(&file)?;
    println!("    {name}: {} bytes, {compressed} compressed", bytes.len());
    Ok(compressed)
}

/// One line that changes when anything the site is made from does, this program included.
fn inputs(plan: &Plan, styles: &[&str], public: &Path, files: &[PathBuf]) -> Result<String, Error> {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    let program = at("xtask", std::env::current_exe())?;
    for file in [&program, &plan.wasm, &plan.desk] {
        add(&at(file, fs::read(file))?);
    }
    for style in styles {
        add(style.as_bytes());
    }
    for file in files {
        add(file.to_string_lossy().as_bytes());
        add(&at(file, fs::read(public.join(file)))?);
    }
    Ok(hex(&digest.finalize()))
}

/// Every file below `folder`, as a path relative to it, in a fixed order; none when there is no such folder.
fn files_under(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        if !here.exists() {
            continue;
        }
        for entry in at(&here, fs::read_dir(&here))? {
            let entry = at(&here, entry)?;
            let path = below.join(entry.file_name());
            if at(&path, entry.file_type())?.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        at(folder, fs::create_dir_all(folder))?;
    }
    at(from, fs::copy(from, to)).map(drop)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_changed_byte_changes_the_name_of_the_file() {
        let pkg = std::env::temp_dir().join(format!("xtask-place-{}", std::process::id()));
        fs::create_dir_all(&pkg).unwrap();
        let mut names = BTreeMap::new();
        place(&pkg, "boot.js", b"one", &mut names).unwrap();
        let before = names["boot.js"].clone();
        place(&pkg, "boot.js", b"two", &mut names).unwrap();
        let after = names["boot.js"].clone();
        let kept = fs::read(pkg.join(after.strip_prefix("pkg/").unwrap())).unwrap();
        fs::remove_dir_all(&pkg).unwrap();
        assert_ne!(before, after);
        assert!(after.starts_with("pkg/boot.") && after.ends_with(".js"));
        assert_eq!(kept, b"two");
    }
}
