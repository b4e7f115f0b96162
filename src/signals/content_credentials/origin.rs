//! What the manifests say of the image's origin: made by a model, edited by one, captured, or edited by a person.
//! One rule for each question, over every manifest that leads to the image.

use super::store::{Action, Manifest, Role};
use crate::source_type::{self, Origin};

/// One statement about the image's origin and where it stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
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

/// What the manifests say, each answer by its nearest statement.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// The image itself was made by a model.
    pub(super) generated: Option<Statement>,
    /// A model edited the image, or something that a model made is part of it.
    pub(super) ai_edited: Option<Statement>,
    /// Something that a model made went into it (the image itself is not all of a model's making).
    pub(super) ai_ingredient: Option<Statement>,
    /// It was captured.
    pub(super) captured: Option<Statement>,
    /// It was edited by ordinary means.
    pub(super) edited: Option<Statement>,
}

/// Actions that leave what the picture shows as it was (C2PA Asset Signals Rubric 1.0, "non-editorial"), and the two
/// that begin a history.
const NOT_EDITS: &[&str] = &[
    "c2pa.created",
    "c2pa.opened",
    "c2pa.converted",
    "c2pa.published",
    "c2pa.repackaged",
    "c2pa.transcoded",
    "c2pa.resized.proportional",
    "c2pa.enhanced",
    "c2pa.edited.metadata",
    "c2pa.watermarked",
    "c2pa.watermarked.bound",
    "c2pa.watermarked.unbound",
    "c2pa.redacted",
    "c2pa.placed",
    "c2pa.unknown",
];

/// Reads the origins out of the manifests, the image's own first.
pub(super) fn origins(manifests: &[Manifest]) -> Origins {
    let mut origins = Origins::default();
    for manifest in manifests {
        for action in &manifest.actions {
            read_action(&mut origins, manifest, action);
        }
        for (role, declared) in &manifest.ingredient_types {
            let statement = Statement {
                depth: manifest.depth + 1,
                vouched_for: manifest.vouched_for,
                source_type: Some(source_type::term(declared).to_owned()),
                signer: manifest.signer.clone(),
                ..Statement::default()
            };
            note(
                &mut origins,
                *role,
                source_type::origin(declared),
                true,
                statement,
            );
        }
        if manifest.legacy_generative {
            // It does not say what the model did; where something was opened first, it was no more than an edit.
            let opened = manifest
                .actions
                .iter()
                .any(|action| action.name == "c2pa.opened");
            let statement = statement(manifest, None);
            note(
                &mut origins,
                manifest.role,
                Some(Origin::Generated),
                !opened,
                statement,
            );
        }
        if let Some(action) = bing(manifest) {
            note(
                &mut origins,
                manifest.role,
                Some(Origin::Generated),
                true,
                statement(manifest, Some(action)),
            );
        }
    }
    origins
}

fn read_action(origins: &mut Origins, manifest: &Manifest, action: &Action) {
    let origin = action.source_type.as_deref().and_then(source_type::origin);
    let begun = manifest.actions.iter().any(begins);
    let inception = begins(action) || (!begun && NOT_EDITS.contains(&action.name.as_str()));
    note(
        origins,
        manifest.role,
        origin,
        inception,
        statement(manifest, Some(action)),
    );
    let edit = !NOT_EDITS.contains(&action.name.as_str())
        && !matches!(origin, Some(Origin::Generated | Origin::PartlyGenerated));
    if edit && manifest.role != Role::Ingredient && action.name.starts_with("c2pa.") {
        keep(&mut origins.edited, statement(manifest, Some(action)));
    }
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

fn begins(action: &Action) -> bool {
    matches!(action.name.as_str(), "c2pa.created" | "c2pa.opened")
}

fn statement(manifest: &Manifest, action: Option<&Action>) -> Statement {
    Statement {
        depth: manifest.depth,
        vouched_for: manifest.vouched_for,
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
mod tests {
    use super::*;

    fn manifest(role: Role, depth: u32, actions: &[(&str, Option<&str>)]) -> Manifest {
        Manifest {
            role,
            depth,
            vouched_for: true,
            generator: None,
            signer: None,
            signed_at: None,
            actions: actions
                .iter()
                .map(|(name, source_type)| Action {
                    name: (*name).to_owned(),
                    source_type: source_type.map(str::to_owned),
                    ..Action::default()
                })
                .collect(),
            ingredient_types: Vec::new(),
            legacy_generative: false,
            reservations: Vec::new(),
        }
    }

    const AI: Option<&str> =
        Some("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia");

    #[test]
    fn created_by_a_model_is_generated_and_stays_so_through_parents() {
        assert!(
            origins(&[manifest(Role::Active, 0, &[("c2pa.created", AI)])])
                .generated
                .is_some()
        );
        let resized = [
            manifest(Role::Active, 0, &[("c2pa.opened", None)]),
            manifest(Role::Ancestor, 1, &[("c2pa.created", AI)]),
        ];
        assert_eq!(origins(&resized).generated.unwrap().depth, 1);
    }

    #[test]
    fn a_model_after_opening_is_an_edit_and_below_a_component_an_ingredient() {
        let fill = origins(&[manifest(
            Role::Active,
            0,
            &[("c2pa.opened", None), ("c2pa.edited", AI)],
        )]);
        assert!(fill.generated.is_none() && fill.ai_edited.is_some() && fill.edited.is_none());
        let collage = [
            manifest(Role::Active, 0, &[("c2pa.placed", None)]),
            manifest(Role::Ingredient, 1, &[("c2pa.created", AI)]),
        ];
        let collage = origins(&collage);
        assert!(collage.generated.is_none() && collage.ai_ingredient.is_some());
    }

    #[test]
    fn formulas_and_composites_are_no_ai() {
        for term in [
            "algorithmicMedia",
            "composite",
            "compositeCapture",
            "algorithmicallyEnhanced",
        ] {
            let found = origins(&[manifest(Role::Active, 0, &[("c2pa.created", Some(term))])]);
            assert!(
                found.generated.is_none() && found.ai_edited.is_none(),
                "{term}"
            );
        }
    }
}
