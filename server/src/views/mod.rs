//! Views: what the pages of `app` show, filled from the store.

mod approval;
mod context;
mod disclosure;
mod figures;
mod items;
mod records;
mod rules;

pub use context::Context;
pub use disclosure::{disclosure, snippets};
pub(crate) use disclosure::{shown as shown_catalogue, shown_from as shown_catalogue_from};
pub use items::items;
pub use records::{agencies, agency, chain_view, entry_view, pager};
pub(crate) use rules::rule as told_rule;

use crate::visible::brought_about;
use app::{
    Lang,
    view::{self, Moment, Standing},
};
use chain::statement::{Agency, Names, StatusKind};
use jiff::{Timestamp, tz::TimeZone};

/// A moment of the chain in the portal's zone.
pub(crate) fn moment(zone: &TimeZone, time: i64) -> Moment {
    let offset = Timestamp::from_millisecond(time).map_or(0, |at| zone.to_offset(at).seconds() / 60);
    Moment::new(time, offset)
}

/// A name in the page's language, else in any.
pub(crate) fn name_in(names: &Names, lang: Lang) -> Option<&str> {
    names.get(lang.code()).or_else(|| names.values().next()).map(String::as_str)
}

pub(crate) fn agency_ref(agency: &Agency, lang: Lang) -> view::AgencyRef {
    let name = name_in(&agency.name, lang).unwrap_or(&agency.agency).to_owned();
    // The seal is drawn from one name everywhere, so that it is recognised in both languages.
    let seal = name_in(&agency.name, Lang::Zh).unwrap_or(&agency.agency).to_owned();
    view::AgencyRef { id: agency.agency.clone(), name, seal }
}

/// The standing that a status brings about; `None` for a reinstatement.
pub(crate) fn standing_of(kind: &str) -> Option<Standing> {
    brought_about(StatusKind::named(kind)?)
}
