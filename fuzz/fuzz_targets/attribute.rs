//! The first line is the attribute's arguments, what follows the item below it.

#![no_main]

#[path = "../../macros/syntax/tests/attribute/property.rs"]
mod property;

use libfuzzer_sys::{Corpus, fuzz_target};
use property::{LONGEST, check_text};

fuzz_target!(|text: &str| -> Corpus {
    if text.len() > LONGEST {
        return Corpus::Reject;
    }
    check_text(text);
    Corpus::Keep
});
