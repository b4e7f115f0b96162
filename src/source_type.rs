//! The IPTC digital source type vocabulary, which manifests and XMP share, and what each term says of an image's origin.
//! Source: cv.iptc.org/newscodes/digitalsourcetype, and C2PA 2.2, section 18.14.

/// What a digital source type says of the whole it is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Made by a trained model.
    Generated,
    /// A model edited it, or something a model made is part of it.
    PartlyGenerated,
    /// Captured by a camera or a scanner.
    Captured,
    /// Made or edited by a person with tools that generate nothing.
    Human,
    /// May or may not hold something that a model made: composites, captures of screens and of virtual events.
    Possible,
    /// Says nothing about a model or a camera: renderings, formulas, enhancements.
    Other,
}

/// Every term with its meaning. Terms that are common on honest photographs (`composite`, `compositeCapture`,
/// `algorithmicallyEnhanced`) are deliberately no AI claim.
const TERMS: &[(&str, Origin)] = &[
    ("trainedAlgorithmicMedia", Origin::Generated),
    ("trainedAlgorithmicData", Origin::Generated),
    (
        "compositeWithTrainedAlgorithmicMedia",
        Origin::PartlyGenerated,
    ),
    // Written so by mistake, in guidance for public use too.
    (
        "compositedWithTrainedAlgorithmicMedia",
        Origin::PartlyGenerated,
    ),
    ("compositeSynthetic", Origin::PartlyGenerated),
    ("digitalCapture", Origin::Captured),
    ("computationalCapture", Origin::Captured),
    ("multiFrameComputationalCapture", Origin::Captured),
    ("compositeCapture", Origin::Captured),
    ("negativeFilm", Origin::Captured),
    ("positiveFilm", Origin::Captured),
    ("print", Origin::Captured),
    ("humanEdits", Origin::Human),
    ("minorHumanEdits", Origin::Human),
    ("digitalCreation", Origin::Human),
    ("digitalArt", Origin::Possible),
    ("softwareImage", Origin::Other),
    ("algorithmicallyEnhanced", Origin::Other),
    ("algorithmicMedia", Origin::Other),
    ("dataDrivenMedia", Origin::Other),
    ("composite", Origin::Possible),
    ("screenCapture", Origin::Possible),
    ("virtualRecording", Origin::Possible),
    ("empty", Origin::Other),
];

/// The term of a source type, however it is written: a URI with `http` or `https`, with a trailing slash, a name with
/// a prefix (`digsrctype:…`), a qualified or a bare word.
pub fn term(written: &str) -> &str {
    let path = written.trim().trim_end_matches('/');
    let last = path.rsplit(['/', '#', ':']).next().unwrap_or(path);
    last.strip_prefix("c2pa.").unwrap_or(last)
}

/// What a source type says; `None` for a term that is not in the vocabulary.
pub fn origin(written: &str) -> Option<Origin> {
    let term = term(written);
    TERMS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(term))
        .map(|(_, origin)| *origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_found_however_it_is_written() {
        for written in [
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/",
            "trainedalgorithmicmedia",
            " http://c2pa.org/digitalsourcetype/trainedAlgorithmicData ",
            "c2pa.trainedAlgorithmicData",
            "digsrctype:trainedAlgorithmicMedia",
            "digitalsourcetype:trainedAlgorithmicMedia",
            "urn:newscodes:digitalsourcetype:trainedAlgorithmicMedia",
        ] {
            assert_eq!(origin(written), Some(Origin::Generated), "{written}");
        }
    }

    #[test]
    fn terms_on_honest_photographs_are_no_ai_claim() {
        for written in [
            "composite",
            "compositeCapture",
            "algorithmicallyEnhanced",
            "algorithmicMedia",
        ] {
            assert!(
                !matches!(
                    origin(written),
                    Some(Origin::Generated | Origin::PartlyGenerated) | None
                ),
                "{written}"
            );
        }
        for written in [
            "trainedAlgorithmicMediaX",
            "http:",
            "http://",
            "digsrctype:",
            "trainedAlgorithmicMedia: no",
            "not: trainedAlgorithmicMedia",
        ] {
            assert_eq!(origin(written), None, "{written}");
        }
    }
}
