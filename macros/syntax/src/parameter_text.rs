//! A text in which `${Name}` is a value that is known at deployment.

use std::fmt;

use crate::tokens::excerpt;

/// A text of which some parts are known at deployment only.
///
/// `${Name}` is a parameter of the template, `${Name:-value}` one with a default,
/// and `$${` the characters `${`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Written", into = "String")
)]
pub struct ParameterText {
    /// No two literals are next to each other, and none is empty.
    parts: Vec<Part>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// These characters.
    Literal(String),
    /// The value of this parameter.
    Parameter(Parameter),
}

/// A parameter of the template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parameter {
    /// Its name, letters and digits.
    pub name: String,
    /// Its value if the deployment gives none.
    pub default: Option<String>,
}

/// Why a text is not read: the problem, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPlaceholder {
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for BadPlaceholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem, self.help)
    }
}

impl ParameterText {
    /// Reads a text as it is written in the attribute.
    ///
    /// # Errors
    /// If a `${` does not begin a parameter.
    pub fn parse(text: &str) -> Result<Self, BadPlaceholder> {
        let mut read = Self::default();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, begun) = rest.split_at(start);
            let inner = &begun["${".len()..];
            if let Some(before) = before.strip_suffix('$') {
                read.push(before);
                read.push("${");
                rest = inner;
                continue;
            }
            read.push(before);
            let Some((inner, after)) = inner.split_once('}') else {
                return Err(BadPlaceholder {
                    problem: "`${` has no `}`".to_owned(),
                    help: "write `$${` for these two characters".to_owned(),
                });
            };
            read.parts.push(Part::Parameter(Parameter::parse(inner)?));
            rest = after;
        }
        read.push(rest);
        Ok(read)
    }

    fn push(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Literal(last)) => last.push_str(text),
            _ => self.parts.push(Part::Literal(text.to_owned())),
        }
    }

    /// Its parts, in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its parameters, in their order.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parts.iter().filter_map(|part| match part {
            Part::Parameter(parameter) => Some(parameter),
            Part::Literal(_) => None,
        })
    }

    /// The text, if it has no parameters.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The parameter, if there is nothing else.
    pub fn only_parameter(&self) -> Option<&Parameter> {
        match self.parts.as_slice() {
            [Part::Parameter(parameter)] => Some(parameter),
            _ => None,
        }
    }

    /// Removes the default of this parameter.
    pub(crate) fn remove_default(&mut self, name: &str) {
        for part in &mut self.parts {
            match part {
                Part::Parameter(parameter) if parameter.name == name => parameter.default = None,
                _ => {}
            }
        }
    }

    /// The text with something in the place of each parameter.
    pub fn with(&self, value: impl Fn(&Parameter) -> String) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Literal(text) => text.clone(),
            Part::Parameter(parameter) => value(parameter),
        });
        parts.collect()
    }

    /// The text before its end, if it ends with this.
    pub fn strip_suffix(&self, end: &str) -> Option<Self> {
        let (Part::Literal(last), before) = self.parts.split_last()? else {
            return None;
        };
        let mut stripped = Self {
            parts: before.to_vec(),
        };
        stripped.push(last.strip_suffix(end)?);
        Some(stripped)
    }

    /// The text, followed by this.
    #[must_use]
    pub fn followed_by(mut self, end: &str) -> Self {
        self.push(end);
        self
    }
}

impl Parameter {
    fn parse(text: &str) -> Result<Self, BadPlaceholder> {
        let (name, default) = match text.split_once(":-") {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (text, None),
        };
        let fail = |problem: String, help: String| Err(BadPlaceholder { problem, help });
        if name.starts_with("AWS::") {
            return fail(
                format!(
                    "`${{{}}}` is a value of CloudFormation, which other formats do not have",
                    excerpt(name)
                ),
                "use a parameter with a name of letters and digits".to_owned(),
            );
        }
        if default
            .as_ref()
            .is_some_and(|default| default.contains("${"))
        {
            let problem = format!("the default of `${{{}}}` has a parameter", excerpt(name));
            let help = "write a default without parameters, or use the other parameter instead";
            return fail(problem, help.to_owned());
        }
        if !is_name(name) {
            let meant: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let meant = meant.trim_start_matches(|c: char| c.is_ascii_digit());
            let is_short = (1..40).contains(&meant.len());
            let example = if is_short { meant } else { "Stage" };
            // As a shell writes it.
            let with_default = match text.split_once('-') {
                Some((name, default))
                    if is_short
                        && is_name(name)
                        && !default.is_empty()
                        && !default.contains("${") =>
                {
                    format!(", `${{{name}:-{default}}}` with a default")
                }
                _ => String::new(),
            };
            return fail(
                format!(
                    "`${{{}}}` does not name a parameter: its name is letters and digits",
                    excerpt(text)
                ),
                format!(
                    "write `${{{example}}}`{with_default}, or `$${{` for the two characters `${{`"
                ),
            );
        }
        let name = name.to_owned();
        Ok(Self { name, default })
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// As it is written in the attribute.
impl fmt::Display for ParameterText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(&text.replace("${", "$${")),
            Part::Parameter(Parameter { name, default }) => match default {
                Some(default) => write!(f, "${{{name}:-{default}}}"),
                None => write!(f, "${{{name}}}"),
            },
        })
    }
}

/// The text without parameters.
impl From<&str> for ParameterText {
    fn from(text: &str) -> Self {
        Self::default().followed_by(text)
    }
}

/// The text without parameters.
impl From<String> for ParameterText {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// A text as it is written in the attribute, to read it from a file.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Written(String);

#[cfg(feature = "serde")]
impl TryFrom<Written> for ParameterText {
    type Error = BadPlaceholder;

    fn try_from(Written(text): Written) -> Result<Self, BadPlaceholder> {
        Self::parse(&text)
    }
}

impl From<ParameterText> for String {
    fn from(text: ParameterText) -> Self {
        text.to_string()
    }
}

impl PartialEq<&str> for ParameterText {
    fn eq(&self, other: &&str) -> bool {
        self.literal() == Some(other)
    }
}

#[cfg(test)]
mod tests {
    use super::ParameterText;

    fn shown(text: &str) -> String {
        let text = ParameterText::parse(text).expect(text);
        text.with(|parameter| format!("<{}={:?}>", parameter.name, parameter.default))
    }

    #[test]
    fn parameters_are_read_and_written() {
        for (text, expected) in [
            ("", ""),
            ("plain $ {} $HOME", "plain $ {} $HOME"),
            ("${A}", "<A=None>"),
            ("a${B1}c", "a<B1=None>c"),
            ("${A}${B:-}", "<A=None><B=Some(\"\")>"),
            ("${A:-b:-c$}", "<A=Some(\"b:-c$\")>"),
            ("$${A}", "${A}"),
            ("$$${A} ${B}", "$${A} <B=None>"),
        ] {
            assert_eq!(shown(text), expected);
            let read = ParameterText::parse(text).expect(text);
            assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_parameter_is_an_error_with_a_fix() {
        for (text, problem, help) in [
            ("${A", "`${` has no `}`", "write `$${`"),
            ("${}", "`${}` does not name", "write `${Stage}`"),
            (
                "${log-level}",
                "`${log-level}` does not",
                "write `${loglevel}`",
            ),
            ("${1A}", "`${1A}` does not", "write `${A}`"),
            (
                "${A-b}",
                "`${A-b}` does not",
                "write `${Ab}`, `${A:-b}` with a default, or `$${`",
            ),
            (
                "${A:-${B}}",
                "the default of `${A}` has a parameter",
                "write a default without parameters",
            ),
            (
                "${AWS::Region}",
                "`${AWS::Region}` is a value of",
                "use a parameter",
            ),
        ] {
            let error = ParameterText::parse(text).expect_err(text);
            assert!(error.problem.starts_with(problem), "{error}");
            assert!(error.help.starts_with(help), "{error}");
        }
    }

    #[test]
    fn an_end_is_removed_and_added() {
        let text = ParameterText::parse("a-${B}.fifo").expect("a text");
        let stem = text.strip_suffix(".fifo").expect("an end");
        assert_eq!(stem.followed_by("-dlq").to_string(), "a-${B}-dlq");
        assert_eq!(text.strip_suffix(".other"), None);
        let parameter = ParameterText::parse("${B}").expect("a text");
        assert_eq!(parameter.strip_suffix(".fifo"), None);
    }
}
