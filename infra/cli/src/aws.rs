//! Calls of the AWS CLI: deploying needs it anyway, and it knows every way to sign in.
//! An SDK would be a large dependency.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::Error;

/// The answer of the AWS CLI; `None` if it failed, and has printed the reason.
pub(crate) fn call(arguments: &[&str]) -> Result<Option<Value>, Error> {
    let mut command = Command::new("aws");
    command.args(arguments).args(["--output", "json"]);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(Error::NoAwsCli)?;
    if !output.status.success() {
        return Ok(None);
    }
    match output.stdout.trim_ascii() {
        [] => Ok(Some(Value::Null)),
        answer => serde_json::from_slice(answer)
            .map(Some)
            .map_err(Error::AwsAnswer),
    }
}

/// All attributes of a queue, with their names.
pub(crate) fn queue_attributes(url: &str, region: Option<&str>) -> Result<Option<Value>, Error> {
    let mut arguments = vec!["sqs", "get-queue-attributes", "--queue-url", url];
    arguments.extend(["--attribute-names", "All"]);
    arguments.extend(region.into_iter().flat_map(|region| ["--region", region]));
    let answer = call(&arguments)?;
    Ok(answer.map(|mut answer| answer["Attributes"].take()))
}

/// The account of the credentials.
pub(crate) fn account() -> Result<Option<String>, Error> {
    let answer = call(&["sts", "get-caller-identity"])?;
    Ok(answer.and_then(|answer| Some(answer["Account"].as_str()?.to_owned())))
}

/// The URLs of the queues that have this DLQ.
pub(crate) fn sources_of_dlq(url: &str, region: &str) -> Result<Option<Vec<String>>, Error> {
    let arguments = ["sqs", "list-dead-letter-source-queues", "--queue-url", url];
    let answer = call(&[&arguments[..], &["--region", region]].concat())?;
    Ok(answer.map(|answer| {
        let urls = answer["queueUrls"].as_array().into_iter().flatten();
        urls.filter_map(|url| Some(url.as_str()?.to_owned()))
            .collect()
    }))
}
