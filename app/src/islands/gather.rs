//! Fetching what one round needs: the checkpoint, the contents of what the page shows, and evidence for all of it.

use super::fetch::{self, Failed};
use chain::{
    check::Reader,
    evidence::{Bundle, Content, Contents, MOST_ITEMS, format_indexes, read_bundle, read_contents},
    hash::unhex,
    statement::Core,
};

/// Parts larger than this are not fetched unasked; C7 then cannot tell.
const LARGEST_PART: u64 = 32 << 20;
/// Longer than anybody on the way may keep a checkpoint.
const CHECKPOINT_KEPT: i32 = 1200;

pub struct Gathered {
    pub bundle: Bundle,
    pub contents: Contents,
    /// The entries that the portal was asked about, of this very tree.
    pub asked: Vec<u64>,
    pub size: u64,
}

/// Gathers what there is to know of these entries, and the parts of the page's own. The page, or what this browser remembers, may
/// know of a newer tree than the first checkpoint that came: then all is asked for once more.
pub async fn gather(indexes: &[u64], own: Option<u64>, remembered: u64) -> Result<Gathered, Failed> {
    let first = once(indexes, own).await?;
    let beyond = |content: &Content| matches!(content, Content::Redacted { by } if *by >= first.size);
    let newer = remembered > first.size || indexes.iter().any(|index| *index >= first.size) || first.contents.values().any(beyond);
    if !newer {
        return Ok(first);
    }
    fetch::pause(CHECKPOINT_KEPT).await;
    once(indexes, own).await
}

async fn once(indexes: &[u64], own: Option<u64>) -> Result<Gathered, Failed> {
    let checkpoint = fetch::text("/log/checkpoint").await?;
    let size: u64 = checkpoint.lines().nth(1).and_then(|size| size.parse().ok()).ok_or(Failed::Unreadable)?;
    // Entries that the newest tree does not have are shown all the same, and fail.
    let within: Vec<u64> = indexes.iter().copied().filter(|index| *index < size).collect();
    let mut contents = Contents::default();
    for some in within.chunks(MOST_ITEMS) {
        let more = fetch::text(&format!("/content/of/{}", format_indexes(some))).await?;
        let more = read_contents(&more).map_err(|_| Failed::Unreadable)?;
        contents.extend(more);
    }
    // The checkpoint everything is decided against is the one just served, not one that came with the evidence.
    let mut bundle = Bundle { checkpoint, ..Bundle::default() };
    // With the root in the address, what a browser kept of another history of the same size is not taken for this one's.
    let root = bundle.checkpoint.lines().nth(2).unwrap_or_default().to_owned();
    let mut wanted = if within.is_empty() { vec![0] } else { within };
    let mut asked = Vec::new();
    while !wanted.is_empty() {
        for some in wanted.chunks(MOST_ITEMS) {
            let more = fetch::text(&format!("/log/evidence/{size}/{}?root={root}", format_indexes(some))).await?;
            let more = read_bundle(&more).map_err(|_| Failed::Unreadable)?;
            bundle.entries.extend(more.entries);
            bundle.lookups.extend(more.lookups);
        }
        let first = asked.is_empty();
        asked.append(&mut wanted);
        if !first {
            break;
        }
        if let Some(index) = own {
            let Ok(reader) = Reader::open(&bundle) else { return Err(Failed::Unreadable) };
            fetch_parts(&reader, index, &mut contents).await;
        }
        // The redactions that a part's absence is blamed on are looked at themselves, whatever entries they are.
        wanted = blamed(&bundle, &contents, size);
    }
    Ok(Gathered { bundle, contents, asked, size })
}

/// Fetches what the page's own entry commits to and the catalogues did not bring.
async fn fetch_parts(reader: &Reader<'_>, index: u64, contents: &mut Contents) {
    let Some(Core::Disclosure(core)) = reader.statement(index).map(|statement| &statement.core) else { return };
    for part in core.parts.iter().filter(|part| part.size <= LARGEST_PART) {
        let name = part.commitment.to_string();
        if contents.contains_key(&name) {
            continue;
        }
        let address = format!("/content/{name}");
        let content = match (fetch::bytes(&address).await, fetch::text(&format!("{address}.salt")).await) {
            (Ok(bytes), Ok(salt)) => unhex(salt.trim_end()).map(|salt| Content::Bytes { salt, bytes }),
            (Err(Failed::Status(404)), _) | (_, Err(Failed::Status(404))) => Some(Content::Missing),
            (Err(Failed::Status(410)), _) => removed_by(&address).await.map(|by| Content::Redacted { by }),
            _ => None,
        };
        if let Some(content) = content {
            contents.insert(name, content);
        }
    }
}

/// An index list as the portal takes it. Some dozens, put in their places one by one: whole sorting is a long text to download.
pub fn rising(indexes: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut risen: Vec<u64> = Vec::new();
    for index in indexes {
        if let Err(place) = risen.binary_search(&index) {
            risen.insert(place, index);
        }
    }
    risen
}

/// Entries that contents name as the redactions which removed them, and that the evidence does not have yet.
fn blamed(bundle: &Bundle, contents: &Contents, size: u64) -> Vec<u64> {
    rising(contents.values().filter_map(|content| match content {
        Content::Redacted { by } if *by < size && !bundle.entries.iter().any(|logged| logged.index == *by) => Some(*by),
        _ => None,
    }))
}

/// The redaction that a 410 names; the checks then look at that entry themselves.
async fn removed_by(address: &str) -> Option<u64> {
    let (410, text) = fetch::refusal(address).await? else { return None };
    text.trim_end().rsplit(' ').next()?.parse().ok()
}
