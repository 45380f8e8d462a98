//! Follows the modules of one binary.

use std::io::ErrorKind;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{
    AttrStyle, Attribute, Block, Expr, ExprLit, ImplItem, Item, ItemMod, Lit, Meta, Signature,
    Stmt, TraitItem,
};

use super::place::Place;
use super::{Around, Discovery, Found};
use crate::cfg::Cfg;
use crate::error::Error;

pub(super) struct Walk<'a> {
    binary: &'a str,
    cfg: &'a Cfg,
    discovery: &'a mut Discovery,
    /// The files around the current item; one inside itself has no end.
    open: Vec<PathBuf>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(binary: &'a str, cfg: &'a Cfg, discovery: &'a mut Discovery) -> Self {
        Self {
            binary,
            cfg,
            discovery,
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
        let around = match items.iter().any(|item| self.is_main(item)) {
            true => Around::Main,
            false => Around::Module,
        };
        for item in items {
            match item {
                Item::Mod(module) => self.module(module, place)?,
                item => self.item(item, around),
            }
        }
        Ok(())
    }

    /// Whether this is a `main` that the user wrote.
    fn is_main(&self, item: &Item) -> bool {
        let Item::Fn(function) = item else {
            return false;
        };
        let attributes = self.cfg.resolve(&function.attrs);
        function.sig.ident == "main"
            && attributes.is_some_and(|attributes| !attributes.iter().any(is_sqs_batch))
    }

    /// Finds the function that the item is, and those inside of it, where the
    /// macro could not know that they are misplaced.
    fn item(&mut self, item: &Item, around: Around) {
        match item {
            Item::Fn(function) => {
                self.function(&function.attrs, &function.sig, around);
                self.body(&function.attrs, &function.block);
            }
            Item::Impl(block) if self.cfg.resolve(&block.attrs).is_some() => {
                for item in &block.items {
                    if let ImplItem::Fn(method) = item {
                        self.function(&method.attrs, &method.sig, Around::Item);
                        self.body(&method.attrs, &method.block);
                    }
                }
            }
            Item::Trait(block) if self.cfg.resolve(&block.attrs).is_some() => {
                for item in &block.items {
                    if let TraitItem::Fn(method) = item {
                        self.function(&method.attrs, &method.sig, Around::Item);
                    }
                }
            }
            _ => {}
        }
    }

    fn body(&mut self, attributes: &[Attribute], body: &Block) {
        if self.cfg.resolve(attributes).is_none() {
            return;
        }
        for statement in &body.stmts {
            if let Stmt::Item(item) = statement {
                self.item(item, Around::Item);
            }
        }
    }

    fn module(&mut self, module: &ItemMod, place: &Place) -> Result<(), Error> {
        let Some(attributes) = self.cfg.resolve(&module.attrs) else {
            return Ok(());
        };
        let path = attributes.iter().find_map(path_attribute);
        let name = module.ident.unraw().to_string();
        let inline = place.inline(&name, path.as_deref());
        let files = place.files(&name, path.as_deref());
        match &module.content {
            Some((_, items)) => self.items(items, &inline)?,
            None => self.first_file(files)?,
        }
        Ok(())
    }

    fn function(&mut self, attributes: &[Attribute], signature: &Signature, around: Around) {
        let Some(mut attributes) = self.cfg.resolve(attributes) else {
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
        // Nobody reads the body.
        let attributes = attributes.into_iter().map(outer);
        let item = quote!(#(#attributes)* #signature {});
        self.discovery.found.push(Found {
            binary: self.binary.to_owned(),
            around,
            parsed: redrive_syntax::parse(arguments, item),
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
