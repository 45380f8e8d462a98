//! What the tests of several modules use.

pub(crate) mod overlays;
pub(crate) mod sample;
