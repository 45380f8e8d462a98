//! Time zone names.

use redrive_syntax::schedule::{Help, timezone};

#[test]
fn names_are_those_of_iana() {
    for name in [
        "UTC",
        "Etc/UTC",
        "Asia/Jerusalem",
        "America/Argentina/Buenos_Aires",
        "EST5EDT",
    ] {
        let zone = timezone(name).unwrap();
        assert_eq!(zone.iana_name(), Some(name));
    }
}

#[test]
fn the_nearest_name_is_offered() {
    let table = [
        ("Asia/Jeruslem", "Asia/Jerusalem"),
        ("asia/jerusalem", "Asia/Jerusalem"),
        ("Jerusalem", "Asia/Jerusalem"),
        ("utc", "UTC"),
        ("New York", "America/New_York"),
        ("Europe/Berlim", "Europe/Berlin"),
        ("America/NewYork", "America/New_York"),
    ];
    for (wrong, right) in table {
        let error = timezone(wrong).unwrap_err();
        assert_eq!(error.rule.id, "schedule_timezone");
        assert_eq!(error.help, Some(Help::Write(right.to_owned())));
    }
}

#[test]
fn nothing_is_offered_where_nothing_is_near() {
    // The last one would be `Etc/GMT+2`, which is 4 hours away from it.
    for wrong in [
        "Mars/Base",
        "Factory",
        "Etc/Unknown",
        "+02:00",
        "Ü",
        "GMT+2",
        "",
    ] {
        let error = timezone(wrong).unwrap_err();
        assert!(matches!(error.help, Some(Help::Advice(_))), "{wrong}");
    }
}
