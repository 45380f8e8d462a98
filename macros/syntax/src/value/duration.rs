//! Durations: as the attribute takes them, as people write them, and as messages
//! show them.

use std::time::Duration;

/// A unit of durations.
pub(super) struct Unit {
    /// As the attribute takes it.
    pub(super) name: &'static str,
    /// As messages say it.
    pub(super) plural: &'static str,
    milliseconds: u64,
    /// How people write it.
    spellings: &'static [&'static str],
}

const fn unit(
    name: &'static str,
    plural: &'static str,
    milliseconds: u64,
    spellings: &'static [&'static str],
) -> Unit {
    Unit {
        name,
        plural,
        milliseconds,
        spellings,
    }
}

const MILLISECOND: Unit = unit(
    "ms",
    "milliseconds",
    1,
    &["msec", "msecs", "milli", "millis", "millisecond"],
);

/// The units that the attribute takes, from the shortest.
pub(super) const UNITS: [Unit; 5] = [
    MILLISECOND,
    unit("s", "seconds", 1_000, &["sec", "secs", "second"]),
    unit("m", "minutes", 60_000, &["min", "mins", "minute"]),
    unit("h", "hours", 3_600_000, &["hr", "hrs", "hour"]),
    unit("d", "days", 86_400_000, &["day"]),
];

/// One that people write, too.
const WEEK: Unit = unit("w", "weeks", 7 * 86_400_000, &["wk", "wks", "week"]);

/// A whole number and a unit, which is how the attribute takes it: `30s`.
pub(super) fn exact(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(digits(text));
    let unit = UNITS.iter().find(|known| known.name == unit)?;
    let number: u64 = number.parse().ok()?;
    number
        .checked_mul(unit.milliseconds)
        .map(Duration::from_millis)
}

/// What is surely meant by a text that the attribute does not take: `1m 30s`,
/// `1.5 h`, `2 weeks`. What is under a millisecond is rounded up.
pub(super) fn meant(text: &str) -> Option<Duration> {
    let text = text.trim().to_lowercase();
    let mut rest = text.as_str();
    let mut sum: u128 = 0;
    let mut last = u128::MAX;
    while !rest.is_empty() {
        let (whole, behind) = rest.split_at(digits(rest));
        let (fraction, behind) = match behind.strip_prefix('.') {
            Some(behind) => behind.split_at(digits(behind)),
            None => ("", behind),
        };
        let behind = behind.trim_start();
        let letters = behind.len() - behind.trim_start_matches(char::is_alphabetic).len();
        let (unit, behind) = behind.split_at(letters);
        let unit = u128::from(meant_unit(unit)?);
        // `1m 30s` is one duration, `5s 30s` is not.
        if whole.is_empty() || unit >= last || whole.len() > 18 || fraction.len() > 9 {
            return None;
        }
        let parts: u128 = format!("0{fraction}").parse().ok()?;
        let whole: u128 = whole.parse().ok()?;
        sum += whole * unit + (parts * unit).div_ceil(10_u128.pow(fraction.len() as u32));
        last = unit;
        rest = behind.trim_start();
    }
    let milliseconds = u64::try_from(sum).ok()?;
    (last != u128::MAX).then(|| Duration::from_millis(milliseconds))
}

/// A duration, however it is written.
pub(super) fn either(text: &str) -> Option<Duration> {
    exact(text).or_else(|| meant(text))
}

/// How many bytes of digits there are at the start.
pub(super) fn digits(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()
}

fn meant_unit(text: &str) -> Option<u64> {
    let is_meant =
        |unit: &&Unit| [unit.name, unit.plural].contains(&text) || unit.spellings.contains(&text);
    let mut units = UNITS.iter().chain([&WEEK]);
    units.find(is_meant).map(|unit| unit.milliseconds)
}

/// A duration in the largest unit that holds it whole, as the attribute takes
/// it: `30s`, `14d`, `1500ms`.
pub(crate) fn written(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds == 0 {
        return "0s".to_owned();
    }
    let unit = UNITS
        .iter()
        .rev()
        .find(|unit| milliseconds.is_multiple_of(u128::from(unit.milliseconds)))
        .unwrap_or(&MILLISECOND);
    format!(
        "{}{}",
        milliseconds / u128::from(unit.milliseconds),
        unit.name
    )
}

/// A duration as people write it: `30s`, `14d`, `1.5s`.
pub fn show(duration: Duration) -> String {
    let milliseconds = duration.subsec_millis();
    if milliseconds == 0 || duration.as_secs() == 0 {
        return written(duration);
    }
    let fraction = format!("{milliseconds:03}");
    format!("{}.{}s", duration.as_secs(), fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{exact, meant, show, written};

    #[test]
    fn a_whole_number_and_a_unit_is_a_duration() {
        for (text, milliseconds) in [
            ("1ms", Some(1)),
            ("30s", Some(30_000)),
            (" 30s ", Some(30_000)),
            ("15m", Some(900_000)),
            ("12h", Some(43_200_000)),
            ("14d", Some(1_209_600_000)),
            ("0s", Some(0)),
            ("30", None),
            ("s", None),
            ("30 s", None),
            ("1.5s", None),
            ("-1s", None),
            ("+1s", None),
            ("1m30s", None),
            ("18446744073709551615d", None),
            ("99999999999999999999s", None),
        ] {
            let duration = milliseconds.map(Duration::from_millis);
            assert_eq!(exact(text), duration, "{text}");
        }
    }

    #[test]
    fn what_people_write_is_understood() {
        for (text, milliseconds) in [
            ("30 Seconds", Some(30_000)),
            ("1m30s", Some(90_000)),
            ("1 h 30 min", Some(5_400_000)),
            ("1.5s", Some(1_500)),
            ("0.25 hours", Some(900_000)),
            ("0.0001s", Some(1)),
            ("2 weeks", Some(1_209_600_000)),
            ("5s 30s", None),
            ("30s 1m", None),
            ("30", None),
            ("", None),
            (".5s", None),
            ("3 months", None),
            ("soon", None),
            ("30s later", None),
            ("99999999999999999999 weeks", None),
            ("999999999999999999 weeks", None),
        ] {
            let duration = milliseconds.map(Duration::from_millis);
            assert_eq!(meant(text), duration, "{text}");
        }
    }

    #[test]
    fn durations_are_shown_as_people_write_them() {
        for (milliseconds, shown, as_value) in [
            (0, "0s", "0s"),
            (1, "1ms", "1ms"),
            (500, "500ms", "500ms"),
            (1_500, "1.5s", "1500ms"),
            (250_500, "250.5s", "250500ms"),
            (1_001, "1.001s", "1001ms"),
            (90_000, "90s", "90s"),
            (120_000, "2m", "2m"),
            (86_400_000, "1d", "1d"),
        ] {
            let duration = Duration::from_millis(milliseconds);
            assert_eq!(show(duration), shown);
            assert_eq!(written(duration), as_value);
            assert_eq!(exact(as_value), Some(duration));
        }
    }
}
