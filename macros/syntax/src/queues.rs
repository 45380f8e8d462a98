//! The two queues of a function: new ones, or queues that exist.

use crate::function::Function;
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
    let shown = arn.with(|parameter| format!("${{{}}}", parameter.name));
    shown.splitn(6, ':').nth(index).map(str::to_owned)
}

/// The end of an ARN, or the whole text of a name.
fn name(text: &ParameterText) -> String {
    let resource = is_arn(text).then(|| arn_part(text, 5)).flatten();
    resource.unwrap_or_else(|| text.to_string())
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

impl Function {
    /// Whether the source queue, and so the DLQ, is a FIFO queue.
    pub fn is_fifo(&self) -> bool {
        let known = is_fifo(&self.queue);
        known.or(self.fifo).unwrap_or_default()
    }

    /// The ARN of the source queue, if it exists already.
    pub fn existing_queue(&self) -> Option<&ParameterText> {
        Some(&self.queue).filter(|queue| is_arn(queue))
    }

    /// The ARN of the DLQ, if it exists already.
    pub fn existing_dlq(&self) -> Option<&ParameterText> {
        self.dlq.as_ref().filter(|dlq| is_arn(dlq))
    }

    /// Whether redrive knows the DLQ: that of a queue that exists has to be given.
    pub fn has_dlq(&self) -> bool {
        self.dlq.is_some() || self.existing_queue().is_none()
    }

    /// The source queue's name.
    pub fn queue_name(&self) -> String {
        name(&self.queue)
    }

    /// The DLQ's name, or its ARN if it exists. Without a key it is the source queue's name
    /// with `-dlq`, before `.fifo`.
    pub fn dlq(&self) -> ParameterText {
        if let Some(dlq) = &self.dlq {
            return dlq.clone();
        }
        let queue = match self.existing_queue() {
            Some(_) => self.queue_name().into(),
            None => self.queue.clone(),
        };
        match queue.strip_suffix(".fifo") {
            Some(stem) => stem.followed_by("-dlq.fifo"),
            None => queue.followed_by("-dlq"),
        }
    }

    /// The DLQ's name.
    pub fn dlq_name(&self) -> String {
        name(&self.dlq())
    }
}
