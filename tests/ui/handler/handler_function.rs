#![allow(unused_variables)]

use redrive::sqs_batch;

#[sqs_batch]
struct Order;
