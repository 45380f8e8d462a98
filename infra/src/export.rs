//! The list by which the macro sees that the template has its function.

use redrive_model::export::{Listed, encode};

use crate::discover::Found;

/// The functions that the package is compiled with.
///
/// One whose attribute has an error is listed too, so that the macro reports the
/// error and nothing else.
pub(crate) fn list(found: &[Found]) -> String {
    let fingerprints: Vec<_> = found.iter().map(fingerprint).collect();
    let listed = found.iter().zip(&fingerprints);
    encode(listed.map(|(found, fingerprint)| Listed {
        binary: &found.binary,
        function: &found.parsed.function.name,
        fingerprint: fingerprint.as_deref(),
        around: found.around,
    }))
}

fn fingerprint(found: &Found) -> Option<String> {
    let is_right = !found.parsed.diagnostics.has_errors();
    is_right.then(|| found.parsed.function.fingerprint())
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use redrive_model::export::{Around, Listed, decode};

    use super::list;
    use crate::discover::Found;

    fn found(attribute: proc_macro2::TokenStream) -> Found {
        let item = quote!(
            async fn work(job: Job) -> Result<(), Error> {}
        );
        Found {
            binary: "jobs".to_owned(),
            around: Around::Main,
            parsed: redrive_syntax::parse(attribute, item),
        }
    }

    #[test]
    fn an_entry_names_the_place_and_the_settings() {
        let right = found(quote!(template = false));
        let fingerprint = right.parsed.function.fingerprint();
        let text = list(&[right, found(quote!(colour = 1))]);
        let listed = |fingerprint| Listed {
            binary: "jobs",
            function: "work",
            fingerprint,
            around: Around::Main,
        };
        assert_eq!(decode(&text), [listed(Some(&*fingerprint)), listed(None)]);
    }
}
