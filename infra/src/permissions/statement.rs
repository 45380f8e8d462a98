//! What IAM accepts as a statement, and what a statement should not allow.

use std::collections::BTreeSet;

use redrive_syntax::rules::catalog::{PERMISSIONS, PERMISSIONS_WILDCARD};
use redrive_syntax::{Diagnostic, nearest};
use serde_json::{Map, Value};

use super::{list, strings, text, wrong};
use crate::error::broken;

/// The members of a statement of a role's policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>
const MEMBERS: [&str; 7] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The operators of conditions, without `ForAllValues:`, `ForAnyValue:` and `IfExists`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

pub(super) const EXAMPLE: &str = "for example, `[{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::orders/*\"}]`";

/// Checks one statement of a file.
pub(super) fn check(path: &str, number: usize, statement: &Value) -> Result<(), Diagnostic> {
    let wrong = |problem: String| {
        let problem = format!("`{path}`: statement {number} {problem}");
        broken(&PERMISSIONS, problem)
    };
    let fail = |problem| Err(wrong(problem).help(EXAMPLE));
    let mut placeholders = strings(statement).into_iter().map(text);
    if let Some(Err(bad)) = placeholders.find(Result::is_err) {
        return Err(wrong(format!("is wrong: {}", bad.problem)).help(bad.help));
    }
    let Some(statement) = statement.as_object() else {
        return fail("is not an object".to_owned());
    };
    let mut names = statement.keys().map(String::as_str);
    if let Some(name) = names.find(|name| !MEMBERS.contains(name)) {
        let problem = format!("has `{name}`, which a role's statement cannot have");
        return match nearest(name, MEMBERS) {
            Some(near) => Err(wrong(problem).help(format!("did you mean `{near}`?"))),
            None => fail(problem),
        };
    }
    if !matches!(
        statement.get("Effect").and_then(Value::as_str),
        Some("Allow" | "Deny")
    ) {
        return fail("needs the `Effect` `Allow` or `Deny`".to_owned());
    }
    for (name, not) in [("Action", "NotAction"), ("Resource", "NotResource")] {
        if statement.contains_key(name) == statement.contains_key(not) {
            return fail(format!("needs either `{name}` or `{not}`"));
        }
        let texts = texts(statement, name).or_else(|| texts(statement, not));
        let Some(texts) = texts.filter(|texts| !texts.is_empty()) else {
            return fail(format!("needs a string or a list of strings in `{name}`"));
        };
        let is_wrong = |text: &&str| match name {
            "Action" => *text != "*" && !text.contains(':'),
            // A parameter may hold the whole ARN.
            _ => *text != "*" && !text.starts_with("arn:") && !text.starts_with("${"),
        };
        if let Some(text) = texts.into_iter().find(is_wrong) {
            let what = if name == "Action" {
                "an action"
            } else {
                "an ARN"
            };
            return fail(format!("has `{text}`, which is not {what}"));
        }
    }
    match statement.get("Condition") {
        None => Ok(()),
        Some(Value::Object(operators)) => {
            let unknown = operators.keys().find(|name| !is_operator(name));
            let Some(unknown) = unknown else {
                return Ok(());
            };
            let wrong = wrong(format!("has the unknown condition operator `{unknown}`"));
            Err(match nearest(unknown, OPERATORS) {
                Some(near) => wrong.help(format!("did you mean `{near}`?")),
                None => wrong.help("for example, `\"Condition\": {\"StringEquals\": {…}}`"),
            })
        }
        Some(_) => fail("has a `Condition` that is not an object".to_owned()),
    }
}

fn is_operator(name: &str) -> bool {
    let name = ["ForAllValues:", "ForAnyValue:"]
        .iter()
        .find_map(|set| name.strip_prefix(set))
        .unwrap_or(name);
    let name = name.strip_suffix("IfExists").unwrap_or(name);
    OPERATORS.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// IAM accepts letters and digits in a `Sid`, and each only once.
pub(super) fn check_sids(path: &str, statements: &[Value]) -> Result<(), Diagnostic> {
    let mut known = BTreeSet::new();
    for sid in statements.iter().filter_map(|it| it.get("Sid")) {
        let text = sid.as_str().unwrap_or_default();
        if sid.is_string() && text.is_empty() {
            continue;
        }
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_alphanumeric()) {
            let problem = format!("has the `Sid` `{}`", text.escape_debug());
            return Err(wrong(path, &problem).help("use letters and digits, or remove it"));
        }
        if !known.insert(text) {
            let problem = format!("has two statements with the `Sid` `{text}`");
            return Err(wrong(path, &problem).help("rename or remove one of the two"));
        }
    }
    Ok(())
}

/// The strings of a member, which may be one alone.
fn texts<'a>(statement: &'a Map<String, Value>, name: &str) -> Option<Vec<&'a str>> {
    let texts = list(statement.get(name)?).iter();
    texts.map(Value::as_str).collect()
}

/// A warning if the statement allows more than one thing needs.
pub(super) fn wildcard(path: &str, statement: &Value) -> Option<Diagnostic> {
    let statement = statement.as_object()?;
    let any = |name: &str, is_wide: fn(&str) -> bool| {
        let texts = texts(statement, name).unwrap_or_default();
        texts.into_iter().find(|text| is_wide(text))
    };
    let negated = ["NotAction", "NotResource"];
    let negated = negated
        .into_iter()
        .find(|name| statement.contains_key(*name));
    let wide = any("Action", |action| is_any(action.rsplit(':').next()))
        .or_else(|| {
            any("Resource", |resource| {
                is_any(Some(resource)) || is_any(resource.splitn(6, ':').nth(5))
            })
        })
        .or(negated)?;
    (statement.get("Effect")? == "Allow").then(|| {
        let problem = format!("`{path}` allows more than a function needs: `{wide}`");
        broken(&PERMISSIONS_WILDCARD, problem)
            .help("list the actions and resources")
            .help("if it is intended, write `allow = \"permissions_wildcard\"`")
    })
}

/// Whether this matches everything, such as `*` or `*/*`.
fn is_any(pattern: Option<&str>) -> bool {
    pattern.is_some_and(|it| it.contains('*') && it.chars().all(|c| "*?/".contains(c)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{check, check_sids, wildcard};

    fn one(action: &str, resource: &str) -> Value {
        json!({ "Effect": "Allow", "Action": action, "Resource": resource })
    }

    #[test]
    fn each_statement_is_one_that_iam_accepts() {
        let good = one("s3:GetObject", "arn:aws:s3:::orders/*");
        let with = |name: &str, value: Value| {
            let mut statement = good.clone();
            statement[name] = value;
            statement
        };
        let without = |name: &str| {
            let mut statement = good.clone();
            statement.as_object_mut().expect("an object").remove(name);
            statement
        };
        for statement in [
            good.clone(),
            with("Sid", json!("Read")),
            with("Effect", json!("Deny")),
            with("Action", json!(["s3:GetObject", "s3:PutObject"])),
            with(
                "Condition",
                json!({ "Bool": { "aws:SecureTransport": "true" } }),
            ),
            with(
                "Condition",
                json!({ "ForAnyValue:stringlikeIfExists": { "aws:x": ["a", "b"] } }),
            ),
        ] {
            assert!(check("iam.json", 1, &statement).is_ok(), "{statement}");
        }
        for (statement, problem) in [
            (json!("x"), "is not an object"),
            (with("Actions", json!("s3:GetObject")), "has `Actions`"),
            (with("Principal", json!("*")), "has `Principal`"),
            (without("Effect"), "needs the `Effect`"),
            (with("Effect", json!("allow")), "needs the `Effect`"),
            (without("Action"), "needs either `Action` or `NotAction`"),
            (with("NotResource", json!("*")), "needs either `Resource`"),
            (
                with("Action", json!([])),
                "needs a string or a list of strings",
            ),
            (
                with("Action", json!("GetObject")),
                "`GetObject`, which is not an action",
            ),
            (
                with("Resource", json!("orders")),
                "`orders`, which is not an ARN",
            ),
            (
                with("Condition", json!(["aws:SourceIp"])),
                "a `Condition` that is not an object",
            ),
            (
                with("Condition", json!({ "StringEqual": { "aws:x": "y" } })),
                "the unknown condition operator `StringEqual`",
            ),
        ] {
            let error = check("iam.json", 2, &statement).expect_err(problem);
            let found = error.problem();
            assert!(found.starts_with("`iam.json`: statement 2 "), "{found}");
            assert!(found.contains(problem), "{found}");
        }
    }

    #[test]
    fn what_was_meant_is_the_help() {
        for (name, value, near) in [
            ("Actions", json!("s3:GetObject"), "Action"),
            (
                "Condition",
                json!({ "StringEqual": { "aws:x": "y" } }),
                "StringEquals",
            ),
        ] {
            let mut statement = one("s3:GetObject", "arn:aws:s3:::orders/*");
            statement[name] = value;
            let error = check("iam.json", 1, &statement).expect_err(near);
            let help = format!("help: did you mean `{near}`?");
            assert!(error.to_string().contains(&help), "{error}");
        }
    }

    #[test]
    fn a_sid_is_made_of_letters_and_digits_and_there_once() {
        let with = |sid: Value| {
            let mut statement = one("s3:GetObject", "arn:aws:s3:::orders/*");
            statement["Sid"] = sid;
            statement
        };
        let good = [with(json!("Read")), with(json!("")), with(json!("Read2"))];
        assert!(check_sids("iam.json", &good).is_ok());
        for (sids, problem) in [
            (["Read", "Read"], "two statements with the `Sid` `Read`"),
            (["Read", "read orders"], "the `Sid` `read orders`"),
        ] {
            let statements = sids.map(|sid| with(json!(sid)));
            let error = check_sids("iam.json", &statements).expect_err(problem);
            assert!(error.problem().contains(problem), "{error}");
        }
        assert!(check_sids("iam.json", &[with(json!(5))]).is_err());
    }

    #[test]
    fn what_allows_too_much_is_a_warning() {
        let is_wide = |statement: &Value| wildcard("iam.json", statement).is_some();
        for (action, resource, expected) in [
            ("s3:GetObject", "arn:aws:s3:::orders/*", false),
            ("s3:Get*", "arn:aws:s3:::orders", false),
            ("s3:*", "arn:aws:s3:::orders", true),
            ("s3:?*", "arn:aws:s3:::orders", true),
            ("s3:GetObject", "arn:aws:s3:::*/*", true),
            (
                "sqs:SendMessage",
                "arn:aws:sqs:eu-west-1:123456789012:*",
                true,
            ),
            (
                "dynamodb:GetItem",
                "arn:aws:dynamodb:*:*:table/orders-*",
                false,
            ),
            ("*", "arn:aws:s3:::orders", true),
            ("s3:ListAllMyBuckets", "*", true),
        ] {
            let mut statement = one(action, resource);
            assert_eq!(is_wide(&statement), expected, "{action} {resource}");
            statement["Effect"] = json!("Deny");
            assert!(!is_wide(&statement));
        }
        let other = json!({ "Effect": "Allow", "NotAction": "s3:*", "Resource": "arn:aws:s3:::x" });
        assert!(is_wide(&other));
    }
}
