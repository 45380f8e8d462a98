//! Texts in Terraform's language, in which `${` and `%{` begin something else.
//! <https://developer.hashicorp.com/terraform/language/expressions/strings>

use serde_json::Value as Json;

/// A text of which some parts are known at deployment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    /// These characters.
    Literal(String),
    /// The value of this expression.
    Expression(String),
}

impl Text {
    pub(super) fn literal(text: impl Into<String>) -> Self {
        Self(vec![Piece::Literal(text.into())])
    }

    pub(super) fn of(expression: impl Into<String>) -> Self {
        Self(vec![Piece::Expression(expression.into())])
    }

    /// The text, followed by another.
    pub(super) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) fn then_literal(self, text: impl Into<String>) -> Self {
        self.then(Self::literal(text))
    }

    /// As a string of the JSON syntax.
    pub(super) fn template(&self) -> Json {
        self.write(Quotes::None).into()
    }

    /// As an expression.
    pub(super) fn expression(&self) -> String {
        match self.0.as_slice() {
            [Piece::Expression(expression)] => expression.clone(),
            _ => format!("\"{}\"", self.write(Quotes::Double)),
        }
    }

    fn write(&self, quotes: Quotes) -> String {
        let mut written = String::new();
        let mut pieces = self.0.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Expression(expression) => written += &format!("${{{expression}}}"),
                Piece::Literal(text) => {
                    let next = match pieces.peek() {
                        Some(Piece::Expression(_)) => Some('{'),
                        Some(Piece::Literal(text)) => text.chars().next(),
                        None => None,
                    };
                    escape(text, next, quotes, &mut written);
                }
            }
        }
        written
    }
}

/// A text as an expression.
pub(super) fn quoted(text: &str) -> String {
    Text::literal(text).expression()
}

/// Whether a text is within double quotes.
#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    None,
    Double,
}

/// Writes characters, after which comes `next`.
///
/// `$${` is `${`, but `$$${` is not `$${`: each other `$` and `%` before it is an
/// expression of its own.
fn escape(text: &str, next: Option<char>, quotes: Quotes, written: &mut String) {
    for (place, c) in text.char_indices() {
        let rest = &text[place + c.len_utf8()..];
        let after_marks = rest.trim_start_matches(['$', '%']).chars().next().or(next);
        match c {
            '$' | '%' if rest.starts_with('{') => written.extend([c, c]),
            '$' | '%' if after_marks == Some('{') => *written += &format!("${{\"{c}\"}}"),
            _ if quotes == Quotes::None => written.push(c),
            '"' | '\\' => written.extend(['\\', c]),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if c.is_control() => *written += &format!("\\u{:04x}", u32::from(c)),
            c => written.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, quoted};

    /// `tests/terraform.rs` lets Terraform read such texts.
    #[test]
    fn what_begins_an_expression_is_escaped() {
        let template = |text: &str| Text::literal(text).template();
        for (text, expected) in [
            ("a $ b % c {d}", "a $ b % c {d}"),
            ("${x} %{if}", "$${x} %%{if}"),
            ("$${x}", r#"${"$"}$${x}"#),
            ("$%{x}", r#"${"$"}%%{x}"#),
            ("50%", "50%"),
            (r#""\ü"#, r#""\ü"#),
        ] {
            assert_eq!(template(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mark_before_an_expression_is_a_part_of_the_text() {
        let price = Text::literal("$").then(Text::of("var.price"));
        assert_eq!(price.template(), r#"${"$"}${var.price}"#);
        assert_eq!(price.expression(), r#""${"$"}${var.price}""#);
        let brace = Text::literal("$").then_literal("{x}");
        assert_eq!(brace.template(), r#"${"$"}{x}"#);
    }

    #[test]
    fn an_expression_alone_needs_no_quotes() {
        assert_eq!(Text::of("var.x").expression(), "var.x");
        assert_eq!(quoted("a\"b\\c\nd\u{1}${x}"), r#""a\"b\\c\nd\u0001$${x}""#);
    }
}
