//! What is just allowed compiles: `pass/bounds/<key>/<bound>.rs` is a function of
//! a package, which the macro and the build script both read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use redrive_syntax::keys::{KEYS, Kind};
use redrive_syntax::written;
use redrive_tests::package::Package;

/// The sources by key and bound.
fn sources() -> BTreeMap<(String, String), String> {
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a folder of bounds");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths.map(|path| {
            let name = path.file_stem().expect("a name").display().to_string();
            (name, path)
        })
    };
    let mut sources = BTreeMap::new();
    for (key, folder) in names(Path::new("pass/bounds")) {
        for (bound, path) in names(&folder) {
            let source = fs::read_to_string(path).expect("a source");
            sources.insert((key.clone(), bound), source);
        }
    }
    sources
}

/// What one template has room for.
const FUNCTIONS: usize = 25;

#[test]
fn each_bound_compiles_without_a_warning() {
    let sources: Vec<_> = sources().into_iter().collect();
    for (number, sources) in sources.chunks(FUNCTIONS).enumerate() {
        let package = Package::empty(&format!("bounds{number}"));
        for ((key, bound), source) in sources {
            package.write(&format!("src/bin/{key}_{bound}.rs"), source);
        }
        let features = ["--features", "sqs-client"];
        package.check(&features).succeeds();
        let report = package.report(&features);
        assert!(report.trim().is_empty(), "{report}");
        let template = package.template();
        let resources = template["Resources"].as_object().expect("resources");
        let workers = resources.keys().filter(|id| id.ends_with("Worker"));
        assert_eq!(workers.count(), sources.len());
    }
}

#[test]
fn each_range_has_both_bounds() {
    let sources = sources();
    for key in KEYS {
        let quoted = |duration: Duration| format!("\"{}\"", written(duration));
        let both = |duration: Duration| format!("\"{0}..{0}\"", written(duration));
        let (least, most) = match &key.kind {
            Kind::Integer(range, _) => (range.start().to_string(), range.end().to_string()),
            Kind::Duration(range) => (quoted(*range.start()), quoted(*range.end())),
            Kind::Backoff(range) => (both(*range.start()), both(*range.end())),
            _ => continue,
        };
        for (bound, value) in [("least", least), ("most", most)] {
            let name = key.name;
            let source = sources.get(&(name.to_owned(), bound.to_owned()));
            let is_there = source.is_some_and(|source| {
                [",", ")"]
                    .iter()
                    .any(|end| source.contains(&format!("sqs_batch({name} = {value}{end}")))
            });
            assert!(
                is_there,
                "`pass/bounds/{name}/{bound}.rs` must begin with `{name} = {value}`"
            );
        }
    }
}
