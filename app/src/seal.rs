//! An agency's seal, drawn from its name: the same stamp wherever the agency appears.
//!
//! Square with up to sixteen characters for a Chinese name, read in columns from the right; an oval
//! with initials for any other. Round seals with a star are the state's own and are not imitated.

use std::fmt::Write;

/// The width and height of the drawing.
const SIDE: u32 = 48;
/// Words that give no initial.
const SMALL: [&str; 9] = ["of", "the", "and", "for", "in", "on", "to", "a", "an"];

/// What stands in a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    /// Columns from right to left, each read downwards.
    Square(Vec<Vec<char>>),
    Oval(String),
}

/// The face of the seal of a body with this name.
pub fn face(name: &str) -> Face {
    let han: Vec<char> = name.chars().filter(|c| is_han(*c)).collect();
    if han.is_empty() { Face::Oval(initials(name)) } else { Face::Square(columns(han)) }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn columns(mut han: Vec<char>) -> Vec<Vec<char>> {
    if han.len() > 16 {
        han.drain(..han.len() - 16);
    }
    // An uneven name is filled up the way seal cutters do it: 印, or 之印.
    match han.len() {
        3 | 5 | 8 | 11 => han.push('印'),
        7 | 10 => han.extend(['之', '印']),
        _ => {}
    }
    let across = match han.len() {
        1 => 1,
        2..=4 | 6 => 2,
        5..=12 => 3,
        _ => 4,
    };
    // Columns that differ, by one character at most: the first are the longer ones.
    let (each, longer) = (han.len() / across, han.len() % across);
    let mut rest = han.as_slice();
    let mut column = |at: usize| {
        let (column, behind) = rest.split_at(each + usize::from(at < longer));
        rest = behind;
        column.to_vec()
    };
    (0..across).map(&mut column).collect()
}

fn initials(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty() && !SMALL.contains(&word.to_lowercase().as_str()))
        .collect();
    match words.as_slice() {
        [one] if one.chars().count() <= 4 => one.to_uppercase(),
        _ => words.iter().filter_map(|word| word.chars().next()).take(4).flat_map(char::to_uppercase).collect(),
    }
}

/// The inside of the seal's `<svg viewBox="0 0 48 48">`.
pub fn drawing(name: &str) -> String {
    let mut svg = String::with_capacity(640);
    match face(name) {
        Face::Square(columns) => square(&mut svg, &columns),
        Face::Oval(letters) => oval(&mut svg, &letters),
    }
    svg.push_str(concat!(
        r#"<path class="crack" d="M31 -1 27 9 32 16 23 25 27 33 19 40 21 49"/>"#,
        r#"<path class="strike" d="M3 45 45 3"/>"#
    ));
    svg
}

fn square(svg: &mut String, columns: &[Vec<char>]) {
    svg.push_str(r#"<rect class="field" x="2" y="2" width="44" height="44" rx="3"/>"#);
    let across = columns.len() as f32;
    let inner = SIDE as f32 - 10.0;
    for (at, column) in columns.iter().enumerate() {
        let (width, height) = (inner / across, inner / column.len() as f32);
        let x = 5.0 + inner - width * (at as f32 + 0.5);
        for (row, c) in column.iter().enumerate() {
            let y = 5.0 + height * (row as f32 + 0.5);
            // A character fills its cell, as cut in stone, but is not pressed past reading.
            let (sx, sy) = ((width / 20.0).min(height / 13.0), (height / 20.0).min(width / 13.0));
            // Writing to a String cannot fail.
            let _ = write!(
                svg,
                r#"<text class="glyph" font-size="20" transform="translate({x:.1} {y:.1}) scale({sx:.2} {sy:.2})" dy=".36em">{c}</text>"#
            );
        }
    }
}

fn oval(svg: &mut String, letters: &str) {
    svg.push_str(concat!(
        r#"<ellipse class="field" cx="24" cy="24" rx="22" ry="17"/>"#,
        r#"<ellipse class="rim" cx="24" cy="24" rx="18.8" ry="13.8"/>"#
    ));
    let size = match letters.chars().count() {
        0 | 1 => 19,
        2 => 16,
        3 => 13,
        _ => 10,
    };
    let _ = write!(
        svg,
        r#"<text class="glyph latin" font-size="{size}" x="24" y="24" dy=".35em">{}</text>"#,
        crate::pages::text::escape(letters)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Vec<String> {
        match face(name) {
            Face::Square(columns) => columns.iter().map(|column| column.iter().collect()).collect(),
            Face::Oval(letters) => vec![letters],
        }
    }

    #[test]
    fn a_chinese_seal_is_read_in_columns_from_the_right() {
        assert_eq!(read("财政局"), ["财政", "局印"]);
        assert_eq!(read("府"), ["府"]);
        assert_eq!(read("云泽市财政局"), ["云泽市", "财政局"]);
        assert_eq!(read("云泽市人民政府"), ["云泽市", "人民政", "府之印"]);
        assert_eq!(read("云泽市教育局"), ["云泽市", "教育局"]);
        assert_eq!(read("云泽市住房和城乡建设局"), ["云泽市住", "房和城乡", "建设局印"]);
        assert_eq!(read("云泽市市场监督管理局"), ["云泽市市", "场监督管", "理局之印"]);
        assert_eq!(read("云泽市退役军人事务管理委员会"), ["云泽市退", "役军人事", "务管理", "委员会"]);
    }

    #[test]
    fn a_latin_seal_has_initials_and_no_small_words() {
        assert_eq!(read("Finance Bureau of Yunze"), ["FBY"]);
        assert_eq!(read("CISA"), ["CISA"]);
        assert_eq!(read("Executive Office of the President"), ["EOP"]);
        assert_eq!(read(""), [""]);
    }

    #[test]
    fn a_hostile_name_cannot_leave_its_seal() {
        assert!(!drawing("<script>alert(1)</script>").contains("<script"));
    }
}
