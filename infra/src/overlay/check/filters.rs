//! Which messages a mapping lets through.

use serde_json::{Map, Value};

use super::{Literal, Mistake, View, property};

/// The longest pattern, in characters.
const LONGEST: usize = 4_096;

/// The most filters of a mapping, in an account with a raised quota.
const MOST: usize = 10;

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    let mappings = view.mappings();
    let judged = mappings.iter().flat_map(|id| {
        let pointer = property(id, "FilterCriteria/Filters");
        match Literal::at(view.template, &pointer) {
            Literal::Plain(Value::Array(filters)) => judge(filters, &pointer),
            _ => Vec::new(),
        }
    });
    judged.collect()
}

fn judge(filters: &[Value], pointer: &str) -> Vec<Mistake> {
    let wrong = |why| Mistake::new("filter_criteria", pointer.to_owned(), why);
    let mut mistakes: Vec<_> = filters.iter().filter_map(pattern).map(wrong).collect();
    if filters.len() > MOST {
        mistakes.push(wrong(format!(
            "a mapping has at most {MOST} filters, but here are {}; join some of them",
            filters.len()
        )));
    }
    if mistakes.is_empty() && !filters.is_empty() {
        let why = "Lambda deletes the messages that no filter lets through, and they do not go to the DLQ; \
                   accept it with `allow = \"filter_deletes\"`, or let the function pass over them";
        mistakes.push(Mistake::new(
            "filter_deletes",
            pointer.to_owned(),
            why.to_owned(),
        ));
    }
    mistakes
}

/// What is wrong with the pattern of a filter.
fn pattern(filter: &Value) -> Option<String> {
    let pattern = filter["Pattern"].as_str()?;
    let length = pattern.chars().count();
    if length > LONGEST {
        return Some(format!(
            "a pattern has at most {LONGEST} characters, but one has {length}; split it into two filters"
        ));
    }
    serde_json::from_str::<Map<_, _>>(pattern).err().map(|_| {
        format!("`{pattern}` is no pattern; write a JSON object in a string: `\"{{\\\"body\\\": {{\\\"kind\\\": [\\\"order\\\"]}}}}\"`")
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use crate::overlay::check::testing::{assert_told, told, with};

    const PLACE: &str = "EventSourceMapping/Properties/FilterCriteria/Filters";

    fn filters(filters: Value) -> Value {
        let mut properties = json!({});
        properties["FilterCriteria"]["Filters"] = filters;
        with("EventSourceMapping", properties)
    }

    #[test]
    fn a_pattern_is_an_object_in_json() {
        for (pattern, words) in [
            (
                "body.kind = order".to_owned(),
                "`body.kind = order` is no pattern",
            ),
            ("[]".to_owned(), "`[]` is no pattern"),
            (
                format!("{{\"a\": [\"{}\"]}}", "x".repeat(4_096)),
                "at most 4096 characters",
            ),
        ] {
            let told = told(quote!(), filters(json!([{ "Pattern": pattern }])));
            assert_told(&told, PLACE, "filter_criteria", words);
        }
        let eleven: Vec<_> = (0..11).map(|_| json!({ "Pattern": "{}" })).collect();
        assert_told(
            &told(quote!(), filters(json!(eleven))),
            PLACE,
            "filter_criteria",
            "here are 11",
        );
    }

    #[test]
    fn what_a_filter_keeps_out_is_deleted() {
        let patch = || filters(json!([{ "Pattern": "{\"body\": {\"kind\": [\"order\"]}}" }]));
        assert_told(
            &told(quote!(), patch()),
            PLACE,
            "filter_deletes",
            "Lambda deletes",
        );
        assert!(told(quote!(allow = "filter_deletes"), patch()).is_empty());
        assert!(told(quote!(), filters(json!([]))).is_empty());
    }
}
