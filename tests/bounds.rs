//! What is just allowed compiles, for the macro and the build script. A bound that
//! needs other keys is in `pass/bounds/<key>/<bound>.rs`; the others are written from
//! the table of keys.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use redrive_syntax::keys::{KEYS, Key, Kind};
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
    let mut sources = alone();
    for (key, folder) in names(Path::new("pass/bounds")) {
        for (bound, path) in names(&folder) {
            let source = fs::read_to_string(path).expect("a source");
            sources.insert((key.clone(), bound), source);
        }
    }
    sources
}

/// A function with nothing but the bound, for each bound.
fn alone() -> BTreeMap<(String, String), String> {
    let bounds = KEYS.iter().flat_map(bounds).map(|(key, bound, value)| {
        let source = format!(
            "#[redrive::sqs_batch({key} = {value})]\n\
             async fn {key}_{bound}(_: redrive::Text) -> Result<(), String> {{\n    Ok(())\n}}\n"
        );
        ((key.to_owned(), bound.to_owned()), source)
    });
    bounds.collect()
}

/// The bounds of a key's range, as written in the attribute.
fn bounds(key: &Key) -> Vec<(&'static str, &'static str, String)> {
    let quoted = |duration: Duration| format!("\"{}\"", written(duration));
    let both = |duration: Duration| format!("\"{0}..{0}\"", written(duration));
    let (least, most) = match &key.kind {
        Kind::Integer(range, _) | Kind::Rounds(range) => {
            (range.start().to_string(), range.end().to_string())
        }
        Kind::Duration(range) => (quoted(*range.start()), quoted(*range.end())),
        Kind::Backoff(range) => (both(*range.start()), both(*range.end())),
        _ => return Vec::new(),
    };
    vec![(key.name, "least", least), (key.name, "most", most)]
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
fn each_bound_is_in_its_source() {
    let sources = sources();
    for (key, bound, value) in KEYS.iter().flat_map(bounds) {
        let source = &sources[&(key.to_owned(), bound.to_owned())];
        let begins = |end| source.contains(&format!("sqs_batch({key} = {value}{end}"));
        assert!(
            begins(",") || begins(")"),
            "`pass/bounds/{key}/{bound}.rs` must begin with `{key} = {value}`"
        );
    }
}
