use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Around, discover};
use crate::cfg::Cfg;

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

fn handler(name: &str) -> String {
    format!(
        "#[redrive::sqs_batch]\nasync fn {name}(order: Order) -> Result<(), Error> {{ Ok(()) }}\n"
    )
}

fn package(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    write(folder.path(), "Cargo.toml", MANIFEST);
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a file in the folder")).expect("a new folder");
    fs::write(path, text).expect("a new file");
}

fn with_features(features: &str) -> Cfg {
    Cfg::from_vars([("CARGO_CFG_FEATURE".to_owned(), features.to_owned())])
}

/// `binary|function` of each function.
fn found(folder: &TempDir, features: &str) -> Vec<String> {
    let discovery = discover(folder.path(), &with_features(features)).expect("a readable package");
    discovery
        .found
        .iter()
        .map(|found| format!("{}|{}", found.binary, found.parsed.function.name))
        .collect()
}

#[test]
fn every_binary_target_is_read_and_no_other() {
    let folder = package(&[
        ("src/main.rs", &handler("root")),
        ("src/lib.rs", &handler("library")),
        ("src/bin/one.rs", &handler("first")),
        ("src/bin/two/main.rs", "mod inner;"),
        ("src/bin/two/inner.rs", &handler("second")),
        ("examples/three.rs", &handler("third")),
    ]);
    assert_eq!(found(&folder, ""), ["one|first", "shop|root", "two|second"]);
}

#[test]
fn explicit_targets_follow_cargo() {
    let folder = package(&[
        ("other/x.rs", &handler("named")),
        ("src/bin/guessed.rs", &handler("guessed")),
        ("src/bin/ignored.rs", &handler("ignored")),
    ]);
    let targets = "autobins = false\n[[bin]]\nname = \"my-bin\"\npath = \"other/x.rs\"\n[[bin]]\nname = \"guessed\"\n";
    write(folder.path(), "Cargo.toml", &format!("{MANIFEST}{targets}"));
    assert_eq!(found(&folder, ""), ["guessed|guessed", "my-bin|named"]);
}

#[test]
fn a_binary_without_its_features_is_not_built() {
    let folder = package(&[("src/bin/extra.rs", &handler("extra"))]);
    let target =
        "[[bin]]\nname = \"extra\"\nrequired-features = [\"more\"]\n[features]\nmore = []\n";
    write(folder.path(), "Cargo.toml", &format!("{MANIFEST}{target}"));
    assert!(found(&folder, "").is_empty());
    assert_eq!(found(&folder, "more"), ["extra|extra"]);
}

#[test]
fn a_feature_of_a_dependency_is_taken_to_be_enabled() {
    let folder = package(&[("src/bin/extra.rs", &handler("extra"))]);
    let target = "[[bin]]\nname = \"extra\"\nrequired-features = [\"more\", \"serde/derive\"]\n[features]\nmore = []\n";
    write(folder.path(), "Cargo.toml", &format!("{MANIFEST}{target}"));
    assert!(found(&folder, "").is_empty());
    assert_eq!(found(&folder, "more"), ["extra|extra"]);
}

#[test]
fn settings_of_the_workspace_are_inherited() {
    let folder = TempDir::new().expect("a temporary folder");
    let root = "[workspace]\nmembers = [\"shop\"]\n[workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    write(folder.path(), "Cargo.toml", root);
    let member = "[package]\nname = \"shop\"\nversion.workspace = true\nedition.workspace = true\n";
    write(folder.path(), "shop/Cargo.toml", member);
    write(folder.path(), "shop/src/main.rs", &handler("root"));
    let discovery =
        discover(&folder.path().join("shop"), &Cfg::default()).expect("a readable package");
    assert_eq!(discovery.found.len(), 1);
}

#[test]
fn modules_are_followed_to_their_files() {
    let root = "mod flat; mod dir; mod r#type; #[path = \"odd/name.rs\"] mod named;\n\
                mod inline { mod deep; pub mod deeper { mod deepest; } }";
    let folder = package(&[
        ("src/main.rs", root),
        ("src/flat.rs", &format!("mod below;{}", handler("a"))),
        ("src/flat/below.rs", &handler("b")),
        ("src/dir/mod.rs", &format!("mod below;{}", handler("c"))),
        ("src/dir/below.rs", &handler("d")),
        ("src/type.rs", &handler("e")),
        ("src/odd/name.rs", &format!("mod below;{}", handler("f"))),
        ("src/odd/below.rs", &handler("g")),
        ("src/inline/deep.rs", &handler("h")),
        ("src/inline/deeper/deepest.rs", &handler("i")),
        ("src/orphan.rs", &handler("j")),
    ]);
    let expected = [
        "shop|b", "shop|a", "shop|d", "shop|c", "shop|e", "shop|g", "shop|f", "shop|h", "shop|i",
    ];
    assert_eq!(found(&folder, ""), expected);
}

#[test]
fn cfg_decides_on_functions_modules_files_and_paths() {
    let root = format!(
        "#[cfg(feature = \"on\")] {}#[cfg(not(feature = \"on\"))] {}\
         #[cfg(feature = \"on\")] mod only_on;\n\
         mod inside;\n\
         #[cfg_attr(feature = \"on\", path = \"on.rs\")] #[cfg_attr(not(feature = \"on\"), path = \"off.rs\")] mod moved;\n\
         #[cfg(test)] mod tests {{ {} }}",
        handler("on"),
        handler("off"),
        handler("in_a_test"),
    );
    let folder = package(&[
        ("src/main.rs", &root),
        ("src/only_on.rs", &handler("a")),
        (
            "src/inside.rs",
            &format!("#![cfg(feature = \"on\")]\n{}", handler("b")),
        ),
        ("src/on.rs", &handler("c")),
        ("src/off.rs", &handler("d")),
    ]);
    assert_eq!(found(&folder, ""), ["shop|off", "shop|d"]);
    assert_eq!(
        found(&folder, "on"),
        ["shop|on", "shop|a", "shop|b", "shop|c"]
    );
}

#[test]
fn the_attribute_is_known_by_the_end_of_its_path_and_through_cfg_attr() {
    let root = "use redrive::sqs_batch;\n\
        #[sqs_batch] async fn a(m: M) -> R { Ok(()) }\n\
        #[::redrive::sqs_batch(retries = 1)] async fn b(m: M) -> R { Ok(()) }\n\
        #[cfg_attr(all(), doc = \"x\", redrive::sqs_batch(retries = 7))] async fn c(m: M) -> R { Ok(()) }\n\
        #[cfg_attr(any(), redrive::sqs_batch)] async fn d(m: M) -> R { Ok(()) }\n\
        #[sqs_batches] async fn e(m: M) -> R { Ok(()) }\n";
    let folder = package(&[("src/main.rs", root)]);
    assert_eq!(found(&folder, ""), ["shop|a", "shop|b", "shop|c"]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert_eq!(discovery.found[2].parsed.function.retries, 7);
}

#[test]
fn a_module_without_a_file_is_watched_until_it_comes() {
    let folder = package(&[("src/main.rs", "mod later;")]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    let later = folder.path().join("src/later.rs");
    assert!(discovery.paths.contains(&later));
    assert_eq!(discovery.missing, [later]);
    assert!(!discovery.is_sound());
    write(folder.path(), "src/later.rs", &handler("late"));
    assert_eq!(found(&folder, ""), ["shop|late"]);
}

#[test]
fn a_module_that_is_not_compiled_needs_no_file() {
    let folder = package(&[("src/main.rs", "#[cfg(test)] mod tests;")]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert!(discovery.missing.is_empty(), "{:?}", discovery.missing);
    assert!(discovery.is_sound());
}

#[test]
fn a_name_is_not_raw() {
    let folder = package(&[("src/main.rs", &handler("r#type"))]);
    assert_eq!(found(&folder, ""), ["shop|type"]);
}

#[test]
fn a_binary_has_one_function_whoever_writes_its_template() {
    let own = handler("own").replace("sqs_batch", "sqs_batch(template = false)");
    let folder = package(&[
        ("src/main.rs", &format!("mod inner; {own}")),
        ("src/inner.rs", &handler("second")),
        ("src/bin/other.rs", &own),
    ]);
    let discovered = || discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert_eq!(found(&folder, ""), ["other|own", "shop|second", "shop|own"]);
    assert!(!discovered().is_sound());
    write(folder.path(), "src/inner.rs", "");
    assert!(discovered().is_sound());
    assert!(discovered().deployed().is_empty());
}

#[test]
fn what_a_function_is_in() {
    let root = format!(
        "{} mod beside_main; mod in_items; #[cfg(any())] fn main() {{}}",
        handler("free")
    );
    let in_items = format!(
        "struct Shop; impl Shop {{ {} }} #[cfg(any())] impl Shop {{ {} }} trait Ship {{ {} }} fn main() {{ let a = 1; {} }}",
        handler("in_an_impl"),
        handler("not_compiled"),
        handler("in_a_trait"),
        handler("in_a_function"),
    );
    let folder = package(&[
        ("src/main.rs", &root),
        (
            "src/beside_main.rs",
            &format!("{} fn main() {{}}", handler("beside")),
        ),
        ("src/in_items.rs", &in_items),
    ]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    let around: Vec<_> = discovery
        .found
        .iter()
        .map(|found| (found.parsed.function.name.as_str(), found.around))
        .collect();
    assert_eq!(
        around,
        [
            ("free", Around::Module),
            ("beside", Around::Main),
            ("in_an_impl", Around::Item),
            ("in_a_trait", Around::Item),
            ("in_a_function", Around::Item),
        ]
    );
}

#[test]
fn a_misplaced_function_leaves_the_template_alone() {
    for text in [
        format!("{} fn main() {{}}", handler("beside")),
        format!("fn main() {{ {} }}", handler("inside")),
    ] {
        let folder = package(&[("src/main.rs", &text)]);
        let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
        assert!(!discovery.is_sound() && discovery.deployed().is_empty());
    }
}

#[test]
fn a_handler_named_main_is_no_main_of_the_users() {
    let folder = package(&[("src/main.rs", &handler("main"))]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert_eq!(discovery.found[0].around, Around::Module);
}

#[test]
fn a_file_inside_itself_comes_to_an_end() {
    let root = format!("#[path = \"main.rs\"] mod again;{}", handler("once"));
    assert_eq!(
        found(&package(&[("src/main.rs", &root)]), ""),
        ["shop|once"]
    );
}

#[test]
fn what_is_not_rust_is_named() {
    let folder = package(&[("src/main.rs", "fn {"), ("src/bin/ok.rs", &handler("ok"))]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert_eq!(discovery.unparsed[0].0, folder.path().join("src/main.rs"));
    assert!(!discovery.is_sound());
    assert_eq!(found(&folder, ""), ["ok|ok"]);
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let folder = package(&[]);
    fs::create_dir_all(folder.path().join("src")).expect("a new folder");
    fs::write(folder.path().join("src/main.rs"), b"// \xff").expect("a new file");
    let problem = || {
        let errors = discover(folder.path(), &Cfg::default()).err();
        errors.expect("an error").0[0].problem()
    };
    assert!(
        problem().contains("src/main.rs` cannot be read: "),
        "{}",
        problem()
    );

    write(folder.path(), "Cargo.toml", "[package");
    assert!(
        problem().contains("Cargo.toml` cannot be read: "),
        "{}",
        problem()
    );
}

#[test]
fn a_library_has_no_binary() {
    let folder = package(&[("src/lib.rs", &handler("library"))]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert!(discovery.binaries.is_empty() && discovery.found.is_empty());
    assert!(discovery.is_sound());
}

#[test]
fn a_main_that_is_no_target_is_not_read() {
    let folder = package(&[("src/main.rs", &handler("root")), ("src/lib.rs", "")]);
    write(
        folder.path(),
        "Cargo.toml",
        &format!("{MANIFEST}autobins = false\n"),
    );
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert!(discovery.binaries.is_empty() && discovery.found.is_empty());
}

#[test]
fn a_binary_without_a_function_is_a_binary() {
    let folder = package(&[
        ("src/main.rs", "fn main() {}"),
        (
            "src/bin/off.rs",
            &format!("#[cfg(any())] {}", handler("off")),
        ),
        ("src/bin/included.rs", "include!(\"../included.rs\");"),
        ("src/included.rs", &handler("included")),
    ]);
    let discovery = discover(folder.path(), &Cfg::default()).expect("a readable package");
    assert_eq!(discovery.binaries, ["included", "off", "shop"]);
    assert!(discovery.found.is_empty() && discovery.is_sound());
}

#[test]
fn a_member_of_a_workspace_may_share_a_module_with_another() {
    let folder = TempDir::new().expect("a temporary folder");
    write(
        folder.path(),
        "Cargo.toml",
        "[workspace]\nmembers = [\"shop\"]\n",
    );
    let targets = "autobins = false\n[[bin]]\nname = \"orders\"\npath = \"src/orders.rs\"\n";
    write(
        folder.path(),
        "shop/Cargo.toml",
        &format!("{MANIFEST}{targets}"),
    );
    let root = "#[path = \"../../shared/orders.rs\"] mod orders; use orders::main;";
    write(folder.path(), "shop/src/orders.rs", root);
    write(folder.path(), "shop/src/main.rs", &handler("no_target"));
    write(folder.path(), "shared/orders.rs", &handler("handle"));
    let shop = folder.path().join("shop");
    let discovery = discover(&shop, &Cfg::default()).expect("a readable package");
    assert_eq!(discovery.binaries, ["orders"]);
    assert_eq!(discovery.deployed()[0].function.name, "handle");
    let shared = shop.join("src/../../shared/orders.rs");
    assert!(discovery.paths.contains(&shared), "{:?}", discovery.paths);
}

#[test]
fn a_file_of_two_binaries_is_two_functions() {
    let folder = package(&[("src/main.rs", &handler("handle"))]);
    let targets = "[[bin]]\nname = \"a\"\npath = \"src/main.rs\"\n\
                   [[bin]]\nname = \"b\"\npath = \"src/main.rs\"\n";
    write(folder.path(), "Cargo.toml", &format!("{MANIFEST}{targets}"));
    assert_eq!(found(&folder, ""), ["a|handle", "b|handle"]);
}

#[test]
fn a_message_whose_derived_fields_borrow_is_an_error_with_its_fix() {
    let errors = |structs: &str, message: &str| {
        let function = handler("orders").replace("order: Order", message);
        let folder = package(&[("src/main.rs", &format!("{structs}\n{function}"))]);
        let found = discover(folder.path(), &Cfg::default()).expect("a readable package");
        found.check_messages().err().map(|it| it.to_string())
    };
    let text = "#[derive(Debug, serde::Deserialize)]\nstruct Order { id: &'static str }";
    for message in [
        "order: Order",
        "order: Message<Order>",
        "order: shop::Order",
    ] {
        let error = errors(text, message).expect("a borrowing message");
        assert!(
            error.contains("`Order` borrows in its field `id`"),
            "{error}"
        );
        assert!(error.contains("help: write `id: String`"), "{error}");
    }
    let list = text.replace("&'static str", "Vec<&'static [u8]>");
    let error = errors(&list, "order: Order").expect("a borrowing message");
    assert!(error.contains("use owned fields"), "{error}");

    for structs in [
        "#[derive(Deserialize)] struct Order { id: Cow<'static, str> }",
        "#[derive(Deserialize)] struct Order { #[serde(skip)] id: &'static str }",
        "struct Order { id: &'static str }",
        "#[derive(Deserialize)] struct Other { id: &'static str } struct Order { id: u64 }",
        "#[derive(Deserialize)] struct Order { id: &'static str } mod a { struct Order { id: u64 } }",
    ] {
        assert_eq!(errors(structs, "order: Order"), None, "{structs}");
    }
}
