//! The form of a policy: read from TOML, checked before use.

use serde::Deserialize;

use super::{DEFAULT, Finding};
use crate::evidence::{Action, Claim, Evidence, Strength, Value};
use crate::signals;

/// Most bytes that a policy may have.
const MAX_BYTES: usize = 1 << 20;

/// Rules from evidence to a verdict.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its name, for reports.
    pub name: String,
    /// In the order in which they are tried.
    pub rules: Vec<Rule>,
    /// For what could not be checked.
    pub unchecked: Action,
    /// For that in which nothing was found.
    pub no_evidence: Action,
    /// For files in a folder of images that are none themselves.
    pub not_an_image: Action,
}

/// One rule: what evidence must be like, and what follows.
#[derive(Debug, Clone)]
pub struct Rule {
    /// For people.
    pub about: String,
    claim: Option<Claim>,
    code: Option<String>,
    min_strength: Option<Strength>,
    max_strength: Option<Strength>,
    list: Option<String>,
    /// What the image is then found to be.
    pub verdict: Finding,
    /// What is to be done then.
    pub action: ActionRule,
}

/// The action of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionRule {
    /// This one.
    Fixed(Action),
    /// The one that the matched list asks for; review where it asks for none.
    AsListed,
}

/// A policy that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(String);

impl Rule {
    /// Whether the evidence is what the rule asks for.
    pub fn is_met_by(&self, evidence: &Evidence) -> bool {
        self.claim.is_none_or(|claim| claim == evidence.claim())
            && self
                .code
                .as_deref()
                .is_none_or(|code| code == evidence.code.name)
            && self
                .min_strength
                .is_none_or(|least| evidence.strength >= least)
            && self
                .max_strength
                .is_none_or(|most| evidence.strength <= most)
            && self
                .list
                .as_deref()
                .is_none_or(|list| evidence.get("list") == Some(&Value::from(list)))
    }

    /// The action that follows from this evidence.
    pub fn action_for(&self, evidence: &Evidence) -> Action {
        match self.action {
            ActionRule::Fixed(action) => action,
            ActionRule::AsListed => evidence.asks_for.unwrap_or(Action::Review),
        }
    }
}

impl Default for Policy {
    /// The built-in policy; a test keeps it readable.
    fn default() -> Self {
        Self::parse(DEFAULT).unwrap_or(Self {
            name: "empty".into(),
            rules: Vec::new(),
            unchecked: Action::Review,
            no_evidence: Action::Review,
            not_an_image: Action::Review,
        })
    }
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// What is wrong, with the rule's number or the TOML line, and what was expected.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_BYTES {
            return Err(PolicyError(format!("larger than {MAX_BYTES} bytes")));
        }
        let file: PolicyFile = toml::from_str(text).map_err(|error| {
            PolicyError(format!(
                "{}\n`provscan policy show` prints a policy to begin with",
                error.to_string().trim_end()
            ))
        })?;
        if file.rule.is_empty() {
            return Err(PolicyError("it has no [[rule]]".into()));
        }
        let rules = file.rule.into_iter().enumerate().map(|(place, rule)| {
            check(rule).map_err(|message| PolicyError(format!("rule {}: {message}", place + 1)))
        });
        let setting = |name: &str, word: Option<String>, otherwise: Action| match word {
            Some(word) => word
                .parse()
                .map_err(|error| PolicyError(format!("{name}: {error}"))),
            None => Ok(otherwise),
        };
        Ok(Self {
            name: file.name,
            rules: rules.collect::<Result<_, _>>()?,
            unchecked: setting("unchecked", file.unchecked, Action::Review)?,
            no_evidence: setting("no_evidence", file.no_evidence, Action::Pass)?,
            not_an_image: setting("not_an_image", file.not_an_image, Action::Pass)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    name: String,
    unchecked: Option<String>,
    no_evidence: Option<String>,
    not_an_image: Option<String>,
    #[serde(default)]
    rule: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    about: String,
    claim: Option<String>,
    code: Option<String>,
    min_strength: Option<String>,
    max_strength: Option<String>,
    list: Option<String>,
    verdict: String,
    action: String,
}

fn check(rule: RuleFile) -> Result<Rule, String> {
    if rule.claim.is_none() && rule.code.is_none() && rule.list.is_none() {
        return Err("it names no claim, code or list, so any evidence at all would meet it".into());
    }
    if let Some(code) = rule
        .code
        .as_deref()
        .filter(|code| signals::code(code).is_none())
    {
        return Err(format!(
            "no signal reports the code `{code}`; `provscan explain` lists them all"
        ));
    }
    let action = match rule.action.as_str() {
        "as-listed" => ActionRule::AsListed,
        word => ActionRule::Fixed(
            word.parse()
                .map_err(|error| format!("{error}, or as-listed"))?,
        ),
    };
    Ok(Rule {
        about: rule.about,
        claim: parse(rule.claim)?,
        code: rule.code,
        min_strength: parse(rule.min_strength)?,
        max_strength: parse(rule.max_strength)?,
        list: rule.list,
        verdict: rule.verdict.parse()?,
        action,
    })
}

fn parse<T: std::str::FromStr>(word: Option<String>) -> Result<Option<T>, String>
where
    T::Err: std::fmt::Display,
{
    word.map(|word| word.parse().map_err(|error: T::Err| error.to_string()))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_is_sound() {
        assert_eq!(Policy::parse(DEFAULT).unwrap().name, "default");
        assert!(!Policy::default().rules.is_empty());
    }

    #[test]
    fn mistakes_are_named_with_their_rule_and_the_way_out() {
        let with = |rule: &str| {
            Policy::parse(&format!("name = \"x\"\n[[rule]]\n{rule}"))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            with("verdict = \"known\"\naction = \"block\""),
            "rule 1: it names no claim, code or list, so any evidence at all would meet it"
        );
        assert!(
            with("claim = \"fake\"\nverdict = \"known\"\naction = \"block\"")
                .starts_with("rule 1: `fake` is no claim; one of known, allowed, tampered")
        );
        assert!(
            with("code = \"c2pa.fake\"\nverdict = \"known\"\naction = \"block\"")
                .contains("provscan explain")
        );
        assert!(
            with("claim = \"known\"\nverdict = \"authentic\"\naction = \"pass\"")
                .contains("is no verdict")
        );
        assert!(
            with("claim = \"known\"\nverdict = \"known\"\naction = \"stop\"")
                .contains("or as-listed")
        );
        assert!(
            with("claim = \"known\"\nverdikt = \"known\"\naction = \"pass\"").contains("verdikt")
        );
        assert_eq!(
            Policy::parse("name = \"x\"").unwrap_err().to_string(),
            "it has no [[rule]]"
        );
    }
}
