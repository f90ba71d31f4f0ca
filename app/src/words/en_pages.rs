//! The chain, about and problem pages in English.

use super::*;

pub(super) const CHAIN: ChainWords = ChainWords {
    title: "The chain",
    lead: "All that this portal publishes stands on one chain of entries, signed and linked. Whoever has its \
            identity can check the rest alone.",
    identity: "Identity",
    identity_note: "The fingerprint of entry 0, the charter. Compare it with one you were given on paper or by someone you trust.",
    began: "Began",
    charter: "Charter",
    size: "Size",
    entries: |size| match size {
        1 => "1 entry".to_owned(),
        _ => format!("{} entries", number(size)),
    },
    checkpoint: "Newest checkpoint",
    checkpoint_note: "Size and root of the tree of all entries, signed by the log, with the witness signatures it has.",
    checkpoint_link: "Fetch the checkpoint",
    keys: "Keys",
    keys_note: "Named by the charter, written as vkeys (C2SP signed-note).",
    policy: "Witness policy",
    witnesses: "Outside witnesses",
    witnesses_none: "None yet. Until there are, the times on this chain are the log's own word.",
    check: "How to check it yourself",
    check_lead: "You need not trust this portal's pages. Four ways, from easy to thorough:",
    by_browser: "Let your browser do it",
    by_browser_note: "With scripts allowed, every page checks what it shows and says so beside it. Your browser \
            remembers the chain, and notices if its history is rewritten.",
    by_hand: "By hand, with common tools",
    by_hand_leaf: "The fingerprint of an entry is the SHA-256 of a zero byte and the entry. The next entry names it on its fourth line:",
    by_hand_part: "The fingerprint of a part is the SHA-256 of a label, its salt and its bytes. The statement names it:",
    by_client: "With any client of tile-based logs",
    by_client_note: "The log follows C2SP tlog-tiles, tlog-checkpoint and signed-note to the letter. Give the \
            client this address and the log's key:",
    by_owner: "With the portal's own program",
    by_owner_note: "On a copy of the data it rebuilds everything from the entries and names the first thing that differs:",
    addresses: "Public addresses",
    address_rows: [
        ("/log/checkpoint", "newest checkpoint"),
        ("/log/tile/…", "tiles of the tree"),
        ("/log/tile/entries/…", "the entries themselves, 256 to a bundle"),
        ("/log/entry/12", "one entry"),
        ("/log/proof/12.tlog-proof", "one entry's proof"),
        ("/log/policy", "the witness policy"),
        ("/log/consistency/12-34", "proof that the tree of 34 entries goes on from that of 12"),
        ("/log/evidence/34/12", "all that deciding about some entries takes"),
        ("/log/registry/…", "a proof of what the registry has under an id"),
        ("/content/of/12", "the catalogues of some entries"),
        ("/content/sha256:…", "a part, by its fingerprint"),
    ],
};

pub(super) const ABOUT: AboutWords = AboutWords {
    title: "About",
    lead: "A gazette that cannot be changed behind your back.",
    sections: &[
        (
            "What you find here",
            &[
                "Departments publish what the public is entitled to know: rules, notices, budgets, decisions. \
                     Each publication becomes one entry of a chain.",
                "Nothing is ever edited. A correction, a repeal or a new version is a later entry that names the \
                     earlier one, and both stay.",
            ],
        ),
        (
            "Why it is a cord",
            &[
                "Before there was writing, people kept records by tying knots in a cord. Here each entry is a \
                     knot, and the cord between two knots is the fingerprint by which the later one names the earlier.",
                "Pull out a knot, or change it, and the cord is cut in a place everyone can see.",
            ],
        ),
        (
            "What a check means, and what it does not",
            &[
                "Your browser fetches the evidence and decides for itself. It can tell you that a text is the one \
                     that was sealed, by whom, and that it has stood in its place unchanged.",
                "It cannot tell you that what the text says is true, or that it has force of law. For that, ask \
                     the agency.",
                "Some documents are copies: the archive took them from elsewhere and sealed them in its own name. \
                     Every such page says so.",
            ],
        ),
        (
            "What is removed",
            &[
                "The chain itself holds no names of people and no titles, only dates, codes and fingerprints. \
                     Titles and texts lie beside it, and can be removed when the law demands it.",
                "A removal is an entry too. The place of what was removed stays visible.",
            ],
        ),
        (
            "If something does not hold",
            &["Save the page and the raw entry it links to. Tell the portal, and tell someone outside it: a \
                     newspaper, a court, another department. The evidence can be checked without this portal."],
        ),
    ],
    reading: "How to read the signs",
    legend: [
        ("unchecked", "Pencil", "not checked yet, or your browser runs no scripts"),
        ("holds", "Ink, knot tied", "checked: it holds"),
        ("pending", "Amber, half tied", "not finished yet; you need do nothing"),
        ("fails", "Cut cord", "does not hold: the words beside it say what broke"),
    ],
    seals: [
        ("unchecked", "Outline", "the seal is not checked yet"),
        ("holds", "Filled", "sealed with the key registered for the agency"),
        ("stolen", "Struck out", "the key was later reported stolen"),
        ("fails", "Cracked", "not sealed with the agency's registered key"),
    ],
};

pub(super) const PROBLEM: ProblemWords = ProblemWords {
    bad_address: ("This address cannot be read", "Something in it is not as it should be. If you copied it, check that it is complete."),
    not_found: (
        "There is no such page",
        "If you typed the address, check it. If a link brought you here, the link is wrong: nothing published here is ever deleted without a trace.",
    ),
    not_yet: ("The chain has not come so far", |index| format!("There is no entry {} yet.", number(index))),
    removed: (
        "This was removed",
        "It was published here and later removed. The chain keeps its place and says who removed it and on what ground.",
    ),
    removed_see: "The statement that removed it",
    too_many: ("Too many requests", |seconds| format!("Wait {} and try again.", wait(seconds))),
    broken: ("Something went wrong on our side", "The error has been noted. What is on the chain is not affected. Try again later."),
    busy: ("The portal is busy", |seconds| format!("Try again in {}. What is on the chain is not affected.", wait(seconds))),
    home: "To the timeline",
    search: "Search",
};

fn wait(seconds: u32) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
