//! The app's wasm and its JavaScript glue, made small.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use walrus::{Module, ModuleConfig};
use wasm_bindgen_cli_support::Bindgen;

use crate::{Error, at};

// Named one by one: with --all-features wasm-opt writes imports that browsers refuse to load.
const OPTIMISE: &[&str] = &[
    "-Oz",
    // Again and again until nothing gets smaller: a kilobyte less for every reader.
    "--converge",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
];

/// What `bind` leaves in its folder.
pub struct Bound {
    pub glue: PathBuf,
    pub wasm: PathBuf,
    /// Pieces of JavaScript that crates bring along, which the glue imports by this folder's name; often absent.
    pub snippets: PathBuf,
}

/// Writes `<name>.js` and `<name>_bg.wasm`, both shrunk, into `folder`.
pub fn bind(wasm: &Path, name: &str, tools: &Path, folder: &Path) -> Result<Bound, Error> {
    at(folder, fs::create_dir_all(folder))?;
    let refused = |error: &dyn std::fmt::Display| Error::Bindgen { path: wasm.into(), reason: format!("{error:#}") };
    let mut bindgen = Bindgen::new();
    bindgen
        .web(true)
        .map_err(|error| refused(&error))?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The boot script says where the wasm is; its name carries a hash the glue cannot know.
        .omit_default_module_path(true)
        .input_module(name, without_streams(wasm).map_err(|error| refused(&error))?)
        .out_name(name);
    bindgen.generate(folder).map_err(|error| refused(&error))?;

    let file = |ending: &str| folder.join(format!("{name}{ending}"));
    let bound = Bound { glue: file(".js"), wasm: file("_bg.wasm"), snippets: folder.join("snippets") };
    let small = folder.join("small.wasm");
    let mut optimise = Command::new(tools.join("wasm-opt"));
    optimise.args(OPTIMISE).arg(&bound.wasm).arg("-o").arg(&small);
    run(optimise)?;
    at(&small, fs::rename(&small, &bound.wasm))?;
    // Without its comments and long names the glue is a kilobyte less for every reader.
    let mut minify = Command::new(tools.join("esbuild"));
    minify.arg(&bound.glue).args(["--minify", "--format=esm", "--target=es2022", "--log-level=warning", "--allow-overwrite"]);
    minify.arg(format!("--outfile={}", bound.glue.display()));
    run(minify)?;
    Ok(bound)
}

/// The wasm without what the framework brings along for scripts that read streams: here is none, but what is exported counts as
/// used. Unnamed, it goes with all that only it calls: some kilobytes less for every reader.
fn without_streams(wasm: &Path) -> Result<Module, Box<dyn std::error::Error>> {
    let mut module = ModuleConfig::new().generate_name_section(false).generate_producers_section(false).parse_file(wasm)?;
    let streams = |name: &str| name.contains("intounderlying");
    let unused: Vec<_> = module.exports.iter().filter(|export| streams(&export.name)).map(|export| export.id()).collect();
    for export in unused {
        module.exports.delete(export);
    }
    Ok(module)
}

/// Writes `file.br` beside `file`, and answers its size in bytes.
pub fn compress(file: &Path) -> Result<u64, Error> {
    let mut brotli = Command::new("brotli");
    brotli.args(["--best", "--force", "--keep"]).arg(file);
    run(brotli)?;
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    let compressed = PathBuf::from(name);
    Ok(at(&compressed, fs::metadata(&compressed))?.len())
}

fn run(mut command: Command) -> Result<(), Error> {
    let program = PathBuf::from(command.get_program());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Program { program, status }),
        Err(source) => Err(Error::Start { program, source }),
    }
}
