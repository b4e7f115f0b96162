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
    /// TIFF and DNG
    Tiff,
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
            "avif", "heic", "heif", "jxl", "bmp", "ico", "svg",
            // Formats that are not read: a picture passed over in silence would look like a picture without findings.
            "psd", "jp2", "j2k", "jpx", "tga", "exr", "qoi", "cr2", "cr3", "nef", "arw", "raf",
            "orf", "rw2", "jxr", "wdp", "pnm", "ppm", "pgm", "pbm", "hif", "avifs", "heics",
            "heifs",
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
    /// The format that these first bytes begin. 64 KiB of them, or the whole of a shorter file, tell every format.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        super::kind_of(head).map(|kind| kind.format)
    }

    /// The format that has this media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let mut all = super::ALL.iter().map(|kind| kind.format);
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
