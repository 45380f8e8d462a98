use serde::{Deserialize, Serialize};

use crate::{Invoice, Payment};

/// What is booked: amounts on accounts, which add up to zero.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Entry {
    /// The same whenever it is made of the same invoice or payment.
    pub id: String,
    pub customer: u32,
    pub postings: Vec<Posting>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    pub cents: i64,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    Receivables,
    Revenue,
    Vat,
    Bank,
}

impl Entry {
    /// What its amounts add up to.
    pub fn balance(&self) -> i64 {
        self.postings.iter().map(|posting| posting.cents).sum()
    }
}

fn posting(account: Account, cents: i64) -> Posting {
    Posting { account, cents }
}

impl From<&Invoice> for Entry {
    fn from(invoice: &Invoice) -> Self {
        let (net, vat) = (invoice.net_cents, invoice.vat_cents);
        Self {
            id: format!("invoice-{}", invoice.reference),
            customer: invoice.reference.customer(),
            postings: vec![
                posting(Account::Receivables, net + vat),
                posting(Account::Revenue, -net),
                posting(Account::Vat, -vat),
            ],
        }
    }
}

impl From<&Payment> for Entry {
    fn from(payment: &Payment) -> Self {
        Self {
            id: format!("payment-{}", payment.id),
            customer: payment.reference.customer(),
            postings: vec![
                posting(Account::Bank, payment.cents),
                posting(Account::Receivables, -payment.cents),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reference;

    #[test]
    fn what_is_booked_for_invoices_and_payments_balances() {
        let reference = Reference::new(7, 42).unwrap();
        let invoice = Invoice {
            reference,
            net_cents: 10_000,
            vat_cents: 1_900,
        };
        let payment = Payment {
            id: "A1".to_owned(),
            reference,
            cents: 11_900,
        };
        let [invoiced, paid] = [Entry::from(&invoice), Entry::from(&payment)];
        assert_eq!([invoiced.balance(), paid.balance()], [0, 0]);
        assert_eq!(invoiced.postings[0], posting(Account::Receivables, 11_900));
        assert_eq!(paid.postings[1], posting(Account::Receivables, -11_900));
        assert_ne!(invoiced.id, paid.id);
    }
}
