//! Submitting a draft: what is missing, what looks like personal data, and when it is to come out.

use super::{
    Posted, Signed, again, answer,
    drafts::{failed, faults_of, kind_of, lacking, zone},
    see,
};
use crate::{
    drafts::{DraftsError, Found, Looked, Refusal, Stage},
    extract::{Gap, Spot},
    http::{
        App,
        submit::said::in_words,
        trouble::{At, Trouble},
    },
    staff::Role,
};
use app::{
    Lang, pages,
    view::desk::{Desk, Fault, PersonalRow, PersonalView, SpotView, SubmitView, Typed, UnreadRow},
};
use axum::{extract::State, response::Response};
use jiff::{Timestamp, civil, tz::TimeZone};
use std::sync::Arc;

async fn submit_view(app: &App, signed: &Signed, id: &str) -> Result<SubmitView, DraftsError> {
    let draft = app.drafts.draft(&signed.account, id).await?;
    if draft.stage != Stage::Writing || !signed.may(Role::Drafter, &draft.agency) {
        return Err(Refusal::Nothing.into());
    }
    let lacks = lacking(app, signed, &draft).await?;
    let personal = app.drafts.personal_in_draft(&signed.account, &draft).await?;
    let state = app.node.submitter.state();
    Ok(SubmitView {
        id: id.to_owned(),
        kind: kind_of(draft.kind),
        title: draft.written.title.clone(),
        revision: draft.revision,
        lacks,
        personal: personal_view(personal),
        typed: Typed::default(),
        faults: vec![],
        refused: None,
        rule: state.agency(&draft.agency).is_some_and(|(_, agency)| agency.rule.is_some()),
        seals: app.drafts.seals(&draft.agency),
    })
}

pub(super) fn personal_view(looked: Looked) -> PersonalView {
    let row = |(part, found): (_, Found)| PersonalRow {
        part,
        sort: found.sort.code(),
        number: found.number,
        spot: match found.spot {
            Spot::Line(line) => SpotView::Line(line),
            Spot::Page(page) => SpotView::Page(page),
            Spot::Row { sheet, row } => SpotView::Row { sheet, row },
            Spot::Field(field) => SpotView::Field(field),
            Spot::Somewhere => SpotView::Within,
        },
    };
    let unread = |(name, gap): (_, Gap)| UnreadRow { name, gap: gap.code(), pages: gap.pages() };
    PersonalView { rows: looked.found.into_iter().map(row).collect(), unread: looked.unread.into_iter().map(unread).collect() }
}

fn submit_page(app: &App, signed: &Signed, id: &str, view: Result<SubmitView, DraftsError>) -> Response {
    let view = view.map_err(Trouble::from);
    answer(app, signed, &format!("/desk/drafts/{id}/submit"), view.map(|view| move |desk: &Desk<'_>| pages::desk::submit(desk, &view)))
}

pub(super) async fn submit_form(State(app): State<Arc<App>>, signed: Signed, At(id): At) -> Response {
    let view = submit_view(&app, &signed, &id).await;
    submit_page(&app, &signed, &id, view)
}

/// When it is to come out, by the portal's clocks. None: what was typed is no time.
pub(super) fn due(zone: &TimeZone, day: &str, hour: &str) -> Option<i64> {
    if day.is_empty() && hour.is_empty() {
        return Some(0);
    }
    let day: civil::Date = day.parse().ok()?;
    let hour: civil::Time = if hour.is_empty() { civil::Time::midnight() } else { hour.parse().ok()? };
    Some(zone.to_ambiguous_zoned(day.to_datetime(hour)).compatible().ok()?.timestamp().as_millisecond())
}

/// A time as its form says it; none is two empty fields.
pub(super) fn day_and_hour(zone: &TimeZone, due: i64) -> Typed {
    let at = Timestamp::from_millisecond(due).ok().filter(|_| due > 0).map(|at| at.to_zoned(zone.clone()));
    let said = |form: &str| at.as_ref().map(|at| at.strftime(form).to_string()).unwrap_or_default();
    Typed([("day", said("%Y-%m-%d")), ("hour", said("%H:%M"))].into())
}

pub(super) async fn submit(State(app): State<Arc<App>>, At(id): At, Posted { signed, fields }: Posted) -> Response {
    let (day, hour) = (fields.one("day").trim(), fields.one("hour").trim());
    let due = due(&zone(&app, signed.lang), day, hour).filter(|due| *due == 0 || *due > app.staff.now());
    let revision = fields.one("revision").parse().unwrap_or_default();
    let refused = match due {
        None => None,
        Some(due) => match app.drafts.freeze(&signed.account, &id, revision, due).await {
            Ok(frozen) => return see(signed.lang, &format!("/desk/cases/{}", frozen.case)),
            Err(DraftsError::Refused(refusal)) if refusal != Refusal::Nothing => Some(refusal),
            Err(error) => return failed(&app, signed.lang, error),
        },
    };
    let view = submit_view(&app, &signed, &id).await.map(|mut view| {
        use app::view::desk::Lack as Shown;
        match refused {
            None | Some(Refusal::Past) => view.faults = vec![("day", Fault::Lack(Shown::Time))],
            // The form as it was sent names an older revision: nothing but looking at it again helps.
            Some(Refusal::Changed | Refusal::NotWriting) => view.faults = vec![("", Fault::Lack(Shown::Changed))],
            // What was looked at just now says more of it.
            Some(Refusal::Lacks(_)) if !view.lacks.is_empty() => {}
            Some(Refusal::Lacks(lacks)) => view.lacks = faults_of(&lacks),
            Some(Refusal::TooManyFiles) => view.faults = vec![("", Fault::Lack(Shown::TooManyFiles))],
            Some(Refusal::TooLong) => view.faults = vec![("", Fault::Lack(Shown::TooLong))],
            Some(Refusal::NoRoom) => view.faults = vec![("", Fault::Lack(Shown::NoRoom))],
            Some(Refusal::Busy) => view.faults = vec![("", Fault::Lack(Shown::Busy))],
            Some(Refusal::Chain { code, .. }) => {
                let (zh, en) = in_words(&code);
                view.refused = Some(if signed.lang == Lang::Zh { zh } else { en }.to_owned());
            }
            Some(other) => {
                tracing::warn!(refusal = %other, draft = id, "a draft was not submitted");
                view.faults = vec![("", Fault::Lack(Shown::Refused))];
            }
        }
        view.typed = Typed([("day", day.to_owned()), ("hour", hour.to_owned())].into());
        view
    });
    again(submit_page(&app, &signed, &id, view))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_by_the_portals_clocks_and_an_hour_alone_is_none() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(due(&zone, "", ""), Some(0));
        assert_eq!(due(&zone, "1970-01-02", "08:00"), Some(86_400_000));
        assert_eq!(due(&zone, "1970-01-02", ""), Some(86_400_000 - 8 * 3_600_000));
        for (day, hour) in [("", "08:00"), ("2026-02-30", "08:00"), ("2026-02-03", "25:00"), ("x", "y")] {
            assert_eq!(due(&zone, day, hour), None, "{day} {hour}");
        }
        for time in [0, 86_400_000, 1_790_000_040_000] {
            let typed = day_and_hour(&zone, time);
            assert_eq!(due(&zone, typed.of("day"), typed.of("hour")), Some(time), "said and read alike: {typed:?}");
        }
    }
}
