//! IANA time zones.

use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::error::ScheduleError;
use crate::catalog::SCHEDULE_TIMEZONE;

/// Longest `ScheduleExpressionTimezone`, in characters.
const MAX_LENGTH: usize = 50;

/// The time zone of an IANA name, in the case IANA writes it, such as
/// `Asia/Jerusalem` or `UTC` (`ScheduleExpressionTimezone`, 1 to 50
/// characters). It comes from the database built into this crate, so that
/// every machine gives the same answer.
///
/// # Errors
///
/// A name the database does not have, with the nearest name it has. The rule
/// is `schedule_timezone` and the span is the whole name.
pub fn timezone(name: &str) -> Result<TimeZone, ScheduleError> {
    let refuse = |message| {
        Err(ScheduleError::new(
            0..name.len(),
            &SCHEDULE_TIMEZONE,
            message,
        ))
    };
    if name.is_empty() {
        return refuse("the time zone is empty; write an IANA name such as `Europe/Berlin`".into());
    }
    let length = name.chars().count();
    if length > MAX_LENGTH {
        return refuse(format!(
            "the time zone has {length} characters, but AWS takes at most {MAX_LENGTH}"
        ));
    }
    if let Some(zone) = exact(name) {
        return Ok(zone);
    }
    refuse(match nearest(name) {
        Some(near) => format!("unknown time zone `{name}`; did you mean `{near}`?"),
        None => format!(
            "unknown time zone `{name}`; write a name of the IANA database, such as `Europe/Berlin` or `UTC`"
        ),
    })
}

fn database() -> &'static TimeZoneDatabase {
    static BUNDLED: OnceLock<TimeZoneDatabase> = OnceLock::new();
    BUNDLED.get_or_init(TimeZoneDatabase::bundled)
}

/// The database itself does not care about case.
fn exact(name: &str) -> Option<TimeZone> {
    let zone = database().get(name).ok()?;
    (zone.iana_name() == Some(name) && is_place(name)).then_some(zone)
}

/// The database also names "no zone was chosen".
fn is_place(name: &str) -> bool {
    !["Etc/Unknown", "Factory"].contains(&name)
}

fn nearest(name: &str) -> Option<String> {
    const NEAR: f64 = 0.85;
    let lower = name.to_ascii_lowercase().replace(' ', "_");
    let likeness = |known: &str| {
        let known = known.to_ascii_lowercase();
        let city = known.rsplit('/').next().unwrap_or(&known);
        if city == lower {
            return 1.0;
        }
        // Spares the dear comparison with most of the names.
        match known.len().abs_diff(lower.len()) {
            0..=3 => strsim::normalized_damerau_levenshtein(&known, &lower),
            _ => 0.0,
        }
    };
    database()
        .available()
        // The sign of `Etc/GMT+2` is the other way round (2 hours behind), so
        // it is no answer to `GMT+2`.
        .filter(|known| is_place(known.as_str()) && !known.as_str().starts_with("Etc/GMT"))
        .map(|known| (likeness(known.as_str()), known))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known.as_str().to_owned())
}
