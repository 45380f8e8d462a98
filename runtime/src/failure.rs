//! Failures: which ones are retried, and the texts that report them.

mod invocation;

use std::{error::Error, fmt};

pub(crate) use self::invocation::InvocationError;
use crate::error::{BoxError, chain, sources, truncate};

/// The longest reason kept of one failure, in bytes.
const LONGEST_REASON: usize = 1_000;

/// An error after which no attempt can succeed.
///
/// A record that fails with one is not tried again in the invocation, and with
/// `on_permanent = "dlq"` or `"park"` it is sent on at once. The engine finds it
/// wherever it is in an error's chain of sources:
///
/// ```
/// use redrive::{BoxError, Permanent, PermanentExt};
///
/// async fn charge(card: String) -> Result<(), BoxError> {
///     let number: u64 = card.parse().permanent()?;
///     if number == 0 {
///         return Err(Permanent::new("card 0 does not exist").into());
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Permanent(Marked);

impl Permanent {
    /// Marks an error, or a text, as permanent.
    pub fn new(error: impl Into<BoxError>) -> Self {
        Self(Marked(error.into()))
    }
}

impl fmt::Display for Permanent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Permanent {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// The error inside a [`Permanent`], and the mark the engine looks for.
///
/// Transparent wrappers, such as those of `anyhow` and `thiserror`, hide the
/// outermost error of what they hold, but keep its sources. So the mark is the
/// source.
#[derive(Debug)]
struct Marked(BoxError);

impl fmt::Display for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Marked {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// Marks a result's error as permanent.
pub trait PermanentExt<T> {
    /// Makes the error, if it is one, a [`Permanent`].
    ///
    /// # Errors
    ///
    /// As before, but marked.
    fn permanent(self) -> Result<T, Permanent>;
}

impl<T, E: Into<BoxError>> PermanentExt<T> for Result<T, E> {
    fn permanent(self) -> Result<T, Permanent> {
        self.map_err(Permanent::new)
    }
}

/// How one attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The function returned an error.
    Transient,
    /// The function returned an error after which no attempt can succeed.
    Permanent,
    /// The record does not match the message type.
    Malformed,
    /// The function panicked.
    Panic,
    /// The attempt took longer than `attempt_timeout`.
    AttemptTimeout,
    /// The store of idempotency keys did not answer, or rejected the call.
    Store,
    /// A message with the same idempotency key and another body was completed.
    KeyConflict,
    /// The invocation of its last run ended before it answered.
    InvocationEnded,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        truncate(&mut reason, LONGEST_REASON);
        Self { kind, reason }
    }

    /// Of an error that the function returned; `permanent`: what `is_permanent` returned.
    pub(crate) fn returned(error: &BoxError, permanent: bool) -> Self {
        let kind = if permanent || is_marked(error) {
            FailureKind::Permanent
        } else {
            FailureKind::Transient
        };
        Self::new(kind, chain(error))
    }

    pub(crate) fn malformed(error: &BoxError) -> Self {
        Self::new(FailureKind::Malformed, chain(error))
    }

    /// Whether another attempt would end as this one did.
    pub(crate) fn is_permanent(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::Permanent | FailureKind::Malformed | FailureKind::KeyConflict
        )
    }
}

fn is_marked(error: &BoxError) -> bool {
    sources(error.as_ref()).any(|error| error.is::<Marked>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Wrapper(BoxError);

    impl fmt::Display for Wrapper {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cannot charge")
        }
    }

    impl Error for Wrapper {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self.0.as_ref())
        }
    }

    /// As `anyhow` and `#[error(transparent)]`: the inner error, without its type.
    #[derive(Debug)]
    struct Transparent(BoxError);

    impl fmt::Display for Transparent {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    impl Error for Transparent {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.source()
        }
    }

    #[test]
    fn permanent_is_found_wherever_it_is() {
        let permanent = || BoxError::from(Permanent::new("no such card"));
        for (error, kind, reason) in [
            (permanent(), FailureKind::Permanent, "no such card"),
            (
                Wrapper(permanent()).into(),
                FailureKind::Permanent,
                "cannot charge: no such card",
            ),
            (
                Transparent(permanent()).into(),
                FailureKind::Permanent,
                "no such card",
            ),
            (
                Wrapper("down".into()).into(),
                FailureKind::Transient,
                "cannot charge: down",
            ),
        ] {
            assert_eq!(Failure::returned(&error, false), Failure::new(kind, reason));
        }
    }

    #[test]
    fn the_hook_decides_too() {
        let failure = Failure::returned(&"gone".into(), true);

        assert_eq!(failure.kind, FailureKind::Permanent);
    }

    #[test]
    fn a_reason_is_bounded() {
        let failure = Failure::new(FailureKind::Transient, "é".repeat(5_000));

        assert!(failure.reason.len() <= LONGEST_REASON);
        assert!(failure.reason.ends_with("é…"));
    }
}
