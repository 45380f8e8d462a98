//! EventBridge Scheduler: when each redrive function runs, and Lambda's retries
//! of its asynchronous invocations.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use redrive_syntax::function::Redrive;
use redrive_syntax::schedule;

use crate::clock::add;

/// The waits before the second and the third attempt of an asynchronous
/// invocation; see
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
const RETRY_WAITS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// One schedule and its target.
#[derive(Debug)]
pub(crate) struct Scheduler {
    redrive: Redrive,
    zone: TimeZone,
    next: Option<Timestamp>,
    retries: Vec<Attempt>,
}

/// An invocation that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// 1 for the first.
    pub(crate) number: usize,
    pub(crate) at: Timestamp,
}

impl Scheduler {
    /// A schedule that was created at `start`; `None` if its time zone does not
    /// exist, which the build rejects.
    pub(crate) fn new(redrive: &Redrive, start: Timestamp) -> Option<Self> {
        let zone = schedule::timezone(&redrive.timezone).ok()?;
        Some(Self {
            next: redrive.schedule.next_after(start, &zone),
            redrive: redrive.clone(),
            zone,
            retries: Vec::new(),
        })
    }

    /// The schedule, and the time in its time zone.
    pub(crate) fn describe(&self, now: Timestamp) -> String {
        let local = now.to_zoned_datetime(self.zone.clone());
        let (schedule, zone) = (&self.redrive.schedule, &self.redrive.timezone);
        format!("{schedule}, {} in {zone}", local.strftime("%H:%M"))
    }

    /// The next invocation that is due.
    pub(crate) fn poll(&mut self, now: Timestamp) -> Option<Attempt> {
        if let Some(due) = self.retries.iter().position(|retry| retry.at <= now) {
            return Some(self.retries.remove(due));
        }
        let at = self.next.filter(|&next| next <= now)?;
        self.next = self.redrive.schedule.next_after(at, &self.zone);
        Some(Attempt { number: 1, at })
    }

    /// Ends the schedule; retries still run.
    pub(crate) fn stop(&mut self) {
        self.next = None;
    }

    /// Schedules the next attempt at a failed invocation and returns the wait until
    /// then, or `None` if there is no further retry.
    pub(crate) fn failed(&mut self, attempt: Attempt, now: Timestamp) -> Option<Duration> {
        let wait = *RETRY_WAITS.get(attempt.number - 1)?;
        self.retries.push(Attempt {
            number: attempt.number + 1,
            at: add(now, wait),
        });
        Some(wait)
    }

    /// When the next invocation is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let retries = self.retries.iter().map(|retry| retry.at);
        retries.chain(self.next).min()
    }

    /// Whether Lambda will retry an invocation.
    pub(crate) fn is_retrying(&self) -> bool {
        !self.retries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redrive_syntax::schedule::Schedule;

    fn scheduler(expression: &str, timezone: &str) -> Scheduler {
        let redrive = Redrive {
            schedule: Schedule::parse(expression).unwrap(),
            timezone: timezone.to_owned(),
            max_per_second: None,
        };
        Scheduler::new(&redrive, at("2026-01-05T09:00:00Z")).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn runs_in_its_own_time_zone() {
        let mut scheduler = scheduler("cron(0 23 ? * SUN-THU *)", "Asia/Jerusalem");
        let due = at("2026-01-05T21:00:00Z");
        assert_eq!(scheduler.next_due(), Some(due));
        assert_eq!(scheduler.poll(at("2026-01-05T20:59:59Z")), None);
        assert_eq!(scheduler.poll(due), Some(Attempt { number: 1, at: due }));
        assert_eq!(scheduler.poll(due), None);
        assert_eq!(scheduler.next_due(), Some(at("2026-01-06T21:00:00Z")));
    }

    #[test]
    fn lambda_retries_a_failed_invocation_twice() {
        let mut scheduler = scheduler("rate(1 day)", "UTC");
        let due = at("2026-01-06T09:00:00Z");
        let first = scheduler.poll(due).unwrap();
        assert!(scheduler.failed(first, due).is_some());
        let second = scheduler.poll(at("2026-01-06T09:01:00Z")).unwrap();
        assert_eq!(second.number, 2);
        assert!(scheduler.failed(second, second.at).is_some());
        let third = scheduler.poll(at("2026-01-06T09:03:00Z")).unwrap();
        assert_eq!(third.number, 3);
        assert_eq!(scheduler.failed(third, third.at), None);
        assert!(!scheduler.is_retrying());
    }

    #[test]
    fn each_failed_invocation_has_its_own_retries() {
        let mut scheduler = scheduler("rate(1 minute)", "UTC");
        let now = at("2026-01-05T09:02:00Z");
        let first = scheduler.poll(now).unwrap();
        let second = scheduler.poll(now).unwrap();
        scheduler.failed(first, now);
        scheduler.failed(second, now);
        scheduler.stop();
        let numbers: Vec<_> = std::iter::from_fn(|| scheduler.poll(at("2026-01-05T09:03:00Z")))
            .map(|attempt| attempt.number)
            .collect();
        assert_eq!(numbers, [2, 2]);
    }
}
