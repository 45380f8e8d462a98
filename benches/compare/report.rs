//! The table, in Markdown.

use std::{fmt, time::Duration};

use crate::contestant::Contestant;

/// One row for each thing measured, one column for each contestant.
pub(crate) struct Report {
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<Option<Value>>)>,
}

/// A value that is better the smaller it is.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    Time(Duration),
    Bytes(u64),
}

impl Report {
    pub(crate) fn of(contestants: &[Contestant]) -> Self {
        Report {
            columns: contestants
                .iter()
                .map(|contestant| contestant.name)
                .collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn times(&mut self, name: impl Into<String>, times: &[Duration]) {
        self.row(name, times.iter().map(|time| Some(Value::Time(*time))));
    }

    /// `None` where there is nothing to measure.
    pub(crate) fn row(
        &mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = Option<Value>>,
    ) {
        self.rows.push((name.into(), values.into_iter().collect()));
    }
}

impl Value {
    fn ratio(self, base: Value) -> f64 {
        self.number() / base.number()
    }

    fn number(self) -> f64 {
        match self {
            Value::Time(time) => time.as_secs_f64(),
            Value::Bytes(bytes) => bytes as f64,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Time(time) => write!(f, "{time:.3?}"),
            Value::Bytes(bytes) => write!(f, "{:.2} MB", *bytes as f64 / 1e6),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | {} |", self.columns.join(" | "))?;
        writeln!(f, "|---{}|", "|---:".repeat(self.columns.len()))?;
        for (name, values) in &self.rows {
            write!(f, "| {name} |")?;
            let base = values.first().copied().flatten();
            for (column, value) in values.iter().enumerate() {
                match (value, base) {
                    (Some(value), Some(base)) if column > 0 => {
                        write!(f, " {value} ({:.2}) |", value.ratio(base))?;
                    }
                    (Some(value), _) => write!(f, " {value} |")?,
                    (None, _) => write!(f, " |")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
