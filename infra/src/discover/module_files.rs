//! Which file a `mod` item names.
//! <https://doc.rust-lang.org/reference/items/modules.html#module-source-filenames>

use std::path::{Path, PathBuf};

/// The folder with the files of the modules that are declared in one file, or in
/// one inline module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ModuleFolder {
    /// The folder that `#[path]` is relative to.
    folder: PathBuf,
    /// The folder inside of it for modules without `#[path]`: `b` in `b.rs`,
    /// which is not a `mod.rs`.
    nested: Option<String>,
}

impl ModuleFolder {
    /// For a file whose modules are in the same folder: the root of a crate, a
    /// `mod.rs`, or a file named by `#[path]`.
    pub(super) fn of_file(file: &Path) -> Self {
        Self {
            folder: file.parent().map(Path::to_path_buf).unwrap_or_default(),
            nested: None,
        }
    }

    /// The inside of `mod name { … }`, with its `#[path]`.
    pub(super) fn inline(&self, name: &str, path: Option<&str>) -> Self {
        let folder = match path {
            Some(path) => self.folder.join(path),
            None => self.modules().join(name),
        };
        Self {
            folder,
            nested: None,
        }
    }

    /// The files that `mod name;` may mean, the likelier one first, with the
    /// folder for the modules in each.
    pub(super) fn files(&self, name: &str, path: Option<&str>) -> Vec<(PathBuf, Self)> {
        if let Some(path) = path {
            let file = self.folder.join(path);
            let folder = Self::of_file(&file);
            return vec![(file, folder)];
        }
        let flat = self.modules().join(format!("{name}.rs"));
        let nested = self.modules().join(name).join("mod.rs");
        let below_flat = Self {
            folder: self.modules(),
            nested: Some(name.to_owned()),
        };
        let below_nested = Self::of_file(&nested);
        vec![(flat, below_flat), (nested, below_nested)]
    }

    fn modules(&self) -> PathBuf {
        match &self.nested {
            Some(nested) => self.folder.join(nested),
            None => self.folder.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ModuleFolder;
    use std::path::{Path, PathBuf};

    fn files(folder: &ModuleFolder, name: &str, path: Option<&str>) -> Vec<PathBuf> {
        folder
            .files(name, path)
            .into_iter()
            .map(|(file, _)| file)
            .collect()
    }

    fn paths<const N: usize>(paths: [&str; N]) -> Vec<PathBuf> {
        paths.map(PathBuf::from).to_vec()
    }

    #[test]
    fn below_a_root_or_mod_rs() {
        let folder = ModuleFolder::of_file(Path::new("src/main.rs"));
        assert_eq!(
            files(&folder, "a", None),
            paths(["src/a.rs", "src/a/mod.rs"])
        );
        assert_eq!(files(&folder, "a", Some("x/y.rs")), paths(["src/x/y.rs"]));
        let inside = folder.inline("a", None);
        assert_eq!(
            files(&inside, "b", None),
            paths(["src/a/b.rs", "src/a/b/mod.rs"])
        );
        assert_eq!(files(&inside, "b", Some("y.rs")), paths(["src/a/y.rs"]));
    }

    #[test]
    fn below_another_file() {
        let root = ModuleFolder::of_file(Path::new("src/main.rs"));
        let [(_, a), (_, in_mod_rs)] = root.files("a", None).try_into().expect("two files");
        assert_eq!(
            files(&a, "b", None),
            paths(["src/a/b.rs", "src/a/b/mod.rs"])
        );
        assert_eq!(files(&a, "b", Some("y.rs")), paths(["src/y.rs"]));
        assert_eq!(
            files(&a.inline("i", None), "b", Some("y.rs")),
            paths(["src/a/i/y.rs"])
        );
        assert_eq!(
            files(&in_mod_rs, "b", None),
            paths(["src/a/b.rs", "src/a/b/mod.rs"])
        );
    }

    #[test]
    fn a_path_makes_a_file_a_mod_rs_and_an_inline_module_a_folder() {
        let root = ModuleFolder::of_file(Path::new("src/main.rs"));
        let [(_, named)] = root
            .files("a", Some("x/y.rs"))
            .try_into()
            .expect("one file");
        assert_eq!(
            files(&named, "b", None),
            paths(["src/x/b.rs", "src/x/b/mod.rs"])
        );
        let inside = root.inline("a", Some("z"));
        assert_eq!(
            files(&inside, "b", None),
            paths(["src/z/b.rs", "src/z/b/mod.rs"])
        );
    }
}
