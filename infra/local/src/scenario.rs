//! The file with the messages to send (`messages.jsonl`): one JSON object a
//! line.
//!
//! A message:
//!
//! ```json
//! {"name": "order 3", "body": {"id": 3}, "queue": "orders", "group": "a", "delay": 30, "attributes": {"tenant": "x"}}
//! ```
//!
//! Only `body` is required. A string is the body as it is; anything else is
//! sent as JSON. `queue` is needed if the package has several functions,
//! `group` (`MessageGroupId`) on FIFO queues. `delay` is in seconds, 0 to 900, and
//! for standard queues only: a FIFO queue has one delay for all its messages.
//! `deduplication` (`MessageDeduplicationId`) is for FIFO queues only, and each
//! line's own if left out.
//!
//! A stand-in for something the functions call over HTTP:
//!
//! ```json
//! {"dependency": "warehouse", "env": "WAREHOUSE_URL", "down_until": "23h", "fail_first": 2, "path": "/stock/7", "takes": "2s"}
//! ```
//!
//! The worker gets its URL in the variable `env`. It answers 503 until
//! `down_until` (a time of day with date, or how long after the start), and to
//! the `fail_first` first requests for each path; 200 otherwise. An answer
//! `takes` no time unless it says so (real time, which is what processes see).
//! `path` limits all that to the paths that start with it. Several lines may
//! describe one stand-in. Empty lines and lines that start with `#` are passed
//! over.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::clock::add;
use crate::dependency::Dependency;
use crate::sqs::{Attribute, AttributeValue, Outgoing};
use crate::until;

/// What happens from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// The messages, in order.
    pub messages: Vec<ScenarioMessage>,
    /// The stand-ins' rules.
    pub dependencies: Vec<Dependency>,
}

/// A message to send at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioMessage {
    /// What the timeline calls it.
    pub name: String,
    /// Where to; `None`: the only queue there is.
    pub queue: Option<String>,
    /// The message.
    pub message: Outgoing,
}

/// A line that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for BadLine {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageLine {
    name: Option<String>,
    queue: Option<String>,
    body: Value,
    #[serde(default)]
    delay: u32,
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
}

fn all_paths() -> String {
    "/".to_owned()
}

impl Scenario {
    /// Reads a file's text; times that are durations count from `start`.
    ///
    /// # Errors
    /// All lines that are not as they should be; never empty.
    pub fn parse(text: &str, start: Timestamp) -> Result<Self, Vec<BadLine>> {
        let mut scenario = Self::default();
        let mut bad = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(reason) = scenario.read_line(line, start) {
                bad.push(BadLine {
                    line: index + 1,
                    reason,
                });
            }
        }
        if bad.is_empty() {
            Ok(scenario)
        } else {
            Err(bad)
        }
    }

    fn read_line(&mut self, line: &str, start: Timestamp) -> Result<(), String> {
        let value: Value = serde_json::from_str(line).map_err(|error| {
            // The line of the file is told; this one is always the first.
            format!("not JSON: {error}").replace(" at line 1 column", " at column")
        })?;
        if !value.is_object() {
            return Err("a line must be a JSON object, as {\"body\": {\"id\": 1}}".to_owned());
        }
        if value.get("dependency").is_some() {
            let line = serde_json::from_value(value).map_err(|error| error.to_string())?;
            self.dependencies.push(dependency(line, start)?);
        } else {
            let line = serde_json::from_value(value).map_err(|error| error.to_string())?;
            let number = self.messages.len() + 1;
            self.messages.push(message(line, number)?);
        }
        Ok(())
    }
}

fn message(line: MessageLine, number: usize) -> Result<ScenarioMessage, String> {
    let attributes = line
        .attributes
        .into_iter()
        .map(|(name, value)| {
            let attribute = attribute(&name, &value)?;
            Ok((name, attribute))
        })
        .collect::<Result<_, String>>()?;
    Ok(ScenarioMessage {
        name: line.name.unwrap_or_else(|| format!("message {number}")),
        queue: line.queue,
        message: Outgoing {
            body: match line.body {
                Value::String(body) => body,
                body => body.to_string(),
            },
            attributes,
            delay: line.delay,
            group: line.group,
            deduplication: line.deduplication,
            trace_header: None,
        },
    })
}

fn attribute(name: &str, value: &Value) -> Result<Attribute, String> {
    match value {
        Value::String(text) => Ok(Attribute::string(text)),
        Value::Number(number) => Ok(Attribute {
            data_type: "Number".to_owned(),
            value: AttributeValue::Text(number.to_string()),
        }),
        _ => Err(format!("the attribute {name} must be a string or a number")),
    }
}

fn dependency(line: DependencyLine, start: Timestamp) -> Result<Dependency, String> {
    let down_until = match line.down_until {
        Some(text) => Some(point_in_time(&text, start)?),
        None => None,
    };
    let takes = match line.takes {
        Some(text) => until::duration(&text)
            .ok_or_else(|| format!("takes is `{text}`; write how long, as \"2s\""))?,
        None => Duration::ZERO,
    };
    if line.dependency.is_empty() || line.dependency.contains('/') {
        return Err("a dependency's name must be one part of a path, as \"warehouse\"".to_owned());
    }
    Ok(Dependency {
        name: line.dependency,
        env: line.env,
        path: line.path,
        down_until,
        fail_first: line.fail_first,
        takes,
    })
}

fn point_in_time(text: &str, start: Timestamp) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    until::duration(text)
        .map(|after| add(start, after))
        .ok_or_else(|| {
            format!(
                "down_until is `{text}`; write a time, as \"2026-01-06T08:00:00Z\", or how long \
                 after the start, as \"23h\""
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn reads_messages_and_dependencies() {
        let text = r#"
# a comment
{"name":"good","body":{"id":1},"attributes":{"tenant":"x","weight":3}}
{"body":"{ not JSON","delay":30}
{"dependency":"warehouse","env":"WAREHOUSE_URL","down_until":"23h","fail_first":2}
"#;
        let scenario = Scenario::parse(text, start()).unwrap();
        let [good, raw] = &scenario.messages[..] else {
            panic!("{scenario:?}");
        };
        assert_eq!(good.name, "good");
        assert_eq!(good.message.body, r#"{"id":1}"#);
        assert_eq!(good.message.attributes["weight"].data_type, "Number");
        assert_eq!(raw.name, "message 2");
        assert_eq!(raw.message.body, "{ not JSON");
        assert_eq!(raw.message.delay, 30);
        let morning = "2026-01-06T08:00:00Z".parse().unwrap();
        assert_eq!(scenario.dependencies[0].down_until, Some(morning));
    }

    #[test]
    fn names_every_bad_line() {
        let text = "{\"body\":1}\nno\n[]\n{\"body\":1,\"dely\":3}\n{\"name\":\"x\"}\n\
                    {\"dependency\":\"a\",\"env\":\"A\",\"down_until\":\"soon\"}";
        let bad = Scenario::parse(text, start()).unwrap_err();
        let lines: Vec<usize> = bad.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
        assert!(bad[2].reason.contains("dely"), "{}", bad[2]);
        assert!(bad[3].reason.contains("body"), "{}", bad[3]);
    }
}
