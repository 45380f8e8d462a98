//! What a package deploys: the one model that the template, `stack.md` and the
//! local world are made from.

use redrive_syntax::Function;
use serde::{Deserialize, Serialize};

/// All functions of one package, as `stack.json` beside the template holds
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// The format of this file: [`Stack::VERSION`].
    pub version: u32,
    /// The package's name.
    pub package: String,
    /// The architecture of both functions.
    pub architecture: Architecture,
    /// The functions, in order of their binary's name.
    pub functions: Vec<StackFunction>,
}

impl Stack {
    /// The format this version of redrive writes and reads.
    pub const VERSION: u32 = 1;

    /// The text of `stack.json`.
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("numbers, strings and maps with string keys are JSON") + "\n"
    }
}

/// One function and the binary that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackFunction {
    /// The name of the binary target: one zip for the worker and the redrive
    /// function.
    pub binary: String,
    /// What its attribute asks for.
    pub function: Function,
}

/// The instruction set of a Lambda function (`Architectures`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// 64-bit x86.
    X86_64,
}
