//! The attribute generates a type of the function's name; an item of the user's with
//! that name hides it.
#![deny(warnings)]

mod handle {
    /// Has the name of its module, of the function and of the function's message.
    #[derive(serde::Deserialize)]
    #[expect(non_camel_case_types, reason = "the name of the function")]
    pub(super) struct handle {
        pub(super) id: u64,
    }
}

use self::handle::handle as Order;

#[redrive::sqs_batch]
async fn handle(message: handle::handle) -> Result<(), String> {
    let Order { id } = message;
    let _ = id;
    Ok(())
}
