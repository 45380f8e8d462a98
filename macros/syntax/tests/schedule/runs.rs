//! When schedules run: on the calendar, and where a clock changes.

use jiff::{Timestamp, ZonedDateTime};
use redrive_syntax::schedule::{Schedule, timezone};

fn runs(schedule: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let zone = timezone(zone).unwrap();
    let after: Timestamp = after.parse().unwrap();
    Schedule::parse(schedule)
        .unwrap()
        .upcoming(after, &zone)
        .take(count)
        .map(|run| {
            ZonedDateTime::new(run, zone.clone())
                .strftime("%F %H:%M %z")
                .to_string()
        })
        .collect()
}

fn days(schedule: &str, after: &str, count: usize) -> Vec<String> {
    runs(schedule, "UTC", after, count)
        .into_iter()
        .map(|run| run[..10].to_owned())
        .collect()
}

#[test]
fn special_days_are_those_of_the_calendar() {
    let year = "2026-01-01T00:00:00Z";
    assert_eq!(
        days("cron(0 1 L * ? *)", year, 3),
        ["2026-01-31", "2026-02-28", "2026-03-31"]
    );
    // 31 January 2026 is a Saturday, 31 May a Sunday.
    assert_eq!(
        days("cron(0 1 LW 1,5 ? *)", year, 2),
        ["2026-01-30", "2026-05-29"]
    );
    // 1 August 2026 is a Saturday: the nearest weekday of the month is Monday.
    assert_eq!(days("cron(0 1 1W 8 ? *)", year, 1), ["2026-08-03"]);
    // 15 February 2026 is a Sunday, 15 August a Saturday, 15 April a Wednesday.
    assert_eq!(
        days("cron(0 1 15W 2,4,8 ? *)", year, 3),
        ["2026-02-16", "2026-04-15", "2026-08-14"]
    );
    // 31 May 2026 is a Sunday, and months without a 31st have no such day.
    assert_eq!(
        days("cron(0 1 31W 4-6 ? *)", year, 2),
        ["2026-05-29", "2027-05-31"]
    );
    assert_eq!(
        days("cron(0 1 ? * 6L *)", year, 2),
        ["2026-01-30", "2026-02-27"]
    );
    assert_eq!(
        days("cron(0 1 ? * 3#2 *)", year, 2),
        ["2026-01-13", "2026-02-10"]
    );
    assert_eq!(
        days("cron(0 1 ? * 5#5 *)", year, 2),
        ["2026-01-29", "2026-04-30"]
    );
    // The last day of the week is Saturday.
    assert_eq!(days("cron(0 1 ? * L *)", year, 1), ["2026-01-03"]);
    assert_eq!(days("cron(0 1 ? * 1 *)", year, 1), ["2026-01-04"]);
}

#[test]
fn a_run_is_after_the_instant_to_the_second() {
    let daily = "cron(0 12 * * ? *)";
    let first = |after| runs(daily, "UTC", after, 1).remove(0);
    assert_eq!(first("2026-01-01T11:59:59Z"), "2026-01-01 12:00 +0000");
    assert_eq!(first("2026-01-01T12:00:00Z"), "2026-01-02 12:00 +0000");
    assert_eq!(first("2026-01-01T12:00:01Z"), "2026-01-02 12:00 +0000");
}

#[test]
fn years_begin_and_end() {
    assert_eq!(
        days("cron(0 0 29 2 ? *)", "2095-01-01T00:00:00Z", 2),
        ["2096-02-29", "2104-02-29"]
    );
    assert_eq!(
        days("cron(0 0 1 1 ? 2030-2031)", "2026-01-01T00:00:00Z", 9),
        ["2030-01-01", "2031-01-01"]
    );
    assert!(days("cron(0 0 1 1 ? 2025)", "2026-01-01T00:00:00Z", 1).is_empty());
    assert_eq!(
        days("cron(0 0 31 12 ? *)", "2198-12-31T00:00:00Z", 2),
        ["2199-12-31"]
    );
    assert!(days("cron(* * * * ? *)", "2300-01-01T00:00:00Z", 1).is_empty());
    assert_eq!(
        days("cron(* * * * ? *)", "1066-10-14T09:00:00Z", 1),
        ["1970-01-01"]
    );
}

#[test]
fn a_time_the_clock_skips_has_no_run() {
    // Israel goes from 02:00 to 03:00 on 27 March 2026.
    assert_eq!(
        runs(
            "cron(30 2 * * ? *)",
            "Asia/Jerusalem",
            "2026-03-25T12:00:00Z",
            2
        ),
        ["2026-03-26 02:30 +0200", "2026-03-28 02:30 +0300"]
    );
    assert_eq!(
        runs(
            "cron(30 * * * ? *)",
            "Asia/Jerusalem",
            "2026-03-26T23:00:00Z",
            2
        ),
        ["2026-03-27 01:30 +0200", "2026-03-27 03:30 +0300"]
    );
    // The end of the gap is a time the clock shows.
    assert_eq!(
        runs(
            "cron(0 2,3 * * ? *)",
            "Asia/Jerusalem",
            "2026-03-26T22:00:00Z",
            1
        ),
        ["2026-03-27 03:00 +0300"]
    );
    // Samoa had no 30 December 2011.
    assert_eq!(
        runs(
            "cron(0 9 * * ? *)",
            "Pacific/Apia",
            "2011-12-29T00:00:00Z",
            3
        ),
        [
            "2011-12-29 09:00 -1000",
            "2011-12-31 09:00 +1400",
            "2012-01-01 09:00 +1400"
        ]
    );
}

#[test]
fn a_time_the_clock_shows_twice_runs_the_first_time() {
    // Israel goes from 02:00 back to 01:00 on 25 October 2026.
    assert_eq!(
        runs(
            "cron(30 1 * * ? *)",
            "Asia/Jerusalem",
            "2026-10-24T12:00:00Z",
            2
        ),
        ["2026-10-25 01:30 +0300", "2026-10-26 01:30 +0200"]
    );
    let between = "2026-10-24T22:45:00Z";
    assert_eq!(
        runs("cron(30 1 * * ? *)", "Asia/Jerusalem", between, 1),
        ["2026-10-26 01:30 +0200"]
    );
    assert_eq!(
        runs("cron(0/30 * * * ? *)", "Asia/Jerusalem", between, 2),
        ["2026-10-25 02:00 +0200", "2026-10-25 02:30 +0200"]
    );
    // From within the second time.
    assert_eq!(
        runs(
            "cron(* * * * ? *)",
            "Asia/Jerusalem",
            "2026-10-24T23:10:00Z",
            1
        ),
        ["2026-10-25 02:00 +0200"]
    );
    // Lord Howe Island changes by half an hour, from 02:00 back to 01:30.
    assert_eq!(
        runs(
            "cron(0/15 1-2 * * ? *)",
            "Australia/Lord_Howe",
            "2026-04-04T14:20:00Z",
            4
        ),
        [
            "2026-04-05 01:30 +1100",
            "2026-04-05 01:45 +1100",
            "2026-04-05 02:00 +1030",
            "2026-04-05 02:15 +1030"
        ]
    );
}

#[test]
fn a_rate_counts_from_the_run_before() {
    assert_eq!(
        runs("rate(1 day)", "Asia/Jerusalem", "2026-03-26T00:30:00Z", 2),
        ["2026-03-27 03:30 +0300", "2026-03-28 03:30 +0300"]
    );
    assert_eq!(
        runs("rate(90 minutes)", "UTC", "2026-01-01T00:00:00Z", 2),
        ["2026-01-01 01:30 +0000", "2026-01-01 03:00 +0000"]
    );
    let utc = timezone("UTC").unwrap();
    let rate = Schedule::parse("rate(1 minute)").unwrap();
    assert_eq!(rate.next_after(Timestamp::MAX, &utc), None);
}
