//! Numbers: which of the figures in a line are numbers of persons, by their check digits or their form.
//!
//! Landlines are not among them: an office's line stands in nearly every text, and a warning for each would teach people to click it away.

use serde::{Deserialize, Serialize};

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A resident's identity number (GB 11643): birth date and check digit.
    IdentityCard,
    /// A mobile telephone of mainland China.
    Mobile,
    /// A bank card, by its length, its first digits and Luhn's check digit.
    BankCard,
}

impl Sort {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Sort::IdentityCard => "identity-card",
            Sort::Mobile => "mobile",
            Sort::BankCard => "bank-card",
        }
    }
}

/// Pieces that a written number may be in.
const PIECES: usize = 5;

/// One piece of digits, perhaps with the letter an identity number may end in.
struct Piece {
    digits: String,
    /// Where it stands, in characters.
    from: usize,
    to: usize,
    /// Whether only one space or hyphen parts it from the piece before.
    joined: bool,
}

/// Goes through the numbers of a line until `take` wants no more. False: it wants none.
pub(super) fn each(line: &str, mut take: impl FnMut(Sort, String) -> bool) -> bool {
    let chars: Vec<char> = line.chars().collect();
    let pieces = pieces(&chars);
    let mut from = 0;
    'next: while from < pieces.len() {
        // The longest first: the pieces of one number are not looked at again as numbers of their own.
        for to in (from + 1..=pieces.len().min(from + PIECES)).rev() {
            let these = &pieces[from..to];
            if these[1..].iter().any(|piece| !piece.joined) {
                continue;
            }
            if let Some(sort) = sort_of(these) {
                if !take(sort, chars[these[0].from..these[these.len() - 1].to].iter().collect()) {
                    return false;
                }
                from = to;
                continue 'next;
            }
        }
        from += 1;
    }
    true
}

/// A digit in either width.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32),
        _ => None,
    }
}

fn pieces(chars: &[char]) -> Vec<Piece> {
    let word = |at: usize| chars.get(at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_');
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if digit(chars[at]).is_none() {
            at += 1;
            continue;
        }
        let from = at;
        let mut digits = String::new();
        while let Some(next) = chars.get(at).and_then(|c| digit(*c)) {
            digits.push(next);
            at += 1;
        }
        if matches!(digits.len(), 3 | 17)
            && let Some('x' | 'X' | 'ｘ' | 'Ｘ') = chars.get(at)
        {
            digits.push('X');
            at += 1;
        }
        // Within a word, behind a decimal point or among thousands, it is part of something else: a code, a hash, an amount. Any
        // other comma only parts two cells of a table.
        let follow = |at: usize| chars.iter().skip(at).take_while(|c| digit(**c).is_some()).take(4).count();
        let before = from > 0
            && (word(from - 1)
                || (from > 1
                    && digit(chars[from - 2]).is_some()
                    && (chars[from - 1] == '.' || (chars[from - 1] == ',' && digits.len() == 3))));
        let behind = word(at)
            || match chars.get(at) {
                Some('.') => follow(at + 1) > 0,
                Some(',') => digits.len() <= 3 && follow(at + 1) == 3,
                _ => false,
            };
        let joined = pieces.last().is_some_and(|last| last.to + 1 == from && matches!(chars[from - 1], ' ' | '-' | '\u{a0}' | '—'));
        if !before && !behind {
            pieces.push(Piece { digits, from, to: at, joined });
        }
    }
    pieces
}

fn sort_of(pieces: &[Piece]) -> Option<Sort> {
    let shape: Vec<usize> = pieces.iter().map(|piece| piece.digits.len()).collect();
    let digits: String = pieces.iter().map(|piece| piece.digits.as_str()).collect();
    let last = *shape.last()?;
    let fours = shape.len() > 1 && shape[..shape.len() - 1].iter().all(|len| *len == 4) && last <= 4;
    if matches!(shape[..], [18] | [6, 8, 4]) && is_identity(&digits) {
        return Some(Sort::IdentityCard);
    }
    let national = match shape[..] {
        [11] | [3, 4, 4] => Some(digits.as_str()),
        [13] | [2, 11] | [2, 3, 4, 4] => digits.strip_prefix("86"),
        _ => None,
    };
    if national.is_some_and(is_mobile) {
        return Some(Sort::Mobile);
    }
    if (shape.len() == 1 || fours || matches!(shape[..], [6, 13] | [6, 10])) && is_card(&digits) {
        return Some(Sort::BankCard);
    }
    None
}

/// ISO 7064, MOD 11-2, over seventeen digits, with a birth date that there was.
fn is_identity(digits: &str) -> bool {
    let (Some(body), Some(check)) = (digits.get(..17), digits.chars().nth(17)) else { return false };
    if !body.bytes().all(|c| c.is_ascii_digit()) || body.starts_with('0') {
        return false;
    }
    let sum = body.bytes().fold(0_u32, |sum, c| (sum + u32::from(c - b'0')) * 2 % 11);
    let wanted = match (12 - sum) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('?'),
    };
    let (year, month, day) = (&body[6..10], &body[10..12], &body[12..14]);
    check == wanted && ("1880".."2100").contains(&year) && chain::time::parse_date(&format!("{year}-{month}-{day}")).is_some()
}

fn is_mobile(digits: &str) -> bool {
    let mut bytes = digits.bytes();
    digits.len() == 11 && bytes.next() == Some(b'1') && bytes.next().is_some_and(|second| (b'3'..=b'9').contains(&second))
}

/// Luhn's check digit, and the first digits of those who issue cards.
fn is_card(digits: &str) -> bool {
    let first = digits.starts_with(['4', '5']) || ["62", "34", "35", "37", "60", "81"].iter().any(|issuer| digits.starts_with(issuer));
    let long = (15..=19).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    let sum: u32 = digits.bytes().rev().enumerate().fold(0, |sum, (place, c)| {
        let value = u32::from(c.wrapping_sub(b'0')) << (place % 2);
        sum.wrapping_add(if value > 9 { value - 9 } else { value })
    });
    // One digit repeated is somebody's placeholder.
    let varied = digits.bytes().any(|c| Some(c) != digits.bytes().next_back());
    first && long && varied && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorts(text: &str) -> Vec<(&'static str, String)> {
        let mut sorts = Vec::new();
        for line in text.lines() {
            each(line, |sort, number| {
                sorts.push((sort.code(), number));
                true
            });
        }
        sorts
    }

    #[test]
    fn an_identity_number_is_found_by_its_check_digit_and_birth_date_however_it_is_written() {
        for number in ["11010519491231002X", "11010519491231002x", "110105194912310021"] {
            let found = sorts(&format!("身份证号{number}，住址略"));
            let right = number.ends_with(['x', 'X']);
            assert_eq!(found.iter().any(|(sort, found)| *sort == "identity-card" && found == number), right, "{number}: {found:?}");
        }
        assert_eq!(
            sorts("证件：１１０１０５１９４９１２３１００２Ｘ。"),
            [("identity-card", "１１０１０５１９４９１２３１００２Ｘ".into())]
        );
        assert_eq!(sorts("440524 18800101 0014"), [("identity-card", "440524 18800101 0014".into())]);
        // A day that there never was, and a number within a longer one.
        assert_eq!(sorts("440524188013010014 x11010519491231002X 1110105194912310029 "), []);
    }

    #[test]
    fn a_mobile_number_is_found_with_its_spaces_and_its_country() {
        for text in ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "8613800138000", "+86 138-0013-8000"] {
            assert_eq!(sorts(&format!("联系电话：{text}（王）")).first().map(|(sort, _)| *sort), Some("mobile"), "{text}");
        }
        for text in ["12800138000", "1380013800", "138001380001", "文号13800138000a", "010-62881234", "1.13800138000", "12,345,678,901"] {
            assert_eq!(sorts(text), [], "{text}");
        }
    }

    #[test]
    fn a_bank_card_is_found_by_luhn_and_its_first_digits() {
        for text in ["6222020000000000004", "6222 0212 3456 7894", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005"] {
            let luhn = is_card(&text.replace([' ', '-'], ""));
            assert_eq!(!sorts(text).is_empty(), luhn, "{text}");
        }
        assert_eq!(sorts("卡号 4111 1111 1111 1111 。"), [("bank-card", "4111 1111 1111 1111".into())]);
        assert_eq!(sorts("4111 1111 1111 1112, 911100001000013421, 5555555555555555, 0000000000000000"), []);
    }

    #[test]
    fn a_number_is_found_in_a_cell_beside_other_numbers_and_not_among_thousands() {
        assert_eq!(sorts("7,13800138000,12.5"), [("mobile", "13800138000".into())]);
        assert_eq!(sorts("12,345,678,901 13,800,138,000 1,380,013.8000"), []);
    }

    #[test]
    fn figures_of_an_ordinary_text_are_nobodys() {
        let text = "2026年预算 1,234,567.89 万元，同比增长 12.5%；文号 云财〔2026〕15号；邮编 100000；\n\
                    | 2024 | 2025 | 2026 |\n| 1380 | 0138 | 0001 |\n统一社会信用代码 91110108551385082Q，电话 010-8888 6666。";
        assert_eq!(sorts(text), []);
    }
}
