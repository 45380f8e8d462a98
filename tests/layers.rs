//! The modules of a crate depend on each other without cycles.
//!
//! That holds for files, except between a parent module and its children, and
//! for whole folders.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    iter::Peekable,
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree, token_stream::IntoIter};
use redrive_tests::workspace::root;

/// A module, as the names on its path below the crate's root.
type Module = Vec<String>;
type Tokens = Peekable<IntoIter>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn syntax() {
    assert_no_cycles("macros/syntax/src");
}

#[test]
fn runtime() {
    assert_no_cycles("runtime/src");
}

#[test]
fn infra() {
    assert_no_cycles("infra/src");
}

#[test]
fn local_simulator() {
    assert_no_cycles("infra/local/src");
}

#[test]
fn command_line() {
    assert_no_cycles("infra/cli/src");
}

#[test]
fn a_cycle_is_found_in_nested_imports_and_in_paths() {
    let sources = |a: &str, b: &str| {
        BTreeMap::from([
            (vec!["a".to_owned()], a.parse().unwrap()),
            (
                vec!["a".to_owned(), "child".to_owned()],
                "".parse().unwrap(),
            ),
            (vec!["b".to_owned()], b.parse().unwrap()),
        ])
    };

    for (a, b, expected) in [
        (
            "use crate::{a::child, b::{self, X}};",
            "fn f() { crate::a::child::g() }",
            true,
        ),
        (
            "use crate::b::X;",
            "#[cfg(test)] mod tests { use crate::a::Y; }",
            false,
        ),
        ("use self::child::X;", "use crate::a::X;", false),
        ("use super::b::X;", "fn f() { super::a::g() }", true),
        ("pub(super) fn f() {}", "use super::a::f;", false),
    ] {
        assert_eq!(
            cycle(&imports(&sources(a, b))).is_some(),
            expected,
            "{a} {b}"
        );
    }
}

fn assert_no_cycles(folder: &str) {
    let mut sources = BTreeMap::new();
    read(&root().join(folder), &Vec::new(), &mut sources);
    assert!(
        sources.len() > 10,
        "{folder} holds {} modules",
        sources.len()
    );

    if let Some(cycle) = cycle(&imports(&sources)) {
        let names: Vec<_> = cycle.iter().map(|module| module.join("::")).collect();
        panic!("{folder}: import cycle {}", names.join(" -> "));
    }
}

/// Reads the modules below a folder, except tests.
fn read(folder: &Path, parent: &Module, sources: &mut BTreeMap<Module, TokenStream>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["lib", "main", "tests", "test_support"].contains(&name.as_str()) {
            continue;
        }
        let module = [parent.as_slice(), &[name]].concat();
        if path.is_dir() {
            read(&path, &module, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.insert(module, fs::read_to_string(&path).unwrap().parse().unwrap());
        }
    }
}

fn imports(sources: &BTreeMap<Module, TokenStream>) -> Imports {
    let imports = |(module, source): (&Module, &TokenStream)| {
        let mut paths = Vec::new();
        collect(source.clone(), module, &mut paths);
        let related = |other: &Module| other.starts_with(module) || module.starts_with(other);
        let used = paths.iter().filter_map(|path| {
            (1..=path.len())
                .rev()
                .map(|length| path[..length].to_vec())
                .find(|path| sources.contains_key(path))
        });
        (module.clone(), used.filter(|used| !related(used)).collect())
    };
    sources.iter().map(imports).collect()
}

/// All paths of a module that begin with `crate` or `super`, outside of test modules.
fn collect(source: TokenStream, module: &Module, paths: &mut Vec<Module>) {
    let mut tokens = source.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "crate" => {
                follow(&mut tokens, &mut Vec::new(), paths);
            }
            TokenTree::Ident(ident) if ident == "super" => {
                let mut path = module[..module.len() - 1].to_vec();
                follow(&mut tokens, &mut path, paths);
            }
            TokenTree::Group(group) if group.stream().to_string() == "cfg (test)" => {
                // The module that the attribute is on.
                tokens
                    .by_ref()
                    .take_while(|token| !matches!(token, TokenTree::Group(_)))
                    .for_each(drop);
            }
            TokenTree::Group(group) => collect(group.stream(), module, paths),
            _ => {}
        }
    }
}

/// The rest of a path, each branch of an import by itself.
fn follow(tokens: &mut Tokens, path: &mut Module, paths: &mut Vec<Module>) {
    while tokens.next_if(|token| is_punct(token, ':')).is_some() {}
    match tokens.next() {
        Some(TokenTree::Ident(name)) if name == "super" => {
            path.pop();
            follow(tokens, path, paths);
        }
        Some(TokenTree::Ident(name)) => {
            path.push(name.to_string());
            match tokens.peek().is_some_and(|token| is_punct(token, ':')) {
                true => follow(tokens, path, paths),
                false => paths.push(path.clone()),
            }
        }
        Some(TokenTree::Group(group)) => {
            let mut branches = group.stream().into_iter().peekable();
            while branches.peek().is_some() {
                follow(&mut branches, &mut path.clone(), paths);
                while branches.next().is_some_and(|token| !is_punct(&token, ',')) {}
            }
        }
        _ => {}
    }
}

fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}

/// A cycle between files, or between folders at any depth.
fn cycle(imports: &Imports) -> Option<Vec<Module>> {
    let deepest = imports.keys().map(Vec::len).max()?;
    (1..=deepest).find_map(|depth| {
        let folder = |module: &Module| module[..depth.min(module.len())].to_vec();
        let mut folders = Imports::new();
        for (module, used) in imports {
            let module = folder(module);
            let used = used.iter().map(folder).filter(|used| *used != module);
            folders.entry(module.clone()).or_default().extend(used);
        }
        let mut done = BTreeSet::new();
        folders
            .keys()
            .find_map(|module| visit(module, &folders, &mut Vec::new(), &mut done))
    })
}

fn visit(
    module: &Module,
    imports: &Imports,
    path: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
    if let Some(start) = path.iter().position(|visited| visited == module) {
        return Some(path[start..].to_vec());
    }
    if !done.insert(module.clone()) {
        return None;
    }
    path.push(module.clone());
    let found = imports[module]
        .iter()
        .find_map(|used| visit(used, imports, path, done));
    path.pop();
    found
}
