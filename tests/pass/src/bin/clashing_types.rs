//! The attribute generates a type of the function's name; an item of the user's with
//! that name hides it.
#![deny(warnings)]

mod clashing {
    /// Has the name of its module and of the function.
    #[derive(serde::Deserialize)]
    #[expect(non_camel_case_types, reason = "the name of the function")]
    pub(super) struct clashing {
        pub(super) id: u64,
    }
}

#[redrive::sqs_batch]
async fn clashing(message: clashing::clashing) -> Result<(), String> {
    let clashing::clashing { id } = message;
    let _ = id;
    Ok(())
}
