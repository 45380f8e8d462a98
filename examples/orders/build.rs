//! Writes the template and the Terraform module, of which either deploys this package.

use redrive_infra::Format::{CloudFormation, Terraform};

fn main() {
    redrive_infra::Builder::new()
        .formats([CloudFormation, Terraform])
        .build();
}
