//! The message file (`messages.jsonl`): one JSON object per line.
//!
//! A message:
//!
//! ```json
//! {"name": "order 3", "body": {"id": 3}, "queue": "orders", "group": "a", "delay": "30s", "attributes": {"tenant": "x"}}
//! ```
//!
//! Only `body` is required. A string is sent unchanged, anything else as JSON.
//! `queue` is required if the package has several functions, `group`
//! (`MessageGroupId`) for FIFO queues. `delay` (at most 15 min; a number is in
//! seconds) is for standard queues only, because a FIFO queue has one delay for
//! all its messages. `deduplication` (`MessageDeduplicationId`) is for FIFO
//! queues only; the default differs for each line.
//!
//! A message that is published to a topic of the package's functions, by its ARN
//! or its name:
//!
//! ```json
//! {"name": "order 4", "body": {"id": 4}, "topic": "orders", "subject": "new", "attributes": {"kind": "order"}}
//! ```
//!
//! Each subscribed queue gets a copy, raw or in SNS's envelope, if its filter policy
//! lets the message through. A list of strings is an attribute of the type
//! `String.Array`. `group` and `deduplication` are for FIFO topics.
//!
//! A stub of an HTTP dependency:
//!
//! ```json
//! {"dependency": "warehouse", "env": "WAREHOUSE_URL", "down_until": "23h", "fail_first": 2, "path": "/stock/7", "takes": "2s", "answer": {"pieces": 3}}
//! ```
//!
//! The worker gets its URL in the variable `env`. It answers 503 until
//! `down_until` (a time, or a duration after the start) and to the `fail_first`
//! first requests for each path, and otherwise 200, with the body `answer`: a string
//! unchanged, anything else as JSON. It waits for `takes` (in real time, as seen by
//! the function) before it answers. `path` limits the line to paths that start with
//! it. Several lines may describe one stub.
//!
//! Empty lines and lines that start with `#` are skipped.

use std::collections::BTreeMap;

use redrive_syntax::duration;
use serde::Deserialize;
use serde_json::Value;

use crate::dependency::{Dependency, DownUntil};
use crate::sqs::{Attribute, Outgoing};

/// What a message file contains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// The messages, in order.
    pub messages: Vec<ScenarioMessage>,
    /// The rules of the HTTP stubs.
    pub dependencies: Vec<Dependency>,
}

/// A message to send at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioMessage {
    /// Its name in the timeline.
    pub name: String,
    /// Where it is sent to.
    pub destination: Destination,
    /// What is sent.
    pub message: Outgoing,
}

/// Where a message is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A queue; `None`: the only one of the stack.
    Queue(Option<String>),
    /// The topic of this ARN or name.
    Topic(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageLine {
    name: Option<String>,
    queue: Option<String>,
    topic: Option<String>,
    subject: Option<String>,
    body: Value,
    delay: Option<Value>,
    group: Option<String>,
    deduplication: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependencyLine {
    dependency: String,
    env: String,
    #[serde(default = "all_paths")]
    path: String,
    down_until: Option<String>,
    #[serde(default)]
    fail_first: u32,
    takes: Option<String>,
    answer: Option<Value>,
}

fn all_paths() -> String {
    "/".to_owned()
}

impl Scenario {
    /// Reads a file's text.
    ///
    /// # Errors
    /// All lines that cannot be read, with their numbers and why; never empty.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut scenario = Self::default();
        let mut bad = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(reason) = scenario.read_line(line) {
                bad.push(format!("line {}: {reason}", index + 1));
            }
        }
        if bad.is_empty() {
            Ok(scenario)
        } else {
            Err(bad)
        }
    }

    fn read_line(&mut self, line: &str) -> Result<(), String> {
        let value: Value = serde_json::from_str(line).map_err(|error| {
            // The error has the number of the line in the file.
            format!("not JSON: {error}").replace(" at line 1 column", " at column")
        })?;
        if !value.is_object() {
            return Err("not a JSON object, such as {\"body\": {\"id\": 1}}".to_owned());
        }
        let text = |error: serde_json::Error| error.to_string();
        if value.get("dependency").is_some() {
            let line = serde_json::from_value(value).map_err(text)?;
            self.dependencies.push(dependency(line)?);
        } else {
            let line = serde_json::from_value(value).map_err(text)?;
            let number = self.messages.len() + 1;
            self.messages.push(message(line, number)?);
        }
        Ok(())
    }
}

fn message(line: MessageLine, number: usize) -> Result<ScenarioMessage, String> {
    let destination = match (line.topic, line.queue) {
        (None, _) if line.subject.is_some() => {
            return Err("`subject` is for messages with a `topic`".to_owned());
        }
        (None, queue) => Destination::Queue(queue),
        (Some(_), Some(_)) => {
            return Err("`queue` and `topic` are both specified; remove one".to_owned());
        }
        (Some(_), None) if line.delay.is_some() => {
            return Err("`delay` is for messages without a `topic`, which has none".to_owned());
        }
        (Some(topic), None) => Destination::Topic(topic),
    };
    let attributes = line.attributes.into_iter().map(|(name, value)| {
        let attribute = attribute(&name, &value)?;
        Ok::<_, String>((name, attribute))
    });
    Ok(ScenarioMessage {
        name: line.name.unwrap_or_else(|| format!("message {number}")),
        destination,
        message: Outgoing {
            body: text(line.body),
            subject: line.subject,
            attributes: attributes.collect::<Result<_, _>>()?,
            delay: line.delay.as_ref().map_or(Ok(0), delay)?,
            group: line.group,
            deduplication: line.deduplication,
            ..Outgoing::default()
        },
    })
}

/// A string unchanged, anything else as JSON.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        value => value.to_string(),
    }
}

fn delay(value: &Value) -> Result<u32, String> {
    let seconds = match value {
        Value::String(text) => duration::parse(text).ok().map(|delay| delay.as_secs()),
        value => value.as_u64(),
    };
    seconds
        .and_then(|seconds| seconds.try_into().ok())
        .ok_or_else(|| format!("`delay` is {value}; write a duration such as \"30s\""))
}

fn attribute(name: &str, value: &Value) -> Result<Attribute, String> {
    match value {
        Value::String(text) => Ok(Attribute::string(text)),
        Value::Number(number) => Ok(Attribute::text("Number", number.to_string())),
        Value::Array(_) => Ok(Attribute::text("String.Array", value.to_string())),
        _ => Err(format!(
            "attribute `{name}` is neither a string, a number nor a list"
        )),
    }
}

fn dependency(line: DependencyLine) -> Result<Dependency, String> {
    let down_until = line.down_until.map(|text| down_until(&text));
    let takes = line.takes.map(|text| {
        duration::parse(&text).map_err(|error| format!("`takes` is `{text}`: it {error}"))
    });
    if line.dependency.is_empty() || line.dependency.contains('/') {
        return Err("`dependency` must be one segment of a path, such as \"warehouse\"".to_owned());
    }
    Ok(Dependency {
        name: line.dependency,
        env: line.env,
        path: line.path,
        down_until: down_until.transpose()?,
        fail_first: line.fail_first,
        takes: takes.transpose()?.unwrap_or_default(),
        answer: line.answer.map(text),
    })
}

fn down_until(text: &str) -> Result<DownUntil, String> {
    if let Ok(time) = text.parse() {
        return Ok(DownUntil::Time(time));
    }
    duration::parse(text).map(DownUntil::After).map_err(|_| {
        format!(
            "`down_until` is `{text}`; write a time such as \"2026-01-06T08:00:00Z\", or a \
             duration after the start such as \"23h\""
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn reads_messages_and_dependencies() {
        let text = r#"
# a comment
{"name":"good","body":{"id":1},"attributes":{"tenant":"x","weight":3,"tags":["a"]}}
{"body":"{ not JSON","delay":"1m 30s","queue":"q"}
{"body":1,"topic":"t","subject":"s"}
{"dependency":"warehouse","env":"WAREHOUSE_URL","down_until":"23h","fail_first":2,"answer":{"n":1}}
"#;
        let scenario = Scenario::parse(text).unwrap();
        let [good, raw, published] = &scenario.messages[..] else {
            panic!("{scenario:?}");
        };
        assert_eq!(good.name, "good");
        assert_eq!(good.destination, Destination::Queue(None));
        let sent = &good.message;
        assert_eq!(sent.body, r#"{"id":1}"#);
        assert_eq!(sent.attributes["weight"].data_type, "Number");
        assert_eq!(sent.attributes["tags"].data_type, "String.Array");
        assert_eq!(raw.name, "message 2");
        assert_eq!(raw.destination, Destination::Queue(Some("q".to_owned())));
        let expected = Outgoing {
            body: "{ not JSON".to_owned(),
            delay: 90,
            ..Outgoing::default()
        };
        assert_eq!(raw.message, expected);
        let expected = Outgoing {
            body: "1".to_owned(),
            subject: Some("s".to_owned()),
            ..Outgoing::default()
        };
        assert_eq!(published.message, expected);
        assert_eq!(published.destination, Destination::Topic("t".to_owned()));
        let hours = DownUntil::After(Duration::from_secs(23 * 3600));
        assert_eq!(scenario.dependencies[0].down_until, Some(hours));
        assert_eq!(
            scenario.dependencies[0].answer.as_deref(),
            Some(r#"{"n":1}"#)
        );
    }

    #[test]
    fn every_bad_line_is_reported() {
        let text = "{\"body\":1}\nno\n[]\n{\"body\":1,\"dely\":3}\n{\"name\":\"x\"}\n\
                    {\"dependency\":\"a\",\"env\":\"A\",\"down_until\":\"soon\"}\n\
                    {\"body\":1,\"delay\":\"HH:MM\"}\n{\"body\":1,\"delay\":30}\n\
                    {\"body\":1,\"topic\":\"t\",\"queue\":\"q\"}\n\
                    {\"body\":1,\"topic\":\"t\",\"delay\":1}\n{\"body\":1,\"subject\":\"s\"}";
        let bad = Scenario::parse(text).unwrap_err();
        let lines: Vec<_> = bad.iter().filter_map(|bad| bad.split(':').next()).collect();
        let expected = [2, 3, 4, 5, 6, 7, 9, 10, 11].map(|line| format!("line {line}"));
        assert_eq!(lines, expected);
        assert!(bad[2].contains("dely"), "{}", bad[2]);
        assert!(bad[3].contains("body"), "{}", bad[3]);
    }
}
