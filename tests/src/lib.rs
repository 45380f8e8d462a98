//! Helpers for the tests in this package.
