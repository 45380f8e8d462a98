//! The next runs of a redrive: the one part that depends on when the file is
//! written. It is between two comments, so that a later build can see whether
//! anything else has changed.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use redrive_syntax::function::Redrive;
use redrive_syntax::schedule;

const BEGIN: &str = "<!-- next redrives, as of the writing of this file -->";
const END: &str = "<!-- end of next redrives -->";

/// How many runs are listed.
const RUNS: usize = 5;

pub(super) fn render(redrive: &Redrive, now: Timestamp) -> String {
    // The attribute accepts only zones that this knows.
    let zone = schedule::timezone(&redrive.timezone).unwrap_or(TimeZone::UTC);
    let date = now.to_zoned_datetime(zone.clone()).strftime("%F %H:%M %:z");
    // Scheduler starts a rate when the schedule is made, and counts from there.
    let at_once = match redrive.schedule.as_str().starts_with("rate") {
        true => ", which starts one at once",
        false => "",
    };
    let mut text = format!(
        "{BEGIN}\nDeployed on {date}{at_once}, the next redrives start at (`{}`):\n\n",
        redrive.timezone
    );
    for (index, run) in redrive.schedule.upcoming(now, &zone).take(RUNS).enumerate() {
        let run = run.to_zoned_datetime(zone.clone());
        text += &format!("{}. {}\n", index + 1, run.strftime("%a %F %H:%M %:z"));
    }
    text + END + "\n\n"
}

/// The text without the runs.
pub(super) fn without(text: &str) -> String {
    let mut inside = false;
    let mut rest = String::new();
    for part in text.lines() {
        inside |= part == BEGIN;
        if !inside {
            rest += &format!("{part}\n");
        }
        inside &= part != END;
    }
    rest
}
