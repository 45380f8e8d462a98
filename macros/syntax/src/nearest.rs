//! "Did you mean": the nearest of the words that would be right.

/// The word of `known` that `word` most likely meant, if one is near enough.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = squash(word);
    let likeness = |candidate: &&str| {
        let candidate = squash(candidate);
        let likeness = strsim::jaro_winkler(&word, &candidate);
        // In a short word, one slip is a large part of it.
        let is_slip = candidate.len() > 2 && strsim::osa_distance(&word, &candidate) <= 1;
        (is_slip || likeness > 0.84).then_some(likeness)
    };
    let near = known
        .into_iter()
        .filter_map(|it| Some((likeness(&it)?, it)));
    let nearest = near.max_by(|(a, _), (b, _)| a.total_cmp(b));
    nearest.map(|(_, candidate)| candidate)
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
        let short = ["key", "ttl", "l"];
        assert_eq!(nearest("kee", short), Some("key"));
        assert_eq!(nearest("til", short), Some("ttl"));
        assert_eq!(nearest("m", short), None);
    }
}
