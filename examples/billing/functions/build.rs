//! Writes what deploys the three functions: a template and a Terraform module.

use redrive_infra::Format::{CloudFormation, Terraform};

fn main() {
    redrive_infra::Builder::new()
        .formats([CloudFormation, Terraform])
        .dashboard(true)
        .build();
}
