//! NCMEC's hash sharing API, version 2: one query result or several, one after the other.
//!
//! * The id is `MEMBER/ENTRY`, the number of the member and its own name for the picture; together they are unique. A later
//!   result replaces what stood under it, and `deletedImage` and `deletedVideo` take it back.
//! * Each of `md5`, `sha1`, `pdna` and `pdq` is an entry; other fingerprints are left out.
//! * The member's name is the source, the classification (`A1` to `B2`) the category, the time of the last change the date.
//! * Other members may have said that a fingerprint is wrong (`negativeFeedback`). One voice does not take a hash off the list,
//!   but a match of it is for a person to review. Other feedback is not read.

use super::json_values::kind_named;
use super::xml::{Piece, Xml};
use super::{Entry, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::evidence::Action;
use crate::fingerprints::{Fingerprint, Kind};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "ncmec",
    about: "NCMEC's hash sharing API v2, XML with queryResult",
    looks_like: |head| {
        head.bytes().trim_ascii_start().starts_with(b"<")
            && (head.contains(NAMESPACE) || head.contains("queryResult"))
    },
    read,
    write: None,
};

const NAMESPACE: &str = "https://hashsharing.ncmec.org/hashsharing/v2";

/// Most fingerprints of one picture; honest ones have a handful.
const MAX_HASHES: usize = 1 << 10;

/// Longest id, classification, time or name of a member.
const MAX_WORD: usize = 1 << 10;

const OTHER_KIND: &str = "a fingerprint of a kind that is not known here";
const NO_HASH: &str = "an image or video without a fingerprint";

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let mut xml = Xml::new(source, NAMESPACE)?;
    let mut results = 0_u64;
    while xml.next()? == Piece::Open {
        if xml.name() != "queryResult" {
            let message = format!("expected the element `queryResult` of {NAMESPACE}");
            return Err(xml.bad(message));
        }
        results += 1;
        query_result(&mut xml, intake)?;
    }
    if results == 0 {
        let message = "it is empty; expected the element `queryResult`";
        return Err(ReadError::bad(Place::Whole, message));
    }
    Ok(())
}

fn query_result(xml: &mut Xml<'_>, intake: &mut dyn Intake) -> Result<(), ReadError> {
    while xml.next()? == Piece::Open {
        match xml.name() {
            "images" | "videos" => items(xml, intake)?,
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn items(xml: &mut Xml<'_>, intake: &mut dyn Intake) -> Result<(), ReadError> {
    while xml.next()? == Piece::Open {
        let deleted = match xml.name() {
            "image" | "video" => false,
            "deletedImage" | "deletedVideo" => true,
            _ => {
                xml.skip()?;
                continue;
            }
        };
        let item = Item::read(xml)?;
        let member = item.member.as_deref();
        let member =
            member.ok_or_else(|| xml.bad("no `member` with an `id` in this image or video"))?;
        let name = item.id.as_deref();
        let name = name.ok_or_else(|| xml.bad("no `id` in this image or video"))?;
        let id = format!("{member}/{name}");
        intake.withdraw(&id)?;
        if !deleted {
            item.hand_on(&id, intake)?;
        }
    }
    Ok(())
}

/// An image or a video.
#[derive(Default)]
struct Item {
    member: Option<String>,
    source: Option<String>,
    id: Option<String>,
    time: Option<String>,
    classification: Option<String>,
    fingerprints: Vec<Fingerprint>,
    others: u64,
    disputed: Vec<Kind>,
}

impl Item {
    fn read(xml: &mut Xml<'_>) -> Result<Self, ReadError> {
        let mut item = Self::default();
        while xml.next()? == Piece::Open {
            match xml.name() {
                "member" => {
                    let member = xml.attribute("id").map(str::trim);
                    item.member = member.filter(|id| !id.is_empty()).map(str::to_owned);
                    item.source = word(xml)?;
                }
                "id" => item.id = word(xml)?,
                "timestamp" => item.time = word(xml)?,
                "classification" => item.classification = word(xml)?,
                "fingerprints" => item.fingerprints(xml)?,
                "feedback" => item.feedback(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(item)
    }

    fn fingerprints(&mut self, xml: &mut Xml<'_>) -> Result<(), ReadError> {
        while xml.next()? == Piece::Open {
            let Some(kind) = kind_named(xml.name()) else {
                self.others += 1;
                xml.skip()?;
                continue;
            };
            let value = xml.text()?;
            if value.is_empty() {
                continue;
            }
            if self.fingerprints.len() >= MAX_HASHES {
                return Err(xml.bad(format!("more than {MAX_HASHES} fingerprints of one image")));
            }
            let fingerprint = Fingerprint::parse_value(kind, &value);
            let fingerprint = fingerprint.map_err(|error| xml.bad(error.to_string()))?;
            self.fingerprints.push(fingerprint);
        }
        Ok(())
    }

    fn feedback(&mut self, xml: &mut Xml<'_>) -> Result<(), ReadError> {
        while xml.next()? == Piece::Open {
            if xml.name() == "negativeFeedback"
                && let Some(kind) = xml.attribute("type").and_then(kind_named)
                && !self.disputed.contains(&kind)
            {
                self.disputed.push(kind);
            }
            xml.skip()?;
        }
        Ok(())
    }

    fn hand_on(self, id: &str, intake: &mut dyn Intake) -> Result<(), ReadError> {
        for _ in 0..self.others {
            intake.leave_out(OTHER_KIND);
        }
        if self.fingerprints.is_empty() {
            intake.leave_out(NO_HASH);
        }
        for fingerprint in self.fingerprints {
            let disputed = self.disputed.contains(&fingerprint.kind());
            let mut entry = Entry::new(fingerprint, id);
            entry.action = disputed.then_some(Action::Review);
            entry.category.clone_from(&self.classification);
            entry.source.clone_from(&self.source);
            entry.date.clone_from(&self.time);
            intake.entry(entry)?;
        }
        Ok(())
    }
}

/// The text of an element, if it has one.
fn word(xml: &mut Xml<'_>) -> Result<Option<String>, ReadError> {
    let text = xml.text()?;
    if text.len() > MAX_WORD {
        return Err(xml.bad(format!("a text longer than {MAX_WORD} bytes")));
    }
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests;
