//! 审批页中“改动”一节的用语。

use super::changed::*;

pub(super) const WORDS: ChangedWords = ChangedWords {
    title: "改动对照",
    help: "仅供参阅。您签署的是下方全文，请以全文为准。",
    since_published: |index| format!("对照已发布的版本（第 {index} 条）"),
    since_earlier: |at| format!("对照 {at} 送审的文字"),
    since_decided: |at, decision| format!("对照您上次办理（{decision}）时的文字，{at} 送审"),
    other: "改为：",
    summary: |what| format!("有改动：{what}"),
    nothing: "没有改动。",
    gone: "所对照的文字已不留存，请查看全文。",
    fields: "目录信息",
    files: "附件",
    added: "新增：",
    removed: "删去：",
    folded: |lines| format!("…… {lines} 行未变 ……"),
    cut: "改动过多，此处未全部列出，请查看全文。",
    file: |what| match what {
        "added" => "新增",
        "removed" => "移除",
        "replaced" => "替换",
        _ => "名称和大小未变，内容未逐一比对",
    },
    count_files: |count| format!("{count} 个附件"),
    to_text: "查看全文",
    legend: ("新增的文字", "删去的文字"),
};
