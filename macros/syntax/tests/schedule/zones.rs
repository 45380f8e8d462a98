//! Time zone names.

use redrive_syntax::schedule::timezone;

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
        assert_eq!(error.span, 0..wrong.len());
        assert_eq!(
            error.message,
            format!("unknown time zone `{wrong}`; did you mean `{right}`?")
        );
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
    ] {
        let error = timezone(wrong).unwrap_err();
        assert!(error.message.contains("write a name of the IANA database"));
    }
}

#[test]
fn a_name_has_1_to_50_characters() {
    assert!(timezone("").unwrap_err().message.contains("is empty"));
    let long = "x".repeat(51);
    assert!(
        timezone(&long)
            .unwrap_err()
            .message
            .contains("51 characters")
    );
    assert!(
        !timezone(&long[1..])
            .unwrap_err()
            .message
            .contains("characters")
    );
}
