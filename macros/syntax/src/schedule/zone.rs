//! IANA time zones.

use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::error::{Help, ScheduleError};
use crate::catalog::SCHEDULE_TIMEZONE;
use crate::tokens::excerpt;

/// The time zone of an IANA name, in the case IANA writes it, such as
/// `Asia/Jerusalem` or `UTC` (`ScheduleExpressionTimezone`). It comes from the
/// database built into this crate, so that every machine gives the same answer.
///
/// # Errors
///
/// A name the database does not have, with the nearest name it has.
pub fn timezone(name: &str) -> Result<TimeZone, ScheduleError> {
    // The database itself does not care about case.
    let zone = database().get(name).ok();
    let zone = zone.filter(|zone| zone.iana_name() == Some(name) && is_place(name));
    zone.ok_or_else(|| {
        let problem = format!(
            "`{}` is not a name of the IANA time zone database",
            excerpt(name)
        );
        let help = nearest(name).map_or_else(
            || Help::Advice("write a name such as `Europe/Berlin` or `UTC`".to_owned()),
            Help::Write,
        );
        ScheduleError::new(&SCHEDULE_TIMEZONE, problem, Some(help))
    })
}

fn database() -> &'static TimeZoneDatabase {
    static BUNDLED: OnceLock<TimeZoneDatabase> = OnceLock::new();
    BUNDLED.get_or_init(TimeZoneDatabase::bundled)
}

/// The database also has names for "no zone was chosen".
fn is_place(name: &str) -> bool {
    !["Etc/Unknown", "Factory"].contains(&name)
}

fn nearest(name: &str) -> Option<String> {
    const NEAR: f64 = 0.85;
    let lower = name.to_ascii_lowercase().replace(' ', "_");
    let likeness = |known: &str| {
        let known = known.to_ascii_lowercase();
        if known.rsplit('/').next() == Some(&lower) {
            return 1.0;
        }
        // Spares the expensive comparison with most of the names.
        match known.len().abs_diff(lower.len()) {
            0..=3 => strsim::normalized_damerau_levenshtein(&known, &lower),
            _ => 0.0,
        }
    };
    // The sign of `Etc/GMT+2` is reversed (2 hours behind UTC), so it is not what `GMT+2` means.
    let known = database().available();
    let known =
        known.filter(|known| is_place(known.as_str()) && !known.as_str().starts_with("Etc/GMT"));
    let near = known.map(|known| (likeness(known.as_str()), known));
    let near = near.filter(|(likeness, _)| *likeness >= NEAR);
    let (_, nearest) = near.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    Some(nearest.as_str().to_owned())
}
