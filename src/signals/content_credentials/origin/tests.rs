use super::*;
use crate::signals::content_credentials::store::Ingredient;

/// A manifest that says nothing but these actions.
pub(in super::super) fn manifest(
    role: Role,
    depth: u32,
    actions: &[(&str, Option<&str>)],
) -> Manifest {
    let action = |(name, source_type): &(&str, Option<&str>)| Action {
        name: (*name).to_owned(),
        source_type: source_type.map(str::to_owned),
        ..Action::default()
    };
    Manifest {
        label: format!("urn:c2pa:{depth}"),
        role,
        vouched_for: true,
        depth,
        title: None,
        generator: None,
        signer: None,
        signed_at: None,
        certificates: String::new(),
        actions: actions.iter().map(action).collect(),
        all_actions_included: false,
        ingredients: Vec::new(),
        legacy_generative: None,
        metadata: Vec::new(),
        reservations: Vec::new(),
        soft_bindings: Vec::new(),
        names_someone: false,
        redactions: Vec::new(),
    }
}

/// An ingredient with a manifest of its own.
pub(in super::super) fn ingredient(relation: Relation, label: &str) -> Ingredient {
    Ingredient {
        relation,
        title: None,
        format: None,
        manifest: Some(label.to_owned()),
        source_type: None,
        failures: Vec::new(),
        trusted: true,
        gathered: false,
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

#[test]
fn composites_and_captures_of_screens_may_hold_a_models_work() {
    for term in [
        "composite",
        "screenCapture",
        "virtualRecording",
        "digitalArt",
    ] {
        let found = origins(&[manifest(Role::Active, 0, &[("c2pa.created", Some(term))])]);
        assert!(
            found.may_contain.is_some() && found.of_a_model().next().is_none(),
            "{term}"
        );
    }
}

#[test]
fn signed_metadata_and_ingredients_declare_source_types_too() {
    let mut signed = manifest(Role::Active, 0, &[("c2pa.opened", None)]);
    signed.metadata.push(
        crate::signals::content_credentials::assertions::MetadataField {
            name: "Iptc4xmpExt:DigitalSourceType".into(),
            value: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia".into(),
            gathered: false,
        },
    );
    assert!(origins(&[signed]).generated.is_some());
    let mut placed = manifest(Role::Active, 0, &[("c2pa.placed", None)]);
    placed.ingredients.push(Ingredient {
        source_type: AI.map(str::to_owned),
        manifest: None,
        ..ingredient(Relation::Component, "")
    });
    assert_eq!(origins(&[placed]).ai_ingredient.unwrap().depth, 1);
}

#[test]
fn an_earlier_state_is_looked_for_among_parents_and_round_in_circles_only_once() {
    let mut top = manifest(Role::Active, 0, &[]);
    top.ingredients
        .push(ingredient(Relation::Parent, "urn:c2pa:1"));
    let mut middle = manifest(Role::Ancestor, 1, &[]);
    middle
        .ingredients
        .push(ingredient(Relation::Parent, "urn:c2pa:0"));
    middle
        .ingredients
        .push(ingredient(Relation::Component, "urn:c2pa:2"));
    let all = [top, middle, manifest(Role::Ingredient, 2, &[])];
    let look = |label| earlier_state(&all, "urn:c2pa:0", &HashSet::from([label]));
    assert_eq!(look("urn:c2pa:1"), Some("urn:c2pa:1"));
    assert_eq!(look("urn:c2pa:2"), None);
    assert_eq!(look("urn:c2pa:9"), None);
}

#[test]
fn a_watermark_is_no_edit_by_a_model() {
    let marked = [
        ("c2pa.created", Some("digitalCapture")),
        ("c2pa.watermarked.unbound", AI),
    ];
    let found = origins(&[manifest(Role::Active, 0, &marked)]);
    assert!(found.of_a_model().next().is_none() && found.captured.is_some());
}
