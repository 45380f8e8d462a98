//! Follows the modules of one binary.

use std::io::ErrorKind;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{
    Attribute, Block, Expr, ExprLit, ImplItem, Item, ItemMod, Lit, Meta, Signature, Stmt, TraitItem,
};

use super::module_files::ModuleFolder;
use super::{Around, Discovery, Found, borrowed};
use crate::cfg::Cfg;
use crate::error::{Errors, inaccessible};

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
    pub(super) fn root(mut self, file: PathBuf) -> Result<(), Errors> {
        let folder = ModuleFolder::of_file(&file);
        self.first_file(vec![(file, folder)])
    }

    /// Reads the first of the files that is there.
    fn first_file(&mut self, candidates: Vec<(PathBuf, ModuleFolder)>) -> Result<(), Errors> {
        let found = candidates.iter().position(|(file, _)| file.is_file());
        // One that is missing is watched: it may come.
        let Some((file, folder)) = candidates.into_iter().nth(found.unwrap_or(0)) else {
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
            Err(error) => {
                let help = "make it a UTF-8 text that cargo can read";
                return Err(inaccessible(&file, "read", &error, help));
            }
        };
        match syn::parse_file(&text) {
            Ok(parsed) => {
                self.open.push(file);
                if self.cfg.resolve(&parsed.attrs).is_some() {
                    self.items(&parsed.items, &folder)?;
                }
                self.open.pop();
            }
            Err(error) => self.discovery.unparsed.push((file, error.to_string())),
        }
        Ok(())
    }

    fn items(&mut self, items: &[Item], folder: &ModuleFolder) -> Result<(), Errors> {
        let around = match items.iter().any(|item| self.is_main(item)) {
            true => Around::Main,
            false => Around::Module,
        };
        for item in items {
            match item {
                Item::Mod(module) => self.module(module, folder)?,
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

    /// Finds the function that the item is, and those in it, where the macro
    /// cannot know that they are misplaced.
    fn item(&mut self, item: &Item, around: Around) {
        match item {
            Item::Fn(it) => self.function(&it.attrs, &it.sig, Some(&it.block), around),
            Item::Struct(it) if self.cfg.resolve(&it.attrs).is_some() => {
                borrowed::note(&mut self.discovery.structs, self.binary, it);
            }
            Item::Impl(block) if self.cfg.resolve(&block.attrs).is_some() => {
                for item in &block.items {
                    if let ImplItem::Fn(it) = item {
                        self.function(&it.attrs, &it.sig, Some(&it.block), Around::Item);
                    }
                }
            }
            Item::Trait(block) if self.cfg.resolve(&block.attrs).is_some() => {
                for item in &block.items {
                    if let TraitItem::Fn(it) = item {
                        self.function(&it.attrs, &it.sig, it.default.as_ref(), Around::Item);
                    }
                }
            }
            _ => {}
        }
    }

    fn module(&mut self, module: &ItemMod, folder: &ModuleFolder) -> Result<(), Errors> {
        let Some(attributes) = self.cfg.resolve(&module.attrs) else {
            return Ok(());
        };
        let path = attributes.iter().find_map(path_attribute);
        let name = module.ident.unraw().to_string();
        let inline = folder.inline(&name, path.as_deref());
        let files = folder.files(&name, path.as_deref());
        match &module.content {
            Some((_, items)) => self.items(items, &inline)?,
            None => self.first_file(files)?,
        }
        Ok(())
    }

    fn function(
        &mut self,
        attributes: &[Attribute],
        signature: &Signature,
        body: Option<&Block>,
        around: Around,
    ) {
        let Some(mut attributes) = self.cfg.resolve(attributes) else {
            return;
        };
        if let Some(index) = attributes.iter().position(is_sqs_batch) {
            let arguments = match attributes.remove(index) {
                Meta::List(list) => list.tokens,
                Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
            };
            // As the macro gets it: without its own attribute, `cfg_attr` resolved.
            // Nobody reads the body.
            self.discovery.found.push(Found {
                binary: self.binary.to_owned(),
                around,
                parsed: redrive_syntax::parse(arguments, quote!(#(#[#attributes])* #signature {})),
            });
        }
        for statement in body.into_iter().flat_map(|body| &body.stmts) {
            if let Stmt::Item(item) = statement {
                self.item(item, Around::Item);
            }
        }
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
