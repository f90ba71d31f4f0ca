//! Letters in English.

use super::letters::{LetterWords, Said};

fn said(subject: String, text: impl Into<String>) -> Said {
    Said { subject, text: text.into() }
}

pub(super) static WORDS: LetterWords = LetterWords {
    waits: |agency| {
        said(format!("Something waits for you at {agency}"), format!("Something waits for you at {agency}. Open the desk to see it:"))
    },
    rejected: |agency| {
        said(format!("A step was rejected at {agency}"), format!("Something you wrote for {agency} was rejected. The desk shows why:"))
    },
    published: |agency| said(format!("Published by {agency}"), format!("Something you wrote for {agency} was published:")),
    again: |agency| {
        said(
            format!("Something needs approving again at {agency}"),
            format!("Something you wrote for {agency} could not be published as it was approved. The desk shows what to do:"),
        )
    },
    unsealed: |agency| {
        said(
            format!("Something waits for its seal at {agency}"),
            format!("Something you wrote for {agency} is approved, and waits for the agency's own seal. The desk shows where it stands:"),
        )
    },
    taken_back: |agency| {
        said(
            format!("Something was taken back at {agency}"),
            format!("Somebody took back what you submitted for {agency}. It is being written again, and is not published as it was:"),
        )
    },
    daily: |portal| {
        said(
            format!("News at the desk of {portal}"),
            format!("Something waits for you at the desk of {portal}, or something you wrote moved on:"),
        )
    },
    confirm: |portal| {
        said(
            format!("Confirm your address for {portal}"),
            format!(
                "Somebody who is signed in at the desk of {portal} says that this address is theirs. If it was not you, do nothing: you will get no more mail. If it was, open this link within a day:"
            ),
        )
    },
    address_changed: |portal| {
        said(
            format!("Your address at {portal} was changed"),
            format!(
                "Mail from the desk of {portal} no longer comes to this address. If it was not you who changed it, tell your administrator at once, and change your password if you have one. Your account:"
            ),
        )
    },
    invitation: |place| {
        said(
            format!("You are invited to work at {place}"),
            format!(
                "You are invited to the desk of {place}. This link makes your account. It is good once, for three days, and for nobody but you:"
            ),
        )
    },
    recovery: |portal| {
        said(
            format!("A way back in to {portal}"),
            format!(
                "Your administrator made a link for you to set a new password for the desk of {portal}. If you did not ask for it, do not open it, and tell your administrator. It works once, within an hour:"
            ),
        )
    },
    new_place: |portal| {
        said(
            format!("New sign-in at {portal}"),
            format!(
                "Somebody signed in to your account at the desk of {portal}, from a network or browser you have not used there before. If it was you, all is well. If not, tell your administrator at once, and change your password if you have one. Your account:"
            ),
        )
    },
    new_way: |portal| {
        said(
            format!("A new way in to your account at {portal}"),
            format!(
                "A way in was added to your account at the desk of {portal}: an authenticator app, a passkey, recovery codes, sign-in by your department, or a program's token. If it was you, all is well. If not, tell your administrator at once. Your account:"
            ),
        )
    },
    password_changed: |portal| {
        said(
            format!("Your password at {portal} was changed"),
            format!(
                "Your password for the desk of {portal} was changed. If it was not you, tell your administrator at once. Your account:"
            ),
        )
    },
    foot: |portal| format!("Sent by the desk of {portal}, which reads no answers. On the page of your account you choose what is sent."),
    section: "Mail",
    none: "No mail is sent to you yet.",
    goes_to: |address| format!("Mail goes to {address}."),
    asked: |address| format!("A link was sent to {address}. Open it in this browser within a day; until then nothing else goes there."),
    address: "E-mail address",
    address_help: "A link is sent there that you open to confirm it. Mail says that something waits, never what it is.",
    ask: "Send the link",
    remove: "No mail any more",
    wanted: "Mail about your work",
    each: "at once",
    daily_choice: "once a day",
    no_work: "none",
    always: "Of sign-ins from new places and of a changed password you are always told.",
    language: "Language of mail",
    save: "Save",
    confirm_title: "Confirm your address",
    confirm_lead: |address| format!("Mail from the desk will go to {address}."),
    confirm_button: "Yes, this address is mine",
    invite_address: "Send the link by mail (optional)",
    invite_address_help: "The link goes to this address and is not shown to you. Leave it empty to hand the link over yourself.",
    by_mail: "Send the link to their address",
    by_mail_help: |has| if has { "It is not shown to you." } else { "They have confirmed no address: hand the link over yourself." },
    sent: "The link is on its way by mail.",
};
