//! The Merkle tree: known answers of RFC 6962's own log, every size up to 600, and proofs that were tampered with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    Hash,
    tree::{EMPTY, Frontier, check_consistency, check_inclusion, leaf_hash, node_hash, prove_consistency, prove_inclusion, root},
};
use common::Stored;
use proptest::prelude::*;

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| Hash::from_hex(text).unwrap()).collect()
}

fn grow(leaves: &[Hash]) -> (Stored, Frontier) {
    let (mut stored, mut frontier) = (Stored::default(), Frontier::default());
    for leaf in leaves {
        frontier.push(*leaf, |level, index, hash| {
            stored.0.insert((level, index), hash);
        });
    }
    (stored, frontier)
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

/// MTH of RFC 6962 §2.1, word by word.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY,
        [leaf] => *leaf,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            node_hash(&by_definition(&leaves[..k]), &by_definition(&leaves[k..]))
        }
    }
}

const CLASSIC: [&[u8]; 8] = [
    b"",
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const F: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

#[test]
fn the_classic_eight_leaf_tree_has_its_known_roots_and_proofs() {
    let leaves: Vec<Hash> = CLASSIC.iter().map(|bytes| leaf_hash(bytes)).collect();
    let (stored, _) = grow(&leaves);
    let roots = hashes(&ROOTS);
    assert_eq!(root(&stored, 0), Ok(Hash::of(&[])));
    for size in 1..=8 {
        assert_eq!(root(&stored, size as u64), Ok(roots[size - 1]), "size {size}");
    }
    let inclusions: [(u64, u64, &[&str]); 4] =
        [(0, 8, &[A, B, C]), (5, 8, &[D, E, ROOTS[3]]), (2, 3, &[ROOTS[1]]), (1, 5, &[ROOTS[0], B, D])];
    for (index, size, proof) in inclusions {
        let proof = hashes(proof);
        assert_eq!(prove_inclusion(&stored, index, size).unwrap(), proof, "{index} in {size}");
        assert_eq!(check_inclusion(&proof, index, leaves[index as usize], size, roots[size as usize - 1]), Ok(()));
    }
    let consistencies: [(u64, u64, &[&str]); 4] = [(1, 1, &[]), (1, 8, &[A, B, C]), (6, 8, &[F, E, ROOTS[3]]), (2, 5, &[B, D])];
    for (old, new, proof) in consistencies {
        let proof = hashes(proof);
        assert_eq!(prove_consistency(&stored, old, new).unwrap(), proof, "{old} to {new}");
        assert_eq!(check_consistency(&proof, old, roots[old as usize - 1], new, roots[new as usize - 1]), Ok(()));
    }
}

#[test]
fn the_growing_edge_has_the_root_of_the_recursive_definition_at_every_size() {
    let leaves = leaves(600);
    let (mut stored, mut frontier) = (Stored::default(), Frontier::default());
    assert_eq!(frontier.root(), EMPTY);
    for (n, leaf) in leaves.iter().enumerate() {
        frontier.push(*leaf, |level, index, hash| {
            stored.0.insert((level, index), hash);
        });
        let size = n as u64 + 1;
        let expected = by_definition(&leaves[..=n]);
        assert_eq!(frontier.root(), expected, "size {size}");
        assert_eq!(root(&stored, size), Ok(expected));
        assert_eq!(Frontier::load(&stored, size).unwrap(), frontier);
    }
}

/// All of a small tree; of a large one its ends, its middle, and around every power of two.
fn telling(size: u64) -> Vec<u64> {
    if size <= 40 || size.is_power_of_two() || (size + 1).is_power_of_two() || (size - 1).is_power_of_two() {
        return (0..size).collect();
    }
    let powers = (0..10).flat_map(|n| [(1 << n) - 1, 1 << n, (1 << n) + 1]);
    let mut all: Vec<u64> = powers.chain([0, size / 2, size - 2, size - 1]).filter(|n| *n < size).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn every_entry_is_proved_in_every_tree_up_to_600() {
    let leaves = leaves(600);
    let (stored, _) = grow(&leaves);
    for size in 1..=600 {
        let root = root(&stored, size).unwrap();
        for index in telling(size) {
            let proof = prove_inclusion(&stored, index, size).unwrap();
            assert_eq!(check_inclusion(&proof, index, leaves[index as usize], size, root), Ok(()), "{index} in {size}");
            assert!(check_inclusion(&proof, index, leaves[(index as usize + 1) % 600], size, root).is_err());
        }
        assert_eq!(prove_inclusion(&stored, size, size).unwrap(), []);
        assert!(check_inclusion(&[], size, root, size, root).is_err());
    }
}

#[test]
fn every_tree_up_to_600_is_proved_to_begin_with_every_smaller_one() {
    let leaves = leaves(600);
    let (stored, _) = grow(&leaves);
    let roots: Vec<Hash> = (0..=600).map(|size| root(&stored, size).unwrap()).collect();
    for new in 1..=600u64 {
        for old in telling(new + 1) {
            let proof = prove_consistency(&stored, old, new).unwrap();
            let checks = |old_root, new_root| check_consistency(&proof, old, old_root, new, new_root);
            assert_eq!(checks(roots[old as usize], roots[new as usize]), Ok(()), "{old} to {new}");
            let other = leaf_hash(b"other");
            assert!(checks(other, roots[new as usize]).is_err(), "{old} to {new}: another old root");
            // Nothing is claimed about a tree that began empty; every other new root is proved.
            assert_eq!(checks(roots[old as usize], other).is_err(), old > 0, "{old} to {new}: another new root");
        }
        assert!(check_consistency(&[], new, roots[new as usize], new - 1, roots[new as usize - 1]).is_err());
    }
}

/// Every way a proof can be damaged that is not the proof itself.
fn damaged(proof: &[Hash], how: usize, at: usize, bit: u8) -> Option<Vec<Hash>> {
    let mut other = proof.to_vec();
    match how {
        0 if !proof.is_empty() => other[at % proof.len()].0[usize::from(bit) / 8] ^= 1 << (bit % 8),
        1 if !proof.is_empty() => drop(other.remove(at % proof.len())),
        2 => other.insert(at % (proof.len() + 1), Hash([bit; 32])),
        3 if proof.len() > 1 => other.swap(at % proof.len(), (at + 1) % proof.len()),
        4 if !proof.is_empty() => other.push(proof[proof.len() - 1]),
        _ => return None,
    }
    (other != proof).then_some(other)
}

proptest! {
    #[test]
    fn a_damaged_inclusion_proof_never_checks(size in 1..600u64, index in 0..600u64, how in 0..5usize, at in 0..64usize, bit: u8) {
        let index = index % size;
        let leaves = leaves(size);
        let (stored, frontier) = grow(&leaves);
        let (leaf, root) = (leaves[index as usize], frontier.root());
        let proof = prove_inclusion(&stored, index, size).unwrap();
        if let Some(other) = damaged(&proof, how, at, bit) {
            prop_assert!(check_inclusion(&other, index, leaf, size, root).is_err());
        }
        let elsewhere = (index + 1 + at as u64) % size;
        prop_assert_eq!(check_inclusion(&proof, elsewhere, leaf, size, root).is_ok(), elsewhere == index);
        prop_assert!(check_inclusion(&proof, index + size, leaf, size, root).is_err());
        // A proof for one size says nothing of the root of another.
        let (_, larger) = grow(&self::leaves(size + 1));
        prop_assert!(check_inclusion(&proof, index, leaf, size + 1, larger.root()).is_err());
    }

    #[test]
    fn a_damaged_consistency_proof_never_checks(new in 2..600u64, old in 1..600u64, how in 0..5usize, at in 0..64usize, bit: u8) {
        let old = old % new;
        prop_assume!(old > 0);
        let (stored, frontier) = grow(&leaves(new));
        let (old_root, new_root) = (root(&stored, old).unwrap(), frontier.root());
        let proof = prove_consistency(&stored, old, new).unwrap();
        if let Some(other) = damaged(&proof, how, at, bit) {
            prop_assert!(check_consistency(&other, old, old_root, new, new_root).is_err());
        }
        // A tree rewritten in its past has no proof from the one before.
        let mut rewritten = leaves(new);
        rewritten[(at as u64 % old) as usize].0[0] ^= 1;
        let (stored, frontier) = grow(&rewritten);
        let proof = prove_consistency(&stored, old, new).unwrap();
        prop_assert!(check_consistency(&proof, old, old_root, new, frontier.root()).is_err());
    }

    #[test]
    fn proofs_at_sizes_near_the_largest_end_without_panic(proof in proptest::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70), index: u64, size: u64) {
        let any = Hash([7; 32]);
        prop_assert!(check_inclusion(&proof, index, any, size, any).is_err() || (size == 1 && proof.is_empty()));
        let _ = check_consistency(&proof, index, any, size, Hash([8; 32]));
    }
}
