//! The catalog of rules: data only, so that every layer can name a rule.

mod attribute;
mod function;
mod handler;
mod idempotent;
mod package;
mod queue;
mod redrive;
mod schedule;
mod system;
mod template;

pub use attribute::*;
pub use function::*;
pub use handler::*;
pub use idempotent::*;
pub use package::*;
pub use queue::*;
pub use redrive::*;
pub use schedule::*;
pub use system::*;
pub use template::*;

/// What breaking a rule means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A compile error.
    Error,
    /// A compile error, unless the rule is accepted with `allow`.
    Deliberate,
    /// A warning of the build script, unless the rule is accepted with `allow`.
    Warning,
    /// A warning of the build script about the package, which no function can
    /// accept.
    Notice,
}

/// One rule. Two are equal if they are the same rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name in diagnostics and for `allow`.
    pub id: &'static str,
    /// What breaking it means.
    pub level: Level,
    /// The keys that its check reads. A diagnostic is shown on the first that is
    /// written; nothing is judged while the value of one of them is not known.
    pub keys: &'static [&'static str],
    /// The name in a key's parentheses whose value is wrong. A diagnostic is shown on it, not
    /// on all that is in the parentheses.
    pub member: Option<&'static str>,
    /// The reason for the rule: the lines of its documentation.
    reason: &'static [&'static str],
    /// The AWS page that documents it, if it is not a rule of Rust or redrive.
    pub see: Option<&'static str>,
    /// A function that breaks this rule and no other. It begins with a comment if
    /// an attribute and a function are not enough to show it.
    pub fails: &'static str,
    /// The corrected function.
    pub passes: &'static str,
    /// The rules that this one comes after: while one of them is broken, it is
    /// judged as if that were fixed.
    pub after: &'static [&'static Rule],
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Rule {
    /// Why the rule exists, in sentences.
    pub fn reason(&self) -> String {
        let lines = self.reason.iter().map(|line| line.trim());
        lines.collect::<Vec<_>>().join(" ")
    }

    /// Whether a function may break it on purpose, with `allow`.
    pub fn can_be_allowed(&self) -> bool {
        matches!(self.level, Level::Deliberate | Level::Warning)
    }

    const fn reads(self, keys: &'static [&'static str]) -> Self {
        Rule { keys, ..self }
    }

    const fn on(self, member: &'static str) -> Self {
        let member = Some(member);
        Rule { member, ..self }
    }

    const fn see(self, page: &'static str) -> Self {
        let see = Some(page);
        Rule { see, ..self }
    }

    const fn after(self, after: &'static [&'static Rule]) -> Self {
        Rule { after, ..self }
    }
}

/// A function that breaks the rule, and the corrected one.
const fn examples(fails: &'static str, passes: &'static str) -> Rule {
    Rule {
        id: "",
        level: Level::Error,
        keys: &[],
        member: None,
        reason: &[],
        see: None,
        fails,
        passes,
        after: &[],
    }
}

/// The id of the rule with this name.
const fn id<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let mut id = [0; LENGTH];
    id.copy_from_slice(name.as_bytes());
    id.make_ascii_lowercase();
    id
}

/// Declares one static per rule, and the list of them. The id of a rule is its name in lower
/// case, and its documentation is the reason for it.
macro_rules! rules {
    ($($(#[doc = $reason:literal])+ $name:ident: $level:ident = $examples:expr;)+) => {
        $(
            $(#[doc = $reason])+
            pub static $name: super::Rule = super::Rule {
                id: {
                    const ID: [u8; stringify!($name).len()] = super::id(stringify!($name));
                    match str::from_utf8(&ID) {
                        Ok(id) => id,
                        Err(_) => unreachable!(),
                    }
                },
                level: super::Level::$level,
                reason: &[$($reason),+],
                ..$examples
            };
        )+
        pub(super) static RULES: &[&super::Rule] = &[$(&$name),+];
    };
}
use rules;

/// All rules, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let groups = [
        attribute::RULES,
        schedule::RULES,
        handler::RULES,
        queue::RULES,
        function::RULES,
        redrive::RULES,
        idempotent::RULES,
        system::RULES,
        package::RULES,
        template::RULES,
    ];
    groups.into_iter().flatten().copied()
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
