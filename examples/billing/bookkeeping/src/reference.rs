use std::fmt;

/// The reference of an invoice, which its payer repeats: `RF` and two check digits as in
/// ISO 11649, the customer in six digits, and the order in ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    customer: u32,
    order: u64,
}

const LENGTH: usize = "RF".len() + 2 + 6 + 10;

impl Reference {
    /// `None` if a number has too many digits.
    pub fn new(customer: u32, order: u64) -> Option<Self> {
        let fits = customer < 1_000_000 && order < 10_000_000_000;
        fits.then_some(Self { customer, order })
    }

    /// The reference in what a payer wrote, whatever is around it and between its digits.
    pub fn find(text: &str) -> Option<Self> {
        let characters = text.chars().filter(char::is_ascii_alphanumeric);
        let characters: String = characters.map(|c| c.to_ascii_uppercase()).collect();
        let mut starts = characters.match_indices("RF").map(|(start, _)| start);
        starts.find_map(|start| {
            let written = characters.get(start..start + LENGTH)?;
            let reference = Self {
                customer: written[4..10].parse().ok()?,
                order: written[10..].parse().ok()?,
            };
            // So are its check digits.
            (reference.to_string() == written).then_some(reference)
        })
    }

    pub fn customer(self) -> u32 {
        self.customer
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:06}{:010}", self.customer, self.order);
        // Letters count as numbers: R is 27, and F is 15.
        let checked = format!("{digits}271500");
        let remainder = checked.bytes().fold(0, |remainder, digit| {
            (remainder * 10 + u32::from(digit - b'0')) % 97
        });
        write!(f, "RF{:02}{digits}", 98 - remainder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_found_as_people_write_it() {
        let reference = Reference::new(7, 42).unwrap();
        assert_eq!(reference.to_string(), "RF850000070000000042");
        for text in [
            "RF850000070000000042",
            "invoice rf85 0000 0700 0000 0042, thank you",
            "RF RF85-000007-0000000042 2026",
        ] {
            assert_eq!(Reference::find(text), Some(reference), "{text}");
        }
    }

    #[test]
    fn a_wrong_digit_is_no_reference() {
        let written = Reference::new(7, 42).unwrap().to_string();
        for place in 2..written.len() {
            let mut wrong = written.clone().into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + 1) % 10;
            let wrong = String::from_utf8(wrong).unwrap();
            assert_eq!(Reference::find(&wrong), None, "{wrong}");
        }
        assert_eq!(Reference::find("RF85"), None);
        assert_eq!(Reference::new(1_000_000, 1), None);
    }
}
