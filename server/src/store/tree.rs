//! The tree as its stored tiles have it: computing over it fetches each tile when it is first asked for, and keeps it.

use super::{Store, StoreError};
use chain::tile::{Missing, Tiles};

/// The stored tree of some size, as far as it was asked for.
pub struct Tree<'s> {
    store: &'s Store,
    tiles: Tiles,
}

impl<'s> Tree<'s> {
    #[must_use]
    pub fn of(store: &'s Store, size: u64) -> Tree<'s> {
        Tree { store, tiles: Tiles::new(size) }
    }

    /// Computes one thing. It is begun anew at each tile that was not there yet, so it should be small: one proof, one root.
    pub async fn compute<T>(&mut self, compute: impl Fn(&Tiles) -> Result<T, Missing>) -> Result<T, StoreError> {
        loop {
            match compute(&self.tiles) {
                Ok(result) => return Ok(result),
                Err(Missing(tile)) => {
                    let bytes = self.store.tile(tile.level, tile.number).await?.ok_or(StoreError::Absent("tile"))?;
                    if !self.tiles.insert(tile.level, tile.number, &bytes) {
                        return Err(StoreError::Absent("tile of the right width"));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::Batch;
    use chain::{Hash, tree};
    use std::cell::Cell;

    #[tokio::test(flavor = "multi_thread")]
    async fn scattered_proofs_begin_anew_once_for_each_tile_and_no_more() {
        const TILES: u64 = 64;
        let size = TILES * chain::tile::WIDTH;
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let tile = |level: u8, number: u64, width: u64| {
            let hashes = (0..width).flat_map(|n| Hash::of(&[&[level], &number.to_be_bytes(), &n.to_be_bytes()]).0);
            (level, number, hashes.collect::<Vec<u8>>())
        };
        let leaves = (0..TILES).map(|number| tile(0, number, 256));
        let batch = Batch { entries: vec![], tiles: leaves.chain([tile(1, 0, TILES)]).collect() };
        let mut connection = store.pool.acquire().await.unwrap();
        store.write(&mut connection, &batch, &chain::state::Facts::default()).await.unwrap();
        drop(connection);
        let (mut tree, begun) = (Tree::of(&store, size), Cell::new(0));
        for number in 0..TILES {
            let prove = |tiles: &Tiles| {
                begun.set(begun.get() + 1);
                tree::prove_inclusion(tiles, number * 256 + 7, size)
            };
            assert_eq!(tree.compute(prove).await.unwrap().len(), 14);
        }
        assert_eq!(begun.get(), TILES + TILES + 1, "each proof once, and once more for each tile that came");
    }
}
