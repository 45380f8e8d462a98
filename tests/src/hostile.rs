//! The texts of the golden case `hostile`, which look like something else to CloudFormation,
//! to Terraform or to a shell.

/// The variables of its function as they must arrive, for values of its parameters.
pub fn variables(stage: &str, text: &str) -> [(&'static str, String); 7] {
    [
        (
            "BRACES",
            "${x} $${x} $$${x} %{if x} %%{x} $%{x} %${x} {x}".to_owned(),
        ),
        ("MARKS", "100% of $5, ${Other} and ${".to_owned()),
        (
            "QUOTES",
            r#"a "quoted" 'word', a \ and a \\ and \n and \u{1f980}"#.to_owned(),
        ),
        ("LINES", "one\ntwo\tthree".to_owned()),
        ("LETTERS", "größer 🦀 日本 \u{feff}".to_owned()),
        ("BEFORE", format!("$${{Other}} %{stage}{{x}} ${{{stage}}}")),
        ("DEFAULT", text.to_owned()),
    ]
}

/// The default of its parameter `Text`.
pub const TEXT: &str = r#"%{x "q" \ $ é"#;
