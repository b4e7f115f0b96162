//! The formats, what they are called, and what kind of media they hold.

/// A file format, told from content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG (ISO 10918)
    Jpeg,
    /// PNG
    Png,
    /// WebP
    WebP,
    /// GIF
    Gif,
    /// TIFF
    Tiff,
    /// DNG, Adobe's raw format
    Dng,
    /// Canon's raw format up to 2018
    Cr2,
    /// Canon's raw format since 2018
    Cr3,
    /// Nikon's raw format
    Nef,
    /// Sony's raw format
    Arw,
    /// Olympus' raw format
    Orf,
    /// Panasonic's raw format
    Rw2,
    /// Fujifilm's raw format
    Raf,
    /// Pentax' raw format
    Pef,
    /// Samsung's raw format
    Srw,
    /// Raw pictures in TIFF of another maker
    Raw,
    /// AVIF
    Avif,
    /// HEIC / HEIF
    Heif,
    /// JPEG XL
    JpegXl,
    /// BMP
    Bmp,
    /// ICO
    Ico,
    /// SVG
    Svg,
    /// A bare C2PA manifest store (`.c2pa`)
    C2pa,
    /// MP4 and its relatives (ISO 14496-12): M4V, 3GP
    Mp4,
    /// QuickTime (`.mov`)
    QuickTime,
    /// Sound in MP4 (`.m4a`)
    M4a,
    /// WAV
    Wav,
    /// AVI
    Avi,
    /// MP3 (MPEG layer III), with or without ID3
    Mp3,
    /// FLAC
    Flac,
    /// PDF
    Pdf,
}

/// What a file holds, as people would say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A picture, of pixels or of lines.
    Picture,
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// Pages.
    Document,
    /// A C2PA manifest store by itself.
    Manifest,
}

/// Endings of names, and the kind of media that is expected of them.
const ENDINGS: &[(MediaKind, &[&str])] = &[
    (
        MediaKind::Picture,
        &[
            "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "tif", "tiff", "dng",
            "avif", "avifs", "heic", "heif", "heics", "heifs", "hif", "jxl", "bmp", "ico", "svg",
            "cr2", "cr3", "nef", "nrw", "arw", "sr2", "srf", "orf", "ori", "rw2", "raf", "pef",
            "srw", "3fr", "erf", "kdc", "dcr", "mef", "mos", "iiq", "rwl", "raw",
            // Formats that are not read: a picture passed over in silence would look like a picture without findings.
            "psd", "jp2", "j2k", "jpx", "tga", "exr", "qoi", "jxr", "wdp", "pnm", "ppm", "pgm",
            "pbm", "x3f", "mrw", "crw",
        ],
    ),
    (MediaKind::Manifest, &["c2pa"]),
    (
        MediaKind::Video,
        &["mp4", "m4v", "mov", "qt", "3gp", "3g2", "avi"],
    ),
    (MediaKind::Audio, &["m4a", "m4b", "wav", "mp3", "flac"]),
    #[cfg(feature = "pdf")]
    (MediaKind::Document, &["pdf"]),
];

impl Format {
    /// Every format.
    pub const ALL: &[Self] = &[
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Tiff,
        Self::Dng,
        Self::Cr2,
        Self::Cr3,
        Self::Nef,
        Self::Arw,
        Self::Orf,
        Self::Rw2,
        Self::Raf,
        Self::Pef,
        Self::Srw,
        Self::Raw,
        Self::Avif,
        Self::Heif,
        Self::JpegXl,
        Self::Bmp,
        Self::Ico,
        Self::Svg,
        Self::C2pa,
        Self::Mp4,
        Self::QuickTime,
        Self::M4a,
        Self::Wav,
        Self::Avi,
        Self::Mp3,
        Self::Flac,
        Self::Pdf,
    ];

    /// The format that these first bytes begin. 64 KiB of them, or the whole of a shorter file, tell every format but for the
    /// raw pictures in TIFF: those are a TIFF until its directories are read.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        super::kind_of(head).map(|kind| kind.format)
    }

    /// The format that has this media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|format| format.media_type() == media_type)
    }

    /// The name people use (`JPEG XL`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
            Self::Dng => "DNG",
            Self::Cr2 => "CR2",
            Self::Cr3 => "CR3",
            Self::Nef => "NEF",
            Self::Arw => "ARW",
            Self::Orf => "ORF",
            Self::Rw2 => "RW2",
            Self::Raf => "RAF",
            Self::Pef => "PEF",
            Self::Srw => "SRW",
            Self::Raw => "camera RAW",
            Self::Avif => "AVIF",
            Self::Heif => "HEIF",
            Self::JpegXl => "JPEG XL",
            Self::Bmp => "BMP",
            Self::Ico => "ICO",
            Self::Svg => "SVG",
            Self::C2pa => "C2PA",
            Self::Mp4 => "MP4",
            Self::QuickTime => "QuickTime",
            Self::M4a => "M4A",
            Self::Wav => "WAV",
            Self::Avi => "AVI",
            Self::Mp3 => "MP3",
            Self::Flac => "FLAC",
            Self::Pdf => "PDF",
        }
    }

    /// The media type (`image/jpeg`).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
            Self::Dng => "image/x-adobe-dng",
            Self::Cr2 => "image/x-canon-cr2",
            Self::Cr3 => "image/x-canon-cr3",
            Self::Nef => "image/x-nikon-nef",
            Self::Arw => "image/x-sony-arw",
            Self::Orf => "image/x-olympus-orf",
            Self::Rw2 => "image/x-panasonic-rw2",
            Self::Raf => "image/x-fuji-raf",
            Self::Pef => "image/x-pentax-pef",
            Self::Srw => "image/x-samsung-srw",
            Self::Raw => "image/x-raw",
            Self::Avif => "image/avif",
            Self::Heif => "image/heic",
            Self::JpegXl => "image/jxl",
            Self::Bmp => "image/bmp",
            Self::Ico => "image/x-icon",
            Self::Svg => "image/svg+xml",
            Self::C2pa => "application/c2pa",
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Avi => "video/x-msvideo",
            Self::Mp3 => "audio/mpeg",
            Self::Flac => "audio/flac",
            Self::Pdf => "application/pdf",
        }
    }

    /// What it holds.
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg
            | Self::Png
            | Self::WebP
            | Self::Gif
            | Self::Tiff
            | Self::Dng
            | Self::Cr2
            | Self::Cr3
            | Self::Nef
            | Self::Arw
            | Self::Orf
            | Self::Rw2
            | Self::Raf
            | Self::Pef
            | Self::Srw
            | Self::Raw
            | Self::Avif
            | Self::Heif
            | Self::JpegXl
            | Self::Bmp
            | Self::Ico
            | Self::Svg => MediaKind::Picture,
            Self::C2pa => MediaKind::Manifest,
            Self::Mp4 | Self::QuickTime | Self::Avi => MediaKind::Video,
            Self::M4a | Self::Wav | Self::Mp3 | Self::Flac => MediaKind::Audio,
            Self::Pdf => MediaKind::Document,
        }
    }

    /// Whether it holds a picture.
    pub fn is_picture(self) -> bool {
        self.kind() == MediaKind::Picture
    }

    /// Whether it holds what a camera's sensor saw, with a preview in JPEG, which is the picture that is looked at here.
    pub fn is_raw(self) -> bool {
        matches!(self, Self::Cr3 | Self::Raf | Self::Orf | Self::Rw2) || self.is_raw_tiff()
    }

    /// Whether it is a TIFF file, if one with a raw picture.
    pub fn is_tiff(self) -> bool {
        self == Self::Tiff || self.is_raw_tiff()
    }

    fn is_raw_tiff(self) -> bool {
        matches!(
            self,
            Self::Dng | Self::Cr2 | Self::Nef | Self::Arw | Self::Pef | Self::Srw | Self::Raw
        )
    }

    /// Whether content credentials can be in it, as far as they are read here.
    pub fn holds_credentials(self) -> bool {
        !matches!(
            self,
            Self::Bmp | Self::Ico | Self::Cr3 | Self::Raf | Self::Orf | Self::Rw2
        )
    }

    /// Whether anything here looks into it. A PDF is only told apart unless the feature `pdf` is built in.
    pub fn is_read(self) -> bool {
        self != Self::Pdf || cfg!(feature = "pdf")
    }

    /// Whether a file of it may be read piece by piece, however long it is, instead of as a whole.
    pub fn is_streamed(self) -> bool {
        matches!(self.kind(), MediaKind::Video | MediaKind::Audio)
    }

    /// Whether a file of this name should be of a format that is read: used only to tell a broken file from some other.
    pub fn is_expected_of(name: &str) -> bool {
        MediaKind::expected_of(name).is_some()
    }
}

impl MediaKind {
    /// What a file of this name should hold; `None` for other endings.
    pub fn expected_of(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is = |known: &&str| known.eq_ignore_ascii_case(ending);
        ENDINGS
            .iter()
            .find(|(_, endings)| endings.iter().any(is))
            .map(|(kind, _)| *kind)
    }

    /// The kind in a sentence (`a video`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture | Self::Manifest => "an image",
            Self::Video => "a video",
            Self::Audio => "a sound file",
            Self::Document => "a document",
        }
    }
}
