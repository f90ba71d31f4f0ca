//! PDFs: what their pages draw, and what lies beside it.

mod beside;
mod drawn;

use super::{Gap, Spot, Text};
use drawn::Drawn;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, InterpreterWarning,
    hayro_syntax::{LoadPdfError, Pdf},
    interpret_page,
    kurbo::{Affine, Rect},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A file without layers. Which layers are off is looked up in the file that drawing begins with: begun with this one, all of them are on.
const NO_LAYERS: &str = "%PDF-1.7\n\
                         1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
                         2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
                         3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1 1] >>\nendobj\n\
                         trailer\n<< /Root 1 0 R >>\n";

/// Reads a PDF that lies in `depth` other files.
pub(super) fn read(bytes: Vec<u8>, text: &mut Text, depth: usize) -> Result<(), Gap> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Gap::Locked,
        LoadPdfError::Invalid => Gap::Damaged,
    })?;
    let without_layers = Pdf::new(NO_LAYERS.as_bytes().to_vec()).ok();
    let layers = without_layers.as_ref().map_or(pdf.xref(), Pdf::xref);
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
    let (mut unread, mut read_any) = (Vec::new(), false);
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        if number > text.bounds.pages {
            text.gap(Gap::Rest);
            break;
        }
        unknown_font.store(false, Ordering::Relaxed);
        let (width, height) = page.base_dimensions();
        let mut drawn = Drawn::default();
        // Neither the place of a page nor its size matters to where letters stand beside each other.
        let mut context = Context::new(Affine::IDENTITY, Rect::new(0.0, 0.0, 1.0, 1.0), &cache, layers, settings.clone());
        interpret_page(page, &mut context, &mut drawn);
        let annotations = beside::annotations(&pdf, page);
        for annotation in &annotations {
            beside::draw_hidden(annotation, page, &mut context, &mut drawn);
        }
        if drawn.hides_some(f64::from(width) * f64::from(height)) || unknown_font.load(Ordering::Relaxed) {
            unread.push(number);
        }
        read_any |= !drawn.text.trim().is_empty();
        // Pages of a file within another one are none of that.
        let spot = if depth == 0 { Spot::Page(number) } else { Spot::Somewhere };
        let said = beside::said_in(&annotations, text.room);
        if !text.take(spot.clone(), &closed_up(&drawn.text)) || !text.take(spot, &said) {
            break;
        }
    }
    if !unread.is_empty() {
        text.gap(match (depth, read_any) {
            (0, true) => Gap::Pages(unread),
            (0, false) => Gap::NoText,
            _ => Gap::Embedded,
        });
    }
    beside::read(&pdf, text, depth);
    Ok(())
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
    fn the_file_without_layers_is_one() {
        assert_eq!(Pdf::new(NO_LAYERS.as_bytes().to_vec()).map(|pdf| pdf.pages().len()).ok(), Some(1));
    }

    #[test]
    fn digits_in_boxes_are_one_number_and_columns_of_figures_are_not() {
        assert_eq!(closed_up("号码 1 3 8 0 0 X 年"), "号码 13800X 年");
        assert_eq!(closed_up("12 345 6 78"), "12 345 6 78");
    }
}
