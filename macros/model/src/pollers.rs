//! The event pollers of provisioned mode.

/// How many event pollers Lambda keeps for a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Pollers {
    /// At least (`MinimumPollers`).
    pub min: u32,
    /// At most (`MaximumPollers`).
    pub max: u32,
}
