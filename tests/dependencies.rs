//! What a user's Lambda links, which is its size and its cold start.

use std::{collections::BTreeSet, process::Command};

/// The crates that a user's binary is built from.
fn linked(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "redrive", "--edges"])
        .args(["normal,no-proc-macro", "--prefix", "none", "--format"])
        .arg("{p}")
        .args(features)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn the_sdk_is_the_sqs_client_and_one_crypto_provider() {
    let linked = linked(&[]);
    assert!(linked.contains("aws-sdk-sqs") && linked.contains("aws-lc-rs"));
    for unwanted in [
        // The chain of credential providers: Lambda sets the credentials.
        "aws-config",
        "aws-sdk-sso",
        "aws-sdk-ssooidc",
        "aws-sdk-sts",
        // With a second crypto provider, `rustls::ClientConfig::builder()` panics.
        "ring",
        "rustls-rustcrypto",
        // Other TLS stacks.
        "native-tls",
        "openssl",
        "s2n-tls",
        // Those of the macro and of the build script.
        "syn",
        "redrive-syntax",
        "redrive-infra",
    ] {
        assert!(!linked.contains(unwanted), "{unwanted}: {linked:?}");
    }
}

#[test]
fn without_a_redrive_there_is_no_sdk() {
    let linked = linked(&["--no-default-features"]);
    for unwanted in ["aws-sdk-sqs", "rustls", "aws-lc-rs", "ring"] {
        assert!(!linked.contains(unwanted), "{unwanted}: {linked:?}");
    }
}

#[test]
fn opentelemetry_is_linked_only_where_it_is_asked_for() {
    let of_opentelemetry = |features: &[&str]| {
        let mut linked = linked(features);
        linked.retain(|name| name.contains("opentelemetry"));
        linked
    };
    for features in [
        &[][..],
        &["--no-default-features"],
        &["--features", "testing"],
    ] {
        assert_eq!(of_opentelemetry(features), BTreeSet::new());
    }
    // No exporter: the function chooses its own.
    let expected = [
        "opentelemetry",
        "opentelemetry-aws",
        "opentelemetry_sdk",
        "tracing-opentelemetry",
    ];
    assert_eq!(
        of_opentelemetry(&["--features", "opentelemetry"]),
        expected.map(ToOwned::to_owned).into()
    );
}

/// docs.rs builds one target of each published crate, and crates.io shows the
/// README.
#[test]
fn published_crates_have_a_readme_and_one_documented_target() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--offline",
            "--no-deps",
            "--format-version",
            "1",
        ])
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let published: Vec<_> = packages
        .iter()
        .filter(|package| package["publish"].is_null())
        .collect();
    assert!(published.len() >= 7, "{}", published.len());
    for package in published {
        let name = &package["name"];
        let docs = &package["metadata"]["docs"]["rs"];
        assert!(package["readme"].is_string(), "{name}");
        assert_eq!(docs["all-features"], true, "{name}");
        assert_eq!(docs["targets"].as_array().map(Vec::len), Some(1), "{name}");
        let arguments = serde_json::json!(["--generate-link-to-definition"]);
        assert_eq!(docs["rustdoc-args"], arguments, "{name}");
    }
}
