//! However deep something is nested: the stack of a test holds it, and what is
//! wrong is said once.

use crate::property::HANDLER;

fn rules(attribute: &str, item: &str) -> Vec<&'static str> {
    let tokens = |text: &str| text.parse().expect("tokens");
    let parsed = redrive_syntax::parse(tokens(attribute), tokens(item));
    let mistakes = parsed.diagnostics.errors();
    mistakes.map(|mistake| mistake.rule.id).collect()
}

const NESTS: [(&str, &str); 9] = [
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("A::<", ">"),
    ("&", ""),
    ("-", ""),
    ("fn() -> ", ""),
    ("return ", ""),
    ("x = ", ""),
];

#[test]
fn of_a_value_has_a_limit() {
    for (open, close) in NESTS {
        let nested = |levels| format!("{}A{}", open.repeat(levels), close.repeat(levels));
        for (before, behind) in [("init = ", ""), ("", ""), ("env(", ")"), ("env(AB = ", ")")] {
            let attribute = format!("{before}{}{behind}", nested(10_000));
            assert_eq!(rules(&attribute, HANDLER), ["nesting"], "{before}{open}");
            let attribute = format!("{before}{}{behind}", nested(20));
            assert_ne!(rules(&attribute, HANDLER), ["nesting"], "{before}{open}");
        }
    }
}

#[test]
fn of_a_type_has_a_limit() {
    for (open, close) in NESTS {
        let nested = format!("{}A{}", open.repeat(10_000), close.repeat(10_000));
        for (message, error) in [(nested.as_str(), "Error"), ("Order", nested.as_str())] {
            let item = format!("async fn handle(order: {message}) -> Result<(), {error}> {{}}");
            assert_eq!(rules("", &item), ["nesting"], "{open}");
        }
    }
}

#[test]
fn of_the_body_has_none() {
    let item = HANDLER.replace(
        "Ok(())",
        &format!("{}{}", "{".repeat(10_000), "}".repeat(10_000)),
    );
    assert!(rules("", &item).is_empty());
}
