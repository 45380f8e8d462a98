//! How durations are written.

use std::time::Duration;

/// The units of the attribute, from the longest, in milliseconds.
const UNITS: [(u128, &str); 5] = [
    (86_400_000, "d"),
    (3_600_000, "h"),
    (60_000, "m"),
    (1_000, "s"),
    (1, "ms"),
];

/// The whole seconds of a duration, as AWS counts them.
pub fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

/// A duration as short as the attribute allows: `30s`, `14d`, `1500ms`.
pub fn written(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let units = UNITS.iter().filter(|_| milliseconds > 0);
    let whole = |(unit, _): &&(u128, &str)| milliseconds.is_multiple_of(*unit);
    match units.clone().find(whole) {
        Some((unit, name)) => format!("{}{name}", milliseconds / unit),
        None => "0s".to_owned(),
    }
}

/// A duration for people: `36 h`, `1 min 30 s`, `14 d`, `1.5 s`.
pub fn show(duration: Duration) -> String {
    const DAY: u64 = 86_400;
    let seconds = duration.as_secs();
    let milliseconds = duration.subsec_millis();
    if duration > Duration::ZERO && duration < Duration::from_millis(1) {
        return "less than 1 ms".to_owned();
    }
    if seconds == 0 && milliseconds > 0 {
        return format!("{milliseconds} ms");
    }
    // Up to two days, hours are easier to compare.
    let days = match seconds {
        _ if seconds.is_multiple_of(DAY) && seconds > DAY => seconds / DAY,
        ..=172_800 => 0,
        _ => seconds / DAY,
    };
    let rest = seconds - days * DAY;
    let fraction = format!(".{milliseconds:03}");
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    let parts = [
        (days, "", "d"),
        (rest / 3_600, "", "h"),
        (rest % 3_600 / 60, "", "min"),
        (rest % 60, fraction, "s"),
    ];
    let parts = parts
        .iter()
        .filter(|(number, fraction, _)| *number > 0 || !fraction.is_empty());
    let parts: Vec<_> = parts
        .map(|(number, fraction, unit)| format!("{number}{fraction} {unit}"))
        .collect();
    match parts.is_empty() {
        true => "0 s".to_owned(),
        false => parts.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_in_the_attribute_and_in_words_elsewhere() {
        for (milliseconds, as_written, shown) in [
            (0, "0s", "0 s"),
            (1, "1ms", "1 ms"),
            (500, "500ms", "500 ms"),
            (1_500, "1500ms", "1.5 s"),
            (30_000, "30s", "30 s"),
            (90_000, "90s", "1 min 30 s"),
            (250_500, "250500ms", "4 min 10.5 s"),
            (120_000, "2m", "2 min"),
            (21_540_000, "359m", "5 h 59 min"),
            (86_400_000, "1d", "24 h"),
            (129_600_000, "36h", "36 h"),
            (172_800_000, "2d", "2 d"),
            (320_400_000, "89h", "3 d 17 h"),
            (1_209_600_000, "14d", "14 d"),
        ] {
            let duration = Duration::from_millis(milliseconds);
            assert_eq!(written(duration), as_written);
            assert_eq!(show(duration), shown);
        }
    }
}
