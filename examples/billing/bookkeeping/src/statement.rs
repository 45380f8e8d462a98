use std::collections::HashSet;

use crate::Reference;

/// A statement of the bank: a line `id;cents;text` for each transaction, and `total;cents` at
/// the end.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    pub payments: Vec<Payment>,
    /// The transactions without a reference, which a person has to look at.
    pub unknown: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Payment {
    /// The bank's.
    pub id: String,
    pub reference: Reference,
    pub cents: i64,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StatementError {
    #[error("line {0} is not a transaction")]
    Line(usize),
    #[error("two transactions have the id {0}")]
    Twice(String),
    #[error("the statement has no total: it is not complete")]
    NoTotal,
    #[error("the transactions add up to {sum} cents, and not to the total, {total}")]
    Total { sum: i64, total: i64 },
}

impl Statement {
    pub fn parse(text: &str) -> Result<Self, StatementError> {
        let text = text.trim_end();
        let (transactions, end) = text.rsplit_once('\n').unwrap_or(("", text));
        let total = end
            .strip_prefix("total;")
            .and_then(|total| total.trim().parse().ok())
            .ok_or(StatementError::NoTotal)?;
        let mut statement = Self {
            payments: Vec::new(),
            unknown: Vec::new(),
        };
        let (mut ids, mut sum) = (HashSet::new(), 0);
        for (number, line) in (1..).zip(transactions.lines()) {
            let (id, cents, text) = transaction(line).ok_or(StatementError::Line(number))?;
            if !ids.insert(id) {
                return Err(StatementError::Twice(id.to_owned()));
            }
            sum += cents;
            match Reference::find(text) {
                Some(reference) => statement.payments.push(Payment {
                    id: id.to_owned(),
                    reference,
                    cents,
                }),
                None => statement.unknown.push(id.to_owned()),
            }
        }
        match sum == total {
            true => Ok(statement),
            false => Err(StatementError::Total { sum, total }),
        }
    }
}

fn transaction(line: &str) -> Option<(&str, i64, &str)> {
    let mut fields = line.splitn(3, ';');
    let (id, cents, text) = (fields.next()?, fields.next()?, fields.next()?);
    let is_id = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    is_id.then_some((id, cents.parse().ok()?, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATEMENT: &str = "A1;11900;RF85 0000 0700 0000 0042\nA2;500;for the cat\ntotal;12400\n";

    #[test]
    fn payments_have_references() {
        let statement = Statement::parse(STATEMENT).unwrap();
        let [payment] = &statement.payments[..] else {
            panic!("{statement:?}");
        };
        assert_eq!(payment.reference, Reference::new(7, 42).unwrap());
        assert_eq!((&*payment.id, payment.cents), ("A1", 11_900));
        assert_eq!(statement.unknown, ["A2"]);
    }

    #[test]
    fn a_statement_that_is_cut_off_or_wrong_is_rejected() {
        let lines: Vec<_> = STATEMENT.lines().collect();
        let parse = |lines: &[&str]| Statement::parse(&lines.join("\n"));
        assert_eq!(parse(&lines[..2]), Err(StatementError::NoTotal));
        let (sum, total) = (500, 12_400);
        assert_eq!(
            parse(&lines[1..]),
            Err(StatementError::Total { sum, total })
        );
        assert_eq!(parse(&["A1;x;", "total;0"]), Err(StatementError::Line(1)));
        let twice = StatementError::Twice("A1".to_owned());
        assert_eq!(parse(&["A1;1;", "A1;1;", "total;2"]), Err(twice));
    }
}
