//! Calls of the AWS CLI: deploying needs it anyway, and it knows every way to sign in.
//! An SDK would be a large dependency.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::Error;

/// The answer of the AWS CLI to a command such as `sqs list-queues`; `None` if it failed,
/// and has printed the reason.
pub(crate) fn call(command: &str, arguments: &[&str]) -> Result<Option<Value>, Error> {
    let output = Command::new("aws")
        .args(command.split(' '))
        .args(arguments)
        .args(["--output", "json"])
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
    let mut arguments = vec!["--queue-url", url, "--attribute-names", "All"];
    arguments.extend(region.into_iter().flat_map(|region| ["--region", region]));
    let answer = call("sqs get-queue-attributes", &arguments)?;
    Ok(answer.map(|mut answer| answer["Attributes"].take()))
}

/// The account of the credentials.
pub(crate) fn account() -> Result<Option<String>, Error> {
    let answer = call("sts get-caller-identity", &[])?;
    Ok(answer.and_then(|answer| Some(answer["Account"].as_str()?.to_owned())))
}

/// The URLs of the queues that have this DLQ.
pub(crate) fn sources_of_dlq(url: &str, region: &str) -> Result<Option<Vec<String>>, Error> {
    let arguments = ["--queue-url", url, "--region", region];
    let answer = call("sqs list-dead-letter-source-queues", &arguments)?;
    Ok(answer.map(|answer| {
        let urls = answer["queueUrls"].as_array().into_iter().flatten();
        urls.filter_map(|url| Some(url.as_str()?.to_owned()))
            .collect()
    }))
}
