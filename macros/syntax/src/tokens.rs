//! Lists of tokens: split, and written out.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::diagnostic::Diagnostics;
use crate::place::Place;
use crate::rules::catalog;

/// The tokens, without the invisible brackets that `macro_rules` puts around what
/// it was given.
pub(crate) fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => flat(group.stream()),
            token => vec![token],
        })
        .collect()
}

/// What stands between commas. Each part is read alone, so that a mistake in one
/// hides none in the next.
pub(crate) fn parts(tokens: TokenStream, errors: &mut Diagnostics) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    let tokens = flat(tokens);
    let mut left = tokens.as_slice();
    while let Some(token) = left.first() {
        let (whole, behind) = left.split_at(generics(left).unwrap_or(1));
        left = behind;
        let is_empty = parts.last().is_none_or(Vec::is_empty);
        match punct(token) {
            Some(',') if is_empty => {
                let text = "nothing stands before this comma; remove it";
                errors.report(&catalog::SYNTAX, token.span(), text);
            }
            Some(',') => parts.push(Vec::new()),
            Some(';') => {
                let text = "commas separate here; write `,`, or nothing at the end";
                errors.report(&catalog::SYNTAX, token.span(), text);
                parts.push(Vec::new());
            }
            _ => parts
                .last_mut()
                .into_iter()
                .for_each(|part| part.extend_from_slice(whole)),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The length of the `::<…>` that these begin with: its commas separate types.
fn generics(tokens: &[TokenTree]) -> Option<usize> {
    let is = |place: usize, sign| tokens.get(place).and_then(punct) == Some(sign);
    if !(is(0, ':') && is(1, ':') && is(2, '<')) {
        return None;
    }
    let mut open = 0_usize;
    for place in 2..tokens.len() {
        if is(place, '<') {
            open += 1;
        } else if is(place, '>') && !is(place - 1, '-') {
            open -= 1;
            if open == 0 {
                return Some(place + 1);
            }
        }
    }
    None
}

/// The tokens without attributes, which have no place here.
pub(crate) fn without_attributes(tokens: &[TokenTree], errors: &mut Diagnostics) -> Vec<TokenTree> {
    let mut left = tokens;
    let mut others = Vec::new();
    while let Some(token) = left.first() {
        match attribute(left) {
            Some((length, name)) => {
                let place = Place::from(token.span()).to(left[length - 1].span().into());
                let text = match name.as_str() {
                    "doc" => {
                        "a doc comment has no place among the keys; write `//` for a plain one"
                            .to_owned()
                    }
                    "cfg" | "cfg_attr" => format!(
                        "`#[{name}]` has no place among the keys; write `#[cfg_attr(…, sqs_batch(…))]` above the function for each case"
                    ),
                    _ => format!(
                        "`#[{name}]` has no place among the keys; move it above the function, or remove it"
                    ),
                };
                errors.report(&catalog::SYNTAX, place, text);
                left = &left[length..];
            }
            None => {
                others.push(token.clone());
                left = &left[1..];
            }
        }
    }
    others
}

/// The number of tokens and the name of the attribute that these begin with.
fn attribute(tokens: &[TokenTree]) -> Option<(usize, String)> {
    let is = |place: usize, char| tokens.get(place).and_then(punct) == Some(char);
    if !is(0, '#') {
        return None;
    }
    let bracket = if is(1, '!') { 2 } else { 1 };
    match tokens.get(bracket)? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            let name = group.stream().into_iter().next()?;
            Some((bracket + 1, name.to_string()))
        }
        _ => None,
    }
}

/// The character of a punctuation.
pub(crate) fn punct(token: &TokenTree) -> Option<char> {
    match token {
        TokenTree::Punct(punct) => Some(punct.as_char()),
        _ => None,
    }
}

/// The punctuation that these begin with, written without a space in it.
pub(crate) fn operator(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_joint = |token: &&TokenTree| matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
    let joint = tokens.iter().take_while(is_joint).count();
    let ends = tokens.get(joint).and_then(punct).is_some();
    &tokens[..joint + usize::from(ends)]
}

/// The tokens as text, with spaces only where they are needed.
pub(crate) fn text(tokens: &[TokenTree]) -> String {
    written(tokens, |before, token| is_word(before) && is_word(token))
}

/// The tokens as text, with a space between all that need not be one.
pub(crate) fn spaced_text(tokens: &[TokenTree]) -> String {
    written(tokens, |before, token| {
        let is_open = |token| matches!(token, &TokenTree::Group(_));
        !is_open(token) || !is_word(before)
    })
}

fn is_word(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_))
}

fn written(tokens: &[TokenTree], spaces: impl Fn(&TokenTree, &TokenTree) -> bool + Copy) -> String {
    let mut text = String::new();
    for (place, token) in tokens.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| tokens.get(place));
        if before.is_some_and(|before| punct(before) == Some(',') || spaces(before, token)) {
            text.push(' ');
        }
        match token {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                text.push_str(open);
                text.push_str(&written(&flat(group.stream()), spaces));
                text.push_str(close);
            }
            token => text.push_str(&token.to_string()),
        }
    }
    text
}

/// How a kind of brackets is written.
pub(crate) fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::None => ("", ""),
    }
}

/// A text as a message quotes it: on one line, and not all of it if it is long.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
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

#[cfg(test)]
mod tests {
    use super::{parts, text};
    use crate::diagnostic::Diagnostics;

    fn split(tokens: &str) -> (Vec<String>, usize) {
        let mut errors = Diagnostics::default();
        let parts = parts(tokens.parse().expect("tokens"), &mut errors);
        (parts.iter().map(|part| text(part)).collect(), errors.len())
    }

    #[test]
    fn commas_separate() {
        for (tokens, expected, errors) in [
            ("", &[][..], 0),
            ("a = 1", &["a=1"], 0),
            ("a = 1, b(c, d),", &["a=1", "b(c, d)"], 0),
            ("a = 1,, b", &["a=1", "b"], 1),
            (",", &[], 1),
            (", a", &["a"], 1),
            ("a; b;", &["a", "b"], 2),
            ("a = b::<C, D>, e", &["a=b::<C, D>", "e"], 0),
            (
                "a = b::<C<D, E>, fn() -> F>::g, h",
                &["a=b::<C<D, E>, fn()->F>::g", "h"],
                0,
            ),
            ("a = b::<C, d", &["a=b::<C", "d"], 0),
            ("a = b < c, d > e", &["a=b<c", "d>e"], 0),
        ] {
            let expected = expected.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(split(tokens), (expected, errors), "{tokens}");
        }
    }
}
