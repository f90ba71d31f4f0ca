//! 章程页面的用语。

use super::charter::CharterWords;

pub(super) const CHARTER: CharterWords = CharterWords {
    title: "本链章程",
    lead: |needed, of| {
        format!(
            "章程规定由谁登记、日志用哪把密钥签字、以谁的见证为准。修订须由现任 {of} 名登记员中的 {needed} 名签名，公开上链，永久有效。"
        )
    },
    to: "章程与登记员",
    in_force: "现行章程",
    entry: |entry| format!("载于第 {entry} 条"),
    amend: "修订章程",
    amend_help: "未作改动的内容不变。修订提出后，须等现任登记员签名足数。",
    registrars: "登记员",
    registrars_help: "不再担任者，取消勾选。",
    candidates: "新任登记员",
    candidate: |who| format!("由{who}申请"),
    candidates_none: "尚无人申请。拟任登记员须先在下方生成密钥。",
    threshold: "须有几名登记员签名",
    threshold_help: "适用于今后的登记和下一次修订。若遗失的密钥过多，所余不足此数，此后将无法再作任何登记。",
    name_zh: "本站中文名称",
    name_en: "本站英文名称",
    zone: "时区",
    zone_help: "IANA 时区名，如 Asia/Shanghai。时间均按此显示。",
    policy: "见证规则",
    policy_help: "以谁的见证签名为准，按 tlog-policy 格式填写；quorum none 表示不设见证。",
    rotate: "日志启用新密钥",
    rotate_help: "新密钥在本服务器生成，与日志现用密钥同存一处。生成后请备份 keys 文件夹。",
    from: "自日志达到多少条起",
    from_help: "须大于最后一名登记员签名时日志的条数。",
    button: "提出修订",
    own: "您的登记员密钥",
    own_help: "与岗位密钥一样，在您的浏览器中生成。章程载明之后，即为登记员密钥。",
    own_name: "名称末段",
    own_name_help: |example| format!("如 {example}。不得与其他密钥同名。"),
    own_button: "前往生成密钥",
    key_title: "登记员密钥",
    key_lead: "密钥在您的浏览器中生成，未经加密绝不离开浏览器。本站只得到公钥和您持有密钥的证明；是否列为登记员密钥，由章程所载登记员决定。",
    key_none: "章程未载此名称的密钥。",
    key_waits: "等待列为登记员密钥",
    send_help: "本浏览器所存密钥尚未列为登记员密钥。",
    outside_help: "在您自己的电脑上运行以下命令生成密钥，并得到持有证明：以该密钥对此名称及您的账户签名。",
    outside_command: |name, origin, account| {
        format!(
            "gazette registrar key --out registrar.key --name {name}\ngazette registrar prove --key registrar.key --origin {origin} --account {account}"
        )
    },
    amendment: "章程修订",
    changes: "改动的内容",
    changes_help: "签名之前，浏览器会取得所修订的章程，核对二者与本页所示是否一致。",
    stays: "不变的内容",
    was: "不再有效",
    new: "新",
    article: |article| match article {
        "amends" => "修订的条目",
        "origin" => "链名",
        "trial" => "试运行",
        "language" | "name" => "名称",
        "zone" => "时区",
        "log" | "from" => "日志密钥",
        "registrar" => "登记员",
        "threshold" => "须签名人数",
        _ => "见证规则",
    },
    trial: |trial| if trial == "true" { "试运行：不作为公开记录" } else { "正式运行" },
    from_size: ("自", " 条起"),
};
