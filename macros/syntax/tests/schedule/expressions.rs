//! What is accepted, and that it stays as it was written.

use redrive_syntax::schedule::Schedule;

const ACCEPTED: &[&str] = &[
    // common ones
    "cron(15 10 ? * 6L 2022-2023)",
    "cron(0 12 * * ? *)",
    "cron(0/15 * * * ? *)",
    "cron(0 8 1 * ? *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(0 23 ? * SUN-THU *)",
    // every field from its least to its greatest value
    "cron(0 0 1 1 ? 1970)",
    "cron(59 23 31 12 ? 2199)",
    "cron(0 0 ? JAN SUN 1970-2199)",
    "cron(0-59 0-23 1-31 JAN-DEC ? *)",
    "cron(0 0 ? 1-12 1-7)",
    "cron(00 09 01 01 ? *)",
    // lists, ranges, steps, and all of them together
    "cron(0,5-10,*/20 0 * * ? *)",
    "cron(0 0 1,15,31 FEB,4-6 ? *)",
    "cron(0 8-18/2 */5 1/3 ? 2026/2)",
    "cron(5-5 0 ? * MON,WED,6-7 *)",
    "cron(*/59 */23 */31 */12 ? */229)",
    // special days
    "cron(0 0 L * ? *)",
    "cron(0 0 LW * ? *)",
    "cron(0 0 1W * ? *)",
    "cron(0 0 31W * ? *)",
    "cron(0 0 ? * L *)",
    "cron(0 0 ? * 1L *)",
    "cron(0 0 ? * FRIL *)",
    "cron(0 0 ? * 7#5 *)",
    "cron(0 0 ? * TUE#2 *)",
    // white space between fields
    "cron(0  0 *\t* ? *)",
    "rate(1 minute)",
    "rate(1 hour)",
    "rate(1 day)",
    "rate(2 minutes)",
    "rate(12  hours)",
    "rate(36500 days)",
];

#[test]
fn what_aws_documents_is_accepted_as_it_stands() {
    for text in ACCEPTED {
        let schedule = Schedule::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        assert_eq!(schedule.as_str(), *text);
        assert_eq!(schedule.to_string(), *text);
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_stored_schedule_is_checked_when_it_is_read() {
    let schedule = Schedule::parse("rate(12 hours)").unwrap();
    let stored = serde_json::to_string(&schedule).unwrap();
    assert_eq!(stored, r#""rate(12 hours)""#);
    assert_eq!(serde_json::from_str::<Schedule>(&stored).unwrap(), schedule);
    let error = serde_json::from_str::<Schedule>(r#""cron(60 25 * * ? *)""#).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("`60`") && error.contains("`25`"), "{error}");
}
