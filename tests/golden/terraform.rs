//! Terraform's JSON syntax and CloudFormation's intrinsic functions, as far as redrive
//! writes them, read into one form: `<…>` is what is known at deployment.

use serde_json::{Map, Value as Json, json};

/// A logical id or a parameter's name in Terraform.
pub(super) fn snake(id: &str) -> String {
    let mut name = String::new();
    for (place, c) in id.char_indices() {
        if (place > 0 && c.is_ascii_uppercase()) || (place == 0 && c.is_ascii_digit()) {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// A template of CloudFormation.
pub(super) struct Template(pub(super) Json);

impl Template {
    /// The value of JSON with intrinsic functions.
    pub(super) fn value(&self, json: &Json) -> Json {
        let Some(object) = json.as_object() else {
            return match json {
                Json::Array(list) => list.iter().map(|it| self.value(it)).collect(),
                json => json.clone(),
            };
        };
        let function = (object.len() == 1).then(|| object.iter().next()).flatten();
        match function.map(|(name, argument)| (name.as_str(), argument)) {
            Some(("Ref", name)) => self.reference(name.as_str().expect("a name")).into(),
            Some(("Fn::GetAtt", of)) => self.attribute(&of[0], &of[1]).into(),
            Some(("Fn::Sub", of)) => self.sub(of).into(),
            Some(("Fn::Join", of)) => {
                assert_eq!(of[0], "");
                let parts = of[1].as_array().expect("parts").iter();
                let parts = parts.map(|it| self.text(it));
                parts.collect::<String>().into()
            }
            Some(("Fn::Select", of)) => {
                let [separator, text] = [&of[1]["Fn::Split"][0], &of[1]["Fn::Split"][1]];
                assert_eq!(separator, ":");
                format!("<part {} of {}>", of[0], self.text(text)).into()
            }
            Some(("Fn::If", of)) => {
                assert_eq!(of[2], json!({ "Ref": "AWS::NoValue" }));
                json!({ "if": of[0], "then": self.value(&of[1]) })
            }
            _ => object
                .iter()
                .map(|(name, value)| (name.clone(), self.value(value)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    fn text(&self, json: &Json) -> String {
        self.value(json).as_str().expect("a text").to_owned()
    }

    fn reference(&self, name: &str) -> String {
        match name {
            "AWS::AccountId" => "<account>".to_owned(),
            "AWS::Partition" => "<partition>".to_owned(),
            "AWS::Region" => "<region>".to_owned(),
            "AWS::URLSuffix" => "<suffix>".to_owned(),
            _ if !self.0["Parameters"][name].is_null() => format!("<var {name}>"),
            _ => {
                let attribute = match self.0["Resources"][name]["Type"].as_str() {
                    Some("AWS::SQS::Queue") => "url",
                    Some("AWS::Lambda::Function") => "function_name",
                    Some("AWS::Logs::LogGroup" | "AWS::DynamoDB::Table") => "name",
                    other => panic!("{name}: {other:?}"),
                };
                format!("<{}.{attribute}>", snake(name))
            }
        }
    }

    fn attribute(&self, id: &Json, attribute: &Json) -> String {
        let id = id.as_str().expect("an id");
        let name = snake(id);
        let kind = &self.0["Resources"][id]["Type"];
        match attribute.as_str() {
            // The ARN of a group's streams; that of Terraform is of the group.
            Some("Arn") if kind == "AWS::Logs::LogGroup" => format!("<{name}.arn>:*"),
            Some("Arn") => format!("<{name}.arn>"),
            Some("QueueName") => format!("<{name}.name>"),
            other => panic!("{id}: {other:?}"),
        }
    }

    fn sub(&self, of: &Json) -> String {
        let (text, own) = match of {
            Json::Array(list) => (&list[0], list[1].clone()),
            text => (text, json!({})),
        };
        let mut pieces = text.as_str().expect("a text").split("${");
        let mut written = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, after) = piece.split_once('}').expect("an end");
            written += &match &own[name] {
                Json::Null => self.reference(name),
                value => self.text(value),
            };
            written += after;
        }
        written
    }
}

/// A module of Terraform.
pub(super) struct Module {
    pub(super) main: Json,
    pub(super) variables: Json,
    pub(super) outputs: Json,
}

impl Module {
    pub(super) fn value(&self, json: &Json) -> Json {
        match json {
            Json::String(text) => self.template(text),
            Json::Array(list) => list.iter().map(|it| self.value(it)).collect(),
            Json::Object(members) => members
                .iter()
                .map(|(name, value)| {
                    let name = self.template(name);
                    (name.as_str().expect("a key").to_owned(), self.value(value))
                })
                .collect::<Map<_, _>>()
                .into(),
            json => json.clone(),
        }
    }

    /// The value of a template: a text, or that of its only expression.
    fn template(&self, template: &str) -> Json {
        let mut text = String::new();
        let mut rest = template;
        while let Some(start) = rest.find("${").into_iter().chain(rest.find("%{")).min() {
            let (before, begun) = rest.split_at(start);
            let mark = &begun[..1];
            if let Some(before) = before.strip_suffix(mark) {
                text += before;
                text += &begun[..2];
                rest = &begun[2..];
                continue;
            }
            assert_eq!(mark, "$", "a directive in {template}");
            let end = end_of_expression(&begun[2..]);
            let value = self.expression(&begun[2..2 + end]);
            let after = &begun[3 + end..];
            if before.is_empty() && after.is_empty() && text.is_empty() {
                return value;
            }
            text += before;
            text += value.as_str().expect("a text in a text");
            rest = after;
        }
        (text + rest).into()
    }

    fn expression(&self, expression: &str) -> Json {
        if let Some(inner) = expression.strip_prefix('"') {
            let inner = inner.strip_suffix('"').expect("an end");
            return self.template(&unescaped(inner));
        }
        let within = |start: &str, end: &str| {
            let rest = expression.strip_prefix(start)?;
            rest.strip_suffix(end)
        };
        if let Some(local) = within("jsonencode(local.", ")") {
            let local = &self.main["locals"][local];
            assert!(!local.is_null(), "no {expression}");
            return self.value(local);
        }
        if let Some(split) = within("split(\":\", ", "]") {
            let (text, index) = split.rsplit_once(")[").expect("an index");
            let text = self.expression(text);
            let text = text.as_str().expect("a text");
            return format!("<part {index} of {text}>").into();
        }
        let value = match expression.split('.').collect::<Vec<_>>()[..] {
            ["data", kind, "current", attribute] => {
                assert!(
                    self.main["data"][kind]["current"].is_object(),
                    "{expression}"
                );
                match attribute {
                    "account_id" => "<account>".to_owned(),
                    "partition" => "<partition>".to_owned(),
                    "dns_suffix" => "<suffix>".to_owned(),
                    "id" => "<region>".to_owned(),
                    other => panic!("{other}"),
                }
            }
            ["var", name] => {
                assert!(self.variables[name].is_object(), "{expression}");
                format!("<{expression}>")
            }
            [kind, name, attribute] if kind.starts_with("aws_") => {
                let resource = &self.main["resource"][kind][name];
                assert!(resource.is_object(), "{expression}");
                format!("<{name}.{attribute}>")
            }
            // Compared as it is written.
            _ => return json!({ "expression": expression }),
        };
        value.into()
    }
}

/// The length of an expression that ends with `}`.
fn end_of_expression(text: &str) -> usize {
    let (mut depth, mut quotes, mut is_escaped) = (0_usize, Vec::new(), false);
    for (place, c) in text.char_indices() {
        let in_quotes = quotes.last() == Some(&depth);
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if in_quotes => is_escaped = true,
            '"' if in_quotes => _ = quotes.pop(),
            '"' => quotes.push(depth),
            '{' if !in_quotes || begins_expression(&text[..place]) => depth += 1,
            '}' if !in_quotes && depth == 0 => return place,
            '}' if !in_quotes => depth -= 1,
            _ => {}
        }
    }
    panic!("no end of {text}");
}

fn begins_expression(before: &str) -> bool {
    before.ends_with('$') && !before.ends_with("$$")
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        plain.push(match c {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(c @ ('"' | '\\')) => c,
                other => panic!("{other:?} in {text}"),
            },
            c => c,
        });
    }
    plain
}
