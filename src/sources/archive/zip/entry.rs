//! What a zip archive says of one member: in its directory, and in front of the member.

/// The signature in front of a member.
pub(super) const LOCAL: &[u8] = b"PK\x03\x04";

/// The signature of a row of the directory.
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";

/// Length of a row of the directory, without what varies.
pub(super) const CENTRAL_LEN: usize = 46;

/// Length of the header in front of a member, without what varies.
pub(super) const LOCAL_LEN: usize = 30;

/// A length or place that stands elsewhere, since it needs more than 32 bits.
const ELSEWHERE: u64 = u32::MAX as u64;

/// Longest member that is believed to be a link: no path is longer, and a file may be marked as one.
const MAX_LINK: u64 = 1024;

/// One member, as it is listed.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) encrypted: bool,
    /// Lengths and checksum may stand behind the bytes, not in front of them.
    pub(super) lengths_follow: bool,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed_len: u64,
    pub(super) size: u64,
    pub(super) local_at: u64,
    link: bool,
}

impl Entry {
    /// Whether it is a file: no folder and no link.
    pub(super) fn is_file(&self) -> bool {
        let folder = self.name.ends_with(b"/") && self.size == 0;
        let link = self.link && self.size.max(self.packed_len) <= MAX_LINK;
        !folder && !link
    }

    /// Reads a row of the directory, which is as long as its lengths say.
    pub(super) fn central(fixed: &[u8; CENTRAL_LEN], name: Vec<u8>, extra: &[u8]) -> Self {
        let unix = byte(fixed, 5) == 3;
        let mode = u32_at(fixed, 38) >> 16;
        let mut entry = Self {
            name,
            encrypted: u16_at(fixed, 8) & 1 != 0,
            lengths_follow: false,
            method: u16_at(fixed, 10),
            crc: u32_at(fixed, 16),
            packed_len: u64::from(u32_at(fixed, 20)),
            size: u64::from(u32_at(fixed, 24)),
            local_at: u64::from(u32_at(fixed, 42)),
            link: unix && mode & 0o17_0000 == 0o12_0000,
        };
        let mut long = Long::of(extra);
        long.replace(&mut entry.size);
        long.replace(&mut entry.packed_len);
        long.replace(&mut entry.local_at);
        entry
    }

    /// Reads the header in front of a member.
    pub(super) fn local(at: u64, fixed: &[u8; LOCAL_LEN], name: Vec<u8>, extra: &[u8]) -> Self {
        let flags = u16_at(fixed, 6);
        let mut entry = Self {
            name,
            encrypted: flags & 1 != 0,
            lengths_follow: flags & 8 != 0,
            method: u16_at(fixed, 8),
            crc: u32_at(fixed, 14),
            packed_len: u64::from(u32_at(fixed, 18)),
            size: u64::from(u32_at(fixed, 22)),
            local_at: at,
            link: false,
        };
        let mut long = Long::of(extra);
        long.replace(&mut entry.size);
        long.replace(&mut entry.packed_len);
        entry
    }
}

/// Numbers of 64 bits, in the order in which they are missing elsewhere.
struct Long<'a>(&'a [u8]);

impl<'a> Long<'a> {
    fn of(extra: &'a [u8]) -> Self {
        let mut rest = extra;
        while let Some((header, after)) = rest.split_first_chunk::<4>() {
            let len = usize::from(u16_at(header, 2));
            let Some((body, after)) = after.split_at_checked(len) else {
                break;
            };
            if u16_at(header, 0) == 1 {
                return Self(body);
            }
            rest = after;
        }
        Self(&[])
    }

    fn replace(&mut self, number: &mut u64) {
        if *number == ELSEWHERE
            && let Some((long, rest)) = self.0.split_first_chunk()
        {
            *number = u64::from_le_bytes(*long);
            self.0 = rest;
        }
    }
}

/// Length of the header in front of a member, with what varies.
pub(super) fn local_len(fixed: &[u8; LOCAL_LEN]) -> u64 {
    LOCAL_LEN as u64 + u64::from(u16_at(fixed, 26)) + u64::from(u16_at(fixed, 28))
}

/// Lengths of the parts of a row of the directory that vary: name, extra fields, comment.
pub(super) fn central_lens(fixed: &[u8; CENTRAL_LEN]) -> [usize; 3] {
    [28, 30, 32].map(|at| usize::from(u16_at(fixed, at)))
}

/// Lengths of the parts of the header in front of a member that vary: name, extra fields.
pub(super) fn local_lens(fixed: &[u8; LOCAL_LEN]) -> [usize; 2] {
    [26, 28].map(|at| usize::from(u16_at(fixed, at)))
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

/// A number in a header; 0 behind its end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

/// A number in a header; 0 behind its end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// A number in a header; 0 behind its end.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
