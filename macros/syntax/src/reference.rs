//! The reference in words: the table of keys and the page of each rule, written
//! from what the parser itself uses.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use crate::catalog::{Level, Rule, all};
use crate::keys::{KEYS, Key, Kind};
use redrive_model::Rounds;
use redrive_model::duration::written;
use redrive_model::limits;
use redrive_model::words::list;

/// The table of the attribute's keys, in Markdown.
pub fn keys() -> String {
    let mut table = String::from(
        "| key | value | default | what it does | AWS name |\n|---|---|---|---|---|\n",
    );
    let item = quote!(
        async fn handle(order: Order) -> Result<(), Error> {}
    );
    let defaults = crate::parse(TokenStream::new(), item).function;
    for key in KEYS {
        let default = match key.without {
            "" => format!("`{}`", defaults.written(key).unwrap_or_default()),
            words => words.to_owned(),
        };
        let Key { name, about, .. } = key;
        let value = value(&key.kind);
        let aws = match (key.aws().as_str(), key.link) {
            ("", "") => String::new(),
            ("", link) => format!("[page]({link})"),
            (aws, link) => format!("[`{aws}`]({link})"),
        };
        let _ = writeln!(
            table,
            "| `{name}` | {value} | {default} | {about} | {aws} |"
        );
    }
    table
}

fn value(kind: &Kind) -> String {
    match kind {
        Kind::Integer(range, unit) => {
            format!("{} to {} {unit}", range.start(), range.end())
        }
        Kind::Duration(range) => format!(
            "a duration, `\"{}\"` to `\"{}\"`",
            written(*range.start()),
            written(*range.end())
        ),
        Kind::Backoff(range) => format!(
            "two durations, `\"a..b\"`, each `{}` to `{}`",
            written(*range.start()),
            written(*range.end())
        ),
        Kind::Rounds(range) => format!(
            "{} to {} redrives, or `\"{}\"`",
            range.start(),
            range.end(),
            Rounds::UNLIMITED
        ),
        Kind::Boolean => "`true` or `false`".to_owned(),
        Kind::Choice(words) => {
            let words: Vec<_> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
            list(&words, "or")
        }
        Kind::Queue | Kind::Schedule | Kind::Timezone | Kind::File | Kind::KmsKey | Kind::Table => {
            "a string".to_owned()
        }
        Kind::Json => "JSON in a string".to_owned(),
        Kind::Policies | Kind::Senders | Kind::Topics | Kind::Rules => {
            "a string, or `[\"…\", \"…\"]`".to_owned()
        }
        Kind::Function | Kind::Crate => "a path".to_owned(),
        Kind::Variables => "`(NAME = \"value\", …)`".to_owned(),
        Kind::Alarms => "`false`, or `(dlq_depth = 10, oldest = \"1d\", errors = 3)`".to_owned(),
        Kind::Pollers => format!(
            "two numbers, `\"a..b\"`, from {} up to {} pollers",
            limits::MINIMUM_POLLERS.start(),
            limits::MAXIMUM_POLLERS.end()
        ),
        Kind::Idempotency => {
            "`(key = order.id, ttl = \"60d\", on_conflict = \"permanent\", table = \"…\")`"
                .to_owned()
        }
        Kind::Tags => "`(name = \"value\", …)`".to_owned(),
    }
}

/// All rules, in Markdown.
pub fn rules() -> String {
    let mut page = String::from(
        "# The rules\n\n\
         What `#[sqs_batch]` refuses, and what it warns of. Each error and warning ends with the id of its rule in\n\
         brackets; `cargo redrive explain <id>` prints the same page. The examples stand on\n\
         `async fn handle(order: Order) -> Result<(), Error>` unless they show a function themselves.\n\n\
         This file is written from the table that the parser uses; a test fails when it is stale.\n",
    );
    for rule in all() {
        page.push('\n');
        page.push_str(&self::rule(rule));
    }
    page
}

/// The page of one rule, in Markdown.
pub fn rule(rule: &Rule) -> String {
    let level = match rule.level {
        Level::Error => "An error".to_owned(),
        Level::Deliberate => format!("An error, unless accepted with `allow = \"{}\"`", rule.id),
        Level::Warning => format!("A warning, unless accepted with `allow = \"{}\"`", rule.id),
        Level::Notice => "A warning".to_owned(),
    };
    let mut page = format!("## {}\n\n{level}. {}\n", rule.id, rule.reason());
    if let Some(link) = rule.see {
        let _ = write!(page, "\nAWS: <{link}>\n");
    }
    let _ = write!(page, "\nFails:\n\n```rust,ignore\n{}\n```\n", rule.fails);
    let _ = write!(page, "\nPasses:\n\n```rust,ignore\n{}\n```\n", rule.passes);
    page
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    #[test]
    fn the_attributes_table_of_keys_is_fresh() {
        expect_file!["../../src/keys.md"].assert_eq(&super::keys());
    }

    #[test]
    fn the_page_of_rules_is_fresh() {
        expect_file!["../../../docs/rules.md"].assert_eq(&super::rules());
    }
}
