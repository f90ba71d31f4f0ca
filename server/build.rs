//! The browser part is embedded: a new one means a new program.
fn main() {
    println!("cargo:rerun-if-changed=../dist/site");
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=sample");
}
