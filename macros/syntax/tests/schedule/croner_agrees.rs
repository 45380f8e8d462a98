//! The calendar against croner's, on the grammar both claim.
//!
//! Left out: a bare `L` for the weekday (Saturday to AWS), `*/n` for the year
//! (croner counts years from 1), and clock changes (croner moves runs out of a
//! gap, AWS skips them).

use chrono::{DateTime, NaiveDateTime};
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use redrive_syntax::schedule::{Schedule, timezone};

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

type Text = BoxedStrategy<String>;

fn number(min: u16, max: u16) -> Text {
    (min..=max).prop_map(|value| value.to_string()).boxed()
}

/// A value, a range or a step, or a list of such.
fn list(min: u16, max: u16, max_step: u16) -> Text {
    let range = (min..=max, min..=max).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let step = 1..=max_step;
    let item = prop_oneof![
        4 => number(min, max),
        2 => range.clone().prop_map(|(a, b)| format!("{a}-{b}")),
        1 => (range, step.clone()).prop_map(|((a, b), step)| format!("{a}-{b}/{step}")),
        1 => (min..=max, step).prop_map(|(a, step)| format!("{a}/{step}")),
    ];
    proptest::collection::vec(item, 1..4)
        .prop_map(|items| items.join(","))
        .boxed()
}

fn any_or(list: Text, max_step: u16) -> Text {
    prop_oneof![
        2 => Just("*".to_owned()),
        1 => (1..=max_step).prop_map(|step| format!("*/{step}")),
        5 => list,
    ]
    .boxed()
}

fn names(names: &'static [&'static str]) -> Text {
    let ranges = (0..names.len(), 0..names.len())
        .prop_map(|(a, b)| format!("{}-{}", names[a.min(b)], names[a.max(b)]));
    let item = prop_oneof![select(names).prop_map(str::to_owned), ranges];
    proptest::collection::vec(item, 1..3)
        .prop_map(|items| items.join(","))
        .boxed()
}

fn days() -> BoxedStrategy<(String, String)> {
    let question = || "?".to_owned();
    let of_month = prop_oneof![
        6 => any_or(list(1, 31, 31), 31),
        1 => Just("L".to_owned()),
        1 => Just("LW".to_owned()),
        2 => (1..=31).prop_map(|day| format!("{day}W")),
    ];
    let weekday_range =
        (1..=7, 1..=7).prop_map(|(a, b): (i32, i32)| format!("{}-{}", a.min(b), a.max(b)));
    let of_week = prop_oneof![
        2 => proptest::collection::vec(number(1, 7), 1..4).prop_map(|items| items.join(",")),
        2 => weekday_range,
        2 => names(&WEEKDAYS),
        1 => (1..=7).prop_map(|day| format!("{day}L")),
        2 => (1..=7, 1..=5).prop_map(|(day, nth)| format!("{day}#{nth}")),
    ];
    prop_oneof![
        of_month.prop_map(move |days| (days, question())),
        of_week.prop_map(move |days| (question(), days)),
    ]
    .boxed()
}

fn fields() -> BoxedStrategy<String> {
    let month = prop_oneof![any_or(list(1, 12, 12), 12), names(&MONTHS)];
    let year = prop_oneof![
        6 => Just("*".to_owned()),
        1 => list(1970, 2199, 229),
    ];
    (
        any_or(list(0, 59, 59), 59),
        any_or(list(0, 23, 23), 23),
        days(),
        month,
        year,
    )
        .prop_map(|(minute, hour, (of_month, of_week), month, year)| {
            format!("{minute} {hour} {of_month} {month} {of_week} {year}")
        })
        .boxed()
}

fn croner(fields: &str) -> Cron {
    CronParser::builder()
        .seconds(Seconds::Required)
        .alternative_weekdays(true)
        .sloppy_ranges(true)
        .build()
        .parse(&format!("0 {fields}"))
        .unwrap()
}

fn next_by_croner(cron: &Cron, after: Timestamp) -> Option<Timestamp> {
    let after: NaiveDateTime = DateTime::from_timestamp(after.as_second(), 0)?.naive_utc();
    let run = cron.find_next_occurrence(&after, false).ok()?;
    let run = Timestamp::from_second(run.and_utc().timestamp()).ok()?;
    (run < "2200-01-01T00:00:00Z".parse().unwrap()).then_some(run)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_the_next_runs(fields in fields(), start in 0i64..7_200_000_000) {
        let theirs = croner(&fields);
        let mut after = Timestamp::from_second(start).unwrap();
        let utc = timezone("UTC").unwrap();
        match Schedule::parse(&format!("cron({fields})")) {
            Ok(ours) => for _ in 0..4 {
                let run = ours.next_after(after, &utc);
                prop_assert_eq!(run, next_by_croner(&theirs, after));
                let Some(run) = run else { break };
                if let Some(gap) = ours.longest_gap() {
                    let last = ours.next_after(run, &utc);
                    prop_assert!(last.is_none_or(|last| (last - run).as_secs() as u64 <= gap.as_secs()));
                }
                after = run;
            },
            Err(errors) => {
                prop_assert_eq!(errors[0].rule.id, "schedule_never_runs");
                prop_assert_eq!(next_by_croner(&theirs, Timestamp::UNIX_EPOCH), None);
            }
        }
    }
}
