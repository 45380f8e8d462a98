//! Checks of `idempotent`.

use redrive_model::duration::{show, written};

use super::{Check, Finding, Rule, allow, catalog, these};
use crate::diagnostic::{Edit, Fix};
use crate::idempotent::{Idempotent, with_ttl};
use crate::options::Options;
use crate::problem::Problem;

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
        let problem = Problem::new()
            .key("idempotent")
            .text(" needs a `ttl`, because messages are redriven without a limit");
        let fixes = [
            with_ttl(idempotent, function.key_lifetime()),
            Fix::edit([Edit::remove("redrive_rounds")]),
        ];
        (problem, these(fixes))
    })
}

fn message_id(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let idempotent = function.idempotent.as_ref()?;
    let is_redriven = function.dlq_redrive.is_some() && idempotent.is_message_id();
    is_redriven.then(|| {
        let problem =
            "a message that is redriven has a new id, so `message_id` would not recognize it";
        let advice = "write a field that its sender sets, such as `idempotent(key = order.id)`";
        (problem.into(), these([Fix::advice(advice)]))
    })
}

fn ttl(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let idempotent = function.idempotent.as_ref()?;
    let (ttl, needed) = (idempotent.ttl?, function.key_lifetime());
    (ttl < needed).then(|| {
        let problem = Problem::new()
            .text("the `ttl` of ")
            .key("idempotent")
            .text(format!(
                " is {}, but a copy of a message may be delivered for {}",
                show(ttl),
                show(needed)
            ));
        let without = Idempotent {
            ttl: None,
            ..idempotent.clone()
        };
        let default = Fix::set("idempotent", without.written());
        let text = format!("remove `ttl` to use the default, {}", written(needed));
        let accept = allow(&catalog::IDEMPOTENT_TTL, options);
        let accepted = format!("if no copies are delivered that late, write {accept}");
        let fixes = [
            default.described(text),
            with_ttl(idempotent, needed),
            Fix::edit([accept]).described(accepted),
        ];
        (problem, these(fixes))
    })
}
