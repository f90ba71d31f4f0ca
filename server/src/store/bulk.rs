//! Many rows a statement: each statement crosses to the database's own thread, so crossing seldom is what makes writing fast.

use sqlx::{AnyConnection, AssertSqlSafe, any::AnyArguments, query::Query};

/// Rows in one statement; wider tables than ours would need fewer (SQLite takes 32,766 values).
const ROWS: usize = 128;

/// An insert of many rows into `columns` of a table, with what to do on a conflict after the values.
pub struct Bulk {
    pub into: &'static str,
    pub columns: usize,
    pub then: &'static str,
}

impl Bulk {
    /// `numbered`: PostgreSQL's `$1`. To SQLite that is a name, and it walks the list of all names for every value bound,
    /// which would cost more than the writing; its own `?` has none.
    fn sql(&self, rows: usize, numbered: bool) -> String {
        let mut sql = format!("insert into {} values ", self.into);
        let mut number = 0;
        for row in 0..rows {
            sql.push_str(if row == 0 { "(" } else { ",(" });
            for column in 0..self.columns {
                number += 1;
                sql.push_str(if column == 0 { "" } else { "," });
                if numbered {
                    sql.push('$');
                    sql.push_str(&number.to_string());
                } else {
                    sql.push('?');
                }
            }
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.then);
        sql
    }

    /// Inserts `rows`, each bound by `bind` in the order of the columns.
    pub async fn insert<'r, T>(
        &self,
        connection: &mut AnyConnection,
        rows: &'r [T],
        bind: impl for<'q> Fn(Query<'q, sqlx::Any, AnyArguments>, &'r T) -> Query<'q, sqlx::Any, AnyArguments>,
    ) -> Result<(), sqlx::Error> {
        let numbered = connection.backend_name() != "SQLite";
        let whole = self.sql(ROWS, numbered);
        for chunk in rows.chunks(ROWS) {
            let sql = if chunk.len() == ROWS { whole.clone() } else { self.sql(chunk.len(), numbered) };
            let query = chunk.iter().fold(sqlx::query(AssertSqlSafe(sql)), &bind);
            // A statement of an odd number of rows is not worth a place in the cache.
            query.persistent(chunk.len() == ROWS).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

/// `$1,$2,…,$count`, or `?,?,…` where places are not `numbered`: a list for `in (…)`. See [`Bulk::sql`] for why.
#[must_use]
pub fn placeholders(count: usize, numbered: bool) -> String {
    let place = |n| if numbered { format!("${n}") } else { "?".to_owned() };
    (1..=count).map(place).collect::<Vec<_>>().join(",")
}
