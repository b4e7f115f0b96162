//! Judging again from what is stored, and the forms in which that is kept as small as it can be.

use super::counts::{Counts, Known, SIGNAL};
use super::memory::Ids;
use super::pack::{Packed, Unpacked};
use super::row::{JudgedRow, PrintsRow};
use super::whys;
use crate::inspect::{Inspection, Inspector, Kept};
use crate::reports::{Line, read_record, record_line};
use crate::signals::{Compared, Outcome};
use crate::sources::Name;

/// What is stored of one input, as far as judging it again needs it.
pub(super) struct Stored<'a> {
    /// The record as if there were no lists.
    record: &'a [u8],
    /// What a summary counts of that.
    plain: Counts,
    policy: i64,
    whys: &'a [u8],
    pub(super) kept: Kept,
}

/// What came of judging again.
pub(super) struct Again {
    pub(super) judged: JudgedRow,
    pub(super) counts: Counts,
    /// Where it had to be made: somebody wants it, or something but the word for the lists changed.
    pub(super) inspection: Option<Inspection>,
}

/// What goes beside a record so that it can be judged again.
pub(super) fn pack(plain: Counts, whys: &[u8], kept: &Kept) -> Vec<u8> {
    let mut packed = Packed::default();
    packed.number(plain.pack());
    packed.bytes(whys);
    packed.bytes(&kept.to_bytes());
    packed.0
}

impl<'a> Stored<'a> {
    /// Nothing where it cannot be read, so that the file has to be.
    pub(super) fn read(record: &'a [u8], prints: &'a PrintsRow) -> Option<Self> {
        let (plain, whys, kept) = parts(prints)?;
        Some(Self {
            record,
            plain: Counts::unpack(plain)?,
            policy: prints.policy,
            whys,
            kept: Kept::from_bytes(kept).ok()?,
        })
    }
}

/// What [`pack`] put together.
pub(super) fn parts(prints: &PrintsRow) -> Option<(i64, &[u8], &[u8])> {
    let mut unpacked = Unpacked(&prints.basis);
    Some((unpacked.number()?, unpacked.bytes()?, unpacked.bytes()?))
}

/// Judges by what the lists say and the policy of now. The inspection is made only where it differs from what is stored, unless
/// `brief` is not set.
pub(super) fn again(
    inspector: &Inspector,
    stored: Stored<'_>,
    ids: &Ids,
    brief: bool,
    compared: Option<Compared>,
) -> Option<Again> {
    if brief
        && stored.policy == ids.policy
        && let Some(known) = silent(compared.as_ref())
    {
        let counts = Counts {
            known,
            ..stored.plain
        };
        let judged = JudgedRow {
            judgement: ids.judgement,
            counts: counts.pack(),
            record: None,
        };
        return Some(Again {
            judged,
            counts,
            inspection: None,
        });
    }
    let (name, plain) = image(stored.record, stored.whys)?;
    let mut inspection = inspector.judge_with(&plain, &stored.kept, compared);
    whys::restore(stored.whys, &mut inspection);
    let counts = Counts::of(&inspection);
    let line = record_line(&name, &inspection);
    let judged = JudgedRow {
        judgement: ids.judgement,
        counts: counts.pack(),
        record: unless_same(stored.record, counts, line),
    };
    Some(Again {
        judged,
        counts,
        inspection: Some(inspection),
    })
}

/// The record of an image, read.
pub(super) fn image(record: &[u8], reasons: &[u8]) -> Option<(Name, Inspection)> {
    let Ok(Line::Image(name, mut inspection)) = read_record(record) else {
        return None;
    };
    whys::restore(reasons, &mut inspection);
    Some((name, *inspection))
}

/// How the lists fared where they have nothing to say.
fn silent(compared: Option<&Compared>) -> Option<Known> {
    match compared {
        None => Some(Known::NotUsed),
        Some(compared) if !compared.notes.is_empty() => None,
        Some(compared) => match &compared.outcome {
            Outcome::Nothing => Some(Known::Nothing),
            Outcome::NotApplicable(_) => Some(Known::NotApplicable),
            Outcome::Found(_) | Outcome::Failed(..) => None,
        },
    }
}

/// The record that was judged: its own, or the one without lists with another word for how they fared.
pub(super) fn line(record: &[u8], judged: &JudgedRow, counts: Counts) -> Vec<u8> {
    match &judged.record {
        Some(record) => record.clone(),
        None => with_word(record, counts.known),
    }
}

/// A record, unless [`line`] makes it of the one without lists.
pub(super) fn unless_same(plain: &[u8], counts: Counts, line: Vec<u8>) -> Option<Vec<u8>> {
    (with_word(plain, counts.known) != line).then_some(line)
}

/// A record without lists with another word for how they fared.
fn with_word(record: &[u8], known: Known) -> Vec<u8> {
    let mut line = Vec::with_capacity(record.len() + 16);
    // In texts of a record quotes are escaped, so that this is the name of a field wherever it stands.
    let field = format!("\"{SIGNAL}\":\"");
    let parts = memchr::memmem::rfind(record, field.as_bytes()).and_then(|at| {
        let (before, rest) = record.split_at_checked(at + field.len())?;
        let end = memchr::memchr(b'"', rest)?;
        Some((before, rest.get(end..)?))
    });
    match parts {
        Some((before, after)) => {
            line.extend_from_slice(before);
            line.extend_from_slice(known.as_str().as_bytes());
            line.extend_from_slice(after);
        }
        None => line.extend_from_slice(record),
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_of_the_signal_changes() {
        let record = br#"{"path":"\"known_image\":\"a\"","signals":{"watermark":"nothing","known_image":"not-used"},"errors":[]}"#;
        let text = |known| String::from_utf8(with_word(record, known)).unwrap();
        assert!(text(Known::Nothing).ends_with(r#""known_image":"nothing"},"errors":[]}"#));
        assert_eq!(text(Known::NotUsed).as_bytes(), record);
        assert_eq!(with_word(b"{}", Known::Found), b"{}");
    }
}
