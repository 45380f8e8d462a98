//! The types of settings, in generated code.

use std::time::Duration;

use crate::Backoff;

/// A type that a setting of the worker has.
pub trait Setting {
    /// The expression of this value in generated code, which names this crate
    /// `__redrive::model`.
    fn expression(&self) -> String;
}

macro_rules! plain {
    ($($type:ty)*) => {
        $(impl Setting for $type {
            fn expression(&self) -> String {
                self.to_string()
            }

        })*
    };
}

plain!(u32 bool);

impl Setting for Duration {
    fn expression(&self) -> String {
        let (seconds, nanoseconds) = (self.as_secs(), self.subsec_nanos());
        format!("::core::time::Duration::new({seconds}, {nanoseconds})")
    }
}

impl Setting for Backoff {
    fn expression(&self) -> String {
        let (min, max) = (self.min.expression(), self.max.expression());
        format!("__redrive::model::Backoff::new({min}, {max})")
    }
}

impl<T: Setting> Setting for Option<T> {
    fn expression(&self) -> String {
        match self {
            Some(value) => format!("::core::option::Option::Some({})", value.expression()),
            None => "::core::option::Option::None".to_owned(),
        }
    }
}
