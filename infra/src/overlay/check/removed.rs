//! What nothing in the template refers to, and yet must not be removed.

use serde_json::Value;

use super::{Mistake, View, escaped};
use crate::plan::Part;

const KEPT: [(Part, &str); 5] = [
    (
        Part::EventSourceMapping,
        "nothing else feeds the worker; leave the mapping in, and pause it with `\"Enabled\": false`",
    ),
    (
        Part::Schedule,
        "nothing else starts the redrive; leave `dlq_redrive` out of the attribute, or pause it with `\"State\": \"DISABLED\"`",
    ),
    (
        Part::RedriveInvokeConfig,
        "without it nothing keeps a redrive that failed; leave it in",
    ),
    (Part::QueuePolicy, TLS),
    (Part::DlqPolicy, TLS),
];

const TLS: &str = "nothing else refuses calls without TLS; leave the policy in, and write your statements beside its own";

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    let has = |template: &Value, id: &str| template["Resources"][id].is_object();
    let is_removed = |id: &str| has(view.before, id) && !has(view.template, id);
    let kept = KEPT.iter().map(|(part, why)| (view.ids.of(*part), why));
    kept.filter(|(id, _)| is_removed(id))
        .map(|(id, why)| {
            let pointer = format!("/Resources/{}", escaped(&id));
            Mistake::new("overlay", pointer, (*why).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::json;

    use super::KEPT;
    use crate::overlay::check::testing::{assert_told, told, with};

    #[test]
    fn what_else_nobody_would_miss_is_left_in() {
        for (part, words) in KEPT {
            let id = format!("Orders{part:?}");
            let patch = json!({ "Resources": { id: null } });
            let told = told(quote!(dlq_redrive = "rate(1 day)"), patch);
            assert_told(&told, &format!("{part:?}"), "overlay", words);
        }
    }

    #[test]
    fn what_starts_something_is_paused() {
        let paused = with("Schedule", json!({ "State": "DISABLED" }));
        assert!(told(quote!(dlq_redrive = "rate(1 day)"), paused).is_empty());
        let paused = with("EventSourceMapping", json!({ "Enabled": false }));
        assert!(told(quote!(), paused).is_empty());
    }

    #[test]
    fn without_a_redrive_nothing_of_one_is_missed() {
        assert!(told(quote!(), json!({})).is_empty());
        let patch = json!({ "Resources": { "OrdersSchedule": null } });
        assert!(told(quote!(), patch).is_empty());
    }
}
