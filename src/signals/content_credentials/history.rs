//! The history: what is odd about it, and the whole tree of what was made from what.

use std::collections::HashSet;

use super::codes;
use super::findings::relied_on;
use super::rubric::Signals;
use super::store::{Ingredient, Manifest, Relation, Store};
use crate::asset::ManifestKind;
use crate::evidence::{Evidence, Strength, Value};

/// Most entries of the tree; an ingredient that stands in several places is opened in the first.
const MAX_ENTRIES: usize = 2_000;

/// Deepest entry that is drawn.
const MAX_DEPTH: usize = 64;

/// Most labels or addresses that one detail lists.
const MAX_LISTED: usize = 20;

/// What is odd about the history.
pub(super) fn evidence(store: &Store, kind: Option<ManifestKind>) -> Vec<Evidence> {
    let mut found = Vec::new();
    if kind == Some(ManifestKind::Update) {
        found.push(Evidence::new(
            &codes::UPDATE_MANIFEST,
            relied_on(store, true),
        ));
    }
    if !store.unreferenced.is_empty() {
        let labels = store
            .unreferenced
            .iter()
            .take(MAX_LISTED)
            .cloned()
            .collect::<Vec<_>>();
        found.push(
            Evidence::new(&codes::UNREFERENCED_MANIFEST, Strength::Hint).with("manifests", labels),
        );
    }
    let redactions: Vec<String> = store
        .manifests
        .iter()
        .flat_map(|manifest| manifest.redactions.iter().cloned())
        .take(MAX_LISTED)
        .collect();
    if !redactions.is_empty() {
        found.push(
            Evidence::new(&codes::REDACTED, relied_on(store, false)).with("removed", redactions),
        );
    }
    let parents = |manifest: &&Manifest| {
        let parents = manifest
            .ingredients
            .iter()
            .filter(|one| one.relation == Relation::Parent);
        parents.count() > 1
    };
    if let Some(manifest) = store.manifests.iter().find(parents) {
        found.push(
            Evidence::new(&codes::SEVERAL_PARENTS, Strength::Declared)
                .with("manifest", manifest.label.as_str()),
        );
    }
    if store.cut_short {
        found.push(Evidence::new(&codes::HISTORY_CUT, Strength::Declared));
    }
    found
}

/// The whole tree, the image's own manifest at its root.
pub(super) fn tree(store: &Store) -> Option<Evidence> {
    let active = store.active()?;
    let mut tree = Tree {
        store,
        seen: HashSet::new(),
        left: MAX_ENTRIES,
    };
    let root = tree.manifest(active, 0);
    let vouched_for = store.manifests.iter().all(|manifest| manifest.vouched_for);
    let strength = relied_on(store, vouched_for);
    Some(Evidence::new(&codes::HISTORY, strength).with("tree", Value::Record(root)))
}

type Fields = Vec<(&'static str, Value)>;

struct Tree<'a> {
    store: &'a Store,
    seen: HashSet<&'a str>,
    left: usize,
}

impl<'a> Tree<'a> {
    /// One manifest, and below it what it was made from.
    fn manifest(&mut self, manifest: &'a Manifest, depth: usize) -> Fields {
        let mut fields: Fields = vec![("manifest", manifest.label.as_str().into())];
        if !self.seen.insert(&manifest.label) {
            fields.push(("shown_above", true.into()));
            return fields;
        }
        text(&mut fields, "title", manifest.title.as_deref());
        text(&mut fields, "made_with", manifest.generator.as_deref());
        text(&mut fields, "signer", manifest.signer.as_deref());
        text(&mut fields, "signed_at", manifest.signed_at.as_deref());
        fields.push((
            "vouched_for",
            (manifest.vouched_for && self.store.is_vouched_for()).into(),
        ));
        let done: Vec<Value> = manifest
            .actions
            .iter()
            .take(MAX_LISTED)
            .map(action)
            .collect();
        if !done.is_empty() {
            fields.push(("actions", Value::Records(done)));
        }
        let signals = Signals::of(manifest);
        for (key, names) in [
            ("inceptions", signals.inceptions),
            ("transformations", signals.transformations),
        ] {
            if !names.is_empty() {
                fields.push((
                    key,
                    Value::Texts(names.into_iter().map(str::to_owned).collect()),
                ));
            }
        }
        let made_from: Vec<Value> = manifest
            .ingredients
            .iter()
            .map_while(|one| self.ingredient(one, depth + 1))
            .collect();
        if !made_from.is_empty() {
            fields.push(("made_from", Value::Records(made_from)));
        }
        fields
    }

    /// One ingredient; `None` once the tree is full.
    fn ingredient(&mut self, ingredient: &'a Ingredient, depth: usize) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let mut fields: Fields = vec![("relation", ingredient.relation.as_str().into())];
        text(&mut fields, "ingredient", ingredient.title.as_deref());
        text(&mut fields, "format", ingredient.format.as_deref());
        text(
            &mut fields,
            "source_type",
            ingredient.source_type.as_deref(),
        );
        if !ingredient.failures.is_empty() {
            let failures = ingredient
                .failures
                .iter()
                .take(MAX_LISTED)
                .cloned()
                .collect();
            fields.push(("statuses", Value::Texts(failures)));
        }
        let own = ingredient.manifest.as_deref();
        match own.map(|label| (label, self.store.manifest(label))) {
            Some((_, Some(manifest))) if depth < MAX_DEPTH => {
                fields.extend(self.manifest(manifest, depth))
            }
            Some((label, _)) => fields.push(("manifest_not_shown", label.into())),
            None => fields.push(("provenance", "unknown: it came without a manifest".into())),
        }
        Some(Value::Record(fields))
    }
}

fn action(action: &super::assertions::Action) -> Value {
    let mut fields: Fields = vec![("action", action.name.as_str().into())];
    let term = action.source_type.as_deref().map(crate::source_type::term);
    text(&mut fields, "source_type", term);
    text(&mut fields, "tool", action.agent.as_deref());
    text(&mut fields, "says", action.description.as_deref());
    text(&mut fields, "when", action.when.as_deref());
    Value::Record(fields)
}

fn text(fields: &mut Fields, key: &'static str, value: Option<&str>) {
    fields.extend(
        value
            .filter(|value| !value.is_empty())
            .map(|value| (key, value.into())),
    );
}
