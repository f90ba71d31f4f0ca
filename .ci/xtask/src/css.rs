//! One style sheet from `style/main.css` and the files it imports, in the order it states them.

use std::fs;
use std::path::Path;

use crate::{Error, at};

/// The text of `file` with each line `@import "name.css";` replaced by that file, so that readers make one request.
pub fn bundle(file: &Path) -> Result<String, Error> {
    let text = at(file, fs::read_to_string(file))?;
    // A browser would read everything behind an open block as part of it, and say nothing.
    if text.matches('{').count() != text.matches('}').count() {
        return Err(Error::Unclosed { file: file.into() });
    }
    let mut bundled = String::with_capacity(text.len());
    for line in text.lines() {
        match imported(line) {
            Some(import) => {
                let beside = file.parent().filter(|_| is_plain_name(import));
                let Some(folder) = beside else {
                    return Err(Error::Import { file: file.into(), import: import.into() });
                };
                bundled.push_str(&bundle(&folder.join(import))?);
            }
            None => {
                bundled.push_str(line);
                bundled.push('\n');
            }
        }
    }
    Ok(bundled)
}

fn imported(line: &str) -> Option<&str> {
    line.trim().strip_prefix("@import \"")?.strip_suffix("\";").map(|name| name.strip_prefix("./").unwrap_or(name))
}

// `main.css` would import itself for ever.
fn is_plain_name(name: &str) -> bool {
    name.ends_with(".css") && !name.contains(['/', '\\']) && name != "main.css"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn imported_files_stand_where_the_main_file_names_them() {
        let folder = std::env::temp_dir().join(format!("xtask-css-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("main.css"), "@import \"ink.css\";\n@import \"./cord.css\";\nbody { margin: 0 }\n").unwrap();
        fs::write(folder.join("ink.css"), ":root { --ink: #111 }").unwrap();
        fs::write(folder.join("cord.css"), ".cord { width: 2px }\n").unwrap();
        let bundled = bundle(&folder.join("main.css")).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(bundled, ":root { --ink: #111 }\n.cord { width: 2px }\nbody { margin: 0 }\n");
    }

    #[test]
    fn a_block_that_is_never_closed_is_refused() {
        let folder = std::env::temp_dir().join(format!("xtask-css-open-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("main.css");
        fs::write(&file, "@media print {\n  .cord { width: 2px }\n\n.knot { width: 1px }\n").unwrap();
        let refused = bundle(&file);
        fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(refused, Err(Error::Unclosed { .. })));
    }

    #[test]
    fn a_style_sheet_from_another_site_is_refused() {
        let folder = std::env::temp_dir().join(format!("xtask-css-far-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("main.css");
        fs::write(&file, "@import \"https://example.org/far.css\";\n").unwrap();
        let refused = bundle(&file);
        fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(refused, Err(Error::Import { .. })));
    }
}
