//! What the owner says of training and of data mining, in three standards: PLUS, TDMRep and EXIF 3.1. None of it says
//! anything of the origin.

use super::{Clues, Mark};
use crate::evidence::{Claim, Code, Evidence, Strength};

const LEARNING_OPT_OUT_IN: u16 = 0x9287;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[
        PLUS_RESERVED,
        PLUS_ALLOWED,
        TDM_RESERVED,
        TDM_ALLOWED,
        EXIF_RESERVED,
        EXIF_ALLOWED,
    ],
    recognise: |clues| {
        let found = [plus(clues), tdm(clues), exif(clues)];
        found.into_iter().flatten().collect()
    },
};

const PROVES: &str = "That the file says so, in the field that the standard has for it. It says nothing of who made it or how.";
const LIMITS: &str =
    "Anyone can write or remove it, and whether the writer holds the rights is not told.";
const ERROR_RATE: &str = "not known: the field is read, and whether it was meant is not told";
const ASK: &str = "Leave it out of what is trained on or mined, or ask the owner.";
const LOOK: &str = "Keep it with the image; the law may ask for more than this.";

const PLUS_RESERVED: Code = Code {
    name: "rights.plus-reserved",
    claim: Claim::DoNotTrain,
    summary: "Its metadata prohibit data mining or training (PLUS).",
    proves: PROVES,
    limits: LIMITS,
    error_rate: ERROR_RATE,
    next: ASK,
};
const PLUS_ALLOWED: Code = Code {
    name: "rights.plus-allowed",
    claim: Claim::TrainingAllowed,
    summary: "Its metadata allow data mining (PLUS).",
    proves: PROVES,
    limits: LIMITS,
    error_rate: ERROR_RATE,
    next: LOOK,
};
const TDM_RESERVED: Code = Code {
    name: "rights.tdm-reserved",
    claim: Claim::DoNotTrain,
    summary: "Its metadata reserve the right to text and data mining (TDMRep).",
    proves: PROVES,
    limits: LIMITS,
    error_rate: ERROR_RATE,
    next: ASK,
};
const TDM_ALLOWED: Code = Code {
    name: "rights.tdm-allowed",
    claim: Claim::TrainingAllowed,
    summary: "Its metadata do not reserve the right to text and data mining (TDMRep).",
    proves: PROVES,
    limits: LIMITS,
    error_rate: ERROR_RATE,
    next: LOOK,
};
const EXIF_RESERVED: Code = Code {
    name: "rights.exif-opt-out",
    claim: Claim::DoNotTrain,
    summary: "Its metadata opt out of uses by learning machines (EXIF 3.1).",
    proves: PROVES,
    limits: LIMITS,
    error_rate: ERROR_RATE,
    next: ASK,
};
const EXIF_ALLOWED: Code = Code {
    name: "rights.exif-opt-in",
    claim: Claim::TrainingAllowed,
    summary: "Its metadata opt in to uses by learning machines (EXIF 3.1).",
    proves: PROVES,
    limits: LIMITS,
    error_rate: ERROR_RATE,
    next: LOOK,
};

/// The values of PLUS, without `DMI-`, that prohibit something.
const PROHIBITED: &[(&str, &str)] = &[
    ("PROHIBITED", "data mining"),
    (
        "PROHIBITED-AIMLTRAINING",
        "training of AI or other learning machines",
    ),
    ("PROHIBITED-GENAIMLTRAINING", "training of generative AI"),
    (
        "PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        "data mining, except by search engines",
    ),
    (
        "PROHIBITED-SEECONSTRAINT",
        "data mining, except as another field says",
    ),
    (
        "PROHIBITED-SEEEMBEDDEDRIGHTSEXPR",
        "data mining, except as terms in the file say",
    ),
    (
        "PROHIBITED-SEELINKEDRIGHTSEXPR",
        "data mining, except as terms elsewhere say",
    ),
];

/// The values of an XMP property whose namespace holds `part`, or whose prefix is declared nowhere.
fn values<'a>(
    clues: &Clues<'a>,
    part: &'static str,
    prefix: &'static str,
    name: &'static str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    clues
        .properties()
        .filter(move |row| row.name.eq_ignore_ascii_case(name))
        .filter(move |row| {
            row.namespace.contains(part) || row.namespace.eq_ignore_ascii_case(prefix)
        })
        .map(|row| row.value.as_str())
}

/// A prohibition counts before a permission: both may stand in a file that was written twice.
fn plus(clues: &Clues<'_>) -> Option<Evidence> {
    let written = || values(clues, "ns.useplus.org/ldf/xmp", "plus:", "DataMining").map(term);
    let known = |value: String| PROHIBITED.iter().find(|(code, _)| value == *code);
    if let Some((code, meaning)) = written().find_map(known) {
        let constraint =
            values(clues, "ns.useplus.org/ldf/xmp", "plus:", "OtherConstraints").next();
        return Some(
            Evidence::new(&PLUS_RESERVED, Strength::Declared)
                .with("not_allowed", vec![(*meaning).to_owned()])
                .with("value", format!("DMI-{code}"))
                .with_personal("constraint", constraint.filter(|_| code.contains("SEE"))),
        );
    }
    written().find(|value| value == "ALLOWED")?;
    Some(Evidence::new(&PLUS_ALLOWED, Strength::Declared).with("value", "DMI-ALLOWED"))
}

/// The code at the end of a URI, or the bare code.
fn term(written: &str) -> String {
    let path = written.trim().trim_end_matches('/');
    let last = path.rsplit(['/', '#', ':']).next().unwrap_or(path);
    let last = last.to_ascii_uppercase();
    last.strip_prefix("DMI-").unwrap_or(&last).to_owned()
}

fn tdm(clues: &Clues<'_>) -> Option<Evidence> {
    let written = || values(clues, "w3.org/ns/tdmrep", "tdm:", "reservation").map(str::trim);
    let says = |wanted| written().any(|value| value == wanted);
    let code = match (says("1"), says("0")) {
        (true, _) => &TDM_RESERVED,
        (false, true) => &TDM_ALLOWED,
        (false, false) => return None,
    };
    let policy = values(clues, "w3.org/ns/tdmrep", "tdm:", "policy").next();
    let shown = policy.and_then(without_query);
    let whole = policy.filter(|policy| shown != Some(policy));
    Some(
        Evidence::new(code, Strength::Declared)
            .with_some("policy", shown)
            .with_personal("whole_policy", whole),
    )
}

/// The address of a page without what may stand for a person in it: a query, and a name before the host.
fn without_query(address: &str) -> Option<&str> {
    let address = address.trim();
    let page = address.split(['?', '#', ';']).next()?;
    let (scheme, rest) = page.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (is_web && !rest.contains(['@', ' '])).then_some(page)
}

/// Uses by their number in EXIF 3.1.
const USES: &[&str] = &[
    "all uses",
    "training of AI that generates nothing",
    "training of generative AI",
    "data mining",
    "input to a trained model",
];

/// How many sets there are, then each use with 0 for out, 1 for in, 2 for nothing said.
fn exif(clues: &Clues<'_>) -> Option<Evidence> {
    let sets = clues
        .exif(LEARNING_OPT_OUT_IN)
        .map(sets)
        .find(|sets| !sets.is_empty())?;
    let of = |choice: u64| -> Vec<String> {
        let chosen = sets.iter().filter(|(_, one)| *one == choice);
        chosen
            .filter_map(|(usage, _)| Some((*USES.get(*usage)?).to_owned()))
            .collect()
    };
    let (out, allowed) = (of(0), of(1));
    let code = match (out.is_empty(), allowed.is_empty()) {
        (false, _) => &EXIF_RESERVED,
        (true, false) => &EXIF_ALLOWED,
        (true, true) => return None,
    };
    let (not_allowed, allowed_uses) = (excepting(&out, &allowed), excepting(&allowed, &out));
    let listed = |list: Vec<String>| (!list.is_empty()).then_some(list);
    Some(
        Evidence::new(code, Strength::Declared)
            .with_some("not_allowed", listed(not_allowed))
            .with_some("allowed", listed(allowed_uses)),
    )
}

/// The uses, where "all" of them are all but those for which the other choice is made.
fn excepting(chosen: &[String], others: &[String]) -> Vec<String> {
    let is_all = |usage: &String| USES.first().is_some_and(|all| usage == all);
    let exceptions: Vec<&str> = others
        .iter()
        .filter(|usage| !is_all(usage) && !chosen.contains(usage))
        .map(String::as_str)
        .collect();
    let excepted = |usage: &String| match is_all(usage) && !exceptions.is_empty() {
        true => format!("{usage} except {}", exceptions.join(", ")),
        false => usage.clone(),
    };
    chosen.iter().map(excepted).collect()
}

/// Pairs of use and choice; the count in front of them is left away by some.
fn sets(shown: &str) -> Vec<(usize, u64)> {
    let numbers: Option<Vec<u64>> = shown
        .split(',')
        .map(|word| word.trim().parse().ok())
        .collect();
    let numbers = numbers.unwrap_or_default();
    let pairs = match numbers.as_slice() {
        [_, pairs @ ..] if pairs.len() % 2 == 0 => pairs,
        pairs => pairs,
    };
    let (pairs, _) = pairs.as_chunks::<2>();
    let pair = |[usage, choice]: &[u64; 2]| Some((usize::try_from(*usage).ok()?, *choice));
    pairs.iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests;
