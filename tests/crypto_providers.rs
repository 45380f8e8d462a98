//! rustls in the user's own code, next to the one in the SQS client.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redrive_tests::binary::binary_with;
use redrive_tests::runtime_api::{self, Ran};
use redrive_tests::sqs_event::sqs_event;
use redrive_tests::workspace;
use serde_json::json;

/// rustls as most crates have it, with the provider that the SQS client has.
const DEFAULT: &str = "rustls-default";
/// rustls as crates have it that ask for `ring` alone: two providers are linked.
const RING: &str = "rustls-ring";

const INSTALL: (&str, &str) = ("INSTALL_DEFAULT", "1");
const BUILD: (&str, &str) = ("BUILD_CONFIG", "1");

/// Links the binary of this feature to `path`: cargo puts those of both features
/// in the same place, and the tests of this file run at the same time.
fn link_binary(feature: &str, path: &Path) {
    static BUILD: Mutex<()> = Mutex::new(());
    let _build = BUILD.lock().unwrap_or_else(PoisonError::into_inner);
    let name = "redrive-fixtures-tls";
    let built = binary_with(name, name, &["--features", feature]);
    // A link, since a copy that is still open for writing elsewhere can't be run.
    fs::hard_link(built, path).expect("the target folder takes links");
}

/// Runs `init` with these variables, and then one invocation.
fn run(feature: &str, environment: &[(&str, &str)]) -> Ran {
    let json = ("AWS_LAMBDA_LOG_FORMAT", "JSON");
    let dlq = ("REDRIVE_DLQ_URL", "http://127.0.0.1:1/dlq");
    let environment = [&[json, dlq], environment].concat();
    let event = sqs_event("tls", &[("m1", json!("provider"))]);
    let limit = Duration::from_secs(10);
    let folder = tempfile::tempdir_in(workspace::target()).expect("a folder");
    let binary = folder.path().join("tls");
    link_binary(feature, &binary);
    runtime_api::run(&binary, "tls", &environment, limit, &[event])
}

#[test]
fn init_can_use_rustls_and_install_a_default() {
    for (feature, environment) in [
        (DEFAULT, &[BUILD][..]),
        (DEFAULT, &[INSTALL, BUILD]),
        (RING, &[INSTALL, BUILD]),
    ] {
        let ran = run(feature, environment);

        assert!(
            ran.posts[0].0.ends_with("response"),
            "{feature} {environment:?}: {}",
            ran.log
        );
        assert_eq!(ran.lines("\"provider\"")[0]["is_installed"], true);
    }
}

#[test]
fn redrive_installs_no_default() {
    for feature in [DEFAULT, RING] {
        let ran = run(feature, &[]);

        assert_eq!(
            ran.lines("\"provider\"")[0]["is_installed"],
            false,
            "{feature}"
        );
    }
}

#[test]
fn a_start_with_two_providers_says_what_to_do() {
    let ran = run(RING, &[BUILD]);
    let (path, error) = &ran.posts[0];

    assert_eq!(path, "init/error", "{}", ran.log);
    let message = error["errorMessage"].as_str().expect("a message");
    for part in [
        "`init` panicked",
        "help: ",
        "`install_default()`",
        "`sqs-client`",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}
