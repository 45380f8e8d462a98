//! One line of a table for each way an expression can be wrong.

use redrive_syntax::schedule::{Schedule, ScheduleError};

fn refused(text: &str) -> Vec<ScheduleError> {
    Schedule::parse(text).expect_err(text)
}

/// `text` has one mistake: at `place`, against `rule`, with `words` in its
/// message.
fn assert_refused(text: &str, place: &str, rule: &str, words: &str) {
    let errors = refused(text);
    let [error] = errors.as_slice() else {
        panic!("{text}: {errors:?}");
    };
    assert_eq!(&text[error.span.clone()], place, "{text}");
    assert_eq!(error.rule.id, rule, "{text}");
    assert!(error.message.contains(words), "{text}: {}", error.message);
}

#[test]
fn fields_hold_what_aws_documents() {
    let table = [
        // (expression, field, words of the message)
        (
            "cron(60 0 * * ? *)",
            "60",
            "minute field holds `60`, but takes 0 to 59",
        ),
        (
            "cron(0 25 * * ? *)",
            "25",
            "hour field holds `25`, but takes 0 to 23",
        ),
        ("cron(0 24 * * ? *)", "24", "takes 0 to 23"),
        (
            "cron(0 0 0 * ? *)",
            "0",
            "day-of-month field holds `0`, but takes 1 to 31; did you mean `1`?",
        ),
        ("cron(0 0 32 * ? *)", "32", "takes 1 to 31"),
        (
            "cron(0 0 * 13 ? *)",
            "13",
            "month field holds `13`, but takes 1 to 12 or JAN to DEC",
        ),
        (
            "cron(0 0 ? * 8 *)",
            "8",
            "day-of-week field holds `8`, but takes 1 to 7 or SUN to SAT",
        ),
        ("cron(0 0 ? * 0 *)", "0", "write `SUN`"),
        ("cron(0 23 ? * 0-4 *)", "0-4", "write `SUN-THU`"),
        ("cron(0 23 ? * 1,0 *)", "1,0", "write `MON,SUN`"),
        (
            "cron(0 0 * * ? 1969)",
            "1969",
            "year field holds `1969`, but takes 1970 to 2199",
        ),
        ("cron(0 0 * * ? 2200)", "2200", "takes 1970 to 2199"),
        ("cron(-5 0 * * ? *)", "-5", "minute field holds `-5`"),
        ("cron(+5 0 * * ? *)", "+5", "minute field holds `+5`"),
        ("cron(1.5 0 * * ? *)", "1.5", "minute field holds `1.5`"),
        (
            "cron(99999999999 0 * * ? *)",
            "99999999999",
            "takes 0 to 59",
        ),
        ("cron(0 0 ? * SUNDAY *)", "SUNDAY", "did you mean `SUN`?"),
        ("cron(0 0 ? * THUR *)", "THUR", "did you mean `THU`?"),
        ("cron(0 0 ? * mon *)", "mon", "did you mean `MON`?"),
        ("cron(0 0 ? * MNO *)", "MNO", "did you mean `MON`?"),
        ("cron(0 0 ? * MON-FRIDAY *)", "MON-FRIDAY", "holds `FRIDAY`"),
        ("cron(0 0 * January ? *)", "January", "did you mean `JAN`?"),
        ("cron(0 0 * SUN ? *)", "SUN", "did you mean `JUN`?"),
        (
            "cron(0 0 ? * FRI-MON *)",
            "FRI-MON",
            "write `FRI-SAT,SUN-MON`",
        ),
        ("cron(0 0 ? * SAT-SUN *)", "SAT-SUN", "write `SAT,SUN`"),
        ("cron(0 0 ? * 6-2 *)", "6-2", "write `6-7,1-2`"),
        ("cron(0 22-4 * * ? *)", "22-4", "write `22-23,0-4`"),
        (
            "cron(0 0 ? NOV-FEB MON *)",
            "NOV-FEB",
            "write `NOV-DEC,JAN-FEB`",
        ),
        (
            "cron(0/0 0 * * ? *)",
            "0/0",
            "step must be a number from 1 to 59",
        ),
        (
            "cron(0/90 0 * * ? *)",
            "0/90",
            "step must be a number from 1 to 59",
        ),
        (
            "cron(0 */ * * ? *)",
            "*/",
            "step must be a number from 1 to 23",
        ),
        (
            "cron(0 */x * * ? *)",
            "*/x",
            "step must be a number from 1 to 23",
        ),
        ("cron(/5 0 * * ? *)", "/5", "lacks a value"),
        (
            "cron(0 0 ? * MON/2 *)",
            "MON/2",
            "takes no step; list the days",
        ),
        ("cron(1, 0 * * ? *)", "1,", "lacks a value"),
        ("cron(1- 0 * * ? *)", "1-", "lacks a value"),
        ("cron(*,5 0 * * ? *)", "*,5", "`*` in a list"),
        ("cron(? 0 * * ? *)", "?", "write `*` for every value"),
        (
            "cron(0 0 ? * MON,? *)",
            "MON,?",
            "`?` is for day-of-month and day-of-week, alone",
        ),
        ("cron(L 0 * * ? *)", "L", "minute field holds `L`"),
        ("cron(0 0 L-3 * ? *)", "L-3", "AWS documents `L`"),
        ("cron(0 0 1,L * ? *)", "1,L", "each alone in the field"),
        (
            "cron(0 0 1W,15W * ? *)",
            "1W,15W",
            "each alone in the field",
        ),
        ("cron(0 0 WL * ? *)", "WL", "did you mean `LW`?"),
        ("cron(0 0 W3 * ? *)", "W3", "did you mean `3W`?"),
        ("cron(0 0 3w * ? *)", "3w", "did you mean `3W`?"),
        ("cron(0 0 l * ? *)", "l", "did you mean `L`?"),
        ("cron(0 0 ? * L6 *)", "L6", "did you mean `6L`?"),
        ("cron(0 0 ? * LFRI *)", "LFRI", "did you mean `FRIL`?"),
        ("cron(0 0 ? * 6l *)", "6l", "did you mean `6L`?"),
        ("cron(0 0 ? * friL *)", "friL", "did you mean `FRIL`?"),
        (
            "cron(0 0 ? * MON–FRI *)",
            "MON–FRI",
            "did you mean `MON-FRI`?",
        ),
        ("cron(0 8–18 * * ? *)", "8–18", "did you mean `8-18`?"),
        ("cron(0 0 32W * ? *)", "32W", "takes 1 to 31"),
        ("cron(0 0 ? * 3W *)", "3W", "day-of-week field holds `3W`"),
        (
            "cron(0 0 3#2 * ? *)",
            "3#2",
            "day-of-month field holds `3#2`",
        ),
        ("cron(0 0 ? * 3#6 *)", "3#6", "after `#` comes 1 to 5"),
        ("cron(0 0 ? * 3# *)", "3#", "after `#` comes 1 to 5"),
        ("cron(0 0 ? * 8#1 *)", "8#1", "holds `8`"),
        ("cron(0 0 ? * 3#1,5#1 *)", "3#1,5#1", "stand alone"),
        ("cron(0 0 ? * 2L,6L *)", "2L,6L", "stand alone"),
        ("cron(0 0 ? * 9L *)", "9L", "holds `9`"),
        ("cron(0 0 ? * ÜL *)", "ÜL", "holds `Ü`"),
    ];
    for (text, field, words) in table {
        assert_refused(text, field, "schedule_field", words);
    }
}

#[test]
fn exactly_one_day_field_is_a_question_mark() {
    let table = [
        ("cron(0 23 * * *)", "day-of-week is `*`, but must be `?`"),
        ("cron(0 23 1 * * *)", "day-of-week is `*`, but must be `?`"),
        (
            "cron(0 23 * * MON *)",
            "day-of-month is `*`, but must be `?`",
        ),
        (
            "cron(0 23 1 * MON *)",
            "day-of-month (`1`) and day-of-week (`MON`) are both set",
        ),
        ("cron(0 23 ? * ? *)", "both `?`"),
    ];
    for (text, words) in table {
        let errors = refused(text);
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert_eq!(errors[0].rule.id, "schedule_days", "{text}");
        assert!(errors[0].message.contains(words), "{}", errors[0]);
    }
    // The place to write it: the third field here, the fifth otherwise.
    assert_eq!(refused("cron(0 23 * * MON *)")[0].span, 10..11);
    assert_eq!(refused("cron(0 23 * * *)")[0].span, 14..15);
}

#[test]
fn everything_wrong_is_said_at_once_in_the_order_of_the_text() {
    let text = "cron(61 */0 99 13 MON 1900)";
    let errors = refused(text);
    let places: Vec<_> = errors
        .iter()
        .map(|error| (&text[error.span.clone()], error.rule.id))
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
        ("", "the schedule is empty"),
        ("  ", "the schedule is empty"),
        ("nightly", "`nightly` is no schedule"),
        ("0 23 * * *", "write `cron(0 23 * * ? *)`"),
        ("30 2 1 * *", "write `cron(30 2 1 * ? *)`"),
        ("0 23 * * 1-5", "write `cron(0 23 ? * MON-FRI *)`"),
        ("0 23 * * 0,6", "write `cron(0 23 ? * SUN,SAT *)`"),
        ("*/5 * * jan mon", "write `cron(*/5 * ? JAN MON *)`"),
        // Unix runs on either, which one schedule cannot say.
        ("0 23 1 * 1", "is no schedule; write `cron(0 23"),
        ("0 23 ? * SUN-THU *", "write `cron(0 23 ? * SUN-THU *)`"),
        ("12 hours", "write `rate(12 hours)`"),
        ("@daily", "write `cron(0 0 * * ? *)`"),
        ("@Weekly", "write `cron(0 0 ? * SUN *)`"),
        ("@reboot", "`@reboot` is no schedule"),
        ("Cron(0 0 * * ? *)", "did you mean `cron(0 0 * * ? *)`?"),
        ("corn(0 0 * * ? *)", "did you mean `cron(0 0 * * ? *)`?"),
        ("rates(1 day)", "did you mean `rate(1 day)`?"),
        ("every(1 day)", "unknown schedule `every(...)`"),
        ("cron(0 0 * * ? *", "write `cron(0 0 * * ? *)`"),
        (" cron(0 0 * * ? *)", "did you mean `cron(0 0 * * ? *)`?"),
        ("cron(0 0 * * ? *) ", "white space around it"),
        ("cron(0 0 * * ? *);", "goes on after its `)`"),
        ("cron( 0 0 * * ? *)", "write `cron(0 0 * * ? *)`"),
        ("cron(0 0 * * ? * ) ", "white space around it"),
    ];
    for (text, words) in table {
        assert_refused(text, text, "schedule_form", words);
    }
    assert_refused(
        "cron(0 0 * *)",
        "0 0 * *",
        "schedule_form",
        "but this has 4",
    );
    assert_refused("cron()", "", "schedule_form", "but this has 0");
    assert_refused(
        "cron(0 0 0 * * ? *)",
        "0 0 0 * * ? *",
        "schedule_form",
        "no field for seconds",
    );
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
    assert_refused(&long, &long, "schedule_form", "use at most 254");
}

#[test]
fn every_offer_of_a_whole_schedule_is_accepted() {
    let wrong = [
        "0 23 * * *",
        "0 23 * * 1-5",
        "*/5 * * jan mon",
        "12 hours",
        "@hourly",
        "@daily",
        "@midnight",
        "@weekly",
        "@monthly",
        "@yearly",
        "@annually",
        "Cron(0 0 * * ? *)",
        "rates(1 day)",
        "rate(1 days)",
        "rate(5 minute)",
        "rate(2 weeks)",
        "rate(5 h)",
        "rate(5 mins)",
        "rate(5 hr)",
        "rate(1 daily)",
        "at(2026-12-24T18:00:00)",
        "nightly",
        "rate()",
    ];
    for text in wrong {
        let message = &refused(text)[0].message;
        let offers: Vec<_> = message
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|quoted| quoted.contains('(') && !quoted.contains("...") && *quoted != text)
            .collect();
        assert!(!offers.is_empty(), "{message}");
        for offer in offers {
            assert!(Schedule::parse(offer).is_ok(), "{text}: {offer}");
        }
    }
}

#[test]
fn rates_are_a_whole_number_and_a_unit() {
    let table = [
        ("rate(1 days)", "write `rate(1 day)`"),
        ("rate(01 days)", "write `rate(01 day)`"),
        ("rate(5 minute)", "write `rate(5 minutes)`"),
        ("rate(12 Hours)", "did you mean `rate(12 hours)`?"),
        ("rate(12 huors)", "did you mean `rate(12 hours)`?"),
        ("rate(1 hrs)", "did you mean `rate(1 hour)`?"),
        ("rate(90 seconds)", "a minute is the shortest period"),
        ("rate(2 weeks)", "such as `rate(14 days)`"),
        ("rate(2 fortnights)", "takes minute(s), hour(s) or day(s)"),
        ("rate(0 minutes)", "a whole number from 1"),
        ("rate(00 minutes)", "a whole number from 1"),
        ("rate(-1 minutes)", "a whole number from 1"),
        ("rate(1.5 hours)", "a whole number from 1"),
        ("rate(x hours)", "a whole number from 1"),
        ("rate(12hours)", "takes a whole number, a space and a unit"),
        (
            "rate(1 day 2 hours)",
            "takes a whole number, a space and a unit",
        ),
        ("rate()", "takes a whole number, a space and a unit"),
        ("rate(99999 days)", "longer than 100 years"),
        ("rate(99999999999999999999 days)", "longer than 100 years"),
    ];
    for (text, words) in table {
        let body = &text["rate(".len()..text.len() - 1];
        assert_refused(text, body, "schedule_rate", words);
    }
}

#[test]
fn a_redrive_repeats() {
    for text in ["at(2026-12-24T18:00:00)", "at()"] {
        assert_refused(
            text,
            text,
            "schedule_at",
            "runs once, but a redrive must repeat",
        );
    }
}

#[test]
fn some_date_is_met() {
    let table = [
        ("cron(0 0 30 2 ? *)", "30 2 ? *"),
        ("cron(0 0 31 4,6,9,11 ? *)", "31 4,6,9,11 ? *"),
        ("cron(0 0 30-31 FEB ?)", "30-31 FEB ?"),
        ("cron(0 0 29 2 ? 2027)", "29 2 ? 2027"),
        ("cron(0 0 31W 2 ? *)", "31W 2 ? *"),
        ("cron(0 0 ? 2 3#5 2027)", "? 2 3#5 2027"),
        ("cron(0 0 29 2 ? 2100)", "29 2 ? 2100"),
    ];
    for (text, place) in table {
        assert_refused(text, place, "schedule_never_runs", "never runs");
    }
}
