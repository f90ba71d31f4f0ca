//! Agencies' seals: `seal-AGENCY.key`, which an agency began with, and `seal-AGENCY@2.key`, `seal-AGENCY@3.key` and so on, which took its
//! place. In a file's name `/` is written `+`. No id has a `+` or an `@`, so no agency's file can be taken for another's.

use super::{KeyError, create, may_make, open};
use chain::{note::Signer, statement::Key};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// Where a seal stands among its agency's: first the one named after the whole id, then one that an earlier version named after the id's
/// last part, then those with a number.
const FIRST: u32 = 0;
const OLD: u32 = 1;

/// File of an agency's first seal, named after the whole id: two agencies may share its last part.
#[must_use]
pub fn seal_file(folder: &Path, agency: &str) -> PathBuf {
    file(folder, agency, FIRST)
}

fn file(folder: &Path, agency: &str, number: u32) -> PathBuf {
    let whole = written(agency);
    folder.join(if number > OLD { format!("seal-{whole}@{number}.key") } else { format!("seal-{whole}.key") })
}

fn written(agency: &str) -> String {
    agency.replace('/', "+")
}

/// The files of seals in a folder, each with what stands between `seal-` and `.key`. None where there is no folder.
fn files(folder: &Path) -> Result<Vec<(PathBuf, String)>, KeyError> {
    let file_error = |error| KeyError::File(folder.to_path_buf(), error);
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries.map_err(file_error)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(file_error)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(named) = name.strip_prefix("seal-").and_then(|rest| rest.strip_suffix(".key")) {
            files.push((path, named.to_owned()));
        }
    }
    Ok(files)
}

/// A seal, and where it stands among its agency's. Refused in a place that is not that agency's.
fn read(path: &Path, named: &str) -> Result<(u32, Signer), KeyError> {
    let seal = open(path)?;
    let agency = seal.vkey().name();
    let stands = match named.strip_prefix(written(agency).as_str()) {
        Some("") => Some(FIRST),
        Some(rest) => rest.strip_prefix('@').and_then(numbered),
        // As earlier versions named it.
        None => (agency.rsplit('/').next() == Some(named)).then_some(OLD),
    };
    let Some(stands) = stands else {
        return Err(KeyError::OtherName { path: path.to_path_buf(), found: agency.to_owned(), wanted: named.replace('+', "/") });
    };
    Ok((stands, seal))
}

/// A number as it is written here behind an `@`: from 2 on, without zeros before it.
fn numbered(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number > OLD && number.to_string() == text).then_some(number)
}

fn in_order(mut seals: Vec<(u32, Signer)>) -> Vec<Signer> {
    seals.sort_by_key(|(stands, _)| *stands);
    seals.into_iter().map(|(_, seal)| seal).collect()
}

/// The seals in a folder, by agency, each agency's in the order in which they were made. None where there is no folder.
pub fn seals(folder: &Path) -> Result<HashMap<String, Vec<Signer>>, KeyError> {
    let mut found: HashMap<String, Vec<(u32, Signer)>> = HashMap::new();
    for (path, named) in files(folder)? {
        let (stands, seal) = read(&path, &named)?;
        found.entry(seal.vkey().name().to_owned()).or_default().push((stands, seal));
    }
    Ok(found.into_iter().map(|(agency, seals)| (agency, in_order(seals))).collect())
}

/// Those of one agency, in that order.
pub fn seals_of(folder: &Path, agency: &str) -> Result<Vec<Signer>, KeyError> {
    Ok(in_order(of(folder, agency)?))
}

/// Only files that may be the agency's are opened. One that an earlier version named may be another's, whose id ends alike.
fn of(folder: &Path, agency: &str) -> Result<Vec<(u32, Signer)>, KeyError> {
    let (whole, last) = (written(agency), agency.rsplit('/').next());
    let mut found = Vec::new();
    for (path, named) in files(folder)? {
        let before = named.split_once('@').map_or(named.as_str(), |(before, _)| before);
        if before == whole || last == Some(named.as_str()) {
            let (stands, seal) = read(&path, &named)?;
            if seal.vkey().name() == agency {
                found.push((stands, seal));
            }
        }
    }
    Ok(found)
}

/// An agency's first seal, made when it is not there.
pub fn seal(folder: &Path, agency: &str) -> Result<Signer, KeyError> {
    match seals_of(folder, agency)?.into_iter().next() {
        Some(seal) => Ok(seal),
        None => create(&seal_file(folder, agency), agency),
    }
}

/// The seal that an agency takes next: one that is here and that `registered` does not name yet, so that however often it is asked for
/// there is one; else a new one, made beside those that there are.
pub fn next_seal(folder: &Path, agency: &str, registered: &[Key]) -> Result<Signer, KeyError> {
    let here = of(folder, agency)?;
    // Behind all that are here: a number whose file was taken away once is not given to another key while later ones are here.
    let next = here.iter().map(|(stands, _)| *stands).max().map_or(FIRST, |newest| newest.max(OLD).saturating_add(1));
    let unnamed = here.into_iter().filter(|(_, seal)| registered.iter().all(|key| key.key != *seal.vkey()));
    match unnamed.max_by_key(|(stands, _)| *stands) {
        Some((_, seal)) => Ok(seal),
        None => {
            may_make(folder)?;
            create(&file(folder, agency, next), agency)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn registered(seals: &[&Signer]) -> Vec<Key> {
        seals.iter().map(|seal| Key { key: seal.vkey().clone(), custody: Some("portal".into()), ended: None }).collect()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn vkeys(seals: &[Signer]) -> Vec<String> {
        seals.iter().map(|seal| seal.vkey().to_string()).collect()
    }

    #[test]
    fn two_agencies_that_share_a_last_name_have_two_seals() {
        let dir = tempfile::tempdir().unwrap();
        let ids = ["north.gov/finance", "south.gov/finance"];
        let made = ids.map(|id| seal(dir.path(), id).unwrap());
        assert_ne!(made[0].vkey().public(), made[1].vkey().public());
        for (id, made) in ids.iter().zip(&made) {
            assert_eq!((made.vkey().name(), seal(dir.path(), id).unwrap().vkey()), (*id, made.vkey()), "and keep them");
        }
        // As an earlier version named it, for whichever agency it was.
        std::fs::rename(seal_file(dir.path(), ids[0]), dir.path().join("seal-finance.key")).unwrap();
        assert_eq!(seal(dir.path(), ids[0]).unwrap().vkey(), made[0].vkey());
        assert_eq!(seal(dir.path(), ids[1]).unwrap().vkey(), made[1].vkey());
        assert_eq!(seals(dir.path()).unwrap().len(), 2);
        // And its next one is named as they are now.
        let next = next_seal(dir.path(), ids[0], &registered(&[&made[0]])).unwrap();
        assert_eq!(open(&dir.path().join("seal-north.gov+finance@2.key")).unwrap().vkey(), next.vkey());
        assert_eq!(vkeys(&seals_of(dir.path(), ids[0]).unwrap()), [made[0].vkey().to_string(), next.vkey().to_string()]);
    }

    #[test]
    fn a_seal_in_anothers_place_is_named_and_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let (north, south) = ("north.gov/finance", "south.gov/finance");
        let theirs = seal(dir.path(), south).unwrap();
        let own = seal_file(dir.path(), south);
        for (place, wanted) in [
            ("seal-north.gov+finance.key", north),
            ("seal-north.gov+finance@2.key", "north.gov/finance@2"),
            // What nobody writes so.
            ("seal-south.gov+finance@1.key", "south.gov/finance@1"),
            ("seal-south.gov+finance@02.key", "south.gov/finance@02"),
            ("seal-south.gov+finance@next.key", "south.gov/finance@next"),
            ("seal-south.gov+finance2.key", "south.gov/finance2"),
        ] {
            let place = dir.path().join(place);
            std::fs::rename(&own, &place).unwrap();
            match seals(dir.path()).map(drop) {
                Err(KeyError::OtherName { found, wanted: said, .. }) => assert_eq!((&*found, &*said), (theirs.vkey().name(), wanted)),
                other => panic!("{other:?}"),
            }
            std::fs::rename(&place, &own).unwrap();
        }
        // Nor is one made beside it.
        std::fs::rename(own, seal_file(dir.path(), north)).unwrap();
        for refused in [seal(dir.path(), north), next_seal(dir.path(), north, &[])] {
            assert!(matches!(refused.map(drop), Err(KeyError::OtherName { .. })));
        }
        assert_eq!(names(dir.path()), ["seal-north.gov+finance.key"]);
    }

    #[test]
    fn a_next_seal_stands_beside_those_before_and_takes_the_place_of_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let id = "north.gov/finance";
        let first = seal(dir.path(), id).unwrap();
        let text = std::fs::read(seal_file(dir.path(), id)).unwrap();
        let second = next_seal(dir.path(), id, &registered(&[&first])).unwrap();
        let third = next_seal(dir.path(), id, &registered(&[&first, &second])).unwrap();
        assert_eq!(names(dir.path()), ["seal-north.gov+finance.key", "seal-north.gov+finance@2.key", "seal-north.gov+finance@3.key"]);
        assert_eq!(std::fs::read(seal_file(dir.path(), id)).unwrap(), text);
        let all = [&first, &second, &third].map(|seal| seal.vkey().to_string());
        assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
        assert_eq!(vkeys(&seals(dir.path()).unwrap()[id]), all, "in the order in which they were made");
        assert_eq!(vkeys(&seals_of(dir.path(), id).unwrap()), all);
        assert_eq!(seal(dir.path(), id).unwrap().vkey(), first.vkey());
        // The number of a file that was taken away is not given to another key.
        std::fs::rename(dir.path().join("seal-north.gov+finance@2.key"), dir.path().join("away")).unwrap();
        next_seal(dir.path(), id, &registered(&[&first, &second, &third])).unwrap();
        assert!(names(dir.path()).contains(&"seal-north.gov+finance@4.key".to_owned()), "{:?}", names(dir.path()));
    }

    #[test]
    fn a_next_seal_is_made_once_until_it_is_registered() {
        let dir = tempfile::tempdir().unwrap();
        let id = "north.gov/finance";
        let first = next_seal(dir.path(), id, &[]).unwrap();
        assert_eq!(first.vkey(), seal(dir.path(), id).unwrap().vkey(), "of an agency that has none, its first");
        let second = next_seal(dir.path(), id, &registered(&[&first])).unwrap();
        for _ in 0..3 {
            assert_eq!(next_seal(dir.path(), id, &registered(&[&first])).unwrap().vkey(), second.vkey());
        }
        assert_eq!(names(dir.path()).len(), 2);
        assert_ne!(next_seal(dir.path(), id, &registered(&[&first, &second])).unwrap().vkey(), second.vkey());
    }

    #[test]
    fn an_id_that_ends_like_a_number_is_another_agencys() {
        let dir = tempfile::tempdir().unwrap();
        let ids = ["gov/finance", "gov/finance/2", "gov/finance-2", "gov/finance.2", "gov/finance_2", "gov/finance2", "finance", "2"];
        let made: Vec<_> = ids.iter().map(|id| seal(dir.path(), id).unwrap()).collect();
        let next: Vec<_> = ids.iter().zip(&made).map(|(id, first)| next_seal(dir.path(), id, &registered(&[first])).unwrap()).collect();
        assert_eq!(names(dir.path()).len(), 2 * ids.len());
        let all = seals(dir.path()).unwrap();
        for ((id, first), second) in ids.iter().zip(&made).zip(&next) {
            let both = [first, second].map(|seal| seal.vkey().to_string());
            assert_eq!(vkeys(&all[*id]), both, "{id}");
            assert_eq!(vkeys(&seals_of(dir.path(), id).unwrap()), both, "{id}");
        }
    }
}
