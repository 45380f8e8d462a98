//! `cargo redrive pause` and `cargo redrive resume`.
//!
//! A parameter of the stack decides: the next deployment would undo a change of the
//! event source mapping alone.

use std::process::ExitCode;
use std::time::Duration;

use anstream::println;
use redrive_model::duration::show;
use serde_json::{Value, json};

use crate::args::SwitchArgs;
use crate::aws;
use crate::error::Error;

/// A function of the stack.
struct Deployed {
    /// Its name, as the logical ids have it.
    id: String,
    enabled: bool,
    /// The URL of its queue, if the stack has an output for it.
    queue: Option<String>,
}

impl Deployed {
    /// Whether this is the function's name, in the source or in the logical ids.
    fn is(&self, name: &str) -> bool {
        let letters = |text: &str| {
            let letters = text.chars().filter(|c| c.is_alphanumeric());
            letters.collect::<String>().to_lowercase()
        };
        letters(&self.id) == letters(name)
    }
}

/// Pauses or resumes functions of a stack, and prints what waits in their queues.
pub(crate) fn switch(args: &SwitchArgs, enable: bool) -> Result<ExitCode, Error> {
    let stack = &args.stack;
    let name = ["--stack-name", stack];
    let Some(described) = aws::call("cloudformation describe-stacks", &name)? else {
        return Ok(ExitCode::FAILURE);
    };
    let described = &described["Stacks"][0];
    let deployed = chosen(args, functions(described))?;
    let is_changed = deployed.iter().any(|function| function.enabled != enable);
    if is_changed && !update(stack, described, &deployed, enable)? {
        return Ok(ExitCode::FAILURE);
    }
    for function in &deployed {
        let state = if enable { "resumed" } else { "paused" };
        match function.enabled == enable {
            true => println!("{}: already {state}", function.id),
            false => println!("{}: {state}", function.id),
        }
        let Some(queue) = &function.queue else {
            continue;
        };
        let Some(attributes) = aws::queue_attributes(queue, None)? else {
            return Ok(ExitCode::FAILURE);
        };
        print_waiting(stack, queue, &attributes, enable);
    }
    Ok(ExitCode::SUCCESS)
}

/// The functions that have a parameter to pause them.
fn functions(stack: &Value) -> Vec<Deployed> {
    let parameters = list(&stack["Parameters"]);
    let deployed = parameters.filter_map(|parameter| {
        let id = parameter["ParameterKey"]
            .as_str()?
            .strip_suffix("Enabled")?;
        let output = |part: &str| {
            let mut outputs = list(&stack["Outputs"]);
            let output = outputs.find(|one| one["OutputKey"] == format!("{id}{part}"))?;
            Some(output["OutputValue"].as_str()?.to_owned())
        };
        // A parameter of the user's own may have such a name, too.
        output("WorkerName")?;
        Some(Deployed {
            id: id.to_owned(),
            enabled: parameter["ParameterValue"] != "false",
            queue: output("QueueUrl"),
        })
    });
    deployed.collect()
}

/// The functions of the command line, or all.
fn chosen(args: &SwitchArgs, deployed: Vec<Deployed>) -> Result<Vec<Deployed>, Error> {
    let stack = args.stack.clone();
    if deployed.is_empty() {
        return Err(Error::NoSwitch { stack });
    }
    let is_deployed = |name: &&String| deployed.iter().any(|function| function.is(name));
    if let Some(name) = args.functions.iter().find(|name| !is_deployed(name)) {
        let known = deployed.iter().map(|function| function.id.clone());
        return Err(Error::UnknownFunction {
            place: format!("stack `{stack}`"),
            name: name.clone(),
            known: known.collect(),
        });
    }
    let is_chosen = |function: &Deployed| {
        args.functions.is_empty() || args.functions.iter().any(|name| function.is(name))
    };
    Ok(deployed.into_iter().filter(is_chosen).collect())
}

/// Updates the parameters of the functions, and waits for the end of the update.
fn update(
    stack: &str,
    described: &Value,
    functions: &[Deployed],
    enable: bool,
) -> Result<bool, Error> {
    let parameters = list(&described["Parameters"]).map(|parameter| {
        let key = &parameter["ParameterKey"];
        let mut functions = functions.iter();
        match functions.any(|function| *key == format!("{}Enabled", function.id)) {
            true => json!({ "ParameterKey": key, "ParameterValue": enable.to_string() }),
            false => json!({ "ParameterKey": key, "UsePreviousValue": true }),
        }
    });
    let parameters = parameters.collect::<Value>().to_string();
    let mut arguments = vec!["--use-previous-template", "--stack-name", stack];
    arguments.extend(["--parameters", &parameters]);
    let capabilities = list(&described["Capabilities"]).filter_map(Value::as_str);
    let capabilities: Vec<_> = capabilities.collect();
    if !capabilities.is_empty() {
        arguments.push("--capabilities");
        arguments.extend(capabilities);
    }
    if aws::call("cloudformation update-stack", &arguments)?.is_none() {
        return Ok(false);
    }
    let wait = "cloudformation wait stack-update-complete";
    Ok(aws::call(wait, &["--stack-name", stack])?.is_some())
}

fn print_waiting(stack: &str, queue: &str, attributes: &Value, enable: bool) {
    let number = |name: &str| -> u64 {
        let text = attributes[name].as_str().unwrap_or_default();
        text.parse().unwrap_or_default()
    };
    let name = queue.rsplit('/').next().unwrap_or(queue);
    let visible = number("ApproximateNumberOfMessages");
    let received = number("ApproximateNumberOfMessagesNotVisible");
    let delayed = number("ApproximateNumberOfMessagesDelayed");
    let be = |number| if number == 1 { "is" } else { "are" };
    let wait = match visible {
        1 => "message waits",
        _ => "messages wait",
    };
    println!(
        "  {name}: {visible} {wait}, {received} {} received, {delayed} {} delayed",
        be(received),
        be(delayed)
    );
    if !enable {
        let kept = Duration::from_secs(number("MessageRetentionPeriod"));
        println!(
            "  SQS deletes a message {} after it was sent; to deliver them, run `cargo redrive resume {stack}`",
            show(kept)
        );
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
