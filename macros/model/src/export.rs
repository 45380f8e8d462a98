//! The list of functions that the build script found. It is exported to the macro
//! in the variable [`FUNCTIONS`](crate::names::FUNCTIONS), so that a function that
//! the template lacks, or describes differently, does not compile.

/// One function of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<'a> {
    /// The binary it is in.
    pub binary: &'a str,
    /// Its name.
    pub function: &'a str,
    /// The hash of its settings; `None` if its attribute has an error, which the
    /// macro reports.
    pub fingerprint: Option<&'a str>,
    /// What it is in.
    pub around: Around,
}

/// What a function is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// A module.
    Module,
    /// A module with a `main` of its own.
    Main,
    /// An `impl`, a trait or a function.
    Item,
}

impl Around {
    const NAMES: [(Self, &'static str); 3] = [
        (Self::Module, "module"),
        (Self::Main, "main"),
        (Self::Item, "item"),
    ];
}

/// The list as one line.
pub fn encode<'a>(list: impl IntoIterator<Item = Listed<'a>>) -> String {
    let entries = list.into_iter().map(|listed| {
        let names = Around::NAMES.iter();
        let around = names.filter(|(around, _)| *around == listed.around);
        let around: String = around.map(|(_, name)| *name).collect();
        let (binary, function) = (listed.binary, listed.function);
        let fingerprint = listed.fingerprint.unwrap_or_default();
        format!("{binary}|{function}|{fingerprint}|{around}")
    });
    entries.collect::<Vec<_>>().join(";")
}

/// The functions of an encoded list; an entry of another version is skipped.
pub fn decode(list: &str) -> Vec<Listed<'_>> {
    let read = |entry| {
        let fields: Vec<&str> = str::split(entry, '|').collect();
        let [binary, function, fingerprint, around] = fields[..] else {
            return None;
        };
        let mut names = Around::NAMES.iter();
        let (around, _) = names.find(|(_, name)| *name == around)?;
        Some(Listed {
            binary,
            function,
            fingerprint: Some(fingerprint).filter(|it| !it.is_empty()),
            around: *around,
        })
    };
    list.split(';').filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::{Around, Listed, decode, encode};

    #[test]
    fn what_is_encoded_is_decoded() {
        let listed = |around, fingerprint| Listed {
            binary: "shop-orders",
            function: "process_order",
            fingerprint,
            around,
        };
        let list = [
            listed(Around::Module, Some("00ff")),
            listed(Around::Main, None),
            listed(Around::Item, Some("1")),
        ];
        assert_eq!(decode(&encode(list.clone())), list);
        assert!(decode(&encode([])).is_empty());
        assert!(decode("app||handle|00|stack|module").is_empty());
    }
}
