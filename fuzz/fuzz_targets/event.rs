//! The bytes that an invocation comes with, through the real engine.

#![no_main]

#[path = "../../runtime/src/tests/fuzz/property.rs"]
mod property;

use libfuzzer_sys::fuzz_target;
use redrive::{
    BoxError, EventBridge, FromMessage, Message, Permanent, Raw, Record, Sns,
    testing::{Batch, Report},
};

fuzz_target!(|event: &[u8]| property::check(event));
