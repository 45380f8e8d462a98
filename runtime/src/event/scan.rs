//! Finds where the values in a JSON text begin and end.
//!
//! That is all it does: what a value holds is checked and read by `serde_json`,
//! when somebody asks for it. Of every valid text it finds what `serde_json`
//! finds; some invalid ones, such as `tru`, are found as a value too.

use std::borrow::Cow;

use crate::event::json;

/// The text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads an object. `member` gets each key, and has to read its value.
    #[inline]
    pub(crate) fn object<E: From<Broken>>(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.key()?;
            self.take(b':')?;
            member(self, &key)?;
            if self.is_last(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads a list. `element` has to read each value.
    #[inline]
    pub(crate) fn list<E: From<Broken>>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            element(self)?;
            if self.is_last(b']')? {
                return Ok(());
            }
        }
    }

    /// Reads any value, and gives it as it stands in the text.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<&'a str, Broken> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'"' => _ = self.string()?,
            b'{' | b'[' => self.nested()?,
            _ => self.scalar(),
        }
        match self.text.get(start..self.at) {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(Broken),
        }
    }

    /// The next byte that is no white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<u8, Broken> {
        loop {
            match self.byte()? {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return Ok(byte),
            }
        }
    }

    /// Makes sure that nothing follows.
    pub(crate) fn end(&mut self) -> Result<(), Broken> {
        match self.peek() {
            Ok(_) => Err(Broken),
            Err(Broken) => Ok(()),
        }
    }

    /// The text from `start` up to where this is.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// How many bytes follow.
    pub(crate) fn left(&self) -> usize {
        self.text.len() - self.at
    }

    /// How far this is.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    fn byte(&self) -> Result<u8, Broken> {
        self.text.as_bytes().get(self.at).copied().ok_or(Broken)
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek()? != byte {
            return Err(Broken);
        }
        self.at += 1;
        Ok(())
    }

    /// Takes the comma, or the bracket that ends the list.
    #[inline]
    fn is_last(&mut self, bracket: u8) -> Result<bool, Broken> {
        let byte = self.peek()?;
        if byte != b',' && byte != bracket {
            return Err(Broken);
        }
        self.at += 1;
        Ok(byte == bracket)
    }

    #[inline]
    fn key(&mut self) -> Result<Cow<'a, str>, Broken> {
        if self.peek()? != b'"' {
            return Err(Broken);
        }
        let start = self.at;
        let has_escapes = self.string()?;
        let key = self.since(start);
        if has_escapes {
            return json::text(key).map_err(|_| Broken);
        }
        Ok(Cow::Borrowed(&key[1..key.len() - 1]))
    }

    /// Reads a string; says whether it has escapes.
    #[inline]
    fn string(&mut self) -> Result<bool, Broken> {
        let text = self.text.as_bytes();
        let mut has_escapes = false;
        let mut at = self.at + 1;
        loop {
            at += text.get(at..).map_or(0, before_quote_or_escape);
            match text.get(at).ok_or(Broken)? {
                b'"' => {
                    self.at = at + 1;
                    return Ok(has_escapes);
                }
                // A backslash: whatever is escaped, it ends no string.
                _ => {
                    has_escapes = true;
                    at += 2;
                }
            }
        }
    }

    /// Reads an object or a list, however deep.
    fn nested(&mut self) -> Result<(), Broken> {
        let mut depth = 0_usize;
        loop {
            match self.byte()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Reads a number, `true`, `false` or `null`.
    fn scalar(&mut self) {
        while let Ok(byte) = self.byte()
            && !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r')
        {
            self.at += 1;
        }
    }
}

/// How many bytes come before the first quote or backslash.
///
/// Eight at a time, by the [bytes that are zero] where one of the two is: the
/// strings of an event are too short for a vectorized search to pay.
///
/// [bytes that are zero]: https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
#[inline]
fn before_quote_or_escape(text: &[u8]) -> usize {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let has_zero = |word: u64| word.wrapping_sub(EACH) & !word & (EACH << 7);
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found =
            has_zero(word ^ (EACH * u64::from(b'"'))) | has_zero(word ^ (EACH * u64::from(b'\\')));
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    text.len() - rest.len() + found.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, value::RawValue};

    use super::*;

    fn members(json: &str) -> Result<BTreeMap<String, &str>, Broken> {
        let mut members = BTreeMap::new();
        let mut scanner = Scanner::new(json);
        scanner.object(|scanner, key| {
            members.insert(key.to_owned(), scanner.value()?);
            Ok::<_, Broken>(())
        })?;
        scanner.end()?;
        Ok(members)
    }

    fn elements(json: &str) -> Result<Vec<&str>, Broken> {
        let mut elements = Vec::new();
        let mut scanner = Scanner::new(json);
        scanner.list(|scanner| {
            elements.push(scanner.value()?);
            Ok::<_, Broken>(())
        })?;
        scanner.end()?;
        Ok(elements)
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = "[a-c\"\\\\\\n\\t\u{7f}é🚀{}\\[\\],: ]{0,20}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(text, inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// A document as others may write it: with spaces and escapes wherever they
    /// may be, numbers with exponents, and members twice.
    struct Writer {
        text: String,
        noise: std::iter::Cycle<std::vec::IntoIter<u8>>,
    }

    impl Writer {
        fn write(value: &Value, noise: Vec<u8>) -> String {
            let mut writer = Self {
                text: String::new(),
                noise: noise.into_iter().cycle(),
            };
            writer.space();
            writer.value(value);
            writer.space();
            writer.text
        }

        fn chance(&mut self) -> u8 {
            self.noise.next().unwrap_or_default() % 8
        }

        fn space(&mut self) {
            let space = ["", "", "", "", " ", "\n", "\r\n", "\t "];
            let space = space[usize::from(self.chance())];
            self.text.push_str(space);
        }

        fn value(&mut self, value: &Value) {
            match value {
                Value::String(text) => self.string(text),
                Value::Number(number) if number.is_i64() && self.chance() > 5 => {
                    self.text.push_str(&format!("{number}.0E+0"));
                }
                Value::Array(elements) => {
                    self.between('[', ']', elements.iter(), Self::value);
                }
                Value::Object(members) => {
                    let twice = self.chance() > 5;
                    let again = members.iter().filter(|_| twice);
                    let members = again.chain(members);
                    self.between('{', '}', members, |writer, (key, value)| {
                        writer.string(key);
                        writer.space();
                        writer.text.push(':');
                        writer.space();
                        writer.value(value);
                    });
                }
                other => self.text.push_str(&other.to_string()),
            }
        }

        fn between<T>(
            &mut self,
            open: char,
            close: char,
            items: impl Iterator<Item = T>,
            write: impl Fn(&mut Self, T),
        ) {
            self.text.push(open);
            for (index, item) in items.enumerate() {
                if index > 0 {
                    self.text.push(',');
                }
                self.space();
                write(self, item);
                self.space();
            }
            self.text.push(close);
        }

        fn string(&mut self, text: &str) {
            self.text.push('"');
            for unit in text.chars() {
                if self.chance() > 5 {
                    for unit in unit.encode_utf16(&mut [0; 2]) {
                        self.text.push_str(&format!("\\u{unit:04X}"));
                    }
                } else {
                    let quoted = Value::from(unit.to_string()).to_string();
                    self.text.push_str(&quoted[1..quoted.len() - 1]);
                }
            }
            self.text.push('"');
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn finds_what_serde_json_finds(
            value in value(),
            noise in prop::collection::vec(any::<u8>(), 1..50),
        ) {
            let json = Writer::write(&value, noise);
            let is_object = value.is_object();
            let is_list = value.is_array();
            prop_assert_eq!(members(&json).is_ok(), is_object);
            prop_assert_eq!(elements(&json).is_ok(), is_list);
            if is_object {
                let expected: BTreeMap<String, &RawValue> = serde_json::from_str(&json)?;
                let expected = expected.into_iter().map(|(key, raw)| (key, raw.get()));
                prop_assert_eq!(members(&json).unwrap(), expected.collect());
            }
            if is_list {
                let expected: Vec<&RawValue> = serde_json::from_str(&json)?;
                let expected: Vec<_> = expected.into_iter().map(RawValue::get).collect();
                prop_assert_eq!(elements(&json).unwrap(), expected);
            }
        }

        #[test]
        fn the_end_of_a_string_is_found_wherever_it_is(
            before in "[a-z£🚀]{0,20}",
            found in prop::sample::select(b"\"\\".to_vec()),
            after in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let text = [before.as_bytes(), &[found], &after].concat();
            prop_assert_eq!(before_quote_or_escape(&text), before.len());
            prop_assert_eq!(before_quote_or_escape(before.as_bytes()), before.len());
        }
    }

    #[test]
    fn what_ends_too_early_is_broken() {
        let json = r#" { "a" : [ 1 , { "b\"" : "\\" } ] , "c" : "d" } "#;
        assert!(members(json).is_ok());
        for end in 0..json.trim_end().len() {
            assert_eq!(members(&json[..end]), Err(Broken), "{end}");
        }
        for json in [
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{\"a\":}",
            "{a:1}",
            "{\"a\":1}}",
            "{\"a\":1 2}",
            "{\"a\":\"\\",
        ] {
            assert_eq!(members(json), Err(Broken), "{json}");
        }
        assert_eq!(elements("[1,]"), Err(Broken));
        assert_eq!(elements("[1"), Err(Broken));
    }
}
