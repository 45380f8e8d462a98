//! The value of a key: what it is, whatever the key accepts.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Lit, UnOp};

use crate::catalog::{self, Rule};
use crate::diagnostic::{Diagnostic, Fix};
use crate::keys::Key;
use crate::place::Place;
use crate::tokens;

/// A value, where it is, and how it is written.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) what: What,
    pub(crate) place: Place,
    pub(crate) text: String,
    /// The same as a schedule without quotes.
    pub(crate) schedule: String,
}

/// What a value is.
#[derive(Clone)]
pub(crate) enum What {
    Text(String),
    /// Its digits in base ten, and what follows them without a space.
    Integer(String, String),
    Decimal,
    Negative,
    Flag(bool),
    List(Vec<Value>),
    Path(syn::Path),
    /// `order.id`
    Field(Box<Expr>),
    /// `(…)` right after the key.
    Group(TokenStream),
    /// What no key accepts, in words.
    Other(&'static str),
    /// What is not an expression, and why.
    Unread(syn::Error),
}

impl Value {
    /// The value that an expression is.
    pub(crate) fn of(expression: &Expr) -> Self {
        Value {
            what: What::of(expression),
            ..Self::written(expression.to_token_stream())
        }
    }

    /// A value that is not an expression.
    pub(crate) fn unread(tokens: &[TokenTree], error: syn::Error) -> Self {
        Value {
            what: What::Unread(error),
            ..Self::written(tokens.iter().cloned().collect())
        }
    }

    /// What is in parentheses right after a key.
    pub(crate) fn group(tokens: TokenStream, place: Place) -> Self {
        Value {
            what: What::Group(tokens.clone()),
            place,
            ..Self::written(tokens)
        }
    }

    fn written(tokens: TokenStream) -> Self {
        Value {
            what: What::Other("this"),
            place: Place::of(&tokens),
            text: tokens::text(tokens.clone()),
            schedule: tokens::schedule_text(tokens),
        }
    }

    /// What it is, in words.
    pub(crate) fn described(&self) -> &'static str {
        match &self.what {
            What::Text(_) => "a string",
            What::Integer(..) => "a whole number",
            What::Decimal => "a decimal number",
            What::Negative => "a negative number",
            What::Flag(_) => "a boolean",
            What::List(_) => "a list",
            What::Path(_) => "a name",
            What::Group(_) => "something in parentheses",
            What::Field(_) => "an expression",
            What::Other(what) => what,
            What::Unread(_) => "something else",
        }
    }

    /// The value is not usable.
    pub(crate) fn refuse(&self, rule: &'static Rule, problem: impl Into<String>) -> Diagnostic {
        Diagnostic::new(rule, self.place, problem)
    }

    /// The value is not what the key accepts.
    pub(crate) fn wrong_type(&self, key: &Key, wants: &str) -> Diagnostic {
        if let What::Unread(error) = &self.what {
            let text = format!("the value of `{}` cannot be read: {error}", key.name);
            return Diagnostic {
                place: error.span().into(),
                ..self.refuse(&catalog::SYNTAX, text)
            }
            .help(format!("write {wants}, such as `{}`", key.shown()));
        }
        let text = format!("`{}` must be {wants}, not {}", key.name, self.described());
        self.refuse(&catalog::WRONG_TYPE, text)
            .help(format!("for example, `{}`", key.shown()))
    }

    /// The value is almost what the key accepts, which is `value`.
    pub(crate) fn write(
        &self,
        key: &Key,
        wants: &str,
        value: impl std::fmt::Display,
    ) -> Diagnostic {
        Diagnostic {
            fixes: vec![Fix::set(key.name, value)],
            ..self.wrong_type(key, wants)
        }
    }
}

impl What {
    fn of(expression: &Expr) -> Self {
        match expression {
            Expr::Lit(literal) => Self::literal(&literal.lit),
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match Self::of(&unary.expr) {
                Self::Integer(..) | Self::Decimal => Self::Negative,
                _ => Self::Other("an expression"),
            },
            Expr::Array(list) => Self::List(list.elems.iter().map(Value::of).collect()),
            Expr::Path(path) if path.qself.is_none() => Self::Path(path.path.clone()),
            Expr::Field(_) => Self::Field(Box::new(expression.clone())),
            Expr::Paren(_) | Expr::Tuple(_) => Self::Other("something in parentheses"),
            Expr::Closure(_) => Self::Other("a closure"),
            Expr::Block(_) => Self::Other("a block"),
            Expr::Macro(_) => Self::Other("a macro"),
            Expr::Call(_) | Expr::MethodCall(_) => Self::Other("a call"),
            _ => Self::Other("an expression"),
        }
    }

    fn literal(literal: &Lit) -> Self {
        match literal {
            Lit::Str(text) if text.suffix().is_empty() => Self::Text(text.value()),
            Lit::Str(_) => Self::Other("a string with a suffix"),
            Lit::Int(number) => Self::Integer(
                number.base10_digits().to_owned(),
                number.suffix().to_owned(),
            ),
            Lit::Float(_) => Self::Decimal,
            Lit::Bool(flag) => Self::Flag(flag.value),
            Lit::Char(_) => Self::Other("a character"),
            Lit::ByteStr(_) | Lit::CStr(_) => Self::Other("a string of bytes"),
            Lit::Byte(_) => Self::Other("a byte"),
            _ => Self::Other("this literal"),
        }
    }
}
