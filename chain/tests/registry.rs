//! The registry map: presence and absence are provable, order leaves no trace, and nothing can be denied or made up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chain::{
    Hash,
    registry::{MapProof, Registry, key},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn value(n: u8) -> Hash {
    Hash::of(&[&[n]])
}

fn filled(contents: &BTreeMap<String, u8>) -> Registry {
    let mut registry = Registry::default();
    for (id, n) in contents {
        registry.set(id, value(*n));
    }
    registry
}

/// The definition, without a trie: an empty set, one leaf, or two halves by the bit at this depth.
fn by_definition(pairs: &[(Hash, Hash)], depth: usize) -> Hash {
    match pairs {
        [] => Hash([0; 32]),
        [(key, value)] => Hash::of(&[&[2], &key.0, &value.0]),
        _ => {
            let (right, left): (Vec<_>, Vec<_>) = pairs.iter().partition(|(key, _)| key.0[depth / 8] >> (7 - depth % 8) & 1 == 1);
            Hash::of(&[&[3], &by_definition(&left, depth + 1).0, &by_definition(&right, depth + 1).0])
        }
    }
}

#[test]
fn an_empty_registry_has_the_root_of_zeros_and_proves_that_all_is_absent() {
    let registry = Registry::default();
    assert_eq!(registry.root(), Hash::ZERO);
    let proof = registry.prove("example.gov/finance");
    assert_eq!(proof, MapProof { siblings: vec![], end: None });
    assert_eq!(proof.check("example.gov/finance", Hash::ZERO), Ok(None));
    assert!(proof.check("example.gov/finance", value(1)).is_err());
}

#[test]
fn a_proof_with_more_siblings_than_a_key_has_bits_is_refused() {
    let proof = MapProof { siblings: vec![Hash::ZERO; 257], end: None };
    assert!(proof.check("a", Hash::ZERO).is_err());
    let proof = MapProof { siblings: vec![Hash::ZERO; 257], end: Some((key("a"), Hash::ZERO)) };
    assert!(proof.check("a", Hash::ZERO).is_err());
}

#[test]
fn a_leaf_that_stands_where_its_key_does_not_lead_proves_nothing() {
    // Two ids that part at the first bit, and a root in which one stands on the other's side.
    let (left, right): (Vec<_>, Vec<_>) = ["a", "b", "c", "d", "e", "f"].into_iter().partition(|id| key(id).0[0] < 0x80);
    let (here, there) = (left[0], right[0]);
    let misplaced = Hash::of(&[&[2], &key(there).0, &value(1).0]);
    let root = Hash::of(&[&[3], &misplaced.0, &Hash::ZERO.0]);
    let proof = MapProof { siblings: vec![Hash::ZERO], end: Some((key(there), value(1))) };
    assert!(proof.check(here, root).is_err(), "it would deny that {here} is there");
    assert!(proof.check(there, root).is_err());
}

fn contents() -> impl Strategy<Value = BTreeMap<String, u8>> {
    proptest::collection::btree_map("[a-z]{1,3}", any::<u8>(), 0..60)
}

proptest! {
    #[test]
    fn the_root_is_that_of_the_definition(contents in contents()) {
        let pairs: Vec<_> = contents.iter().map(|(id, n)| (key(id), value(*n))).collect();
        prop_assert_eq!(filled(&contents).root(), by_definition(&pairs, 0));
    }

    #[test]
    fn every_id_is_proved_to_be_what_it_is_and_no_other(contents in contents(), asked in "[a-z]{1,3}") {
        let registry = filled(&contents);
        let root = registry.root();
        for (id, n) in &contents {
            prop_assert_eq!(registry.prove(id).check(id, root), Ok(Some(value(*n))));
            prop_assert_eq!(registry.get(id), Some(value(*n)));
        }
        let proof = registry.prove(&asked);
        prop_assert_eq!(proof.check(&asked, root), Ok(contents.get(&asked).map(|n| value(*n))));
    }

    #[test]
    fn the_order_in_which_ids_came_leaves_no_trace(contents in contents(), seed: u64) {
        let mut order: Vec<_> = contents.iter().collect();
        order.sort_by_key(|(id, _)| Hash::of(&[&seed.to_be_bytes(), id.as_bytes()]));
        let mut registry = Registry::default();
        for (id, n) in &order {
            registry.set(id, value(n.wrapping_add(1)));
        }
        for (id, n) in order.iter().rev() {
            registry.set(id, value(**n));
        }
        prop_assert_eq!(registry.root(), filled(&contents).root());
    }

    #[test]
    fn a_change_of_one_id_is_a_change_of_the_root_and_of_nobody_else(contents in contents(), id in "[a-z]{1,3}") {
        let before = filled(&contents);
        let mut after = before.clone();
        after.set(&id, Hash([9; 32]));
        prop_assert_ne!(before.root(), after.root());
        for (other, n) in contents.iter().filter(|(other, _)| **other != id) {
            prop_assert_eq!(after.get(other), Some(value(*n)));
            let stale = before.prove(other).check(other, after.root());
            prop_assert!(stale.is_err(), "an old proof under the new root");
        }
    }

    #[test]
    fn a_damaged_proof_never_checks(contents in contents(), id in "[a-z]{1,3}", how in 0..6usize, at: usize, bit: u8) {
        let registry = filled(&contents);
        let (proof, root) = (registry.prove(&id), registry.root());
        let mut other = proof.clone();
        let siblings = proof.siblings.len();
        match how {
            0 if siblings > 0 => other.siblings[at % siblings].0[usize::from(bit) / 8] ^= 1 << (bit % 8),
            1 if siblings > 0 => drop(other.siblings.remove(at % siblings)),
            2 => other.siblings.insert(at % (siblings + 1), Hash([bit; 32])),
            3 => other.end = if proof.end.is_some() { None } else { Some((key(&id), Hash([bit; 32]))) },
            4 => if let Some((_, value)) = &mut other.end { value.0[usize::from(bit) / 8] ^= 1 << (bit % 8) },
            _ => if let Some((at, _)) = &mut other.end { at.0[usize::from(bit) / 8] ^= 1 << (bit % 8) },
        }
        if other != proof {
            prop_assert!(other.check(&id, root).is_err());
        }
    }

    #[test]
    fn a_registered_id_is_never_proved_absent(contents in contents(), depth in 0..12usize) {
        let registry = filled(&contents);
        let root = registry.root();
        for id in contents.keys() {
            let honest = registry.prove(id);
            // Another id's proof, an emptied end, and any shorter cut of the honest path.
            for other in contents.keys().filter(|other| *other != id) {
                prop_assert_ne!(registry.prove(other).check(id, root), Ok(None));
            }
            let emptied = MapProof { siblings: honest.siblings.clone(), end: None };
            prop_assert_ne!(emptied.check(id, root), Ok(None));
            let cut = MapProof { siblings: honest.siblings[..depth.min(honest.siblings.len())].to_vec(), end: None };
            prop_assert_ne!(cut.check(id, root), Ok(None));
        }
    }
}
