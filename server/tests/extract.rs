//! The text of files, read here and by a process of its own; what is not read is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;

use documents::*;
use server::extract::{Bounds, Extracted, Gap, Reader, Spot, extract};
use std::{fs::File, io::Write, os::fd::OwnedFd, time::Duration};

fn read(bytes: Vec<u8>) -> Extracted {
    extract(bytes, Bounds::default())
}

/// Where the first text is that has these words.
fn place_of(extracted: &Extracted, words: &str) -> Option<Spot> {
    extracted.pieces.iter().find(|piece| piece.text.contains(words)).map(|piece| piece.spot.clone())
}

#[test]
fn a_pdf_is_read_page_by_page() {
    let extracted = read(pdf(&[&lines(&["Lanterns"]), &lines(&["Name: Wang", &format!("No. {IDENTITY} end")])]));
    assert_eq!(extracted.gaps, [], "{extracted:?}");
    assert_eq!(place_of(&extracted, "Lanterns"), Some(Spot::Page(1)));
    assert_eq!(place_of(&extracted, &format!("No. {IDENTITY} end")), Some(Spot::Page(2)), "{extracted:?}");
    assert_eq!(extracted.pieces[1].text.lines().count(), 2, "{extracted:?}");
}

#[test]
fn a_number_is_whole_however_a_pdf_draws_it() {
    let moved = "BT /F1 12 Tf 72 720 Td [(1101) 20 (0519) -30 (4912)] TJ (31002X) Tj ET";
    assert!(place_of(&read(pdf(&[moved])), IDENTITY).is_some());
    let boxes: String = IDENTITY.chars().enumerate().map(|(at, c)| format!("BT /F1 12 Tf {} 720 Td ({c}) Tj ET\n", 72 + 20 * at)).collect();
    assert!(place_of(&read(pdf(&[&boxes])), IDENTITY).is_some());
    let cells = "BT /F1 12 Tf 72 720 Td (13800138000) Tj ET BT /F1 12 Tf 172 720 Td (7) Tj ET";
    assert!(place_of(&read(pdf(&[cells])), "13800138000 7").is_some());
}

#[test]
fn a_number_that_is_drawn_twice_to_look_bold_is_one() {
    let number = "(1) Tj (38) Tj (0013) Tj (8000) Tj";
    let outlined = format!("BT /F1 12 Tf 2 Tr 72 720 Td {number} (; 7) Tj ET");
    let run = |x: &str| format!("BT /F1 12 Tf {x} 720 Td {number} ET\n");
    let moved = run("72") + &run("72.4") + &run("73");
    for page in [outlined, moved] {
        let extracted = read(pdf(&[&page]));
        assert!(extracted.pieces[0].text.starts_with("13800138000") && !extracted.pieces[0].text.contains('\n'), "{extracted:?}");
    }
}

#[test]
fn a_page_of_letters_that_were_made_outlines_is_said_not_to_be_read() {
    let outlines = "0 0 m 5 0 l 5 5 l f\n".repeat(400);
    let ruled = format!("{}{}", lines(&["Lanterns"]), "10 10 5 5 re f\n".repeat(400));
    let numbered = format!("{}{outlines}", lines(&["- 3 -"]));
    let extracted = read(pdf(&[&ruled, &outlines, &numbered]));
    assert_eq!(extracted.gaps, [Gap::Pages(vec![2, 3])], "{extracted:?}");
    assert_eq!(read(pdf(&[&outlines])).gaps, [Gap::NoText]);
}

#[test]
fn what_a_pdf_holds_beside_its_pages_is_read_and_a_layer_that_is_off_is_too() {
    let layered = format!("/OC /L1 BDC {} EMC {}", lines(&["13100131000"]), lines(&["", "Lanterns"]));
    let wide: String = "电话 13300133000".encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let note = format!(
        "<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (call 13200132000) >> \
         << /Type /Annot /Subtype /Widget /Rect [0 0 9 9] /F 2 /FT /Tx /T (a) /V <FEFF{wide}> /AP << /N 9 0 R >> >> 10 0 R"
    );
    let look = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> >>";
    let properties =
        "<x:xmpmeta><rdf:Description pdf:Keywords=\"13600136000\"><dc:title>13700137000</dc:title></rdf:Description></x:xmpmeta>";
    let objects = [
        "<< /Type /OCG /Name (draft) >>".to_owned(),
        "<< /Title (13400134000) >>".to_owned(),
        stream(look, "BT /F1 12 Tf 0 0 Td (13500135000) Tj ET"),
        "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (tel:13900139000) >> >>".to_owned(),
        stream("/Type /Metadata /Subtype /XML", properties),
    ];
    let more = More {
        catalog: "/Metadata 11 0 R /OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >>",
        page: &format!("/Annots [{note}]"),
        resources: "/Properties << /L1 7 0 R >>",
        trailer: "/Info 8 0 R",
        objects: &objects,
    };
    let extracted = read(pdf_with(&[&layered], more));
    assert_eq!(extracted.gaps, [], "{extracted:?}");
    for number in ["13100131000", "13200132000", "13300133000", "13500135000", "13900139000"] {
        assert_eq!(place_of(&extracted, number), Some(Spot::Page(1)), "{number}: {extracted:?}");
    }
    for number in ["13400134000", "13600136000", "13700137000"] {
        assert_eq!(place_of(&extracted, number), Some(Spot::Somewhere), "{number}: {extracted:?}");
    }
}

#[test]
fn files_within_a_pdf_are_read_one_level_deep_or_said_to_be_there() {
    let holding = |bytes: &[u8]| {
        let content: String = bytes.iter().map(|byte| format!("{byte:02x}")).chain([">".to_owned()]).collect();
        let file = "<< /Type /Filespec /F (list) /EF << /F 8 0 R >> >>".to_owned();
        let objects = [file, stream("/Filter /ASCIIHexDecode", &content)];
        let catalog = "/Names << /EmbeddedFiles << /Names [(list) 7 0 R] >> >>";
        pdf_with(&[&lines(&["Lanterns"])], More { catalog, objects: &objects, ..More::default() })
    };
    let extracted = read(holding(&docx(&[&[IDENTITY]])));
    assert!(extracted.gaps.is_empty() && place_of(&extracted, IDENTITY).is_some(), "{extracted:?}");
    let inner = holding(&docx(&[&[IDENTITY]]));
    let deep = read(holding(&inner));
    assert!(deep.gaps == [Gap::Embedded] && place_of(&deep, IDENTITY).is_none(), "{deep:?}");
    assert_eq!(place_of(&read(holding(&pdf(&[&lines(&[IDENTITY])]))), IDENTITY), Some(Spot::Somewhere), "its pages are no pages of this");
    assert_eq!(read(holding(b"13800138000")).gaps, [Gap::Embedded]);
}

#[test]
fn a_scan_and_a_page_that_is_a_picture_are_said_to_be_that() {
    assert_eq!(read(pdf(&[SCANNED, SCANNED])), Extracted { pieces: vec![], gaps: vec![Gap::NoText] });
    let stamped = format!("{}q 60 0 0 60 400 100 cm /Im1 Do Q", lines(&["Lanterns"]));
    let mixed = read(pdf(&[&stamped, SCANNED, &format!("{}{SCANNED}", lines(&["3"]))]));
    assert_eq!(mixed.gaps, [Gap::Pages(vec![2, 3])], "a seal is small, and a page's number is not the page");
    assert_eq!(place_of(&mixed, "Lanterns"), Some(Spot::Page(1)));
}

#[test]
fn what_a_password_locks_and_what_is_damaged_is_said() {
    assert_eq!(read(locked_pdf()).gaps, [Gap::Locked]);
    let manifest = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>";
    assert_eq!(read(package(&[("content.xml", "?"), ("META-INF/manifest.xml", manifest)])).gaps, [Gap::Locked]);
    assert_eq!(read(b"%PDF-1.7\n".to_vec()).gaps, [Gap::Damaged]);
    let whole = docx(&[&["Lanterns"]]);
    assert_eq!(read(whole[..whole.len() / 2].to_vec()).gaps, [Gap::Damaged]);
    let cut = docx_with("<w:p><w:t>13800138000</w:t></w:p><w:p></w:x>", &[]);
    let cut = read(cut);
    assert!(cut.gaps == [Gap::Damaged] && place_of(&cut, "13800138000").is_some(), "{cut:?}");
    assert_eq!(read(package(&[("a.txt", "13800138000")])).gaps, [Gap::OtherKind], "an archive of anything");
}

#[test]
fn a_word_processors_text_is_read_with_its_notes_its_links_and_what_lies_in_it() {
    let (first, second) = IDENTITY.split_at(9);
    assert!(place_of(&read(docx(&[&["证件号", first, second], &["7"]])), &format!("证件号{IDENTITY}\n")).is_some());
    let more = [
        ("word/comments.xml", "<w:comments><w:comment><w:p><w:t>13900139000</w:t></w:p></w:comment></w:comments>"),
        ("word/_rels/document.xml.rels", "<Relationships><Relationship Target=\"tel:13700137000\"/></Relationships>"),
        ("word/media/image1.png", "\u{89}PNG"),
    ];
    let extracted = read(docx_with("<w:p><w:t>a</w:t></w:p>", &more));
    for number in ["13900139000", "13700137000"] {
        assert!(place_of(&extracted, number).is_some(), "{number}: {extracted:?}");
    }
    assert_eq!(extracted.gaps, [Gap::Pictures]);
    let odt = open_document("text", &format!("<text:p>{first}<text:span>{second}</text:span></text:p>"));
    assert!(place_of(&read(odt), IDENTITY).is_some());
}

#[test]
fn no_part_of_a_document_is_passed_over_without_a_word() {
    let fonts = [("word/fonts/font1.odttf", "?"), ("docProps/thumbnail.jpeg", "?"), ("word/printerSettings/printerSettings1.bin", "?")];
    assert_eq!(read(docx_with("<w:p><w:t>a</w:t></w:p>", &fonts)).gaps, []);
    for name in ["word/afchunk.mht", "word/afchunk.htm", "word/document2.foo", "xl/comments1.bin"] {
        let extracted = read(docx_with("<w:altChunk/><w:p><w:t>a</w:t></w:p>", &[(name, "13800138000")]));
        assert_eq!(extracted.gaps, [Gap::Embedded], "{name}: {extracted:?}");
    }
    let manifest = "<manifest:manifest/>";
    let meta = "<office:meta><dc:creator>A1</dc:creator><meta:user-defined meta:name=\"13900139000\">13800138000</meta:user-defined></office:meta>";
    let parts = [("META-INF/manifest.xml", manifest), ("content.xml", "<text:p>a</text:p>"), ("meta.xml", meta)];
    let extracted = read(package(&parts));
    assert!(place_of(&extracted, "A1\n13800138000").is_some() && place_of(&extracted, "\n13900139000").is_some(), "{extracted:?}");
}

#[test]
fn what_stands_beside_the_cells_of_a_sheet_is_read() {
    let rows = "<row r=\"1\"><c r=\"A1\"><f>LEFT(\"13600136000\",3)</f><v>136</v></c></row></sheetData>\
                <dataValidations><dataValidation prompt=\"13700137000\"><formula1>\"13800138000,1\"</formula1></dataValidation></dataValidations>\
                <headerFooter><oddHeader>&amp;L13900139000</oddHeader></headerFooter><sheetData>";
    let extracted = read(xlsx(rows, &[]));
    for number in ["\"13600136000\"", "13700137000", "\"13800138000", "\n13900139000"] {
        assert_eq!(place_of(&extracted, number), Some(Spot::Somewhere), "{number}: {extracted:?}");
    }
    assert_eq!(place_of(&extracted, "136"), Some(Spot::Row { sheet: "名单".into(), row: 1 }), "{extracted:?}");
}

#[test]
fn a_spreadsheets_cells_are_read_by_row_also_where_a_number_is_kept_as_one() {
    let rows = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\"><v>13800138000</v></c></row>\
                <row r=\"5\"><c r=\"A5\"><v>1.39001390E10</v></c></row>\
                <row r=\"9\"><c r=\"A9\" t=\"inlineStr\"><is><t>灯笼</t></is></c></row>";
    let extracted = read(xlsx(rows, &[IDENTITY]));
    let at = |row| Some(Spot::Row { sheet: "名单".into(), row });
    assert_eq!(extracted.gaps, [], "{extracted:?}");
    assert_eq!(place_of(&extracted, &format!("{IDENTITY}\t13800138000")), at(2), "{extracted:?}");
    assert_eq!((place_of(&extracted, "13900139000"), place_of(&extracted, "灯笼")), (at(5), at(9)), "{extracted:?}");
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"13800138000\"><text:p>1.38E+010</text:p></table:table-cell>";
    let table = format!("<table:table table:name=\"名单\"><table:table-row>{cell}</table:table-row></table:table>");
    let extracted = read(open_document("spreadsheet", &table));
    assert_eq!(place_of(&extracted, "13800138000"), at(1), "{extracted:?}");
}

#[test]
fn what_is_embedded_is_read_one_level_deep() {
    let inner = xlsx("<row r=\"1\"><c r=\"A1\"><v>13800138000</v></c></row>", &[]);
    let outer = |inner: &[u8]| {
        let mut zip = zip::ZipWriter::new_append(std::io::Cursor::new(docx(&[&["a"]]))).unwrap();
        zip.start_file("word/embeddings/sheet.xlsx", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(inner).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let extracted = read(outer(&inner));
    assert!(extracted.gaps.is_empty() && place_of(&extracted, "13800138000").is_some(), "{extracted:?}");
    let deep = read(outer(&outer(&inner)));
    assert!(deep.gaps == [Gap::Embedded] && place_of(&deep, "13800138000").is_none(), "{deep:?}");
}

#[test]
fn no_more_is_unpacked_and_taken_than_is_bounded() {
    let long = "<w:p><w:t>12345678</w:t></w:p>".repeat(10_000);
    let bomb = docx_with(&long, &[]);
    assert!(bomb.len() < 20_000, "{}", bomb.len());
    let gaps = |bounds| extract(bomb.clone(), bounds).gaps;
    let bounds = Bounds::default();
    assert_eq!(gaps(Bounds { entry: 100_000, ..bounds }), [Gap::TooLarge]);
    assert_eq!(gaps(Bounds { entries: 100_000, ..bounds }), [Gap::TooLarge]);
    assert_eq!(gaps(Bounds { files: 2, ..bounds }), [Gap::TooLarge]);
    let cut = extract(bomb.clone(), Bounds { text: 1_000, ..bounds });
    assert_eq!(cut.gaps, [Gap::Rest]);
    assert!(cut.pieces.iter().map(|piece| piece.text.len()).sum::<usize>() <= 1_000);
    let pages = extract(pdf(&[&lines(&["a"]), &lines(&["b"])]), Bounds { pages: 1, ..bounds });
    assert!(pages.gaps == [Gap::Rest] && pages.pieces.len() == 1);
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    file
}

fn reader() -> Reader {
    Reader::new(env!("CARGO_BIN_EXE_gazette"))
}

#[tokio::test]
async fn a_process_of_its_own_reads_the_same() {
    let cells = xlsx("<row r=\"1\"><c r=\"A1\"><v>13800138000</v></c></row>", &[IDENTITY]);
    for bytes in [pdf(&[&lines(&[IDENTITY])]), docx(&[&[IDENTITY]]), cells, xlsx("", &[]), locked_pdf(), b"?".to_vec()] {
        assert_eq!(reader().read(file(&bytes)).await, Ok(read(bytes)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_reads_a_file_opens_no_other_file_writes_none_and_begins_nothing() {
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_gazette"));
    let mut child = command.arg("read-file").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    // The soft and the hard one.
    let none = |limits: &str, what: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(what));
        line.is_some_and(|line| line.split_whitespace().take(2).eq(["0", "0"]))
    };
    let closed = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let limits = std::fs::read_to_string(&limits).unwrap();
        ["Max open files", "Max file size", "Max processes", "Max core file size"].iter().all(|what| none(&limits, what))
    });
    assert!(closed, "{}", std::fs::read_to_string(&limits).unwrap());
    child.stdin.take().unwrap().write_all(&docx(&[&[IDENTITY]])).unwrap();
    let answered = child.wait_with_output().unwrap();
    assert!(answered.status.success() && String::from_utf8_lossy(&answered.stdout).contains(IDENTITY));
}

#[tokio::test]
async fn one_file_more_than_is_taken_is_not_read() {
    let large = vec![b' '; server::drafts::LARGEST_FILE + 1];
    assert_eq!(reader().read(file(&large)).await.unwrap().gaps, [Gap::TooLarge]);
}

#[tokio::test]
async fn a_file_that_breaks_its_reader_breaks_nothing_else() {
    // So many strings, it says, that no machine has memory for their list.
    let strings = format!("<sst uniqueCount=\"{}\"></sst>", u64::MAX / 64);
    let rels = related("xl/workbook.xml", "officeDocument");
    let parts = [TYPES, ("_rels/.rels", rels.as_str()), ("xl/workbook.xml", "<workbook/>"), ("xl/sharedStrings.xml", strings.as_str())];
    let broken = package(&parts);
    let gap = reader().read(file(&broken)).await.unwrap_err();
    assert!(matches!(gap, Gap::Damaged | Gap::TooLarge), "{gap:?}");
    // A table that is nothing but one cell, repeated over all columns of very many rows.
    let cell =
        "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>a</text:p></table:table-cell>";
    let rows = format!("<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>");
    let wide = open_document("spreadsheet", &format!("<table:table table:name=\"a\">{rows}</table:table>"));
    let started = std::time::Instant::now();
    if let Ok(extracted) = reader().read(file(&wide)).await {
        assert!(extracted.pieces.iter().map(|piece| piece.text.len()).sum::<usize>() <= Bounds::default().text);
    }
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn what_takes_too_long_is_ended_and_what_says_too_much_is_not_listened_to() {
    let (endless, _open) = std::io::pipe().unwrap();
    let started = std::time::Instant::now();
    let gap = reader().with_patience(Duration::from_millis(500)).read(File::from(OwnedFd::from(endless))).await;
    assert_eq!(gap, Err(Gap::TooLong));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(Reader::new("/usr/bin/yes").read(file(b"")).await, Err(Gap::TooLarge));
    assert_eq!(Reader::new("/nowhere/gazette").read(file(b"")).await, Err(Gap::Failed));
}
