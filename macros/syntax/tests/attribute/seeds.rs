//! What a fuzz target starts from, and what it found.

use std::fs;
use std::path::Path;

/// Checks each seed of the target, none of which is over `longest` bytes.
pub(crate) fn each(target: &str, longest: usize, check: impl Fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut seen = 0;
    for seed in fs::read_dir(folder.join(target)).expect("a folder of seeds") {
        let text = fs::read_to_string(seed.expect("a seed").path()).expect("a text");
        assert!(text.len() <= longest);
        check(&text);
        seen += 1;
    }
    assert!(seen > 0);
}
