//! Decides `cfg` predicates as the package's compilation will.

use std::collections::BTreeMap;

use redrive_syntax::rules::catalog::CFG_FORM;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitBool, LitStr, Meta, MetaNameValue, Token};

use crate::error::{Errors, broken};

/// The configuration a package is compiled with, without `test`: what only
/// tests see is not deployed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cfg {
    values: BTreeMap<String, Vec<String>>,
}

impl Cfg {
    /// Reads what cargo passes to a build script: `CARGO_CFG_<KEY>` with the values
    /// between commas, where `CARGO_CFG_FEATURE` lists the enabled features.
    ///
    /// Other variables are ignored.
    pub(crate) fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let values = vars
            .into_iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix("CARGO_CFG_")?.to_owned();
                let values = value.split(',').map(str::to_owned).collect();
                Some((key, values))
            })
            .collect();
        Self { values }
    }

    /// Sets what `--cfg` of rustc would: `name`, or `name="value"`.
    ///
    /// # Errors
    /// If it is neither.
    pub(crate) fn set(&mut self, cfg: &str) -> Result<(), Errors> {
        let is_wrong = || {
            broken(
                &CFG_FORM,
                format!("`{cfg}` is not a cfg that `Builder::cfg` can set"),
            )
            .help("write `name` or `name=\"value\"`")
        };
        let (name, value) = match syn::parse_str(cfg) {
            Ok(Meta::Path(name)) => (name, String::new()),
            Ok(Meta::NameValue(MetaNameValue {
                path,
                value:
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(value),
                        ..
                    }),
                ..
            })) => (path, value.value()),
            _ => return Err(is_wrong().into()),
        };
        let name = name.get_ident().ok_or_else(is_wrong)?;
        let key = key(&name.unraw().to_string());
        self.values.entry(key).or_default().push(value);
        Ok(())
    }

    /// Whether the package's feature is enabled.
    pub(crate) fn has_feature(&self, name: &str) -> bool {
        self.is("feature", name)
    }

    fn get(&self, name: &str) -> Option<&[String]> {
        self.values.get(&key(name)).map(Vec::as_slice)
    }

    fn is(&self, key: &str, value: &str) -> bool {
        self.get(key)
            .is_some_and(|values| values.iter().any(|known| known == value))
    }

    /// The attributes that are left of `attributes` on this configuration;
    /// `None` if their item is not compiled.
    pub(crate) fn resolve(&self, attributes: &[Attribute]) -> Option<Vec<Meta>> {
        let mut left = Vec::new();
        for attribute in attributes {
            self.resolve_one(&attribute.meta, &mut left)?;
        }
        Some(left)
    }

    fn resolve_one(&self, meta: &Meta, left: &mut Vec<Meta>) -> Option<()> {
        match meta {
            // What does not parse here, rustc refuses.
            Meta::List(list) if list.path.is_ident("cfg") => {
                let holds = |input: ParseStream<'_>| self.predicate(input);
                holds
                    .parse2(list.tokens.clone())
                    .unwrap_or(false)
                    .then_some(())
            }
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                let given = |input: ParseStream<'_>| self.conditional(input);
                for meta in given.parse2(list.tokens.clone()).unwrap_or_default() {
                    self.resolve_one(&meta, left)?;
                }
                Some(())
            }
            _ => {
                left.push(meta.clone());
                Some(())
            }
        }
    }

    /// `predicate, attribute, …`: the attributes if the predicate holds.
    fn conditional(&self, input: ParseStream<'_>) -> syn::Result<Vec<Meta>> {
        let holds = self.predicate(input)?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        let attributes = Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
        Ok(if holds {
            attributes.into_iter().collect()
        } else {
            Vec::new()
        })
    }

    fn predicate(&self, input: ParseStream<'_>) -> syn::Result<bool> {
        if input.peek(LitBool) {
            return Ok(input.parse::<LitBool>()?.value);
        }
        let key = input.call(Ident::parse_any)?.unraw().to_string();
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            return Ok(self.is(&key, &input.parse::<LitStr>()?.value()));
        }
        if !input.peek(syn::token::Paren) {
            return Ok(self.get(&key).is_some());
        }
        let inner;
        syn::parenthesized!(inner in input);
        let mut parts = Vec::new();
        while !inner.is_empty() {
            parts.push(self.predicate(&inner)?);
            if !inner.is_empty() {
                inner.parse::<Token![,]>()?;
            }
        }
        Ok(match key.as_str() {
            "all" => parts.iter().all(|part| *part),
            "any" => parts.contains(&true),
            "not" => parts == [false],
            _ => false,
        })
    }
}

/// Cargo passes a name on in upper case, with underscores for dashes.
fn key(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::Cfg;
    use syn::{Attribute, parse_quote};

    fn linux() -> Cfg {
        let vars = [
            ("CARGO_CFG_UNIX", ""),
            ("CARGO_CFG_TARGET_OS", "linux"),
            ("CARGO_CFG_TARGET_FEATURE", "sse,sse2"),
            ("CARGO_CFG_FEATURE", "default,dead-letter"),
            ("CARGO_CFG_DEBUG_ASSERTIONS", ""),
            ("OPT_LEVEL", "0"),
        ];
        Cfg::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    fn compiled(attribute: Attribute) -> bool {
        linux().resolve(&[attribute]).is_some()
    }

    #[test]
    fn flags_and_values() {
        assert!(compiled(parse_quote!(#[cfg(unix)])));
        assert!(compiled(parse_quote!(#[cfg(debug_assertions)])));
        assert!(compiled(parse_quote!(#[cfg(target_os = "linux")])));
        assert!(compiled(parse_quote!(#[cfg(target_feature = "sse2")])));
        assert!(compiled(parse_quote!(#[cfg(feature = "dead-letter")])));
        assert!(compiled(parse_quote!(#[cfg(true)])));
        assert!(!compiled(parse_quote!(#[cfg(windows)])));
        assert!(!compiled(parse_quote!(#[cfg(target_os = "macos")])));
        assert!(!compiled(parse_quote!(#[cfg(feature = "other")])));
        assert!(!compiled(parse_quote!(#[cfg(false)])));
    }

    #[test]
    fn what_the_build_script_sets_itself() {
        let mut cfg = Cfg::default();
        for text in ["beta", "stage=\"dev\"", "stage = \"test\""] {
            cfg.set(text).expect("a cfg");
        }
        let compiled = |attribute: Attribute| cfg.resolve(&[attribute]).is_some();
        assert!(compiled(parse_quote!(#[cfg(beta)])));
        assert!(compiled(
            parse_quote!(#[cfg(all(stage = "dev", stage = "test"))])
        ));
        assert!(!compiled(parse_quote!(#[cfg(stage = "prod")])));
        for text in ["", "a b", "stage=dev", "a::b", "cfg(beta)"] {
            let problem = Cfg::default().set(text).expect_err(text).0[0].problem();
            assert!(
                problem.starts_with(&format!("`{text}` is not a cfg")),
                "{problem}"
            );
        }
    }

    #[test]
    fn tests_are_not_deployed() {
        assert!(!compiled(parse_quote!(#[cfg(test)])));
        assert!(compiled(parse_quote!(#[cfg(not(test))])));
    }

    #[test]
    fn combinations() {
        assert!(compiled(parse_quote!(#[cfg(all())])));
        assert!(!compiled(parse_quote!(#[cfg(any())])));
        assert!(compiled(
            parse_quote!(#[cfg(all(unix, any(windows, target_os = "linux"),))])
        ));
        assert!(!compiled(
            parse_quote!(#[cfg(all(unix, not(feature = "default")))])
        ));
        assert!(!compiled(parse_quote!(#[cfg(all(unix, windows))])));
    }

    #[test]
    fn conditional_attributes_are_resolved_inwards() {
        let attribute: Attribute =
            parse_quote!(#[cfg_attr(unix, cfg_attr(feature = "default", a, b(c)), d = "e")]);
        let left = linux().resolve(&[attribute]).expect("compiled");
        let paths: Vec<_> = left
            .iter()
            .map(|meta| meta.path().get_ident().map(ToString::to_string))
            .collect();
        assert_eq!(paths, ["a", "b", "d"].map(|name| Some(name.to_owned())));

        let attribute: Attribute = parse_quote!(#[cfg_attr(windows, a)]);
        assert!(linux().resolve(&[attribute]).expect("compiled").is_empty());
        assert!(!compiled(parse_quote!(#[cfg_attr(unix, cfg(windows))])));
    }
}
