//! Names of models and versions as they may be shown: without the folders of somebody's computer.

/// Endings of files that hold a model.
const FILES: &[&str] = &[
    ".bin",
    ".ckpt",
    ".gguf",
    ".pt",
    ".pth",
    ".safetensors",
    ".sft",
];

/// The name without the folders in front, which may tell of a person. `owner/name`, as models are called where they are
/// published, stays whole.
pub(super) fn model_name(path: &str) -> &str {
    let path = path.trim();
    match is_published(path) {
        true => path,
        false => path
            .trim_end_matches(['/', '\\'])
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default(),
    }
}

/// `owner/name` and no path of a file.
fn is_published(name: &str) -> bool {
    let part = |text: &str| {
        let letters = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        text.starts_with(char::is_alphanumeric) && text.chars().all(letters)
    };
    let lower = name.to_ascii_lowercase();
    let parts = name.split_once('/');
    parts.is_some_and(|(owner, name)| part(owner) && part(name))
        && !FILES.iter().any(|ending| lower.ends_with(ending))
}

/// The word of a version that counts it, or else its first word; a path that follows is not looked at.
pub(super) fn version(text: &str) -> Option<&str> {
    let words = || {
        let words = text.split_whitespace();
        words.take_while(|word| !word.contains(['/', '\\']))
    };
    let counts = |word: &&str| word.bytes().any(|byte| byte.is_ascii_digit());
    words().find(counts).or_else(|| words().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_name_is_left_of_a_path() {
        for path in [
            "C:\\Users\\jane.doe\\example.ckpt",
            "C:/Users/jane.doe/example.ckpt",
            "/home/jane/example.ckpt",
            "~/example.ckpt",
            "\\\\server\\jane\\example.ckpt",
            "//server/jane/example.ckpt",
            "file:///C:/Users/jane%20doe/example.ckpt",
            "../jane/example.ckpt",
            "jane\\example.ckpt",
            "jane/example.ckpt",
            "jane\\models/example.ckpt/",
        ] {
            assert_eq!(model_name(path), "example.ckpt", "{path}");
        }
        assert_eq!(model_name("somebody/example-2.1"), "somebody/example-2.1");
        assert_eq!(model_name("an example"), "an example");
    }

    #[test]
    fn a_version_is_one_word() {
        assert_eq!(version("v1.10.1 /home/anna/webui"), Some("v1.10.1"));
        assert_eq!(version("-MRE v2.0"), Some("v2.0"));
        assert_eq!(version("neo"), Some("neo"));
        assert_eq!(version("/home/anna/webui 1"), None);
        assert_eq!(version(" "), None);
    }
}
