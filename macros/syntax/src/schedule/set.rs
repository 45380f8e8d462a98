//! The values one field of a cron expression allows.

/// A set of whole numbers from 0 to 255, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set([u64; 4]);

impl Set {
    pub(super) fn insert(&mut self, value: u16) {
        self.0[usize::from(value / 64)] |= 1 << (value % 64);
    }

    pub(super) fn contains(&self, value: u16) -> bool {
        self.0
            .get(usize::from(value / 64))
            .is_some_and(|word| word >> (value % 64) & 1 == 1)
    }

    /// The smallest value that is not below `from`.
    pub(super) fn next(&self, from: u16) -> Option<u16> {
        let first_word = usize::from(from / 64);
        (first_word..self.0.len()).find_map(|index| {
            let below = if index == first_word { from % 64 } else { 0 };
            let word = self.0[index] & (u64::MAX << below);
            (word != 0).then(|| index as u16 * 64 + word.trailing_zeros() as u16)
        })
    }

    /// The largest value below `limit`.
    pub(super) fn before(&self, limit: u16) -> Option<u16> {
        (0..self.0.len()).rev().find_map(|index| {
            let first = index as u16 * 64;
            let word = match limit.saturating_sub(first) {
                room @ 0..64 => self.0[index] & !(u64::MAX << room),
                _ => self.0[index],
            };
            (word != 0).then(|| first + word.ilog2() as u16)
        })
    }

    pub(super) fn last(&self) -> Option<u16> {
        self.before(u16::MAX)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u16> + use<'_> {
        std::iter::successors(self.next(0), |value| self.next(value + 1))
    }

    /// The values up to 31, each as the bit of its number.
    pub(super) fn low_bits(&self) -> u32 {
        self.0[0] as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_over_word_ends() {
        let mut set = Set::default();
        let values = [0, 1, 63, 64, 127, 200, 229];
        for value in values {
            set.insert(value);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), values);
        assert_eq!(set.last(), Some(229));
        assert_eq!(set.next(65), Some(127));
        assert_eq!(set.next(230), None);
        assert_eq!(set.before(229), Some(200));
        assert_eq!(set.before(64), Some(63));
        assert_eq!(set.before(63), Some(1));
        assert_eq!(set.before(0), None);
        assert!(set.contains(64) && !set.contains(65) && !set.contains(300));
    }
}
