//! Which lines are written, and which spans are kept for them.

use std::str::FromStr;

use tracing::{Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::Targets, layer::Context};

const LEVEL: &str = "AWS_LAMBDA_LOG_LEVEL";

/// `lambda_runtime` logs each error of an invocation here, which redrive has
/// logged with its type.
const REPEATED: &str = "lambda_runtime::layers::panic";

/// The level that Lambda filters by: what has it passes.
pub(super) fn level(env: impl Fn(&str) -> Option<String>) -> &'static str {
    let asked = env(LEVEL).unwrap_or_default();
    ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
        .into_iter()
        .find(|level| level.eq_ignore_ascii_case(&asked))
        .unwrap_or("INFO")
}

/// The filter, which holds back events, and the user's spans.
///
/// A line at any level is to say which invocation it is of, and that is in a
/// span at `INFO`.
pub(super) struct Levels(Targets);

impl Levels {
    /// `AWS_LAMBDA_LOG_LEVEL`, or else the directives in `RUST_LOG`, or else `INFO`.
    pub(super) fn of(env: impl Fn(&str) -> Option<String>) -> Self {
        let everything = |level| Self(Targets::new().with_default(level));
        if env(LEVEL).is_some_and(|level| !level.is_empty()) {
            return everything(match level(env) {
                "FATAL" => LevelFilter::ERROR,
                level => LevelFilter::from_str(level).unwrap_or(LevelFilter::INFO),
            });
        }
        env("RUST_LOG")
            .filter(|directives| !directives.is_empty())
            .and_then(|directives| directives.parse().ok().map(Self))
            .unwrap_or_else(|| everything(LevelFilter::INFO))
    }
}

impl<S: Subscriber> Layer<S> for Levels {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let (target, level) = (metadata.target(), metadata.level());
        let of_invocation = metadata.is_span() && is_ours(target) && *level <= LevelFilter::INFO;
        of_invocation || target != REPEATED && self.0.would_enable(target, level)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let of_events = Layer::<S>::max_level_hint(&self.0)?;
        Some(of_events.max(LevelFilter::INFO))
    }
}

/// Whether it is the engine that says so.
pub(super) fn is_ours(target: &str) -> bool {
    target.split("::").next() == Some(super::TARGET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambdas_level_is_one_of_its_own_or_info() {
        for (asked, expected) in [
            (Some("TRACE"), "TRACE"),
            (Some("debug"), "DEBUG"),
            (Some("Warn"), "WARN"),
            (Some("ERROR"), "ERROR"),
            (Some("fatal"), "FATAL"),
            (Some("loud"), "INFO"),
            (Some(""), "INFO"),
            (None, "INFO"),
        ] {
            assert_eq!(level(|_| asked.map(str::to_owned)), expected);
        }
    }

    #[test]
    fn ours_is_the_crate_and_its_modules_alone() {
        for (target, expected) in [
            ("redrive", true),
            ("redrive::redrive::task", true),
            ("redrive_orders", false),
            ("orders::redrive", false),
        ] {
            assert_eq!(is_ours(target), expected, "{target}");
        }
    }
}
