//! What a signal can say: the closed vocabulary of claims and strengths, and one piece of evidence.

use std::fmt;

/// What a piece of evidence says about an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Claim {
    /// The image is on a list of known images.
    Known,
    /// The image is on a list of images that are known to be harmless.
    Allowed,
    /// The picture was changed after it was signed.
    Tampered,
    /// The manifest itself, or that of an ingredient, was changed after signing.
    AlteredManifest,
    /// The image itself was made by a generative model.
    AiGenerated,
    /// A generative model edited the image.
    AiEdited,
    /// Something that a generative model made went into the image.
    AiIngredient,
    /// It is of a kind that may or may not hold something that a model made: a composite, a screen capture.
    MayContainAi,
    /// The image was edited by ordinary means.
    Edited,
    /// The image was captured by a camera or scanner.
    Captured,
    /// Its owner reserves it from AI training or data mining.
    DoNotTrain,
    /// Its owner allows AI training or data mining.
    TrainingAllowed,
    /// It carries content credentials; the code says in what state.
    Credentials,
    /// Its content credentials are stored elsewhere.
    RemoteCredentials,
    /// It carries content credentials that cannot be read or relied on.
    UnreadableCredentials,
    /// Something about the history that its content credentials tell.
    History,
    /// Two statements about it cannot both be true.
    Contradiction,
    /// A named person or organisation claims to be behind it.
    Identity,
    /// It names a watermark or fingerprint by which its content credentials can be looked up.
    SoftBinding,
}

/// Every claim with its word.
const CLAIMS: &[(Claim, &str)] = &[
    (Claim::Known, "known"),
    (Claim::Allowed, "allowed"),
    (Claim::Tampered, "tampered"),
    (Claim::AlteredManifest, "altered-manifest"),
    (Claim::AiGenerated, "ai-generated"),
    (Claim::AiEdited, "ai-edited"),
    (Claim::AiIngredient, "ai-ingredient"),
    (Claim::MayContainAi, "may-contain-ai"),
    (Claim::Edited, "edited"),
    (Claim::Captured, "captured"),
    (Claim::DoNotTrain, "do-not-train"),
    (Claim::TrainingAllowed, "training-allowed"),
    (Claim::Credentials, "credentials"),
    (Claim::RemoteCredentials, "remote-credentials"),
    (Claim::UnreadableCredentials, "unreadable-credentials"),
    (Claim::History, "history"),
    (Claim::Contradiction, "contradiction"),
    (Claim::Identity, "identity"),
    (Claim::SoftBinding, "soft-binding"),
];

/// How far to rely on a piece of evidence, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// Statistics or circumstance; never enough alone.
    Hint,
    /// Written in the file by someone unverified.
    Declared,
    /// Read from the pixels, with a stated error rate.
    Measured,
    /// Cryptography checked out, against a trusted signer or an exact digest.
    Proven,
}

/// Every strength with its word.
const STRENGTHS: &[(Strength, &str)] = &[
    (Strength::Hint, "hint"),
    (Strength::Declared, "declared"),
    (Strength::Measured, "measured"),
    (Strength::Proven, "proven"),
];

/// What the policy, or the owner of a hash list, wants done, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    Pass,
    /// Show where it comes from.
    Label,
    /// A person looks.
    Review,
    /// Stop it.
    Block,
}

/// Every action with its word.
const ACTIONS: &[(Action, &str)] = &[
    (Action::Pass, "pass"),
    (Action::Label, "label"),
    (Action::Review, "review"),
    (Action::Block, "block"),
];

/// A word that is not in the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {kind}; one of {known} was expected")]
pub struct UnknownWord {
    kind: &'static str,
    word: String,
    known: String,
}

impl UnknownWord {
    /// A word that stands where one of the known ones was expected.
    pub(crate) fn new(kind: &'static str, word: &str, known: &[&str]) -> Self {
        Self {
            kind,
            word: word.to_owned(),
            known: known.join(", "),
        }
    }
}

/// Gives a closed vocabulary its words: `as_str`, `ALL`, `Display` and `FromStr` from one table.
macro_rules! words {
    ($type:ty, $table:ident, $kind:literal) => {
        impl $type {
            /// Every member with its word, in the order of declaration.
            pub const ALL: &'static [($type, &'static str)] = $table;

            /// The word that stands for it in every output.
            pub fn as_str(self) -> &'static str {
                $table
                    .iter()
                    .find(|(member, _)| *member == self)
                    .map_or("", |(_, word)| *word)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::evidence::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                $table
                    .iter()
                    .find(|(_, known)| *known == word)
                    .map(|(member, _)| *member)
                    .ok_or_else(|| {
                        let known: Vec<_> = $table.iter().map(|(_, w)| *w).collect();
                        $crate::evidence::UnknownWord::new($kind, word, &known)
                    })
            }
        }
    };
}

pub(crate) use words;

words!(Claim, CLAIMS, "claim");
words!(Strength, STRENGTHS, "strength");
words!(Action, ACTIONS, "action");

/// A code that a signal can report: stable, documented, and what `provscan explain` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable name, `family.what-it-says`.
    pub name: &'static str,
    /// What evidence with this code says.
    pub claim: Claim,
    /// One plain sentence for a report, without the detail.
    pub summary: &'static str,
    /// What it establishes, and how.
    pub proves: &'static str,
    /// What it leaves open, and how it can be forged or lost.
    pub limits: &'static str,
    /// How often it is wrong, and on what that was measured.
    pub error_rate: &'static str,
    /// What a person can do with it.
    pub next: &'static str,
}

/// A value in a piece of evidence's detail.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// One text.
    Text(String),
    /// One number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Several texts, in the order that means something.
    Texts(Vec<String>),
    /// Named values that belong together, in the order in which they are shown.
    Record(Vec<(&'static str, Value)>),
    /// Several records.
    Records(Vec<Value>),
}

/// Most characters that one text may take.
const MAX_TEXT: usize = 500;

/// Most characters of a text that is only shown when asked for, such as a prompt.
const MAX_PERSONAL: usize = 20_000;

impl Value {
    /// Cuts texts that would fill a report.
    fn shorten(&mut self, most: usize) {
        match self {
            Self::Text(text) => cut(text, most),
            Self::Texts(texts) => texts.iter_mut().for_each(|text| cut(text, most)),
            Self::Record(fields) => fields.iter_mut().for_each(|(_, value)| value.shorten(most)),
            Self::Records(records) => records.iter_mut().for_each(|one| one.shorten(most)),
            Self::Number(_) | Self::Flag(_) => {}
        }
    }
}

fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<Vec<String>> for Value {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
            Self::Record(fields) => {
                for (place, (key, value)) in fields.iter().enumerate() {
                    let comma = if place > 0 { ", " } else { "" };
                    write!(f, "{comma}{} {value}", key.replace('_', " "))?;
                }
                Ok(())
            }
            Self::Records(records) => {
                for (place, record) in records.iter().enumerate() {
                    let semicolon = if place > 0 { "; " } else { "" };
                    write!(f, "{semicolon}{record}")?;
                }
                Ok(())
            }
        }
    }
}

/// One thing that a signal found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What it is.
    pub code: &'static Code,
    /// How far to rely on it.
    pub strength: Strength,
    /// The particulars, in the order in which they are shown. Strings come from the file and are not safe to print raw.
    pub detail: Vec<(&'static str, Value)>,
    /// Particulars that tell of a person: what they typed, their name, their account. An [`Inspector`](crate::Inspector)
    /// shows them among the others if its settings say so, and else leaves their names only.
    pub personal: Vec<(&'static str, Value)>,
    /// The action that the owner of the matched data asks for; only hash lists ask.
    pub asks_for: Option<Action>,
}

impl Evidence {
    /// Evidence without particulars.
    pub fn new(code: &'static Code, strength: Strength) -> Self {
        Self {
            code,
            strength,
            detail: Vec::new(),
            personal: Vec::new(),
            asks_for: None,
        }
    }

    /// Adds a particular. Texts beyond 500 characters are cut: a name in a file may be as long as the file.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        let mut value = value.into();
        value.shorten(MAX_TEXT);
        self.detail.push((key, value));
        self
    }

    /// Adds a particular that tells of a person, where there is one. Texts beyond 20 000 characters are cut.
    #[must_use]
    pub fn with_personal(mut self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            let mut value = value.into();
            value.shorten(MAX_PERSONAL);
            self.personal.push((key, value));
        }
        self
    }

    /// Puts what tells of a person among the particulars, or only says what there is of it.
    pub(crate) fn settle_personal(&mut self, show: bool) {
        let personal = std::mem::take(&mut self.personal);
        if show {
            self.detail.extend(personal);
        } else if !personal.is_empty() {
            let names = personal.iter().map(|(key, _)| key.replace('_', " "));
            self.detail
                .push(("not_shown", Value::Texts(names.collect())));
        }
    }

    /// Adds a particular where there is one.
    #[must_use]
    pub fn with_some(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// What it says.
    pub fn claim(&self) -> Claim {
        self.code.claim
    }

    /// The particular with this key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.detail
            .iter()
            .find(|(k, _)| *k == key)
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for (claim, word) in Claim::ALL {
            assert_eq!(word.parse(), Ok(*claim));
            assert_eq!(claim.as_str(), *word);
        }
        for (strength, word) in Strength::ALL {
            assert_eq!(word.parse(), Ok(*strength));
        }
        let error = "stop".parse::<Action>().unwrap_err().to_string();
        assert_eq!(
            error,
            "`stop` is no action; one of pass, label, review, block was expected"
        );
    }

    #[test]
    fn strengths_and_actions_are_ordered_as_documented() {
        assert!(Strength::Proven > Strength::Measured && Strength::Measured > Strength::Declared);
        assert!(Strength::Declared > Strength::Hint);
        assert!(
            Action::Block > Action::Review
                && Action::Review > Action::Label
                && Action::Label > Action::Pass
        );
    }
}
