//! The Merkle tree of RFC 6962: hashes, proofs, and the door through which stored hashes come in.
//!
//! Every `prove_…` has its `check_…`. A node is a complete subtree of 2^level leaves; larger or ragged subtrees
//! are computed from nodes, so that a proof needs only what tiles hold.

use crate::hash::Hash;

/// Root of the tree without entries: SHA-256("").
pub const EMPTY: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
    0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// Leaf hash of an entry (RFC 6962 §2.1): SHA-256(0x00 ‖ entry).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash::of(&[&[0], entry])
}

/// Hash of an inner node (RFC 6962 §2.1): SHA-256(0x01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("the proof asks about an entry or size that the tree does not have")]
    OutOfRange,
    #[error("the proof has the wrong number of hashes")]
    Length,
    #[error("the proof leads to another root")]
    Root,
}

/// Where stored hashes come from: a database, tiles, memory.
pub trait Nodes {
    type Error;
    /// Hash of the complete subtree over leaves `[index << level, (index + 1) << level)`.
    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// Largest power of two smaller than `n` (RFC 6962 §2.1), for n ≥ 2.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// Hash of the leaves `[start, end)`, where `start` is a multiple of a power of two that is at least `end - start`.
fn subtree<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let n = end - start;
    if n.is_power_of_two() {
        let level = n.trailing_zeros() as u8;
        return nodes.node(level, start >> level);
    }
    let k = split(n);
    Ok(node_hash(&subtree(nodes, start, start + k)?, &subtree(nodes, start + k, end)?))
}

/// Merkle tree hash of the first `size` leaves.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(EMPTY) } else { subtree(nodes, 0, size) }
}

/// Inclusion proof PATH(index, D[size]) (RFC 6962 §2.1.1), from the leaf's sibling up. `index < size`, else it is empty.
pub fn prove_inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if index >= size {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that the leaf at `index` lies in the tree of `size` leaves with `root` (RFC 9162 §2.1.3.2).
pub fn check_inclusion(proof: &[Hash], index: u64, leaf: Hash, size: u64, root: Hash) -> Result<(), ProofError> {
    if root_of_inclusion(proof, index, leaf, size)? == root { Ok(()) } else { Err(ProofError::Root) }
}

/// The root that an inclusion proof leads to.
pub fn root_of_inclusion(proof: &[Hash], index: u64, leaf: Hash, size: u64) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut position, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if position & 1 == 1 || position == last {
            hash = node_hash(sibling, &hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    Ok(hash)
}

/// Consistency proof PROOF(old, D[new]) (RFC 6962 §2.1.2). Empty for `old == 0`, `old == new` and `old > new`.
pub fn prove_consistency<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    // Whether the subtree that is left over equals the whole old tree, whose root the reader has.
    let mut whole = true;
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(subtree(nodes, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(subtree(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that the tree (`new`, `new_root`) begins with the tree (`old`, `old_root`) (RFC 9162 §2.1.4.2).
pub fn check_consistency(proof: &[Hash], old: u64, old_root: Hash, new: u64, new_root: Hash) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange);
    }
    if old == new || old == 0 {
        if !proof.is_empty() {
            return Err(ProofError::Length);
        }
        let expected = if old == 0 { EMPTY } else { new_root };
        return if old_root == expected { Ok(()) } else { Err(ProofError::Root) };
    }
    let (mut position, mut last) = (old - 1, new - 1);
    while position & 1 == 1 {
        position >>= 1;
        last >>= 1;
    }
    // A complete old tree is not repeated in the proof.
    let mut hashes = proof.iter();
    let first = if position == 0 { old_root } else { *hashes.next().ok_or(ProofError::Length)? };
    let (mut from_old, mut from_new) = (first, first);
    for hash in hashes {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if position & 1 == 1 || position == last {
            from_old = node_hash(hash, &from_old);
            from_new = node_hash(hash, &from_new);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, hash);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if from_old == old_root && from_new == new_root { Ok(()) } else { Err(ProofError::Root) }
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first. Enough to append and to
/// know the root, at most 63 hashes for any size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The edge of the stored tree of `size` leaves.
    pub fn load<N: Nodes>(nodes: &N, size: u64) -> Result<Frontier, N::Error> {
        let mut peaks = Vec::new();
        let mut start = 0;
        for level in (0..64u8).rev().filter(|level| size >> level & 1 == 1) {
            peaks.push(nodes.node(level, start >> level)?);
            start += 1 << level;
        }
        Ok(Frontier { size, peaks })
    }

    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; calls `completed` with (level, index, hash) for the leaf and for each subtree it completes.
    pub fn push(&mut self, leaf: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        let mut hash = leaf;
        completed(0, self.size, hash);
        let mut rest = self.size;
        let mut level = 0;
        while rest & 1 == 1 {
            // One peak stands for each set bit of the size, so there is one to take here.
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
            rest >>= 1;
            level += 1;
            completed(level, rest, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => EMPTY,
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}
