//! The `gazette` program.
fn main() {}
