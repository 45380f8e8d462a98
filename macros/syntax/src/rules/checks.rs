//! The checks: one small function per rule about what keys mean together. What a
//! single value or token must be is checked where it is read.

mod budget;
mod function;
mod offer;
mod queue;
mod redrive;
mod retention;

pub(super) use super::catalog::{self, Rule};
use crate::options::Options;

pub(crate) use offer::{set_allow, text};

/// Says what is wrong and what would be right, or nothing.
pub(super) type Check = fn(&Options) -> Option<String>;

/// All checks, each with its rule.
pub(super) fn all() -> impl Iterator<Item = &'static (&'static Rule, Check)> {
    [queue::CHECKS, function::CHECKS, redrive::CHECKS]
        .into_iter()
        .flatten()
}
