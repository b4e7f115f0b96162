//! What the manifests say of the image's origin: made by a model, edited by one, captured, or edited by a person.
//! One table for every manifest that leads to the image; each answer keeps its nearest statement.
//!
//! | what is said | of the image or an earlier state of it | of something that went into it |
//! |---|---|---|
//! | `created`/`opened` with a model's source type, Adobe's or Bing's form of it | generated | AI ingredient |
//! | `created`/`opened` as partly a model's work | edited by a model | AI ingredient |
//! | any later action with a model's source type | edited by a model | AI ingredient |
//! | `created`/`opened` or later: composite, screen capture, virtual recording, digital art | may contain AI | may contain AI |
//! | a camera's or scanner's source type | captured | nothing |
//! | another editorial action | edited | nothing |
//!
//! Formulas, renderings and enhancements (`algorithmicMedia`, `algorithmicallyEnhanced`, …) say nothing of a model.

use std::collections::{HashSet, VecDeque};

use super::assertions::Action;
use super::rubric;
use super::store::{Manifest, Relation, Role};
use crate::source_type::{self, Origin};

/// One statement about the image's origin and where it stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
    /// The manifest that says it.
    pub(super) manifest: String,
    /// Ingredient steps from the image.
    pub(super) depth: u32,
    /// A trusted signer stands behind the manifest that says it, and behind every one on the way there.
    pub(super) vouched_for: bool,
    /// The action that says it.
    pub(super) action: Option<String>,
    /// The term of the digital source type.
    pub(super) source_type: Option<String>,
    /// The software that it names.
    pub(super) tool: Option<String>,
    /// The organisation that signed it.
    pub(super) signer: Option<String>,
    /// What the software says it did.
    pub(super) description: Option<String>,
}

impl Statement {
    /// The same statement, for which the signer does not vouch if it was only passed on.
    fn passed_on(mut self, gathered: bool) -> Self {
        self.vouched_for &= !gathered;
        self
    }
}

/// What the manifests say, each answer by its nearest statement.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// The image itself was made by a model.
    pub(super) generated: Option<Statement>,
    /// A model edited the image, or something that a model made is part of it.
    pub(super) ai_edited: Option<Statement>,
    /// Something that a model made went into it (the image itself is not all of a model's making).
    pub(super) ai_ingredient: Option<Statement>,
    /// It is of a kind that may hold something that a model made.
    pub(super) may_contain: Option<Statement>,
    /// It was captured.
    pub(super) captured: Option<Statement>,
    /// It was edited by ordinary means.
    pub(super) edited: Option<Statement>,
}

impl Origins {
    /// Whatever is said of a model's part in it.
    pub(super) fn of_a_model(&self) -> impl Iterator<Item = &Statement> {
        [&self.generated, &self.ai_edited, &self.ai_ingredient]
            .into_iter()
            .flatten()
    }
}

/// Reads the origins out of the manifests, the image's own first.
pub(super) fn origins(manifests: &[Manifest]) -> Origins {
    let mut origins = Origins::default();
    for manifest in manifests {
        for action in &manifest.actions {
            read_action(&mut origins, manifest, action);
        }
        read_ingredients(&mut origins, manifest);
        read_vendor_forms(&mut origins, manifest);
    }
    origins
}

/// Source types that are declared of ingredients or in signed metadata.
fn read_ingredients(origins: &mut Origins, manifest: &Manifest) {
    for ingredient in &manifest.ingredients {
        let Some(declared) = ingredient.source_type.as_deref() else {
            continue;
        };
        let statement = Statement {
            depth: manifest.depth + 1,
            source_type: Some(source_type::term(declared).to_owned()),
            tool: None,
            ..statement(manifest, None).passed_on(ingredient.gathered)
        };
        let role = ingredient.relation.step(manifest.role);
        note(
            origins,
            role,
            source_type::origin(declared),
            true,
            statement,
        );
    }
    let metadata = manifest
        .metadata
        .iter()
        .filter(|field| field.name.ends_with(":DigitalSourceType"));
    for field in metadata {
        let statement = Statement {
            source_type: Some(source_type::term(&field.value).to_owned()),
            ..statement(manifest, None).passed_on(field.gathered)
        };
        note(
            origins,
            manifest.role,
            source_type::origin(&field.value),
            true,
            statement,
        );
    }
}

/// Forms that vendors used before, or in place of, digital source types.
fn read_vendor_forms(origins: &mut Origins, manifest: &Manifest) {
    if let Some(gathered) = manifest.legacy_generative {
        // It does not say what the model did; where something was opened first, it was no more than an edit.
        let opened = manifest
            .actions
            .iter()
            .any(|action| action.name == "c2pa.opened");
        let statement = statement(manifest, None).passed_on(gathered);
        note(
            origins,
            manifest.role,
            Some(Origin::Generated),
            !opened,
            statement,
        );
    }
    if let Some(action) = bing(manifest) {
        let statement = statement(manifest, Some(action));
        note(
            origins,
            manifest.role,
            Some(Origin::Generated),
            true,
            statement,
        );
    }
}

/// The nearest earlier state of a manifest's image, by its parents, that is among these.
pub(super) fn earlier_state<'a>(
    manifests: &'a [Manifest],
    top: &str,
    wanted: &HashSet<&str>,
) -> Option<&'a str> {
    let find = |label: &str| manifests.iter().find(|manifest| manifest.label == label);
    let mut seen = HashSet::new();
    let mut open = VecDeque::from([find(top)?]);
    while let Some(manifest) = open.pop_front() {
        let parents = manifest.ingredients.iter();
        let parents = parents.filter(|one| one.relation == Relation::Parent);
        for parent in parents.filter_map(|one| find(one.manifest.as_deref()?)) {
            if wanted.contains(parent.label.as_str()) {
                return Some(&parent.label);
            }
            if seen.insert(parent.label.as_str()) {
                open.push_back(parent);
            }
        }
    }
    None
}

fn read_action(origins: &mut Origins, manifest: &Manifest, action: &Action) {
    let origin = action.source_type.as_deref().and_then(source_type::origin);
    let begun = manifest.actions.iter().any(rubric::is_inception);
    let editorial = is_editorial(action);
    let inception = rubric::is_inception(action) || (!begun && !editorial);
    if begun && action.name.starts_with("c2pa.watermarked") {
        // A model may put it in; what the picture shows is not its work.
        return;
    }
    note(
        origins,
        manifest.role,
        origin,
        inception,
        statement(manifest, Some(action)),
    );
    let by_a_model = matches!(origin, Some(Origin::Generated | Origin::PartlyGenerated));
    if editorial
        && !by_a_model
        && manifest.role != Role::Ingredient
        && action.name.starts_with("c2pa.")
    {
        keep(&mut origins.edited, statement(manifest, Some(action)));
    }
}

/// Whether an action changed what the picture shows. Placing something is told by what was placed.
fn is_editorial(action: &Action) -> bool {
    !rubric::is_inception(action)
        && !rubric::is_non_editorial(action)
        && !matches!(action.name.as_str(), "c2pa.placed" | "c2pa.unknown")
}

/// Files a statement under the question it answers. A model's output that comes in after the beginning of a history is
/// an edit; in something that merely went into the image it is an ingredient.
fn note(
    origins: &mut Origins,
    role: Role,
    origin: Option<Origin>,
    inception: bool,
    statement: Statement,
) {
    match (origin, role) {
        (Some(Origin::Generated | Origin::PartlyGenerated), Role::Ingredient) => {
            keep(&mut origins.ai_ingredient, statement)
        }
        (Some(Origin::Generated), _) if inception => keep(&mut origins.generated, statement),
        (Some(Origin::Generated | Origin::PartlyGenerated), _) => {
            keep(&mut origins.ai_edited, statement)
        }
        (Some(Origin::Possible), _) => keep(&mut origins.may_contain, statement),
        (Some(Origin::Captured), Role::Active | Role::Ancestor) => {
            keep(&mut origins.captured, statement)
        }
        _ => {}
    }
}

/// Keeps the nearest statement; they come by distance.
fn keep(place: &mut Option<Statement>, statement: Statement) {
    place.get_or_insert(statement);
}

fn statement(manifest: &Manifest, action: Option<&Action>) -> Statement {
    Statement {
        manifest: manifest.label.clone(),
        depth: manifest.depth,
        vouched_for: manifest.vouched_for && !action.is_some_and(|action| action.gathered),
        action: action.map(|action| action.name.clone()),
        source_type: action
            .and_then(|a| a.source_type.as_deref())
            .map(|t| source_type::term(t).to_owned()),
        tool: action
            .and_then(|a| a.agent.clone())
            .or_else(|| manifest.generator.clone()),
        signer: manifest.signer.clone(),
        description: action.and_then(|a| a.description.clone()),
    }
}

/// Bing Image Creator declares no source type; its agent and its generator together are its mark.
fn bing(manifest: &Manifest) -> Option<&Action> {
    let microsoft = manifest
        .generator
        .as_deref()
        .is_some_and(|name| name.starts_with("Microsoft_Responsible_AI"));
    manifest.actions.iter().find(|action| {
        microsoft
            && action
                .agent
                .as_deref()
                .is_some_and(|agent| agent.starts_with("Image Creator"))
    })
}

#[cfg(test)]
pub(super) mod tests;
