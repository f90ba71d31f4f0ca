//! Tiles and entry bundles (<https://c2sp.org/tlog-tiles>): the public, cacheable form of the tree.
//!
//! In scope: names, widths, what lies where, cutting and joining. Out of scope: serving and storing them.

use crate::{
    checkpoint::parse_size,
    hash::Hash,
    tree::{Nodes, node_hash},
};
use std::collections::BTreeMap;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;
const HEIGHT: u8 = 8;

/// A tile's place: its level (0 holds leaf hashes), its number in the level, and how many hashes it has (1 to 256).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    pub level: u8,
    pub number: u64,
    pub width: u16,
}

/// How many hashes tile `number` at `level` has in a tree of `size` entries: 0 (it does not exist) to 256.
#[must_use]
pub fn width(level: u8, number: u64, size: u64) -> u16 {
    let complete = size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0);
    complete.saturating_sub(number.saturating_mul(WIDTH)).min(WIDTH) as u16
}

/// `x001/x234/067` for 1234067.
#[must_use]
pub fn number_path(number: u64) -> String {
    let mut path = format!("{:03}", number % 1000);
    let mut rest = number / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

/// Reads `<N>[.p/<W>]`; the width is 256 when none is given. Only the canonical spelling is read.
#[must_use]
pub fn parse_number_path(path: &str) -> Option<(u64, u16)> {
    let (path, width) = match path.split_once(".p/") {
        None => (path, WIDTH as u16),
        Some((path, width)) => (path, parse_size(width).filter(|w| (1..WIDTH).contains(w))? as u16),
    };
    let mut number: u64 = 0;
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let digits = if parts.peek().is_some() { part.strip_prefix('x')? } else { part };
        if digits.len() != 3 || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    (number_path(number) == path).then_some((number, width))
}

impl Tile {
    /// `tile/<L>/<N>[.p/<W>]`, below the log's prefix.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/{}/{}{}", self.level, number_path(self.number), suffix(self.width))
    }

    /// The tile that holds the root of the complete subtree (level, index) or, where that lies between
    /// two levels of tiles, the hashes it is made of; and the range of hashes within.
    fn holding(level: u8, index: u64) -> (u8, u64, usize, usize) {
        let (tile_level, inner) = (level / HEIGHT, level % HEIGHT);
        let first = index << inner;
        (tile_level, first / WIDTH, (first % WIDTH) as usize, 1 << inner)
    }
}

/// `tile/entries/<N>[.p/<W>]`, below the log's prefix.
#[must_use]
pub fn bundle_path(number: u64, width: u16) -> String {
    format!("tile/entries/{}{}", number_path(number), suffix(width))
}

fn suffix(width: u16) -> String {
    if u64::from(width) == WIDTH { String::new() } else { format!(".p/{width}") }
}

/// A tile that is needed and not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} is needed", .0.path())]
pub struct Missing(pub Tile);

/// Tiles of a tree of `size` entries held in memory, read as [`Nodes`]. What is not there is asked for by name, so
/// that a caller with a slow store fetches it and tries again.
#[derive(Debug, Clone, Default)]
pub struct Tiles {
    pub size: u64,
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl Tiles {
    #[must_use]
    pub fn new(size: u64) -> Tiles {
        Tiles { size, tiles: BTreeMap::new() }
    }

    /// Takes a tile's bytes; `false` when they are fewer hashes than this tree's tile has. More (a wider cut) is fine.
    pub fn insert(&mut self, level: u8, number: u64, bytes: &[u8]) -> bool {
        let wanted = usize::from(width(level, number, self.size));
        if wanted == 0 || bytes.len() < wanted * 32 || !bytes.len().is_multiple_of(32) {
            return false;
        }
        let hashes = bytes.chunks_exact(32).take(wanted).filter_map(|hash| hash.try_into().ok().map(Hash)).collect();
        self.tiles.insert((level, number), hashes);
        true
    }
}

impl Nodes for Tiles {
    type Error = Missing;

    fn node(&self, level: u8, index: u64) -> Result<Hash, Missing> {
        let (tile_level, number, from, count) = Tile::holding(level, index);
        let missing = Missing(Tile { level: tile_level, number, width: width(tile_level, number, self.size) });
        let tile = self.tiles.get(&(tile_level, number)).ok_or(missing)?;
        let mut hashes = tile.get(from..from + count).ok_or(missing)?.to_vec();
        while hashes.len() > 1 {
            hashes = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        hashes.first().copied().ok_or(missing)
    }
}

/// Appends an entry to a bundle: two bytes of length, big-endian, then the entry. `false` if it is too long.
pub fn push_bundle(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else {
        return false;
    };
    bundle.extend(length.to_be_bytes());
    bundle.extend(entry);
    true
}

/// Splits a bundle into its entries; `None` unless it is exactly that many whole entries.
#[must_use]
pub fn split_bundle(mut bundle: &[u8], width: u16) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(usize::from(width));
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bundle = rest;
    }
    (bundle.is_empty() && entries.len() == usize::from(width)).then_some(entries)
}
