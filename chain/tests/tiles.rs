//! Tiles and bundles: the public form of the tree says the same as the tree, and has one spelling.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    Hash,
    tile::{Missing, Tile, Tiles, WIDTH, bundle_path, number_path, parse_number_path, push_bundle, split_bundle, width},
    tree::{Frontier, Nodes, leaf_hash, prove_consistency, prove_inclusion, root},
};
use common::Stored;
use proptest::prelude::*;

fn grow(size: u64) -> Stored {
    let (mut stored, mut frontier) = (Stored::default(), Frontier::default());
    for n in 0..size {
        frontier.push(leaf_hash(&n.to_be_bytes()), |level, index, hash| {
            stored.0.insert((level, index), hash);
        });
    }
    stored
}

fn tile_bytes(stored: &Stored, tile: Tile) -> Vec<u8> {
    let first = tile.number * WIDTH;
    (first..first + u64::from(tile.width)).flat_map(|index| stored.node(tile.level * 8, index).unwrap().0).collect()
}

/// Every tile of the tree, and none that is not there.
fn every_tile(stored: &Stored, size: u64) -> Tiles {
    let mut tiles = Tiles::new(size);
    for level in 0..4 {
        for number in 0.. {
            let width = width(level, number, size);
            if width == 0 {
                break;
            }
            assert!(tiles.insert(level, number, &tile_bytes(stored, Tile { level, number, width })));
        }
    }
    tiles
}

#[test]
fn a_tree_of_70000_has_the_tiles_the_specification_counts() {
    assert_eq!((width(0, 272, 70_000), width(0, 273, 70_000), width(0, 274, 70_000)), (256, 112, 0));
    assert_eq!((width(1, 0, 70_000), width(1, 1, 70_000), width(1, 2, 70_000)), (256, 17, 0));
    assert_eq!((width(2, 0, 70_000), width(2, 1, 70_000), width(3, 0, 70_000)), (1, 0, 0));
    assert_eq!((width(0, 0, 256), width(1, 0, 256), width(0, 1, 256)), (256, 1, 0));
    assert_eq!((width(0, 0, 0), width(63, 0, u64::MAX), width(0, u64::MAX, u64::MAX)), (0, 0, 0));
}

#[test]
fn tiles_prove_what_the_stored_tree_proves() {
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 66_000] {
        let stored = grow(size);
        let tiles = every_tile(&stored, size);
        assert_eq!(root(&tiles, size).unwrap(), root(&stored, size).unwrap(), "size {size}");
        for index in [0, 1, 254, 255, 256, 257, size / 2, size - 1] {
            if index < size {
                assert_eq!(
                    prove_inclusion(&tiles, index, size).unwrap(),
                    prove_inclusion(&stored, index, size).unwrap(),
                    "{index} in {size}"
                );
                let old = index + 1;
                assert_eq!(
                    prove_consistency(&tiles, old, size).unwrap(),
                    prove_consistency(&stored, old, size).unwrap(),
                    "{old} to {size}"
                );
            }
        }
        assert_eq!(Frontier::load(&tiles, size).unwrap(), Frontier::load(&stored, size).unwrap());
    }
}

#[test]
fn a_missing_tile_is_asked_for_by_its_own_name_and_width() {
    let stored = grow(300);
    let mut tiles = Tiles::new(300);
    let Err(Missing(tile)) = root(&tiles, 300) else { panic!("there are no tiles yet") };
    assert_eq!(tile.path(), "tile/1/000.p/1");
    assert!(tiles.insert(1, 0, &tile_bytes(&stored, tile)));
    let Err(Missing(tile)) = root(&tiles, 300) else { panic!("a tile is still missing") };
    assert_eq!(tile.path(), "tile/0/001.p/44");
    assert!(!tiles.insert(0, 1, &[0; 43 * 32]), "too few hashes");
    assert!(!tiles.insert(0, 1, &[0; 44 * 32 + 1]), "half a hash");
    assert!(!tiles.insert(0, 2, &[0; 32]), "no such tile");
    // A wider cut of the same tile serves as well.
    let wider = grow(320);
    assert!(tiles.insert(0, 1, &tile_bytes(&wider, Tile { level: 0, number: 1, width: 64 })));
    assert_eq!(root(&tiles, 300).unwrap(), root(&stored, 300).unwrap());
}

#[test]
fn a_tile_path_has_one_spelling() {
    assert_eq!(number_path(1_234_067), "x001/x234/067");
    assert_eq!(Tile { level: 0, number: 1_234_067, width: 256 }.path(), "tile/0/x001/x234/067");
    assert_eq!(bundle_path(5, 12), "tile/entries/005.p/12");
    assert_eq!(parse_number_path("x001/x234/067"), Some((1_234_067, 256)));
    assert_eq!(parse_number_path("000.p/255"), Some((0, 255)));
    for bad in [
        "",
        "0",
        "00",
        "0000",
        "x000",
        "x000/000",
        "x00/000",
        "001/000",
        "x001/",
        "/001",
        "x001//000",
        "x001/x000",
        "X001/000",
        "001.p/",
        "001.p/0",
        "001.p/256",
        "001.p/01",
        "001.p/+1",
        "001.p/1/",
        "001.p/1.p/1",
        "-01",
        "0 1",
        "٠٠١",
        "x001/000.p",
        "001?",
        "x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(parse_number_path(bad), None, "{bad:?}");
    }
}

#[test]
fn a_bundle_is_exactly_its_entries_and_nothing_after_them() {
    let mut bundle = Vec::new();
    for entry in [&b"one"[..], b"", &[9; 65_535]] {
        assert!(push_bundle(&mut bundle, entry));
    }
    assert!(!push_bundle(&mut bundle.clone(), &[9; 65_536]), "an entry its length has no room for");
    assert_eq!(split_bundle(&bundle, 3).unwrap(), [&b"one"[..], b"", &[9; 65_535]]);
    assert_eq!(split_bundle(&bundle, 2), None);
    assert_eq!(split_bundle(&bundle, 4), None);
    assert_eq!(split_bundle(&bundle[..bundle.len() - 1], 3), None);
    bundle.push(0);
    assert_eq!(split_bundle(&bundle, 3), None);
    assert_eq!(split_bundle(&[], 0), Some(vec![]));
}

proptest! {
    #[test]
    fn every_tile_path_reads_back(number in 0..u64::MAX / 1000, width in 1..=256u16) {
        let path = bundle_path(number, width);
        prop_assert_eq!(parse_number_path(path.strip_prefix("tile/entries/").unwrap()), Some((number, width)));
    }

    #[test]
    fn what_reads_as_a_tile_path_is_its_own_spelling(path in "[x0-9/.p]{0,16}") {
        if let Some((number, width)) = parse_number_path(&path) {
            prop_assert_eq!(bundle_path(number, width), format!("tile/entries/{path}"));
        }
    }

    #[test]
    fn any_bytes_split_into_whole_entries_or_not_at_all(bytes: Vec<u8>, width in 0..4u16) {
        if let Some(entries) = split_bundle(&bytes, width) {
            let mut again = Vec::new();
            prop_assert!(entries.iter().all(|entry| push_bundle(&mut again, entry)));
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn a_partial_tile_is_the_beginning_of_the_full_one(size in 1..1500u64, more in 0..1500u64) {
        let stored = grow(size + more);
        let tiles = every_tile(&stored, size);
        prop_assert_eq!(root(&tiles, size).unwrap(), root(&stored, size).unwrap());
        let hash: Hash = tiles.node(0, size - 1).unwrap();
        prop_assert_eq!(hash, stored.node(0, size - 1).unwrap());
        prop_assert!(tiles.node(0, size).is_err());
    }
}
