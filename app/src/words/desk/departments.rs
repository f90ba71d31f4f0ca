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
    going_lead: "You are being led on. If nothing happens:",
    going_link: "Go on",
    failed: (
        "Your department's sign-in did not work",
        "It was broken off, took too long, or what came back does not hold. Nothing was changed. Begin again from the page for signing in.",
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
    or: "或用本部门的登录",
    with: |name| format!("用{name}登录"),
    join_lead: "不设密码：填好上面的姓名和登录名，再用本部门的登录方式登录。",
    going: "请稍候",
    going_lead: "正在转往下一页。若无反应：",
    going_link: "继续",
    failed: ("部门登录未成功", "登录中断、超时，或带回的凭据不成立。未作任何更改，请从登录页重新开始。"),
    stranger: ("此处无人用这种方式登录", "您的部门认识您，但工作台没有账号与之关联。请用密码登录后在“我的账号”中关联，或请管理员邀请。"),
    bound: ("这一登录已有归属", "它已与工作台的某个账号关联，一种登录只开一个账号。"),
    taken: ("登录名已被使用", "请重新打开邀请链接，另选登录名。"),
    section: "部门登录",
    lead: "用本部门的登录方式进入，不用工作台的密码。职责仍由工作台决定。",
    none: "未使用。",
    used: "最近使用",
    bind: |name| format!("使用{name}"),
    remove: "移除",
    remove_of: |name| format!("移除{name}的登录"),
};
