//! “本链”“说明”与出错各页的用语。

use super::*;

pub(super) const CHAIN: ChainWords = ChainWords {
    title: "本链",
    lead: "本站发布的一切都在同一条签名相连的链上。凭链的身份，任何人都能独自核验其余。",
    identity: "链的身份",
    identity_note: "即第 0 条（章程）的指纹。请与印在纸上的，或您信得过的人给您的比对。",
    began: "起始时间",
    charter: "章程",
    size: "条目数",
    entries: |size| format!("{size} 条"),
    checkpoint: "最新检查点",
    checkpoint_note: "载明全部条目所成之树的大小与树根，由日志签署，并附已有的见证签名。",
    checkpoint_link: "取检查点",
    keys: "密钥",
    keys_note: "由章程指定，按 vkey（C2SP signed-note）书写。",
    policy: "见证规则",
    witnesses: "外部见证方",
    witnesses_none: "尚无。在此之前，链上时间只是日志的一面之词。",
    check: "如何自行核验",
    check_lead: "您不必信任本站的网页。办法有四，由易到难：",
    by_browser: "交给浏览器",
    by_browser_note: "允许运行脚本，每一页都会核验所示内容并在旁注明。浏览器记得本链，历史若被改写，它会发现。",
    by_hand: "用常见工具亲手算",
    by_hand_leaf: "条目的指纹，是一个零字节加条目全文的 SHA-256。后一条的第四行记着它：",
    by_hand_part: "各部分的指纹，是标签、盐值与内容连在一起的 SHA-256。声明里记着它：",
    by_client: "用任何瓦片式日志的客户端",
    by_client_note: "本日志严格遵照 C2SP 的 tlog-tiles、tlog-checkpoint 与 signed-note。把以下网址和日志密钥交给客户端：",
    by_owner: "用本站自己的程序",
    by_owner_note: "对一份数据副本，它从条目重建一切，并指出第一处不同：",
    addresses: "公开网址",
    address_rows: [
        ("/log/checkpoint", "最新检查点"),
        ("/log/tile/…", "树的瓦片"),
        ("/log/tile/entries/…", "条目本身，每包 256 条"),
        ("/log/entry/12", "单个条目"),
        ("/log/proof/12.tlog-proof", "单个条目的证明"),
        ("/log/policy", "见证规则"),
        ("/log/consistency/12-34", "34 条之树由 12 条之树续成的证明"),
        ("/log/evidence/34/12", "核验若干条目所需的全部凭据"),
        ("/log/registry/…", "登记册中某一标识的证明"),
        ("/content/of/12", "若干条目的目录"),
        ("/content/sha256:…", "按指纹取内容"),
    ],
};

pub(super) const ABOUT: AboutWords = AboutWords {
    title: "说明",
    lead: "一份无法暗中改动的公报。",
    sections: &[
        (
            "这里有什么",
            &[
                "各机关在此公布公众有权知道的事项：规范、通知、预算、决定。每公布一件，便成为链上的一条。",
                "已公布的从不改动。更正、废止、新版，都另成一条，指明所涉的前文，两者并存。",
            ],
        ),
        (
            "为什么是一条绳",
            &[
                "文字出现之前，人们结绳记事。在这里一条即一结，两结之间的绳，是后一条所记的前一条指纹。",
                "抽走一结，或改动一结，绳便在人人看得见的地方断开。",
            ],
        ),
        (
            "核验说明什么，不说明什么",
            &[
                "您的浏览器取来凭据，自行判断：文字是否就是盖章时的文字，由谁盖章，在原处有没有动过。",
                "它不能判断文字所说是否属实，也不能判断是否具有法律效力。这要问有关机关。",
                "有些文件是抄录：由档案机构从他处取来，以自己的名义盖章。凡属此类，页上都会注明。",
            ],
        ),
        (
            "哪些会撤下",
            &[
                "链上没有人名，也没有标题，只有日期、代码和指纹。标题与正文放在链旁，依法应当撤下时可以撤下。",
                "撤下本身也是一条。撤下之处仍然看得见。",
            ],
        ),
        (
            "如果核验不符",
            &["请保存本页和所链接的条目原文，告诉本站，也告诉站外的人：报社、法院或其他机关。没有本站，这些凭据照样可以核验。"],
        ),
    ],
    reading: "怎样看这些记号",
    legend: [
        ("unchecked", "铅笔", "尚未核验，或浏览器未运行脚本"),
        ("holds", "墨色，结已系紧", "已核验，相符"),
        ("pending", "琥珀色，结未系完", "尚未完成，您无须操作"),
        ("fails", "绳断", "不符，旁边写明何处不符"),
    ],
    seals: [
        ("unchecked", "空心", "印章尚未核验"),
        ("holds", "实心", "与该机关登记的密钥相符"),
        ("stolen", "划去", "密钥后来已报失窃"),
        ("fails", "裂开", "与该机关登记的密钥不符"),
    ],
};

pub(super) const PROBLEM: ProblemWords = ProblemWords {
    bad_address: ("网址有误", "网址中有无法辨认的内容。如系复制而来，请检查是否完整。"),
    not_found: ("没有这一页", "如系手工输入，请检查网址。如由链接而来，则链接有误：这里公布的内容，从不会不留痕迹地删除。"),
    not_yet: ("链还没有到这里", |index| format!("尚无第 {index} 条。")),
    removed: ("内容已撤下", "它曾在此公布，后来撤下。链上保留其位置，并载明由谁、因何撤下。"),
    removed_see: "查看撤下声明",
    too_many: ("请求过多", |seconds| format!("请等候 {}再试。", wait(seconds))),
    broken: ("本站出错", "错误已记录，链上内容不受影响。请稍后再试。"),
    busy: ("本站繁忙", |seconds| format!("请 {}后再试，链上内容不受影响。", wait(seconds))),
    home: "回到时间线",
    search: "检索",
};

fn wait(seconds: u32) -> String {
    match seconds {
        0..=90 => format!("{} 秒", seconds.max(1)),
        _ => format!("{} 分钟", seconds.div_ceil(60)),
    }
}
