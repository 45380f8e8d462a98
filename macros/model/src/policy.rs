//! What a function does when records fail: choices between a few words.

use crate::setting::Setting;

/// A value that is one of a few words.
pub trait Choice: Copy + Default + PartialEq + 'static {
    /// All values, in the order of the reference.
    const ALL: &'static [Self];

    /// The word for it in the attribute.
    fn word(self) -> &'static str;

    /// The value of this word.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|choice| choice.word() == word)
    }
}

macro_rules! choice {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$of_variant:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum $name {
            $(
                $(#[$of_variant])*
                #[cfg_attr(feature = "serde", serde(rename = $word))]
                $variant,
            )+
        }

        impl Choice for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl Setting for $name {
            fn expression(&self) -> String {
                format!("__redrive::model::policy::{}::{self:?}", stringify!($name))
            }
        }

        impl $name {
            /// The words of all values, in the order of the reference.
            pub const WORDS: &'static [&'static str] = &[$($word),+];
        }
    };
}

choice! {
    /// What an invocation returns when every record failed.
    OnTotalFailure {
        /// An error that lists the records, so that the function's `Errors` metric
        /// counts it.
        #[default]
        Error = "error",
        /// The list of all message ids.
        Report = "report",
    }
}

choice! {
    /// What a failure in a FIFO batch means for the records after it.
    OnGroupFailure {
        /// The rest of its message group is not processed; other groups continue.
        #[default]
        SkipGroup = "skip_group",
        /// The rest of the batch is not processed.
        StopBatch = "stop_batch",
    }
}

choice! {
    /// Where a record goes that can never succeed.
    OnPermanent {
        /// It is reported as failed, and SQS counts the receive.
        #[default]
        Report = "report",
        /// It is sent to the DLQ at once.
        Dlq = "dlq",
        /// It is sent to the parking queue at once, and never redriven.
        Park = "park",
    }
}

choice! {
    /// What a filter policy of SNS reads.
    FilterScope {
        /// The attributes of a message.
        #[default]
        Attributes = "attributes",
        /// The body of a message, which is JSON.
        Body = "body",
    }
}

choice! {
    /// What happens to a record whose idempotency key was completed with another body.
    OnConflict {
        /// It is a duplicate like any other: completed without being processed.
        #[default]
        Ignore = "ignore",
        /// It fails, and can never succeed.
        Permanent = "permanent",
    }
}

/// Calls a macro with the names of all choices.
#[macro_export]
macro_rules! choices {
    ($callback:ident) => {
        $callback! { OnTotalFailure OnGroupFailure OnPermanent FilterScope OnConflict }
    };
}

#[cfg(test)]
mod tests {
    use super::{Choice, FilterScope, OnConflict, OnGroupFailure, OnPermanent, OnTotalFailure};

    fn check<T: Choice + std::fmt::Debug>(words: &[&str]) {
        assert_eq!(T::default(), T::ALL[0], "the reference lists it first");
        let read: Vec<_> = words.iter().map(|word| T::from_word(word)).collect();
        let all: Vec<_> = T::ALL.iter().copied().map(Some).collect();
        assert_eq!(read, all);
        assert_eq!(T::from_word("other"), None);
    }

    macro_rules! check {
        ($($name:ident)*) => {
            $(check::<$name>($name::WORDS);)*
        };
    }

    #[test]
    fn each_value_has_its_word() {
        choices!(check);
    }
}
