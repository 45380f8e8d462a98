//! CPU work, the same for each program that is measured.

use std::hint::black_box;

/// About 20 ms on the machine of the table in `README.md`.
const STEPS: u64 = 14_000_000;

/// Computes without memory or system calls.
pub(crate) fn compute(seed: u64) {
    let mut state = seed | 1;
    for _ in 0..STEPS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    black_box(state);
}
