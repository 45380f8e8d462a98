//! What holds for any text as a schedule, a time zone, or both. The fuzz target
//! `schedule` includes this file.

use std::time::Duration;

use redrive_syntax::schedule::{Help, Schedule, ScheduleError, timezone};

/// The years whose clock changes `longest_gap_in` knows; see there.
const KNOWN: std::ops::Range<&str> = "2026-01-01T00:00:00Z".."2054-01-01T00:00:00Z";

/// Runs that are looked at.
const RUNS: usize = 50;

/// The longest text that is looked at, in bytes: a longer schedule is refused for
/// its length alone.
pub(crate) const LONGEST: usize = 1_000;

/// Checks a text whose first line is a schedule, the second a time zone, and the
/// third the instant after which its runs are looked at.
///
/// # Panics
///
/// As [`check`].
pub(crate) fn check_text(text: &str) {
    let mut lines = text.splitn(3, '\n');
    let schedule = lines.next().unwrap_or_default();
    match (lines.next(), lines.next()) {
        (None, _) => check(schedule),
        (Some(zone), start) => check_in(schedule, zone, start.unwrap_or(KNOWN.start)),
    }
}

/// Checks a schedule in two zones.
///
/// # Panics
///
/// If the parser or the runs break one of their promises.
pub(crate) fn check(text: &str) {
    for zone in ["UTC", "Europe/Berlin"] {
        check_in(text, zone, KNOWN.start);
    }
}

/// Checks a schedule in a zone, and its runs from an instant on if that is one.
///
/// # Panics
///
/// As [`check`].
pub(crate) fn check_in(text: &str, zone: &str, start: &str) {
    let schedule = match Schedule::parse(text) {
        Ok(schedule) => schedule,
        Err(errors) => return assert_refused(text, &errors),
    };
    assert_eq!(schedule.as_str(), text);
    // A name that is none is compared with all there are, which takes long: only
    // where it matters.
    let zone = match timezone(zone) {
        Ok(found) => found,
        Err(error) => return assert_worded(&[error]),
    };
    let longest = schedule.longest_gap();
    let longest_here = schedule.longest_gap_in(&zone);
    assert_eq!(longest.is_some(), longest_here.is_some());
    assert!(longest_here >= longest && longest != Some(Duration::ZERO));
    const DAY: Duration = Duration::from_secs(86_400);
    if let Some(short) = longest.filter(|longest| *longest < 14 * DAY) {
        // Rule `redrive_gap` relies on it.
        assert!(
            longest_here <= Some(2 * short + DAY),
            "{text}: {longest_here:?}"
        );
    }
    let _ = schedule.in_dst_gap(&zone);

    let Ok(start) = start.parse() else {
        return;
    };
    let known = KNOWN.start.parse().unwrap()..KNOWN.end.parse().unwrap();
    let mut last = None;
    let mut after = start;
    for run in schedule.upcoming(start, &zone).take(RUNS) {
        assert!(run > after, "{text}: {run} after {after}");
        if let (Some(last), Some(longest)) = (last, longest_here)
            && known.contains(&last)
            && known.contains(&run)
        {
            let wait = Duration::try_from(run.duration_since(last)).unwrap();
            assert!(wait <= longest, "{text}: from {last} to {run}");
        }
        last = Some(run);
        after = run;
    }
}

/// The errors of a schedule; what they offer is a schedule.
fn assert_refused(text: &str, errors: &[ScheduleError]) {
    assert_worded(errors);
    for error in errors {
        if let Some(Help::Write(meant)) = &error.help {
            assert!(Schedule::parse(meant).is_ok(), "{text:?}: {meant:?}");
        }
    }
}

fn assert_worded(errors: &[ScheduleError]) {
    assert!(!errors.is_empty());
    for error in errors {
        let problem = &error.problem;
        assert!(!problem.is_empty() && !problem.ends_with('.'), "{problem}");
        assert!(!problem.starts_with(char::is_uppercase), "{problem}");
        assert!(problem.chars().count() <= 110, "{problem}");
    }
}
