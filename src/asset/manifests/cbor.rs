//! CBOR values, within bounds.

/// A CBOR value.
pub use ciborium::Value as Cbor;

/// More than the longest assertion that says something; a value takes some thirty times its bytes in memory.
const MAX_BYTES: usize = 1 << 20;

const MAX_DEPTH: usize = 32;

/// The value at the start of these bytes. The reader allocates by what is there, never by what a length says.
pub fn read(bytes: &[u8]) -> Option<Cbor> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    ciborium::de::from_reader_with_recursion_limit(bytes, MAX_DEPTH).ok()
}

/// The bytes of a value.
pub fn write(value: &Cbor) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).ok()?;
    Some(bytes)
}

/// The value under a text key of a map.
pub fn cbor_field<'a>(map: &'a Cbor, key: &str) -> Option<&'a Cbor> {
    let entries = map.as_map()?;
    let found = entries.iter().find(|(own, _)| own.as_text() == Some(key))?;
    Some(&found.1)
}
