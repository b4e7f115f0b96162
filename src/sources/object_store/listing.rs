//! The objects below an address, as the store lists them: in the order of names, a page at a time. Only names queue up; bytes
//! are fetched by the workers.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use object_store::ObjectMeta;

use super::connector::Patience;
use super::faults::too_large;
use super::objects::{is_folder, key, manifest_of, name_of, named, place, stamp, unread};
use super::pages::{Listed, Pages};
use super::store::{Address, Store};
use crate::asset::Sidecar;
use crate::error::{Fault, FaultKind};
use crate::sources::open::no_sidecar;
use crate::sources::{self, Held, HoldsMore, Input, Inputs, Name, Opened, Place, SourceOptions};

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
        let patience = Patience::default();
        let store = Store::of(&parts, &options.stores.0, &options.limits, patience)?;
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
                let input = Input::lost(Path::new(&name), unread()).found();
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
        let name = Path::new(name_of(object));
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
            asked_for,
            stamp: Some(stamp(object, beside)),
            ..Input::named(self.name(object), place)
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

    /// Whether nobody wants an object of this name, or what lies in one of its folders.
    fn is_left_out(&self, name: &str) -> bool {
        let ends = name.match_indices('/').map(|(end, _)| end);
        let levels = ends.chain([name.len()]).filter_map(|end| name.get(..end));
        let mut below = levels.filter(|level| level.len() > self.address.len());
        let filter = &self.options.filter;
        below.any(|level| filter.leaves_out(OsStr::new(&self.address), OsStr::new(level)))
    }

    /// What an object holds; none of it is read where nobody wants any of it.
    fn open(&self, open: HoldsMore, object: &ObjectMeta) -> Inputs {
        let name = self.name(object);
        if self.is_left_out(&name.to_text()) {
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
                let lost = Input::lost(Path::new(name.as_os_str()), fault);
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
            return Some(Input::lost(Path::new(&self.address), fault));
        }
    }
}
