//! The longest wait between runs, and runs that a clock change skips.

use jiff::Timestamp;
use redrive_syntax::schedule::{Schedule, timezone};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

fn longest(schedule: &str) -> Option<u64> {
    Schedule::parse(schedule)
        .unwrap()
        .longest_gap()
        .map(|gap| gap.as_secs())
}

#[test]
fn the_longest_wait_is_known() {
    let table = [
        ("cron(* * * * ? *)", MINUTE),
        ("cron(0/15 * * * ? *)", 15 * MINUTE),
        ("cron(0/40 * * * ? *)", 40 * MINUTE),
        ("cron(0 9-17 * * ? *)", 16 * HOUR),
        ("cron(0 0 * * ? *)", DAY),
        ("cron(0 23 ? * SUN-THU *)", 3 * DAY),
        ("cron(0 9-17 ? * MON-FRI *)", 2 * DAY + 16 * HOUR),
        ("cron(0 0 ? * MON *)", 7 * DAY),
        ("cron(0 0 1 * ? *)", 31 * DAY),
        ("cron(0 0 31 * ? *)", 61 * DAY),
        ("cron(0 0 29 * ? *)", 59 * DAY),
        ("cron(0 0 1 1 ? *)", 366 * DAY),
        // 2100 is not a leap year.
        ("cron(0 0 29 2 ? *)", (8 * 365 + 1) * DAY),
        ("cron(0 0 1 1 ? */10)", (10 * 365 + 3) * DAY),
        ("rate(12 hours)", 12 * HOUR),
        ("rate(7 days)", 7 * DAY),
    ];
    for (schedule, wait) in table {
        assert_eq!(longest(schedule), Some(wait), "{schedule}");
    }
}

#[test]
fn a_schedule_that_ends_waits_for_ever() {
    assert_eq!(longest("cron(0 0 * * ? 2026-2198)"), None);
    assert_eq!(longest("cron(0 0 1 1 ? 2199)"), None);
    assert_eq!(longest("cron(0 1,2 31 12 ? 2199)"), None);
    assert_eq!(longest("cron(0 0 29 2 ? 2196-2199)"), None);
    assert_eq!(longest("cron(0 0 * * ? 2026-2199)"), Some(DAY));
}

/// By walking over every run there is.
#[test]
fn the_longest_wait_is_that_of_the_calendar() {
    let utc = timezone("UTC").unwrap();
    let before: Timestamp = "1969-12-31T23:59:59Z".parse().unwrap();
    let schedules = [
        "cron(7 3 L * ? *)",
        "cron(7 3,22 LW * ? *)",
        "cron(7 3 31W * ? *)",
        "cron(7 3 15W 2,3 ? *)",
        "cron(7,9 3 ? * 6L *)",
        "cron(7 3 ? * 3#5 *)",
        "cron(7 3 ? 2 3#5 *)",
        "cron(7 3 ? 1,12 7#1 *)",
        "cron(7 3 29-31 1/2 ? *)",
        "cron(7 3,4 29 2 ? 2000-2199)",
        "cron(7 3 30 4-9 ? 1971/4)",
        "cron(7 3 ? 5 MON,FRI *)",
    ];
    for text in schedules {
        let schedule = Schedule::parse(text).unwrap();
        let runs: Vec<Timestamp> = schedule.upcoming(before, &utc).collect();
        let longest = runs
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_secs() as u64)
            .max();
        assert!(runs.len() > 5, "{text}");
        assert_eq!(
            schedule.longest_gap().map(|gap| gap.as_secs()),
            longest,
            "{text}"
        );
    }
}

fn skipped(schedule: &str, zone: &str) -> Option<String> {
    Schedule::parse(schedule)
        .unwrap()
        .in_dst_gap(&timezone(zone).unwrap())
        .map(|run| run.strftime("%F %H:%M").to_string())
}

#[test]
fn a_run_in_a_skipped_hour_is_found() {
    let table = [
        ("cron(0 2 * * ? *)", "Asia/Jerusalem", "2026-03-27 02:00"),
        ("cron(59 2 * * ? *)", "Asia/Jerusalem", "2026-03-27 02:59"),
        // Israel changes on a Friday, Europe on a Sunday.
        (
            "cron(30 2 ? * SUN-FRI *)",
            "Asia/Jerusalem",
            "2026-03-27 02:30",
        ),
        ("cron(30 2 ? * SUN *)", "Europe/Berlin", "2026-03-29 02:30"),
        ("cron(30 2 28 3 ? *)", "Europe/Berlin", "2027-03-28 02:30"),
        (
            "cron(30 2 * * ? 2040-2050)",
            "Europe/Berlin",
            "2040-03-25 02:30",
        ),
        (
            "cron(10 2 * * ? *)",
            "Australia/Lord_Howe",
            "2026-10-04 02:10",
        ),
        // Havana and Beirut change at midnight.
        ("cron(0 0 * * ? *)", "America/Havana", "2026-03-08 00:00"),
    ];
    for (schedule, zone, run) in table {
        assert_eq!(
            skipped(schedule, zone).as_deref(),
            Some(run),
            "{schedule} {zone}"
        );
    }
}

#[test]
fn a_run_outside_or_soon_repeated_is_not() {
    let table = [
        ("cron(0 23 ? * SUN-THU *)", "Asia/Jerusalem"),
        ("cron(0 3 * * ? *)", "Asia/Jerusalem"),
        ("cron(59 1 * * ? *)", "Asia/Jerusalem"),
        ("cron(30 2 ? * SUN-THU *)", "Asia/Jerusalem"),
        ("cron(30 2 ? 6 SUN *)", "Europe/Berlin"),
        ("cron(30 2 * * ? 2060)", "Europe/Berlin"),
        ("cron(30 2 * * ? *)", "UTC"),
        ("cron(30 2 * * ? *)", "Asia/Tokyo"),
        // An hour on, the next run is there.
        ("cron(30 * * * ? *)", "Asia/Jerusalem"),
        ("cron(0/5 * * * ? *)", "Asia/Jerusalem"),
        ("rate(1 day)", "Asia/Jerusalem"),
    ];
    for (schedule, zone) in table {
        assert_eq!(skipped(schedule, zone), None, "{schedule} {zone}");
    }
}

#[test]
fn clock_changes_make_waits_longer() {
    let table = [
        // an hour more when clocks go back
        ("cron(0 23 * * ? *)", "Asia/Jerusalem", 25 * HOUR),
        ("cron(0 23 ? * SUN-THU *)", "Asia/Jerusalem", 3 * DAY + HOUR),
        ("cron(0 0 ? * MON *)", "Europe/Berlin", 7 * DAY + HOUR),
        ("cron(* * * * ? *)", "Europe/Berlin", HOUR + MINUTE),
        ("cron(0/15 * * * ? *)", "Australia/Lord_Howe", 45 * MINUTE),
        // a run less when they go forward
        ("cron(30 2 * * ? *)", "Asia/Jerusalem", 2 * DAY - HOUR),
        ("cron(30 2 ? * SUN *)", "Europe/Berlin", 14 * DAY - HOUR),
        ("cron(0 0 29 2 ? *)", "Europe/Berlin", (8 * 365 + 1) * DAY),
        ("cron(0 23 * * ? *)", "UTC", DAY),
        ("cron(0 23 * * ? *)", "Asia/Tokyo", DAY),
        ("rate(1 day)", "Europe/Berlin", DAY),
    ];
    for (text, zone, wait) in table {
        let schedule = Schedule::parse(text).unwrap();
        let longest = schedule.longest_gap_in(&timezone(zone).unwrap());
        assert_eq!(
            longest.map(|gap| gap.as_secs()),
            Some(wait),
            "{text} {zone}"
        );
    }
    let ends = Schedule::parse("cron(0 0 * * ? 2026-2030)").unwrap();
    assert_eq!(
        ends.longest_gap_in(&timezone("Europe/Berlin").unwrap()),
        None
    );
}

/// By walking over every run of the years in which clock changes are known.
#[test]
fn the_longest_wait_in_a_zone_is_that_of_its_clock() {
    let schedules = [
        "cron(30 2 * * ? *)",
        "cron(30 0,2 ? * SUN,WED *)",
        "cron(15 1 ? * SUN *)",
        "cron(0 2 L 3,10 ? *)",
        "cron(0 3 1,25-31 * ? *)",
    ];
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let end: Timestamp = "2053-12-31T00:00:00Z".parse().unwrap();
    for zone in [
        "Europe/Berlin",
        "Asia/Jerusalem",
        "America/Havana",
        "Antarctica/Troll",
    ] {
        let zone = timezone(zone).unwrap();
        for text in schedules {
            let schedule = Schedule::parse(text).unwrap();
            let runs: Vec<Timestamp> = schedule
                .upcoming(start, &zone)
                .take_while(|run| *run < end)
                .collect();
            let walked = runs
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).as_secs() as u64)
                .max();
            let longest = schedule.longest_gap_in(&zone).map(|gap| gap.as_secs());
            assert_eq!(
                longest,
                walked.max(schedule.longest_gap().map(|gap| gap.as_secs())),
                "{text}"
            );
        }
    }
}
