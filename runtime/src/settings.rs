//! The worker's settings of the attribute, as a constant of the handler.

use redrive_model::keys::prelude::*;

macro_rules! settings {
    (
        $function:ident;
        template { $($template:tt)* }
        worker { $($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:expr => { $($row:tt)* })* }
        rust { $($rust:tt)* }
    ) => {
        /// The worker's part of an `#[sqs_batch(…)]` attribute, checked by the macro.
        #[derive(Clone, Copy, Debug)]
        pub struct Settings {
            /// The function's name: its handler (`_HANDLER`).
            pub function: &'static str,
            /// The most redrives of a message, which the worker counts; `None`: it does
            /// not.
            pub rounds: Option<u32>,
            $($(#[doc = $about])+ pub $name: $type,)*
        }

        impl Settings {
            /// What holds where the attribute of `function` has no keys.
            pub const fn of(function: &'static str) -> Self {
                Self { function, rounds: None, $($name: $default,)* }
            }
        }
    };
}

redrive_model::keys!(settings);
