//! The first line is a schedule, the second a time zone, and the third the
//! instant after which its runs are looked at.

#![no_main]

#[path = "../../macros/syntax/tests/schedule/property.rs"]
mod property;

use libfuzzer_sys::fuzz_target;
use property::{check, check_in};

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let schedule = lines.next().unwrap_or_default();
    match (lines.next(), lines.next()) {
        (None, _) => check(schedule),
        (Some(zone), start) => check_in(schedule, zone, start.unwrap_or("2026-01-01T00:00:00Z")),
    }
});
