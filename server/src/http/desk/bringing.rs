//! Bringing a table or a folder: taken piece by piece, shown as what would become of it, and made drafts of.

use super::{
    Posted, Signed, again, answer,
    attachments::download,
    drafts::{failed, genres, zone},
    guard::absent,
    see,
    submitting::personal_view,
    typing::{translation_rows, typed},
};
use crate::{
    drafts::{
        self, Bringing, BroughtRow, Called, Column, DraftsError, LARGEST_ARCHIVE, LARGEST_FILE, Looked, Refusal, Same, Shut, Unbrought,
        Unread, Written,
    },
    http::{
        App,
        trouble::{Asked, At, Trouble},
    },
    staff::Role,
    views,
};
use app::{
    Lang, codes, pages,
    view::desk::{BringFault, BringView, BroughtRowView, BroughtView, Desk, DeskProblem, FileRow, SameView, ToldView},
    words::desk::{self as words, DeskWords},
};
use axum::{
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State, multipart::Field},
    http::StatusCode,
    response::Response,
    routing::{MethodRouter, get},
};
use serde::Deserialize;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

type Handler = MethodRouter<Arc<App>>;

/// Most bytes of all that comes at once.
const LARGEST: usize = LARGEST_ARCHIVE as usize + (1 << 20);

pub(super) fn routes() -> Vec<(&'static str, Handler)> {
    vec![
        ("/bring", get(form).post(take).layer(DefaultBodyLimit::max(LARGEST))),
        ("/bring/model.csv", get(model)),
        ("/bring/{id}", get(show).post(act)),
    ]
}

/// A column as a table in a language heads it.
fn heading(w: &DeskWords, column: Column) -> String {
    let (b, e) = (&w.bringing, &w.drafts.editor);
    match column {
        Column::Field(field) => (e.field)(field).to_owned(),
        Column::TextFile => b.text_file.to_owned(),
        Column::Files => b.attachments.to_owned(),
        Column::TitleIn(tag) => (b.title_in)((e.language)(tag)),
        Column::TextIn(tag) => (b.text_in)((e.language)(tag)),
        Column::TextFileIn(tag) => (b.text_file_in)((e.language)(tag)),
    }
}

/// What a table of this agency may call things, in any language of the pages.
fn called(app: &App, agency: &str) -> Called {
    let mut called = Called::default();
    let genres = genres(app, agency);
    for lang in Lang::ALL {
        let w = words::of(lang);
        called.columns.extend(Column::all().map(|column| (heading(w, column), column)));
        called.genres.extend(genres.iter().map(|code| (codes::genre(lang, code).unwrap_or(code).to_owned(), code.clone())));
        called.languages.extend(drafts::LANGUAGES.map(|tag| ((w.drafts.editor.language)(tag).to_owned(), tag)));
        called.authentic.extend(["original", "copy"].map(|code| (codes::authentic(lang, code).unwrap_or(code).to_owned(), code)));
    }
    called.genres.extend(genres.iter().map(|code| (code.clone(), code.clone())));
    called
}

/// Columns of the model table: all fields, and the other of the two languages of these pages.
fn columns(lang: Lang) -> Vec<Column> {
    let other = lang.other().code();
    let own = drafts::FIELDS.into_iter().map(Column::Field).chain([Column::TextFile, Column::Files]);
    own.chain([Column::TitleIn(other), Column::TextIn(other)]).collect()
}

async fn model(signed: Signed) -> Response {
    let w = words::of(signed.lang);
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    // A mark in front, by which spreadsheets know UTF-8.
    let headings: Vec<_> = columns(signed.lang).into_iter().map(|column| heading(w, column)).collect();
    let written = table.write_record(&headings).is_ok().then(|| table.into_inner().ok()).flatten().unwrap_or_default();
    let name = if signed.lang == Lang::Zh { "文稿导入模板.csv" } else { "drafts.csv" };
    download(name, ["\u{feff}".as_bytes(), &written].concat())
}

/// Agencies in which somebody may begin drafts.
fn agencies(app: &App, signed: &Signed) -> Vec<String> {
    let ids = signed.account.roles.agencies(Role::Drafter);
    ids.filter(|id| app.drafts.may_begin(&signed.account, id)).map(str::to_owned).collect()
}

async fn form_page(app: &App, signed: &Signed, chosen: &str, fault: Option<BringFault>) -> Response {
    let agencies = agencies(app, signed);
    if agencies.is_empty() {
        return absent(app, signed.lang);
    }
    let w = words::of(signed.lang);
    let faulty = fault.is_some();
    let view = async {
        Ok::<_, DraftsError>(BringView {
            agencies: agencies.iter().map(|id| super::agency(app, id, signed.lang)).collect(),
            chosen: chosen.to_owned(),
            fault,
            waiting: app.drafts.brought_last(&signed.account).await?,
            columns: columns(signed.lang)
                .into_iter()
                .map(|column| (heading(w, column), (w.bringing.column_help)(&column.code())))
                .collect(),
        })
    };
    let view = view.await.map_err(Trouble::from);
    let page = answer(app, signed, "/desk/bring", view.map(|view| move |desk: &Desk<'_>| pages::desk::bring(desk, &view)));
    if faulty { again(page) } else { page }
}

async fn form(State(app): State<Arc<App>>, signed: Signed) -> Response {
    form_page(&app, &signed, "", None).await
}

/// Why what came was not taken whole.
enum Broken {
    Drafts(DraftsError),
    /// The form did not come to its end, or is none.
    Form,
}

impl<E: Into<DraftsError>> From<E> for Broken {
    fn from(error: E) -> Broken {
        Broken::Drafts(error.into())
    }
}

fn torn(error: &axum::extract::multipart::MultipartError) -> Broken {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Broken::Drafts(Unbrought::Shut(Shut::TooMuch).into()),
        _ => Broken::Form,
    }
}

async fn take(State(app): State<Arc<App>>, signed: Signed, request: Request) -> Response {
    let lang = signed.lang;
    let stale = || super::problem(&app, Some(&signed), lang, StatusCode::FORBIDDEN, DeskProblem::Stale);
    let Ok(mut form) = Multipart::from_request(request, &app).await else { return stale() };
    // The form's own token first: nothing of a file is read for another site.
    match form.next_field().await {
        Ok(Some(field)) if field.name() == Some("token") => match field.text().await {
            Ok(token) if signed.token.is_in(&token) => {}
            _ => return stale(),
        },
        _ => return stale(),
    }
    let agency = match form.next_field().await {
        Ok(Some(field)) if field.name() == Some("agency") => field.text().await.unwrap_or_default(),
        _ => return stale(),
    };
    let mut bringing = match app.drafts.begin_bringing(&signed.account, &agency).await {
        Ok(bringing) => bringing,
        Err(DraftsError::Refused(Refusal::Busy)) => return form_page(&app, &signed, &agency, Some(BringFault::Busy)).await,
        Err(error) => return failed(&app, lang, error),
    };
    let done = all(&app, &signed, &agency, &mut bringing, form).await;
    let broken = match done {
        Ok(id) => return see(lang, &format!("/desk/bring/{id}")),
        Err(broken) => broken,
    };
    if let Err(error) = bringing.give_up().await {
        tracing::warn!(%error, "what was brought and not taken stays until its day is over");
    }
    match broken {
        Broken::Form => stale(),
        Broken::Drafts(DraftsError::Refused(Refusal::Brought(why))) => form_page(&app, &signed, &agency, Some(fault(why))).await,
        Broken::Drafts(DraftsError::Refused(Refusal::Busy)) => form_page(&app, &signed, &agency, Some(BringFault::Again)).await,
        Broken::Drafts(error) => failed(&app, lang, error),
    }
}

fn fault(why: Unbrought) -> BringFault {
    match why {
        Unbrought::Nothing => BringFault::Nothing,
        Unbrought::NoRows => BringFault::NoRows,
        Unbrought::TwoTables => BringFault::TwoTables,
        Unbrought::Table(Unread::Size) => BringFault::TableSize,
        Unbrought::Table(Unread::Encoding) => BringFault::Encoding,
        Unbrought::Table(Unread::NoTitle) => BringFault::NoTitle,
        Unbrought::Table(Unread::Twice(name)) => BringFault::Twice(name),
        Unbrought::Table(Unread::TooManyRows) => BringFault::TooManyRows,
        Unbrought::Table(Unread::Line(line)) => BringFault::Line(line),
        Unbrought::Shut(Shut::Broken) => BringFault::Broken,
        Unbrought::Shut(Shut::TooMany) => BringFault::TooManyFiles,
        Unbrought::Shut(Shut::TooMuch) => BringFault::TooLarge,
        Unbrought::TooMuch => BringFault::TooMuchText,
    }
}

async fn all(app: &App, signed: &Signed, agency: &str, bringing: &mut Bringing, mut form: Multipart) -> Result<String, Broken> {
    while let Some(field) = form.next_field().await.map_err(|error| torn(&error))? {
        let name = field.file_name().unwrap_or_default().to_owned();
        // An input in which nothing was chosen.
        if name.is_empty() {
            continue;
        }
        if name.to_lowercase().ends_with(".zip") { archive(bringing, field).await? } else { file(bringing, &name, field).await? }
    }
    // Nothing more is waited for: from here on the answer has its time (see `trouble`), and what was brought is looked through within it.
    drop(form);
    let issuing_agencies = vec![super::agency(app, agency, signed.lang).name];
    let plain = Written { language: signed.lang.code().to_owned(), issuing_agencies, ..Written::default() };
    Ok(bringing.finish(called(app, agency), plain).await?)
}

async fn file(bringing: &mut Bringing, name: &str, mut field: Field<'_>) -> Result<(), Broken> {
    let mut bytes = Vec::new();
    let mut whole = true;
    while let Some(piece) = field.chunk().await.map_err(|error| torn(&error))? {
        whole = whole && bytes.len() + piece.len() <= LARGEST_FILE;
        if whole {
            bytes.extend_from_slice(&piece);
        }
    }
    if whole {
        bringing.file(name, bytes).await?;
    } else {
        bringing.too_large(name);
    }
    Ok(())
}

async fn archive(bringing: &mut Bringing, mut field: Field<'_>) -> Result<(), Broken> {
    let unwritten = |error: std::io::Error| {
        tracing::error!(%error, "an archive could not be written");
        Broken::Drafts(DraftsError::Unreadable("an archive"))
    };
    let mut file = tokio::fs::File::create(bringing.archive().await?).await.map_err(unwritten)?;
    let mut room = LARGEST_ARCHIVE;
    while let Some(piece) = field.chunk().await.map_err(|error| torn(&error))? {
        room = room.checked_sub(piece.len() as u64).ok_or(Unbrought::Shut(Shut::TooMuch))?;
        file.write_all(&piece).await.map_err(unwritten)?;
    }
    file.flush().await.map_err(unwritten)?;
    drop(file);
    Ok(bringing.open().await?)
}

fn row_view(row: BroughtRow) -> BroughtRowView {
    BroughtRowView {
        number: row.number,
        typed: typed(&row.written),
        translations: translation_rows(&row.written),
        sound: row.sound(),
        place: row.place,
        files: row
            .files
            .into_iter()
            .map(|file| FileRow {
                id: String::new(),
                name: file.name,
                media: file.media,
                size: u64::try_from(file.size).unwrap_or_default(),
            })
            .collect(),
        told: row
            .told
            .into_iter()
            .map(|told| ToldView { stops: told.stops(), what: told.what.code().to_owned(), field: told.field, said: told.said })
            .collect(),
        personal: personal_view(Looked { found: row.personal, unread: row.unread }),
        same: row.same.map(|same| match same {
            Same::Draft(id, title) => SameView::Draft { id, title },
            Same::Row(place) => SameView::Row(place),
        }),
        draft: row.draft,
    }
}

#[derive(Deserialize)]
struct ShowQuery {
    made: Option<usize>,
}

async fn show(State(app): State<Arc<App>>, signed: Signed, At(id): At, Asked(ShowQuery { made }): Asked<ShowQuery>) -> Response {
    let view = async {
        let brought = app.drafts.brought(&signed.account, &id).await?;
        Ok::<_, DraftsError>(BroughtView {
            agency: super::agency(&app, &brought.agency, signed.lang),
            until: views::moment(&zone(&app, signed.lang), brought.until),
            table: brought.table,
            unknown: brought.unknown,
            left_out: brought.left_out.into_iter().map(|aside| (aside.name, aside.why.code())).collect(),
            rows: brought.rows.into_iter().map(row_view).collect(),
            just_made: made,
            none_chosen: made == Some(0),
            id: brought.id,
        })
    };
    let view = view.await.map_err(Trouble::from);
    answer(&app, &signed, &format!("/desk/bring/{id}"), view.map(|view| move |desk: &Desk<'_>| pages::desk::brought(desk, &view)))
}

async fn act(State(app): State<Arc<App>>, At(id): At, Posted { signed, fields }: Posted) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    if fields.one("do") == "discard" {
        return match app.drafts.discard_brought(who, &id).await {
            Ok(()) => see(lang, "/desk/drafts"),
            Err(error) => failed(&app, lang, error),
        };
    }
    let chosen: Vec<i64> = fields.all("row").filter_map(|row| row.parse().ok()).collect();
    match app.drafts.draft_brought(who, &id, &chosen).await {
        Ok(made) => see(lang, &format!("/desk/bring/{id}?made={made}")),
        Err(DraftsError::Refused(Refusal::NoRoom)) => form_page(&app, &signed, "", Some(BringFault::NoRoom)).await,
        Err(error) => failed(&app, lang, error),
    }
}
