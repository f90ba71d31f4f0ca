//! What the editor says while somebody writes: its fields for several languages and agencies, and what its script tells.

use super::Text;

pub struct EditingWords {
    /// Beside a field that this kind of document must state.
    pub asked: Text,
    pub asked_lead: Text,
    pub agencies_help: Text,
    /// One more of a field with several lines: its name, and which it is.
    pub another: fn(&str, usize) -> String,
    pub translation: fn(&str) -> String,
    pub translation_new: Text,
    pub translation_help: Text,
    pub translation_language: Text,
    pub translation_title: Text,
    pub translation_body: Text,
    pub translation_add: Text,
    pub translation_remove: Text,
    /// For those who cannot see which one a button is about.
    pub translation_remove_of: fn(&str) -> String,
    pub kept_help: Text,
    pub kept_take: Text,
    pub kept_leave: Text,
    pub conflict_help: Text,
    pub conflict_see: Text,
    pub newer_help: Text,
    pub newer_load: Text,
    pub drop_here: Text,
    pub choose_files: Text,
    pub on_their_way: Text,
    pub late: LateWords,
    /// What the script says, by its codes; `{at}` and the like are filled in there.
    pub said: &'static [(&'static str, Text)],
}

/// Of a form that came too late for its session.
pub struct LateWords {
    pub title: Text,
    pub signed_out: Text,
    pub stale: Text,
    pub sign_in: Text,
    pub draft: Text,
    pub typed: Text,
}

impl EditingWords {
    /// A line for each: code, space, sentence.
    #[must_use]
    pub fn written(&self) -> String {
        self.said.iter().map(|(code, said)| format!("{code} {said}")).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_languages_say_the_same_things_with_the_same_blanks() {
        let blanks = |text: &str| -> Vec<String> {
            let mut found: Vec<_> =
                text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned())).collect();
            found.sort();
            found
        };
        let (zh, en) = (&super::super::editing_zh::WORDS, &super::super::editing_en::WORDS);
        assert_eq!(zh.said.len(), en.said.len());
        for ((code, zh), (other, en)) in zh.said.iter().zip(en.said) {
            assert_eq!(code, other);
            assert_eq!(blanks(zh), blanks(en), "{code}");
        }
    }
}
