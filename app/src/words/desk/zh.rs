//! 工作台各页的用语。

use super::*;
use crate::view::desk::Weak;

pub(super) static WORDS: DeskWords = DeskWords {
    lang: Lang::Zh,
    frame: FrameWords {
        desk: "工作台",
        public: "公开页面",
        navigation: "工作台各处",
        signed_in: |name| format!("已登录：{name}"),
        sign_out: "退出",
        room: |room| match room {
            Room::Home => "概览",
            Room::Drafts => "文稿",
            Room::Account => "我的账号",
            Room::None => "",
        },
        role: |role| match role {
            Role::Drafter => "起草",
            Role::Reviewer => "审核",
            Role::Approver => "签批",
            Role::Publisher => "发布",
            Role::Administrator => "管理员",
            Role::Registrar => "登记员",
            Role::Auditor => "审计员",
        },
        role_means: |role| match role {
            Role::Drafter => "撰写文稿",
            Role::Reviewer => "办理审核步骤",
            Role::Approver => "办理签批步骤",
            Role::Publisher => "发布已获批准的文稿",
            Role::Administrator => "邀请人员，授予职责",
            Role::Registrar => "登记机关、岗位与审批规则",
            Role::Auditor => "可阅全部，不作改动",
        },
        portal: "全站",
        fault_title: "有需要更正之处",
        fault_before: |title| format!("有误：{title}"),
        fault: |fault| match fault {
            Fault::WrongSignIn => "登录名与密码不符。".into(),
            Fault::Wait { seconds } => format!("尝试次数过多，请{}后再试。", wait(seconds)),
            Fault::Busy => "此刻登录的人较多，请稍后再试。".into(),
            Fault::Login => "请用 2 至 64 个拉丁字母、数字或 . - _ @，首尾须为字母或数字。".into(),
            Fault::LoginTaken => "此登录名已有人使用，请另取一个。".into(),
            Fault::Name => "请填写同事所知的姓名，不超过 80 字。".into(),
            Fault::Password(Weak::Short { least }) => format!("密码至少 {least} 个字符。几个互不相干的词连写，既牢靠又好记。"),
            Fault::Password(Weak::Long) => "密码过长。".into(),
            Fault::Password(Weak::Common) => "此密码属于最先被人尝试的一类，请另设。".into(),
            Fault::Password(Weak::OwnName) => "此密码由您的姓名、登录名或本站名称构成，请另设。".into(),
            Fault::Password(Weak::Pattern) => "此密码容易猜中：单个词、日期、键盘顺序或重复字符。请添加互不相干的词。".into(),
            Fault::Repeat => "两次填写的密码不同。".into(),
            Fault::Lack(lack) => (drafts_zh::WORDS.lack)(lack).into(),
        },
        foot: "工作台上的操作均记入日志。",
        stale: ("此表单已失效", "打开时间过长，或并非由本站提交。未作任何改动。请返回并重新载入页面，再办理一次。"),
        spent: ("此链接不能使用", "它已用过、已过期，或复制不全。请向给您链接的人另取一个。"),
        back: "回到工作台",
    },
    sign_in: SignInWords {
        title: "登录",
        lead: "供在本站发布信息的机关工作人员使用。",
        out: "您已退出。",
        login: "登录名",
        password: "密码",
        button: "登录",
        help: "忘记密码？请本机关管理员为您恢复。",
    },
    link: LinkWords {
        title_first: "首位管理员",
        title: "设立账号",
        lead_first: "工作台尚无任何账号。您的账号将管理全站，并邀请其他人员。",
        lead: "您受邀使用本工作台。请设定登录方式。",
        gives: "此账号的职责",
        until: |at| format!("此链接只能使用一次，{at}前有效。"),
        name: "姓名",
        name_help: "同事所知的姓名，不向公众显示。",
        login: "登录名",
        login_help: "拉丁字母和数字，如 li.wei，也可用电子邮箱地址。",
        password: "密码",
        password_help: "至少 12 个字符。几个互不相干的词连写，既牢靠又好记。",
        repeat: "再次填写密码",
        button: "设立账号",
    },
    home: HomeWords {
        title: "概览",
        lead: |login| format!("您的登录名为 {login}。"),
        roles: "您的职责",
        none: "您尚无职责，可由本机关管理员授予。",
    },
    drafts: drafts_zh::WORDS,
};

fn wait(seconds: u32) -> String {
    match seconds {
        0..=90 => format!(" {} 秒", seconds.max(1)),
        _ => format!(" {} 分钟", seconds.div_ceil(60)),
    }
}
