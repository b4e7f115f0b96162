//! Asking one list for a picture.

use std::sync::Arc;

use super::hit::{Found, Hit};
use crate::fingerprints::Kind;
use crate::lists::{Damaged, List, Match, Query, Shortlist};

/// A picture on its way through a list.
pub(super) struct Lookup<'a> {
    list: &'a Arc<List>,
    asked: Vec<Asked>,
}

/// What is asked of one kind.
struct Asked {
    kind: Kind,
    queries: Vec<Query>,
    /// What may match or come near; without it the list is searched for each query.
    shortlist: Option<Shortlist>,
}

impl<'a> Lookup<'a> {
    /// For all that a picture is known by, of every kind that the list holds; and whether it is also asked what comes near.
    pub(super) fn new(
        list: &'a Arc<List>,
        queries: impl Fn(Kind) -> Vec<Query>,
        near: bool,
    ) -> Result<Self, Damaged> {
        let mut asked = Vec::new();
        for (kind, _) in list.kinds() {
            let mut queries = queries(kind);
            if list.options().dihedral == Some(false) {
                queries.retain(|query| !query.turned);
            }
            if !queries.is_empty() {
                asked.push(Asked {
                    kind,
                    shortlist: list.shortlist(kind, &queries, near)?,
                    queries,
                });
            }
        }
        Ok(Self { list, asked })
    }

    /// The list that is asked.
    pub(super) fn list(&self) -> &'a Arc<List> {
        self.list
    }

    /// What matches.
    pub(super) fn matches(&self) -> Found<'a> {
        self.each(|asked| {
            let shortlist = asked.shortlist.as_ref();
            self.list.find_among(asked.kind, &asked.queries, shortlist)
        })
    }

    /// What comes near the picture as it is; it was to be told beforehand that this is asked.
    pub(super) fn near(mut self) -> Found<'a> {
        for asked in &mut self.asked {
            asked.queries.retain(|query| !query.turned);
        }
        self.each(|asked| {
            let shortlist = asked.shortlist.as_ref();
            self.list
                .find_near_among(asked.kind, &asked.queries, shortlist)
        })
    }

    /// Both as one.
    pub(super) fn join(mut self, other: Self) -> Self {
        for asked in other.asked {
            match self.asked.iter_mut().find(|own| own.kind == asked.kind) {
                Some(own) => own.join(asked),
                None => self.asked.push(asked),
            }
        }
        self
    }

    fn each(
        &self,
        ask: impl for<'q> Fn(&'q Asked) -> Result<Vec<Match<'q>>, Damaged>,
    ) -> Found<'a> {
        let mut hits = Vec::new();
        for asked in &self.asked {
            hits.extend(
                ask(asked)?
                    .into_iter()
                    .map(|found| Hit::new(self.list, found)),
            );
        }
        Ok(hits)
    }
}

impl Asked {
    fn join(&mut self, other: Self) {
        self.queries.extend(other.queries);
        self.shortlist = match (self.shortlist.take(), other.shortlist) {
            (Some(own), Some(other)) => Some(own.join(&other)),
            _ => None,
        };
    }
}
