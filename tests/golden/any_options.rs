//! Templates of options made up at random, as far as the front end accepts them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use redrive_infra::internals;
use redrive_infra::stack::{Architecture, Stack, StackFunction};
use redrive_syntax::keys::KEYS;
use redrive_syntax::{Function, ParameterText};

use crate::options;

/// Functions in one template, and templates.
const FUNCTIONS: usize = 4;
const TEMPLATES: usize = 20;

/// Options that are made up; few are accepted.
const TRIES: usize = 6_000;

/// Writes the templates to `folder`.
pub(crate) fn write_templates(folder: &Path) -> Vec<PathBuf> {
    let stacks = stacks().iter().enumerate();
    let paths = stacks.map(|(place, stack)| {
        let path = folder.join(format!("{place}.json"));
        let template = &internals::formats(stack)["template.json"];
        fs::write(&path, template).expect("a new file");
        path
    });
    paths.collect()
}

/// The stacks of the templates.
pub(crate) fn stacks() -> &'static [Stack] {
    static STACKS: LazyLock<Vec<Stack>> = LazyLock::new(make_stacks);
    &STACKS
}

fn make_stacks() -> Vec<Stack> {
    let functions = functions();
    let stacks = functions.chunks(FUNCTIONS).enumerate();
    let stacks = stacks.map(|(place, functions)| {
        let functions = functions.iter().enumerate();
        let architecture = match place % 2 {
            0 => Architecture::Arm64,
            _ => Architecture::X86_64,
        };
        let functions = functions.map(|(number, function)| apart(number, function));
        Stack {
            dashboard: place % 3 == 0,
            ..Stack::new("any", architecture, functions.collect())
        }
    });
    stacks.collect()
}

/// A function with a name and a queue that no other one of its package has.
fn apart(number: usize, function: &Function) -> StackFunction {
    let mut function = function.clone();
    function.name = format!("{}_{number}", function.name);
    function.queue = numbered(function.queue, number);
    function.dlq = function.dlq.map(|dlq| numbered(dlq, number));
    StackFunction {
        binary: format!("handle{number}"),
        function,
    }
}

fn numbered(queue: ParameterText, number: usize) -> ParameterText {
    match queue.strip_suffix(".fifo") {
        Some(stem) => stem.followed_by(&format!("-{number}.fifo")),
        None => queue.followed_by(&format!("-{number}")),
    }
}

/// Accepted functions, as many as the templates hold and those that have a key
/// which the others lack.
fn functions() -> Vec<Function> {
    // Deterministic: a failure is the same at the next run.
    let mut runner = TestRunner::deterministic();
    let any = ("[a-z][a-z0-9_]{0,40}", options::pairs(0.2));
    let keys = KEYS.iter().map(|key| key.name).collect::<BTreeSet<_>>();
    let mut functions = Vec::new();
    let mut written = BTreeSet::new();
    for _ in 0..TRIES {
        if written == keys && functions.len() >= FUNCTIONS * TEMPLATES {
            break;
        }
        let (name, pairs) = any.new_tree(&mut runner).expect("options").current();
        let [attribute, item] = [options::text(&pairs), options::item(&name, &pairs)]
            .map(|text| text.parse().expect("tokens"));
        let is_new = pairs.iter().any(|(key, _)| !written.contains(key));
        let parsed = redrive_syntax::parse(attribute, item);
        if !parsed.diagnostics.has_errors() && (is_new || functions.len() < FUNCTIONS * TEMPLATES) {
            functions.push(parsed.function);
            written.extend(pairs.into_iter().map(|(key, _)| key));
        }
    }
    assert_eq!(written, keys, "no function has the others");
    assert!(functions.len() >= FUNCTIONS * TEMPLATES);
    functions
}
