//! Refuses what is nested so deep that `syn`, which recurses, would overflow its
//! stack.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// Tokens that may stand around each other.
const DEEPEST: usize = 256;

/// The first token that is nested too deep, if there is one.
///
/// Brackets are not all that nests: in `&&&T`, `A<A<T>>` and `fn() -> fn() -> T`
/// each token may be a level. None goes on behind a comma or an attribute, and no
/// code that people write has as many before one.
pub(crate) fn too_deep(tokens: TokenStream) -> Option<Span> {
    let mut open = vec![Level::at(0, tokens)];
    while let Some(level) = open.last_mut() {
        let Some(token) = level.rest.next() else {
            open.pop();
            continue;
        };
        level.step(&token);
        if level.depth() > DEEPEST {
            return Some(token.span());
        }
        if let TokenTree::Group(group) = token {
            let depth = level.depth();
            open.push(Level::at(depth, group.stream()));
        }
    }
    None
}

struct Level {
    rest: proc_macro2::token_stream::IntoIter,
    around: usize,
    before: usize,
    is_behind_hash: bool,
}

impl Level {
    fn at(around: usize, tokens: TokenStream) -> Self {
        Level {
            rest: tokens.into_iter(),
            around,
            before: 0,
            is_behind_hash: false,
        }
    }

    fn depth(&self) -> usize {
        self.around + self.before
    }

    fn step(&mut self, token: &TokenTree) {
        let is_attribute = |group: &proc_macro2::Group| {
            self.is_behind_hash && group.delimiter() == Delimiter::Bracket
        };
        self.before = match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => 0,
            TokenTree::Group(group) if is_attribute(group) => 1,
            _ => self.before + 1,
        };
        self.is_behind_hash = matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#');
    }
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    fn is_too_deep(text: &str) -> bool {
        too_deep(text.parse().expect("tokens")).is_some()
    }

    fn nested(open: &str, close: &str, levels: usize) -> String {
        format!("{}T{}", open.repeat(levels), close.repeat(levels))
    }

    #[test]
    fn whatever_nests_has_a_limit() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("A<", ">"),
            ("&'a ", ""),
            ("fn() -> ", ""),
            ("*const ", ""),
            ("-", ""),
            ("return ", ""),
            ("(1, ", ")"),
        ] {
            assert!(!is_too_deep(&nested(open, close, 50)), "{open}");
            assert!(is_too_deep(&nested(open, close, 3_000)), "{open}");
        }
        assert!(!is_too_deep(&nested("(", ")", 255)));
        assert!(is_too_deep(&nested("(", ")", 256)));
    }

    #[test]
    fn what_stands_side_by_side_has_none() {
        assert!(!is_too_deep(&"a = 1, ".repeat(3_000)));
        assert!(!is_too_deep(&"#[doc = \"A line.\"] ".repeat(3_000)));
        assert!(!is_too_deep(&format!("({})", "(1), ".repeat(3_000))));
    }
}
