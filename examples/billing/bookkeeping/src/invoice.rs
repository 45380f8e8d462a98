use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Reference;

/// What the shop publishes when a customer has placed an order.
#[derive(Debug, Deserialize, Serialize)]
pub struct Order {
    pub id: u64,
    pub customer: u32,
    pub lines: Vec<Line>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Line {
    pub quantity: u16,
    pub unit_cents: u32,
    pub vat_percent: u8,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Invoice {
    pub reference: Reference,
    pub net_cents: i64,
    pub vat_cents: i64,
}

/// Why there can be no invoice for an order.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvoiceError {
    #[error("order {0} has no lines")]
    Empty(u64),
    #[error("order {0} of customer {1} has too many digits for a reference")]
    Digits(u64, u32),
}

impl Invoice {
    pub fn of(order: &Order) -> Result<Self, InvoiceError> {
        let reference = Reference::new(order.customer, order.id)
            .ok_or(InvoiceError::Digits(order.id, order.customer))?;
        if order.lines.is_empty() {
            return Err(InvoiceError::Empty(order.id));
        }
        let mut net_by_rate = BTreeMap::<_, i64>::new();
        for line in &order.lines {
            let net = i64::from(line.quantity) * i64::from(line.unit_cents);
            *net_by_rate.entry(line.vat_percent).or_default() += net;
        }
        // Rounded once for each rate, not for each line.
        let vat = net_by_rate
            .iter()
            .map(|(percent, net)| (net * i64::from(*percent) + 50) / 100);
        Ok(Self {
            reference,
            net_cents: net_by_rate.values().sum(),
            vat_cents: vat.sum(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(lines: &[(u16, u32, u8)]) -> Order {
        let line = |&(quantity, unit_cents, vat_percent)| Line {
            quantity,
            unit_cents,
            vat_percent,
        };
        Order {
            id: 42,
            customer: 7,
            lines: lines.iter().map(line).collect(),
        }
    }

    #[test]
    fn vat_is_rounded_once_for_each_rate() {
        let invoice = Invoice::of(&order(&[(1, 103, 19), (1, 103, 19), (3, 1_000, 7)]));
        let expected = Invoice {
            reference: Reference::new(7, 42).unwrap(),
            net_cents: 3_206,
            vat_cents: 39 + 210,
        };
        assert_eq!(invoice, Ok(expected));
    }

    #[test]
    fn an_order_without_lines_has_no_invoice() {
        assert_eq!(Invoice::of(&order(&[])), Err(InvoiceError::Empty(42)));
    }
}
