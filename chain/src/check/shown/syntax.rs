//! Pieces of Markdown that say something without being shown: references, addresses, definitions.

/// Named characters that pages resolve; a page shows any other name as it is written.
const NAMED: [(&str, char); 24] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("emsp", '\u{2003}'),
    ("ensp", '\u{2002}'),
    ("sect", '§'),
    ("para", '¶'),
    ("middot", '·'),
    ("times", '×'),
    ("deg", '°'),
    ("copy", '©'),
    ("reg", '®'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("euro", '€'),
    ("pound", '£'),
];

/// The first character of a text, with a reference (`&lt;`, `&#167;`) resolved, and its length as written.
pub fn decoded(text: &str) -> Option<(char, usize)> {
    let first = text.chars().next()?;
    Some(if first == '&' { reference(text).unwrap_or((first, 1)) } else { (first, first.len_utf8()) })
}

fn reference(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(11).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let Some(digits) = name.strip_prefix('#') else {
        return NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| (*c, end + 1));
    };
    let (digits, radix) = digits.strip_prefix(['x', 'X']).map_or((digits, 10), |digits| (digits, 16));
    let code = number(digits, radix)?;
    Some((u32::try_from(code).ok().filter(|code| *code > 0).and_then(char::from_u32).unwrap_or('\u{fffd}'), end + 1))
}

/// A number of at most nine digits.
pub fn number(digits: &str, radix: u32) -> Option<u64> {
    let short = (1..=9).contains(&digits.len());
    digits.chars().filter(|_| short).try_fold(0, |number, digit| Some(number * u64::from(radix) + u64::from(digit.to_digit(radix)?)))
}

/// The address at the beginning of `text`, with escapes and references resolved, and its length as written.
pub fn destination(text: &str) -> Option<(String, usize)> {
    let mut rest = text.trim_start();
    let pointed = rest.strip_prefix('<');
    rest = pointed.unwrap_or(rest);
    let mut address = String::new();
    let mut depth = 0;
    while let Some((mut c, mut length)) = decoded(rest) {
        let escaped = rest.strip_prefix('\\').and_then(|rest| rest.chars().next()).filter(char::is_ascii_punctuation);
        match (escaped, pointed, c) {
            (Some(escape), ..) => (c, length) = (escape, 2),
            (_, Some(_), '>') => return Some((address, text.len() - rest.len() + 1)),
            (_, Some(_), '\n') => return None,
            (_, None, '(') => depth += 1,
            (_, None, ')') if depth == 0 => break,
            (_, None, ')') => depth -= 1,
            (_, None, c) if c.is_whitespace() => break,
            _ => {}
        }
        address.push(c);
        rest = rest.get(length..)?;
    }
    (pointed.is_none() && depth == 0).then(|| (address, text.len() - rest.len()))
}

/// What follows a link's title, if it has one.
pub fn title(text: &str) -> Option<&str> {
    let inside = text.trim_start();
    for (from, to) in [('"', '"'), ('\'', '\''), ('(', ')')] {
        if let Some(inside) = inside.strip_prefix(from) {
            return inside.split_once(to).map(|(_, behind)| behind);
        }
    }
    Some(text)
}

/// The label and address of a line that begins with a definition, `[label]: address "title"`.
pub fn definition(text: &str) -> Option<(&str, String)> {
    let line = text.split('\n').next()?;
    let (label, behind) = line.strip_prefix('[')?.split_once("]:")?;
    let named = !label.trim().is_empty() && !label.starts_with('^') && !label.contains(['[', ']']);
    let (address, length) = destination(behind)?;
    let nothing_else = title(behind.get(length..)?)?.trim().is_empty();
    (named && !address.is_empty() && nothing_else).then_some((label, address))
}

/// Whether two labels name the same definition, whatever their case and spaces.
pub fn same_label(one: &str, other: &str) -> bool {
    let mut others = other.split_whitespace();
    one.split_whitespace().all(|word| others.next().is_some_and(|other| word.eq_ignore_ascii_case(other))) && others.next().is_none()
}

/// Whether a page's link leads to an address of the source: the same, but for bytes that an address must spell in hexadecimal.
pub fn same_address(href: &str, address: &str) -> bool {
    let mut rest = href.as_bytes();
    for byte in address.bytes() {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        rest = match *rest {
            [first, ref after @ ..] if first == byte => after,
            [b'%', high, low, ref after @ ..] if digit(high) == Some(u32::from(byte >> 4)) && digit(low) == Some(u32::from(byte & 15)) => {
                after
            }
            _ => return false,
        };
    }
    rest.is_empty()
}
