//! Follows the modules of one binary.

use std::io::ErrorKind;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{AttrStyle, Attribute, Expr, ExprLit, Item, ItemFn, ItemMod, Lit, Meta};

use super::place::Place;
use super::{Discovery, Found};
use crate::cfg::Cfg;
use crate::error::Error;

pub(super) struct Walk<'a> {
    binary: &'a str,
    cfg: &'a Cfg,
    discovery: &'a mut Discovery,
    /// The modules around the current item.
    module: Vec<String>,
    /// The files around the current item; one inside itself has no end.
    open: Vec<PathBuf>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(binary: &'a str, cfg: &'a Cfg, discovery: &'a mut Discovery) -> Self {
        Self {
            binary,
            cfg,
            discovery,
            module: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Reads the binary from its root file.
    pub(super) fn root(mut self, file: PathBuf) -> Result<(), Error> {
        let place = Place::beside(&file);
        self.first_file(vec![(file, place)])
    }

    /// Reads the first of the files that is there.
    fn first_file(&mut self, candidates: Vec<(PathBuf, Place)>) -> Result<(), Error> {
        let found = candidates.iter().position(|(file, _)| file.is_file());
        // One that is missing is watched: it may come.
        let Some((file, place)) = candidates.into_iter().nth(found.unwrap_or(0)) else {
            return Ok(());
        };
        self.discovery.paths.insert(file.clone());
        if self.open.contains(&file) {
            return Ok(());
        }
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.discovery.missing.push(file);
                return Ok(());
            }
            Err(error) => return Err(Error::Unreadable(file, error.to_string())),
        };
        match syn::parse_file(&text) {
            Ok(parsed) => {
                self.open.push(file);
                if self.cfg.resolve(&parsed.attrs).is_some() {
                    self.items(&parsed.items, &place)?;
                }
                self.open.pop();
            }
            Err(error) => self.discovery.unparsed.push((file, error.to_string())),
        }
        Ok(())
    }

    fn items(&mut self, items: &[Item], place: &Place) -> Result<(), Error> {
        for item in items {
            match item {
                Item::Fn(function) => self.function(function),
                Item::Mod(module) => self.module(module, place)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn module(&mut self, module: &ItemMod, place: &Place) -> Result<(), Error> {
        let Some(attributes) = self.cfg.resolve(&module.attrs) else {
            return Ok(());
        };
        let path = attributes.iter().find_map(path_attribute);
        let name = module.ident.unraw().to_string();
        let inline = place.inline(&name, path.as_deref());
        let files = place.files(&name, path.as_deref());
        self.module.push(name);
        match &module.content {
            Some((_, items)) => self.items(items, &inline)?,
            None => self.first_file(files)?,
        }
        self.module.pop();
        Ok(())
    }

    fn function(&mut self, function: &ItemFn) {
        let Some(mut attributes) = self.cfg.resolve(&function.attrs) else {
            return;
        };
        let Some(index) = attributes.iter().position(is_sqs_batch) else {
            return;
        };
        let arguments = match attributes.remove(index) {
            Meta::List(list) => list.tokens,
            Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
        };
        // As the macro gets it: without its own attribute, `cfg_attr` resolved.
        let item = ItemFn {
            attrs: attributes.into_iter().map(outer).collect(),
            ..function.clone()
        };
        self.discovery.found.push(Found {
            binary: self.binary.to_owned(),
            module: self.module.clone(),
            parsed: redrive_syntax::parse(arguments, item.into_token_stream()),
        });
    }
}

/// Whether this is `#[sqs_batch]`, by whatever path.
fn is_sqs_batch(attribute: &Meta) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "sqs_batch")
}

/// The text of `#[path = "…"]`.
fn path_attribute(attribute: &Meta) -> Option<String> {
    match attribute {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(path),
                ..
            }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    }
}

fn outer(meta: Meta) -> Attribute {
    Attribute {
        pound_token: syn::token::Pound::default(),
        style: AttrStyle::Outer,
        bracket_token: syn::token::Bracket::default(),
        meta,
    }
}
