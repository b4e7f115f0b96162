//! Extended XMP: a packet too large for one JPEG segment, in pieces.

use super::xmp::MAX_PACKET;
use std::collections::BTreeMap;

/// The pieces of each packet, by the GUID they share, then by the offset they state.
#[derive(Default)]
pub(super) struct Pieces<'a>(BTreeMap<[u8; 32], BTreeMap<u32, &'a [u8]>>);

impl<'a> Pieces<'a> {
    /// Keeps one piece; of two that claim the same place the first counts.
    pub(super) fn add(&mut self, guid: [u8; 32], offset: u32, body: &'a [u8]) {
        self.0
            .entry(guid)
            .or_default()
            .entry(offset)
            .or_insert(body);
    }

    /// The packets. They grow by the pieces that are there, whatever total those declare.
    pub(super) fn join(
        self,
        problems: &mut Vec<String>,
        limit: &mut Option<String>,
    ) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        for pieces in self.0.into_values() {
            let len: usize = pieces.values().map(|body| body.len()).sum();
            if len > MAX_PACKET {
                limit.get_or_insert_with(|| {
                    format!("extended xmp: a packet of {len} bytes, the limit is {MAX_PACKET}")
                });
                continue;
            }
            let mut packet = Vec::with_capacity(len);
            let mut whole = true;
            for (offset, body) in pieces {
                whole &= usize::try_from(offset).is_ok_and(|offset| offset == packet.len());
                packet.extend_from_slice(body);
            }
            match whole {
                true => packets.push(packet),
                false => problems.push("extended xmp: pieces are missing".to_owned()),
            }
        }
        packets
    }
}
