//! C7: whether the facts a page displays beside an entry are what the entry and its catalogue say.

use super::{Code, Finding, Reader, content::Found, reader::Known, registered::Registered};
use crate::{
    approval::{Act, Place},
    catalogue::{Catalogue, Subject},
    evidence::Contents,
    holders::{self, Holders},
    part::parse_salt,
    statement::{Agency, Core, Disclosure, Reference, Statement},
    time::format_time,
};

/// What a page displays of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Facts: (catalogue member, text as displayed). Where a document's parts or subjects are listed, their names are in
    /// `parts` and `subjects` instead: a name alone could stand beside another's number or link.
    pub facts: Vec<(String, String)>,
    /// Whether this is a line of a list or a page of its own, which says what the disclosure is called: once, if it has a title.
    /// What else is displayed of it (a version's row, a notice) need not.
    pub named: bool,
    /// On a disclosure's own page: what it lists for download or as removed, each with the commitment its link leads to. Text
    /// and translations that can be read on the page need not be listed; every attachment must be.
    pub parts: Option<Vec<ShownPart>>,
    /// On a disclosure's own page: those it says the disclosure is about, each with its number; what is not displayed is empty.
    pub subjects: Option<Vec<Subject>>,
    /// On an entry's own page: the steps by which it says that was approved, each with what it was opened to.
    pub steps: Option<Vec<ShownStep>>,
    /// On a page that shows the texts of a disclosure: each with the commitment it is displayed under, as the browser
    /// serialises the element that shows it.
    pub texts: Option<Vec<(String, String)>>,
    /// On a page that shows the entry as it was logged: that text.
    pub entry: Option<String>,
    /// The log's own time: as it stands in the entry where it is displayed rightly, else what is displayed.
    pub time: Option<String>,
    /// Who the page says speaks here: (agency, name as displayed).
    pub agencies: Vec<(String, String)>,
    /// The entry to whose document the page says this one belongs, or of whose document it says this one speaks.
    pub about: Option<u64>,
    /// What the page calls the entries that this one speaks of: (index, title as displayed).
    pub titles: Vec<(u64, String)>,
    /// The entry that the page's own address names.
    pub address: Option<u64>,
    /// The entries that the page draws as the one before this: the one it is tied to, and the one that stands below it.
    pub before: Vec<u64>,
}

/// One step of an approval as a page draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownStep {
    /// Its entry.
    pub index: u64,
    /// How many rows of steps stand before its own; none where it stands among those that count no more.
    pub stage: Option<usize>,
    /// The milliseconds for which the words stand that say how long it took; none where nothing is said of that.
    pub took: Option<String>,
}

/// One part as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPart {
    /// What the link to it ends in, or what a removed part is listed under.
    pub commitment: String,
    /// Its name as displayed; absent where the page calls it by words of its own, because the catalogue does not name it.
    pub name: Option<String>,
}

impl Shown {
    /// What a page must display of a disclosure and does not, or lists otherwise than the catalogue does.
    pub(super) fn wrongly(&self, core: &Disclosure, catalogue: Option<&Catalogue>) -> Option<Finding> {
        let differs = |member: &str, text: &str| Some(Finding::fails(Code::C7, "shown-differs").with("member", member).with("shown", text));
        let titles = self.facts.iter().filter(|(name, _)| name == "title").count();
        if self.named && titles != usize::from(catalogue.is_some_and(|catalogue| !catalogue.title.is_empty())) {
            return differs("title", "");
        }
        let listed = |name: &str| (name == "parts" && self.parts.is_some()) || (name == "subjects" && self.subjects.is_some());
        if let Some((name, text)) = self.facts.iter().find(|(name, _)| listed(name)) {
            return differs(name, text);
        }
        if let Some(parts) = &self.parts {
            let names = catalogue.map_or(&[][..], |catalogue| &catalogue.parts);
            let listed = |at: &str| parts.iter().filter(|part| part.commitment == at).collect::<Vec<_>>();
            let mut count = 0;
            for (part, name) in core.parts.iter().skip(1).zip(names.iter().map(Some).chain(std::iter::repeat(None))) {
                let name = name.filter(|name| !name.is_empty());
                match listed(&part.commitment.to_string())[..] {
                    [] if part.role != "attachment" => {}
                    [shown] if shown.name.as_ref().filter(|name| !name.is_empty()) == name => count += 1,
                    [shown, ..] => return differs("parts", shown.name.as_deref().unwrap_or_default()),
                    [] => return differs("parts", ""),
                }
            }
            if count != parts.len() {
                return differs("parts", "");
            }
        }
        let given = catalogue.map_or(&[][..], |catalogue| &catalogue.subjects);
        let alike = |shown: &Subject, given: &Subject| {
            let scheme = |of: &Subject| of.scheme.clone().unwrap_or_default();
            (&shown.id, &shown.name, scheme(shown)) == (&given.id, &given.name, scheme(given))
        };
        let mut subjects = self.subjects.iter().flatten();
        subjects.find(|shown| !given.iter().any(|given| alike(shown, given))).and_then(|shown| differs("subjects", &shown.name))
    }
}

impl Reader<'_> {
    /// The first thing displayed beside an entry that is not so: its time, who speaks, what it speaks of.
    pub(super) fn beside(&self, index: u64, contents: &Contents, shown: &Shown) -> Option<Finding> {
        let differs = |member: &str, text: &str| Some(Finding::fails(Code::C7, "shown-differs").with("member", member).with("shown", text));
        if let Some(address) = shown.address.filter(|address| *address != index) {
            return differs("index", &address.to_string());
        }
        if let Some(before) = shown.before.iter().find(|before| before.checked_add(1) != Some(index)) {
            return differs("before", &before.to_string());
        }
        let statement = self.statement(index)?;
        if let Some(time) = shown.time.as_deref().filter(|time| self.time(index).and_then(format_time).as_deref() != Some(*time)) {
            return differs("time", time);
        }
        if let Some((_, name)) = shown.agencies.iter().find(|(id, name)| !self.speaks(index, statement, id, name)) {
            return differs("agency", name);
        }
        if let Some(about) = shown.about.filter(|_| matches!(statement.core, Core::Step(_))) {
            // Of the case by which that very entry was approved, and of no other.
            if self.act(about).and_then(|act| act.opening(index)).is_none() {
                return differs("index", &about.to_string());
            }
        } else if let Some(about) = shown.about {
            let of = spoken_of(&statement.core)[0].map_or(index, |target| target.index);
            match self.document(of).zip(self.document(about)) {
                Some((of, about)) if of == about => {}
                Some(_) => return differs("index", &about.to_string()),
                None => return Some(Finding::cannot_tell(Code::C7, "no-entry").with("index", about)),
            }
        }
        for (of, title) in &shown.titles {
            let named = spoken_of(&statement.core).into_iter().flatten().find(|named| named.index == *of);
            match named.map(|named| self.is_titled(named, title, contents)) {
                Some(Some(true)) => {}
                Some(None) => return Some(Finding::cannot_tell(Code::C7, "not-fetched").with("index", of)),
                _ => return differs("titles", title),
            }
        }
        None
    }

    /// The act line of an entry.
    fn act(&self, index: u64) -> Option<&Act> {
        self.statement(index)?.act.as_ref()
    }

    /// Whether these are the steps by which an entry was approved, each once, and each where and as long as the rule and the log have it.
    pub(super) fn steps_are(&self, index: u64, steps: &[ShownStep]) -> bool {
        let taken = self.act(index).map_or(&[][..], |act| &act.steps);
        // An act names none twice; of one that does, C6 says what is wrong.
        let listed = steps.len() == taken.len() && taken.iter().all(|step| steps.iter().any(|shown| shown.index == *step));
        // Why nothing can be told of it, C6 says.
        let Some(course) = self.course(index) else { return listed };
        listed
            && steps.iter().all(|shown| {
                let place = course.iter().find(|(step, _)| *step == shown.index).map(|(_, place)| place);
                let took = place.and_then(|place| place.took).map(|took| took.to_string());
                (shown.stage, &shown.took) == (place.map(|place| place.stage), &took)
            })
    }

    /// Whether `text`, displayed as `name`, is what is to be known of a step from elsewhere: `step`, kind and decision as the entry
    /// `of` opens them; `took`, the milliseconds it took; `post_name`, a name of the post that took it, as it was registered then;
    /// `holder`, a name under which a part of the entry `of` says that this post is held; `reason:` and a salt, the reason that was
    /// committed to under that salt.
    pub(super) fn stepped(&self, index: u64, of: Option<u64>, contents: &Contents, (name, text): (&str, &str)) -> bool {
        let act = || self.act(of?);
        let post = || {
            let known = self.known(index)?;
            let by = known.statement.as_ref()?.signer();
            let read = |known: &'_ Known<'_>| match &known.statement.as_ref()?.core {
                Core::Post(post) => Some(post.name.values().any(|known| known == text)),
                _ => None,
            };
            matches!(self.lookup(known.entry?.header.registry, by, known.place, read), Registered::As(true)).then_some(())
        };
        let holder = || {
            let Core::Disclosure(core) = &self.statement(of?)?.core else { return None };
            let part = core.parts.iter().find(|part| part.role == holders::ROLE)?;
            let Found::Matches(bytes) = self.part(of?, core, part, contents) else { return None };
            Holders::read(bytes).ok()?.names(self.statement(index)?.signer(), text).then_some(())
        };
        match name {
            "holder" => holder().is_some(),
            "step" => {
                act().and_then(|act| act.decision(index)).is_some_and(|said| text.split_once(' ') == Some((&said.code, &said.decision)))
            }
            "took" => of.is_some_and(|of| self.took(of, index, text)),
            "post_name" => post().is_some(),
            _ => {
                let salt = || parse_salt(name.strip_prefix("reason:")?);
                act().zip(salt()).is_some_and(|(act, salt)| act.gives_reason(index, &salt, text))
            }
        }
    }

    /// Whether a step of what `of` is took so many milliseconds, or nothing tells how that was approved, and C6 says so.
    fn took(&self, of: u64, step: u64, text: &str) -> bool {
        let so = |(index, place): &(u64, Place)| *index == step && place.took.is_some_and(|took| took.to_string() == text);
        self.course(of).is_none_or(|course| course.iter().any(so))
    }

    /// Whether `text`, displayed as `name`, is an entry's own fingerprint, or the one it names of the entry before.
    pub(super) fn headed(&self, index: u64, name: &str, text: &str) -> bool {
        let Some(known) = self.known(index) else { return false };
        match name {
            "leaf" => known.leaf.to_string() == text,
            "previous" => known.entry.is_some_and(|entry| entry.header.previous.to_string() == text),
            _ => false,
        }
    }

    /// The first version of the document that a version belongs to, as far as the versions between are at hand.
    fn document(&self, version: u64) -> Option<u64> {
        match &self.statement(version)?.core {
            Core::Disclosure(core) => match core.revises {
                Some(before) if before.index < version => self.document(before.index),
                Some(_) => None,
                None => Some(version),
            },
            _ => None,
        }
    }

    /// Whether `id`, called `name`, is the agency that speaks in an entry: under its name of then, or of today.
    fn speaks(&self, index: u64, statement: &Statement<'_>, id: &str, name: &str) -> bool {
        let called = |agency: &Agency| agency.agency == id && agency.name.values().any(|known| known == name);
        let speaker = match &statement.core {
            Core::Agency(core) => return called(core),
            Core::Post(core) => core.agency.as_str(),
            Core::Step(core) => core.agency.as_str(),
            _ => statement.signer(),
        };
        let known = self.registered_agencies(index, speaker);
        // Of an agency that nothing is known of, C5 says so.
        speaker == id && (known.iter().all(Option::is_none) || known.into_iter().flatten().any(called))
    }

    /// Whether the disclosure at `of` has this title; `None` when its catalogue is not at hand.
    fn is_titled(&self, of: Reference, title: &str, contents: &Contents) -> Option<bool> {
        let known = self.known(of.index)?;
        let Some(Core::Disclosure(core)) = known.statement.as_ref().map(|statement| &statement.core) else { return Some(false) };
        let Some(part) = core.parts.first().filter(|_| known.placed() && known.leaf == of.leaf) else { return Some(false) };
        match self.part(of.index, core, part, contents) {
            Found::Matches(bytes) => Some(Catalogue::read(bytes).is_ok_and(|catalogue| catalogue.title == title)),
            Found::Unknown(_) => None,
            Found::Redacted(_) | Found::Fails(_) | Found::Differs(_) => Some(false),
        }
    }
}

/// Whether `text`, displayed as the member `name` of a statement that has no catalogue, is what it says there.
pub(super) fn says(statement: &Statement<'_>, name: &str, text: &str) -> bool {
    let one = |member: &Option<String>| member.as_deref() == Some(text);
    match (&statement.core, name) {
        (_, "signed_by") => statement.note.signatures.iter().any(|line| line.name == text),
        (Core::Charter(core), "origin") => core.origin == text,
        (Core::Charter(core), "zone") => core.zone == text,
        (Core::Post(core), "post") => core.post == text,
        (Core::Step(core), "case") => core.case == text,
        (Core::Status(core), "kind") => core.kind.as_str() == text,
        (Core::Status(core), "effective") => one(&core.effective),
        (Core::Status(core), "ground") => core.ground == text,
        (Core::Redaction(core), "ground") => core.ground == text,
        (Core::Redaction(core), "parts") => core.parts.iter().any(|part| part.to_string() == text),
        (core, "type") => core.kind() == text,
        (core, "entry") => spoken_of(core).into_iter().flatten().any(|of| of.index.to_string() == text),
        (core, "key") => keys(core).any(|key| key == text),
        _ => false,
    }
}

/// The entries that a statement speaks of: its target, and the instrument of a change.
fn spoken_of(core: &Core) -> [Option<Reference>; 2] {
    match core {
        Core::Status(core) => [Some(core.target), core.by],
        Core::Redaction(core) => [Some(core.target), None],
        _ => [None; 2],
    }
}

fn keys(core: &Core) -> impl Iterator<Item = String> + '_ {
    let (logs, registrars, keys) = match core {
        Core::Charter(core) => (core.logs.as_slice(), core.registrars.keys.as_slice(), Default::default()),
        Core::Agency(core) => (Default::default(), Default::default(), core.seals.as_slice()),
        Core::Post(core) => (Default::default(), Default::default(), core.keys.as_slice()),
        _ => Default::default(),
    };
    let named = logs.iter().map(|log| &log.key).chain(registrars).chain(keys.iter().map(|key| &key.key));
    named.map(ToString::to_string)
}

/// Whether `text`, displayed as the catalogue member `name`, is what the catalogue has there.
pub(super) fn displays(catalogue: Option<&Catalogue>, core: &Disclosure, name: &str, text: &str) -> bool {
    // These stand in the statement itself, so they are there even when the catalogue is not.
    if name == "stated_agency" {
        return core.stated_agency.as_deref() == Some(text);
    }
    if name == "ground" {
        return core.ground.as_deref() == Some(text);
    }
    if name == "source" && core.source.as_deref() == Some(text) {
        return true;
    }
    if name == "genre" && catalogue.is_none_or(|catalogue| catalogue.genre.is_none()) {
        return core.genre == text;
    }
    if name == "language" && core.language == text {
        return true;
    }
    if name == "stated" {
        return core.stated.day() == Some(text);
    }
    let Some(catalogue) = catalogue else {
        return false;
    };
    let one = |member: &Option<String>| member.as_deref() == Some(text);
    let among = |members: &[String]| members.iter().any(|member| member == text);
    match name {
        "title" => catalogue.title == text,
        "index_number" => one(&catalogue.index_number),
        "document_number" => one(&catalogue.document_number),
        "issuing_agencies" => among(&catalogue.issuing_agencies),
        "joint_agencies" => among(&catalogue.joint_agencies),
        "issued" => one(&catalogue.issued),
        "published" => one(&catalogue.published),
        "effective" => one(&catalogue.effective),
        "expires" => one(&catalogue.expires),
        "theme" => one(&catalogue.theme),
        "genre" => one(&catalogue.genre),
        "basis" => one(&catalogue.basis),
        "summary" => one(&catalogue.summary),
        "keywords" => among(&catalogue.keywords),
        "language" => one(&catalogue.language),
        "region" => one(&catalogue.region),
        "subjects" => catalogue.subjects.iter().any(|subject| subject.name == text || subject.id == text),
        "source" => one(&catalogue.source),
        "authentic" => one(&catalogue.authentic),
        "parts" => among(&catalogue.parts),
        // What one part is called outside of a list of them.
        part => core.parts.iter().skip(1).zip(&catalogue.parts).any(|(of, called)| called == text && of.commitment.to_string() == part),
    }
}
