//! The objects below an address, as the store lists them: in the order of names, a page at a time. Only names queue up; bytes
//! are fetched by the workers.

use std::collections::VecDeque;
use std::sync::Arc;

use object_store::ObjectMeta;
use object_store::path::Path;
use xxhash_rust::xxh3::xxh3_64;

use super::faults::too_large;
use super::pages::{Listed, Pages};
use super::store::{Address, Store};
use crate::asset::Sidecar;
use crate::error::{Fault, FaultKind};
use crate::sources::archive::names;
use crate::sources::open::no_sidecar;
use crate::sources::{
    self, Held, HoldsMore, Input, Inputs, Name, Opened, Place, SourceOptions, Stamp,
};

/// Most objects of one key that are held back until all of them are there.
const MAX_GROUP: usize = 1000;

/// Goes through a listing.
pub(super) struct Listing {
    /// What every name begins with.
    start: String,
    /// The address as it was given.
    address: String,
    /// The object that has this very address, with the manifest beside it, until its turn has come.
    named: Vec<ObjectMeta>,
    store: Arc<Store>,
    pages: Pages,
    /// What is left of the page that was read last.
    page: VecDeque<Listed>,
    options: SourceOptions,
    ready: VecDeque<Ready>,
    /// What the object that was met last holds, if it is an archive or a table.
    within: Option<Inputs>,
    any: bool,
    ended: bool,
}

/// What waits for its turn.
enum Ready {
    Input(Input),
    /// An object that holds more than itself, which is read when its turn comes.
    Holder(HoldsMore, ObjectMeta),
}

impl Listing {
    pub(super) fn new(address: &str, options: &SourceOptions) -> Result<Self, Fault> {
        let parts = Address::of(address);
        let store = Store::of(&parts, &options.stores.0, &options.limits)?;
        let folder = parts.prefix.trim_end_matches('/');
        let named = match parts.prefix {
            prefix if prefix.is_empty() || prefix.ends_with('/') => Vec::new(),
            _ => named(&store, &place(folder)?)?,
        };
        let below = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        Ok(Self {
            start: parts.start(),
            address: address.to_owned(),
            named,
            store: Arc::new(store),
            pages: Pages::new(below),
            page: VecDeque::new(),
            options: options.clone(),
            ready: VecDeque::new(),
            within: None,
            any: false,
            ended: false,
        })
    }

    /// Fills the page, unless the listing is at its end.
    fn turn_page(&mut self) -> Result<(), Fault> {
        while self.page.is_empty() {
            let next = self
                .pages
                .next(&self.store)
                .map_err(|fault| match self.any {
                    true => Fault::new(fault.kind, format!("the listing broke off: {fault}")),
                    false => fault,
                })?;
            match next {
                Some(listed) => self.page.extend(listed),
                None => break,
            }
        }
        Ok(())
    }

    /// The next object, if it has this key.
    fn next_of(&mut self, wanted: &[u8]) -> Result<Option<ObjectMeta>, Fault> {
        self.turn_page()?;
        let same =
            |listed: &mut Listed| matches!(listed, Listed::Object(one) if key(one) == wanted);
        Ok(match self.page.pop_front_if(same) {
            Some(Listed::Object(object)) => Some(object),
            _ => None,
        })
    }

    /// Reads on until all objects of the next key are there: a manifest and its image have one, and follow each other.
    fn read_group(&mut self) -> Result<bool, Fault> {
        let named = std::mem::take(&mut self.named);
        if let Some(object) = named.first() {
            self.any = true;
            let ready = self.ready(object, &named, true);
            self.ready.push_back(ready);
            return Ok(true);
        }
        self.turn_page()?;
        let first = match self.page.pop_front() {
            Some(Listed::Object(object)) => object,
            Some(Listed::Unread(name)) => {
                self.any = true;
                let name = format!("{}{name}", self.start);
                let input = Input::lost(std::path::Path::new(&name), unread()).found();
                self.ready.push_back(Ready::Input(input));
                return Ok(true);
            }
            None => return Ok(false),
        };
        self.any = true;
        let group_key = key(&first).to_vec();
        let mut group = vec![first];
        while group.len() < MAX_GROUP {
            match self.next_of(&group_key)? {
                Some(object) => group.push(object),
                None => break,
            }
        }
        let next = self.page.front();
        let is_file = |(place, object): &(usize, &ObjectMeta)| {
            let after = group.get(place + 1).map(name_of);
            let after = after.or(next.map(|listed| match listed {
                Listed::Object(object) => name_of(object),
                Listed::Unread(name) => name.as_str(),
            }));
            !is_folder(object, after)
        };
        let files = group.iter().enumerate().filter(is_file);
        let ready: Vec<Ready> = files
            .map(|(_, object)| self.ready(object, &group, false))
            .collect();
        self.ready.extend(ready);
        Ok(true)
    }

    fn ready(&self, object: &ObjectMeta, group: &[ObjectMeta], asked_for: bool) -> Ready {
        let name = std::path::Path::new(name_of(object));
        let fits = object.size <= self.options.limits.max_bytes;
        match sources::found(name).and_then(|kind| kind.of_bytes) {
            Some(open) if fits => Ready::Holder(open, object.clone()),
            _ => Ready::Input(self.input(object, group, asked_for)),
        }
    }

    fn name(&self, object: &ObjectMeta) -> Name {
        Name::new(format!("{}{}", self.start, object.location))
    }

    fn input(&self, object: &ObjectMeta, group: &[ObjectMeta], asked_for: bool) -> Input {
        let beside = manifest_of(object, group);
        let most = self.options.limits.max_bytes;
        let place = match object.size > most {
            true => Place::Lost(too_large(most)),
            false => self.fetched(object, beside),
        };
        Input {
            name: self.name(object),
            place,
            asked_for,
            stamp: Some(stamp(object, beside)),
            kept: 0,
        }
    }

    fn fetched(&self, object: &ObjectMeta, beside: Option<&ObjectMeta>) -> Place {
        let (store, object) = (Arc::clone(&self.store), object.clone());
        let beside = beside.cloned();
        let most = self.options.limits.max_bytes;
        Place::Within(Box::new(move |_| {
            let bytes = store.read(&object)?;
            let sidecar = beside.map(|beside| {
                let name = beside.location.filename().unwrap_or_default().to_owned();
                let bytes = match beside.size > most {
                    true => Err(too_large(most)),
                    false => store.read(&beside),
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

    /// What an object holds; none of it is read where nobody wants any of it.
    fn open(&self, open: HoldsMore, object: &ObjectMeta) -> Inputs {
        let name = self.name(object);
        let root = std::ffi::OsStr::new(&self.address);
        if self.options.filter.leaves_out(root, name.as_os_str()) {
            return Box::new(std::iter::empty());
        }
        let held = self.store.read(object).map(|bytes| Held {
            name: name.as_os_str().to_owned(),
            stamp: stamp(object, None),
            bytes,
        });
        match held {
            Ok(held) => open(held, &self.options),
            Err(fault) => {
                let lost = Input::lost(std::path::Path::new(name.as_os_str()), fault);
                Box::new(std::iter::once(lost.found()))
            }
        }
    }
}

impl Iterator for Listing {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.within.as_mut().and_then(Iterator::next) {
                return Some(input);
            }
            self.within = None;
            match self.ready.pop_front() {
                Some(Ready::Input(input)) => return Some(input),
                Some(Ready::Holder(open, object)) => {
                    self.within = Some(self.open(open, &object));
                    continue;
                }
                None if self.ended => return None,
                None => {}
            }
            let fault = match self.read_group() {
                Ok(true) => continue,
                Ok(false) if self.any => {
                    self.ended = true;
                    return None;
                }
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
    Path::parse(name).map_err(|_| unread())
}

fn unread() -> Fault {
    let message = "names in stores with empty parts, `.`, `..` or control characters are not read here; rename the object";
    Fault::new(FaultKind::Unsupported, message)
}

fn name_of(object: &ObjectMeta) -> &str {
    object.location.as_ref()
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

/// Whether an object stands for a folder, as some programs make them: it is empty, and what comes after it lies in it. The slash at
/// the end of its name is not passed on.
fn is_folder(object: &ObjectMeta, after: Option<&str>) -> bool {
    let below = |after: &str| {
        let rest = after.strip_prefix(name_of(object));
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    object.size == 0 && after.is_some_and(below)
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

/// What the listing tells of an object, and of the manifest beside it.
fn stamp(object: &ObjectMeta, beside: Option<&ObjectMeta>) -> Stamp {
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
