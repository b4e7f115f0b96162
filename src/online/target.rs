//! What an address may look like before anybody is asked about it.

use url::Url;

use super::BY_HAND;

/// Longest address, in bytes.
const MAX_URL: usize = 4096;
/// How much of an address an error shows, in characters.
const SHOWN: usize = 200;

/// An address that may be asked for.
///
/// # Errors
/// Why not, in words.
pub(super) fn parse(text: &str) -> Result<Url, String> {
    check_length(text)?;
    let url =
        Url::parse(text).map_err(|error| format!("this is no web address ({error}); {BY_HAND}"))?;
    allowed(url)
}

/// Where a redirect leads; `location` may be relative.
///
/// # Errors
/// Why nobody goes there, in words.
pub(super) fn redirect(from: &Url, location: &str) -> Result<Url, String> {
    check_length(location)?;
    let url = from
        .join(location)
        .map_err(|error| format!("it leads to something that is no web address ({error})"))?;
    allowed(url).map_err(|what| format!("it leads to {}: {what}", shown(location)))
}

/// An address for an error: without credentials, and not longer than a person reads.
pub(super) fn shown(text: &str) -> String {
    let bare = Url::parse(text).ok().and_then(without_credentials);
    let text = bare.as_ref().map_or(text, Url::as_str);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn check_length(text: &str) -> Result<(), String> {
    let length = text.len();
    if length > MAX_URL {
        return Err(format!(
            "the address has {length} bytes, {MAX_URL} are the limit; {BY_HAND}"
        ));
    }
    Ok(())
}

fn allowed(mut url: Url) -> Result<Url, String> {
    if url.scheme() != "https" {
        return Err(format!(
            "only https addresses are fetched: over {} anyone on the way can read and change what is sent; {BY_HAND}",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "the address carries a name or password, and none are sent; {BY_HAND}"
        ));
    }
    url.set_fragment(None);
    Ok(url)
}

fn without_credentials(mut url: Url) -> Option<Url> {
    if url.has_authority() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::{parse, redirect, shown};

    fn refused(text: &str) -> String {
        parse(text).unwrap_err()
    }

    #[test]
    fn only_https_without_credentials() {
        assert!(parse("https://files.test/a.c2pa?b#c").is_ok());
        assert!(refused("http://files.test/").contains("over http anyone on the way"));
        assert!(refused("HTTP://files.test/").contains("only https"));
        assert!(refused("file:///etc/passwd").contains("only https"));
        assert!(refused("self#jumbf=/c2pa/x").contains("no web address"));
        assert!(refused("https://").contains("no web address"));
        assert!(refused("https://user@files.test/").contains("name or password"));
        assert!(refused("https://:word@files.test/").contains("name or password"));
        assert!(refused(&format!("https://files.test/{}", "a".repeat(5000))).contains("limit"));
    }

    #[test]
    fn other_spellings_of_an_address_are_the_same_address() {
        for text in [
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https:\\\\127.0.0.1",
            "https://１２７.0.0.1/",
        ] {
            assert_eq!(
                parse(text).unwrap().as_str(),
                "https://127.0.0.1/",
                "{text}"
            );
        }
    }

    #[test]
    fn a_redirect_is_held_to_the_same_rules() {
        let from = parse("https://files.test/a/b").unwrap();
        let to = |location| redirect(&from, location).map(String::from);
        assert_eq!(to("c").unwrap(), "https://files.test/a/c");
        assert_eq!(to("//other.test/").unwrap(), "https://other.test/");
        assert!(to("http://other.test/").unwrap_err().contains("over http"));
        assert!(to("//u:p@other.test/").unwrap_err().contains("password"));
        assert!(to("data:,x").unwrap_err().contains("only https"));
    }

    #[test]
    fn an_error_shows_no_password_and_no_page_of_text() {
        assert_eq!(
            shown("https://user:word@files.test/a"),
            "https://files.test/a"
        );
        let long = shown(&format!("https://files.test/{}", "é".repeat(9000)));
        assert_eq!(long.chars().count(), 201);
    }
}
