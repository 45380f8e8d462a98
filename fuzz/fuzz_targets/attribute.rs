//! The first line is the attribute's arguments, what follows the item below it.

#![no_main]

#[path = "../../macros/syntax/tests/attribute/property.rs"]
mod property;

use libfuzzer_sys::{Corpus, fuzz_target};
use property::{HANDLER, check};

/// The longest text, in bytes. `syn` recurses, so that a thousand brackets
/// overflow its stack under the sanitizer, and three thousand that of rustc.
const LONGEST: usize = 800;

fuzz_target!(|text: &str| -> Corpus {
    if text.len() > LONGEST {
        return Corpus::Reject;
    }
    let (attribute, item) = text.split_once('\n').unwrap_or((text, ""));
    // What an attribute means is judged on an item that can be used.
    check(attribute, HANDLER);
    if !item.is_empty() {
        check(attribute, item);
    }
    Corpus::Keep
});
