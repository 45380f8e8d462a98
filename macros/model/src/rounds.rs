//! How often a message is redriven.

/// How often a message that keeps failing is redriven, until it is parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Rounds {
    /// At most so often.
    AtMost(u32),
    /// Until it succeeds.
    Unlimited,
}

impl Rounds {
    /// The word for [`Rounds::Unlimited`] in the attribute.
    pub const UNLIMITED: &'static str = "unlimited";

    /// The most redrives; `None`: any number.
    pub fn most(self) -> Option<u32> {
        match self {
            Self::AtMost(most) => Some(most),
            Self::Unlimited => None,
        }
    }
}
