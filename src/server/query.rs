//! What stands behind the question mark.

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, Uri};

use super::refusal::Refusal;

/// Longest id that a caller may give.
const MAX_ID: usize = 256;

/// The header that gives an id, where the query does not.
const HEADER: &str = "x-request-id";

/// The parameters of a request, in their order.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(uri: &Uri) -> Result<Self, Refusal> {
        let query = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let Query(pairs) =
            query.map_err(|_| Refusal::bad("the query is not written as queries are"))?;
        Ok(Self(pairs))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        let found = pairs.find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The caller's own name for what is asked.
pub(super) fn id(uri: &Uri, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let text = |value: &HeaderValue| {
        let text = value.to_str().ok().filter(|text| !text.contains('\t'));
        let no_text = || Refusal::bad("X-Request-Id is no text");
        text.map(str::to_owned).ok_or_else(no_text)
    };
    let header = headers.get(HEADER).map(text).transpose()?;
    let query = Parameters::of(uri)?.get("id").map(str::to_owned);
    // Both are looked at, also where only one is given back.
    let [query, header] = [query, header].map(|id| id.as_deref().map(checked).transpose());
    let (query, header) = (query?, header?);
    Ok(query.or(header))
}

/// An id that is not too long to be given back.
pub(super) fn checked(id: &str) -> Result<String, Refusal> {
    match id.chars().count() <= MAX_ID {
        true => Ok(id.to_owned()),
        false => Err(Refusal::bad("an id has at most 256 characters")),
    }
}
