//! What a walk has found so far, and the bounds it keeps.

use super::{Block, BlockKind, Container, Piece, Problem, ProblemKind};
use crate::asset::bytes::index;
use crate::asset::content::{Content, Stream};
use crate::asset::{Limits, Orientation};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

/// Problems beyond these say nothing new, and a hostile file could make one of every byte.
const MAX_PROBLEMS: usize = 32;

/// Longest manifest store or tag of video and sound that is read into memory; real ones have less than a tenth. The content
/// credentials' library makes two copies of it.
const MAX_PIECE: u64 = 64 << 20;

/// One walk over one file.
pub(super) struct Walk<'a> {
    /// What is in memory: the whole file, or the head of one that is streamed.
    pub(super) bytes: &'a [u8],
    /// Length of the whole file.
    pub(super) len: usize,
    /// Most bytes that one piece of the file may bring into memory.
    pub(super) max_piece: u64,
    pub(super) found: Container,
    stream: Stream<'a>,
    max_blocks: usize,
    /// A block was refused, and that was noted.
    full: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(content: &'a Content, limits: &Limits) -> Self {
        Self {
            bytes: content.bytes(),
            len: index(content.len()),
            max_piece: limits.max_bytes.min(MAX_PIECE),
            found: Container::default(),
            stream: content.stream(),
            max_blocks: limits.max_blocks,
            full: false,
        }
    }

    /// Bytes from anywhere in the file, in memory or not; `None` past the end, or where reading failed.
    pub(super) fn array<const N: usize>(&mut self, at: usize) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.stream.seek(SeekFrom::Start(at as u64)).ok()?;
        self.stream.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// As many bytes from there as the file has, up to `most`.
    pub(super) fn piece(&mut self, at: usize, most: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.stream.seek(SeekFrom::Start(at as u64)).is_ok() {
            // What was read before an error is as good as what stands before the end.
            let _ = (&mut self.stream).take(most as u64).read_to_end(&mut bytes);
        }
        bytes
    }

    /// Notes a piece that would be read into memory and is longer than the limit.
    pub(super) fn bound(&mut self, what: &str, range: &Range<usize>) {
        let len = range.end.min(self.len).saturating_sub(range.start);
        if len as u64 > self.max_piece {
            let raise = match self.max_piece < MAX_PIECE {
                true => "; --max-bytes raises it",
                false => "",
            };
            let message = format!(
                "{what} longer than the limit of {} bytes{raise}",
                self.max_piece
            );
            self.note(ProblemKind::Limit, range.start, message);
        }
    }

    /// Keeps a block; the part of it that lies past the end of the file is cut off, and an empty one is dropped.
    pub(super) fn block(&mut self, kind: BlockKind, range: Range<usize>) {
        let range = range.start..range.end.min(self.len);
        if range.is_empty() {
            return;
        }
        if self.found.blocks.len() < self.max_blocks {
            self.found.blocks.push(Block { kind, range });
        } else if !self.full {
            self.full = true;
            let message = format!(
                "more than {} metadata blocks: the rest is not read",
                self.max_blocks
            );
            self.note(ProblemKind::Limit, range.start, message);
        }
    }

    /// Keeps a manifest store, or a piece of one that begins where `outer` does.
    pub(super) fn manifest(&mut self, outer: Range<usize>, inner: Range<usize>) {
        let sequence = u32::try_from(self.found.pieces.len()).unwrap_or(u32::MAX);
        self.bound("a manifest store", &inner);
        self.block(BlockKind::Jumbf, inner.clone());
        self.keep_piece(Piece {
            instance: outer.start,
            sequence,
            outer,
            inner,
        });
    }

    /// Keeps a piece of what may be a manifest store; the blocks' own limit is noted for both.
    pub(super) fn keep_piece(&mut self, piece: Piece) {
        let clamp = |range: Range<usize>| range.start..range.end.min(self.len);
        let (outer, inner) = (clamp(piece.outer), clamp(piece.inner));
        if !inner.is_empty() && self.found.pieces.len() < self.max_blocks {
            self.found.pieces.push(Piece {
                outer,
                inner,
                ..piece
            });
        }
    }

    /// Keeps what follows the end of the image.
    pub(super) fn trailer(&mut self, start: usize) {
        self.block(BlockKind::Trailer, start..self.len);
    }

    /// Notes damage, the first time that it is met.
    pub(super) fn problem(&mut self, at: usize, message: impl Into<String>) {
        self.note(ProblemKind::Damage, at, message.into());
    }

    /// Notes what was met, the first time that it is met.
    pub(super) fn note(&mut self, kind: ProblemKind, at: usize, message: String) {
        let problems = &mut self.found.problems;
        if problems.len() < MAX_PROBLEMS && problems.iter().all(|noted| noted.message != message) {
            problems.push(Problem {
                kind,
                at: at.min(self.len),
                message,
            });
        }
    }

    /// Notes that the file ends inside of `what`.
    pub(super) fn cut(&mut self, what: &str) {
        let message = format!("the file ends inside {what}");
        self.note(ProblemKind::Cut, self.len, message);
    }

    /// Notes that the file ends before `what`, which every whole file has.
    pub(super) fn ends_before(&mut self, what: &str) {
        let message = format!("the file ends before {what}");
        self.note(ProblemKind::Cut, self.len, message);
    }

    /// Takes the size of the picture, unless one is known already.
    pub(super) fn dimensions(&mut self, size: Option<(u32, u32)>) {
        if self.found.dimensions.is_none() {
            self.found.dimensions = size.filter(|(width, height)| *width > 0 && *height > 0);
        }
    }

    /// Takes how the picture must be turned, unless that is known already.
    pub(super) fn orientation(&mut self, turned: Option<Orientation>) {
        if self.found.orientation.is_none() {
            self.found.orientation = turned;
        }
    }
}
