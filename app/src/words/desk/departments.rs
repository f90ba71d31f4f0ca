//! Coming in by a department's own sign-in, and one's own name.

use super::{super::super::Lang, Text};

pub struct DepartmentWords {
    pub or: Text,
    pub with: fn(&str) -> String,
    pub join_lead: Text,
    pub going: Text,
    pub going_lead: Text,
    pub going_link: Text,
    pub failed: (Text, Text),
    pub unreachable: (Text, Text),
    pub stranger: (Text, Text),
    pub bound: (Text, Text),
    pub taken: (Text, Text),
    pub section: Text,
    pub lead: Text,
    pub none: Text,
    pub used: Text,
    pub bind: fn(&str) -> String,
    pub remove: Text,
    /// For those who cannot see which sign-in a button is about.
    pub remove_of: fn(&str) -> String,
}

pub fn of(lang: Lang) -> &'static DepartmentWords {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

static EN: DepartmentWords = DepartmentWords {
    or: "Or by your department",
    with: |name| format!("Sign in with {name}"),
    join_lead: "Instead of a password: fill in the two names above, and sign in where your department has you sign in.",
    going: "One moment",
    going_lead: "The next page opens by itself. If it does not:",
    going_link: "Go on",
    failed: (
        "Your department's sign-in did not work",
        "It was broken off, took too long, or what came back does not hold. Nothing was changed. Begin again from the page for signing in.",
    ),
    unreachable: (
        "Your department's sign-in cannot be reached",
        "Its server does not answer as it should. Nothing was changed. Try again in a while, or sign in with your password if you have one.",
    ),
    stranger: (
        "Nobody here signs in that way",
        "Your department knows you, but no account of this desk is bound to that sign-in. Sign in with your password and bind it on the page of your account, or ask your administrator for an invitation.",
    ),
    bound: ("This sign-in is somebody's already", "It is bound to an account of this desk. One sign-in opens one account."),
    taken: ("Somebody signs in with this name already", "Open your invitation again and choose another name to sign in with."),
    section: "Your department's sign-in",
    lead: "Come in the way your department has you sign in, without a password of this desk. What you may do is still decided here.",
    none: "Not used.",
    used: "Last used",
    bind: |name| format!("Use {name}"),
    remove: "Remove",
    remove_of: |name| format!("Remove the sign-in of {name}"),
};

static ZH: DepartmentWords = DepartmentWords {
    or: "或用本部门账号登录",
    with: |name| format!("用{name}账号登录"),
    join_lead: "也可不设密码：填写上面的姓名和登录名，再用本部门账号登录。",
    going: "正在跳转",
    going_lead: "页面将自动跳转。如未跳转，请点击：",
    going_link: "继续",
    failed: ("部门账号登录未成功", "登录中断、超时，或返回的凭据未通过验证。未作任何更改，请从登录页重新开始。"),
    unreachable: ("部门登录服务暂时无法使用", "该服务没有正常应答，未作任何更改。请稍后再试；设有密码的，可用密码登录。"),
    stranger: (
        "没有与之关联的账号",
        "本部门已确认您的身份，但工作台没有账号与该部门账号关联。请用密码登录后在“我的账号”中关联，或请管理员邀请。",
    ),
    bound: ("该部门账号已被关联", "它已与工作台的一个账号关联。一个部门账号只能关联一个账号。"),
    taken: ("登录名已被使用", "请重新打开邀请链接，另选登录名。"),
    section: "部门账号",
    lead: "可用本部门账号登录，无须工作台密码。职责仍由工作台确定。",
    none: "未关联。",
    used: "最近使用",
    bind: |name| format!("关联{name}账号"),
    remove: "解除关联",
    remove_of: |name| format!("解除关联：{name}账号"),
};
