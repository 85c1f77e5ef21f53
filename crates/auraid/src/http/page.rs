//! Lists, page by page.

use aura_client::{Deleted, Filter, Id};
use axum::Json;
use axum::http::header::LINK;
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;
use super::params::malformed_query;
use super::record::Shown;
use crate::identity::{Access, Record};

/// Records of a page that says nothing else.
const DEFAULT_LIMIT: u32 = 50;

/// The most records of a page.
const MOST: u32 = 200;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The records, by id: the oldest first.
    data: Vec<T>,
    /// What `after` of the next page is; null on the last. The header `Link` has the whole address (RFC 8288).
    next: Option<String>,
}

/// A page, with the address of the next in its header.
pub(super) struct PageAnswer<T> {
    page: Page<T>,
    next: Option<HeaderValue>,
}

impl<T: Serialize> PageAnswer<T> {
    pub(super) fn new(data: Vec<T>, next: Option<String>, uri: &Uri) -> PageAnswer<T> {
        let link = next.as_deref().and_then(|next| HeaderValue::from_str(&link(uri, next)).ok());
        PageAnswer { page: Page { data, next }, next: link }
    }
}

impl<T: Serialize> IntoResponse for PageAnswer<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.page).into_response();
        if let Some(link) = self.next {
            response.headers_mut().insert(LINK, link);
        }
        response
    }
}

/// The same address, behind `next`. Relative, as the caller may know the server by another name.
fn link(uri: &Uri, next: &str) -> String {
    let others = uri.query().unwrap_or_default().split('&');
    let others = others.filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let mut query: Vec<&str> = others.collect();
    let after = format!("after={next}");
    query.push(&after);
    // `<` and `>` cannot be in a URI, so nothing can end the address early.
    format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"))
}

/// How many records the page is to have.
pub(super) fn limit(given: Option<u32>) -> Result<u32, Problem> {
    let limit = given.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MOST).contains(&limit) {
        return Err(malformed_query(format!("limit: 1 to {MOST}")));
    }
    Ok(limit)
}

/// Which page: what every list takes.
pub(super) struct Which<'a, M> {
    pub(super) after: Option<Id<M>>,
    pub(super) limit: Option<u32>,
    pub(super) deleted: bool,
    pub(super) uri: &'a Uri,
}

/// A page of what the caller sees.
pub(super) async fn list<M: Shown>(
    access: &Access,
    filter: Option<Filter<M>>,
    which: Which<'_, M>,
) -> Result<PageAnswer<M::Body>, Problem> {
    let limit = limit(which.limit)?;
    let (data, next) = if which.deleted {
        let (rows, next) = access.deleted_page(filter, which.after, limit).await?;
        let show = |gone: Deleted<M>| {
            let at = gone.deleted_at();
            gone.into_inner().show(Some(at))
        };
        (rows.into_iter().map(show).collect(), next)
    } else {
        let page = access.page(filter, which.after, limit).await?;
        (page.rows.into_iter().map(|row| row.show(None)).collect(), page.next)
    };
    Ok(PageAnswer::new(data, next.map(|id| id.to_string()), which.uri))
}

/// Both conditions, where they are given.
pub(super) fn both<M: Record>(one: Option<Filter<M>>, other: Option<Filter<M>>) -> Option<Filter<M>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.and(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_has_the_same_conditions() {
        for (uri, expected) in [
            ("/v1/users", "</v1/users?after=xy>; rel=\"next\""),
            ("/v1/users?limit=2&after=ab", "</v1/users?limit=2&after=xy>; rel=\"next\""),
            ("/v1/users?email=a%3Cb", "</v1/users?email=a%3Cb&after=xy>; rel=\"next\""),
        ] {
            assert_eq!(link(&uri.parse().unwrap(), "xy"), expected);
        }
    }
}
