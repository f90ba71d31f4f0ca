//! What programs are told: where a draft stands, what in it belongs to persons, and why something was not done, with a stable name for
//! it and a sentence in both languages.

use super::super::{App, bodies::Unread};
use crate::{
    drafts::{self, Draft, DraftsError, FrozenState, Looked, Refusal, Stage, Standing},
    extract::Spot,
    staff::Account,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer about one draft waits for what is said of persons in it.
const PATIENCE: Duration = Duration::from_secs(5);
/// The parts that are no files.
const BODY: &str = "body.md";
const CATALOGUE: &str = "catalogue";

/// Why something was not done.
#[derive(Debug)]
pub(super) enum Fault {
    NoToken,
    Elsewhere,
    TooMany(u32),
    TooLarge,
    Slow,
    /// What the reader said of the JSON.
    Json(String),
    /// A field that cannot be taken as it is.
    Field(&'static str),
    Refused(Refusal),
    Trouble,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::Refused(refusal)
    }
}

impl From<Unread> for Fault {
    fn from(unread: Unread) -> Fault {
        match unread {
            Unread::TooLarge => Fault::TooLarge,
            Unread::Slow => Fault::Slow,
            Unread::Full => Fault::Refused(Refusal::Busy),
        }
    }
}

impl From<DraftsError> for Fault {
    fn from(error: DraftsError) -> Fault {
        match error {
            DraftsError::Refused(refusal) => Fault::Refused(refusal),
            error => {
                tracing::error!(%error, "a machine could not be answered");
                Fault::Trouble
            }
        }
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Fault::NoToken => StatusCode::UNAUTHORIZED,
            Fault::Elsewhere | Fault::Refused(Refusal::Scope) => StatusCode::FORBIDDEN,
            Fault::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Fault::TooLarge | Fault::Refused(Refusal::TooLong | Refusal::FileSize | Refusal::TooManyFiles | Refusal::NoRoom) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Fault::Json(_) => StatusCode::BAD_REQUEST,
            Fault::Slow => StatusCode::REQUEST_TIMEOUT,
            Fault::Refused(Refusal::Nothing) => StatusCode::NOT_FOUND,
            Fault::Refused(
                Refusal::Differs
                | Refusal::Changed
                | Refusal::NotWriting
                | Refusal::NotOpen
                | Refusal::NotToSeal
                | Refusal::OtherText
                | Refusal::Approval(_),
            ) => StatusCode::CONFLICT,
            Fault::Refused(Refusal::Busy) | Fault::Trouble => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Field(_) | Fault::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// A stable name, and a sentence in English and in Chinese.
    fn said(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Fault::NoToken => ("token", "This needs a token that is valid now.", "需要现在有效的令牌。"),
            Fault::Elsewhere => ("address", "This token may not be used from this address.", "此令牌不得从该地址使用。"),
            Fault::TooMany(_) => ("too-many", "Too many requests: wait.", "请求过多，请稍候。"),
            Fault::TooLarge => ("too-large", "The request is too large.", "请求过大。"),
            Fault::Slow => ("slow", "The request came too slowly.", "请求传输过慢。"),
            Fault::Json(_) => ("json", "The request cannot be read as JSON of this address.", "请求不是该地址所要求的 JSON。"),
            Fault::Field(_) => ("field", "This field cannot be taken as it is.", "该字段无法照此接受。"),
            Fault::Trouble => ("trouble", "An error on our side: try again.", "服务器出错，请重试。"),
            Fault::Refused(refusal) => {
                let (en, zh) = match refusal {
                    Refusal::Nothing => ("There is no such thing.", "没有此项。"),
                    Refusal::Scope => ("The token is not for this.", "令牌不包含此项权限。"),
                    Refusal::TooLong => ("It is too long.", "内容过长。"),
                    Refusal::NotWriting => ("This draft is not being written now.", "此文稿现在不可编辑。"),
                    Refusal::NotOpen => ("This does not wait for approval.", "此项不在待审批状态。"),
                    Refusal::Past => ("This time has passed.", "该时间已过。"),
                    Refusal::Lacks(lacks) if lacks.is_empty() => ("A field has a name that is not known.", "有未知的字段名。"),
                    Refusal::Lacks(_) => ("Something is missing in the draft.", "文稿尚有缺项。"),
                    Refusal::Changed => ("The draft was changed meanwhile: read it again.", "文稿已被修改，请重新读取。"),
                    Refusal::FileSize => ("The file is empty, or too large.", "文件为空或过大。"),
                    Refusal::TooManyFiles => ("A draft takes no more files.", "文稿的文件数已满。"),
                    Refusal::NoRoom => ("The files of the agency's drafts take up all the room they may.", "本机关文稿的附件已占满空间。"),
                    Refusal::Differs => ("Under this id something else was asked for.", "此标识下已有不同的内容。"),
                    Refusal::Chain { .. } => ("The log would not take it.", "日志不会接受此内容。"),
                    Refusal::NotToSeal => ("There is nothing to be sealed here now.", "此刻没有待加盖印章的内容。"),
                    Refusal::OtherText => ("This is not the text that is to be sealed now.", "这不是现在待加盖印章的文字。"),
                    Refusal::NotSealed(_) => ("It is not sealed by a key of the agency that is good now.", "未以机关当前有效的印章加盖。"),
                    Refusal::Approval(_) => ("The agency's rule stands against it.", "机关的审批规则不允许。"),
                    Refusal::Busy => ("Busy: try again.", "繁忙，请重试。"),
                    _ => ("It was refused.", "未获接受。"),
                };
                let code = if matches!(refusal, Refusal::Lacks(lacks) if lacks.is_empty()) { "unknown-field" } else { refusal.code() };
                (code, en, zh)
            }
        }
    }

    /// RFC 9457, with both sentences.
    pub(super) fn told(&self) -> Value {
        let (code, en, zh) = self.said();
        let mut told = json!({ "type": "about:blank", "status": self.status().as_u16(), "code": code, "title": en, "title_zh": zh });
        match self {
            Fault::Json(said) if !said.is_empty() => told["detail"] = json!(said.chars().take(200).collect::<String>()),
            Fault::Field(field) => told["field"] = json!(field),
            Fault::Refused(Refusal::Chain { said, .. } | Refusal::NotSealed(said)) => told["detail"] = json!(said),
            Fault::Refused(Refusal::Lacks(lacks)) if !lacks.is_empty() => {
                told["field"] = json!(lacks.first().map(|(field, _)| *field));
                told["lacks"] = lacks_of(lacks);
            }
            _ => {}
        }
        told
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status(), headers, self.told().to_string()).into_response();
        let seconds = match (&self, self.status()) {
            (Fault::TooMany(seconds), _) => Some(*seconds),
            (_, StatusCode::SERVICE_UNAVAILABLE) => Some(1),
            _ => None,
        };
        if let Some(seconds) = seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Fault::NoToken) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn lacks_of(lacks: &[(&'static str, drafts::Lack)]) -> Value {
    lacks.iter().map(|(field, lack)| json!({ "field": field, "lack": lack.code() })).collect()
}

/// Until when an answer about one draft waits.
pub(super) fn soon() -> Instant {
    Instant::now() + PATIENCE
}

/// What belongs to persons, and what was not looked through: where, of which kind and why, and never a number itself.
pub(in crate::http) fn personal_of(looked: &Looked) -> (Value, Value) {
    let found = looked.found.iter().map(|(part, found)| {
        let (what, name) = match (part.as_deref(), &found.spot) {
            (None, Spot::Field(field)) => ("field", field.as_str()),
            (part, _) => called(part.unwrap_or(CATALOGUE)),
        };
        json!({ what: name, "kind": found.sort.code(), "where": place(&found.spot) })
    });
    let unread = looked.unread.iter().map(|(name, gap)| {
        let (what, name) = called(name);
        let mut told = json!({ what: name, "why": gap.code() });
        let pages = gap.pages();
        if !pages.is_empty() {
            told["pages"] = json!(pages);
        }
        told
    });
    (found.collect(), unread.collect())
}

/// A part as programs call it: the catalogue as a whole and the text as fields, all else as files.
fn called(part: &str) -> (&'static str, &str) {
    match part {
        CATALOGUE => ("field", CATALOGUE),
        BODY => ("field", "body"),
        name => ("file", name),
    }
}

fn place(spot: &Spot) -> Value {
    match spot {
        Spot::Line(line) => json!({ "line": line }),
        Spot::Page(page) => json!({ "page": page }),
        Spot::Row { sheet, row } => json!({ "sheet": sheet, "row": row }),
        Spot::Field(_) | Spot::Somewhere => json!({}),
    }
}

/// Where a draft stands, what it lacks, what in it belongs to persons, and what its case waits for. Until then it is looked through.
pub(super) async fn state_of(app: &App, who: &Account, draft: &Draft, until: Instant) -> Result<Value, Fault> {
    match told(app, who, draft, until).await {
        // Published while it was looked through, it took its bytes along: what stands now is told instead.
        Err(DraftsError::Files(_)) => {
            let now = app.drafts.draft(who, &draft.id).await?;
            Ok(told(app, who, &now, until).await?)
        }
        told => Ok(told?),
    }
}

async fn told(app: &App, who: &Account, draft: &Draft, until: Instant) -> Result<Value, DraftsError> {
    let mut state = json!({
        "draft": draft.id,
        "kind": draft.kind.code(),
        "stage": draft.stage.code(),
        "revision": draft.revision,
        "title": draft.written.title,
    });
    let mut looked = None;
    if draft.stage == Stage::Writing {
        let files = app.drafts.files(who, &draft.id).await?;
        state["lacks"] = lacks_of(&drafts::faults(draft.kind, &draft.written, files.len()));
        looked = Some(app.drafts.personal_in_draft_until(who, draft, until).await?);
    }
    if let Some(frozen) = app.drafts.submitted_of(draft).await? {
        let case = app.drafts.case(who, &frozen.case).await?;
        state["statement"] = json!(frozen.id);
        state["case"] = json!(case.id);
        state["due"] = json!(frozen.due);
        state["index"] = json!(frozen.index);
        state["told"] = json!(frozen.told);
        let rows = match &case.standing {
            Standing::Under { kinds, .. } => kinds.as_slice(),
            _ => &[],
        };
        let row = |kind: &drafts::StepKind| {
            json!({ "code": kind.code, "posts": kind.posts, "count": kind.count, "after": kind.after,
                    "decided": kind.decided.len(), "complete": kind.complete })
        };
        state["rule"] = json!(!matches!(case.standing, Standing::NoRule));
        state["steps"] = rows.iter().map(row).collect();
        state["ready"] = json!(frozen.ready);
        if let Some(code) = app.drafts.sealing(&case)?.code() {
            state["seal"] = json!(code);
        }
        if matches!(case.frozen.state, FrozenState::Open | FrozenState::Sealing) {
            looked = Some(app.drafts.personal_in_case_until(who, &case, until).await?);
        }
    }
    if let Some(looked) = looked {
        (state["personal"], state["unread"]) = personal_of(&looked);
    }
    Ok(state)
}
