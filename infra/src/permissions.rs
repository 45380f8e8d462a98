//! The IAM statements of `permissions = "iam/orders.json"`.

mod statement;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use redrive_syntax::parameter_text::{BadPlaceholder, Parameter};
use redrive_syntax::rules::catalog::PERMISSIONS;
use redrive_syntax::{Diagnostic, ParameterText};
use serde_json::Value;

use crate::discover::Warning;
use crate::error::{Errors, broken};
use crate::stack::Stack;
use statement::{EXAMPLE, check, check_sids, wildcard};

/// Reads the files of all functions into the stack, and gives the warnings.
///
/// # Errors
/// If one cannot be read, or has no statements.
pub(crate) fn read(package: &Path, stack: &mut Stack) -> Result<Vec<Warning>, Errors> {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for entry in &stack.functions {
        let Some(path) = &entry.function.permissions else {
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
        errors.extend(check_sids(path, &statements).err());
        let wildcards = statements.iter().filter_map(|it| wildcard(path, it));
        warnings.extend(wildcards.map(|diagnostic| Warning::new(entry, diagnostic)));
        let name = entry.function.name.clone();
        stack.permissions.insert(name, statements);
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

/// The values of a list; a single value is allowed instead of one.
pub(crate) fn list(json: &Value) -> &[Value] {
    match json {
        Value::Null => &[],
        Value::Array(list) => list,
        single => std::slice::from_ref(single),
    }
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
pub(crate) fn parameters(stack: &Stack) -> impl Iterator<Item = (&str, Parameter)> {
    let statements = stack.permissions.iter();
    statements.flat_map(|(function, statements)| {
        let parameters = statements.iter().flat_map(parameters_of);
        parameters.map(move |parameter| (function.as_str(), parameter))
    })
}

fn parameters_of(statement: &Value) -> Vec<Parameter> {
    let texts: Vec<_> = strings(statement).into_iter().flat_map(text).collect();
    let parameters = texts.iter().flat_map(ParameterText::parameters);
    parameters.cloned().collect()
}

/// What the rules say of the statements with these values of their parameters, which
/// they did not say without, each with its function.
pub(crate) fn judge(stack: &Stack, values: &BTreeMap<String, String>) -> Vec<(String, Diagnostic)> {
    let mut judged = Vec::new();
    for entry in &stack.functions {
        let function = &entry.function;
        let path = function.permissions.as_deref().unwrap_or_default();
        let statements = stack.permissions.get(&function.name).into_iter().flatten();
        for (number, statement) in (1..).zip(statements) {
            let names = parameters_of(statement).into_iter();
            let names: BTreeSet<_> = names.map(|it| it.name).collect();
            if names.is_empty() {
                continue;
            }
            let valued = valued(statement, values);
            let before = wildcard(path, statement);
            let wide = wildcard(path, &valued).filter(|wide| before.as_ref() != Some(wide));
            let wide = wide.filter(|wide| !Warning::new(entry, wide.clone()).diagnostic.accepted);
            if let Some(mut found) = check(path, number, &valued).err().or(wide) {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                found.fixes.clear();
                let help = format!("change the value of {}", names.join(", "));
                judged.push((function.name.clone(), found.help(help)));
            }
        }
    }
    judged
}

/// The statement with the values of its parameters.
fn valued(json: &Value, values: &BTreeMap<String, String>) -> Value {
    match json {
        Value::String(written) => {
            let text = text(written).unwrap_or_else(|_| written.as_str().into());
            text.with(|it| values.get(&it.name).cloned().unwrap_or_default())
                .into()
        }
        Value::Array(list) => list.iter().map(|it| valued(it, values)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            let valued = members.map(|(name, it)| (name.clone(), valued(it, values)));
            valued.collect()
        }
        _ => json.clone(),
    }
}

/// A statement in words.
pub(crate) fn in_words(statement: &Value) -> String {
    let listed = |names: [&str; 2]| {
        let [name, not] = names.map(|name| list(&statement[name]));
        let (except, texts) = match name.is_empty() {
            true => ("all except ", not),
            false => ("", name),
        };
        let texts = texts.iter().filter_map(Value::as_str);
        let texts: Vec<_> = texts.map(|text| format!("`{text}`")).collect();
        format!("{except}{}", texts.join(", "))
    };
    let denied = match statement["Effect"] == "Deny" {
        true => "denied: ",
        false => "",
    };
    let condition = match statement["Condition"].is_null() {
        true => "",
        false => ", with a condition",
    };
    let actions = listed(["Action", "NotAction"]);
    let resources = listed(["Resource", "NotResource"]);
    format!("{denied}{actions} on {resources}{condition}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{in_words, judge, read, statements, text};
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
    fn values_are_judged_as_in_the_file() {
        let judged = |allow: &str, values: [(&str, &str); 2]| {
            let attribute = format!("permissions = \"iam.json\"{allow}");
            let attribute = attribute.parse().expect("tokens");
            let mut stack = sample::stack([sample::with("orders", attribute)]);
            let statements = vec![
                one("s3:GetObject", "${Bucket}/${aws:username}"),
                one("s3:*", "arn:aws:s3:::fixed"),
                one("s3:PutObject", "${Bucket}/${Prefix:-x}"),
                one("s3:ListBucket", "arn:aws:s3:::${Prefix}"),
            ];
            stack.permissions.insert("orders".to_owned(), statements);
            let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let found = judge(&stack, &BTreeMap::from(values));
            let found = found.into_iter().map(|(function, found)| {
                assert_eq!(function, "orders");
                found.to_string()
            });
            found.collect::<Vec<_>>()
        };
        let bucket = ("Bucket", "arn:aws:s3:::orders");
        assert!(judged("", [bucket, ("Prefix", "a")]).is_empty());
        let found = judged("", [("Bucket", "orders"), ("Prefix", "a")]);
        assert_eq!(found.len(), 2, "{found:?}");
        let text = "`iam.json`: statement 1 has `orders/${aws:username}`, which is not an ARN \
                    [permissions]\nhelp: change the value of `Bucket`\nsee: ";
        assert!(found[0].starts_with(text), "{}", found[0]);
        assert!(found[1].contains("change the value of `Bucket`, `Prefix`"));
        let wide = [bucket, ("Prefix", "*")];
        let found = judged("", wide);
        assert_eq!(found.len(), 1, "{found:?}");
        let text = "`iam.json` allows more than a function needs: `arn:aws:s3:::*` \
                    [permissions_wildcard]\nhelp: change the value of `Prefix`";
        assert!(found[0].starts_with(text), "{}", found[0]);
        assert!(judged(", allow = \"permissions_wildcard\"", wide).is_empty());
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
