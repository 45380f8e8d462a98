//! What feeds the worker.

use serde_json::Value;

use super::{Literal, Mistake, View, escaped, property};

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    let checks = [response_types, starting_position, pollers, many_pollers];
    let mappings = view.mappings();
    mappings
        .iter()
        .flat_map(|id| checks.iter().filter_map(|check| check(view.template, id)))
        .collect()
}

fn response_types(template: &Value, id: &str) -> Option<Mistake> {
    let pointer = property(id, "FunctionResponseTypes");
    let reports = match Literal::at(template, &pointer) {
        Literal::Later => true,
        Literal::Plain(Value::Array(types)) => types
            .iter()
            .any(|name| name == "ReportBatchItemFailures" || Literal::of(name) == Literal::Later),
        _ => false,
    };
    (!reports).then(|| Mistake {
        rule: "response_types",
        // One that an overlay adds may not have it at all.
        pointers: vec![pointer, format!("/Resources/{}", escaped(id))],
        why: "without `ReportBatchItemFailures` Lambda deletes the messages that the worker reports as failed; \
              write `\"FunctionResponseTypes\": [\"ReportBatchItemFailures\"]`"
            .to_owned(),
    })
}

fn starting_position(template: &Value, id: &str) -> Option<Mistake> {
    let pointer = property(id, "StartingPosition");
    Literal::at(template, &pointer).is_set().then(|| {
        Mistake::new(
            "overlay",
            pointer,
            "a queue has no position to start from; remove `StartingPosition`".to_owned(),
        )
    })
}

fn pollers(template: &Value, id: &str) -> Option<Mistake> {
    let at = |path: &str| Literal::at(template, &property(id, path));
    let pointer = property(id, "ProvisionedPollerConfig");
    let (least, most) = (
        at("ProvisionedPollerConfig/MinimumPollers").number(),
        at("ProvisionedPollerConfig/MaximumPollers").number(),
    );
    let why = if !at("ProvisionedPollerConfig").is_set() {
        return None;
    } else if at("ScalingConfig/MaximumConcurrency").is_set() {
        "a mapping has provisioned pollers or `MaximumConcurrency`, not both; remove one of the two (`max_concurrency` in the attribute)"
            .to_owned()
    } else if let Some(least) = least.filter(|least| !(2..=200).contains(least)) {
        format!("`MinimumPollers` is {least}, but takes 2 to 200")
    } else if let Some(most) = most.filter(|most| !(2..=10_000).contains(most)) {
        format!("`MaximumPollers` is {most}, but takes 2 to 10000")
    } else {
        let (least, most) = (least?, most?);
        (least > most).then(|| {
            format!("`MinimumPollers` is {least}, but `MaximumPollers` is {most}; lower the first, or raise the second")
        })?
    };
    Some(Mistake {
        rule: "provisioned_pollers",
        pointers: vec![pointer, property(id, "ScalingConfig")],
        why,
    })
}

/// The most that all of AWS's pages agree on.
const SURELY_TAKEN: i64 = 2_000;

fn many_pollers(template: &Value, id: &str) -> Option<Mistake> {
    let pointer = property(id, "ProvisionedPollerConfig/MaximumPollers");
    let most = Literal::at(template, &pointer).number()?;
    (SURELY_TAKEN + 1..=10_000).contains(&most).then(|| {
        Mistake::new(
            "provisioned_pollers_high",
            pointer,
            format!("`MaximumPollers` is {most}, which not every account may take; lower it to {SURELY_TAKEN}, or write `allow = \"provisioned_pollers_high\"` in the attribute"),
        )
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use crate::overlay::check::testing::{assert_told, told, with};

    fn mapping(properties: Value) -> Value {
        with("EventSourceMapping", properties)
    }

    #[test]
    fn failed_messages_are_reported() {
        let place = "EventSourceMapping/Properties/FunctionResponseTypes";
        for types in [json!(null), json!([]), json!({ "Ref": "AWS::NoValue" })] {
            let told = told(quote!(), mapping(json!({ "FunctionResponseTypes": types })));
            assert_told(
                &told,
                place,
                "response_types",
                "write `\"FunctionResponseTypes\"",
            );
        }
        for types in [
            json!({ "Fn::If": ["HasAlarmTopic", ["ReportBatchItemFailures"], []] }),
            json!(["ReportBatchItemFailures"]),
        ] {
            let patch = mapping(json!({ "FunctionResponseTypes": types }));
            assert!(told(quote!(), patch).is_empty());
        }
    }

    #[test]
    fn a_second_mapping_of_the_worker_is_judged_too() {
        let second = json!({
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:more",
                "FunctionName": { "Fn::GetAtt": "OrdersWorker.Arn" },
            },
        });
        let told = told(quote!(), json!({ "Resources": { "OrdersMore": second } }));
        assert_told(&told, "More", "response_types", "ReportBatchItemFailures");
    }

    #[test]
    fn a_queue_has_no_position() {
        let told = told(quote!(), mapping(json!({ "StartingPosition": "LATEST" })));
        let place = "EventSourceMapping/Properties/StartingPosition";
        assert_told(&told, place, "overlay", "remove `StartingPosition`");
    }

    #[test]
    fn pollers_are_within_their_limits() {
        let pollers = |config: Value| mapping(json!({ "ProvisionedPollerConfig": config }));
        let place = "EventSourceMapping/Properties/ProvisionedPollerConfig";
        for (config, words) in [
            (json!({ "MinimumPollers": 1 }), "`MinimumPollers` is 1"),
            (
                json!({ "MaximumPollers": 10_001 }),
                "`MaximumPollers` is 10001",
            ),
            (
                json!({ "MinimumPollers": 20, "MaximumPollers": 10 }),
                "`MinimumPollers` is 20, but `MaximumPollers` is 10",
            ),
        ] {
            let told = told(quote!(), pollers(config));
            assert_told(&told, place, "provisioned_pollers", words);
        }
        let config = json!({ "MinimumPollers": 2, "MaximumPollers": 2_000 });
        assert!(told(quote!(), pollers(config.clone())).is_empty());
        let told = told(quote!(max_concurrency = 7), pollers(config));
        assert_told(&told, place, "provisioned_pollers", "not both");
    }

    #[test]
    fn more_pollers_than_all_pages_agree_on_are_doubtful() {
        let rule = "provisioned_pollers_high";
        let pollers =
            |most: u32| mapping(json!({ "ProvisionedPollerConfig": { "MaximumPollers": most } }));
        for most in [2_001, 10_000] {
            let told = told(quote!(), pollers(most));
            let place = "EventSourceMapping/Properties/ProvisionedPollerConfig/MaximumPollers";
            assert_told(&told, place, rule, "lower it to 2000");
        }
        assert!(told(quote!(), pollers(2_000)).is_empty());
        assert!(told(quote!(allow = "provisioned_pollers_high"), pollers(10_000)).is_empty());
    }
}
