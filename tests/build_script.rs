//! The build script under a real cargo: what it writes, when it runs again, and
//! what the user reads when it cannot go on.

use std::fs;
use std::path::Path;

use redrive_infra::stack::Stack;
use redrive_tests::package::{self, Outcome, Package};
use redrive_tests::workspace::{self, temporary};

/// The handler and what it needs, for any attribute.
fn handler(attribute: &str) -> String {
    format!(
        "{attribute}\nasync fn handle(_: Order) -> Result<(), String> {{ Ok(()) }}\n\
         #[derive(serde::Deserialize)]\nstruct Order {{}}\n"
    )
}

#[test]
fn the_files_come_and_stay() {
    let package = Package::new("files-come-and-stay", &handler("#[redrive::sqs_batch]"));
    package.check(&[]).succeeds();
    assert_eq!(package.property("HandleWorker", "Handler"), "handle");
    assert!(package.output("stack.md").contains("HandleWorker"));
    assert!(package.output("stack.json").contains("files-come-and-stay"));

    let times = package.modified();
    package.check(&[]).ran_nothing();
    assert_eq!(package.modified(), times);

    let old = package.output("template.json");
    for name in ["template.json", "stack.md", "stack.json"] {
        fs::remove_file(package.outputs().join(name)).expect("a file to delete");
        package.check(&[]).succeeds();
        assert!(package.outputs().join(name).exists(), "{name}");
        package.check(&[]).ran_nothing();
    }
    assert_eq!(package.output("template.json"), old);

    fs::write(package.outputs().join("template.json"), "{}").expect("a changed file");
    package.check(&[]).succeeds();
    assert_eq!(package.output("template.json"), old);
}

/// What a reader copies first.
#[test]
fn the_first_example_of_each_document_builds() {
    for (name, path) in [
        ("example-of-the-readme", "README.md"),
        ("example-of-the-attribute", "macros/src/sqs_batch.md"),
        ("example-of-the-crate", "runtime/src/lib.rs"),
    ] {
        let text = fs::read_to_string(workspace::root().join(path)).expect("a document");
        let text = text.replace("//! ", "").replace("//!", "");
        let (_, example) = text.split_once("```").expect("an example");
        let (_language, example) = example.split_once('\n').expect("lines");
        let (example, _) = example.split_once("```").expect("the example's end");
        let package = Package::new(name, example);
        let built = package.check(&["--features", "sqs-client"]);
        built.succeeds();
        assert!(!built.stderr.contains("warning"), "{}", built.stderr);
        let handler = package.property("ProcessOrderWorker", "Handler");
        assert_eq!(handler, "process_order", "{path}");
    }
}

#[test]
fn a_change_of_the_source_reaches_the_template() {
    let package = Package::new("source-changes", &handler("#[redrive::sqs_batch]"));
    let batch_size = || package.property("HandleEventSourceMapping", "BatchSize");
    package.check(&[]).succeeds();
    assert_eq!(batch_size(), 10);
    package.write(
        "src/main.rs",
        &handler("#[redrive::sqs_batch(batch_size = 7)]"),
    );
    package.check(&[]).succeeds();
    assert_eq!(batch_size(), 7);

    let second = handler("#[redrive::sqs_batch]").replace("handle", "second");
    package.write("src/bin/second.rs", &second);
    package.check(&[]).succeeds();
    assert_eq!(batch_size(), 7);
    assert!(package.template()["Resources"]["SecondWorker"].is_object());
}

#[test]
fn features_decide_on_functions_and_the_last_build_wins() {
    let source = handler(
        "#[cfg_attr(feature = \"more\", redrive::sqs_batch(memory = 512))]\n\
         #[cfg_attr(not(feature = \"more\"), redrive::sqs_batch)]",
    );
    let package = Package::new("features-decide", &source);
    let memory = || package.property("HandleWorker", "MemorySize");
    for _ in 0..2 {
        package.check(&[]).succeeds();
        assert_eq!(memory(), 256);
        package.check(&["--features", "more"]).succeeds();
        assert_eq!(memory(), 512);
    }
    package.check(&["--features", "more"]).ran_nothing();
}

#[test]
fn the_profile_decides_on_debug_assertions() {
    let source = handler(
        "#[cfg_attr(debug_assertions, redrive::sqs_batch(memory = 512))]\n\
         #[cfg_attr(not(debug_assertions), redrive::sqs_batch)]",
    );
    let package = Package::new("profile-decides", &source);
    let memory = || package.property("HandleWorker", "MemorySize");
    package.check(&[]).succeeds();
    assert_eq!(memory(), 512);
    let off = "profile.dev.package.profile-decides.debug-assertions=false";
    package.check(&["--config", off]).succeeds();
    assert_eq!(memory(), 256);
}

#[test]
fn the_target_decides_on_the_architecture() {
    const TARGET: &str = "aarch64-unknown-linux-musl";
    if !package::is_installed(TARGET) {
        println!("skipped: run `rustup target add {TARGET}`");
        return;
    }
    let package = Package::new("target-decides", &handler("#[redrive::sqs_batch]"));
    let copy = |target: &Path| {
        let path = package.outputs_in(target).join("template.json");
        fs::read_to_string(path).expect("a template")
    };
    let (arm64, host) = (package::target().join(TARGET), package::target());
    package.check(&["--target", TARGET]).succeeds();
    assert!(copy(&arm64).contains("\"arm64\""));
    // As an editor does.
    package.check(&[]).succeeds();
    let machine = match cfg!(target_arch = "aarch64") {
        true => "\"arm64\"",
        false => "\"x86_64\"",
    };
    assert!(copy(&host).contains(machine));
    assert!(copy(&arm64).contains("\"arm64\""));
    package.check(&["--target", TARGET]).ran_nothing();
}

#[test]
fn a_tag_of_another_folder_is_not_confusing() {
    let outside = temporary();
    fs::write(outside.path().join("CACHEDIR.TAG"), "").expect("a new file");
    let target = outside.path().join("target");
    // With the dependencies that the other packages have built.
    std::os::unix::fs::symlink(package::target(), &target).expect("a new link");
    let package = Package::new("tag-elsewhere", &handler("#[redrive::sqs_batch]"));
    let environment = [("CARGO_TARGET_DIR", &*target)];
    package.check_with(&[], &environment).succeeds();
    assert!(package.outputs().join("template.json").is_file());
    assert_eq!(entries(outside.path()), ["CACHEDIR.TAG", "target"]);
}

#[test]
fn without_a_folder_for_people_one_note_names_that_for_programs() {
    let target = temporary();
    let package = Package::new("build-dir", &handler("#[redrive::sqs_batch]"));
    let build = package::target();
    let is_noted = |checked: &Outcome| {
        checked.succeeds();
        let notes = checked.stderr.lines().filter(|line| {
            line.starts_with(
                "warning: build-dir@0.1.0: `template.json` and `stack.md` are only in `",
            )
        });
        let [note] = notes.collect::<Vec<_>>()[..] else {
            panic!("{}", checked.stderr);
        };
        let folder = note.split('`').nth(5).expect("a path");
        assert!(Path::new(folder).join("template.json").is_file(), "{note}");
        assert!(!package.outputs_in(target.path()).exists());
        assert!(!package.outputs().exists());
    };
    let mut environment = vec![("CARGO_TARGET_DIR", target.path())];
    let config = format!("[build]\nbuild-dir = \"{}\"\n", build.display());
    package.write(".cargo/config.toml", &config);
    is_noted(&package.check_with(&[], &environment));
    package.write(".cargo/config.toml", "");
    environment.push(("CARGO_BUILD_BUILD_DIR", &build));
    package.write("build.rs", "fn main() { redrive_infra::build() }");
    is_noted(&package.check_with(&[], &environment));
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<_> = names.map(|name| name.display().to_string()).collect();
    names.sort();
    names
}

#[test]
fn an_overlay_is_merged_and_a_missing_one_is_an_error() {
    let package = Package::new("overlay-is-merged", &handler("#[redrive::sqs_batch]"));
    package.write(
        "build.rs",
        "fn main() { redrive_infra::Builder::new().overlay(\"infra/overlay.json\").build(); }",
    );
    let missing = package.check(&[]);
    missing.fails_with(
        "overlay-is-merged@0.1.0: the overlay cannot be read: No such file or directory",
    );

    let overlay = r#"{"Resources": {"HandleWorker": {"Properties": {"Description": "mine", "Timeout": 20}}}}"#;
    package.write("infra/overlay.json", overlay);
    package.check(&[]).succeeds();
    assert_eq!(package.property("HandleWorker", "Description"), "mine");
    let words = package.output("stack.md");
    assert!(words.contains("timeout 20 s"), "{words}");
    let change = "| `/Resources/HandleWorker/Properties/Timeout` | `30` | `20` |";
    assert!(words.contains(change), "{words}");
    // The local simulator uses the overlay, too.
    let stack = Stack::from_text(&package.output("stack.json")).expect("a stack");
    assert_eq!(stack.functions[0].function.timeout.as_secs(), 20);
    package.check(&[]).ran_nothing();
}

#[test]
fn the_build_script_names_what_it_is_not_told() {
    let source = handler(
        "#[cfg_attr(beta, redrive::sqs_batch(memory = 512))]\n\
         #[cfg_attr(not(beta), redrive::sqs_batch)]",
    );
    let package = Package::new("names-what-it-is", &source);
    package.write(
        "build.rs",
        r#"fn main() {
            println!("cargo::rustc-check-cfg=cfg(beta)");
            println!("cargo::rustc-cfg=beta");
            redrive_infra::Builder::new().cfg("beta").build();
        }"#,
    );
    package.check(&[]).succeeds();
    assert_eq!(package.property("HandleWorker", "MemorySize"), 512);
}

#[test]
fn a_package_without_functions_has_no_template() {
    let package = Package::new("without-functions", &handler("#[redrive::sqs_batch]"));
    package.check(&[]).succeeds();
    package.write(
        "src/main.rs",
        &handler("#[redrive::sqs_batch(template = false)]"),
    );
    let checked = package.check(&[]);
    checked.succeeds();
    let warning = "each function of `without-functions` has `template = false`";
    assert!(checked.stderr.contains(warning), "{}", checked.stderr);
    for name in ["template.json", "stack.md"] {
        assert!(!package.outputs().join(name).exists(), "{name}");
    }
    assert!(package.output("stack.json").contains("\"functions\": []"));
    package.check(&[]).ran_nothing();

    package.write("src/main.rs", &handler("#[redrive::sqs_batch]"));
    package.check(&[]).succeeds();
    assert_eq!(package.property("HandleWorker", "Handler"), "handle");
}

#[test]
fn a_mistake_is_reported_once_and_leaves_the_files() {
    let package = Package::new("mistake-once", &handler("#[redrive::sqs_batch]"));
    package.check(&[]).succeeds();
    let old = package.output("template.json");
    package.write(
        "src/main.rs",
        &handler("#[redrive::sqs_batch(batchsize = 7)]"),
    );
    let failed = package.check(&[]);
    failed.fails_with("unknown key `batchsize` [unknown_key]");
    assert_eq!(failed.errors(), 1, "{}", failed.stderr);
    assert_eq!(package.output("template.json"), old);
}

#[test]
fn source_that_is_being_typed_leaves_the_files() {
    let package = Package::new("being-typed", &handler("#[redrive::sqs_batch]"));
    package.check(&[]).succeeds();
    let old = package.output("template.json");
    let warning = |text: &str| format!("warning: being-typed@0.1.0: {text}");

    package.write(
        "src/main.rs",
        &handler("#[redrive::sqs_batch]").replace("Ok(())", "Ok(("),
    );
    let failed = package.check(&[]);
    failed.fails_with(&warning("`src/main.rs` cannot be read as Rust"));
    assert_eq!(package.output("template.json"), old);

    package.write("src/main.rs", "mod orders;\nuse orders::main;\n");
    let failed = package.check(&[]);
    failed.fails_with(&warning("the module's file `src/orders.rs` is missing"));
    assert_eq!(package.output("template.json"), old);

    let two = ["first", "handle"].map(|name| {
        handler("#[redrive::sqs_batch]")
            .replace("handle", name)
            .replace("Order", &format!("Order_{name}"))
    });
    package.write("src/main.rs", &two.concat());
    package
        .check(&[])
        .fails_with("already contains the function");
    assert_eq!(package.output("template.json"), old);
}

#[test]
fn a_warning_is_shown_until_it_is_accepted() {
    let package = Package::new(
        "warning-shown",
        &handler("#[redrive::sqs_batch(max_receive_count = 3)]"),
    );
    let checked = package.check(&[]);
    checked.succeeds();
    let warning = "warning: warning-shown@0.1.0: handle: `max_receive_count` (3) is below 5";
    assert!(checked.stderr.contains(warning), "{}", checked.stderr);

    let accepted = "#[redrive::sqs_batch(max_receive_count = 3, allow = \"receive_count_low\")]";
    package.write("src/main.rs", &handler(accepted));
    let checked = package.check(&[]);
    checked.succeeds();
    assert!(
        !checked.stderr.contains("warning: warning-shown"),
        "{}",
        checked.stderr
    );
    assert!(
        package
            .output("stack.md")
            .contains("## Accepted on purpose")
    );
}

#[test]
fn a_build_that_cannot_catch_panics_can_be_accepted() {
    let package = Package::new(
        "panics-abort-accepted",
        &handler("#[redrive::sqs_batch(allow = \"panic_abort\")]"),
    );
    package.write(".cargo/config.toml", "[profile.dev]\npanic = \"abort\"\n");
    let accepted = package.check(&[]);
    accepted.succeeds();
    assert!(
        !accepted.stderr.contains("[panic_abort]"),
        "{}",
        accepted.stderr
    );
}
