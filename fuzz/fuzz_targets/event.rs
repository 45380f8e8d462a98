//! The bytes that an invocation comes with, through the real engine.

#![no_main]

#[path = "../../runtime/src/tests/fuzz/property.rs"]
mod property;

use libfuzzer_sys::{Corpus, fuzz_target};
use redrive::{
    BoxError, EventBridge, FromMessage, Message, Permanent, Raw, Record, Sns,
    testing::{Batch, Report},
};

/// The longest event that is looked at, in bytes: a longer one takes its time and
/// shows nothing new.
const LONGEST: usize = 16_000;

fuzz_target!(|event: &[u8]| -> Corpus {
    if event.len() > LONGEST {
        return Corpus::Reject;
    }
    property::check(event);
    Corpus::Keep
});
