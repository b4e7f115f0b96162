//! Small values as bytes, and back. Whatever the bytes are, reading them ends in a value or in nothing.

/// Bytes that are being written.
#[derive(Debug, Default)]
pub(super) struct Packed(pub(super) Vec<u8>);

impl Packed {
    pub(super) fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// Bytes, with their length before them.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        self.0.extend_from_slice(bytes);
    }

    /// A value that need not be there.
    pub(super) fn maybe<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T)) {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            put(self, value);
        }
    }
}

/// Bytes that are being read.
#[derive(Debug)]
pub(super) struct Unpacked<'a>(pub(super) &'a [u8]);

impl<'a> Unpacked<'a> {
    pub(super) fn number(&mut self) -> Option<i64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i64::from_le_bytes(*number))
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn maybe<T>(
        &mut self,
        take: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        let (there, rest) = self.0.split_first()?;
        self.0 = rest;
        match there {
            0 => Some(None),
            1 => take(self).map(Some),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_unpacks_and_anything_else_ends() {
        let mut packed = Packed::default();
        packed.number(-7);
        packed.maybe(Some(b"ab".as_slice()), Packed::bytes);
        packed.maybe(None, Packed::number);
        let mut unpacked = Unpacked(&packed.0);
        assert_eq!(unpacked.number(), Some(-7));
        assert_eq!(unpacked.maybe(Unpacked::bytes), Some(Some(&b"ab"[..])));
        assert_eq!(unpacked.maybe(Unpacked::number), Some(None));
        assert_eq!(unpacked.number(), None);
        for end in 0..packed.0.len() {
            let mut cut = Unpacked(&packed.0[..end]);
            let all = cut.number().and_then(|_| cut.maybe(Unpacked::bytes));
            let all = all.and_then(|_| cut.maybe(Unpacked::number));
            assert!(all.is_none(), "{end}");
        }
        let mut long = Packed::default();
        long.number(i64::MAX);
        assert_eq!(Unpacked(&long.0).bytes(), None);
    }
}
