//! PDFs: a page's letters in the order they are drawn, put together to words and lines by where they stand.

use super::{Gap, Spot, Text};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings,
    InterpreterWarning, SoftMask,
    font::{Glyph, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{LoadPdfError, Pdf},
    interpret_page,
    kurbo::{Affine, BezPath, Point, Rect, Vec2},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// So much of a page pictures cover that may be a text; seals and letterheads are smaller.
const MUCH: f64 = 0.05;
/// So many letters in a row hide a number if nothing says which they are.
const HIDING: usize = 11;

pub(super) fn read(bytes: Vec<u8>, text: &mut Text) -> Result<(), Gap> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Gap::Locked,
        LoadPdfError::Invalid => Gap::Damaged,
    })?;
    let unknown_font = Arc::new(AtomicBool::new(false));
    let settings = {
        let unknown_font = unknown_font.clone();
        let warned = move |warning: InterpreterWarning| {
            if matches!(warning, InterpreterWarning::UnsupportedFont) {
                unknown_font.store(true, Ordering::Relaxed);
            }
        };
        InterpreterSettings { warning_sink: Arc::new(warned), ..InterpreterSettings::default() }
    };
    let cache = InterpreterCache::new();
    let mut unread = Vec::new();
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        if number > text.bounds.pages {
            text.gap(Gap::Rest);
            break;
        }
        unknown_font.store(false, Ordering::Relaxed);
        let (width, height) = page.base_dimensions();
        let mut drawn = Drawn::default();
        // Neither the place of a page nor its size matters to where letters stand beside each other.
        let mut context = Context::new(Affine::IDENTITY, Rect::new(0.0, 0.0, 1.0, 1.0), &cache, pdf.xref(), settings.clone());
        interpret_page(page, &mut context, &mut drawn);
        let covered = drawn.picture > MUCH * f64::from(width) * f64::from(height);
        let blank = drawn.text.trim().is_empty() && drawn.picture > 0.0;
        if covered || blank || drawn.hides || unknown_font.load(Ordering::Relaxed) {
            unread.push(number);
        }
        if !text.take(Spot::Page(number), &closed_up(&drawn.text)) {
            break;
        }
    }
    if !unread.is_empty() {
        text.gap(Gap::Pages(unread));
    }
    Ok(())
}

/// What a page draws.
#[derive(Default)]
struct Drawn {
    text: String,
    /// Where the next letter of the same word would stand.
    end: Option<Point>,
    /// Letters in a row of which nothing says which they are, and whether they were ever many.
    unknown: usize,
    hides: bool,
    /// How large its pictures are together: scanners cut a page into strips.
    picture: f64,
}

impl Drawn {
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
}

impl Device<'_> for Drawn {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            let at = place * Point::ZERO;
            self.part(at, place * Point::new(1000.0, 0.0) - at);
            let (letter, advance) = match &**glyph {
                Glyph::Outline(glyph) => (glyph.as_unicode(), glyph.advance_width()),
                Glyph::Type3(glyph) => (glyph.as_unicode(), glyph.advance_width()),
            };
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
        }
    }

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        let pixels = f64::from(image.width()) * f64::from(image.height());
        self.picture += props.transform.determinant().abs() * pixels;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Digits that are set apart one by one, as in the boxes of a form, are one number.
fn closed_up(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(|c| matches!(c, '0'..='9' | '０'..='９' | 'X' | 'x'));
    let alone = |at: usize| digit(at) && !digit(at + 1) && (at == 0 || !digit(at - 1));
    let between = |at: usize| chars[at] == ' ' && at > 0 && alone(at - 1) && alone(at + 1);
    (0..chars.len()).filter(|at| !between(*at)).map(|at| chars[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_boxes_are_one_number_and_columns_of_figures_are_not() {
        assert_eq!(closed_up("号码 1 3 8 0 0 X 年"), "号码 13800X 年");
        assert_eq!(closed_up("12 345 6 78"), "12 345 6 78");
    }
}
