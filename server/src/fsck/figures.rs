//! What agencies' figures are counted from, compared with what the entries say.

use super::{
    Check, End, Report,
    derived::{STRIDE, same_count},
    differs,
    entries::{Digest, Rebuilt, View, count, digest},
};
use crate::store::{Acted, Timed, acted, from_sql, to_sql};
use chain::{
    state::{Facts, State},
    statement::Statement,
    time::Millis,
};
use sqlx::Row;
use std::collections::BTreeMap;

/// What the entries alone say.
#[derive(Default)]
pub(super) struct Expected {
    /// When each entry was logged.
    times: Vec<Millis>,
    acts: Vec<(u64, Digest)>,
    /// By step, with the act that opens it first.
    decisions: BTreeMap<u64, (u64, Digest)>,
}

impl Expected {
    /// Notes what an entry adds; of all entries, in order.
    pub fn note(&mut self, index: u64, statement: &Statement<'_>, facts: &Facts, state: &State) {
        self.times.push(state.last().map_or(0, |(_, time)| time));
        let act = statement.act.as_ref();
        let rule = act.and_then(|_| state.agency(statement.signer())).and_then(|(_, agency)| agency.rule.as_ref());
        let steps: Vec<Timed> = act.iter().flat_map(|act| &act.steps).filter_map(|step| self.step(*step, facts)).collect();
        let Some(Acted { index, agency, kind, case, decisions }) = acted(index, statement, rule, &steps) else { return };
        self.acts.push((index, act_row(index, &agency, kind, case.as_deref())));
        for of in decisions {
            let row = decision_row(of.step, index, &agency, (of.code.as_str(), of.decision, of.took));
            self.decisions.entry(of.step).or_insert((index, row));
        }
    }

    fn step(&self, index: u64, facts: &Facts) -> Option<Timed> {
        let time = self.times.get(usize::try_from(index).ok()?)?;
        Some((facts.steps.get(&index)?.taken(index), *time))
    }
}

fn act_row(index: u64, agency: &str, kind: &str, case: Option<&str>) -> Digest {
    let index = index.to_be_bytes();
    digest(&[Some(&index), Some(agency.as_bytes()), Some(kind.as_bytes()), case.map(str::as_bytes)])
}

fn decision_row(step: u64, act: u64, agency: &str, (code, decision, took): (&str, &str, Option<Millis>)) -> Digest {
    let numbers = [step, act].map(u64::to_be_bytes);
    let took = took.map(i64::to_be_bytes);
    let texts = [agency, code, decision].map(str::as_bytes);
    let took = took.as_ref().map(|bytes| &bytes[..]);
    digest(&[Some(&numbers[0]), Some(&numbers[1]), Some(texts[0]), Some(texts[1]), Some(texts[2]), took])
}

/// The rows of all entries that are said to be counted.
pub(super) async fn figures(view: &mut View, rebuilt: &Rebuilt, report: &mut Report) -> Result<(), End> {
    if !there(view).await? {
        // In a copy from before there were figures, which may only be read.
        if count(view, "select count(*) from _sqlx_migrations where version = 2").await? == 0 {
            report.uncounted = rebuilt.size();
            return Ok(());
        }
        return differs(Check::Figures, "rows", "the table `counted` is missing");
    }
    let row = sqlx::query("select size from counted where one = 1").fetch_optional(&mut **view).await?;
    let Some(row) = row else { return differs(Check::Figures, "rows", "nothing says how many entries are counted") };
    let counted = from_sql(row.try_get(0)?);
    let Some(uncounted) = rebuilt.size().checked_sub(counted) else {
        return differs(Check::Figures, "rows", format!("{counted} entries are said to be counted, and there are {}", rebuilt.size()));
    };
    report.uncounted = uncounted;
    acts(view, &rebuilt.figures, counted).await?;
    decisions(view, &rebuilt.figures, counted).await
}

/// Whether there is a place for how many entries are counted. Asked of the catalogue: on PostgreSQL a question to a table that is not
/// there would end the view.
async fn there(view: &mut View) -> Result<bool, End> {
    let sql = if view.backend_name() == "SQLite" {
        "select count(*) from sqlite_master where type = 'table' and name = 'counted'"
    } else {
        "select count(*) from pg_tables where schemaname = current_schema() and tablename = 'counted'"
    };
    Ok(count(view, sql).await? > 0)
}

async fn acts(view: &mut View, expected: &Expected, counted: u64) -> Result<(), End> {
    let acts = &expected.acts[..expected.acts.partition_point(|(index, _)| *index < counted)];
    for chunk in acts.chunks(STRIDE) {
        let (Some((first, _)), Some((last, _))) = (chunk.first(), chunk.last()) else { continue };
        let sql = "select idx, agency, kind, \"case\" from acts where idx >= $1 and idx <= $2 order by idx";
        let rows = sqlx::query(sql).bind(to_sql(*first)).bind(to_sql(*last)).fetch_all(&mut **view).await?;
        let mut rows = rows.iter();
        for (index, expected) in chunk {
            let at = format!("entry {index}");
            let Some(row) = rows.next() else { return differs(Check::Figures, at, "its row is missing") };
            let (agency, kind, case): (String, String, Option<String>) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            if act_row(from_sql(row.try_get(0)?), &agency, &kind, case.as_deref()) != *expected {
                return differs(Check::Figures, at, "its row is not what the entry says");
            }
        }
    }
    same_count(view, Check::Figures, "select count(*) from acts", acts.len()).await
}

async fn decisions(view: &mut View, expected: &Expected, counted: u64) -> Result<(), End> {
    let counted = expected.decisions.iter().filter(|(_, (act, _))| *act < counted);
    let decisions: Vec<(u64, Digest)> = counted.map(|(step, (_, row))| (*step, *row)).collect();
    for chunk in decisions.chunks(STRIDE) {
        let (Some((first, _)), Some((last, _))) = (chunk.first(), chunk.last()) else { continue };
        let sql = "select step, act, agency, code, decision, took from decisions where step >= $1 and step <= $2 order by step";
        let rows = sqlx::query(sql).bind(to_sql(*first)).bind(to_sql(*last)).fetch_all(&mut **view).await?;
        let mut rows = rows.iter();
        for (step, expected) in chunk {
            let at = format!("entry {step}");
            let Some(row) = rows.next() else { return differs(Check::Figures, at, "its row is missing") };
            let (agency, code, decision): (String, String, String) = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
            let said = (code.as_str(), decision.as_str(), row.try_get(5)?);
            if decision_row(from_sql(row.try_get(0)?), from_sql(row.try_get(1)?), &agency, said) != *expected {
                return differs(Check::Figures, at, "its row is not what the act that opens it says");
            }
        }
    }
    same_count(view, Check::Figures, "select count(*) from decisions", decisions.len()).await
}
