//! Tokens written out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The tokens as text, with spaces only where they are needed.
pub(crate) fn text(tokens: TokenStream) -> String {
    written(tokens, |before, token| {
        is_sign(before, ",") || is_word(before) && is_word(token)
    })
}

/// The tokens of a schedule as text, with spaces where it has them.
pub(crate) fn schedule_text(tokens: TokenStream) -> String {
    let is_joined = |token: &TokenTree| is_sign(token, "-/,#");
    written(tokens, |before, token| {
        let is_call = is_word(before) && matches!(token, TokenTree::Group(_));
        !is_call && !is_joined(before) && !is_joined(token)
    })
}

fn is_sign(token: &TokenTree, signs: &str) -> bool {
    matches!(token, TokenTree::Punct(sign) if signs.contains(sign.as_char()))
}

fn is_word(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_))
}

fn written(tokens: TokenStream, spaces: impl Fn(&TokenTree, &TokenTree) -> bool + Copy) -> String {
    let mut text = String::new();
    let mut before: Option<TokenTree> = None;
    for token in tokens {
        if before.is_some_and(|before| spaces(&before, &token)) {
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
