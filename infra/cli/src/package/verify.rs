//! `cargo redrive package --verify`: what is only known with the values of a deployment.

use std::collections::{BTreeMap, BTreeSet};

use anstream::eprintln;
use redrive_infra::lambda::declared;
use redrive_infra::parameters;
use redrive_infra::stack::Stack;
use redrive_model::declared::{Declaration, Difference, Existing};
use redrive_syntax::catalog::Level;
use redrive_syntax::rules::{broken_by, with_values};
use redrive_syntax::{Diagnostic, Function, ParameterText, TemplateValue, keys, wrapped};
use serde_json::{Value, json};

use crate::aws;
use crate::error::Error;
use crate::print::style;

/// What is not as the attributes need it.
pub(super) struct Verified {
    problems: Vec<Problem>,
    /// The queues that exist.
    queues: usize,
}

/// What to change of one function or its queues.
struct Problem {
    function: String,
    /// The ARN of the queue, if it is about one.
    queue: Option<String>,
    what: What,
}

enum What {
    /// A rule that needed the value of a parameter.
    Value(Diagnostic),
    Difference(Difference),
    /// What was not read, and the right that it needs. The AWS CLI printed why.
    NotRead([&'static str; 2]),
}

const ATTRIBUTES: [&str; 2] = ["the queue", "sqs:GetQueueAttributes"];
const SOURCES: [&str; 2] = [
    "which queues have the DLQ",
    "sqs:ListDeadLetterSourceQueues",
];

/// Judges the values of the parameters, and compares the queues that exist.
pub(super) fn verify(stack: &Stack, values: &[(String, String)]) -> Result<Verified, Error> {
    let values: BTreeMap<_, _> = values.iter().cloned().collect();
    let unknown = parameters::unknown(stack, values.keys());
    if !unknown.is_empty() {
        return Err(Error::UnknownParameters(unknown));
    }
    let valued = parameters::with_values(stack, &values);
    let of_statements = parameters::judge_permissions(stack, &values);
    let (valued, of_statements) = match (valued, of_statements) {
        (Ok(valued), Ok(of_statements)) => (valued, of_statements),
        (valued, of_statements) => {
            let missing = valued.err().into_iter().chain(of_statements.err());
            return Err(Error::NoValues(missing.flatten().collect()));
        }
    };
    let of_value = |function: &String, it| Problem {
        function: function.clone(),
        queue: None,
        what: What::Value(it),
    };
    let of_statements = of_statements.into_iter();
    let of_statements = of_statements.map(|(function, it)| of_value(&function, it));
    let (mut problems, mut queues): (Vec<_>, _) = (of_statements.collect(), 0);
    let functions = stack.functions.iter().zip(&valued.functions);
    for (function, valued) in functions.map(|(one, other)| (&one.function, &other.function)) {
        let name = &function.name;
        let wrong = with_values(function, valued);
        let is_wrong = !wrong.is_empty();
        problems.extend(wrong.into_iter().map(|it| of_value(name, it)));
        let arns = [valued.existing_queue(), valued.existing_dlq()];
        let [queue, dlq] = arns.map(|arn| arn.and_then(ParameterText::literal));
        for (arn, is_dlq, other) in [(queue, false, dlq), (dlq, true, queue)] {
            // A value that is wrong may be that of the queue's ARN.
            let Some(arn) = arn.filter(|_| !is_wrong) else {
                continue;
            };
            queues += 1;
            let found = compare(function, valued, arn, is_dlq, other)?.into_iter();
            problems.extend(found.map(|what| Problem {
                function: name.clone(),
                queue: Some(arn.to_owned()),
                what,
            }));
        }
    }
    Ok(Verified { problems, queues })
}

/// The difference without a fix that would break a rule, and with the parameter whose value
/// it is about.
fn with_a_fix(difference: Difference, function: &Function, valued: &Function) -> Difference {
    let key = difference.key;
    let texts = function.texts().filter(|(of, _)| *of == key);
    let parameters = texts.flat_map(|(_, text)| text.parameters());
    let names: BTreeSet<_> = parameters.map(|it| format!("`{}`", it.name)).collect();
    let names: Vec<_> = names.into_iter().collect();
    let change = format!("change the value of {}", names.join(", "));
    if difference.write.is_some() && !names.is_empty() {
        return Difference {
            write: None,
            change: Some(change),
            ..difference
        };
    }
    let breaks_a_rule = |write: &Declaration| {
        let Some(number) = write.number else {
            return false;
        };
        let errors = |function: &Function| {
            let broken = broken_by(function, &[]).into_iter().map(|(rule, _)| rule);
            let errors = broken.filter(|rule| match rule.level {
                Level::Error => true,
                Level::Deliberate => !function.allow.iter().any(|id| id == rule.id),
                Level::Warning | Level::Notice => false,
            });
            errors.collect::<Vec<_>>()
        };
        let (mut changed, before) = (valued.clone(), errors(valued));
        let value = TemplateValue::Number(number);
        let read = keys::find(write.key).map(|key| changed.read_back(key, &value));
        read.is_none_or(|read| read.is_err())
            || errors(&changed).iter().any(|rule| !before.contains(rule))
    };
    Difference {
        write: difference.write.clone().filter(|it| !breaks_a_rule(it)),
        ..difference
    }
}

/// Compares a queue that the stack does not create; `other` is its DLQ, or the queue that it
/// is the DLQ of. The function is the one of the attribute, and the one with the values.
fn compare(
    function: &Function,
    valued: &Function,
    arn: &str,
    is_dlq: bool,
    other: Option<&str>,
) -> Result<Vec<What>, Error> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let &[_, partition, _, region, account, name] = parts.as_slice() else {
        return Ok(vec![What::NotRead(ATTRIBUTES)]);
    };
    let domain = match partition {
        "aws-cn" => "amazonaws.com.cn",
        _ => "amazonaws.com",
    };
    let url = format!("https://sqs.{region}.{domain}/{account}/{name}");
    let Some(attributes) = aws::queue_attributes(&url, Some(region))? else {
        return Ok(vec![What::NotRead(ATTRIBUTES)]);
    };
    let differences = declared(valued).differences(&Existing {
        arn,
        is_dlq,
        other,
        attribute: |name: &str| Some(attributes[name].as_str()?.to_owned()),
    });
    let differences = differences.into_iter();
    let differences = differences.map(|it| What::Difference(with_a_fix(it, function, valued)));
    let mut found: Vec<_> = differences.collect();
    if is_dlq && valued.dlq_redrive.is_some() {
        match aws::sources_of_dlq(&url, region)? {
            Some(sources) => found.extend(other_source(valued, &sources).map(What::Difference)),
            None => found.push(What::NotRead(SOURCES)),
        }
        let other = aws::account()?.filter(|own| own != account);
        found.extend(other.map(|own| What::Difference(in_another_account(&own))));
    }
    Ok(found)
}

fn of_dlq(rule: &'static str, problem: String, change: &str) -> Difference {
    Difference {
        key: "dlq",
        rule,
        problem,
        write: None,
        change: Some(change.to_owned()),
        declared: None,
        found: None,
    }
}

/// A DLQ that a move task of this account cannot redrive.
fn in_another_account(own: &str) -> Difference {
    let problem = format!(
        "the DLQ is not in the account of the credentials, `{own}`, and move tasks ignore permissions of other accounts"
    );
    let change = "remove `dlq_redrive`, or use credentials of the account of the stack";
    of_dlq("dlq_place", problem, change)
}

/// Another queue of the DLQ, whose messages a redrive would move to the source queue.
fn other_source(function: &Function, urls: &[String]) -> Option<Difference> {
    let source = function.queue_name();
    let is_source = |url: &&String| match (function.existing_queue(), url.rsplit('/').next()) {
        (Some(_), name) => name == Some(&source),
        // The prefix of its name is chosen at deployment.
        (None, name) => name.is_some_and(|name| name.ends_with(&source)),
    };
    let url = urls.iter().find(|url| !is_source(url))?;
    let problem =
        format!("the DLQ is also that of {url}: a redrive would move its messages to `{source}`");
    let change = "give each queue its own DLQ, or remove `dlq_redrive`";
    Some(of_dlq("shared_queue", problem, change))
}

impl Verified {
    /// Whether all is as the attributes need it.
    pub(super) fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    pub(super) fn json(&self) -> Value {
        self.problems.iter().map(Problem::json).collect()
    }

    pub(super) fn print(&self, package: &str) {
        let (error, good) = (style::ERROR, style::GOOD);
        for problem in &self.problems {
            let problem = wrapped(&problem.to_string());
            eprintln!("{error}error{error:#}: {problem}");
        }
        if self.is_good() {
            let queues = match self.queues {
                0 => "no queue exists outside of the stack".to_owned(),
                1 => "1 queue is as it is declared".to_owned(),
                queues => format!("{queues} queues are as they are declared"),
            };
            eprintln!("{good}    Verified{good:#} {package}: {queues}");
        }
    }
}

impl Problem {
    fn json(&self) -> Value {
        let mut json = json!({ "function": self.function, "queue": self.queue });
        match &self.what {
            What::Value(it) => {
                json["rule"] = it.rule.id.into();
                json["problem"] = it.problem().into();
            }
            What::Difference(it) => {
                json["rule"] = it.rule.into();
                json["key"] = it.key.into();
                json["problem"] = it.problem.as_str().into();
                json["help"] = it.help().into();
                json["declared"] = it.declared.into();
                json["found"] = it.found.into();
            }
            What::NotRead([what, _]) => json["problem"] = format!("{what} cannot be read").into(),
        }
        json
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.function)?;
        match &self.what {
            What::Value(diagnostic) => write!(f, "{diagnostic}")?,
            What::Difference(it) => {
                write!(f, "{} [{}]\nhelp: {}", it.problem, it.rule, it.help())?;
            }
            What::NotRead([what, right]) => write!(
                f,
                "{what} cannot be read
help: the AWS CLI has printed why; this needs `{right}`"
            )?,
        }
        match &self.queue {
            Some(queue) => write!(f, "\nnote: the queue is {queue}"),
            None => Ok(()),
        }
    }
}
