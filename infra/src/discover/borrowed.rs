//! Messages whose type borrows for `'static`, which neither the macro nor a trait
//! bound can report: the macro sees only the type's name, and rustc says no more
//! than that an implementation is not general enough.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use quote::ToTokens;
use redrive_syntax::Diagnostic;
use redrive_syntax::rules::catalog::HANDLER_MESSAGE;
use syn::{GenericArgument, ItemStruct, PathArguments, Type};

use crate::error::broken;

/// The structs by their binary and name. The field of one that borrows; `None` for each
/// other struct, and where several have the name.
pub(crate) type Structs = BTreeMap<(String, String), Option<Borrowed>>;

/// A field that derived code can read only from text that is never freed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Borrowed {
    field: String,
    is_str: bool,
}

/// Notes a struct of a binary.
pub(super) fn note(structs: &mut Structs, binary: &str, item: &ItemStruct) {
    match structs.entry((binary.to_owned(), item.ident.to_string())) {
        Entry::Vacant(entry) => _ = entry.insert(borrowed(item)),
        Entry::Occupied(mut entry) => _ = entry.insert(None),
    }
}

/// The field, if only a derived `Deserialize` reads it: code of the user's own can
/// choose the text from a list.
fn borrowed(item: &ItemStruct) -> Option<Borrowed> {
    let is_derived = item.attrs.iter().any(|attribute| {
        attribute.path().is_ident("derive")
            && attribute
                .to_token_stream()
                .to_string()
                .contains("Deserialize")
    });
    let mut fields = item.fields.iter().filter(|field| {
        let has_own_code = field.attrs.iter().any(|it| it.path().is_ident("serde"));
        is_derived && !has_own_code && is_static(&field.ty)
    });
    fields.next().map(|field| Borrowed {
        field: field
            .ident
            .as_ref()
            .map_or_else(|| "0".to_owned(), ToString::to_string),
        is_str: matches!(&field.ty, Type::Reference(it) if is_str(&it.elem)),
    })
}

fn is_static(field: &Type) -> bool {
    match field {
        Type::Reference(reference) => {
            let lifetime = reference.lifetime.as_ref();
            lifetime.is_some_and(|lifetime| lifetime.ident == "static")
        }
        Type::Path(_) => arguments(field).any(is_static),
        _ => false,
    }
}

fn is_str(inner: &Type) -> bool {
    matches!(inner, Type::Path(path) if path.path.is_ident("str"))
}

/// The error about a function's message, also within an envelope.
pub(super) fn error(structs: &Structs, binary: &str, message: &Type) -> Option<Diagnostic> {
    if let Type::Path(path) = message {
        let name = path.path.segments.last()?.ident.to_string();
        let found = structs.get(&(binary.to_owned(), name.clone()));
        if let Some(Some(Borrowed { field, is_str })) = found {
            let problem = format!("the message `{name}` borrows in its field `{field}`");
            let help = match is_str {
                true => format!("write `{field}: String`"),
                false => "use owned fields such as `String`".to_owned(),
            };
            return Some(broken(&HANDLER_MESSAGE, problem).help(help));
        }
    }
    arguments(message).find_map(|inner| error(structs, binary, inner))
}

/// The types that a type is generic in.
fn arguments(of: &Type) -> impl Iterator<Item = &Type> {
    let last = match of {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let listed = last.and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter()),
        _ => None,
    });
    listed
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        })
}
