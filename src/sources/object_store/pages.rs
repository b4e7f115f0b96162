//! The names that a store lists, page by page. One name that cannot be asked for does not end the listing: the page that it is
//! on is asked for again in smaller parts, until it stands alone and is passed.

use object_store::list::PaginatedListOptions;
use object_store::path::Error as PathError;
use object_store::{Error, ObjectMeta};

use super::faults::fault;
use super::store::Store;
use crate::error::Fault;

/// Most names of a page, which is what stores give at the most.
const PAGE: usize = 1000;

/// What stands in a listing.
#[derive(Debug)]
pub(super) enum Listed {
    Object(ObjectMeta),
    /// A name that cannot be asked for.
    Unread(String),
}

/// Goes through the names below a prefix.
pub(super) struct Pages {
    prefix: Option<String>,
    token: Option<String>,
    /// The name after which to go on, where there is no token.
    after: Option<String>,
    names: usize,
    ended: bool,
}

impl Pages {
    /// Those whose names begin so; all of them for nothing.
    pub(super) fn new(prefix: String) -> Self {
        Self {
            prefix: Some(prefix).filter(|prefix| !prefix.is_empty()),
            token: None,
            after: None,
            names: PAGE,
            ended: false,
        }
    }

    /// What is on the next page, which may be nothing; `None` at the end, however often it is asked.
    pub(super) fn next(&mut self, store: &Store) -> Result<Option<Vec<Listed>>, Fault> {
        while !self.ended {
            let options = PaginatedListOptions {
                offset: self.after.clone(),
                max_keys: Some(self.names),
                page_token: self.token.clone(),
                ..PaginatedListOptions::default()
            };
            // Whatever goes wrong, it does not go wrong for ever.
            self.ended = true;
            match store.page(self.prefix.as_deref(), options)? {
                Ok(page) => {
                    self.names = self.names.saturating_mul(2).min(PAGE);
                    self.ended = page.page_token.is_none();
                    self.after = None;
                    self.token = page.page_token;
                    let objects = page.result.objects.into_iter();
                    return Ok(Some(objects.map(Listed::Object).collect()));
                }
                Err(error) => match unread(&error) {
                    None => return Err(fault(&error)),
                    Some(name) if self.names == 1 => {
                        self.ended = false;
                        self.token = None;
                        self.after = Some(name.clone());
                        return Ok(Some(vec![Listed::Unread(name)]));
                    }
                    Some(_) => {
                        self.ended = false;
                        self.names /= 2;
                    }
                },
            }
        }
        Ok(None)
    }
}

/// The name that the library does not take.
fn unread(error: &Error) -> Option<String> {
    match error {
        Error::InvalidPath {
            source: PathError::EmptySegment { path } | PathError::BadSegment { path, .. },
        } => Some(path.clone()),
        _ => None,
    }
}
