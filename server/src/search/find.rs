//! Finding: the words of a query against the index, the best hits in order, and how many there are.
//!
//! Ranking has two steps. All hits are ranked by their words alone (BM25), which the engine can do without
//! looking at most of them. The first [`WINDOW`] of these, and hits whose title has every word or whose
//! number is the one asked for, are then ranked again by title, number and by words standing together.
//! Pages go on past the window in the order of the first step, so every hit is on exactly one page.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Bound;

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, EnableScoring, Occur, PhraseQuery, Query as EngineQuery, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Score, Searcher, TantivyError, Term};

use super::fields::{index_of, order, whole_term};
use super::index::{Index, guarded};
use super::query::{self, Han, Notice, PER_PAGE_LIMIT, Query, Reading, Sort, Unit};
use super::snippet::Marks;
use super::{Error, State};
use app::view::Standing;

mod rank;

/// Hits ranked a second time.
const WINDOW: usize = 300;
/// Hits beyond the window that a matching title can lift.
const LIFTED: usize = 100;
/// A page further back than this is found by ranking every hit, not by a heap of the best.
const HEAP_LIMIT: usize = 10_000;
/// Counts remembered between commits.
const COUNTS: usize = 4096;

/// One page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hits {
    /// How many there are in all, exactly.
    pub total: u64,
    /// The page asked for; empty past the last.
    pub hits: Vec<Hit>,
    /// What to mark in their texts, which are not here: a page shows pieces of what the store has today.
    pub marks: Marks,
    pub notice: Option<Notice>,
    /// Tree size of the index that answered.
    pub covered: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Position of the entry in the chain.
    pub index: u64,
    /// Its document's identity.
    pub document: u64,
    /// Meaningful only within one answer sorted by relevance; 0 otherwise.
    pub score: f32,
}

/// A hit before its text is fetched.
#[derive(Debug, Clone, Copy)]
struct Found {
    score: Score,
    order: u64,
    at: DocAddress,
}

impl Index {
    /// Answers `query`.
    pub fn search(&self, query: &Query) -> Result<Hits, Error> {
        let mut reading = query::read(&query.text, Han::Together);
        let covered = self.covered();
        if reading.notice == Some(Notice::NoWords) {
            return Ok(Hits { total: 0, hits: Vec::new(), marks: reading.marks, notice: reading.notice, covered });
        }
        let (mut total, mut found) = guarded(|| Search::new(self, query, &reading).run())?;
        if total == 0 && reading.together {
            reading = query::read(&query.text, Han::Apart);
            (total, found) = guarded(|| Search::new(self, query, &reading).run())?;
            if total > 0 {
                reading.notice = reading.notice.or(Some(Notice::Apart));
            }
        }
        let mut hits = Hits { total, hits: Vec::new(), marks: reading.marks, notice: reading.notice, covered };
        hits.hits = found.into_iter().map(|(found, document)| Hit { index: index_of(found.order), document, score: found.score }).collect();
        Ok(hits)
    }
}

/// One search under way.
struct Search<'a> {
    index: &'a Index,
    query: &'a Query,
    reading: &'a Reading,
    searcher: Searcher,
    /// Fields of text and of title that are searched.
    fields: Vec<(Field, Field)>,
}

impl<'a> Search<'a> {
    fn new(index: &'a Index, query: &'a Query, reading: &'a Reading) -> Self {
        let f = &index.fields;
        let fields = match query.state {
            // Of the versions that a newer one replaced, some are told to be no more than that, and some are withdrawn.
            _ if query.standing.is_some_and(|(standing, _)| standing == Standing::Superseded) => vec![(f.old, f.old_title)],
            _ if query.standing.is_some_and(|(standing, _)| matches!(standing, Standing::Withdrawn | Standing::Annulled)) => {
                vec![(f.text, f.title), (f.old, f.old_title)]
            }
            Some(State::Superseded) => vec![(f.old, f.old_title)],
            Some(_) => vec![(f.text, f.title)],
            None if query.include_superseded => vec![(f.text, f.title), (f.old, f.old_title)],
            None => vec![(f.text, f.title)],
        };
        Self { index, query, reading, searcher: index.reader.searcher(), fields }
    }

    /// The true count, and the page's hits with their document's identity.
    fn run(&self) -> Result<(u64, Vec<(Found, u64)>), Error> {
        let per_page = if self.query.per_page == 0 { 25 } else { self.query.per_page.min(PER_PAGE_LIMIT) };
        let offset = self.query.page.saturating_mul(per_page);
        let engine = self.required(|unit| any(self.fields.iter().map(|(text, _)| matcher(*text, unit))));
        let key = self.key();
        let known = self.index.seen().counts.get(&key).copied();
        let most = known.unwrap_or_else(|| self.searcher.num_docs());
        if offset as u64 >= most {
            let total = known.map_or_else(|| self.searcher.search(&*engine, &Count).map(|n| n as u64), Ok)?;
            return Ok((total, Vec::new()));
        }
        let end = offset.saturating_add(per_page).min(usize::try_from(most).unwrap_or(usize::MAX));
        let (total, found) = match (self.query.sort, self.reading.units.is_empty()) {
            (Sort::Relevance, false) => self.by_relevance(&*engine, known, offset, end)?,
            (Sort::DateOldest, _) => self.by_date(&*engine, offset, end, false)?,
            _ => self.by_date(&*engine, offset, end, true)?,
        };
        let mut seen = self.index.seen();
        if seen.counts.len() >= COUNTS {
            seen.counts.clear();
        }
        seen.counts.insert(key, total);
        drop(seen);
        let page = found.into_iter().map(|found| {
            let segment = self.searcher.segment_reader(found.at.segment_ord);
            let document = segment.fast_fields().u64("document")?.first(found.at.doc_id).unwrap_or_default();
            Ok((found, document))
        });
        Ok((total, page.collect::<Result<_, TantivyError>>()?))
    }

    /// Every unit of the query by `unit`, and the filters.
    fn required(&self, unit: impl Fn(&Unit) -> Box<dyn EngineQuery>) -> Box<dyn EngineQuery> {
        let f = &self.index.fields;
        let q = self.query;
        let mut clauses: Vec<(Occur, Box<dyn EngineQuery>)> = self.reading.units.iter().map(|u| (Occur::Must, unit(u))).collect();
        let year = q.year.map(|y| y.to_string());
        let state = q.state.map(|s| s.code().to_owned()).filter(|_| q.state != Some(State::Superseded) || self.reading.units.is_empty());
        let filters = [
            (f.language, &q.language),
            (f.agency, &q.agency),
            (f.genre, &q.genre),
            (f.theme, &q.theme),
            (f.subject, &q.subject),
            (f.year, &year),
            (f.state, &state),
        ];
        for (field, value) in filters.into_iter().filter_map(|(field, value)| Some((field, value.as_ref()?))) {
            clauses.push((Occur::Must, term_query(whole_term(field, value))));
        }
        clauses.extend(q.standing.into_iter().flat_map(|(standing, today)| self.standing(standing, today)));
        if q.from.is_some() || q.to.is_some() {
            let day = |date: u32| Term::from_field_u64(f.order, order(date, 0));
            let from = q.from.map_or(Bound::Unbounded, |from| Bound::Included(day(from)));
            let to = q.to.map_or(Bound::Unbounded, |to| Bound::Excluded(day(to.saturating_add(1))));
            clauses.push((Occur::Must, Box::new(RangeQuery::new(from, to))));
        }
        if self.reading.units.is_empty() && q.state.is_none() && q.standing.is_none() && !q.include_superseded {
            clauses.push((Occur::MustNot, term_query(whole_term(f.state, State::Superseded.code()))));
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        match clauses.len() {
            0 => Box::new(AllQuery),
            // Alone, a term keeps its own fast ways of counting and of finding the best.
            1 => clauses.swap_remove(0).1,
            _ => Box::new(BooleanQuery::new(clauses)),
        }
    }

    /// The versions of which readers are told on a day that they stand so: [`crate::visible::Visible::on`], asked the other way round.
    fn standing(&self, standing: Standing, today: u32) -> Vec<(Occur, Box<dyn EngineQuery>)> {
        let f = &self.index.fields;
        let told = |standing: Standing| term_query(whole_term(f.standing, standing.code()));
        let day = |field| Term::from_field_u64(field, today.into());
        let ahead = || Box::new(RangeQuery::new(Bound::Excluded(day(f.effective)), Bound::Unbounded));
        let over = || Box::new(RangeQuery::new(Bound::Unbounded, Bound::Excluded(day(f.expires))));
        match standing {
            Standing::InForce => vec![(Occur::Must, told(standing)), (Occur::MustNot, ahead()), (Occur::MustNot, over())],
            Standing::NotYetInForce => vec![(Occur::Must, told(Standing::InForce)), (Occur::Must, ahead()), (Occur::MustNot, over())],
            Standing::Lapsed => {
                let ran_out: Box<dyn EngineQuery> =
                    Box::new(BooleanQuery::new(vec![(Occur::Must, told(Standing::InForce)), (Occur::Must, over())]));
                vec![(Occur::Must, Box::new(BooleanQuery::union(vec![told(standing), ran_out])))]
            }
            _ => vec![(Occur::Must, told(standing))],
        }
    }

    /// Names what is counted: everything but order and page, and the commit it is counted on.
    fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let q = self.query;
        (&self.reading.units, &q.language, &q.agency, &q.genre, &q.theme, &q.subject).hash(&mut hasher);
        (q.year, q.from, q.to, q.state, q.standing, q.include_superseded).hash(&mut hasher);
        self.searcher.generation().generation_id().hash(&mut hasher);
        hasher.finish()
    }

    fn by_date(&self, engine: &dyn EngineQuery, offset: usize, end: usize, newest: bool) -> Result<(u64, Vec<Found>), Error> {
        let weight = engine.weight(EnableScoring::disabled_from_searcher(&self.searcher)).map_err(Error::from)?;
        // Smallest keys first; the newest have the smallest complement.
        let flip = if newest { u64::MAX } else { 0 };
        let mut best = Smallest::new(end);
        let mut total = 0;
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let order = segment.fast_fields().u64("order")?.first_or_default_col(0);
            let alive = segment.alive_bitset();
            let mut keys = [0u64; tantivy::COLLECT_BLOCK_BUFFER_LEN];
            weight.for_each_no_score(segment, &mut |docs| {
                order.get_vals(docs, &mut keys[..docs.len()]);
                for (&doc, &key) in docs.iter().zip(&keys) {
                    if alive.is_none_or(|alive| alive.is_alive(doc)) {
                        total += 1;
                        best.push((key ^ flip, ord as u32, doc));
                    }
                }
            })?;
        }
        let page = best.sorted().into_iter().skip(offset);
        Ok((total, page.map(|(key, ord, doc)| Found { score: 0.0, order: key ^ flip, at: DocAddress::new(ord, doc) }).collect()))
    }

    fn by_relevance(&self, engine: &dyn EngineQuery, known: Option<u64>, offset: usize, end: usize) -> Result<(u64, Vec<Found>), Error> {
        let limit = end.max(WINDOW);
        // What cannot be pruned must be gone through whole; then once is enough.
        let whole = limit > HEAP_LIMIT || self.fields.len() > 1 || self.reading.units.iter().any(|unit| unit.0.len() > 1);
        let (total, mut ranked) = if whole {
            self.every(engine, limit)?
        } else {
            let total = known.map_or_else(|| self.searcher.search(engine, &Count).map(|n| n as u64), Ok)?;
            (total, self.searcher.search(engine, &TopDocs::with_limit(limit).order_by_score())?)
        };
        let end = end.min(usize::try_from(total).unwrap_or(usize::MAX));
        if offset >= end {
            return Ok((total, Vec::new()));
        }
        let tail = ranked.split_off(ranked.len().min(WINDOW));
        let in_window: HashSet<DocAddress> = ranked.iter().map(|(_, at)| *at).collect();
        let lifted: Vec<DocAddress> = self.lifted()?.into_iter().filter(|at| !in_window.contains(at)).collect();
        let elsewhere: HashSet<DocAddress> = lifted.iter().copied().collect();
        let head_len = ranked.len() + lifted.len();
        let mut page = Vec::new();
        if offset < head_len {
            ranked.extend(self.word_scores(engine, lifted)?);
            let head = self.rank(ranked)?;
            page.extend(head.into_iter().skip(offset).take(end - offset));
        }
        let from = offset.saturating_sub(head_len);
        let wanted = end - offset - page.len();
        let rest: Vec<_> = tail.into_iter().filter(|(_, at)| !elsewhere.contains(at)).skip(from).take(wanted).collect();
        for (score, at) in rest {
            page.push(Found { score, order: self.order(at)?, at });
        }
        Ok((total, page))
    }

    /// How many there are, and the best `limit` by their words alone, as the engine's own heap has them:
    /// highest score first, then in the order of the files.
    fn every(&self, engine: &dyn EngineQuery, limit: usize) -> Result<(u64, Vec<(Score, DocAddress)>), Error> {
        let weight = engine.weight(EnableScoring::enabled_from_searcher(&self.searcher)).map_err(Error::from)?;
        let mut best = Smallest::new(limit);
        let mut total = 0;
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let alive = segment.alive_bitset();
            weight.for_each(segment, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    total += 1;
                    // Scores are not negative, so their bits sort as they do.
                    best.push((!u64::from(score.to_bits()), ord as u32, doc));
                }
            })?;
        }
        let best = best.sorted().into_iter().map(|(key, ord, doc)| (Score::from_bits(!key as u32), DocAddress::new(ord, doc)));
        Ok((total, best.collect()))
    }

    /// Hits to be ranked again wherever their words put them: title with every word, number as asked.
    fn lifted(&self) -> Result<Vec<DocAddress>, Error> {
        let mut found = Vec::new();
        let title = self.required(|unit| any(self.fields.iter().map(|(_, title)| matcher(*title, unit))));
        found.extend(self.searcher.search(&*title, &TopDocs::with_limit(LIFTED).order_by_score())?.into_iter().map(|(_, at)| at));
        for number in &self.reading.numbers {
            let term = whole_term(self.index.fields.number, number);
            if self.searcher.doc_freq(&term)? == 0 {
                continue;
            }
            let all = self.required(|unit| any(self.fields.iter().map(|(text, _)| matcher(*text, unit))));
            let both = BooleanQuery::new(vec![(Occur::Must, term_query(term)), (Occur::Must, all)]);
            found.extend(self.searcher.search(&both, &TopDocs::with_limit(LIFTED).order_by_score())?.into_iter().map(|(_, at)| at));
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn order(&self, at: DocAddress) -> Result<u64, Error> {
        Ok(self.searcher.segment_reader(at.segment_ord).fast_fields().u64("order")?.first(at.doc_id).unwrap_or_default())
    }
}

fn term_query(term: Term) -> Box<dyn EngineQuery> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

/// The query for one unit in one field.
fn matcher(field: Field, unit: &Unit) -> Box<dyn EngineQuery> {
    match unit.0.as_slice() {
        [(_, word)] => term_query(Term::from_field_text(field, word)),
        words => Box::new(PhraseQuery::new_with_offset(words.iter().map(|(at, word)| (*at, Term::from_field_text(field, word))).collect())),
    }
}

fn any(queries: impl Iterator<Item = Box<dyn EngineQuery>>) -> Box<dyn EngineQuery> {
    let mut queries: Vec<_> = queries.collect();
    match queries.len() {
        1 => queries.swap_remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

/// Keeps the smallest few of many keys, in memory for twice as many.
struct Smallest {
    keep: usize,
    bound: u64,
    kept: Vec<(u64, u32, u32)>,
}

impl Smallest {
    fn new(keep: usize) -> Self {
        Self { keep: keep.max(1), bound: u64::MAX, kept: Vec::new() }
    }

    fn push(&mut self, item: (u64, u32, u32)) {
        if item.0 > self.bound {
            return;
        }
        self.kept.push(item);
        if self.kept.len() >= self.keep.saturating_mul(2).max(64) {
            self.kept.select_nth_unstable(self.keep - 1);
            self.kept.truncate(self.keep);
            self.bound = self.kept[self.keep - 1].0;
        }
    }

    fn sorted(mut self) -> Vec<(u64, u32, u32)> {
        self.kept.sort_unstable();
        self.kept.truncate(self.keep);
        self.kept
    }
}
