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

use super::store::{self, Store};
use crate::asset::Sidecar;
use crate::error::{Fault, FaultKind};
use crate::sources::archive::names;
use crate::sources::open::no_sidecar;
use crate::sources::{Input, Name, Opened, Place, SourceOptions, Stamp};

/// Most objects of one key that are held back until all of them are there.
const MAX_GROUP: usize = 1000;

type Objects = Pin<Box<dyn Stream<Item = Result<ObjectMeta>> + Send>>;

/// Goes through a listing.
pub(super) struct Listing {
    /// The address up to the bucket, which every name begins with.
    bucket: String,
    /// The address as it was given.
    address: String,
    /// What names have to begin with behind the bucket.
    prefix: String,
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
        let (store, prefix) = store::of(address, &options.stores.0, &options.limits)?;
        let bucket = address.strip_suffix(prefix.as_str()).unwrap_or(address);
        // The store compares whole parts of names; one that ends in the middle of a part is an object's own name, perhaps.
        let folder = Path::from(prefix.rsplit_once('/').map_or("", |(folder, _)| folder));
        let objects = store.list(Some(&folder).filter(|folder| !folder.as_ref().is_empty()));
        Ok(Self {
            bucket: format!("{}/", bucket.trim_end_matches('/')),
            address: address.to_owned(),
            prefix,
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
        loop {
            let objects = &mut self.objects;
            let next = store::wait(poll_fn(|context| objects.as_mut().poll_next(context)))?;
            match next {
                None => return Ok(None),
                Some(Err(error)) => {
                    let fault = store::fault(&error);
                    let message = format!("the listing broke off: {fault}");
                    return Err(Fault::new(fault.kind, message));
                }
                Some(Ok(object)) if is_below(object.location.as_ref(), &self.prefix) => {
                    return Ok(Some(object));
                }
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads on until all objects of the next key are there: a manifest and its image have one, and follow each other.
    fn read_group(&mut self) -> Result<bool, Fault> {
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
        for object in &group {
            let input = self.input(object, &group);
            self.ready.push_back(input);
        }
        Ok(true)
    }

    fn input(&self, object: &ObjectMeta, group: &[ObjectMeta]) -> Input {
        let place = if object.size > self.max_bytes {
            let message = format!(
                "larger than the limit of {} bytes; --max-bytes raises it",
                self.max_bytes
            );
            Place::Lost(Fault::new(FaultKind::Limit, message))
        } else {
            self.fetched(object, group)
        };
        Input {
            name: Name::new(format!("{}{}", self.bucket, object.location)),
            place,
            asked_for: self.prefix == object.location.as_ref(),
            stamp: Some(stamp(object)),
        }
    }

    fn fetched(&self, object: &ObjectMeta, group: &[ObjectMeta]) -> Place {
        let (store, place) = (Arc::clone(&self.store), object.location.clone());
        let beside = manifest_of(object, group).map(|found| (found.location.clone(), found.size));
        let most = self.max_bytes;
        Place::Within(Box::new(move |_| {
            let bytes = store::read(&store, &place)?;
            let sidecar = beside.map(|(place, size)| {
                let name = place.filename().unwrap_or_default().to_owned();
                let bytes = match size > most {
                    true => Err(Fault::new(
                        FaultKind::Limit,
                        "it is too large; --max-bytes raises the limit",
                    )),
                    false => store::read(&store, &place),
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
        if let Some(input) = self.ready.pop_front() {
            return Some(input);
        }
        if self.ended {
            return None;
        }
        let lost = |fault| Some(Input::lost(std::path::Path::new(&self.address), fault));
        match self.read_group() {
            Ok(true) => self.ready.pop_front(),
            Ok(false) if self.any => None,
            Ok(false) => {
                self.ended = true;
                lost(Fault::new(
                    FaultKind::Unreadable,
                    "there is nothing below this address",
                ))
            }
            Err(fault) => {
                self.ended = true;
                lost(fault)
            }
        }
    }
}

fn key(object: &ObjectMeta) -> &[u8] {
    names::key(object.location.as_ref().as_bytes())
}

/// Whether a name is the one that was given, or lies in the folder that was given.
fn is_below(name: &str, prefix: &str) -> bool {
    match name.strip_prefix(prefix) {
        Some(rest) => {
            prefix.is_empty() || prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/')
        }
        None => false,
    }
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
    let modified = object
        .last_modified
        .timestamp_nanos_opt()
        .unwrap_or_default();
    Stamp {
        bytes: object.size,
        modified: i128::from(modified),
        inode: object
            .e_tag
            .as_deref()
            .map_or(0, |tag| xxh3_64(tag.as_bytes())),
    }
}
