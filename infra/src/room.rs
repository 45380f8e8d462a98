//! Room for sources that are nested deep.

use std::panic::resume_unwind;
use std::thread;

/// Bytes of address space; only what is used is taken from memory. The second
/// where the first is not to be had: on 32 bits, or under a limit.
const ROOMS: [usize; 2] = [1 << 30, 1 << 26];

/// Does the work where it may recurse as deep as rustc does: rustc lets its stack
/// grow, `syn` overflows the one it has, and a source that compiles must not end
/// the build script.
pub(crate) fn with_room<T: Send>(work: impl Fn() -> T + Sync) -> T {
    thread::scope(|scope| {
        let start = |room: &usize| {
            let roomy = thread::Builder::new().stack_size(*room);
            roomy.spawn_scoped(scope, &work).ok()
        };
        match ROOMS.iter().find_map(start) {
            Some(worker) => worker.join().unwrap_or_else(|panic| resume_unwind(panic)),
            None => work(),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::with_room;
    use crate::cfg::Cfg;
    use crate::discover::discover;

    fn found_beside(nested: &str) -> Vec<String> {
        let package = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = package.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write(
            "Cargo.toml",
            "[package]\nname = \"deep\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        );
        let source = format!(
            "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> {{ {nested} }}"
        );
        write("src/main.rs", &source);
        with_room(|| {
            let discovery = discover(package.path(), &Cfg::default()).expect("a readable package");
            let deployed = discovery.deployed().into_iter();
            deployed.map(|found| found.function.name).collect()
        })
    }

    #[test]
    fn what_rustc_compiles_does_not_end_the_build_script() {
        let brackets = format!("{}1{};", "(".repeat(1_500), ")".repeat(1_500));
        assert_eq!(found_beside(&brackets), ["handle"]);
        let branches = format!("{}{{}}", "if id == 1 {} else ".repeat(10_000));
        assert_eq!(found_beside(&branches), ["handle"]);
        let sum = format!("let sum = 0{};", " + 1".repeat(10_000));
        assert_eq!(found_beside(&sum), ["handle"]);
    }

    #[test]
    fn what_would_overflow_the_macro_is_found_and_left_to_it() {
        let name = "A<".repeat(5_000) + "A" + &">".repeat(5_000);
        let source = format!("#[sqs_batch(init = {name})] async fn inner(o: {name}) {{}}");
        assert_eq!(found_beside(&source), ["handle"]);
    }
}
