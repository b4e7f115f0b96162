//! What the known writers hide, and which way of reading finds it.

use super::blocks::Ways;

/// A writer's message. It is repeated over all blocks, a bit each.
pub(super) struct Message {
    /// What writes it.
    pub(super) tool: &'static str,
    /// Its name in a report.
    pub(super) name: &'static str,
    /// Its bits.
    pub(super) content: Content,
    /// The ways of reading that find it. A way that finds nothing more is left out: every one is a chance to be wrong.
    pub(super) readings: &'static [Reading],
}

/// The bits of a message, first one first.
pub(super) enum Content {
    /// So many lower bits of a number.
    Number(u64, u32),
    /// The bits of a text.
    Text(&'static [u8]),
}

/// A way of reading a picture.
pub(super) struct Reading {
    /// Its name in a report.
    pub(super) name: &'static str,
    /// Its name in a report for values that were sharpened first.
    pub(super) sharpened: &'static str,
    pub(super) bits: fn(&Ways) -> &[u8],
}

const BYTES: Reading = Reading {
    name: "bytes",
    sharpened: "bytes, sharpened",
    bits: |ways| &ways.bytes,
};
const FLOATS: Reading = Reading {
    name: "floating point",
    sharpened: "floating point, sharpened",
    bits: |ways| &ways.floats,
};
const SWAPPED: Reading = Reading {
    name: "floating point, red and blue swapped",
    sharpened: "floating point, red and blue swapped, sharpened",
    bits: |ways| &ways.swapped,
};

/// Every message that a known writer hides.
pub(super) const ALL: &[Message] = &[
    Message {
        tool: "Stable Diffusion XL",
        name: "48 bits of Stable Diffusion XL",
        content: Content::Number(0xb3ec_907b_b19e, 48),
        readings: &[FLOATS, BYTES, SWAPPED],
    },
    Message {
        tool: "FLUX",
        name: "46 bits of FLUX",
        // Its writers drop the two zeros in front of a constant of 48 bits.
        content: Content::Number(0x2afe_879c_f52e, 46),
        readings: &[FLOATS, BYTES],
    },
    Message {
        tool: "Stable Diffusion 1.x",
        name: "StableDiffusionV1",
        content: Content::Text(b"StableDiffusionV1"),
        readings: &[BYTES],
    },
    Message {
        tool: "Stable Diffusion 2.x",
        name: "SDV2",
        content: Content::Text(b"SDV2"),
        readings: &[BYTES],
    },
    Message {
        tool: "InvokeAI",
        name: "InvokeAI",
        content: Content::Text(b"InvokeAI"),
        readings: &[BYTES],
    },
];

impl Content {
    /// Its bits, one after the other.
    pub(super) fn bits(&self) -> Vec<bool> {
        match self {
            Self::Number(number, length) => (0..*length)
                .rev()
                .map(|place| number >> place & 1 == 1)
                .collect(),
            Self::Text(bytes) => bytes
                .iter()
                .flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1 == 1))
                .collect(),
        }
    }
}
