//! Promises about what is found, and first.

use std::path::Path;

use super::*;

#[test]
fn a_chinese_phrase_finds_the_texts_that_contain_it_and_not_its_scattered_characters() {
    let (shelf, index) = Shelf::new(vec![
        document(0, "青禾市政府信息公开年度报告", "本年度公开各类信息。"),
        document(1, "河道管理通知", "政治府邸信仰息怒公园开门。"),
        document(2, "政务公开要点", "推进人民政府信息公开工作。"),
        document(3, "会议纪要", "政府，研究了道路信息，并决定公开。"),
    ]);
    assert_eq!(sorted(shelf.find(&index, "政府信息公开")), [0, 2]);
    assert_eq!(sorted(shelf.find(&index, "\"政府信息公开\"")), [0, 2]);
    assert_eq!(sorted(shelf.find(&index, "政府 信息 公开")), [0, 2, 3], "parted by whoever asks");
    assert_eq!(shelf.find(&index, "政府 信息 公开").last(), Some(&3), "words apart rank after words together");
    assert_eq!(sorted(shelf.find(&index, "青禾市")), [0, 1, 2, 3], "by the agency's name too");
    assert!(shelf.find(&index, "禾青").is_empty());
}

#[test]
fn chinese_that_no_text_has_as_it_is_written_is_looked_for_word_by_word_and_the_reader_is_told() {
    let (_shelf, index) = Shelf::new(vec![document(0, "会议纪要", "政府，研究了道路信息，并决定公开。"), document(1, "通知", "政府。")]);
    let ask = |text: &str| index.search(&Query { text: text.into(), ..Query::default() }).unwrap();
    let hits = ask("政府信息公开");
    assert_eq!((hits.total, hits.notice), (1, Some(Notice::Apart)));
    let hits = ask("政府信息公开条例");
    assert_eq!((hits.total, hits.notice), (0, None), "nothing either way is told as nothing");
    let hits = ask("研究了道路信息");
    assert_eq!((hits.total, hits.notice), (1, None));
}

#[test]
fn a_chinese_word_is_not_found_across_the_words_of_a_text_unless_quoted() {
    let (shelf, index) = Shelf::new(vec![document(0, "中华人民共和国会计法", "从略"), document(1, "国会参观须知", "从略")]);
    assert_eq!(shelf.find(&index, "国会"), [1]);
    assert_eq!(sorted(shelf.find(&index, "\"国会\"")), [0, 1]);
}

#[test]
fn english_is_found_in_any_form_of_its_words() {
    let (shelf, index) = Shelf::new(vec![
        document(0, "Repairing bridges", "The bureau repaired two."),
        document(1, "Bridge repairs", "None."),
        document(2, "Lanterns", "No such thing."),
    ]);
    for asked in ["bridge repair", "Repairs BRIDGES", "bridges, repaired!", "ｂｒｉｄｇｅ repair"] {
        assert_eq!(sorted(shelf.find(&index, asked)), [0, 1], "{asked}");
    }
}

#[test]
fn languages_mix_in_one_text_and_in_one_query() {
    let (shelf, index) =
        Shelf::new(vec![document(0, "IT服务采购公告", "采购open data平台，编号QH2026。"), document(1, "采购公告", "采购桌椅。")]);
    assert_eq!(shelf.find(&index, "采购 open-data"), [0]);
    assert_eq!(shelf.find(&index, "it服务 qh2026"), [0]);
}

#[test]
fn a_quoted_phrase_must_stand_as_it_is() {
    let (shelf, index) = Shelf::new(vec![
        document(0, "Pay", "The pay gap grew."),
        document(1, "Gap", "A gap in pay."),
        document(2, "Bridge", "The gap; pay."),
    ]);
    assert_eq!(shelf.find(&index, "\"pay gap\""), [0]);
    assert_eq!(sorted(shelf.find(&index, "pay gap")), [0, 1, 2]);
    assert_eq!(shelf.find(&index, "pay gap")[0], 0);
    assert_eq!(sorted(shelf.find(&index, "\"pay gap")), [0, 1, 2], "an unclosed quote binds nothing");
}

#[test]
fn an_exact_number_is_found_in_any_spelling_and_its_document_comes_first() {
    let mut numbered = document(0, "关于河道的通知", "正文从略。");
    numbered.document_number = Some("青政发〔2026〕5号".into());
    numbered.index_number = Some("000099/2026-00007".into());
    let mut advisory = document(4, "Pump controllers", "See the note.");
    advisory.document_number = Some("QHSA-26-348-10".into());
    let mut order = document(5, "On lanterns", "Lanterns shall be lit.");
    order.document_number = Some("Mayoral Order 1395".into());
    let (shelf, index) = Shelf::new(vec![
        numbered,
        document(1, "引用", "按照青政发[2026]5号、青政发（2026）5 号办理。青政发〔2026〕5号很重要。"),
        document(2, "别的号", "青政发〔2026〕51号，2026年5月。"),
        document(3, "An order cited", "As mayoral order 1395 says; see QHSA-26-348-10 and QHSA-26-348-11."),
        advisory,
        order,
    ]);
    for asked in ["青政发〔2026〕5号", "青政发[2026]5号", "青政发（２０２６）5号", "青政发(2026) 5号"] {
        assert_eq!(shelf.find(&index, asked), [0, 1], "{asked}");
    }
    assert_eq!(shelf.find(&index, "000099/2026-00007"), [0]);
    assert_eq!(shelf.find(&index, "qhsa-26-348-10"), [4, 3]);
    assert_eq!(shelf.find(&index, "QHSA-26-348-11"), [3]);
    assert_eq!(shelf.find(&index, "Mayoral Order 1395"), [5, 3]);
    assert_eq!(shelf.find(&index, "\"Mayoral Order 1395\""), [5, 3]);
}

#[test]
fn titles_weigh_more_than_bodies() {
    let filler = "Drains and lamps and roads were seen to. ".repeat(8);
    let (shelf, index) =
        Shelf::new(vec![document(0, "Roads", &format!("{filler} Lanterns, lanterns.")), document(1, "Lanterns of the quay", &filler)]);
    assert_eq!(shelf.find(&index, "lantern"), [1, 0]);
}

#[test]
fn names_subjects_and_keywords_are_found() {
    let mut one = document(0, "Report", "Figures.");
    one.stated_agency = Some("Harbour Master of Qinghe".into());
    one.subjects = vec![("reg:0042".into(), "Heron Ferries Ltd".into())];
    one.keywords = vec!["moorings".into()];
    one.summary = Some("Berths let in spring".into());
    let (shelf, index) = Shelf::new(vec![one, document(1, "Other", "Figures.")]);
    for asked in ["harbour master", "heron ferries", "mooring", "berths", "reg:0042", "\"Heron Ferries\""] {
        assert_eq!(shelf.find(&index, asked), [0], "{asked}");
    }
    assert_eq!(sorted(shelf.find(&index, "works bureau")), [0, 1]);
}

#[test]
fn the_snippet_marks_what_was_asked_for_in_whatever_text_it_is_given() {
    let (shelf, index) = Shelf::new(vec![document(0, "Notice", "The ferry sails at noon.")]);
    let hits = shelf.search(&index, &Query { text: "ferries".into(), ..Query::default() });
    let fragment = |text: &str, marked| Fragment { text: text.into(), marked };
    let pieces = hits.marks.cut(&shelf.texts.borrow()[&hits.hits[0].index]).pieces;
    assert_eq!(pieces, [fragment("The ", false), fragment("ferry", true), fragment(" sails at noon.", false)]);
    assert_eq!(hits.marks.cut("").pieces, []);
}

#[test]
fn on_real_documents_quoted_chinese_finds_the_texts_that_contain_it_and_no_others() {
    use std::io::Read;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/zh-state-council.jsonl.gz");
    let Ok(file) = std::fs::File::open(file) else {
        use std::io::Write;
        // Past the runner, which keeps back what a test that passes prints.
        std::io::stderr().write_all(b"SKIPPED: the corpus is not here, so no real document was looked for\n").unwrap();
        return;
    };
    let mut lines = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut lines).unwrap();
    let mut documents = Vec::new();
    for (n, line) in lines.lines().enumerate() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut d = document(n as u64, record["title"].as_str().unwrap(), record["body"].as_str().unwrap());
        d.document_number = record["doc_number"].as_str().map(str::to_owned);
        d.index_number = record["id"].as_str().map(str::to_owned);
        documents.push(d);
    }
    let titled: Vec<String> = documents.iter().map(|d| format!("{}。{}。{}", d.title, d.body, d.agency_name)).collect();
    let joined: Vec<String> =
        titled.iter().map(|t| t.chars().filter(|c| c.is_alphanumeric() || matches!(c, '。' | '！' | '？')).collect()).collect();
    let mut asked: Vec<String> =
        ["政府信息公开", "信息公开", "人民政府", "国务院办公厅", "行政执法", "营商环境", "公示", "国会"].map(str::to_owned).into();
    for (n, text) in titled.iter().enumerate() {
        let runs: Vec<&str> = text.split(|c| !runs::is_ideograph(c)).filter(|run| run.chars().count() > 8).collect();
        for k in 0..6 {
            let run = runs[(n * 97 + k * 3571) % runs.len()];
            asked.push(run.chars().skip(n % 3).take(2 + k).collect());
        }
    }
    let (shelf, index) = Shelf::new(documents.clone());
    for text in asked {
        let hits = shelf.search(&index, &Query { text: format!("\"{text}\""), per_page: 100, ..Query::default() });
        let found = entries(&hits);
        for n in 0..documents.len() {
            // A text may have punctuation or a line break among the characters; that is found where words meet there.
            assert!(found.contains(&(n as u64)) || !titled[n].contains(&text), "{text} is in {n}");
            assert!(!found.contains(&(n as u64)) || joined[n].contains(&text), "{text} is not in {n}");
        }
    }
    for d in &documents {
        let number = d.document_number.clone().unwrap();
        assert_eq!(shelf.find(&index, &number)[0], d.index, "{number}");
        assert_eq!(shelf.find(&index, &number.replace('〔', "[").replace('〕', "］"))[0], d.index, "{number}");
    }
}
