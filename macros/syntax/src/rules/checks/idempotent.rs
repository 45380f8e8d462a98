//! Checks of `idempotent`.

use redrive_model::duration::{show, written};

use super::{Check, Finding, Rule, accept, catalog, found};
use crate::diagnostic::Fix;
use crate::idempotent::{MESSAGE_ID, with_ttl};
use crate::options::Options;

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::IDEMPOTENT_MESSAGE_ID, message_id),
    (&catalog::IDEMPOTENT_TTL, ttl),
    (&catalog::IDEMPOTENT_TTL_MISSING, ttl_missing),
];

fn ttl_missing(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let idempotent = function.idempotent.as_ref()?;
    let has_no_end = function.dlq_redrive.is_some() && function.rounds().is_none();
    (has_no_end && idempotent.ttl.is_none()).then(|| {
        let problem = "`idempotent` needs a `ttl`, because messages are redriven without a limit";
        let fixes = [
            with_ttl(idempotent, Some(function.key_lifetime())),
            Fix::remove("redrive_rounds"),
        ];
        found(problem, fixes)
    })
}

fn message_id(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let idempotent = function.idempotent.as_ref()?;
    let is_redriven = function.dlq_redrive.is_some() && idempotent.key == MESSAGE_ID;
    is_redriven.then(|| {
        let problem =
            "a message that is redriven has a new id, so `message_id` would not recognize it";
        let advice = "write a field that its sender sets, such as `idempotent(key = order.id)`";
        found(problem, [Fix::advice(advice)])
    })
}

fn ttl(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let idempotent = function.idempotent.as_ref()?;
    let (ttl, needed) = (idempotent.ttl?, function.key_lifetime());
    (ttl < needed).then(|| {
        let problem = format!(
            "the `ttl` of `idempotent` is {}, but a copy of a message may be delivered for {}",
            show(ttl),
            show(needed)
        );
        let default = format!("remove `ttl` to use the default, {}", written(needed));
        let if_not = "if no copies are delivered that late";
        let fixes = [
            with_ttl(idempotent, None).described(default),
            with_ttl(idempotent, Some(needed)),
            accept(&catalog::IDEMPOTENT_TTL, options, if_not),
        ];
        found(problem, fixes)
    })
}
