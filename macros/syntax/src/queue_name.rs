//! The names that SQS accepts for a queue.

use redrive_model::limits::QUEUE_NAME_CHARACTERS;

use crate::arn;
use crate::parameter_text::ParameterText;
use crate::queues::is_arn;

/// The DLQ's name is longer by `-dlq`.
pub(crate) const LONGEST: usize = QUEUE_NAME_CHARACTERS - "-dlq".len();

/// What is wrong with a queue's name or ARN, as far as it is known.
pub(crate) fn problem_of(key: &str, text: &ParameterText) -> Option<String> {
    if text.only_parameter().is_some() {
        return None;
    }
    if !is_arn(text) {
        // Any value of a parameter is made of the same characters.
        return problem(&text.with(|_| "x".to_owned()));
    }
    let why = arn::problem(text, "sqs").or_else(|| {
        let [.., name] = arn::parts(text)?;
        // Any value of a parameter is made of the same characters.
        let name = ParameterText::parse(&name).ok()?.with(|_| "x".to_owned());
        problem_of_name(&name, QUEUE_NAME_CHARACTERS)
    })?;
    Some(format!("`{key}` is not the ARN of an SQS queue: {why}"))
}

/// What is wrong with this name of a queue, and of the DLQ that is named after it.
pub(crate) fn problem(name: &str) -> Option<String> {
    problem_of_name(name, LONGEST)
}

fn problem_of_name(name: &str, longest: usize) -> Option<String> {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let wrong = stem.chars().find(|c| !is_allowed(*c));
    Some(match wrong {
        _ if name.contains("://") => "this is a URL, but must be a queue's name or ARN".to_owned(),
        Some(wrong) => format!(
            "queue name contains `{}`; only letters, digits, `-` and `_` are allowed",
            wrong.escape_debug()
        ),
        None if stem.is_empty() => "the queue name is empty".to_owned(),
        None if name.len() > longest => match longest {
            LONGEST => format!(
                "queue name has {} characters; at most {LONGEST} leave room for `-dlq`, the DLQ's suffix",
                name.len()
            ),
            _ => format!("queue name has {} characters, of {longest}", name.len()),
        },
        None => return None,
    })
}

/// The ARN of the queue with this URL.
pub(crate) fn arn_of_url(url: &str) -> Option<String> {
    let (host, path) = url.trim().strip_prefix("https://sqs.")?.split_once('/')?;
    let partition = match host {
        _ if host.ends_with(".cn") => "aws-cn",
        _ if host.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let region = host.trim_end_matches(".cn");
    let region = region.strip_suffix(".amazonaws.com")?;
    let (account, name) = path.split_once('/')?;
    let arn = format!("arn:{partition}:sqs:{region}:{account}:{name}");
    let read = ParameterText::parse(&arn).ok()?;
    problem_of("queue", &read).is_none().then_some(arn)
}

/// A valid name for one that is not.
pub(crate) fn meant(name: &str) -> String {
    let with_braces = with_braces(name);
    let read = ParameterText::parse(&with_braces);
    if with_braces != name && read.is_ok_and(|text| problem_of("queue", &text).is_none()) {
        return with_braces;
    }
    let name = match name.contains("://") {
        true => name.rsplit('/').next().unwrap_or_default(),
        false => name,
    };
    let end = match name.to_ascii_lowercase().ends_with(".fifo") {
        true => ".fifo",
        false => "",
    };
    let words = name[..name.len() - end.len()].split(|c| !is_allowed(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => format!("orders{end}"),
        false => format!("{}{end}", words.join("-")),
    }
}

/// The text with each `$Name` as `${Name}`.
fn with_braces(text: &str) -> String {
    let mut pieces = text.split('$');
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_alphanumeric());
        let (name, rest) = piece.split_at(end.unwrap_or(piece.len()));
        written += &match name {
            "" => format!("${rest}"),
            name => format!("${{{name}}}{rest}"),
        };
    }
    written
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}
