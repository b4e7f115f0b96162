//! The objects below an address, as the store lists them: in the order of names, a page at a time. Only names queue up; bytes
//! are fetched by the workers.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use object_store::path::Path;
use object_store::{ObjectMeta, Result};
use xxhash_rust::xxh3::xxh3_64;

use super::store::{self, Address, Store};
use crate::asset::Sidecar;
use crate::error::{Fault, FaultKind};
use crate::sources::archive::names;
use crate::sources::open::no_sidecar;
use crate::sources::{Input, Name, Opened, Place, SourceOptions, Stamp};

/// Most objects of one key that are held back until all of them are there.
const MAX_GROUP: usize = 1000;

pub(super) type Objects = Pin<Box<dyn Stream<Item = Result<ObjectMeta>> + Send>>;

/// Goes through a listing.
pub(super) struct Listing {
    /// What every name begins with.
    start: String,
    /// The address as it was given.
    address: String,
    /// The object that has this very address, with the manifest beside it, until its turn has come.
    named: Vec<ObjectMeta>,
    store: Arc<Store>,
    objects: Objects,
    max_bytes: u64,
    /// The first object after the group.
    next: Option<ObjectMeta>,
    ready: VecDeque<Input>,
    any: bool,
    ended: bool,
}

impl Listing {
    pub(super) fn new(address: &str, options: &SourceOptions) -> Result<Self, Fault> {
        let parts = Address::of(address);
        let store = Store::of(&parts, &options.stores.0, &options.limits)?;
        let place = place(parts.prefix.trim_end_matches('/'))?;
        let named = match parts.prefix {
            folder if folder.is_empty() || folder.ends_with('/') => Vec::new(),
            _ => named(&store, &place)?,
        };
        let objects = store.list(Some(&place).filter(|place| !place.as_ref().is_empty()));
        Ok(Self {
            start: parts.start(),
            address: address.to_owned(),
            named,
            store: Arc::new(store),
            objects,
            max_bytes: options.limits.max_bytes,
            next: None,
            ready: VecDeque::new(),
            any: false,
            ended: false,
        })
    }

    /// The next object below the address.
    fn object(&mut self) -> Result<Option<ObjectMeta>, Fault> {
        let objects = &mut self.objects;
        let next = store::wait(poll_fn(|context| objects.as_mut().poll_next(context)))?;
        next.transpose().map_err(|error| {
            let fault = store::fault(&error);
            match self.any {
                true => Fault::new(fault.kind, format!("the listing broke off: {fault}")),
                false => fault,
            }
        })
    }

    /// Reads on until all objects of the next key are there: a manifest and its image have one, and follow each other.
    fn read_group(&mut self) -> Result<bool, Fault> {
        let named = std::mem::take(&mut self.named);
        if let Some(object) = named.first() {
            self.any = true;
            let input = self.input(object, &named, true);
            self.ready.push_back(input);
            return Ok(true);
        }
        let first = match self.next.take() {
            Some(object) => object,
            None => match self.object()? {
                Some(object) => object,
                None => return Ok(false),
            },
        };
        self.any = true;
        let mut group = vec![first];
        while group.len() < MAX_GROUP {
            match self.object()? {
                Some(object)
                    if group
                        .first()
                        .is_some_and(|first| key(first) == key(&object)) =>
                {
                    group.push(object);
                }
                other => {
                    self.next = other;
                    break;
                }
            }
        }
        // What stands for a folder, as some programs make them, is none of its contents.
        let files = group.iter().filter(|object| !is_folder(object));
        let inputs: Vec<Input> = files
            .map(|object| self.input(object, &group, false))
            .collect();
        self.ready.extend(inputs);
        Ok(true)
    }

    fn input(&self, object: &ObjectMeta, group: &[ObjectMeta], asked_for: bool) -> Input {
        let place = match object.size > self.max_bytes {
            true => Place::Lost(store::too_large(self.max_bytes)),
            false => self.fetched(object, group),
        };
        Input {
            name: Name::new(format!("{}{}", self.start, object.location)),
            place,
            asked_for,
            stamp: Some(stamp(object)),
        }
    }

    fn fetched(&self, object: &ObjectMeta, group: &[ObjectMeta]) -> Place {
        let (store, place) = (Arc::clone(&self.store), object.location.clone());
        let beside = manifest_of(object, group).map(|found| (found.location.clone(), found.size));
        let most = self.max_bytes;
        Place::Within(Box::new(move |_| {
            let bytes = store.read(&place)?;
            let sidecar = beside.map(|(place, size)| {
                let name = place.filename().unwrap_or_default().to_owned();
                let bytes = match size > most {
                    true => Err(store::too_large(most)),
                    false => store.read(&place),
                };
                match bytes {
                    Ok(bytes) => Ok(Sidecar {
                        name,
                        bytes: bytes.into(),
                    }),
                    Err(fault) => Err(no_sidecar(&name, &fault)),
                }
            });
            Ok(Opened {
                bytes,
                sidecar: sidecar.transpose(),
            })
        }))
    }
}

impl Iterator for Listing {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.ready.pop_front() {
                return Some(input);
            }
            if self.ended {
                return None;
            }
            let fault = match self.read_group() {
                Ok(true) => continue,
                Ok(false) if self.any => return None,
                Ok(false) => Fault::new(
                    FaultKind::Unreadable,
                    "there is nothing at or below this address",
                ),
                Err(fault) => fault,
            };
            self.ended = true;
            return Some(Input::lost(std::path::Path::new(&self.address), fault));
        }
    }
}

/// A name in a store, exactly as it was given.
fn place(name: &str) -> Result<Path, Fault> {
    Path::parse(name).map_err(|_| {
        let message = "names in stores with empty parts, `.`, `..` or control characters are not read here; rename the objects";
        Fault::new(FaultKind::Unsupported, message)
    })
}

/// The object of this very name, and the manifest beside it.
fn named(store: &Store, place: &Path) -> Result<Vec<ObjectMeta>, Fault> {
    let Some(object) = store.head(place)? else {
        return Ok(Vec::new());
    };
    let name = place.as_ref().as_bytes();
    if names::is_manifest(name) {
        return Ok(vec![object]);
    }
    let stem = String::from_utf8_lossy(names::stem(name)).into_owned();
    let beside = store.head(&self::place(&format!("{stem}.c2pa"))?)?;
    Ok([Some(object), beside].into_iter().flatten().collect())
}

fn is_folder(object: &ObjectMeta) -> bool {
    object.size == 0 && object.location.as_ref().ends_with('/')
}

fn key(object: &ObjectMeta) -> &[u8] {
    names::key(object.location.as_ref().as_bytes())
}

fn manifest_of<'a>(object: &ObjectMeta, group: &'a [ObjectMeta]) -> Option<&'a ObjectMeta> {
    let name = object.location.as_ref().as_bytes();
    if names::is_manifest(name) {
        return None;
    }
    group.iter().find(|other| {
        let other = other.location.as_ref().as_bytes();
        names::is_manifest(other) && names::stem(other) == names::stem(name)
    })
}

/// What the listing tells of an object.
fn stamp(object: &ObjectMeta) -> Stamp {
    let modified = object.last_modified.timestamp_nanos_opt();
    let tag = object.e_tag.as_deref();
    Stamp {
        bytes: object.size,
        modified: i128::from(modified.unwrap_or(i64::MAX)),
        inode: tag.map_or(0, |tag| xxh3_64(tag.as_bytes())),
    }
}
