use serde_json::{Value, json};

use redrive_model::policy::FilterScope;

use super::FilterPolicy;

fn parse(policy: &str) -> Result<FilterPolicy, String> {
    FilterPolicy::parse(policy, FilterScope::Attributes)
}

/// Whether a policy on `a` lets a message with these values of `a` through.
fn passes(patterns: &Value, values: Option<&[Value]>) -> bool {
    let policy = json!({ "a": patterns }).to_string();
    let policy = parse(&policy).expect("a policy");
    policy.matches(&|path: &[String]| values.filter(|_| path == ["a"]).map(<[_]>::to_vec))
}

/// Asserts which of the values, each alone, a policy lets through.
#[track_caller]
fn assert_passes(patterns: &Value, yes: &[Value], no: &[Value]) {
    for (values, expected) in [(yes, true), (no, false)] {
        for value in values {
            let passes = passes(patterns, Some(std::slice::from_ref(value)));
            assert_eq!(passes, expected, "{patterns} on {value}");
        }
    }
}

#[test]
fn values_are_compared_exactly() {
    assert_passes(
        &json!(["rugby", 100, true]),
        &[json!("rugby"), json!(100), json!(100.0), json!(true)],
        &[json!("Rugby"), json!("100"), json!(101), json!("true")],
    );
    assert!(!passes(&json!(["rugby"]), None));
}

#[test]
fn texts_are_compared_in_part_or_without_case() {
    assert_passes(
        &json!([{ "prefix": "ba" }]),
        &[json!("bass")],
        &[json!("abba"), json!(1)],
    );
    assert_passes(
        &json!([{ "suffix": "ball" }]),
        &[json!("baseball")],
        &[json!("balls")],
    );
    assert_passes(
        &json!([{ "equals-ignore-case": "Tennis" }]),
        &[json!("TENNIS")],
        &[json!("tenni")],
    );
}

#[test]
fn anything_but_needs_the_attribute() {
    let patterns = json!([{ "anything-but": ["rugby", "tennis"] }]);
    assert_passes(&patterns, &[json!("golf")], &[json!("rugby")]);
    assert!(!passes(&patterns, None));
    // One value of the list is another.
    assert!(passes(&patterns, Some(&[json!("rugby"), json!("golf")])));
    assert_passes(&json!([{ "anything-but": 5 }]), &[json!(6)], &[json!(5)]);
    assert_passes(
        &json!([{ "anything-but": { "prefix": "order-" } }]),
        &[json!("price")],
        &[json!("order-1")],
    );
}

#[test]
fn numbers_have_five_digits_after_the_point() {
    assert_passes(
        &json!([{ "numeric": ["=", 301.5] }]),
        &[json!(301.5), json!(3.015e2), json!(301.500001)],
        &[json!(301.50001), json!("301.5")],
    );
    assert_passes(
        &json!([{ "numeric": [">", 0, "<=", 150] }]),
        &[json!(150), json!(0.1)],
        &[json!(0), json!(150.1)],
    );
    assert_passes(&json!([{ "numeric": ["<", 1] }]), &[json!(-2)], &[json!(1)]);
}

#[test]
fn addresses_are_in_a_range() {
    assert_passes(
        &json!([{ "cidr": "10.0.0.0/24" }]),
        &[json!("10.0.0.255")],
        &[json!("10.0.1.0"), json!("::1"), json!("here")],
    );
    assert_passes(
        &json!([{ "cidr": "::/0" }]),
        &[json!("2001:db8::1")],
        &[json!("10.0.0.1")],
    );
}

#[test]
fn an_attribute_may_have_to_exist_or_not() {
    let values = Some(&[json!("any")][..]);
    assert!(passes(&json!([{ "exists": true }]), values));
    assert!(!passes(&json!([{ "exists": true }]), None));
    assert!(passes(&json!([{ "exists": false }]), None));
    assert!(!passes(&json!([{ "exists": false }]), values));
    let none_or_other = json!([{ "exists": false }, { "anything-but": "any" }]);
    assert!(passes(&none_or_other, None));
    assert!(!passes(&none_or_other, values));
}

#[test]
fn each_attribute_must_match_and_one_policy_of_an_or() {
    let policy = r#"{ "kind": ["order"], "$or": [{ "price": [{ "numeric": [">", 9] }] }, { "vip": ["yes"] }] }"#;
    let policy = parse(policy).expect("a policy");
    let matches = |kind: &str, price: i32, vip: &str| {
        policy.matches(&|path: &[String]| match path[0].as_str() {
            "kind" => Some(vec![json!(kind)]),
            "price" => Some(vec![json!(price)]),
            _ => Some(vec![json!(vip)]),
        })
    };
    assert!(matches("order", 10, "no"));
    assert!(matches("order", 9, "yes"));
    assert!(!matches("order", 9, "no"));
    assert!(!matches("return", 10, "yes"));

    // Operators are not attributes, so this is an attribute named `$or`.
    let named = parse(r#"{ "$or": [{ "prefix": "a" }, { "prefix": "b" }] }"#);
    let named = named.expect("a policy");
    assert!(named.matches(&|path: &[String]| (path == ["$or"]).then(|| vec![json!("bc")])));
}

#[test]
fn an_empty_policy_lets_everything_through() {
    let policy = parse("{}").expect("a policy");
    assert!(policy.matches(&|_: &[String]| None));
}

/// SNS rejects them: recorded by LocalStack's tests against AWS, except for the counts,
/// which are from SNS's guide.
#[test]
fn what_sns_rejects_has_a_reason() {
    let six: Vec<String> = (0..6).map(|index| format!("\"{index}\":[1]")).collect();
    let values = |count: usize| json!((0..count).collect::<Vec<_>>());
    for (policy, reason) in [
        ("[]".to_owned(), "it is not an object"),
        (
            "{".to_owned(),
            "EOF while parsing an object at line 1 column 1",
        ),
        (r#"{"a":"x"}"#.to_owned(), "`a` is not a list of values"),
        (
            r#"{"a":{"b":["x"]}}"#.to_owned(),
            "`a` has properties, which only a policy of bodies allows (`filter_policy_scope = \"body\"`)",
        ),
        (r#"{"a":[]}"#.to_owned(), "the list of `a` is empty"),
        (r#"{"a":[["x"]]}"#.to_owned(), "a list of values in `a`"),
        (
            r#"{"a":[{"suffix":"x","prefix":"y"}]}"#.to_owned(),
            "2 operators in one pattern in `a`",
        ),
        (
            r#"{"a":[{"suffix":100}]}"#.to_owned(),
            "`suffix` without a string in `a`",
        ),
        (
            r#"{"a":[{"exists":"no"}]}"#.to_owned(),
            "`exists` without `true` or `false` in `a`",
        ),
        (
            r#"{"a":[{"near":"x"}]}"#.to_owned(),
            "`near`, which is none of anything-but, cidr, equals-ignore-case, exists, numeric, prefix, suffix in `a`",
        ),
        (
            r#"{"a":[{"anything-but":{"numeric":["=",1]}}]}"#.to_owned(),
            "`anything-but` without values, `prefix` or `suffix` in `a`",
        ),
        (
            r#"{"a":[{"cidr":"10.0.0.0/33"}]}"#.to_owned(),
            "`10.0.0.0/33`, which is not a range of addresses, in `a`",
        ),
        (
            format!("{{{}}}", six.join(",")),
            "it has 6 attributes, and SNS allows 5",
        ),
        (
            json!({ "a": values(16), "b": values(10) }).to_string(),
            "it has 160 combinations of values, and SNS allows 150",
        ),
    ] {
        assert_eq!(parse(&policy), Err(reason.to_owned()), "{policy}");
    }
    let numeric = [
        "[]",
        "[\"operator\"]",
        "[1,\"<=\"]",
        "[\"=\",\"000\"]",
        "[\">=\"]",
        "[\"<\",100,\">\",10]",
        "[\">=\",1,\">\",2]",
        "[\">\",3,\"<\",1]",
        "[\">\",20,\"<=\"]",
        "[\">\",20,30]",
        "[\">\",20,\"<\",30,\"<\",50]",
    ];
    for operand in numeric {
        let policy = format!(r#"{{"a":[{{"numeric":{operand}}}]}}"#);
        let reason = parse(&policy).expect_err(operand);
        assert!(
            reason.starts_with("`numeric` without a comparison"),
            "{reason}"
        );
    }
}

#[test]
fn a_policy_of_bodies_may_have_properties_inside_of_others() {
    let of_body = |policy: &str| FilterPolicy::parse(policy, FilterScope::Body);
    let policy = of_body(r#"{ "kind": ["order"], "to": { "address": { "city": ["Bern"] } } }"#);
    let policy = policy.expect("a policy");
    let matches = |kind: &str, city: &str| {
        policy.matches(&|path: &[String]| match path.join("/").as_str() {
            "kind" => Some(vec![json!(kind)]),
            "to/address/city" => Some(vec![json!(city)]),
            _ => None,
        })
    };
    assert!(matches("order", "Bern"));
    assert!(!matches("order", "Basel"));
    assert!(!matches("return", "Bern"));

    // SNS counts a value once for each level: 3 × 10 × 2 × 3.
    let values = |count: usize| json!((0..count).collect::<Vec<_>>());
    let large = json!({ "a": { "b": { "c": values(10) } }, "d": { "e": values(3) } });
    let reason = "it has 180 combinations of values, and SNS allows 150";
    assert_eq!(of_body(&large.to_string()), Err(reason.to_owned()));
    let empty = Err("`a` is not a list of values".to_owned());
    assert_eq!(of_body(r#"{"a":{}}"#), empty);
}
