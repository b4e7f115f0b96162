//! Archives written by hand, so that every byte of them can be chosen: zip and tar.

use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::Write;

/// A zip archive that is being written.
#[derive(Default)]
pub struct Zip {
    out: Vec<u8>,
    directory: Vec<u8>,
    rows: u16,
}

/// What is said of a member, in front of it and in the directory.
#[derive(Clone)]
pub struct Row {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub crc: u32,
    pub packed: u32,
    pub size: u32,
    /// Unix mode.
    pub mode: u32,
    pub at: u32,
}

impl Zip {
    /// Adds a member, deflated.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        self.put(Row::of(name, bytes), &deflated(bytes));
    }

    /// Adds a member as it is.
    pub fn store(&mut self, name: &str, bytes: &[u8]) {
        let row = Row {
            method: 0,
            packed: bytes.len() as u32,
            ..Row::of(name, bytes)
        };
        self.put(row, bytes);
    }

    /// Adds a member with this row.
    pub fn put(&mut self, row: Row, packed: &[u8]) {
        let row = Row {
            at: self.out.len() as u32,
            ..row
        };
        self.unlisted(&row, packed);
        self.list(&row);
    }

    /// Writes a member that the directory does not list.
    pub fn unlisted(&mut self, row: &Row, packed: &[u8]) {
        self.out.extend(b"PK\x03\x04\x14\0");
        self.out.extend(row.common());
        self.out.extend([0, 0]);
        self.out.extend(&row.name);
        self.out.extend(packed);
    }

    /// Lists a member, wherever it is.
    pub fn list(&mut self, row: &Row) {
        self.directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        self.directory.extend(row.common());
        self.directory.extend([0; 8]);
        self.directory.extend((row.mode << 16).to_le_bytes());
        self.directory.extend(row.at.to_le_bytes());
        self.directory.extend(&row.name);
        self.rows += 1;
    }

    /// Where the next member begins.
    pub fn here(&self) -> u32 {
        self.out.len() as u32
    }

    /// The whole archive, with this comment at its end.
    pub fn finish(self, comment: &[u8]) -> Vec<u8> {
        let at = self.out.len() as u32;
        let mut out = self.out;
        out.extend(&self.directory);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(self.rows.to_le_bytes());
        out.extend(self.rows.to_le_bytes());
        out.extend((self.directory.len() as u32).to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend((comment.len() as u16).to_le_bytes());
        out.extend(comment);
        out
    }
}

impl Row {
    /// The honest row of a deflated member.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        Self {
            name: name.as_bytes().to_vec(),
            flags: 1 << 11,
            method: 8,
            crc: crc.sum(),
            packed: deflated(bytes).len() as u32,
            size: bytes.len() as u32,
            mode: 0o100_644,
            at: 0,
        }
    }

    fn common(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        // The first of January 1980.
        out.extend([0, 0, 0x21, 0]);
        out.extend(self.crc.to_le_bytes());
        out.extend(self.packed.to_le_bytes());
        out.extend(self.size.to_le_bytes());
        out.extend((self.name.len() as u16).to_le_bytes());
        out
    }
}

/// Bytes, deflated.
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A header of a tar archive.
pub fn tar_header(name: &str, size: u64, flag: u8) -> Vec<u8> {
    let mut block = vec![0; 512];
    let mut set = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    set(0, &name.as_bytes()[..name.len().min(100)]);
    set(100, b"0000644\0");
    set(108, b"0000000\0");
    set(116, b"0000000\0");
    set(124, format!("{size:011o}\0").as_bytes());
    set(136, b"00000000000\0");
    set(148, b"        ");
    set(156, &[flag]);
    set(257, b"ustar\x0000");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A member of a tar archive.
pub fn tar_member(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = tar_header(name, bytes.len() as u64, b'0');
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

/// A tar archive.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let members = members
        .iter()
        .flat_map(|(name, bytes)| tar_member(name, bytes));
    members.chain([0; 1024]).collect()
}
