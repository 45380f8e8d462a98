//! The IAM statements of `permissions = "iam/orders.json"`.

use std::path::Path;

use redrive_syntax::parameter_text::{BadPlaceholder, Parameter};
use redrive_syntax::rules::catalog::{PERMISSIONS, PERMISSIONS_WILDCARD};
use redrive_syntax::{Diagnostic, ParameterText};
use serde_json::{Map, Value};

use crate::discover::Warning;
use crate::error::{Errors, broken};
use crate::stack::{Stack, StackFunction};

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

/// Reads the files of all functions into the stack, and gives the warnings.
///
/// # Errors
/// If one cannot be read, or has no statements.
pub(crate) fn read(package: &Path, stack: &mut Stack) -> Result<Vec<Warning>, Errors> {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for StackFunction { binary, function } in &stack.functions {
        let Some(path) = &function.permissions else {
            continue;
        };
        let statements = match statements(package, path) {
            Ok(statements) => statements,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let numbered = (1..).zip(&statements);
        let wrong = numbered.filter_map(|(number, it)| check(path, number, it).err());
        errors.extend(wrong);
        let wildcards = statements.iter().filter_map(|it| wildcard(path, it));
        warnings.extend(wildcards.map(|diagnostic| {
            Warning {
                binary: binary.clone(),
                function: function.name.clone(),
                diagnostic: Diagnostic {
                    accepted: function
                        .allow
                        .iter()
                        .any(|id| id == PERMISSIONS_WILDCARD.id),
                    ..diagnostic
                },
            }
        }));
        stack.permissions.insert(function.name.clone(), statements);
    }
    Errors::check(errors)?;
    Ok(warnings)
}

fn wrong(path: &str, problem: &str) -> Diagnostic {
    broken(&PERMISSIONS, format!("`{path}` {problem}"))
}

/// The statements of a file.
fn statements(package: &Path, path: &str) -> Result<Vec<Value>, Diagnostic> {
    let text = std::fs::read_to_string(package.join(path)).map_err(|error| {
        let help = "write the file, or correct its path, which is relative to Cargo.toml";
        wrong(path, &format!("cannot be read: {error}")).help(help)
    })?;
    let json: Value = serde_json::from_str(&text)
        .map_err(|error| wrong(path, &format!("is not JSON: {error}")).help(EXAMPLE))?;
    let statements = match json {
        Value::Object(mut document) => document.remove("Statement").unwrap_or_default(),
        statements => statements,
    };
    match statements {
        Value::Array(statements) if !statements.is_empty() => Ok(statements),
        statement @ Value::Object(_) => Ok(vec![statement]),
        _ => Err(wrong(path, "has no statements").help(EXAMPLE)),
    }
}

const EXAMPLE: &str = "for example, `[{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::orders/*\"}]`";

fn check(path: &str, number: usize, statement: &Value) -> Result<(), Diagnostic> {
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
    if let Some(name) = statement
        .keys()
        .find(|name| !MEMBERS.contains(&name.as_str()))
    {
        return fail(format!(
            "has `{name}`, which a role's statement cannot have"
        ));
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
    Ok(())
}

/// A text of a statement, in which `${Name}` is a parameter of the template. What has a
/// colon, such as `${aws:username}`, is a variable of IAM and stays.
///
/// # Errors
/// If a `${` begins neither.
pub(crate) fn text(text: &str) -> Result<ParameterText, BadPlaceholder> {
    let mut pieces = text.split("${");
    let mut escaped = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let name = piece.split('}').next().unwrap_or_default();
        let is_character = ["*", "?", "$"].contains(&name);
        let has_colon = name.contains(':') && !name.contains(":-") && !name.starts_with("AWS::");
        escaped += if is_character || has_colon {
            "$${"
        } else {
            "${"
        };
        escaped += piece;
    }
    ParameterText::parse(&escaped)
}

/// All strings of a statement.
fn strings(json: &Value) -> Vec<&str> {
    match json {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(strings).collect(),
        Value::Object(members) => members.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// The parameters of the statements, each with its function.
pub(crate) fn parameters(stack: &Stack) -> Vec<(&str, Parameter)> {
    let statements = stack.permissions.iter();
    let texts = statements.flat_map(|(function, statements)| {
        let texts = statements.iter().flat_map(strings);
        texts.map(move |text| (function.as_str(), text))
    });
    let mut all = Vec::new();
    for (function, found) in texts {
        if let Ok(text) = text(found) {
            all.extend(text.parameters().map(|it| (function, it.clone())));
        }
    }
    all
}

/// The strings of a member, which may be one alone.
fn texts<'a>(statement: &'a Map<String, Value>, name: &str) -> Option<Vec<&'a str>> {
    match statement.get(name)? {
        Value::Array(texts) => texts.iter().map(Value::as_str).collect(),
        text => text.as_str().map(|text| vec![text]),
    }
}

/// A warning if the statement allows more than one thing needs.
fn wildcard(path: &str, statement: &Value) -> Option<Diagnostic> {
    let statement = statement.as_object()?;
    let any = |name: &str, is_wide: fn(&str) -> bool| {
        let texts = texts(statement, name).unwrap_or_default();
        texts.into_iter().find(|text| is_wide(text))
    };
    let negated = ["NotAction", "NotResource"];
    let negated = negated
        .into_iter()
        .find(|name| statement.contains_key(*name));
    let wide = any("Action", |action| action == "*" || action.ends_with(":*"))
        .or_else(|| any("Resource", |resource| resource == "*"))
        .or(negated)?;
    (statement.get("Effect")? == "Allow").then(|| {
        let problem = format!("`{path}` allows more than a function needs: `{wide}`");
        broken(&PERMISSIONS_WILDCARD, problem)
            .help("list the actions and resources")
            .help("if it is intended, write `allow = \"permissions_wildcard\"`")
    })
}

/// A statement in words.
pub(crate) fn in_words(statement: &Value) -> String {
    let list = |names: [&str; 2]| {
        let of = |name: &str| match &statement[name] {
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
            text => text.as_str().into_iter().collect::<Vec<_>>(),
        };
        let [name, not] = names.map(of);
        let (except, texts) = match name.is_empty() {
            true => ("all except ", not),
            false => ("", name),
        };
        let texts: Vec<_> = texts.iter().map(|text| format!("`{text}`")).collect();
        format!("{except}{}", texts.join(", "))
    };
    let denied = if statement["Effect"] == "Deny" {
        "denied: "
    } else {
        ""
    };
    let condition = if statement["Condition"].is_null() {
        ""
    } else {
        ", with a condition"
    };
    let (actions, resources) = (
        list(["Action", "NotAction"]),
        list(["Resource", "NotResource"]),
    );
    format!("{denied}{actions} on {resources}{condition}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{check, in_words, read, statements, text, wildcard};
    use crate::error::Errors;
    use crate::plan;
    use crate::tests::sample;

    fn one(action: &str, resource: &str) -> Value {
        json!({ "Effect": "Allow", "Action": action, "Resource": resource })
    }

    #[test]
    fn a_list_a_document_and_one_statement_are_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let read = |json: &Value| {
            std::fs::write(folder.path().join("iam.json"), json.to_string()).expect("a file");
            statements(folder.path(), "iam.json").map_err(|error| error.problem())
        };
        let statement = one("s3:GetObject", "arn:aws:s3:::orders/*");
        for json in [
            json!([statement]),
            json!({ "Version": "2012-10-17", "Statement": [statement] }),
            json!({ "Statement": statement }),
        ] {
            assert_eq!(read(&json), Ok(vec![statement.clone()]), "{json}");
        }
        for json in [json!([]), json!({}), json!("s3:GetObject")] {
            assert_eq!(read(&json), Err("`iam.json` has no statements".to_owned()));
        }
        let missing = statements(folder.path(), "other.json").expect_err("no file");
        assert!(
            missing
                .problem()
                .starts_with("`other.json` cannot be read: ")
        );
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
        ] {
            let error = check("iam.json", 2, &statement).expect_err(problem);
            let found = error.problem();
            assert!(found.starts_with("`iam.json`: statement 2 "), "{found}");
            assert!(found.contains(problem), "{found}");
        }
    }

    #[test]
    fn parameters_are_told_from_variables_of_iam() {
        for (written, names) in [
            ("arn:aws:s3:::${Bucket}/*", vec!["Bucket"]),
            (
                "arn:aws:s3:::${Bucket:-orders}/${Prefix}*",
                vec!["Bucket", "Prefix"],
            ),
            ("arn:aws:s3:::orders/${aws:username}/*", vec![]),
            ("${aws:PrincipalTag/team, 'x'}", vec![]),
            ("a${*}b${$}", vec![]),
        ] {
            let text = text(written).expect("a text");
            let found: Vec<_> = text.parameters().map(|it| it.name.as_str()).collect();
            assert_eq!(found, names, "{written}");
        }
        for wrong in ["${", "${table-name}", "${AWS::Region}"] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_allows_too_much_is_a_warning() {
        let is_wide = |statement: &Value| wildcard("iam.json", statement).is_some();
        for (action, resource, expected) in [
            ("s3:GetObject", "arn:aws:s3:::orders/*", false),
            ("s3:Get*", "arn:aws:s3:::orders", false),
            ("s3:*", "arn:aws:s3:::orders", true),
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

    #[test]
    fn the_statements_are_rights_of_the_worker() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let statement = one("s3:*", "arn:aws:s3:::orders/*");
        let path = folder.path().join("iam.json");
        std::fs::write(path, json!([statement]).to_string()).expect("a file");
        let entry = |allow| sample::with("orders", allow);
        let plain = entry(quote::quote!(permissions = "iam.json"));
        let accepted = quote::quote!(permissions = "iam.json", allow = "permissions_wildcard");
        for (entry, is_accepted) in [(plain, false), (entry(accepted), true)] {
            let mut stack = sample::stack([entry]);
            let warnings = read(folder.path(), &mut stack).expect("statements");
            let accepted: Vec<_> = warnings.iter().map(|it| it.diagnostic.accepted).collect();
            assert_eq!(accepted, [is_accepted]);
            let plan = plan::of(&stack);
            let mut summaries = plan.resources.iter().map(plan::Resource::summary);
            let role = summaries
                .find(|it| it.id == "OrdersWorkerRole")
                .expect("a role");
            let right = role.rights.last().expect("a right");
            assert_eq!(right, "`s3:*` on `arn:aws:s3:::orders/*`");
        }
    }

    #[test]
    fn each_wrong_statement_is_reported() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let wrong = json!([{ "Action": "*" }, one("GetObject", "*"), one("s3:GetObject", "x")]);
        std::fs::write(folder.path().join("iam.json"), wrong.to_string()).expect("a file");
        let mut stack = sample::stack([sample::with(
            "orders",
            quote::quote!(permissions = "iam.json"),
        )]);
        let Errors(errors) = read(folder.path(), &mut stack).expect_err("three wrong statements");
        assert_eq!(errors.len(), 3, "{errors:?}");
    }

    #[test]
    fn a_statement_in_words() {
        let denied = json!({ "Effect": "Deny", "NotAction": ["a:B", "c:D"], "Resource": "*", "Condition": {} });
        let words = "denied: all except `a:B`, `c:D` on `*`, with a condition";
        assert_eq!(in_words(&denied), words);
    }
}
