//! Invocations that are reserved for the worker.

use super::{Literal, Mistake, View, property};
use crate::plan::Part;

/// With how many batches at once Lambda starts.
const FIRST: i64 = 5;

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    judge(view).into_iter().collect()
}

fn judge(view: &View<'_>) -> Option<Mistake> {
    let path = "ReservedConcurrentExecutions";
    let reserved = view.literal(Part::Worker, path).number()?;
    let places = view.mappings().into_iter();
    let (limits, most): (Vec<_>, Vec<_>) = places
        .map(|id| property(&id, "ScalingConfig/MaximumConcurrency"))
        .map(|pointer| {
            let most = Literal::at(view.template, &pointer);
            (pointer, most)
        })
        .unzip();
    let is_unlimited = most.contains(&Literal::Missing);
    let most: i64 = most.iter().filter_map(Literal::number).sum();
    let pointers = [vec![view.pointer(Part::Worker, path)], limits].concat();
    if reserved < most {
        let why = format!(
            "`{path}` is {reserved}, but the event source mapping starts up to {most} invocations at once (`MaximumConcurrency`), and those over it are throttled; raise it to {most}, or lower `max_concurrency` in the attribute"
        );
        let rule = "reserved_concurrency";
        return Some(Mistake {
            rule,
            pointers,
            why,
        });
    }
    (is_unlimited && reserved < FIRST).then(|| Mistake {
        rule: "reserved_concurrency_low",
        pointers,
        why: format!(
            "`{path}` is {reserved}, but Lambda starts with {FIRST} batches at once, and each that is throttled counts as a receive; raise it to {FIRST}"
        ),
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use crate::overlay::check::testing::{assert_told, told, with};

    fn reserved(number: u32) -> Value {
        with("Worker", json!({ "ReservedConcurrentExecutions": number }))
    }

    const PLACE: &str = "Worker/Properties/ReservedConcurrentExecutions";

    #[test]
    fn a_function_has_what_its_mapping_starts() {
        let told = |number| told(quote!(max_concurrency = 20), reserved(number));
        assert_told(&told(19), PLACE, "reserved_concurrency", "raise it to 20");
        assert!(told(20).is_empty());
    }

    #[test]
    fn a_limit_below_the_first_batches_is_enough() {
        assert!(told(quote!(max_concurrency = 2), reserved(2)).is_empty());
        let mut later = reserved(2);
        later["Resources"]["OrdersEventSourceMapping"]["Properties"]["ScalingConfig"]["MaximumConcurrency"] =
            json!({ "Ref": "AWS::StackName" });
        assert!(told(quote!(), later).is_empty());
    }

    #[test]
    fn the_mappings_of_a_function_count_together() {
        let second = json!({
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:more",
                "FunctionName": { "Ref": "OrdersWorker" },
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "ScalingConfig": { "MaximumConcurrency": 5 },
            },
        });
        let mut patch = reserved(24);
        patch["Resources"]["More"] = second;
        let told = told(quote!(max_concurrency = 20), patch);
        assert_told(&told, PLACE, "reserved_concurrency", "up to 25 invocations");
    }

    #[test]
    fn few_are_doubtful() {
        let words = "raise it to 5";
        assert_told(
            &told(quote!(), reserved(4)),
            PLACE,
            "reserved_concurrency_low",
            words,
        );
        assert!(told(quote!(), reserved(5)).is_empty());
        assert!(told(quote!(allow = "reserved_concurrency_low"), reserved(0)).is_empty());
    }
}
