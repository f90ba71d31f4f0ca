//! What a page draws: its letters in the order they come, put together to words and lines by where they stand, and what may be a text
//! without being letters.

use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
    font::{Glyph, GlyphRun},
    hayro_cmap::BfString,
    kurbo::{BezPath, PathEl, Point, Rect, Vec2},
};
use std::collections::HashMap;

/// So much of a page pictures cover that may be a text; seals and letterheads are smaller.
const MUCH: f64 = 0.05;
/// So many letters in a row hide a number if nothing says which they are.
const HIDING: usize = 11;
/// So many filled shapes may be letters that were made outlines of, where there are more than so many to a letter that is one still.
const SHAPES: usize = 300;
const TO_A_LETTER: usize = 10;
/// So near, in parts of the font's size, the same letter is drawn once more to look bold, or to throw a shadow. No two letters of a word
/// stand so near.
const SAME: f64 = 0.15;

#[derive(Default)]
pub(super) struct Drawn {
    pub text: String,
    /// Where the next letter of the same word would stand.
    end: Option<Point>,
    /// Where each letter stands, by squares of that size.
    places: HashMap<(char, i64, i64), Point>,
    letters: usize,
    /// Letters in a row of which nothing says which they are, and whether they were ever many.
    unknown: usize,
    hides: bool,
    /// How large its pictures are together: scanners cut a page into strips.
    picture: f64,
    shapes: usize,
}

impl Drawn {
    /// Whether more may stand on a page of that size than was read.
    pub(super) fn hides_some(&self, page: f64) -> bool {
        let blank = self.text.trim().is_empty() && self.picture > 0.0;
        let outlined = self.shapes > SHAPES && self.shapes > self.letters * TO_A_LETTER;
        blank || outlined || self.hides || self.picture > MUCH * page
    }

    /// What comes now stands somewhere else.
    pub(super) fn part_off(&mut self) {
        self.text.push('\n');
        self.end = None;
    }

    /// Parts words and lines, before a letter at `at`. `em` runs along its line, as long as the font is large.
    fn part(&mut self, at: Point, em: Vec2) {
        let Some(end) = self.end else { return };
        let (step, square) = (at - end, em.dot(em));
        let (ahead, aside) = (step.dot(em) / square, step.cross(em).abs() / square);
        // Letters without height are on no line: what comes of them is NaN, and neither is so.
        if ahead > -1.0 && aside < 0.5 {
            if ahead > 0.25 {
                self.text.push(' ');
            }
        } else {
            self.text.push('\n');
        }
    }

    /// Whether the same letter was drawn at the same place already. `size`: of the font.
    fn again(&mut self, letter: char, at: Point, size: f64) -> bool {
        let near = SAME * size;
        let (column, row) = ((at.x / near).floor(), (at.y / near).floor());
        if !(near > 0.0 && column.abs() < 1e15 && row.abs() < 1e15) {
            return false;
        }
        let (column, row) = (column as i64, row as i64);
        let mut around = (column - 1..=column + 1).flat_map(|column| (row - 1..=row + 1).map(move |row| (letter, column, row)));
        let again = around.any(|square| self.places.get(&square).is_some_and(|other| other.distance(at) < near));
        if !again {
            self.places.insert((letter, column, row), at);
        }
        again
    }
}

impl Device<'_> for Drawn {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            let at = place * Point::ZERO;
            let em = place * Point::new(1000.0, 0.0) - at;
            let (letter, advance) = match &**glyph {
                Glyph::Outline(glyph) => (glyph.as_unicode(), glyph.advance_width()),
                Glyph::Type3(glyph) => (glyph.as_unicode(), glyph.advance_width()),
            };
            let first = match &letter {
                Some(BfString::Char(letter)) => Some(*letter),
                Some(BfString::String(letters)) => letters.chars().next(),
                None => None,
            };
            // Letters that are filled and have an outline come twice, run by run.
            if self.again(first.unwrap_or(char::REPLACEMENT_CHARACTER), at, em.hypot()) {
                continue;
            }
            self.part(at, em);
            self.end = Some(place * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0));
            match letter {
                Some(BfString::Char(letter)) => self.text.push(letter),
                Some(BfString::String(letters)) => self.text.push_str(&letters),
                None => {
                    self.unknown += 1;
                    self.hides |= self.unknown >= HIDING;
                    self.text.push(char::REPLACEMENT_CHARACTER);
                    continue;
                }
            }
            self.unknown = 0;
            self.letters += 1;
        }
    }

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        let pixels = f64::from(image.width()) * f64::from(image.height());
        self.picture += props.transform.determinant().abs() * pixels;
    }

    fn draw_path(&mut self, path: &BezPath, _: DrawProps<'_>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..)) {
            self.shapes += path.elements().iter().filter(|element| matches!(element, PathEl::MoveTo(_))).count();
        }
    }

    // No letter is one: it is a line of a table, or its ground.
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_at_the_place_of_the_same_letter_is_the_same_and_a_neighbour_is_not() {
        let mut drawn = Drawn::default();
        let mut again = |letter, x| drawn.again(letter, Point::new(x, 700.0), 12.0);
        assert!(!again('1', 72.0) && again('1', 72.0) && again('1', 73.0) && again('1', 71.0));
        assert!(!again('1', 75.0), "narrow as it is");
        assert!(!again('3', 72.0), "another letter");
        assert!(!drawn.again('1', Point::new(72.0, 700.0), 0.0) && !drawn.again('1', Point::new(f64::NAN, 700.0), 12.0));
    }

    #[test]
    fn many_shapes_hide_a_text_unless_there_is_as_much_of_one() {
        let hides = |shapes, letters| Drawn { shapes, letters, text: "a".to_owned(), ..Drawn::default() }.hides_some(1e6);
        assert!(hides(3_000, 20) && hides(301, 0));
        assert!(!hides(300, 0) && !hides(3_000, 1_000));
    }
}
