//! Hashes keys and bodies: neither is stored as it is.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Key;

/// How much of the function's name is part of an id, so that items stay below 300 bytes.
const LONGEST_NAME: usize = 64;

impl Key {
    /// The key of a message of this function.
    pub(crate) fn of(function: &str, key: &str, body: &str) -> Self {
        // The whole name is part of the hash. It has no `#`.
        let hash = Sha256::digest(format!("{function}#{key}"));
        let name = &function[..function.floor_char_boundary(LONGEST_NAME)];
        let mut id = format!("{name}#");
        for byte in hash {
            // Writing to a string cannot fail.
            _ = write!(id, "{byte:02x}");
        }
        Self {
            id,
            body: Sha256::digest(body).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_hashed_under_the_name_of_its_function() {
        let ship = Key::of("ship", "42", "{}");

        // printf 'ship#42' | sha256sum
        assert_eq!(
            ship.id,
            "ship#6b20ab9ceaca7e59d4cc668fe5d5b3e1003cc17d02444d3946468fcfae716e7a"
        );
        assert_ne!(ship.id, Key::of("ship", "43", "{}").id);
        assert_ne!(
            Key::of("ship", "x", "").id[4..],
            Key::of("bill", "x", "").id[4..]
        );
        assert_eq!(ship.body, Key::of("bill", "7", "{}").body);
        assert_ne!(ship.body, Key::of("ship", "42", "{ }").body);
    }

    #[test]
    fn long_names_are_cut_but_stay_different() {
        let of = |letters| Key::of(&"a".repeat(letters), "x", "").id;

        assert_eq!(of(119).len(), LONGEST_NAME + 1 + 64);
        assert_ne!(of(118), of(119));
    }
}
