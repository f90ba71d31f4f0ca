//! Lists, a page at a time. A page begins behind a row or ends before one, so that what comes and goes meanwhile moves nothing out of sight.

use super::{Drafts, DraftsError, Frozen, Kind, Stage, discarding::DISCARDED, draft, frozen};
use crate::staff::Account;
use chain::time::Millis;
use sqlx::{Row, any::AnyRow};

/// Which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    First,
    /// What comes behind a row, named by its time and its id.
    Behind(Millis, String),
    /// What comes right before one.
    Before(Millis, String),
}

impl Place {
    /// As an address says it.
    #[must_use]
    pub fn said(&self) -> String {
        match self {
            Place::First => String::new(),
            Place::Behind(time, id) => format!("behind.{time}.{id}"),
            Place::Before(time, id) => format!("before.{time}.{id}"),
        }
    }

    /// Reads what an address says. None: it says nothing that a page of ours would lead to.
    #[must_use]
    pub fn read(said: &str) -> Option<Place> {
        if said.is_empty() {
            return Some(Place::First);
        }
        let (way, row) = said.split_once('.')?;
        let (time, id) = row.split_once('.')?;
        let time = time.parse().ok()?;
        let plain = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match way {
            "behind" if plain => Some(Place::Behind(time, id.to_owned())),
            "before" if plain => Some(Place::Before(time, id.to_owned())),
            _ => None,
        }
    }
}

/// A page, and where the ones beside it are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Towards the first page, and away from it.
    pub back: Option<Place>,
    pub on: Option<Place>,
}

/// A draft as lists show it, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    pub agency: String,
    pub kind: Kind,
    pub title: String,
    pub saved: Millis,
    pub saved_by: String,
    /// Where it is published.
    pub index: Option<u64>,
}

impl Listed {
    fn row(row: &AnyRow) -> Result<Listed, DraftsError> {
        Ok(Listed {
            id: row.try_get(0)?,
            agency: row.try_get(1)?,
            kind: Kind::named(row.try_get(2)?).ok_or(DraftsError::Unreadable("a kind of draft"))?,
            title: row.try_get(3)?,
            saved: row.try_get(4)?,
            saved_by: row.try_get(5)?,
            index: u64::try_from(row.try_get::<i64, _>(6)?).ok(),
        })
    }
}

/// How a list is ordered: by a time, newest or oldest first, and then by id.
struct Order {
    by: &'static str,
    newest_first: bool,
}

impl Order {
    /// What a row must meet to stand behind, or before, the one whose time is `$1` and whose id `$2`; and in which order such rows come.
    fn sql(&self, place: &Place) -> (String, String) {
        let Order { by, newest_first } = self;
        let behind = !matches!(place, Place::Before(..));
        let (than, way) = if *newest_first == behind { ("<", "desc") } else { (">", "asc") };
        let (id_than, id_way) = if behind { (">", "asc") } else { ("<", "desc") };
        (format!("({by} {than} $1 or ({by} = $1 and id {id_than} $2))"), format!("order by {by} {way}, id {id_way}"))
    }

    /// That time and that id; of the first page, such as every row stands behind.
    fn bound<'p>(&self, place: &'p Place) -> (Millis, &'p str) {
        match place {
            Place::First => (if self.newest_first { Millis::MAX } else { Millis::MIN }, ""),
            Place::Behind(time, id) | Place::Before(time, id) => (*time, id),
        }
    }
}

const DRAFTS: Order = Order { by: "saved", newest_first: true };
const CASES: Order = Order { by: "made", newest_first: false };

/// Of one row more than stands on a page, the page.
fn page<T>(mut rows: Vec<T>, place: &Place, most: i64, key: impl Fn(&T) -> (Millis, String)) -> Page<T> {
    let most = usize::try_from(most).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    let (back, on) = match place {
        Place::First => (false, more),
        Place::Behind(..) => (true, more),
        Place::Before(..) => {
            rows.reverse();
            (more, true)
        }
    };
    let (first, last) = (rows.first().map(&key), rows.last().map(&key));
    let before = first.map_or(Place::First, |(time, id)| Place::Before(time, id));
    let behind = last.map(|(time, id)| Place::Behind(time, id));
    Page { rows, back: back.then_some(before), on: behind.filter(|_| on) }
}

impl Drafts {
    /// A page of the drafts at a stage whose agencies' work this person sees, those saved last first.
    pub async fn drafts_at(&self, who: &Account, stage: Stage, place: &Place, most: i64) -> Result<Page<Listed>, DraftsError> {
        self.listed(draft::seen(who, 6), (stage, 0), place, most).await
    }

    /// A page of the drafts that were given up and that this person may take back, those given up last first.
    pub async fn discarded(&self, who: &Account, place: &Place, most: i64) -> Result<Page<Listed>, DraftsError> {
        self.listed(draft::writes(who, 6), (Stage::Dropped, self.staff.now() - DISCARDED), place, most).await
    }

    async fn listed(
        &self,
        within: Option<(String, Vec<String>)>,
        (stage, since): (Stage, Millis),
        place: &Place,
        most: i64,
    ) -> Result<Page<Listed>, DraftsError> {
        let Some((within, agencies)) = within else { return Ok(Page { rows: vec![], back: None, on: None }) };
        let ((of, order), (time, id)) = (DRAFTS.sql(place), DRAFTS.bound(place));
        let sql = format!(
            "select id, agency, kind, title, saved, saved_by, \
             coalesce((select f.idx from frozen f where f.id = drafts.frozen and f.state = 'published'), -1) \
             from drafts where state = $3 and saved >= $4 and {of} {within} {order} limit $5"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(time).bind(id).bind(stage.code()).bind(since).bind(most + 1);
        let query = agencies.iter().fold(query, |query, agency| query.bind(agency));
        let rows = query.fetch_all(self.staff.store().pool()).await?;
        let rows = rows.iter().map(Listed::row).collect::<Result<_, _>>()?;
        Ok(page(rows, place, most, |row: &Listed| (row.saved, row.id.clone())))
    }

    /// A page of what waits for approval in the agencies whose work this person sees, oldest first.
    pub async fn open_cases(&self, who: &Account, place: &Place, most: i64) -> Result<Page<Frozen>, DraftsError> {
        let Some((within, agencies)) = draft::seen(who, 4) else { return Ok(Page { rows: vec![], back: None, on: None }) };
        let ((of, order), (time, id)) = (CASES.sql(place), CASES.bound(place));
        let columns = frozen::COLUMNS;
        let sql = format!("select {columns} from frozen where state in ('open', 'sealing') and {of} {within} {order} limit $3");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(time).bind(id).bind(most + 1);
        let query = agencies.iter().fold(query, |query, agency| query.bind(agency));
        let rows = query.fetch_all(self.staff.store().pool()).await?;
        let rows = rows.iter().map(Frozen::row).collect::<Result<_, _>>()?;
        Ok(page(rows, place, most, |row: &Frozen| (row.made, row.id.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(range: std::ops::Range<i64>) -> Vec<i64> {
        range.collect()
    }

    fn key(row: &i64) -> (Millis, String) {
        (*row, format!("id{row}"))
    }

    #[test]
    fn an_address_names_a_page_and_nonsense_names_none() {
        for place in [Place::First, Place::Behind(17, "0a".into()), Place::Before(-1, "f".repeat(32))] {
            assert_eq!(Place::read(&place.said()), Some(place));
        }
        for nonsense in ["behind", "behind.1", "behind.x.0a", "behind.1.", "behind.1.a'b", "beside.1.0a", "behind.99999999999999999999.a"] {
            assert_eq!(Place::read(nonsense), None, "{nonsense}");
        }
        assert_eq!(Place::read(&format!("behind.1.{}", "a".repeat(65))), None);
    }

    #[test]
    fn pages_lead_to_the_ones_beside_them_and_the_ends_to_nothing_further() {
        let all = page(rows(0..3), &Place::First, 3, key);
        assert_eq!((all.rows, all.back, all.on), (rows(0..3), None, None));
        let first = page(rows(0..4), &Place::First, 3, key);
        assert_eq!((first.rows, first.back, first.on), (rows(0..3), None, Some(Place::Behind(2, "id2".into()))));
        let second = page(rows(3..7), &Place::Behind(2, "id2".into()), 3, key);
        assert_eq!((second.back, second.on), (Some(Place::Before(3, "id3".into())), Some(Place::Behind(5, "id5".into()))));
        // Read backwards, and shown forwards.
        let back = page(vec![2, 1, 0], &Place::Before(3, "id3".into()), 3, key);
        assert_eq!((back.rows, back.back, back.on), (rows(0..3), None, Some(Place::Behind(2, "id2".into()))));
        // What stood there is gone: the way to the beginning is left.
        let gone = page(rows(0..0), &Place::Behind(9, "id9".into()), 3, key);
        assert_eq!((gone.back, gone.on), (Some(Place::First), None));
    }
}
