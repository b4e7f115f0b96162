//! CBOR, as far as manifests need it.

/// One CBOR item (RFC 8949).
#[derive(Clone)]
pub(crate) enum Cbor {
    Int(i64),
    /// Four bytes long whatever its value, so that the size of what holds it is known before the value is.
    Wide(u32),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Cbor>),
    Map(Vec<(Cbor, Cbor)>),
    /// Bytes that stand as they are.
    Raw(Vec<u8>),
}

impl From<&str> for Cbor {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl Cbor {
    /// A map with text for keys.
    pub(crate) fn map<const N: usize>(pairs: [(&str, Cbor); N]) -> Self {
        Self::Map(pairs.map(|(key, value)| (key.into(), value)).into())
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(number) if *number < 0 => out.extend(head(0x20, (-1 - number) as u64)),
            Self::Int(number) => out.extend(head(0, *number as u64)),
            Self::Wide(number) => {
                out.push(0x1a);
                out.extend(number.to_be_bytes());
            }
            Self::Bytes(bytes) => {
                out.extend(head(0x40, bytes.len() as u64));
                out.extend(bytes);
            }
            Self::Text(text) => {
                out.extend(head(0x60, text.len() as u64));
                out.extend(text.as_bytes());
            }
            Self::Array(items) => {
                out.extend(head(0x80, items.len() as u64));
                items.iter().for_each(|item| item.write(out));
            }
            Self::Map(pairs) => {
                out.extend(head(0xa0, pairs.len() as u64));
                for (key, value) in pairs {
                    key.write(out);
                    value.write(out);
                }
            }
            Self::Raw(bytes) => out.extend(bytes),
        }
    }
}

/// The first bytes of a CBOR item: its major type, and its length or value.
pub(crate) fn head(major: u8, length: u64) -> Vec<u8> {
    match length {
        0..=23 => vec![major | length as u8],
        24..=0xff => vec![major | 24, length as u8],
        0x100..=0xffff => [&[major | 25], (length as u16).to_be_bytes().as_slice()].concat(),
        0x1_0000..=0xffff_ffff => {
            [&[major | 26], (length as u32).to_be_bytes().as_slice()].concat()
        }
        _ => [&[major | 27], length.to_be_bytes().as_slice()].concat(),
    }
}
