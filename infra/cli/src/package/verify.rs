//! `cargo redrive package --verify`: what is only known with the values of a deployment.

use std::collections::BTreeMap;

use anstream::eprintln;
use redrive_infra::lambda::declared;
use redrive_infra::parameters;
use redrive_infra::stack::Stack;
use redrive_model::declared::{Difference, Existing};
use redrive_syntax::rules::with_values;
use redrive_syntax::{Diagnostic, Function, ParameterText, wrapped};
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
    /// The AWS CLI printed why.
    NotRead,
}

/// Judges the values of the parameters, and compares the queues that exist.
pub(super) fn verify(stack: &Stack, values: &[(String, String)]) -> Result<Verified, Error> {
    let values: BTreeMap<_, _> = values.iter().cloned().collect();
    let valued = parameters::with_values(stack, &values);
    let valued = valued.map_err(|names| Error::NoValues(names.into_iter().collect()))?;
    let (mut problems, mut queues) = (Vec::new(), 0);
    let functions = stack.functions.iter().zip(&valued.functions);
    for (function, valued) in functions.map(|(one, other)| (&one.function, &other.function)) {
        let name = &function.name;
        let wrong = with_values(function, valued);
        let is_wrong = !wrong.is_empty();
        problems.extend(wrong.into_iter().map(|it| Problem {
            function: name.clone(),
            queue: None,
            what: What::Value(it),
        }));
        // A value that is wrong may be that of the queue's ARN.
        for queue in existing(valued).into_iter().filter(|_| !is_wrong) {
            queues += 1;
            problems.extend(queue.compare(valued)?.into_iter().map(|what| Problem {
                function: name.clone(),
                queue: Some(queue.arn.clone()),
                what,
            }));
        }
    }
    Ok(Verified { problems, queues })
}

/// A queue that the stack does not create.
struct Queue {
    arn: String,
    is_dlq: bool,
    other: Option<String>,
}

fn existing(function: &Function) -> Vec<Queue> {
    let [queue, dlq] = [function.existing_queue(), function.existing_dlq()]
        .map(|arn| arn.and_then(ParameterText::literal).map(str::to_owned));
    let queue_of = |arn: &Option<String>, is_dlq, other: &Option<String>| {
        let other = other.clone();
        arn.clone().map(|arn| Queue { arn, is_dlq, other })
    };
    let queues = [queue_of(&queue, false, &dlq), queue_of(&dlq, true, &queue)];
    queues.into_iter().flatten().collect()
}

impl Queue {
    fn compare(&self, function: &Function) -> Result<Vec<What>, Error> {
        let parts: Vec<_> = self.arn.splitn(6, ':').collect();
        let &[_, partition, _, region, account, name] = parts.as_slice() else {
            return Ok(vec![What::NotRead]);
        };
        let domain = match partition {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        };
        let url = format!("https://sqs.{region}.{domain}/{account}/{name}");
        let Some(attributes) = aws::queue_attributes(&url, Some(region))? else {
            return Ok(vec![What::NotRead]);
        };
        let differences = declared(function).differences(&Existing {
            arn: &self.arn,
            is_dlq: self.is_dlq,
            other: self.other.as_deref(),
            attribute: |name: &str| Some(attributes[name].as_str()?.to_owned()),
        });
        Ok(differences.into_iter().map(What::Difference).collect())
    }
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
                json["help"] = it.help.as_str().into();
                json["declared"] = it.declared.into();
                json["found"] = it.found.into();
            }
            What::NotRead => json["problem"] = "the queue cannot be read".into(),
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
                write!(f, "{} [{}]\nhelp: {}", it.problem, it.rule, it.help)?;
            }
            What::NotRead => write!(
                f,
                "the queue cannot be read\nhelp: its policy, or yours, must allow `sqs:GetQueueAttributes`"
            )?,
        }
        match &self.queue {
            Some(queue) => write!(f, "\nnote: the queue is {queue}"),
            None => Ok(()),
        }
    }
}
