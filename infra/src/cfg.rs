//! Decides `cfg` predicates as the package's compilation will.

use cargo_platform::CfgExpr;
use proc_macro2::{TokenStream, TokenTree};
use redrive_syntax::rules::catalog::CFG_FORM;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use crate::error::{Errors, broken};

/// The configuration a package is compiled with, without `test`: what only
/// tests see is not deployed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cfg {
    set: Vec<cargo_platform::Cfg>,
}

impl Cfg {
    /// Reads what cargo passes to a build script: `CARGO_CFG_<KEY>` with the values
    /// between commas, where `CARGO_CFG_FEATURE` lists the enabled features.
    ///
    /// Other variables are ignored.
    pub(crate) fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut set = Vec::new();
        for (name, values) in vars {
            if let Some(key) = name.strip_prefix("CARGO_CFG_") {
                let key = key.to_lowercase();
                set.extend(values.split(',').map(|value| cfg(&key, value)));
            }
        }
        Self { set }
    }

    /// Sets what `--cfg` of rustc would: `name`, or `name="value"`.
    ///
    /// # Errors
    /// If it is neither.
    pub(crate) fn set(&mut self, cfg: &str) -> Result<(), Errors> {
        let read = cfg.parse().map_err(|_| {
            let problem = format!("`{cfg}` is not a cfg that `Builder::cfg` can set");
            broken(&CFG_FORM, problem).help("write `name` or `name=\"value\"`")
        });
        self.set.push(read?);
        Ok(())
    }

    /// Whether the package's feature is enabled.
    pub(crate) fn has_feature(&self, name: &str) -> bool {
        self.set.contains(&cfg("feature", name))
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
            Meta::List(list) if list.path.is_ident("cfg") => self.holds(&list.tokens).then_some(()),
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                let mut tokens = list.tokens.clone().into_iter();
                let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
                let predicate = tokens.by_ref().take_while(|token| !is_comma(token));
                if self.holds(&predicate.collect()) {
                    let attributes = Punctuated::<Meta, Token![,]>::parse_terminated;
                    for meta in attributes.parse2(tokens.collect()).unwrap_or_default() {
                        self.resolve_one(&meta, left)?;
                    }
                }
                Some(())
            }
            _ => {
                left.push(meta.clone());
                Some(())
            }
        }
    }

    /// Whether a predicate holds; rustc rejects one that does not parse.
    fn holds(&self, predicate: &TokenStream) -> bool {
        let predicate = predicate.to_string().parse::<CfgExpr>();
        predicate.is_ok_and(|predicate| predicate.matches(&self.set))
    }
}

/// A cfg; one without a value is a name.
fn cfg(key: &str, value: &str) -> cargo_platform::Cfg {
    let key = cargo_platform::Ident {
        name: key.to_owned(),
        raw: false,
    };
    match value {
        "" => cargo_platform::Cfg::Name(key),
        value => cargo_platform::Cfg::KeyPair(key, value.to_owned()),
    }
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
