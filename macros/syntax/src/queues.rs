//! The two queues of a function: new ones, or queues that exist.

use crate::arn;
use crate::parameter_text::{ParameterText, Part};

/// Whether the text is the ARN of something that exists, not the name of something
/// new.
pub(crate) fn is_arn(text: &ParameterText) -> bool {
    match text.parts() {
        [Part::Parameter(_)] => true,
        [Part::Literal(start), ..] => start.starts_with("arn:"),
        _ => false,
    }
}

/// A part of an ARN, counted from 0; parameters are `${Name}` in it.
pub fn arn_part(arn: &ParameterText, index: usize) -> Option<String> {
    arn::parts(arn)?.into_iter().nth(index)
}

/// The end of an ARN, or the whole text of a name.
pub(crate) fn name(text: &ParameterText) -> String {
    let resource = is_arn(text).then(|| arn_part(text, 5)).flatten();
    resource.unwrap_or_else(|| text.to_string())
}

/// The queue's name with an end, before `.fifo`.
pub(crate) fn suffixed(queue: &ParameterText, end: &str) -> ParameterText {
    match queue.strip_suffix(".fifo") {
        Some(stem) => stem.followed_by(&format!("{end}.fifo")),
        None => queue.clone().followed_by(end),
    }
}

/// Whether the queue is a FIFO queue; `None` if its name ends with a parameter of which
/// nothing is known.
pub(crate) fn is_fifo(text: &ParameterText) -> Option<bool> {
    let ends_with_parameter = matches!(text.parts().last(), Some(Part::Parameter(_)));
    match is_arn(text) && ends_with_parameter {
        true => None,
        // No name of a new queue has a dot in a parameter.
        false => Some(text.strip_suffix(".fifo").is_some()),
    }
}
