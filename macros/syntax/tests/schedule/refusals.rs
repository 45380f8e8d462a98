//! One line of a table for each way an expression can be wrong.

use redrive_syntax::schedule::{Help, Schedule, ScheduleError};

fn refused(text: &str) -> Vec<ScheduleError> {
    Schedule::parse(text).expect_err(text)
}

/// The problem, and what to do.
fn reported(error: &ScheduleError) -> String {
    match &error.help {
        Some(Help::Write(meant)) => format!("{} -> {meant}", error.problem),
        Some(Help::Advice(advice)) => format!("{}: {advice}", error.problem),
        None => error.problem.clone(),
    }
}

/// The field that is wrong, or the whole text.
fn place<'t>(text: &'t str, error: &ScheduleError) -> &'t str {
    let mut fields = text
        .trim_start_matches("cron(")
        .trim_end_matches(')')
        .split_ascii_whitespace();
    let field = error.field.map(|field| fields.nth(field).expect("a field"));
    field.unwrap_or(text)
}

/// `text` has one mistake: at `place`, against `rule`, reported in these words.
fn assert_refused(text: &str, place: &str, rule: &str, words: &str) {
    let errors = refused(text);
    let [error] = errors.as_slice() else {
        panic!("{text}: {errors:?}");
    };
    assert_eq!(self::place(text, error), place, "{text}");
    assert_eq!(error.rule.id, rule, "{text}");
    assert!(
        reported(error).contains(words),
        "{text}: {}",
        reported(error)
    );
}

#[test]
fn fields_hold_what_aws_documents() {
    let table = [
        // (expression, field, words of the message)
        (
            "cron(60 0 * * ? *)",
            "60",
            "the minute field contains `60`; only 0 to 59 are allowed",
        ),
        (
            "cron(0 25 * * ? *)",
            "25",
            "the hour field contains `25`; only 0 to 23 are allowed",
        ),
        (
            "cron(0 24 * * ? *)",
            "24",
            "the hour field contains `24`; only 0 to 23 are allowed",
        ),
        (
            "cron(0 0 0 * ? *)",
            "0",
            "the day-of-month field contains `0`; only 1 to 31 are allowed -> cron(0 0 1 * ? *)",
        ),
        (
            "cron(0 0 32 * ? *)",
            "32",
            "the day-of-month field contains `32`; only 1 to 31 are allowed",
        ),
        (
            "cron(0 0 * 13 ? *)",
            "13",
            "the month field contains `13`; only 1 to 12, or JAN to DEC, are allowed",
        ),
        (
            "cron(0 0 ? * 8 *)",
            "8",
            "the day-of-week field contains `8`; only 1 to 7, or SUN to SAT, are allowed",
        ),
        (
            "cron(0 0 ? * 0 *)",
            "0",
            "the day-of-week field contains `0`; days count from 1 (SUN) -> cron(0 0 ? * SUN *)",
        ),
        (
            "cron(0 23 ? * 0-4 *)",
            "0-4",
            "the day-of-week field contains `0-4`; days count from 1 (SUN) -> cron(0 23 ? * SUN-THU *)",
        ),
        (
            "cron(0 23 ? * 1,0 *)",
            "1,0",
            "the day-of-week field contains `1,0`; days count from 1 (SUN) -> cron(0 23 ? * MON,SUN *)",
        ),
        (
            "cron(0 0 * * ? 1969)",
            "1969",
            "the year field contains `1969`; only 1970 to 2199 are allowed",
        ),
        (
            "cron(0 0 * * ? 2200)",
            "2200",
            "the year field contains `2200`; only 1970 to 2199 are allowed",
        ),
        (
            "cron(-5 0 * * ? *)",
            "-5",
            "the minute field contains `-5`; only 0 to 59 are allowed",
        ),
        (
            "cron(+5 0 * * ? *)",
            "+5",
            "the minute field contains `+5`; only 0 to 59 are allowed",
        ),
        (
            "cron(1.5 0 * * ? *)",
            "1.5",
            "the minute field contains `1.5`; only 0 to 59 are allowed",
        ),
        (
            "cron(99999999999 0 * * ? *)",
            "99999999999",
            "the minute field contains `99999999999`; only 0 to 59 are allowed",
        ),
        (
            "cron(0 0 ? * SUNDAY *)",
            "SUNDAY",
            "the day-of-week field contains `SUNDAY`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * SUN *)",
        ),
        (
            "cron(0 0 ? * THUR *)",
            "THUR",
            "the day-of-week field contains `THUR`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * THU *)",
        ),
        (
            "cron(0 0 ? * mon *)",
            "mon",
            "the day-of-week field contains `mon`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * MON *)",
        ),
        (
            "cron(0 0 ? * MNO *)",
            "MNO",
            "the day-of-week field contains `MNO`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * MON *)",
        ),
        (
            "cron(0 0 ? * MON-FRIDAY *)",
            "MON-FRIDAY",
            "the day-of-week field contains `FRIDAY`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * MON-FRI *)",
        ),
        (
            "cron(0 0 * January ? *)",
            "January",
            "the month field contains `January`; only 1 to 12, or JAN to DEC, are allowed -> cron(0 0 * JAN ? *)",
        ),
        (
            "cron(0 0 * SUN ? *)",
            "SUN",
            "the month field contains `SUN`; only 1 to 12, or JAN to DEC, are allowed -> cron(0 0 * JUN ? *)",
        ),
        (
            "cron(0 0 ? * FRI-MON *)",
            "FRI-MON",
            "the day-of-week field contains `FRI-MON`; a range cannot wrap around -> cron(0 0 ? * FRI-SAT,SUN-MON *)",
        ),
        (
            "cron(0 0 ? * SAT-SUN *)",
            "SAT-SUN",
            "the day-of-week field contains `SAT-SUN`; a range cannot wrap around -> cron(0 0 ? * SAT,SUN *)",
        ),
        (
            "cron(0 0 ? * 6-2 *)",
            "6-2",
            "the day-of-week field contains `6-2`; a range cannot wrap around -> cron(0 0 ? * 6-7,1-2 *)",
        ),
        (
            "cron(0 22-4 * * ? *)",
            "22-4",
            "the hour field contains `22-4`; a range cannot wrap around -> cron(0 22-23,0-4 * * ? *)",
        ),
        (
            "cron(0 0 ? NOV-FEB MON *)",
            "NOV-FEB",
            "the month field contains `NOV-FEB`; a range cannot wrap around -> cron(0 0 ? NOV-DEC,JAN-FEB MON *)",
        ),
        (
            "cron(0/0 0 * * ? *)",
            "0/0",
            "the minute field contains `0/0`; a step is a number from 1 to 59 -> cron(0/5 0 * * ? *)",
        ),
        (
            "cron(0/90 0 * * ? *)",
            "0/90",
            "the minute field contains `0/90`; a step is a number from 1 to 59 -> cron(0/5 0 * * ? *)",
        ),
        (
            "cron(0 */ * * ? *)",
            "*/",
            "the hour field contains `*/`; a step is a number from 1 to 23 -> cron(0 */5 * * ? *)",
        ),
        (
            "cron(0 */x * * ? *)",
            "*/x",
            "the hour field contains `*/x`; a step is a number from 1 to 23 -> cron(0 */5 * * ? *)",
        ),
        (
            "cron(/5 0 * * ? *)",
            "/5",
            "the minute field contains an empty value; only 0 to 59 are allowed",
        ),
        (
            "cron(0 0 ? * MON/2 *)",
            "MON/2",
            "the day-of-week field contains `MON/2`; steps are not allowed: list the days, such as `MON,WED,FRI`",
        ),
        (
            "cron(1, 0 * * ? *)",
            "1,",
            "the minute field contains an empty value; only 0 to 59 are allowed",
        ),
        (
            "cron(1- 0 * * ? *)",
            "1-",
            "the minute field contains an empty value; only 0 to 59 are allowed",
        ),
        (
            "cron(*,5 0 * * ? *)",
            "*,5",
            "the minute field contains `*,5`; `*` includes all other values -> cron(* 0 * * ? *)",
        ),
        (
            "cron(? 0 * * ? *)",
            "?",
            "the minute field contains `?`; only 0 to 59 are allowed -> cron(* 0 * * ? *)",
        ),
        (
            "cron(0 0 ? * MON,? *)",
            "MON,?",
            "the day-of-week field contains `?`; only 1 to 7, or SUN to SAT, are allowed",
        ),
        (
            "cron(L 0 * * ? *)",
            "L",
            "the minute field contains `L`; only 0 to 59 are allowed",
        ),
        (
            "cron(0 0 L-3 * ? *)",
            "L-3",
            "the day-of-month field contains `L-3`; `L`, `LW` and such as `3W` are allowed only alone",
        ),
        (
            "cron(0 0 1,L * ? *)",
            "1,L",
            "the day-of-month field contains `1,L`; `L`, `LW` and such as `3W` are allowed only alone",
        ),
        (
            "cron(0 0 1W,15W * ? *)",
            "1W,15W",
            "the day-of-month field contains `1W,15W`; `L`, `LW` and such as `3W` are allowed only alone",
        ),
        (
            "cron(0 0 WL * ? *)",
            "WL",
            "the day-of-month field contains `WL`; `L`, `LW` and such as `3W` are allowed only alone -> cron(0 0 LW * ? *)",
        ),
        (
            "cron(0 0 W3 * ? *)",
            "W3",
            "the day-of-month field contains `W3`; `L`, `LW` and such as `3W` are allowed only alone -> cron(0 0 3W * ? *)",
        ),
        (
            "cron(0 0 3w * ? *)",
            "3w",
            "the day-of-month field contains `3w`; only 1 to 31 are allowed -> cron(0 0 3W * ? *)",
        ),
        (
            "cron(0 0 l * ? *)",
            "l",
            "the day-of-month field contains `l`; only 1 to 31 are allowed -> cron(0 0 L * ? *)",
        ),
        (
            "cron(0 0 ? * L6 *)",
            "L6",
            "the day-of-week field contains `L6`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * 6L *)",
        ),
        (
            "cron(0 0 ? * LFRI *)",
            "LFRI",
            "the day-of-week field contains `LFRI`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * FRIL *)",
        ),
        (
            "cron(0 0 ? * 6l *)",
            "6l",
            "the day-of-week field contains `6l`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * 6L *)",
        ),
        (
            "cron(0 0 ? * friL *)",
            "friL",
            "the day-of-week field contains `fri`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * FRIL *)",
        ),
        (
            "cron(0 0 ? * MON–FRI *)",
            "MON–FRI",
            "the day-of-week field contains `MON–FRI`; only 1 to 7, or SUN to SAT, are allowed -> cron(0 0 ? * MON-FRI *)",
        ),
        (
            "cron(0 8–18 * * ? *)",
            "8–18",
            "the hour field contains `8–18`; only 0 to 23 are allowed -> cron(0 8-18 * * ? *)",
        ),
        (
            "cron(0 0 32W * ? *)",
            "32W",
            "the day-of-month field contains `32`; only 1 to 31 are allowed",
        ),
        (
            "cron(0 0 ? * 3W *)",
            "3W",
            "the day-of-week field contains `3W`; only 1 to 7, or SUN to SAT, are allowed",
        ),
        (
            "cron(0 0 3#2 * ? *)",
            "3#2",
            "the day-of-month field contains `3#2`; only 1 to 31 are allowed",
        ),
        (
            "cron(0 0 ? * 3#6 *)",
            "3#6",
            "the day-of-week field contains `3#6`; after `#`, 1 to 5 is allowed",
        ),
        (
            "cron(0 0 ? * 3# *)",
            "3#",
            "the day-of-week field contains `3#`; after `#`, 1 to 5 is allowed",
        ),
        (
            "cron(0 0 ? * 8#1 *)",
            "8#1",
            "the day-of-week field contains `8`; only 1 to 7, or SUN to SAT, are allowed",
        ),
        (
            "cron(0 0 ? * 3#1,5#1 *)",
            "3#1,5#1",
            "the day-of-week field contains `3#1,5#1`; `#` and `L` are allowed only alone, such as `6L`",
        ),
        (
            "cron(0 0 ? * 2L,6L *)",
            "2L,6L",
            "the day-of-week field contains `2L,6L`; `#` and `L` are allowed only alone, such as `6L`",
        ),
        (
            "cron(0 0 ? * 9L *)",
            "9L",
            "the day-of-week field contains `9`; only 1 to 7, or SUN to SAT, are allowed",
        ),
        (
            "cron(0 0 ? * ÜL *)",
            "ÜL",
            "the day-of-week field contains `Ü`; only 1 to 7, or SUN to SAT, are allowed",
        ),
    ];
    for (text, field, words) in table {
        assert_refused(text, field, "schedule_field", words);
    }
}

#[test]
fn exactly_one_day_field_is_a_question_mark() {
    let table = [
        (
            "cron(0 23 * * *)",
            "day-of-week must be `?` if day-of-month is set -> cron(0 23 * * ?)",
        ),
        (
            "cron(0 23 1 * * *)",
            "day-of-week must be `?` if day-of-month is set -> cron(0 23 1 * ? *)",
        ),
        (
            "cron(0 23 * * MON *)",
            "day-of-month must be `?` if day-of-week is set -> cron(0 23 ? * MON *)",
        ),
        (
            "cron(0 23 1 * MON *)",
            "day-of-month and day-of-week are both set, but only one can be: write `?` for day-of-month or for day-of-week",
        ),
        (
            "cron(0 23 ? * ? *)",
            "day-of-month and day-of-week are both `?`, so no days are specified -> cron(0 23 * * ? *)",
        ),
    ];
    for (text, words) in table {
        let errors = refused(text);
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert_eq!(errors[0].rule.id, "schedule_days", "{text}");
        assert_eq!(reported(&errors[0]), words, "{text}");
    }
    // The place to write it: the third field here, the fifth otherwise.
    assert_eq!(refused("cron(0 23 * * MON *)")[0].field, Some(2));
    assert_eq!(refused("cron(0 23 * * *)")[0].field, Some(4));
}

#[test]
fn everything_wrong_is_said_at_once_in_the_order_of_the_text() {
    let text = "cron(61 */0 99 13 MON 1900)";
    let errors = refused(text);
    let places: Vec<_> = errors
        .iter()
        .map(|error| (place(text, error), error.rule.id))
        .collect();
    assert_eq!(
        places,
        [
            ("61", "schedule_field"),
            ("*/0", "schedule_field"),
            ("99", "schedule_field"),
            ("13", "schedule_field"),
            ("MON", "schedule_days"),
            ("1900", "schedule_field"),
        ]
    );
    assert_eq!(refused("cron(70,71 0 * * ? *)").len(), 2);
}

#[test]
fn the_form_is_one_of_two() {
    let table = [
        ("", "`` is not `cron(…)` or `rate(…)`"),
        ("  ", "`  ` is not `cron(…)` or `rate(…)`"),
        ("nightly", "`nightly` is not `cron(…)` or `rate(…)`"),
        (
            "0 23 * * *",
            "`0 23 * * *` is not `cron(…)` or `rate(…)` -> cron(0 23 * * ? *)",
        ),
        (
            "30 2 1 * *",
            "`30 2 1 * *` is not `cron(…)` or `rate(…)` -> cron(30 2 1 * ? *)",
        ),
        (
            "0 23 * * 1-5",
            "`0 23 * * 1-5` is not `cron(…)` or `rate(…)` -> cron(0 23 ? * MON-FRI *)",
        ),
        (
            "0 23 * * 0,6",
            "`0 23 * * 0,6` is not `cron(…)` or `rate(…)` -> cron(0 23 ? * SUN,SAT *)",
        ),
        (
            "*/5 * * jan mon",
            "`*/5 * * jan mon` is not `cron(…)` or `rate(…)` -> cron(*/5 * ? JAN MON *)",
        ),
        // Unix runs on either, which one schedule cannot say.
        ("0 23 1 * 1", "`0 23 1 * 1` is not `cron(…)` or `rate(…)`"),
        (
            "0 23 ? * SUN-THU *",
            "`0 23 ? * SUN-THU *` is not `cron(…)` or `rate(…)` -> cron(0 23 ? * SUN-THU *)",
        ),
        (
            "12 hours",
            "`12 hours` is not `cron(…)` or `rate(…)` -> rate(12 hours)",
        ),
        (
            "@daily",
            "`@daily` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            "@Weekly",
            "`@Weekly` is not `cron(…)` or `rate(…)` -> cron(0 0 ? * SUN *)",
        ),
        ("@reboot", "`@reboot` is not `cron(…)` or `rate(…)`"),
        (
            "Cron(0 0 * * ? *)",
            "`Cron(0 0 * * ? *)` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            "corn(0 0 * * ? *)",
            "`corn(0 0 * * ? *)` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            "rates(1 day)",
            "`rates(1 day)` is not `cron(…)` or `rate(…)` -> rate(1 day)",
        ),
        (
            "every(1 day)",
            "`every(1 day)` is not `cron(…)` or `rate(…)` -> rate(1 day)",
        ),
        (
            "cron(0 0 * * ? *",
            "`cron(0 0 * * ? *` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            " cron(0 0 * * ? *)",
            "` cron(0 0 * * ? *)` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            "cron(0 0 * * ? *) ",
            "`cron(0 0 * * ? *) ` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            "cron(0 0 * * ? *);",
            "`cron(0 0 * * ? *);` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            "cron( 0 0 * * ? *)",
            "`cron( 0 0 * * ? *)` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
        (
            "cron(0 0 * * ? * ) ",
            "`cron(0 0 * * ? * ) ` is not `cron(…)` or `rate(…)` -> cron(0 0 * * ? *)",
        ),
    ];
    for (text, words) in table {
        assert_refused(text, text, "schedule_form", words);
    }
    for (text, words) in [
        ("cron(0 0 * *)", "has 4 fields"),
        ("cron()", "has 0 fields"),
        ("cron(0 0 0 * * ? *)", "has 7 fields"),
    ] {
        assert_refused(text, text, "schedule_form", words);
    }
    let long = format!("cron({}0 0 * * ? *)", "0,".repeat(120));
    assert_eq!(long.len(), 257);
    assert_refused(&long, &long, "schedule_form", "has 257 characters");
    let longest = long.replacen("0,0,", "10,", 1);
    assert_eq!(longest.len(), 256);
    assert!(Schedule::parse(&longest).is_ok());

    // The template writes ` *` for the year.
    let longest = longest.replace("? *", "?");
    assert_eq!(longest.len(), 254);
    let schedule = Schedule::parse(&longest).expect("a schedule");
    assert_eq!(schedule.in_full().len(), 256);
    let long = longest.replacen("0 0 *", "10 0 *", 1);
    assert_refused(&long, &long, "schedule_form", "EventBridge allows 254");
}

#[test]
fn rates_are_a_whole_number_and_a_unit() {
    let table = [
        (
            "rate(1 days)",
            "the unit of 1 must be `minute`, `hour` or `day`, not `days` -> rate(1 day)",
        ),
        (
            "rate(01 days)",
            "the unit of 01 must be `minute`, `hour` or `day`, not `days` -> rate(1 day)",
        ),
        (
            "rate(5 minute)",
            "the unit of 5 must be `minutes`, `hours` or `days`, not `minute` -> rate(5 minutes)",
        ),
        (
            "rate(12 Hours)",
            "the unit of 12 must be `minutes`, `hours` or `days`, not `Hours` -> rate(12 hours)",
        ),
        (
            "rate(12 huors)",
            "the unit of 12 must be `minutes`, `hours` or `days`, not `huors` -> rate(12 hours)",
        ),
        (
            "rate(1 hrs)",
            "the unit of 1 must be `minute`, `hour` or `day`, not `hrs` -> rate(1 hour)",
        ),
        (
            "rate(90 seconds)",
            "the unit of 90 must be `minutes`, `hours` or `days`, not `seconds` -> rate(2 minutes)",
        ),
        (
            "rate(2 weeks)",
            "the unit of 2 must be `minutes`, `hours` or `days`, not `weeks` -> rate(14 days)",
        ),
        (
            "rate(2 fortnights)",
            "the unit of 2 must be `minutes`, `hours` or `days`, not `fortnights`",
        ),
        (
            "rate(0 minutes)",
            "the rate is 0 minutes, but must be from 1 minute to 100 years",
        ),
        (
            "rate(00 minutes)",
            "the rate is 00 minutes, but must be from 1 minute to 100 years",
        ),
        (
            "rate(-1 minutes)",
            "`rate(-1 minutes)` is not a whole number, a space and a unit",
        ),
        (
            "rate(1.5 hours)",
            "`rate(1.5 hours)` is not a whole number, a space and a unit -> rate(90 minutes)",
        ),
        (
            "rate(x hours)",
            "`rate(x hours)` is not a whole number, a space and a unit",
        ),
        (
            "rate(12hours)",
            "`rate(12hours)` is not a whole number, a space and a unit -> rate(12 hours)",
        ),
        (
            "rate(1 day 2 hours)",
            "`rate(1 day 2 hours)` is not a whole number, a space and a unit -> rate(26 hours)",
        ),
        (
            "rate()",
            "`rate()` is not a whole number, a space and a unit",
        ),
        (
            "rate(99999 days)",
            "the rate is 99999 days, but must be from 1 minute to 100 years",
        ),
        (
            "rate(99999999999999999999 days)",
            "the rate is 99999999999999999999 days, but must be from 1 minute to 100 years",
        ),
    ];
    for (text, words) in table {
        assert_refused(text, text, "schedule_rate", words);
    }
}

#[test]
fn a_redrive_repeats() {
    for text in ["at(2026-12-24T18:00:00)", "at()"] {
        assert_refused(
            text,
            text,
            "schedule_at",
            "runs once, but a DLQ that fills again must be redriven again",
        );
    }
}

#[test]
fn some_date_is_met() {
    for text in [
        "cron(0 0 30 2 ? *)",
        "cron(0 0 31 4,6,9,11 ? *)",
        "cron(0 0 30-31 FEB ?)",
        "cron(0 0 29 2 ? 2027)",
        "cron(0 0 31W 2 ? *)",
        "cron(0 0 ? 2 3#5 2027)",
        "cron(0 0 29 2 ? 2100)",
    ] {
        let words = "never runs: no date has";
        assert_refused(text, text, "schedule_never_runs", words);
    }
}
