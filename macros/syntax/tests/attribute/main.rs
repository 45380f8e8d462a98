//! Any attribute on any item. What must hold for each is in `property.rs`, which
//! the fuzz target `attribute` shares.

mod fixes;
mod one_mistake;
mod options;
mod property;
mod seeds;
mod wrong_values;

use proptest::prelude::*;

use property::{HANDLER, LONGEST, check, check_text};

/// What people may write for a duration.
const MEANT: &str = "[0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|S|sec|min|m|h|d|days|weeks|x)?";

/// A string that is like this, in its quotes.
fn text(like: &str) -> impl Strategy<Value = String> + use<> {
    let texts = proptest::string::string_regex(like).expect("a regular expression");
    texts.prop_map(|text| format!("{text:?}"))
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (0..50_000_u32).prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "\\PC{0,12}".prop_map(|text| format!("{text:?}")),
        "[0-9]{1,6}(ms|s|m|h|d)?".prop_map(|text| format!("{text:?}")),
        "[0-9]{1,5} ?(MS|sec|S|minutes|hr)".prop_map(|text| format!("{text:?}")),
        "(error|Error|reprot|DLQ|a::b|a b|true)".prop_map(|text| format!("{text:?}")),
        "[0-9]{1,3}s\\.\\.[0-9]{1,3}(s|m)".prop_map(|text| format!("{text:?}")),
        text(&format!("{MEANT}( ?{MEANT})?")),
        text(&format!("{MEANT}(\\.\\.|-|–| to |, ?|\\.\\.=| ){MEANT}")),
        MEANT,
        "[0-9]{1,3}s\\.\\.[0-9]{1,3}m",
        "-?[0-9]{1,12}(u8|MB|\\.[0-9])?",
        "(cron|rate)\\([0-9*? LWA-Z-]{1,12}\\)",
        Just("[\"a\", 1]".to_owned()),
        Just("a::b".to_owned()),
        Just("(A = \"b\")".to_owned()),
        Just("{ 1 }".to_owned()),
    ]
}

fn sign() -> impl Strategy<Value = &'static str> {
    let signs = vec![
        " ", " == ", ": ", " => ", " = = ", " = -", " = %", "(", "\" = ", " = #[a] ",
    ];
    proptest::sample::select(signs)
}

fn key() -> impl Strategy<Value = String> {
    let known: Vec<_> = redrive_syntax::keys::KEYS
        .iter()
        .map(|key| key.name.to_owned())
        .collect();
    prop_oneof![9 => proptest::sample::select(known), 1 => "[a-z_]{1,10}x"]
}

proptest! {
    // Without files of earlier failures: a failure becomes its own test.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pairs(pairs in proptest::collection::vec((key(), value()), 0..8)) {
        let attribute: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        check(&attribute.join(", "), HANDLER);
    }

    #[test]
    fn any_pairs_in_other_forms(pairs in proptest::collection::vec((key(), sign(), value()), 1..4)) {
        let attribute: Vec<_> = pairs.iter().map(|(key, sign, value)| format!("{key}{sign}{value}")).collect();
        check(&attribute.join(", "), HANDLER);
    }

    #[test]
    fn any_tokens(attribute in "[a-z=,\"0-9(){}\\[\\] .:#<>&-]{0,60}", item in "(pub )?(async )?(unsafe )?(fn|struct|impl) [a-z]{1,4}[a-z&<>:, ()'-]{0,40}") {
        check(&attribute, &item);
    }
}

#[test]
fn each_seed_of_the_fuzz_target() {
    seeds::each("attribute", LONGEST, check_text);
}
