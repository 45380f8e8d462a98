//! Lists in sentences.

/// `a, b and c`, where the word before the last item is `and`.
pub fn list(items: &[impl AsRef<str>], and: &str) -> String {
    let items: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [rest @ .., one, last] => [rest, &[&format!("{one} {and} {last}")]]
            .concat()
            .join(", "),
        few => few.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn only_the_last_two_have_the_word_between_them() {
        let items = ["a", "b", "c", "d"];
        let lists = [0, 1, 2, 3, 4].map(|length| list(&items[..length], "and"));
        assert_eq!(lists, ["", "a", "a and b", "a, b and c", "a, b, c and d"]);
        assert_eq!(list(&items[..3], "or"), "a, b or c");
    }
}
