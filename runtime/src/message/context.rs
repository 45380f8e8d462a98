//! The invocation that a message is handled in.

/// The Lambda invocation that a message is handled in, one of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LambdaContext {
    /// The invocation's id, as in Lambda's own log lines.
    pub request_id: String,
    /// The ARN by which the function was invoked, with its version or alias.
    pub function_arn: String,
    /// The invocation's X-Ray header (`_X_AMZN_TRACE_ID`).
    pub trace_header: Option<String>,
}
