//! What a PDF holds beside the letters of its pages: what forms are filled with, notes, links, what is said of the document, files within it.
//! It is read whether or not it is shown.

use super::{Drawn, Gap, Spot, Text};
use crate::extract::xml::{self, Kind};
use hayro_interpret::{
    Context,
    hayro_syntax::{
        Pdf,
        content::TypedIter,
        object::{
            Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream,
            dict::keys::{ANNOTS, AP, EF, EMBEDDED_FILE, F, METADATA, N, RESOURCES, TYPE, XFA},
        },
        page::{Page, Resources},
    },
    interpret,
};
use std::collections::BTreeSet;

/// Marks of annotations that no reader shows.
const HIDDEN: u32 = (1 << 1) | (1 << 5);

/// Notes, links and fields on a page.
pub(super) fn annotations<'a>(pdf: &'a Pdf, page: &Page<'a>) -> Vec<Dict<'a>> {
    let Some(all) = page.raw().get::<Array<'_>>(ANNOTS) else { return vec![] };
    let each = all.raw_iter().filter_map(|one| match one {
        MaybeRef::Ref(to) => pdf.xref().get::<Dict<'_>>(to.into()),
        MaybeRef::NotRef(object) => object.into_dict(),
    });
    each.collect()
}

/// All that is said in some of them, line by line: `most` bytes of it, or a little more.
pub(super) fn said_in(annotations: &[Dict<'_>], most: usize) -> String {
    let mut beside = Beside::up_to(most);
    annotations.iter().for_each(|annotation| beside.dict(annotation));
    beside.said
}

/// Draws how a hidden one looks; the others are drawn with their page.
pub(super) fn draw_hidden<'a>(annotation: &Dict<'a>, page: &Page<'a>, context: &mut Context<'a>, drawn: &mut Drawn) {
    if annotation.get::<u32>(F).unwrap_or(0) & HIDDEN == 0 {
        return;
    }
    let looks: Vec<Stream<'a>> = match annotation.get::<Dict<'a>>(AP).and_then(|looks| looks.get::<Object<'a>>(N)) {
        Some(Object::Stream(look)) => vec![look],
        Some(Object::Dict(states)) => states.keys().filter_map(|state| states.get::<Stream<'a>>(state)).collect(),
        _ => return,
    };
    for look in looks {
        let Ok(content) = look.decoded_data() else { continue };
        let resources = look.dict().get::<Dict<'a>>(RESOURCES).map(Resources::new);
        drawn.part_off();
        interpret(TypedIter::new(&content), resources.as_ref().unwrap_or(page.resources()), context, drawn);
    }
}

/// Reads all of it. `depth`: in how many other files this one lies.
pub(super) fn read(pdf: &Pdf, text: &mut Text, depth: usize) {
    let mut beside = Beside::up_to(text.room);
    let about = pdf.metadata();
    for said in [&about.title, &about.author, &about.subject, &about.keywords, &about.creator, &about.producer].into_iter().flatten() {
        beside.line(said);
    }
    for object in pdf.objects() {
        beside.object(&object);
    }
    text.take(Spot::Somewhere, &beside.said);
    for id in beside.xml {
        let stream = pdf.xref().get::<Stream<'_>>(id);
        if let Some(Ok(bytes)) = stream.map(|stream| stream.decoded_data()) {
            let said = xml::text_of(&bytes, Kind::Fields, text);
            text.take(Spot::Somewhere, &said);
        }
    }
    for id in beside.files {
        let stream = pdf.xref().get::<Stream<'_>>(id);
        match stream.map(|stream| stream.decoded_data()) {
            Some(Ok(bytes)) => text.embedded(bytes.into_owned(), depth),
            _ => text.gap(Gap::Embedded),
        }
    }
}

/// Strings, and where the bytes of more are.
struct Beside {
    said: String,
    most: usize,
    /// Files within it, and what is written in XML: properties, and forms of a kind.
    files: BTreeSet<ObjectIdentifier>,
    xml: BTreeSet<ObjectIdentifier>,
}

impl Beside {
    fn up_to(most: usize) -> Beside {
        Beside { said: String::new(), most, files: BTreeSet::new(), xml: BTreeSet::new() }
    }

    /// With a mark it is Unicode. Without one it is PDF's own set, whose digits and Latin letters are those of everybody.
    fn line(&mut self, bytes: &[u8]) {
        if self.said.len() <= self.most {
            self.said.push_str(encoding_rs::WINDOWS_1252.decode(bytes).0.trim_end_matches('\0'));
            self.said.push('\n');
        }
    }

    /// What it refers to comes by itself.
    fn object(&mut self, object: &Object<'_>) {
        match object {
            Object::String(string) => self.line(string.as_bytes()),
            Object::Dict(dict) => self.dict(dict),
            Object::Array(array) => array.raw_iter().for_each(|one| self.own(&one)),
            Object::Stream(stream) => {
                let dict = stream.dict();
                let kind = dict.get::<Name<'_>>(TYPE);
                let is = |name: &[u8]| kind.as_ref().is_some_and(|kind| kind.as_ref() == name);
                if is(EMBEDDED_FILE) {
                    self.files.insert(stream.obj_id());
                } else if is(METADATA) {
                    self.xml.insert(stream.obj_id());
                }
                self.dict(dict);
            }
            Object::Null(_) | Object::Boolean(_) | Object::Number(_) | Object::Name(_) => {}
        }
    }

    fn own(&mut self, one: &MaybeRef<Object<'_>>) {
        if let MaybeRef::NotRef(object) = one {
            self.object(object);
        }
    }

    fn dict(&mut self, dict: &Dict<'_>) {
        if let Some(files) = dict.get::<Dict<'_>>(EF) {
            self.files.extend(files.entries().filter_map(|(_, file)| file.as_obj_ref()).map(ObjectIdentifier::from));
        }
        match dict.get::<Object<'_>>(XFA) {
            Some(Object::Stream(form)) => {
                self.xml.insert(form.obj_id());
            }
            Some(Object::Array(parts)) => {
                self.xml.extend(parts.raw_iter().filter_map(|part| part.as_obj_ref()).map(ObjectIdentifier::from));
            }
            _ => {}
        }
        for (_, value) in dict.entries() {
            self.own(&value);
        }
    }
}
