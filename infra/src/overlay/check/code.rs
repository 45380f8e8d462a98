//! What the compiled binary depends on.

use serde_json::Value;

use super::{Literal, Mistake, View};
use crate::plan::Part;

/// What the binary takes for the worker's handler, beside its name.
const ANY_HANDLER: &str = "bootstrap";

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    let of = |part| {
        [
            handler(view, part),
            architecture(view, part),
            runtime(view, part),
        ]
    };
    [Part::Worker, Part::Redrive]
        .into_iter()
        .flat_map(of)
        .flatten()
        .collect()
}

fn handler(view: &View<'_>, part: Part) -> Option<Mistake> {
    let pointer = view.pointer(part, "Handler");
    let compiled = view.base.pointer(&pointer)?.as_str()?;
    let Literal::Plain(Value::String(handler)) = Literal::at(view.template, &pointer) else {
        return None;
    };
    let is_known = handler == compiled || (part == Part::Worker && handler == ANY_HANDLER);
    (!is_known).then(|| {
        Mistake::new(
            "overlay",
            pointer,
            format!("the binary holds no handler `{handler}`, but `{compiled}`; leave `Handler` out of the overlay"),
        )
    })
}

fn architecture(view: &View<'_>, part: Part) -> Option<Mistake> {
    let pointer = view.pointer(part, "Architectures");
    let built = view.base.pointer(&pointer)?;
    let Literal::Plain(architectures) = Literal::at(view.template, &pointer) else {
        return None;
    };
    let others = architectures.as_array()?;
    let is_known = others.iter().all(Value::is_string);
    (is_known && architectures != built).then(|| {
        Mistake::new(
            "architecture",
            pointer,
            format!(
                "the code is built for {built}; leave `Architectures` out of the overlay{}",
                way(others)
            ),
        )
    })
}

/// How to build for what the overlay wants.
fn way(wanted: &[Value]) -> &'static str {
    match wanted {
        [one] if one == "arm64" => {
            ", and build for arm64, such as with `cargo lambda build --arm64`"
        }
        [one] if one == "x86_64" => {
            ", and build for x86_64, such as with `cargo lambda build` without `--arm64`"
        }
        _ => "",
    }
}

fn runtime(view: &View<'_>, part: Part) -> Option<Mistake> {
    let pointer = view.pointer(part, "Runtime");
    let Literal::Plain(Value::String(runtime)) = Literal::at(view.template, &pointer) else {
        return None;
    };
    (!runtime.starts_with("provided")).then(|| {
        Mistake::new(
            "overlay",
            pointer,
            format!("`{runtime}` runs no binary; write `provided.al2023`, or leave `Runtime` out of the overlay"),
        )
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::json;

    use super::way;
    use crate::overlay::check::testing::{assert_told, told, with};

    #[test]
    fn a_binary_knows_its_handlers() {
        let handler = |part, name| {
            let patch = with(part, json!({ "Handler": name }));
            told(quote!(dlq_redrive = "rate(1 day)"), patch)
        };
        for part in ["Worker", "Redrive"] {
            let place = format!("{part}/Properties/Handler");
            assert_told(
                &handler(part, "main"),
                &place,
                "overlay",
                "no handler `main`",
            );
        }
        assert!(handler("Worker", "bootstrap").is_empty());
    }

    #[test]
    fn a_binary_brings_its_runtime() {
        let runtime = |name| told(quote!(), with("Worker", json!({ "Runtime": name })));
        let place = "Worker/Properties/Runtime";
        assert_told(&runtime("nodejs22.x"), place, "overlay", "runs no binary");
        assert!(runtime("provided.al2").is_empty());
    }

    #[test]
    fn code_is_built_for_one_architecture() {
        let patch = with("Worker", json!({ "Architectures": ["x86_64"] }));
        let place = "Worker/Properties/Architectures";
        assert_told(
            &told(quote!(), patch),
            place,
            "architecture",
            "built for [\"arm64\"]; leave `Architectures` out of the overlay, and build for x86_64, such as with `cargo lambda build` without `--arm64`",
        );
        let arm = way(&[json!("arm64")]);
        assert!(arm.ends_with("with `cargo lambda build --arm64`"), "{arm}");
        assert_eq!(way(&[json!("arm64"), json!("x86_64")]), "");
    }
}
