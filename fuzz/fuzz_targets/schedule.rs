//! The first line is a schedule, the second a time zone, and the third the
//! instant after which its runs are looked at.

#![no_main]

#[path = "../../macros/syntax/tests/schedule/property.rs"]
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
