//! A digest that detects accidental differences.

/// The length of a digest, in hexadecimal digits.
pub const LENGTH: usize = 16;

/// The digest of a manifest, from the texts of the files of its formats, such as
/// `template.json`, one after the other, and from that of `stack.json`.
pub fn of_manifest(formats: &str, stack: &str) -> String {
    digest(&[formats, stack].concat())
}

/// The 64-bit FNV-1a hash of `text`, as hexadecimal digits.
///
/// It is only compared between programs of one version of redrive, and is no
/// protection against an attack.
pub fn digest(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.as_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}
