use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use quote::quote;

use crate::declared::Target;

fn binary() -> Target {
    Target {
        binary: Some("app".to_owned()),
        functions: None,
    }
}

fn check(attribute: TokenStream, item: &TokenStream, target: &Target, expected: &ExpectFile) {
    let expanded = crate::expand::sqs_batch(attribute, item, target);
    let file = syn::parse2(expanded).expect("expansion is a file");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn a_function_with_a_redrive() {
    check(
        quote!(
            template = false,
            retries = 3,
            dlq_redrive = "cron(0 23 ? * SUN-THU *)",
            redrive_timezone = "Asia/Jerusalem"
        ),
        &quote! {
            async fn process_order(order: Order) -> Result<(), OrderError> {
                ship(order).await
            }
        },
        &binary(),
        &expect_file!["../snapshots/redrive.rs"],
    );
}

#[test]
fn state_and_every_path() {
    check(
        quote! {
            template = false, crate = ::renamed, init = connect, is_permanent = OrderError::is_permanent,
            on_permanent = "dlq", queue_backoff = "30s..15m", attempt_timeout = "1s", concurrency = 10,
            allow = "panic_abort"
        },
        &quote! {
            /// Ships an order.
            pub(crate) async fn process_order(order: Message<Order>, pool: &Pool) -> anyhow::Result<()> {
                pool.ship(order).await
            }
        },
        &binary(),
        &expect_file!["../snapshots/state.rs"],
    );
}

#[test]
fn mistakes_leave_the_function_and_a_main() {
    check(
        quote!(batchsize = 5, timeout = 30),
        &quote!(
            async fn process_order(order: Order) -> Result<(), OrderError> {
                Ok(())
            }
        ),
        &binary(),
        &expect_file!["../snapshots/mistakes.rs"],
    );
}

#[test]
fn a_second_function_leaves_main_to_the_first() {
    let target = Target {
        binary: Some("app".to_owned()),
        functions: Some("app|first|00|module;app|second|00|module".to_owned()),
    };
    let item = quote!(
        async fn second(order: Order) -> Result<(), OrderError> {
            Ok(())
        }
    );
    let expanded = crate::expand::sqs_batch(quote!(), &item, &target).to_string();
    assert!(
        !expanded.contains("fn main"),
        "two `main` would be a second error"
    );
    assert!(expanded.contains("one_function_per_binary"));
}

#[test]
fn a_mistake_beside_a_main_of_the_users_is_one_error() {
    let target = Target {
        binary: Some("app".to_owned()),
        functions: Some("app|handle||main".to_owned()),
    };
    let item = quote!(
        async fn handle(order: Order) -> Result<(), OrderError> {
            Ok(())
        }
    );
    let expanded = crate::expand::sqs_batch(quote!(batchsize = 5), &item, &target).to_string();
    assert!(!expanded.contains("fn main"), "{expanded}");
}

#[test]
fn a_second_attribute_is_not_expanded_again() {
    let item = quote!(
        /// Ships.
        #[redrive::sqs_batch(retries = 1)]
        async fn handle(order: Order) -> Result<(), OrderError> {
            Ok(())
        }
    );
    let expanded = crate::expand::sqs_batch(quote!(), &item, &binary()).to_string();
    assert_eq!(
        expanded.matches("sqs_batch").count(),
        1,
        "only the error names it: {expanded}"
    );
    assert!(expanded.contains("Ships.") && expanded.contains("[duplicate_key]"));
}
