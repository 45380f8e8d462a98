//! What delivers messages to the worker.

use redrive_model::limits::FIRST_BATCHES;
use redrive_syntax::rules::catalog::{
    FILTER_DELETES, OVERLAY, RESERVED_CONCURRENCY, RESPONSE_TYPES,
};
use serde_json::Value;

use super::table::MAPPING;
use super::{Finding, View, escaped};
use crate::error::broken;
use crate::overlay::value::{Held, entries, held, number, only, property, referred};

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let Some((own, generated)) = view.generated(MAPPING).next() else {
        return Vec::new();
    };
    let worker = referred(&generated["Properties"]["FunctionName"]).unwrap_or_default();
    let mut feeding = vec![own];
    let mut findings = Vec::new();
    for (id, mapping) in view.all(MAPPING) {
        let invokes = invokes(view, &mapping["Properties"]["FunctionName"], &worker);
        if id != own && invokes {
            feeding.push(id);
        } else if id == own && !invokes {
            let problem = format!("`{own}` must invoke `{worker}`: nothing else feeds it");
            let finding = Finding::new(&OVERLAY, property(own, "FunctionName"), problem);
            findings.push(finding.help("remove `FunctionName`, or name an alias of the function"));
        }
    }
    findings.extend(feeding.iter().filter_map(|id| response_types(view, id)));
    findings.extend(feeding.iter().filter_map(|id| filters(view, id)));
    findings.extend(concurrency(view, &worker, &feeding));
    findings
}

/// Whether a name is that of the function, or of an alias or version of it.
fn invokes(view: &View<'_>, name: &Value, function: &str) -> bool {
    let qualified = |name: &Value| {
        let text = name["Fn::Sub"].as_str().unwrap_or_default();
        [format!("${{{function}}}:"), format!("${{{function}.Arn}}:")]
            .iter()
            .any(|start| text.starts_with(start))
    };
    let is_function = |name: &Value| referred(name).as_deref() == Some(function) || qualified(name);
    let alias = &view.merged["Resources"][referred(name).unwrap_or_default()];
    is_function(name) || is_function(&alias["Properties"]["FunctionName"])
}

fn response_types(view: &View<'_>, id: &str) -> Option<Finding> {
    let pointer = property(id, "FunctionResponseTypes");
    let reports = |held: Held<'_>| match held.literal() {
        Some(types) => entries(types).any(|name| name == "ReportBatchItemFailures"),
        None => held != Held::Nothing,
    };
    if held(view.merged, &pointer).into_iter().all(reports) {
        return None;
    }
    let problem =
        format!("`{id}` lacks `ReportBatchItemFailures`: Lambda would delete failed messages");
    let help = "write `\"FunctionResponseTypes\": [\"ReportBatchItemFailures\"]`";
    // A mapping that an overlay adds may not have the property at all.
    let resource = format!("/Resources/{}", escaped(id));
    Some(Finding::at([pointer, resource], broken(&RESPONSE_TYPES, problem)).help(help))
}

fn filters(view: &View<'_>, id: &str) -> Option<Finding> {
    let pointer = property(id, "FilterCriteria/Filters");
    let filters = |held: Held<'_>| match held.literal() {
        Some(list) => entries(list).next().is_some(),
        None => held != Held::Nothing,
    };
    if !held(view.merged, &pointer).into_iter().any(filters) {
        return None;
    }
    let problem = format!("`{id}` deletes the messages that no filter lets through");
    let help = "let the function skip them, or accept it with `allow = \"filter_deletes\"`";
    Some(Finding::new(&FILTER_DELETES, pointer, problem).help(help))
}

/// The invocations that are reserved for the worker are enough for all its mappings.
/// The rules of the attribute check those of the generated one alone.
fn concurrency(view: &View<'_>, worker: &str, mappings: &[&str]) -> Option<Finding> {
    let path = "ReservedConcurrentExecutions";
    let mut pointers = vec![property(worker, path)];
    let limit = |id: &&str| property(id, "ScalingConfig/MaximumConcurrency");
    pointers.extend(mappings.iter().map(limit));
    let mut held = pointers.iter().map(|pointer| only(view.merged, pointer));
    let reserved = number(held.next()?.literal()?)?;
    let started = held.filter_map(|limit| match limit {
        Held::Nothing => Some(FIRST_BATCHES.into()),
        limit => number(limit.literal()?),
    });
    let needed: i64 = started.sum();
    if mappings.len() == 1 || reserved >= needed {
        return None;
    }
    let problem = format!(
        "`{worker}` has {reserved} reserved invocations, but its mappings start {needed}: the others are throttled"
    );
    let help = format!(
        "raise `{path}` to {needed}, lower `MaximumConcurrency`, or accept it with `allow = \"reserved_concurrency\"`"
    );
    Some(Finding::at(pointers, broken(&RESERVED_CONCURRENCY, problem)).help(help))
}
