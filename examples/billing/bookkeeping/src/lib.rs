//! The rules of billing: what an order costs, what is booked for it, and which invoice a
//! payment is for.

mod entry;
mod invoice;
mod reference;
mod statement;

pub use entry::{Account, Entry, Posting};
pub use invoice::{Invoice, InvoiceError, Line, Order};
pub use reference::Reference;
pub use statement::{Payment, Statement, StatementError};
