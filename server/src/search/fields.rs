//! The shape of the index: which fields a disclosure has in it, and how a document becomes them.
//!
//! No text is stored: the index holds words, numbers and dates, and a hit names its entry. What a page
//! shows of it comes from the store, where it is committed and can be checked.

use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};
use tantivy::{TantivyDocument, Term};

use super::{Document, State, runs};

/// Raised when the schema or the cutting of words changes; an index of another version is rebuilt.
pub const VERSION: u32 = 3;

/// Name under which the word cutter is registered.
pub const WORDS: &str = "gazette-words";

/// How often a title stands in the full text: its words weigh that much more there.
const TITLE_WEIGHT: usize = 2;

#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Title, names, numbers and body of listed documents.
    pub text: Field,
    pub title: Field,
    /// The same as `text` for versions that a newer one replaced. A field of its own, so that leaving
    /// them out costs an ordinary search nothing.
    pub old: Field,
    pub old_title: Field,
    /// Document and index numbers in their one spelling.
    pub number: Field,
    /// Filters, each term as given: `agency` holds the sealing agency's id and the stated agency's name.
    pub agency: Field,
    pub language: Field,
    pub genre: Field,
    pub theme: Field,
    pub subject: Field,
    pub year: Field,
    pub state: Field,
    /// What readers are told of it but for the day.
    pub standing: Field,
    /// The days on which a text that says so begins and ends, yyyymmdd. Few do, and there are few days.
    pub effective: Field,
    pub expires: Field,
    /// Position of the entry in the chain.
    pub index: Field,
    /// Sorts by stated date, then by entry; see [`order`].
    pub order: Field,
    pub document: Field,
}

/// Low bits of `order` that hold the entry's index; the date (yyyymmdd, under 2^27) stands above them.
const INDEX_BITS: u32 = 36;

/// The key that sorts by date and, on one day, by entry. It also gives the entry back.
pub fn order(date: u32, index: u64) -> u64 {
    (u64::from(date.min((1 << 27) - 1)) << INDEX_BITS) | (index & ((1 << INDEX_BITS) - 1))
}

pub fn index_of(order: u64) -> u64 {
    order & ((1 << INDEX_BITS) - 1)
}

pub fn date_of(order: u64) -> u32 {
    (order >> INDEX_BITS) as u32
}

fn words() -> TextOptions {
    TextOptions::default()
        .set_indexing_options(TextFieldIndexing::default().set_tokenizer(WORDS).set_index_option(IndexRecordOption::WithFreqsAndPositions))
}

/// Terms matched whole. Frequencies and field norms are kept though they say nothing here: the engine prunes
/// an intersection by block-wise bounds, wants frequencies for that, and gets the bounds wrong without norms.
fn whole() -> TextOptions {
    TextOptions::default()
        .set_indexing_options(TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs))
}

pub fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let fields = Fields {
        text: schema.add_text_field("text", words()),
        title: schema.add_text_field("title", words()),
        old: schema.add_text_field("old", words()),
        old_title: schema.add_text_field("old_title", words()),
        number: schema.add_text_field("number", whole()),
        agency: schema.add_text_field("agency", whole()),
        language: schema.add_text_field("language", whole()),
        genre: schema.add_text_field("genre", whole()),
        theme: schema.add_text_field("theme", whole()),
        subject: schema.add_text_field("subject", whole()),
        year: schema.add_text_field("year", whole()),
        state: schema.add_text_field("state", whole()),
        standing: schema.add_text_field("standing", whole()),
        effective: schema.add_u64_field("effective", NumericOptions::default().set_indexed()),
        expires: schema.add_u64_field("expires", NumericOptions::default().set_indexed()),
        index: schema.add_u64_field("index", NumericOptions::default().set_indexed()),
        order: schema.add_u64_field("order", NumericOptions::default().set_fast()),
        document: schema.add_u64_field("document", NumericOptions::default().set_fast()),
    };
    (schema.build(), fields)
}

/// Longest filter value in bytes; longer ones are cut alike in documents and in queries.
const WHOLE_LIMIT: usize = 1000;

/// A filter term: invisible characters and outer spaces are not part of a name.
pub fn whole_term(field: Field, value: &str) -> Term {
    Term::from_field_text(field, &whole_value(value))
}

fn whole_value(value: &str) -> String {
    let mut out: String = value.trim().chars().filter(|c| !runs::is_invisible(*c)).collect();
    if out.len() > WHOLE_LIMIT {
        out.truncate(out.floor_char_boundary(WHOLE_LIMIT));
    }
    out
}

impl Fields {
    /// Term that names one entry.
    pub fn entry(&self, index: u64) -> Term {
        Term::from_field_u64(self.index, index)
    }

    pub fn document(&self, source: &Document) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        let (text, title) = if source.state == State::Superseded { (self.old, self.old_title) } else { (self.text, self.title) };
        out.add_text(title, &source.title);
        for _ in 0..TITLE_WEIGHT {
            out.add_text(text, &source.title);
        }
        let numbers = [&source.document_number, &source.index_number];
        let names = [&source.stated_agency, &source.genre, &source.theme, &source.summary];
        let subjects = source.subjects.iter().flat_map(|(id, name)| [id, name]);
        let named = numbers.into_iter().chain(names).flatten().chain(subjects).chain(&source.keywords);
        for value in named.chain([&source.agency_name, &source.body]).filter(|v| !v.is_empty()) {
            out.add_text(text, value);
        }
        for value in numbers.into_iter().flatten() {
            let number = runs::number(value);
            if !number.is_empty() {
                out.add_text(self.number, number);
            }
        }
        let date = source.date();
        out.add_text(self.agency, whole_value(&source.agency));
        let filters = [(self.agency, &source.stated_agency), (self.genre, &source.genre), (self.theme, &source.theme)];
        for (field, value) in filters.into_iter().filter_map(|(f, v)| Some((f, v.as_ref()?))) {
            out.add_text(field, whole_value(value));
        }
        for (id, _) in &source.subjects {
            out.add_text(self.subject, whole_value(id));
        }
        out.add_text(self.language, whole_value(&source.language));
        out.add_text(self.year, (date / 10_000).to_string());
        out.add_text(self.state, source.state.code());
        if let Some(standing) = source.standing {
            out.add_text(self.standing, standing.code());
        }
        for (field, day) in [(self.effective, source.effective), (self.expires, source.expires)] {
            if let Some(day) = day {
                out.add_u64(field, day.into());
            }
        }
        out.add_u64(self.index, source.index);
        out.add_u64(self.order, order(date, source.index));
        out.add_u64(self.document, source.document);
        out
    }
}
