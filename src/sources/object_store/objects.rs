//! What an object's name tells: how it is asked for, what lies beside it, and how it is known again.

use object_store::ObjectMeta;
use object_store::path::Path;
use xxhash_rust::xxh3::xxh3_64;

use super::store::Store;
use crate::error::{Fault, FaultKind};
use crate::sources::Stamp;
use crate::sources::archive::names;

/// A name in a store, exactly as it was given.
pub(super) fn place(name: &str) -> Result<Path, Fault> {
    Path::parse(name).map_err(|_| unread())
}

pub(super) fn unread() -> Fault {
    let message = "names in stores with empty parts, `.`, `..` or control characters are not read here; rename the object";
    Fault::new(FaultKind::Unsupported, message)
}

pub(super) fn name_of(object: &ObjectMeta) -> &str {
    object.location.as_ref()
}

/// The object of this very name, and the manifest beside it.
pub(super) fn named(store: &Store, at: &Path) -> Result<Vec<ObjectMeta>, Fault> {
    let Some(object) = store.head(at)? else {
        return Ok(Vec::new());
    };
    let name = at.as_ref().as_bytes();
    if names::is_manifest(name) {
        return Ok(vec![object]);
    }
    let stem = String::from_utf8_lossy(names::stem(name)).into_owned();
    let beside = store.head(&place(&format!("{stem}.c2pa"))?)?;
    Ok([Some(object), beside].into_iter().flatten().collect())
}

/// Whether an object stands for a folder, as some programs make them: it is empty, and what comes after it lies in it. The slash at
/// the end of its name is not passed on.
pub(super) fn is_folder(object: &ObjectMeta, after: Option<&str>) -> bool {
    let below = |after: &str| {
        let rest = after.strip_prefix(name_of(object));
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    object.size == 0 && after.is_some_and(below)
}

pub(super) fn key(object: &ObjectMeta) -> &[u8] {
    names::key(object.location.as_ref().as_bytes())
}

pub(super) fn manifest_of<'a>(
    object: &ObjectMeta,
    group: &'a [ObjectMeta],
) -> Option<&'a ObjectMeta> {
    let name = object.location.as_ref().as_bytes();
    if names::is_manifest(name) {
        return None;
    }
    group.iter().find(|other| {
        let other = other.location.as_ref().as_bytes();
        names::is_manifest(other) && names::stem(other) == names::stem(name)
    })
}

/// What the listing tells of an object, and of the manifest beside it.
pub(super) fn stamp(object: &ObjectMeta, beside: Option<&ObjectMeta>) -> Stamp {
    let both = || [Some(object), beside].into_iter().flatten();
    let modified = |one: &ObjectMeta| one.last_modified.timestamp_nanos_opt().unwrap_or(i64::MAX);
    let tags = both().fold(Vec::new(), |mut tags, one| {
        tags.extend(one.e_tag.as_deref().unwrap_or_default().as_bytes());
        tags.extend(one.size.to_le_bytes());
        tags.extend(modified(one).to_le_bytes());
        tags
    });
    Stamp {
        bytes: object.size,
        modified: both().map(modified).max().unwrap_or(i64::MAX).into(),
        inode: xxh3_64(&tags),
    }
}
