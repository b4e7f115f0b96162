//! Statements that cannot both be true: evidence of its own, whichever of the two is wrong.

use std::collections::HashSet;

use super::assertions::{Action, MetadataField};
use super::codes;
use super::origin::{self, Origins, Statement};
use super::rubric;
use super::store::{Manifest, Role, Source, Store};
use crate::asset::Asset;
use crate::evidence::{Evidence, Strength};
use crate::source_type;

/// Seconds by which clocks and time zones may differ honestly.
const A_DAY: i64 = 24 * 60 * 60;

/// Every contradiction in what the manifests say, and between them and the file.
pub(super) fn evidence(asset: &Asset, store: &Store, origins: &Origins) -> Vec<Evidence> {
    [
        capture_over_ai(store, origins),
        exif_differs(asset, store),
        signed_before_action(store),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A manifest claims that its image began as a capture, and an earlier state of that image is a model's work. A photograph
/// with a part that a model made is no contradiction, and neither is a capture that a model edited before it was opened.
fn capture_over_ai(store: &Store, origins: &Origins) -> Option<Evidence> {
    let of_a_model: Vec<&Statement> = origins.of_a_model().collect();
    let (top, below) = store
        .manifests
        .iter()
        .filter(|manifest| manifest.role != Role::Ingredient)
        .find_map(|manifest| {
            let created = captures(manifest)?;
            // What was created here had no earlier state at all; what was opened may have had one that a model edited.
            let wrong: HashSet<&str> = match created {
                true => of_a_model.iter().map(|one| one.manifest.as_str()).collect(),
                false => origins
                    .generated
                    .iter()
                    .map(|one| one.manifest.as_str())
                    .collect(),
            };
            let below = origin::earlier_state(&store.manifests, &manifest.label, &wrong)?;
            Some((manifest, below))
        })?;
    let made_from = of_a_model.into_iter().find(|one| one.manifest == below)?;
    Some(
        Evidence::new(&codes::CAPTURE_OVER_AI, Strength::Declared)
            .with_some("captured_by", top.generator.as_deref())
            .with_some("made_from", made_from.tool.as_deref())
            .with_some("source_type", made_from.source_type.as_deref())
            .with("manifest", below),
    )
}

/// Whether a manifest says that its image began as a capture, and then whether it says so of its creation.
fn captures(manifest: &Manifest) -> Option<bool> {
    let captured = |action: &&Action| {
        let origin = action.source_type.as_deref().and_then(source_type::origin);
        rubric::is_inception(action) && origin == Some(source_type::Origin::Captured)
    };
    let action = manifest.actions.iter().find(captured)?;
    Some(action.name == "c2pa.created")
}

/// EXIF fields that are compared: the name in signed metadata, the tag, and what to show.
const COMPARED: &[(&str, u16, &str)] = &[
    ("exif:DateTimeOriginal", 0x9003, "DateTimeOriginal"),
    ("exif:Make", 0x010f, "Make"),
    ("exif:Model", 0x0110, "Model"),
    ("tiff:Make", 0x010f, "Make"),
    ("tiff:Model", 0x0110, "Model"),
];

/// The image's own manifest signed EXIF that is not the file's.
fn exif_differs(asset: &Asset, store: &Store) -> Option<Evidence> {
    if store.source == Source::Alone {
        return None;
    }
    let signed = &store.active()?.metadata;
    let mut differing: Vec<String> = COMPARED
        .iter()
        .filter_map(|(name, tag, shown)| {
            let signed = signed.iter().find(|field| field.name == *name)?;
            let written = asset.metadata().exif.text(*tag)?;
            differs(signed, written).then(|| {
                format!(
                    "{shown}: signed {}, in the file {}",
                    signed.value.trim(),
                    written.trim()
                )
            })
        })
        .collect();
    differing.sort();
    differing.dedup();
    (!differing.is_empty())
        .then(|| Evidence::new(&codes::EXIF_DIFFERS, Strength::Hint).with("fields", differing))
}

/// Dates are written with other separators and with or without a zone: only the digits of date and time are compared.
fn differs(signed: &MetadataField, written: &str) -> bool {
    let digits =
        |text: &str| -> String { text.chars().filter(char::is_ascii_digit).take(14).collect() };
    let (signed_value, written) = (signed.value.trim(), written.trim_matches(['\0', ' ']));
    if signed_value.is_empty() || written.is_empty() {
        return false;
    }
    match signed.name.contains("Date") {
        true => digits(signed_value) != digits(written),
        false => !signed_value.eq_ignore_ascii_case(written),
    }
}

/// The time-stamp is earlier than something that is said to have been done.
fn signed_before_action(store: &Store) -> Option<Evidence> {
    let active = store.active()?;
    store.time_trusted_by.as_ref()?;
    let signed = seconds(active.signed_at.as_deref()?)?;
    let late = active.actions.iter().find_map(|action| {
        let when = action.when.as_deref()?;
        (seconds(when)? > signed + A_DAY).then_some((action, when))
    })?;
    let (action, when) = late;
    Some(
        Evidence::new(&codes::SIGNED_BEFORE_ACTION, Strength::Hint)
            .with("action", action.name.as_str())
            .with("when", when)
            .with_some("signed_at", active.signed_at.as_deref()),
    )
}

/// Seconds since 1970 of an RFC 3339 time; the zone is left out, since a day is allowed for.
fn seconds(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // Days from the civil calendar (H. Hinnant, chrono-compatible low-level date algorithms).
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::content_credentials::origin::tests::{ingredient, manifest};
    use crate::signals::content_credentials::store::Relation;

    fn store(manifests: Vec<super::super::store::Manifest>) -> Store {
        Store {
            source: Source::Embedded,
            manifests,
            failures: Vec::new(),
            signature_verified: true,
            data_hash_matched: false,
            trusted_by: None,
            listed_while_in_force: None,
            time_trusted_by: Some("tsa:c2pa-tsa".into()),
            shown_not_revoked: false,
            rests_on_an_unlisted_clock: false,
            bound_in_part: false,
            picture_not_bound: false,
            unreferenced: Vec::new(),
            cut_short: false,
        }
    }

    #[test]
    fn a_capture_above_a_models_work_is_a_contradiction() {
        let ai = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
        let mut top = manifest(Role::Active, 0, &[("c2pa.created", Some("digitalCapture"))]);
        let made = manifest(Role::Ancestor, 1, &[("c2pa.created", Some(ai))]);
        let apart = store(vec![manifest(
            Role::Active,
            0,
            &[("c2pa.created", Some("digitalCapture"))],
        )]);
        assert!(capture_over_ai(&apart, &origin::origins(&apart.manifests)).is_none());
        top.ingredients
            .push(ingredient(Relation::Parent, "urn:c2pa:1"));
        let over = store(vec![top, made]);
        assert!(capture_over_ai(&over, &origin::origins(&over.manifests)).is_some());
        // A photograph into which a part was placed that a model made.
        let mut collage = manifest(Role::Active, 0, &[("c2pa.created", Some("digitalCapture"))]);
        collage
            .ingredients
            .push(ingredient(Relation::Component, "urn:c2pa:1"));
        let part = manifest(Role::Ingredient, 1, &[("c2pa.created", Some(ai))]);
        let collage = store(vec![collage, part]);
        assert!(capture_over_ai(&collage, &origin::origins(&collage.manifests)).is_none());
        // The honest order: a model edits what a camera captured.
        let mut edit = manifest(Role::Active, 0, &[("c2pa.edited", Some(ai))]);
        edit.ingredients
            .push(ingredient(Relation::Parent, "urn:c2pa:1"));
        let honest = store(vec![
            edit,
            manifest(
                Role::Ancestor,
                1,
                &[("c2pa.created", Some("digitalCapture"))],
            ),
        ]);
        assert!(capture_over_ai(&honest, &origin::origins(&honest.manifests)).is_none());
    }

    #[test]
    fn dates_are_compared_by_their_digits() {
        let field = |name: &str, value: &str| MetadataField {
            name: name.into(),
            value: value.into(),
            gathered: false,
        };
        let date = field("exif:DateTimeOriginal", "2023-05-01T10:11:12+02:00");
        assert!(!differs(&date, "2023:05:01 10:11:12"));
        assert!(differs(&date, "1999:05:01 10:11:12"));
        assert!(!differs(&field("exif:Make", "NIKON "), "Nikon\0"));
        assert!(differs(&field("exif:Make", "NIKON"), "Canon"));
    }

    #[test]
    fn times_are_counted_in_seconds() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2024-02-29T12:00:00+00:00"), Some(1_709_208_000));
        assert_eq!(seconds("yesterday"), None);
    }

    #[test]
    fn what_was_done_after_signing_was_not_signed_then() {
        let mut late = manifest(Role::Active, 0, &[("c2pa.created", None)]);
        late.signed_at = Some("2024-01-01T00:00:00+00:00".into());
        late.actions[0].when = Some("2024-01-01T20:00:00Z".into());
        assert!(signed_before_action(&store(vec![late])).is_none());
        let mut later = manifest(Role::Active, 0, &[("c2pa.created", None)]);
        later.signed_at = Some("2024-01-01T00:00:00+00:00".into());
        later.actions[0].when = Some("2024-03-01T20:00:00Z".into());
        assert!(signed_before_action(&store(vec![later])).is_some());
    }
}
