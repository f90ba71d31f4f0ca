//! Writes every page, in both languages and several states, to a folder to be looked at:
//! `cargo run -p app --example gallery -- /tmp/gallery`. With a second word, `rate`, it measures
//! how many pages a second one core draws.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod yunze;

use app::Lang;
use std::time::Instant;
use std::{env, fs, path::Path};

fn main() {
    let mut words = env::args().skip(1);
    let folder = words.next().unwrap_or_else(|| "/tmp/gallery".to_owned());
    if words.next().as_deref() == Some("rate") {
        return rate();
    }
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("main.css"), style("main.css")).unwrap();
    fs::write(folder.join("desk.css"), style("desk.css")).unwrap();
    let site = yunze::site();
    for lang in Lang::ALL {
        for (name, html) in yunze::pages(&site, lang).into_iter().chain(desk::pages(&site, lang)) {
            let file = |state: &str| folder.join(format!("{}-{name}{state}.html", lang.code()));
            fs::write(file(""), &html).unwrap();
            if matches!(name, "timeline" | "disclosure") {
                fs::write(file("-checked"), checked(&html, lang, false)).unwrap();
                fs::write(file("-broken"), checked(&html, lang, true)).unwrap();
            }
        }
    }
    println!("{}", folder.display());
}

/// A style sheet with its imports in place, as the build makes it.
fn style(file: &str) -> String {
    let style = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
    let main = fs::read_to_string(style.join(file)).unwrap();
    main.lines()
        .map(|line| match line.strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";")) {
            Some(file) => fs::read_to_string(style.join(file)).unwrap(),
            None => format!("{line}\n"),
        })
        .collect()
}

/// Sets the attributes that the island would set, knot by knot.
fn checked(html: &str, lang: Lang, broken: bool) -> String {
    let island = app::words::island(lang);
    let say = |phrase| island.get(phrase).replace("{since}", "22 Nov 2026, 13:45").replace("{agency}", "Yunze Finance Bureau");
    let mut out = String::new();
    for (n, piece) in html.replace("<html ", "<html data-islands=\"awake\" ").split("data-check=\"unchecked\"").enumerate() {
        let state = match n {
            3 if broken => "fails",
            5 if broken => "unknown",
            0..=12 => "holds",
            13 => "pending",
            14 => "checking",
            _ => "unchecked",
        };
        let (sentence, seal) = match state {
            "holds" => (say(app::phrases::Phrase::RowHolds), "holds"),
            "fails" => (island.check(0, app::phrases::Answer::Fails).to_owned(), if n == 3 { "fails" } else { "stolen" }),
            "pending" => (say(app::phrases::Phrase::RowPending), "unchecked"),
            "unknown" => (say(app::phrases::Phrase::RowUnknown), "stolen"),
            _ => (String::new(), "unchecked"),
        };
        if n > 0 {
            out.push_str(&format!("data-check=\"{state}\""));
        }
        let link = if state == "checking" { "unchecked" } else { state };
        let mut piece = piece.to_owned();
        if n > 0 {
            piece = piece.replace("data-link=\"unchecked\"", &format!("data-link=\"{link}\""));
            piece = piece.replace("data-seal=\"unchecked\"", &format!("data-seal=\"{seal}\""));
            if !sentence.is_empty() {
                let unchecked = app::words::of(lang).item.unchecked;
                piece = piece.replace(&format!(">{unchecked}<"), &format!(">{sentence}<"));
            }
        }
        out.push_str(&piece);
    }
    if broken {
        out = out.replacen("role=\"alert\" hidden", "role=\"alert\"", 1);
        let alarm = island.get(app::phrases::Phrase::AlarmList).replace("{count}", "1");
        out = out.replacen("<p class=\"alarm-text\">", &format!("<p class=\"alarm-text\">{alarm}"), 1);
    }
    out
}

fn rate() {
    let site = yunze::site();
    let (timeline, disclosure) = (yunze::timeline(Lang::En), yunze::disclosure(Lang::Zh));
    let list = app::view::Shell { site: &site, lang: Lang::En, path: "/" };
    let one = app::view::Shell { site: &site, lang: Lang::Zh, path: "/disclosures/1226" };
    measure("timeline of 25", || app::pages::timeline(&list, &timeline).len());
    measure("disclosure", || app::pages::disclosure(&one, &disclosure).len());
}

fn measure(what: &str, draw: impl Fn() -> usize) {
    let start = Instant::now();
    let (mut pages, mut bytes) = (0u32, 0);
    while start.elapsed().as_secs() < 3 {
        bytes = draw();
        pages += 1;
    }
    println!("{what}: {:.0} pages/s on one core, {bytes} bytes", f64::from(pages) / start.elapsed().as_secs_f64());
}
