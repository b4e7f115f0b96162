//! Programs that edit or convert pictures, by the names that they write into files. Cameras write the names of their models
//! and firmware into the same fields, so that only what stands here counts. Programs that only copy, sort or caption pictures
//! (Nikon Transfer, Photo Mechanic, Adobe Bridge, QuickTime as a library of the system) change nothing in them, and are left out.

/// The names with which such a program's text begins, in lower case, and the program. Longer names stand before those that
/// they begin with.
const EDITORS: &[(&str, &str)] = &[
    ("adobe photoshop lightroom", "Adobe Lightroom"),
    ("adobe photoshop camera raw", "Adobe Camera Raw"),
    ("adobe photoshop elements", "Adobe Photoshop Elements"),
    ("adobe photoshop express", "Adobe Photoshop Express"),
    ("adobe photoshop album", "Adobe Photoshop Album"),
    ("adobe photoshop", "Adobe Photoshop"),
    ("adobe lightroom", "Adobe Lightroom"),
    ("adobe camera raw", "Adobe Camera Raw"),
    ("adobe imageready", "Adobe ImageReady"),
    ("adobe fireworks", "Adobe Fireworks"),
    ("adobe illustrator", "Adobe Illustrator"),
    ("adobe indesign", "Adobe InDesign"),
    ("adobe express", "Adobe Express"),
    ("adobe xd", "Adobe XD"),
    ("photoshop.com", "Adobe Photoshop Express"),
    ("photoshop", "Adobe Photoshop"),
    ("lightroom", "Adobe Lightroom"),
    ("macromedia fireworks", "Macromedia Fireworks"),
    ("imageready", "Adobe ImageReady"),
    ("gnu image manipulation program", "GIMP"),
    ("gimp", "GIMP"),
    ("snapseed", "Snapseed"),
    ("picasa", "Picasa"),
    ("google photos", "Google Photos"),
    ("affinity photo", "Affinity Photo"),
    ("affinity designer", "Affinity Designer"),
    ("affinity publisher", "Affinity Publisher"),
    ("affinity", "Affinity"),
    ("capture one", "Capture One"),
    ("capture nx", "Nikon Capture NX"),
    ("nikon capture", "Nikon Capture"),
    ("nx studio", "NX Studio"),
    ("viewnx", "ViewNX"),
    ("digital photo professional", "Digital Photo Professional"),
    ("olympus camedia master", "CAMEDIA Master"),
    ("olympus studio", "OLYMPUS Studio"),
    ("olympus viewer", "OLYMPUS Viewer"),
    ("om workspace", "OM Workspace"),
    ("sigma photopro", "SIGMA Photo Pro"),
    ("sigma photo pro", "SIGMA Photo Pro"),
    ("imaging edge", "Imaging Edge"),
    ("silkypix", "SILKYPIX"),
    ("dxo photolab", "DxO PhotoLab"),
    ("dxo optics pro", "DxO Optics Pro"),
    ("darktable", "darktable"),
    ("rawtherapee", "RawTherapee"),
    ("ufraw", "UFRaw"),
    ("digikam", "digiKam"),
    ("shotwell", "Shotwell"),
    ("gthumb", "gThumb"),
    ("krita", "Krita"),
    ("inkscape", "Inkscape"),
    ("paint.net", "Paint.NET"),
    ("paint shop pro", "Paint Shop Pro"),
    ("jasc paint shop pro", "Paint Shop Pro"),
    ("paintshop pro", "PaintShop Pro"),
    ("corel paintshop", "PaintShop Pro"),
    ("corel paint shop", "Paint Shop Pro"),
    ("corel photo-paint", "Corel PHOTO-PAINT"),
    ("corel painter", "Corel Painter"),
    ("corel photo album", "Corel Photo Album"),
    ("ulead", "Ulead"),
    ("photoimpact", "PhotoImpact"),
    ("pixelmator", "Pixelmator"),
    ("photoscape", "PhotoScape"),
    ("photofiltre", "PhotoFiltre"),
    ("photopea", "Photopea"),
    ("photomator", "Photomator"),
    ("photomatix", "Photomatix"),
    ("photodirector", "PhotoDirector"),
    ("cyberlink photodirector", "PhotoDirector"),
    ("zoner photo studio", "Zoner Photo Studio"),
    ("acdsee", "ACDSee"),
    ("acd systems", "ACDSee"),
    ("irfanview", "IrfanView"),
    ("xnview", "XnView"),
    ("faststone", "FastStone"),
    ("imagemagick", "ImageMagick"),
    ("graphicsmagick", "GraphicsMagick"),
    ("luminar", "Luminar"),
    ("skylum", "Luminar"),
    ("on1 photo raw", "ON1 Photo RAW"),
    ("topaz", "Topaz"),
    ("polarr", "Polarr"),
    ("vsco", "VSCO"),
    ("picsart", "Picsart"),
    ("meitu", "Meitu"),
    ("facetune", "Facetune"),
    ("facelab", "FaceLab"),
    ("faceapp", "FaceApp"),
    ("airbrush", "AirBrush"),
    ("beautyplus", "BeautyPlus"),
    ("befunky", "BeFunky"),
    ("remini", "Remini"),
    ("lensa", "Lensa"),
    ("prequel", "PREQUEL"),
    ("youcam", "YouCam"),
    ("fotor", "Fotor"),
    ("pixlr", "Pixlr"),
    ("canva", "Canva"),
    ("figma", "Figma"),
    ("aviary", "Aviary"),
    ("afterlight", "Afterlight"),
    ("darkroom", "Darkroom"),
    ("hugin", "Hugin"),
    ("ptgui", "PTGui"),
    ("autopano", "Autopano"),
    ("helicon focus", "Helicon Focus"),
    ("image composite editor", "Image Composite Editor"),
    ("nik collection", "Nik Collection"),
    ("instagram", "Instagram"),
    ("photos ", "Apple Photos"),
    ("aperture", "Aperture"),
    ("iphoto", "iPhoto"),
    ("microsoft windows photo gallery", "Windows Photo Gallery"),
    (
        "microsoft windows live photo gallery",
        "Windows Photo Gallery",
    ),
    ("windows photo editor", "Windows Photos"),
    ("microsoft photo editor", "Microsoft Photo Editor"),
    ("microsoft picture manager", "Microsoft Picture Manager"),
    ("microsoft office", "Microsoft Office"),
];

/// What stands before the name in comments.
const BEFORE: &[&str] = &[
    "created with ",
    "made with ",
    "file written by ",
    "edited with ",
];

/// A program, and the version that is named with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Editor {
    pub(super) name: &'static str,
    pub(super) version: Option<String>,
}

/// Longer texts name no program, they tell a story.
const MAX_NAME: usize = 120;

/// The program that a comment says it was made with. People write comments, too, so that the name alone is not enough.
pub(super) fn credited(comment: &str) -> Option<Editor> {
    let comment = comment.trim();
    let mut rests = BEFORE.iter().filter_map(|before| after(comment, before));
    rests.find_map(|rest| named(after(rest, "the ").unwrap_or(rest)))
}

/// The program that a field for programs names.
pub(super) fn named(text: &str) -> Option<Editor> {
    let text = text.trim();
    if text.len() > MAX_NAME {
        return None;
    }
    EDITORS.iter().find_map(|(begins, name)| {
        let rest = after(text, begins)?;
        // The beginning of a longer word is another name.
        let whole = !rest.starts_with(|c: char| c.is_alphabetic());
        whole.then(|| Editor {
            name,
            version: version(rest),
        })
    })
}

/// What follows a beginning, upper and lower case alike.
fn after<'a>(text: &'a str, begins: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(begins.len())?;
    head.eq_ignore_ascii_case(begins).then_some(rest)
}

/// The first word that begins with a digit, or Adobe's `CS3`, among the first few.
fn version(rest: &str) -> Option<String> {
    let mut words = rest.split_whitespace().take(3);
    let word = words.find(|word| {
        let word = word.trim_start_matches(['v', 'V', 'C', 'S', 'X']);
        word.starts_with(|c: char| c.is_ascii_digit()) || rest.trim_start().starts_with("CS")
    })?;
    Some(word.trim_matches([',', ';', ')', '(']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_with_their_versions() {
        for (text, name, version) in [
            (
                "Adobe Photoshop 25.6 (Macintosh)",
                "Adobe Photoshop",
                "25.6",
            ),
            ("Adobe Photoshop CS3 Windows", "Adobe Photoshop", "CS3"),
            (
                "Adobe Photoshop CC 2019 (Windows)",
                "Adobe Photoshop",
                "2019",
            ),
            (
                "Adobe Photoshop Lightroom 5.7.1 (Windows)",
                "Adobe Lightroom",
                "5.7.1",
            ),
            (
                "Adobe Photoshop Lightroom Classic 13.0 (Macintosh)",
                "Adobe Lightroom",
                "13.0",
            ),
            ("GIMP 2.10.8", "GIMP", "2.10.8"),
            ("Snapseed 2.0", "Snapseed", "2.0"),
            ("paint.net 4.0.6", "Paint.NET", "4.0.6"),
            ("ACD Systems Digital Imaging", "ACDSee", ""),
            ("darktable 4.2.1", "darktable", "4.2.1"),
            ("Photos 9.0", "Apple Photos", "9.0"),
        ] {
            let editor = named(text).unwrap();
            assert_eq!(
                (editor.name, editor.version.as_deref().unwrap_or("")),
                (name, version),
                "{text}"
            );
        }
    }

    #[test]
    fn comments_must_say_that_it_was_made_so() {
        assert_eq!(credited("Created with The GIMP").unwrap().name, "GIMP");
        let written = credited("File written by Adobe Photoshop\u{a8} 5.2");
        assert_eq!(written.unwrap().name, "Adobe Photoshop");
        assert_eq!(credited("Aperture f/8, a little too dark"), None);
    }

    #[test]
    fn firmware_and_stories_are_no_programs() {
        for text in [
            "Ver.1.01",
            "v852u-74",
            "HDR+ 1.0.788932941zd",
            "J320FXXU0AQL1",
            "NIKON D850 Ver.1.20",
            "Digital Camera FinePixS2Pro Ver1.00",
            "17.5.1",
            "Apertures of old lenses",
            "Gimpel",
            "Canvas print",
            "Photos by Maria",
            "Nikon Transfer 2.13",
            "Photo Mechanic 6.0",
            "Adobe Bridge 2024",
            "QuickTime 7.6.6",
            "",
        ] {
            assert_eq!(named(text), None, "{text}");
        }
        let story = format!("Adobe Photoshop {}", "was not used here ".repeat(10));
        assert_eq!(named(&story), None);
    }
}
