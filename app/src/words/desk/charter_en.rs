//! The charter in English.

use super::charter::CharterWords;

pub(super) const CHARTER: CharterWords = CharterWords {
    title: "The charter",
    lead: |needed, of| {
        format!(
            "The charter says who registers, which keys the log signs with, and whose witness counts. {needed} of its {of} registrars must sign an amendment; it then holds for ever after, in public."
        )
    },
    to: "The charter and its registrars",
    in_force: "In force",
    entry: |entry| format!("It stands in entry {entry}"),
    amend: "Amend it",
    amend_help: "What you leave as it is stays. The amendment then waits until enough of the registrars of now have signed it.",
    registrars: "Registrars",
    registrars_help: "Take the tick away from whoever is to be one no more.",
    candidates: "New registrars",
    candidate: |who| format!("asked by {who}"),
    candidates_none: "Nobody asks to become one. Whoever is to be one makes a key below first.",
    threshold: "How many of them must sign",
    threshold_help: "Registrations, and the next amendment. If as many keys are lost that fewer are left, nothing can ever be registered again.",
    name_zh: "Name of the portal in Chinese",
    name_en: "Name of the portal in English",
    zone: "Time zone",
    zone_help: "As the IANA names it, for example Asia/Shanghai. Times are shown in it.",
    policy: "Witness policy",
    policy_help: "Whose cosignatures count, as a tlog-policy file; quorum none: nobody's.",
    rotate: "The log takes a new key",
    rotate_help: "It is made on this server, where the log's present key lies. Save a copy of the folder keys after it was made.",
    from: "From which size of the log on",
    from_help: "It must be larger than the log when the last registrar signs.",
    button: "Ask for this amendment",
    own: "Your own key as a registrar",
    own_help: "Made in your browser, like the key of a post. It is a registrar's once an amendment names it.",
    own_name: "Last part of its name",
    own_name_help: |example| format!("For example {example}. No other key may have it."),
    own_button: "Go on to its key",
    key_title: "A registrar's key",
    key_lead: "The key is made in your browser and never leaves it unlocked. The portal learns its public half, with a proof that you have it; the charter's registrars decide whether it becomes one of theirs.",
    key_none: "The charter names no key of this name.",
    key_waits: "waits to become a registrar's",
    send_help: "The key that this browser keeps is no registrar's yet.",
    outside_help: "Make the key on your own machine, and the proof that you have it: its signature over this name and your account.",
    outside_command: |name, origin, account| {
        format!(
            "gazette registrar key --out registrar.key --name {name}\ngazette registrar prove --key registrar.key --origin {origin} --account {account}"
        )
    },
    amendment: "An amendment of the charter",
    changes: "What changes",
    changes_help: "Your browser fetches the charter that is amended, and compares both with this page before it signs.",
    stays: "What stays",
    was: "no more",
    new: "new",
    article: |article| match article {
        "amends" => "Amends entry",
        "origin" => "Name of the chain",
        "trial" => "Trial",
        "language" | "name" => "Name",
        "zone" => "Time zone",
        "log" | "from" => "Keys of the log",
        "registrar" => "Registrars",
        "threshold" => "How many must sign",
        _ => "Witness policy",
    },
    trial: |trial| if trial == "true" { "A trial: not a public record" } else { "No trial" },
    from_size: ("from size", ""),
};
