//! The registry: a Merkle map from each charter, agency and post to the leaf hash of its newest entry.
//!
//! A binary trie over SHA-256(id). A subtree without ids hashes to 32 zero bytes; a subtree with one id is that id's
//! leaf, at whatever depth; any other is an inner node. So the root depends on the contents alone, never on the order
//! in which they came, and a proof is as long as the longest shared prefix: about log2 of the number of ids.

use crate::{hash::Hash, shape::members};
use serde::Serialize;

/// Where an id stands: SHA-256(id).
#[must_use]
pub fn key(id: &str) -> Hash {
    Hash::of(&[id.as_bytes()])
}

/// SHA-256(0x02 ‖ key ‖ value). The first byte keeps it apart from the entries' tree (0x00, 0x01) and from inner nodes.
fn leaf(key: &Hash, value: &Hash) -> Hash {
    Hash::of(&[&[2], &key.0, &value.0])
}

/// SHA-256(0x03 ‖ left ‖ right).
fn inner(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[3], &left.0, &right.0])
}

/// Bit `depth` of a key, the most significant of its first byte being bit 0.
fn bit(key: &Hash, depth: usize) -> bool {
    key.0[depth / 8] >> (7 - depth % 8) & 1 == 1
}

#[derive(Debug, Clone, Default)]
enum Node {
    #[default]
    Empty,
    Leaf(Hash, Hash),
    Inner(Box<(Node, Node)>, Hash),
}

impl Node {
    fn hash(&self) -> Hash {
        match self {
            Node::Empty => Hash::ZERO,
            Node::Leaf(key, value) => leaf(key, value),
            Node::Inner(_, hash) => *hash,
        }
    }

    fn join(left: Node, right: Node) -> Node {
        let hash = inner(&left.hash(), &right.hash());
        Node::Inner(Box::new((left, right)), hash)
    }

    fn set(self, key: Hash, value: Hash, depth: usize) -> Node {
        match self {
            Node::Empty => Node::Leaf(key, value),
            Node::Leaf(other, _) if other == key => Node::Leaf(key, value),
            Node::Leaf(other, old) => {
                // Push the leaf that was alone one level down, then go on; two keys part before bit 256.
                let lone = Node::Leaf(other, old);
                let pair = if bit(&other, depth) { (Node::Empty, lone) } else { (lone, Node::Empty) };
                Node::Inner(Box::new(pair), Hash::ZERO).set(key, value, depth)
            }
            Node::Inner(pair, _) => {
                let (left, right) = *pair;
                if bit(&key, depth) {
                    Node::join(left, right.set(key, value, depth + 1))
                } else {
                    Node::join(left.set(key, value, depth + 1), right)
                }
            }
        }
    }
}

/// The map itself. Cloning copies it whole.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    root: Node,
}

/// Proof of what one id maps to, or that it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MapProof {
    /// Sibling hashes from the root down.
    pub siblings: Vec<Hash>,
    /// What stands at the end of the path: nothing, or a leaf (key, value), which may be another id's.
    pub end: Option<(Hash, Hash)>,
}

members! {
    MapProof { siblings, end }
}

/// A map proof that does not lead to its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the registry proof does not lead to the registry's root")]
pub struct MapProofError;

impl Registry {
    /// Maps `id` to the leaf hash of its newest entry.
    pub fn set(&mut self, id: &str, value: Hash) {
        self.root = std::mem::take(&mut self.root).set(key(id), value, 0);
    }

    /// [`Hash::ZERO`] while empty.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root.hash()
    }

    #[must_use]
    pub fn prove(&self, id: &str) -> MapProof {
        let key = key(id);
        let mut siblings = Vec::new();
        let mut node = &self.root;
        while let Node::Inner(pair, _) = node {
            let (left, right) = (&pair.0, &pair.1);
            let (next, sibling) = if bit(&key, siblings.len()) { (right, left) } else { (left, right) };
            siblings.push(sibling.hash());
            node = next;
        }
        let end = match node {
            Node::Leaf(key, value) => Some((*key, *value)),
            _ => None,
        };
        MapProof { siblings, end }
    }

    #[must_use]
    pub fn get(&self, id: &str) -> Option<Hash> {
        self.prove(id).end.and_then(|(at, value)| (at == key(id)).then_some(value))
    }
}

impl MapProof {
    /// What `id` maps to in the map with `root`; `None` when the proof shows that it is not there.
    pub fn check(&self, id: &str, root: Hash) -> Result<Option<Hash>, MapProofError> {
        let key = key(id);
        let depth = self.siblings.len();
        let mut hash = Hash::ZERO;
        let mut found = None;
        if let Some((at, value)) = &self.end {
            // Another id's leaf proves absence only from a place that this id would share.
            if depth > 256 || (0..depth).any(|d| bit(at, d) != bit(&key, d)) {
                return Err(MapProofError);
            }
            hash = leaf(at, value);
            found = (*at == key).then_some(*value);
        }
        if depth > 256 {
            return Err(MapProofError);
        }
        for (depth, sibling) in self.siblings.iter().enumerate().rev() {
            hash = if bit(&key, depth) { inner(sibling, &hash) } else { inner(&hash, sibling) };
        }
        if hash == root { Ok(found) } else { Err(MapProofError) }
    }
}
