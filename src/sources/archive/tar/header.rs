//! Headers of tar archives: the old form, POSIX and GNU, with the long names and large sizes of the latter two.

/// Everything in an archive takes whole blocks.
pub(super) const BLOCK: usize = 512;

/// What a header stands in front of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    /// A file of which parts are left out.
    Sparse,
    /// The name of the next member (GNU).
    LongName,
    /// Properties of the next member (POSIX).
    Properties,
    /// Something of the old GNU forms that only tar itself can put together: parts of files, lists of names, labels.
    Foreign,
    /// A folder, a link, a device, or something about the archive.
    Other,
}

/// One header.
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) name: Vec<u8>,
    /// Length of what follows.
    pub(super) size: u64,
}

impl Header {
    /// Reads a header; `None` if the block is none.
    pub(super) fn read(block: &[u8; BLOCK]) -> Option<Self> {
        let sum = number(field(block, 148, 8))?;
        if sum != checksum(block, u64::from) && sum != checksum(block, |byte| byte as i8 as u64) {
            return None;
        }
        let name = until_nul(field(block, 0, 100));
        let prefix = until_nul(field(block, 345, 155));
        let posix = field(block, 257, 6) == b"ustar\0";
        let name = match posix && !prefix.is_empty() {
            true => [prefix, b"/", name].concat(),
            false => name.to_vec(),
        };
        let flag = *block.get(156)?;
        let size = number(field(block, 124, 12))?;
        Some(Self {
            kind: kind(flag),
            size: if has_data(flag) { size } else { 0 },
            name,
        })
    }
}

fn kind(flag: u8) -> Kind {
    match flag {
        b'x' | b'X' => Kind::Properties,
        b'L' => Kind::LongName,
        b'S' => Kind::Sparse,
        b'1'..=b'6' | b'g' | b'K' => Kind::Other,
        b'V' | b'M' | b'D' | b'N' | b'I' => Kind::Foreign,
        // What nobody has heard of is a file, POSIX says.
        _ => Kind::File,
    }
}

/// Whether the size of a header is that of bytes behind it: links and devices have one, and nothing follows.
fn has_data(flag: u8) -> bool {
    !matches!(flag, b'1'..=b'6')
}

/// The sum of a block in which the sum itself counts as blanks.
fn checksum(block: &[u8; BLOCK], value: impl Fn(u8) -> u64) -> u64 {
    let bytes = block.iter().enumerate();
    bytes.fold(0, |sum: u64, (at, byte)| {
        let byte = if (148..156).contains(&at) {
            b' '
        } else {
            *byte
        };
        sum.wrapping_add(value(byte))
    })
}

/// An octal number, or a binary one of the GNU form.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first()
        && first & 0x80 != 0
    {
        let (zeros, last) = rest.split_at_checked(rest.len().checked_sub(8)?)?;
        let fits = *first == 0x80 && zeros.iter().all(|byte| *byte == 0);
        return fits.then(|| last.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    }
    let text = std::str::from_utf8(until_nul(field)).ok()?.trim();
    match text {
        "" => Some(0),
        text => u64::from_str_radix(text, 8).ok(),
    }
}

fn field(block: &[u8; BLOCK], at: usize, len: usize) -> &[u8] {
    block.get(at..at + len).unwrap_or_default()
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes)
}

/// What stands in front of a header and goes before what is in it.
#[derive(Default)]
pub(super) struct Override {
    pub(super) name: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) sparse: bool,
}

impl Override {
    /// Takes a long name.
    pub(super) fn set_name(&mut self, bytes: &[u8]) {
        self.name = Some(until_nul(bytes).to_vec());
    }

    /// Reads properties: `LENGTH KEY=VALUE` and a line break, each.
    pub(super) fn read(&mut self, properties: &[u8]) {
        let mut rest = properties;
        while let Some((key, value, after)) = property(rest) {
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok()),
                key => self.sparse |= key.starts_with(b"GNU.sparse."),
            }
            rest = after;
        }
    }
}

/// A key, its value, and what comes after them.
type Property<'a> = (&'a [u8], &'a [u8], &'a [u8]);

fn property(bytes: &[u8]) -> Option<Property<'_>> {
    let blank = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let len: usize = std::str::from_utf8(bytes.get(..blank)?)
        .ok()?
        .parse()
        .ok()?;
    let body = bytes.get(blank + 1..len)?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|byte| *byte == b'=')?;
    Some((
        body.get(..equals)?,
        body.get(equals + 1..)?,
        bytes.get(len..)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"     12 "), Some(10));
        assert_eq!(number(b"\0\0\0"), Some(0));
        assert_eq!(number(b"9"), None);
        assert_eq!(
            number(&[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1]),
            Some((2 << 32) + 1)
        );
        assert_eq!(number(&[0x80, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1]), None);
        assert_eq!(number(&[0xff; 12]), None);
    }

    #[test]
    fn properties_end_where_they_are_damaged() {
        let mut read = Override::default();
        read.read(b"16 path=a/b.jpg\n12 size=123\n99 path=lost\n");
        assert_eq!(read.name.as_deref(), Some(&b"a/b.jpg"[..]));
        assert_eq!(read.size, Some(123));
        for odd in [
            &b"0 a=b\n"[..],
            b" ",
            b"5 a=b",
            b"18446744073709551615 a=b\n",
            b"3 \n",
        ] {
            Override::default().read(odd);
        }
    }
}
