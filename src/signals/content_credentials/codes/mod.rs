//! The codes of content credentials.

mod history;
mod origin;
mod state;

use crate::evidence::Code;

pub(super) use history::*;
pub(super) use origin::*;
pub(super) use state::*;

const CRYPTOGRAPHIC: &str =
    "none for the check itself: it is SHA-2 and a digital signature, not a statistic";
const BY_THE_BOOK: &str = "not measured: the file is read by the rules of the standard";
const AS_SIGNED: &str =
    "as reliable as the signer: the check is cryptographic, the statement is the signer's";

/// Every code of the signal.
pub(super) const ALL: &[Code] = &[
    TRUSTED,
    UNTRUSTED,
    SIGNER_NOT_CHECKED,
    EXPIRED,
    REVOKED,
    BAD_CERTIFICATE,
    CONTENT_ALTERED,
    MANIFEST_ALTERED,
    INGREDIENT_ALTERED,
    MALFORMED,
    NOT_CHECKABLE,
    UNREADABLE,
    SIDECAR,
    SIDECAR_MISMATCH,
    LONE_MANIFEST,
    REMOTE_ONLY,
    BOUND_IN_PART,
    PICTURE_NOT_BOUND,
    INGREDIENT_UNTRUSTED,
    INGREDIENT_MALFORMED,
    FETCHED,
    REMOTE_MISMATCH,
    UNBOUND_PARTS,
    AI_GENERATED,
    AI_EDITED,
    AI_INGREDIENT,
    CAPTURED,
    EDITED,
    MAY_CONTAIN_AI,
    ASSET_SIGNALS,
    HISTORY,
    CAPTURE_OVER_AI,
    EXIF_DIFFERS,
    SIGNED_BEFORE_ACTION,
    DO_NOT_TRAIN,
    UNREFERENCED_MANIFEST,
    UPDATE_MANIFEST,
    REDACTED,
    SEVERAL_PARENTS,
    HISTORY_CUT,
    TRAINING_ALLOWED,
    IDENTITY,
    IDENTITY_BROKEN,
    SOFT_BINDING,
    WATERMARKED,
];
