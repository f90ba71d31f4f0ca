//! What the checks say in English.

use super::CheckWords;
use crate::phrases::Phrase;

const KEEP: &str = "Do not rely on this page. Save it with the raw entry below, and report it to the portal and to \
    someone outside it.";

pub(super) static CHECKS: [CheckWords; 8] = [
    CheckWords {
        name: "Link",
        question: "Is it tied to the entry before it?",
        explains: "Every entry carries its number, a time that may not run backwards, and the fingerprint of the \
            entry before it. Change or remove an entry, and every entry after it no longer fits.",
        holds: "It is tied to the entry before it; number and time are in order.",
        fails: "This entry is not linked to the one before it.",
        pending: "The entry before it has not arrived yet. You need do nothing.",
        not_applicable: "It is the first entry: nothing comes before it.",
        cannot_tell: "The entry before it could not be fetched, so the link was not checked.",
        remedy: "An entry was changed, removed or moved. Do not rely on this page. Save it with the raw entry below, \
            and report it to the portal and to someone outside it.",
    },
    CheckWords {
        name: "Inclusion",
        question: "Is it among the entries the log has signed for?",
        explains: "All entries together form a tree with one fingerprint. A short proof leads from this entry up to \
            that fingerprint.",
        holds: "It is in the tree that the log has signed.",
        fails: "This entry is not in the tree that the log has signed.",
        pending: "The log has not signed for this entry yet. You need do nothing; it takes about a second.",
        not_applicable: "There is no entry to look for.",
        cannot_tell: "The proof could not be fetched, so it was not checked.",
        remedy: KEEP,
    },
    CheckWords {
        name: "Checkpoint",
        question: "Did this chain's own log sign that tree?",
        explains: "The log signs the size and fingerprint of the tree. The charter says which key it must use.",
        holds: "The log signed the tree with the key its charter names.",
        fails: "The checkpoint is not signed by this chain's log.",
        pending: "There is no signed checkpoint of this size yet. You need do nothing.",
        not_applicable: "There is no checkpoint to check.",
        cannot_tell: "The checkpoint could not be fetched, so it was not checked.",
        remedy: "Someone other than this chain's log may be answering. Do not rely on anything here until the portal \
            has explained it.",
    },
    CheckWords {
        name: "Witnesses",
        question: "Has anyone outside this portal seen it?",
        explains: "Witnesses are independent bodies that sign each checkpoint only if it extends the last one they \
            saw. They make a rewritten history visible.",
        holds: "Enough witnesses have seen it.",
        fails: "A witness signature on the checkpoint is false.",
        pending: "Not enough witnesses have signed yet. You need do nothing; look again later.",
        not_applicable: "This chain has no outside witness.",
        cannot_tell: "The witness signatures could not be checked.",
        remedy: KEEP,
    },
    CheckWords {
        name: "Seal",
        question: "Did the named agency seal it?",
        explains: "Each agency signs with its own key. The registry, which is part of the chain, says which key was \
            the agency's at that moment, and whether it was reported stolen later.",
        holds: "It was sealed with the agency's registered key, which was good at that moment.",
        fails: "The seal is not the named agency's.",
        pending: "The registry entry for this key has not arrived yet. You need do nothing.",
        not_applicable: "Entries of this kind carry no agency's seal.",
        cannot_tell: "The registry could not be read, so the seal was not checked.",
        remedy: "The named agency did not sign this. Do not rely on it; ask the agency.",
    },
    CheckWords {
        name: "Approval",
        question: "Was it approved as the agency's rule demands?",
        explains: "Each step of approval is signed with the key of the post that took it, for exactly this document. The rule says \
            which steps are needed and in what order.",
        holds: "Every step the rule demands was taken, in order, for exactly this document.",
        fails: "It was not approved as the agency's rule demands.",
        pending: "A step of the approval has not arrived yet. You need do nothing.",
        not_applicable: "No rule asked for an approval of this, and none was given.",
        cannot_tell: "The steps could not be fetched, so the approval was not checked.",
        remedy: "A step is missing, out of order, or was signed for another document. Ask the agency who approved it.",
    },
    CheckWords {
        name: "Content",
        question: "Is what you see what was sealed?",
        explains: "The seal covers a fingerprint of each part: catalogue, text, attachments. What this page shows is \
            compared with it. A part may be absent only if a logged redaction says so.",
        holds: "What you see is, byte for byte, what was sealed.",
        fails: "What this page shows is not what was sealed.",
        pending: "A part has not arrived yet. You need do nothing.",
        not_applicable: "This entry has no content beside its statement.",
        cannot_tell: "The content could not be fetched, so it was not compared.",
        remedy: "The text, the title or an attachment was changed or removed after it was sealed. Do not rely on it.",
    },
    CheckWords {
        name: "Memory",
        question: "Does it fit what this browser saw before?",
        explains: "This browser remembers the chain's charter and the newest checkpoint it has seen. The chain may \
            only have grown since.",
        holds: "The chain has only grown since this browser last saw it.",
        fails: "The chain is not the one this browser saw before.",
        pending: "The proof that the chain has only grown is not here yet. You need do nothing.",
        not_applicable: "This is the first visit: there is nothing to compare with.",
        cannot_tell: "It could not be compared with what this browser saw before.",
        remedy: "The history was rewritten or rolled back since your last visit. Do not rely on anything here. Your \
            browser keeps the old checkpoint as evidence.",
    },
];

pub(super) fn say(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Checking => "Checking…",
        Phrase::Progress => "{done} of {total} checked in this browser",
        Phrase::ProgressDone => "All {total} checked in this browser: every link holds",
        Phrase::ProgressDoneLoose => "All {total} checked in this browser: each holds",
        Phrase::ProgressUnknown => "{unknown} of {total} could not be checked in full; nothing was found wrong",
        Phrase::ProgressFailed => "{failed} of {total} failed",
        Phrase::RowHolds => "In its place, sealed by {agency}, title unchanged.",
        Phrase::RowCopied => "In its place, sealed as a copy by {agency}, title unchanged.",
        Phrase::RowPlain => "In its place, unchanged.",
        Phrase::RowPending => "Not seen by enough outside witnesses yet; all else holds. You need do nothing.",
        Phrase::RowUnknown => "Could not be checked: something did not arrive.",
        Phrase::RowStolen => "Signed with a key later reported stolen.",
        Phrase::RowRedacted => "In its place, sealed by {agency}. Its catalogue was removed, and the chain says so.",
        Phrase::VerdictSeen => {
            "The log says it has stood here since {since}; by {when}, {seen} of {of} outside witnesses had seen it. \
             Sealed by {agency}; checked in this browser as of entry {size}."
        }
        Phrase::VerdictLogged => {
            "The log says it has stood here since {since}; no outside witness confirms the date. Sealed by {agency}; \
             checked in this browser as of entry {size}."
        }
        Phrase::VerdictCopied => "Copied by {agency} from {source}; not sealed by the stated agency.",
        Phrase::VerdictPlain => "The log says it has stood here since {since}; checked in this browser as of entry {size}.",
        Phrase::VerdictPending => "Not finished: not enough outside witnesses have seen it yet. All else holds. You need do nothing.",
        Phrase::VerdictUnknown => "Could not be checked in full: something did not arrive. Nothing was found wrong.",
        Phrase::VerdictStolen => {
            "Signed with a key of {agency} that was later reported stolen. Whether the agency itself signed it, nobody \
             can tell from here."
        }
        Phrase::VerdictStolenPost => {
            "Sealed by {agency}. A step of its approval was signed with a post's key that was later reported stolen. Whether the post \
             itself took it, nobody can tell from here."
        }
        Phrase::VerdictFails => "Does not hold. {what}",
        Phrase::AlarmList => "Of the entries on this page, {count} failed a check. Each says what broke.",
        Phrase::AlarmItem => "{what} {todo}",
        Phrase::AlarmHistory => {
            "This chain is not the one your browser saw before. Its history was rewritten or rolled back. Do not rely \
             on anything here."
        }
        Phrase::CharterFails => "This chain's charter, which says who may sign here, was altered or left out.",
        Phrase::ChainHolds => {
            "Compared in this browser: the identity is the fingerprint of the charter that the chain has as entry 0, and \
             origin and keys are those its charter names, as of entry {size}."
        }
        Phrase::ChainFails => "This page gives an identity, an origin or a key that is not this chain's.",
        Phrase::ChainUnknown => "The charter did not arrive, so identity, origin and keys were not compared.",
        Phrase::EntryWithheld => "This entry is missing: the log has signed for it, and this portal does not have it.",
        Phrase::NeighbourWithheld => "The entry before this one is missing here, so the cord ends at it.",
        Phrase::ContentRedacted => {
            "Redacted: something was removed, and the chain says by which entry. What is left is, byte for byte, what was sealed."
        }
        Phrase::ApprovalOverridden => {
            "A step was skipped, signed with the key of a post that the rule lets do so. All else was taken in order, for exactly this document."
        }
        Phrase::KeptBy => " The key is kept by: {custody}.",
        Phrase::ProofWithheld => "The portal holds back what this check needs, so it cannot hold.",
        Phrase::SeenWitnesses => "{when}, by {seen} of {of} witnesses",
        Phrase::SeenNone => "No outside witness yet",
        Phrase::Size => "{size} entries",
        Phrase::Newer => "{count} newer: show them",
        Phrase::Offline => "Not checked: the portal did not answer with the evidence.",
    }
}
