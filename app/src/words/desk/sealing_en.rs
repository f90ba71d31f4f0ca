//! What pages say to an agency that keeps its own seal, in English.

use super::sealing::SealingWords;

pub(super) const SEALING: SealingWords = SealingWords {
    title: "The agency's own seal",
    from_the_start: "This server holds no seal of your agency that is good now: your agency seals for itself. Once this is approved, \
                     whoever publishes for your agency saves it from the page of its case, seals it on the agency's own machine with \
                     the command line, and brings it back there. Until then it is not published.",
    at_its_time: "It is approved. By your agency's rule its steps come to the log only at its time, and what is sealed names where \
                  they stand there. So it can be saved and sealed from then on, not before, and is published once it is brought back.",
    open: "It is approved, and is published once your agency has sealed it: not before its time, if it has one. This server holds no \
           seal of your agency that is good now. If your agency does not keep its seal itself, tell the administrator.",
    others: "Whoever publishes for your agency saves it here, seals it on the agency's own machine, and brings it back.",
    how: "Save what is to be sealed, with the parts of the document, look at it on your agency's own machine, seal it there, and bring \
          back what the command printed. Parts of more than 32 MB together are not all in the file: save those from the list of its \
          files, and give each to the command with --part. What is sealed is this very text; where the rule or the text changes, it is \
          to be sealed anew.",
    command: "gazette seal --key seal.key to-seal.json > sealed.json",
    key: "The key is your agency's seal as it is registered. Its file is for nobody else to read (mode 0600); where it is locked, name \
          a file with its passphrase by --passphrase-file. A seal in a token is named by its public half: --vkey, with --token-module.",
    save: "Save what is to be sealed",
    file: "Sealed file",
    paste: "Or its contents",
    send: "Bring it back",
    sealed: "It is sealed by your agency, and is published when its time has come.",
    stand: "Approved; waits for the agency's seal",
    tag: "Waits for its seal",
    not_taken: "What was brought was not taken",
    refused: |code| match code {
        "not-this-text" => {
            "This is not the text that is to be published now: another text was sealed, or it was approved otherwise since. Save it \
             once more and seal that."
        }
        "not-sealed" => {
            "This is no statement under a seal of your agency that is good now. Bring what the command printed, sealed with the key \
             that is registered."
        }
        "not-to-seal" => "There is nothing to be sealed here now: it is not approved, or its steps are not in the log yet.",
        "not-open" => "It is published, or was taken back.",
        "busy" => "It was just being looked at. Bring it once more in a moment.",
        _ => "It was not taken. Load the page again and look at it.",
    },
};
