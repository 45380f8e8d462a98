//! The work of a batch that no lane has begun.

use std::{
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use crate::batch::lanes::{Apart, lock};

/// How many pieces a lane reserves at most.
const BLOCK: usize = 32;

/// How many blocks each lane gets at least, unless there are fewer pieces.
const BLOCKS: usize = 64;

/// Records or groups, which lanes take in order.
///
/// In a large batch each lane reserves a block of them: lanes that write to one counter, and
/// outcomes next to one another, wait for each other's memory for as long as a fast function
/// takes. When none is left, lanes take what others have reserved.
pub(super) struct Pieces {
    number: usize,
    block: usize,
    /// The first that no lane has reserved.
    next: AtomicUsize,
    reserved: Vec<Apart<Mutex<Range<usize>>>>,
}

impl Pieces {
    pub(super) fn new(number: usize, lanes: usize) -> Self {
        Self {
            number,
            block: (number / (lanes.max(1) * BLOCKS)).clamp(1, BLOCK),
            next: AtomicUsize::new(0),
            reserved: (0..lanes).map(|_| Apart::default()).collect(),
        }
    }

    /// Takes one for a lane; `None` if there is none left.
    pub(super) fn take(&self, lane: usize) -> Option<usize> {
        let reserved = |lane: usize| lock(&self.reserved[lane].0);
        let mut own = reserved(lane);
        if let Some(piece) = own.next() {
            return Some(piece);
        }
        let start = self.next.fetch_add(self.block, Relaxed);
        if start < self.number {
            *own = start + 1..self.number.min(start + self.block);
            return Some(start);
        }
        drop(own);
        if self.block == 1 {
            return None;
        }
        // A lane that is blocked, or abandoned, does not begin them.
        (0..self.reserved.len()).find_map(|other| reserved(other).next())
    }
}

#[cfg(test)]
mod tests {
    use std::{iter, thread};

    use super::*;

    #[test]
    fn each_is_taken_once() {
        for (number, lanes) in [(0, 1), (1, 1), (10, 1), (10, 3), (3, 3), (10_000, 7)] {
            let pieces = Pieces::new(number, lanes);
            let all_of = |lane| iter::from_fn(|| pieces.take(lane)).collect::<Vec<_>>();
            let all_of = &all_of;
            let mut taken: Vec<_> = thread::scope(|scope| {
                let lanes = (0..lanes).map(|lane| scope.spawn(move || all_of(lane)));
                let lanes: Vec<_> = lanes.collect();
                let taken = lanes.into_iter().map(|lane| lane.join().unwrap());
                taken.flatten().collect()
            });
            taken.sort_unstable();

            assert!(taken.into_iter().eq(0..number), "{number} in {lanes} lanes");
        }
    }

    #[test]
    fn lanes_take_those_of_a_small_batch_in_order() {
        let pieces = Pieces::new(100, 10);

        assert!((0..100).all(|piece| pieces.take(piece * 7 % 10) == Some(piece)));
    }

    #[test]
    fn what_a_blocked_lane_has_reserved_is_taken_by_another() {
        let pieces = Pieces::new(10_000, 2);
        assert_eq!(pieces.take(0), Some(0));

        let other: Vec<_> = iter::from_fn(|| pieces.take(1)).collect();

        assert_eq!(other.len(), 9_999);
        assert_eq!(other[0], BLOCK);
        assert_eq!(other[9_999 - (BLOCK - 1)..], (1..BLOCK).collect::<Vec<_>>());
        assert_eq!(pieces.take(0), None);
    }
}
