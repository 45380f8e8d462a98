//! Tokens written out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The tokens as text, with spaces only where they are needed.
pub(crate) fn text(tokens: TokenStream) -> String {
    written(tokens, |before, token| is_word(before) && is_word(token))
}

/// The tokens as text, with a space between all that need not be one.
pub(crate) fn spaced_text(tokens: TokenStream) -> String {
    written(tokens, |before, token| {
        let is_open = matches!(token, TokenTree::Group(_));
        !is_open || !is_word(before)
    })
}

fn is_word(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_))
}

fn written(tokens: TokenStream, spaces: impl Fn(&TokenTree, &TokenTree) -> bool + Copy) -> String {
    let mut text = String::new();
    let mut before: Option<TokenTree> = None;
    for token in tokens {
        let is_comma = matches!(&before, Some(TokenTree::Punct(sign)) if sign.as_char() == ',');
        if is_comma || before.is_some_and(|before| spaces(&before, &token)) {
            text.push(' ');
        }
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text += open;
                text += &written(group.stream(), spaces);
                text += close;
            }
            token => text += &token.to_string(),
        }
        before = Some(token);
    }
    text
}

/// A text as a message quotes it: on one line, and not all of it if it is long.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut chars = text.chars();
    let mut start = String::new();
    for c in chars.by_ref().take(LONGEST) {
        match c.is_control() {
            true => start.extend(c.escape_debug()),
            false => start.push(c),
        }
    }
    match chars.next() {
        Some(_) => format!("{start}…"),
        None => start,
    }
}
