//! The table, in Markdown, with the limit of each row.

use std::{collections::BTreeMap, fmt, fs, path::Path, time::Duration};

use crate::{Error, contestant::Contestant};

/// Runs can be compared if the stock handler's figures differ by less than this.
const COMPARABLE: f64 = 0.15;

/// One row for each thing measured, one column for each contestant.
pub(crate) struct Report {
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    values: Vec<Option<Value>>,
    /// The largest ratio to the first column, for each of the next columns.
    limits: &'static [f64],
}

/// A value that is better the smaller it is.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    Time(Duration),
    Bytes(u64),
    /// A ratio of the contestant's own figures.
    Growth(f64),
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

    pub(crate) fn times(
        &mut self,
        name: impl Into<String>,
        limits: &'static [f64],
        times: &[Duration],
    ) {
        let times = times.iter().map(|time| Some(Value::Time(*time)));
        self.row(name, limits, times);
    }

    /// `None` where there is nothing to measure.
    pub(crate) fn row(
        &mut self,
        name: impl Into<String>,
        limits: &'static [f64],
        values: impl IntoIterator<Item = Option<Value>>,
    ) {
        self.rows.push(Row {
            name: name.into(),
            values: values.into_iter().collect(),
            limits,
        });
    }

    /// The stock handler's figures, by row.
    pub(crate) fn stock(&self) -> impl Iterator<Item = (String, f64)> {
        let rows = self.rows.iter();
        rows.filter_map(|row| match row.values.first().copied().flatten()? {
            Value::Time(time) => Some((row.name.clone(), time.as_secs_f64())),
            Value::Bytes(_) | Value::Growth(_) => None,
        })
    }
}

impl Row {
    fn ratio(&self, column: usize) -> Option<f64> {
        let value = self.values.get(column).copied().flatten()?;
        let base = self.values.first().copied().flatten()?;
        Some(match (value, base) {
            (Value::Growth(times), _) => times,
            _ => value.number() / base.number(),
        })
    }

    /// The columns whose ratio exceeds its limit.
    fn missed(&self) -> impl Iterator<Item = usize> {
        let limits = self.limits.iter().enumerate();
        limits.filter_map(|(index, limit)| {
            let column = index + 1;
            (self.ratio(column)? > *limit).then_some(column)
        })
    }
}

impl Value {
    fn number(self) -> f64 {
        match self {
            Value::Time(time) => time.as_secs_f64(),
            Value::Bytes(bytes) => bytes as f64,
            Value::Growth(times) => times,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Time(time) => write!(f, "{time:.3?}"),
            Value::Bytes(bytes) => write!(f, "{:.2} MB", *bytes as f64 / 1e6),
            Value::Growth(times) => write!(f, "{times:.2}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | {} | at most | |", self.columns.join(" | "))?;
        writeln!(f, "|---{}|---|---|", "|---:".repeat(self.columns.len()))?;
        for row in &self.rows {
            write!(f, "| {} |", row.name)?;
            for (column, value) in row.values.iter().enumerate() {
                match (value, row.ratio(column)) {
                    (Some(value @ (Value::Time(_) | Value::Bytes(_))), Some(ratio))
                        if column > 0 =>
                    {
                        write!(f, " {value} ({ratio:.2}) |")?;
                    }
                    (Some(value), _) => write!(f, " {value} |")?,
                    (None, _) => write!(f, " |")?,
                }
            }
            let limits: Vec<_> = row.limits.iter().map(|it| format!("{it:.2}")).collect();
            let missed: Vec<_> = row.missed().map(|column| self.columns[column]).collect();
            let verdict = match (row.limits.is_empty(), missed.is_empty()) {
                (true, _) => String::new(),
                (_, true) => "met".to_owned(),
                (_, false) => format!("**missed** by {}", missed.join(", ")),
            };
            writeln!(f, " {} | {verdict} |", limits.join(", "))?;
        }
        Ok(())
    }
}

/// Compares the stock handler's figures with those of the last run, which are in
/// `file`, and writes them there. Returns a line for each that is not comparable.
pub(crate) fn compare_stock(
    file: &Path,
    figures: &BTreeMap<String, f64>,
) -> Result<Vec<String>, Error> {
    let last: BTreeMap<String, f64> = match fs::read(file) {
        Ok(json) => serde_json::from_slice(&json)?,
        Err(_) => BTreeMap::new(),
    };
    fs::write(file, serde_json::to_vec(figures)?)?;
    let differences = figures.iter().filter_map(|(row, figure)| {
        let change = figure / last.get(row)? - 1.0;
        (change.abs() > COMPARABLE).then(|| {
            let percent = change * 100.0;
            format!("{row}: the stock handler differs by {percent:+.0} % from the last run")
        })
    });
    Ok(differences.collect())
}
