//! "Did you mean": the nearest of the words that would be right.

/// The word of `known` that `word` most likely meant, if one is near enough.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&squash(word), &squash(candidate)),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

fn squash(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_other_spellings_and_slips() {
        let keys = ["batch_size", "batch_window", "retries"];
        assert_eq!(nearest("batchSize", keys), Some("batch_size"));
        assert_eq!(nearest("retry", keys), Some("retries"));
        assert_eq!(nearest("colour", keys), None);
    }
}
