//! The deployment formats.

use serde::{Deserialize, Serialize};

/// What the build script writes for a deployment; see [`Builder::formats`](crate::Builder::formats).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `template.json`, for the AWS command line, that of SAM, and CDK.
    CloudFormation,
    /// A Terraform module: `main.tf.json`, `variables.tf.json`, `outputs.tf.json` and
    /// `versions.tf.json`.
    Terraform,
}

impl Format {
    /// All formats, in the order in which their files are part of the manifest's digest.
    #[doc(hidden)]
    pub const ALL: [Self; 2] = [Self::CloudFormation, Self::Terraform];

    /// The names of its files.
    #[doc(hidden)]
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Self::CloudFormation => &["template.json"],
            Self::Terraform => &[
                "main.tf.json",
                "variables.tf.json",
                "outputs.tf.json",
                "versions.tf.json",
            ],
        }
    }
}
