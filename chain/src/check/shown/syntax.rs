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
            (_, Some(_), '\n' | '<') => return None,
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

/// What follows a link's title, if it has one: a space, and a text in marks, on one line.
pub fn title(text: &str) -> Option<&str> {
    let inside = text.trim_start();
    for (from, to) in [('"', '"'), ('\'', '\''), ('(', ')')] {
        if let Some(inside) = inside.strip_prefix(from).filter(|inside| inside.len() + 1 < text.len()) {
            let mut escaped = false;
            let end = inside.find(|c| {
                let ends = c == '\n' || c == to && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            })?;
            return inside.get(end..)?.strip_prefix(to);
        }
    }
    Some(text)
}

/// The label, as [`label`] has it, and the address of a line that begins with a definition, `[label]: address "title"`.
pub fn definition(text: &str) -> Option<(String, String)> {
    let inside = text.strip_prefix('[')?;
    let (named, behind) = inside.split('\n').next()?.split_once("]:")?;
    let label = label(named).filter(|_| !named.starts_with('^') && !named.contains(['[', ']']))?;
    let (address, length) = destination(behind)?;
    let nothing_else = title(behind.get(length..)?)?.trim().is_empty();
    (!address.is_empty() && nothing_else).then_some((label, address))
}

/// A label that is the same for all that name the same definition, whatever their case and spaces.
pub fn label(written: &str) -> Option<String> {
    let mut label = String::new();
    for word in written.split_whitespace().filter(|_| written.len() < 1000) {
        label.push_str(word);
        label.push(' ');
    }
    label.make_ascii_lowercase();
    (!label.is_empty()).then_some(label)
}

/// Whether each bracket in a link's text is answered, but for escaped ones.
pub fn balanced(text: &str) -> bool {
    let (mut depth, mut escaped) = (0_usize, false);
    for c in text.chars() {
        match c {
            '[' if !escaped => depth += 1,
            ']' if !escaped && depth == 0 => return false,
            ']' if !escaped => depth -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    depth == 0
}

/// Whether what stands between `<` and `>` is an address that pages lead to, and no words: of the web, or of mail.
pub fn automatic(address: &str) -> bool {
    let scheme = address
        .split_once(':')
        .is_some_and(|(scheme, _)| ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    let mail = |c: char| c.is_ascii_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(c);
    scheme || address.contains('@') && address.chars().all(mail)
}

/// Whether the mark of a heading or an item ends here: other space than these belongs to a text.
pub fn ends_mark(behind: &str) -> bool {
    behind.is_empty() || behind.starts_with([' ', '\t', '\r', '\n'])
}

/// A sign or mark of punctuation. Of other scripts' signs, only the common ones are known.
pub fn sign(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301f}')
        || matches!(c, '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// A letter or digit: no space, control or known sign.
pub fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() && !c.is_whitespace() && !sign(c)
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
