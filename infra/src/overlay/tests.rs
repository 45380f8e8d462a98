use std::fs;
use std::path::Path;

use quote::quote;
use redrive_syntax::wrapped;
use serde_json::{Value, json};

use super::{Overlaid, Overlay, apply};
use crate::plan::Part;
use crate::render::template as render;
use crate::tests::sample;

fn read(overlay: &str) -> Result<Overlay, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("overlay.json"), overlay).expect("a new file");
    Overlay::read(folder.path(), Path::new("overlay.json")).map_err(|error| error.to_string())
}

fn merged(overlay: &str) -> Result<Value, String> {
    let mut template = json!({
        "Description": "of shop",
        "Resources": { "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "A": 1, "B": [1] } } },
    });
    read(overlay)?
        .merge_into(&mut template)
        .map_err(|error| error.to_string())?;
    Ok(template)
}

#[test]
fn objects_merge_null_removes_and_the_rest_replaces() {
    let overlay = r#"{
        "Description": null,
        "Resources": {
            "Queue": { "Properties": { "A": null, "B": [2], "C": {"D": true} } },
            "Topic": { "Type": "AWS::SNS::Topic" }
        }
    }"#;
    let expected = json!({
        "Resources": {
            "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "B": [2], "C": { "D": true } } },
            "Topic": { "Type": "AWS::SNS::Topic" },
        },
    });
    assert_eq!(merged(overlay), Ok(expected));
}

#[test]
fn a_bad_overlay_is_rejected() {
    let cases = [
        (
            "{",
            "the overlay is not JSON: EOF while parsing an object at line 1 column 1",
            "",
        ),
        ("[]", "the overlay is not a JSON object", ""),
        ("null", "the overlay is not a JSON object", ""),
        (
            r#"{"Resources": null}"#,
            "the overlay removes all resources",
            ": /Resources\nhelp: remove `Resources`",
        ),
        (
            r#"{"Resources": {"Queue": {"Type": null}}}"#,
            "`Queue` has no `Type`",
            ": /Resources/Queue\nhelp: remove `Type`",
        ),
        (
            r#"{"Resources": {"Quueue": {"Properties": {}}}}"#,
            "the template has no resource `Quueue`",
            ": /Resources/Quueue\nhelp: did you mean `Queue`?",
        ),
        (
            r#"{"Resources": {"Topic": {"Properties": {}}}}"#,
            "the template has no resource `Topic`",
            ": /Resources/Topic\nhelp: a resource of your own needs a `Type`",
        ),
    ];
    for (overlay, problem, rest) in cases {
        let error = merged(overlay).expect_err(overlay);
        let start = format!("{problem} [overlay]\n  --> overlay.json{rest}");
        assert!(error.starts_with(&start), "{error}");
        assert!(error.contains("\nhelp: "), "{error}");
    }
}

#[test]
fn what_makes_resources_needs_no_type() {
    let each = json!({ "Fn::ForEach::Topics": ["Name", ["A", "B"], {}] });
    assert!(overlaid(&[json!({ "Resources": each })]).is_ok());
}

#[test]
fn a_missing_overlay_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = Overlay::read(folder.path(), Path::new("none.json")).err();
    let error = error.expect("no file").to_string();
    assert!(error.contains("--> none.json"), "{error}");
}

fn overlaid(patches: &[Value]) -> Result<Overlaid, Vec<String>> {
    let attribute = quote!(dlq_redrive = "rate(1 day)");
    let stack = sample::stack([sample::with("orders", attribute)]);
    let overlays: Vec<_> = patches
        .iter()
        .enumerate()
        .map(|(number, patch)| Overlay {
            path: format!("{number}.json").into(),
            patch: patch.clone(),
        })
        .collect();
    apply(&overlays, &stack, render)
        .map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

fn queue(properties: Value) -> Value {
    let mut patch = json!({});
    patch["Resources"]["OrdersQueue"]["Properties"] = properties;
    patch
}

#[test]
fn no_overlay_changes_nothing() {
    let overlaid = overlaid(&[]).expect("a sound stack");
    let attribute = quote!(dlq_redrive = "rate(1 day)");
    let stack = sample::stack([sample::with("orders", attribute)]);
    assert_eq!(overlaid.stack, stack);
    assert_eq!(overlaid.template, render(&stack));
    assert!(overlaid.changes.is_empty() && overlaid.warnings.is_empty());
}

#[test]
fn the_stack_is_as_the_overlays_leave_it() {
    let patches = [
        queue(json!({ "MessageRetentionPeriod": 86_400, "VisibilityTimeout": 200 })),
        queue(json!({ "VisibilityTimeout": 240 })),
    ];
    let overlaid = overlaid(&patches).expect("a sound stack");
    let function = &overlaid.stack.functions[0].function;
    assert_eq!(function.retention.as_secs(), 86_400);
    assert_eq!(function.visibility_timeout.as_secs(), 240);
    // An alarm at half of the attribute's retention would never ring.
    let alarm = &overlaid.template["Resources"]["OrdersQueueAgeAlarm"]["Properties"];
    assert_eq!(alarm["Threshold"], 43_200);
    let changed: Vec<_> = overlaid
        .changes
        .iter()
        .map(|change| change.pointer.as_str())
        .collect();
    assert_eq!(
        changed,
        [
            "/Resources/OrdersQueue/Properties/MessageRetentionPeriod",
            "/Resources/OrdersQueue/Properties/VisibilityTimeout",
            "/Resources/OrdersQueueAgeAlarm/Properties/Threshold",
        ]
    );
}

#[test]
fn each_diagnostic_names_its_overlay() {
    let mapping = json!({ "FunctionResponseTypes": [] });
    let patches = [
        queue(json!({ "VisibilityTimeout": 10, "QueueName": "mine" })),
        json!({ "Resources": { "OrdersEventSourceMapping": { "Properties": mapping } } }),
    ];
    let reported = overlaid(&patches).err().expect("three errors");
    let places = [
        "0.json: /Resources/OrdersQueue/Properties/QueueName",
        "1.json: /Resources/OrdersEventSourceMapping/Properties/FunctionResponseTypes",
        "0.json: /Resources/OrdersQueue/Properties/VisibilityTimeout",
    ];
    assert_eq!(reported.len(), places.len(), "{reported:#?}");
    for (text, place) in reported.iter().zip(places) {
        assert!(text.contains(&format!("\n  --> {place}\n")), "{text}");
    }
}

#[test]
fn what_the_last_overlay_corrects_is_accepted() {
    let patches = [
        queue(json!({ "VisibilityTimeout": 10 })),
        queue(json!({ "VisibilityTimeout": 180 })),
    ];
    assert!(overlaid(&patches).is_ok());
}

/// Not one more for each of its properties.
#[test]
fn a_removed_resource_is_one_error() {
    let parts = [
        Part::Queue,
        Part::Dlq,
        Part::Worker,
        Part::WorkerRole,
        Part::Redrive,
        Part::Schedule,
        Part::QueuePolicy,
    ];
    for id in parts.map(|part| format!("Orders{part:?}")) {
        let reported = overlaid(&[json!({ "Resources": { id.as_str(): null } })]);
        let reported = reported.err().expect("an error");
        assert_eq!(reported.len(), 1, "{reported:#?}");
        let place = format!("\n  --> 0.json: /Resources/{id}\n");
        assert!(reported[0].contains(&place), "{reported:#?}");
    }
}

/// The paths of all that is in `value`.
fn places(value: &Value, place: &[String], all: &mut Vec<Vec<String>>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        let place = [place, std::slice::from_ref(name)].concat();
        places(inner, &place, all);
        all.push(place);
    }
}

/// Whatever the value: it is accepted, or rejected at a place that the overlay
/// sets, with a fix, in lines of at most 120 characters.
#[test]
fn any_value_in_any_place_is_accepted_or_refused() {
    let attribute = quote!(
        dlq_redrive = "rate(1 day)",
        max_concurrency = 7,
        env(STAGE = "dev")
    );
    let stack = sample::stack([sample::with("orders", attribute)]);
    let mut all = Vec::new();
    places(&render(&stack)["Resources"], &[], &mut all);
    let values = [json!(null), json!([]), json!({ "Ref": "AWS::StackName" })];
    for place in all {
        for value in &values {
            let set = |inner, name: &String| json!({ name.as_str(): inner });
            let patch = json!({ "Resources": place.iter().rev().fold(value.clone(), set) });
            let overlay = Overlay {
                path: "overlay.json".into(),
                patch: patch.clone(),
            };
            let Err(errors) = apply(&[overlay], &stack, render) else {
                continue;
            };
            for error in errors.0 {
                let text = error.to_string();
                assert!(text.contains("\n  --> overlay.json: /"), "{patch}: {text}");
                assert!(text.contains("\nhelp: "), "{patch}: {text}");
                let text = wrapped(&text);
                let mut lines = text.lines().filter(|line| !line.starts_with("see: "));
                assert!(
                    lines.all(|line| line.chars().count() <= 120),
                    "{patch}: {text}"
                );
            }
        }
    }
}

/// The overlays in the documentation are accepted.
#[test]
fn documented_overlays_are_accepted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/overlays.md");
    let text = fs::read_to_string(path).expect("the documentation of overlays");
    let examples: Vec<_> = text.split("```json\n").skip(1).collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        let json = example.split("```").next().expect("a block");
        let overlay = read(json).expect("an overlay");
        let mut entry = sample::with("process_order", quote!(dlq_redrive = "rate(1 day)"));
        entry.binary = "orders".to_owned();
        let result = apply(&[overlay], &sample::stack([entry]), render);
        let overlaid = result.unwrap_or_else(|errors| panic!("{:#?}", errors.0));
        assert!(
            overlaid.warnings.is_empty() && !overlaid.changes.is_empty(),
            "{json}"
        );
    }
}
