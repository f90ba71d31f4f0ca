//! 中文信件。

use super::letters::{LetterWords, Said};

fn said(subject: String, text: impl Into<String>) -> Said {
    Said { subject, text: text.into() }
}

pub(super) static WORDS: LetterWords = LetterWords {
    waits: |agency| said(format!("{agency}有事项待您办理"), format!("{agency}有事项待您办理，请到工作台查看：")),
    rejected: |agency| said(format!("{agency}有文稿审批未通过"), format!("您为{agency}撰写的文稿审批未通过，理由见工作台：")),
    published: |agency| said(format!("{agency}已发布您的文稿"), format!("您为{agency}撰写的文稿已经发布：")),
    again: |agency| said(format!("{agency}有文稿须重新审批"), format!("您为{agency}撰写的文稿未能按已批准的内容发布，如何处理见工作台：")),
    unsealed: |agency| {
        said(format!("{agency}有文稿待加盖印章"), format!("您为{agency}撰写的文稿已获批准，待机关自行加盖印章，进展见工作台："))
    },
    taken_back: |agency| {
        said(format!("{agency}有文稿被收回"), format!("您为{agency}撰写并已送审的文稿已被收回，重新处于撰写之中，不会按原样发布："))
    },
    daily: |portal| said(format!("{portal}工作台有新情况"), format!("{portal}工作台有事项待您办理，或您撰写的内容有了进展：")),
    confirm: |portal| {
        said(
            format!("请确认您在{portal}的邮箱"),
            format!(
                "有人在{portal}工作台登录后称此邮箱为其本人所有。如不是您本人，不必理会，不会再收到邮件；如是，请在一日内打开以下链接："
            ),
        )
    },
    address_changed: |portal| {
        said(
            format!("您在{portal}的邮箱已变更"),
            format!("{portal}工作台的邮件不再发往此邮箱。如非您本人变更，请立即告知管理员，设有密码的并请更改密码。您的账号："),
        )
    },
    invitation: |place| {
        said(
            format!("邀请您到{place}工作台"),
            format!("您受邀使用{place}工作台。以下链接用于设立账号，只能使用一次，三日内有效，仅供您本人使用："),
        )
    },
    recovery: |portal| {
        said(
            format!("恢复登录{portal}"),
            format!("管理员为您生成了重设{portal}工作台密码的链接。如您并未提出，请勿打开，并告知管理员。链接只能使用一次，一小时内有效："),
        )
    },
    new_place: |portal| {
        said(
            format!("{portal}有新的登录"),
            format!(
                "有人用您的账号登录了{portal}工作台，所用网络或浏览器为首次出现。如是您本人，无须理会；如不是，请立即告知管理员，设有密码的并请更改密码。您的账号："
            ),
        )
    },
    new_way: |portal| {
        said(
            format!("您在{portal}的账号新增了登录方式"),
            format!(
                "您在{portal}工作台的账号新增了一种登录方式：验证器应用、通行密钥、恢复码、部门登录或程序令牌。如是您本人，无须理会；如不是，请立即告知管理员。您的账号："
            ),
        )
    },
    password_changed: |portal| {
        said(format!("您在{portal}的密码已更改"), format!("您在{portal}工作台的密码已更改。如非您本人更改，请立即告知管理员。您的账号："))
    },
    foot: |portal| format!("本邮件由{portal}工作台自动发出，请勿回复。接收哪些邮件，可在“我的账号”页面选择。"),
    section: "邮件",
    none: "目前不向您发送邮件。",
    goes_to: |address| format!("邮件发往 {address}。"),
    asked: |address| format!("已向 {address} 发出链接，请在一日内用本浏览器打开；在此之前不会向该邮箱发送其他邮件。"),
    address: "电子邮箱",
    address_help: "将向该邮箱发出链接，打开即为确认。邮件只提示有事待办，不写具体内容。",
    ask: "发出链接",
    remove: "不再接收邮件",
    wanted: "工作事项的邮件",
    each: "即时",
    daily_choice: "每日一次",
    no_work: "不接收",
    always: "在新的地点登录、更改密码，一律以邮件告知。",
    language: "邮件语言",
    save: "保存",
    confirm_title: "确认邮箱",
    confirm_lead: |address| format!("工作台的邮件将发往 {address}。"),
    confirm_button: "是，此邮箱为我所有",
    invite_address: "以邮件发出链接（可不填）",
    invite_address_help: "链接发往该邮箱，不向您显示。留空则由您自行转交。",
    by_mail: "将链接发往其邮箱",
    by_mail_help: |has| if has { "不向您显示。" } else { "对方尚未确认邮箱，请自行转交链接。" },
    sent: "链接已以邮件发出。",
};
