//! As much of Thrift's compact protocol as it takes to look at numbers before the library that reads Parquet believes them.

/// Deepest nesting of what is passed over.
const MAX_DEPTH: u8 = 16;

/// Types of fields and elements.
pub(super) const I32: u8 = 5;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Bytes that are read from the front. Everything gives `None` where they are no such protocol, or end.
pub(super) struct Thrift<'a>(pub(super) &'a [u8]);

impl Thrift<'_> {
    /// The next field of a structure after this one: its type and number; type 0 at the end of the structure.
    pub(super) fn field(&mut self, last: i16) -> Option<(u8, i16)> {
        let head = self.byte()?;
        let (delta, kind) = (head >> 4, head & 15);
        let id = match (kind, delta) {
            (0, _) => 0,
            (_, 0) => i16::try_from(self.number()?).ok()?,
            (_, delta) => last.checked_add(i16::from(delta))?,
        };
        Some((kind, id))
    }

    /// A number with its sign.
    pub(super) fn number(&mut self) -> Option<i64> {
        let coded = self.varint()?;
        let half = i64::try_from(coded >> 1).ok()?;
        Some(if coded & 1 == 0 { half } else { -half - 1 })
    }

    /// The beginning of a list: the type of its elements and how many there are, which is not more than can be there.
    pub(super) fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        (count <= self.0.len() as u64).then_some((head & 15, count))
    }

    /// Passes over a value of this type.
    pub(super) fn skip(&mut self, kind: u8) -> Option<()> {
        self.skip_within(kind, MAX_DEPTH)
    }

    fn skip_within(&mut self, kind: u8, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let len = self.varint()?;
                self.pass(len)
            }
            LIST | 10 => {
                let (kind, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(kind, depth))
            }
            11 => self.skip_map(depth),
            STRUCT => self.skip_fields(depth),
            _ => None,
        }
    }

    fn skip_map(&mut self, depth: u8) -> Option<()> {
        let count = self.varint()?;
        if count == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        (count <= self.0.len() as u64).then_some(())?;
        (0..count).try_for_each(|_| {
            self.skip_element(kinds >> 4, depth)?;
            self.skip_element(kinds & 15, depth)
        })
    }

    /// A truth value takes a byte here, and none as a field.
    fn skip_element(&mut self, kind: u8, depth: u8) -> Option<()> {
        match kind {
            1 | 2 => self.pass(1),
            kind => self.skip_within(kind, depth),
        }
    }

    fn skip_fields(&mut self, depth: u8) -> Option<()> {
        let mut last = 0;
        loop {
            match self.field(last)? {
                (0, _) => return Some(()),
                (kind, id) => {
                    self.skip_within(kind, depth)?;
                    last = id;
                }
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn pass(&mut self, len: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(len).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_passed_over() {
        // Field 1 is -2, field 2 a list of two truth values, field 4 a text, field 5 a map, field 21 holds a structure.
        let bytes = [
            0x15, 3, 0x19, 0x21, 1, 2, 0x28, 2, b'h', b'i', 0x1b, 1, 0x85, b'k', 9, 0x0c, 42, 0x15,
            8, 0, 0x15, 20, 0, 99,
        ];
        let mut thrift = Thrift(&bytes);
        assert_eq!(thrift.field(0), Some((I32, 1)));
        assert_eq!(thrift.number(), Some(-2));
        assert_eq!(thrift.field(1), Some((LIST, 2)));
        assert_eq!(thrift.list(), Some((1, 2)));
        let mut whole = Thrift(&bytes);
        // The map's keys are of a type that there is not.
        assert_eq!(whole.skip(STRUCT), None);
        let mut bytes = bytes;
        bytes[12] = 0x35;
        let mut whole = Thrift(&bytes);
        assert_eq!(whole.skip(STRUCT), Some(()));
        assert_eq!(whole.0, [99]);
    }

    #[test]
    fn what_claims_too_much_or_nests_too_deep_is_no_such_protocol() {
        assert_eq!(Thrift(&[0xf9, 0xff, 0xff, 0xff, 0x7f]).list(), None);
        assert_eq!(Thrift(&[0xff; 20]).number(), None);
        assert_eq!(Thrift(&[0x1c; 100]).skip(STRUCT), None);
        assert_eq!(Thrift(&[]).field(0), None);
    }
}
