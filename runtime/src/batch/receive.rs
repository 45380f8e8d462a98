//! Which of its receives a record is in.

use crate::{event::Fields, message::receive_count};

/// Which of its receives a record is in, in a worker that counts rounds: there SQS allows
/// one receive more than the record has runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Receive {
    /// SQS delivers the record again if this run fails.
    Earlier,
    /// The run that fails sends the record on.
    Last,
    /// The invocation of the last run ended before it could: the record is only sent on.
    Extra,
    /// From elsewhere: another consumer, or a queue that allows more. It is run, as its last.
    Foreign,
}

impl Receive {
    /// Of a record that is run in its first `runs` receives.
    pub(crate) fn of(fields: &Fields<'_>, runs: u32) -> Self {
        // A count that cannot be read says nothing.
        let count = receive_count(*fields).unwrap_or(1);
        match count.checked_sub(runs) {
            None => Self::Earlier,
            Some(0) => Self::Last,
            Some(1) => Self::Extra,
            Some(_) => Self::Foreign,
        }
    }

    /// Whether a run that fails is the last.
    pub(crate) fn is_last_run(self) -> bool {
        matches!(self, Self::Last | Self::Foreign)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::event::Event;

    #[test]
    fn the_count_is_read_wherever_it_is_among_the_attributes() {
        for (attributes, count) in [
            (r#"{"ApproximateReceiveCount":"1","SenderId":"s"}"#, 1),
            (r#"{"ApproximateReceiveCount":"1"}"#, 1),
            (r#"{"ApproximateReceiveCount":"12"}"#, 12),
            (r#"{ "ApproximateReceiveCount" : "3" }"#, 3),
            (r#"{"SenderId":"s","ApproximateReceiveCount":"4"}"#, 4),
            ("{}", 1),
        ] {
            let event =
                format!(r#"{{"Records":[{{"messageId":"m1","attributes":{attributes}}}]}}"#);
            let event = Event::read(Bytes::from(event)).unwrap();

            assert_eq!(
                receive_count(event.record(0)).unwrap(),
                count,
                "{attributes}"
            );
        }
    }
}
