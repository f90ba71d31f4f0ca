//! Small real files, as office programs and scanners make them.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::Write;
use zip::{ZipWriter, write::SimpleFileOptions};

/// An identity number with its right check digit.
pub const IDENTITY: &str = "11010519491231002X";

/// A ZIP of these files.
pub fn package(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, text) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>");
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Where a package, or a part of one, leads to.
pub fn related(to: &str, kind: &str) -> String {
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/{kind}\" Target=\"{to}\"></Relationship></Relationships>"
    )
}

/// What a word processor saves, with this within its body, and these files more.
pub fn docx_with(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let document = format!("<w:document xmlns:w=\"{WORD}\"><w:body>{body}</w:body></w:document>");
    let rels = related("word/document.xml", "officeDocument");
    let own = [TYPES, ("_rels/.rels", rels.as_str()), ("word/document.xml", document.as_str())];
    package(&own.iter().chain(more).copied().collect::<Vec<_>>())
}

/// The same of paragraphs, each in as many runs as it is given in pieces.
pub fn docx(paragraphs: &[&[&str]]) -> Vec<u8> {
    let run = |text: &&str| format!("<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r>");
    let paragraph = |runs: &&[&str]| format!("<w:p>{}</w:p>", runs.iter().map(run).collect::<String>());
    docx_with(&paragraphs.iter().map(paragraph).collect::<String>(), &[])
}

/// A spreadsheet of one sheet, called 名单, with this as its rows, and shared strings that cells name by number.
pub fn xlsx(rows: &str, strings: &[&str]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let strings: String = strings.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
    let workbook = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"名单\" sheetId=\"1\" r:id=\"rId1\"></sheet></sheets></workbook>"
    );
    let (rels, sheets) = (related("xl/workbook.xml", "officeDocument"), related("worksheets/sheet1.xml", "worksheet"));
    let strings = format!("<sst xmlns=\"{main}\">{strings}</sst>");
    package(&[
        TYPES,
        ("_rels/.rels", rels.as_str()),
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", sheets.as_str()),
        ("xl/worksheets/sheet1.xml", sheet.as_str()),
        ("xl/sharedStrings.xml", strings.as_str()),
    ])
}

/// What is saved as OpenDocument, with this within its body.
pub fn open_document(kind: &str, body: &str) -> Vec<u8> {
    let names = ["office", "text", "table"].map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""));
    let content = format!(
        "<office:document-content {}><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        names.join(" ")
    );
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let media = format!("application/vnd.oasis.opendocument.{kind}");
    package(&[("mimetype", media.as_str()), ("META-INF/manifest.xml", manifest), ("content.xml", content.as_str())])
}

/// A page of a PDF with these lines.
pub fn lines(lines: &[&str]) -> String {
    let line = |(at, line): (usize, &&str)| format!("BT /F1 12 Tf 72 {} Td ({line}) Tj ET\n", 720 - 20 * at);
    lines.iter().enumerate().map(line).collect()
}

/// A page of a PDF that is a picture from edge to edge, as a scanner makes it.
pub const SCANNED: &str = "q 595 0 0 842 0 0 cm /Im1 Do Q";

/// A PDF of these pages, each as its operators.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    pdf_with(pages, More::default())
}

/// One that asks for a password which nobody has.
pub fn locked_pdf() -> Vec<u8> {
    let (id, key) = ("00112233445566778899aabbccddeeff", "5a".repeat(32));
    let locked = format!("/ID [<{id}> <{id}>] /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <{key}> /U <{key}> >>");
    pdf_with(&[&lines(&["x"])], More { trailer: &locked, ..More::default() })
}

/// What more a PDF says in its parts, and objects of its own, which are numbered from 7 where there is one page.
#[derive(Default)]
pub struct More<'a> {
    pub catalog: &'a str,
    pub page: &'a str,
    pub resources: &'a str,
    pub trailer: &'a str,
    pub objects: &'a [String],
}

/// A stream as an object.
pub fn stream(dict: &str, content: &str) -> String {
    format!("<< {dict} /Length {} >>\nstream\n{content}\nendstream", content.len())
}

pub fn pdf_with(pages: &[&str], more: More<'_>) -> Vec<u8> {
    let More { catalog, page: of_page, resources, trailer, objects: own } = more;
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", "0"),
    ];
    for (page, content) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R {of_page} \
             /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> {resources} >> >>",
            6 + 2 * page
        ));
        objects.push(stream("", content));
    }
    objects.extend_from_slice(own);
    let (mut file, mut places) = ("%PDF-1.7\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        places += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    file += &format!("xref\n0 {size}\n0000000000 65535 f \n{places}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n");
    file += &format!("startxref\n{start}\n%%EOF\n");
    file.into_bytes()
}
