//! From a manifest store to evidence: its state first, then what it says of the origin, then rights, names and keys, then
//! what is odd about its history.

use super::binding::Binding;
use super::codes;
use super::contradictions;
use super::history;
use super::origin::{Origins, Statement, origins};
use super::rights;
use super::rubric::{self, Signals};
use super::state;
use super::status::Concern;
use super::store::{Source, Store};
use crate::asset::Asset;
use crate::evidence::{Code, Evidence, Strength};

/// What the settings say about how findings are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// A list of signers is loaded; without one an untrusted signer is "not checked".
    pub(super) lists_loaded: bool,
    /// The whole tree of the history.
    pub(super) history: bool,
}

/// Everything that a store gives, its state first.
pub(super) fn evidence(
    asset: &Asset,
    store: &Store,
    binding: &Binding,
    wanted: Wanted,
) -> Vec<Evidence> {
    let mut found = state::evidence(store, binding, wanted.lists_loaded);
    if store.source.is_apart() && store.has(Concern::ContentAltered) {
        // The manifest may be of another image: what it says must not be said of this one.
        return found;
    }
    let origins = origins(&store.manifests);
    found.extend(origin_evidence(store, &origins));
    found.extend(rights::evidence(store));
    found.extend(contradictions::evidence(asset, store, &origins));
    found.extend(history::evidence(store, binding.kind));
    found.extend(signals(store));
    if wanted.history {
        found.extend(history::tree(store));
    }
    found
}

/// How far to rely on what a manifest says; `backed` tells whether a trusted signer stands behind it.
pub(super) fn relied_on(store: &Store, backed: bool) -> Strength {
    match store.source {
        // There is no image here of which it could be said.
        Source::Alone => Strength::Hint,
        _ if backed && store.is_vouched_for() => Strength::Proven,
        _ => Strength::Declared,
    }
}

/// What the manifests say of the origin. Something that a model made outranks an ordinary edit or a capture further down,
/// but all that is said is reported.
fn origin_evidence(store: &Store, origins: &Origins) -> Vec<Evidence> {
    let rows: [(&Option<Statement>, &'static Code); 6] = [
        (&origins.generated, &codes::AI_GENERATED),
        (&origins.ai_edited, &codes::AI_EDITED),
        (&origins.ai_ingredient, &codes::AI_INGREDIENT),
        (&origins.may_contain, &codes::MAY_CONTAIN_AI),
        (&origins.captured, &codes::CAPTURED),
        (&origins.edited, &codes::EDITED),
    ];
    rows.into_iter()
        .filter_map(|(statement, code)| {
            statement
                .as_ref()
                .map(|statement| origin(store, statement, code))
        })
        .collect()
}

fn origin(store: &Store, statement: &Statement, code: &'static Code) -> Evidence {
    // Nobody signs the label of the image's own manifest; those of others are signed where they are referred to.
    let steps_back = (statement.depth > 0).then_some(statement.depth);
    Evidence::new(code, relied_on(store, statement.vouched_for))
        .with_some("tool", statement.tool.as_deref())
        .with_some("action", statement.action.as_deref())
        .with_some("source_type", statement.source_type.as_deref())
        .with_some("says", statement.description.as_deref())
        .with_some("signer", statement.signer.as_deref())
        .with_some("steps_back", steps_back)
        .with_some("manifest", steps_back.map(|_| statement.manifest.as_str()))
        .with_some("sidecar", sidecar(store))
}

/// The name of the file beside the image that holds the store.
pub(super) fn sidecar(store: &Store) -> Option<&str> {
    match &store.source {
        Source::Sidecar(name) => Some(name),
        _ => None,
    }
}

/// The official names for how the image began and what was done to it, for its own manifest and for its whole history.
fn signals(store: &Store) -> Option<Evidence> {
    let own = Signals::of(store.active()?);
    let all = Signals::of_all(&store.manifests);
    let some = |names: Vec<&'static str>| {
        (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let longer = all != own;
    let vouched_for = store.manifests.iter().all(|manifest| manifest.vouched_for);
    let evidence = Evidence::new(&codes::ASSET_SIGNALS, relied_on(store, vouched_for))
        .with("rubric", rubric::NAME)
        .with_some("inceptions", some(own.inceptions))
        .with_some("transformations", some(own.transformations));
    Some(match longer {
        true => evidence
            .with_some("history_inceptions", some(all.inceptions))
            .with_some("history_transformations", some(all.transformations)),
        false => evidence,
    })
}
