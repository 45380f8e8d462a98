//! The X-Ray header of the invocation, where SDKs and X-Ray's look for it.

use std::env;

/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>.
const VARIABLE: &str = "_X_AMZN_TRACE_ID";

/// Puts it into the environment, or takes that of the invocation before out.
#[expect(
    unsafe_code,
    reason = "AWS SDKs read the header from the environment, and from it Lambda knows a loop"
)]
pub(super) fn set(header: Option<&str>) {
    // SAFETY: Rust's own readers of the environment take its lock, and no code of
    // the function's future runs now: this is called between two invocations.
    // What is left are C libraries on threads that `init` or an earlier invocation
    // began, which nothing can rule out; every Lambda runtime sets this variable
    // under them.
    match header {
        Some(header) => unsafe { env::set_var(VARIABLE, header) },
        None => unsafe { env::remove_var(VARIABLE) },
    }
}
