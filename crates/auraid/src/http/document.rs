//! The description of the API, and what is the same for every operation of it.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
    ResponseBuilder,
};

use super::Problem;
use super::problem::MEDIA_TYPE;

const DESCRIPTION: &str = "\
The identity store: one user, many applications, a membership for each pair.

Operators see and do everything. An application, by its clientId and secret, sees itself, the users who have a live \
membership in it, its memberships and its sessions; it may open, revoke and delete sessions of its own and make links \
for its members. Anything else is 403, and what belongs to others is 404.

Deleting keeps: a deleted record is in no list (but `?deleted=true`) and can be restored, with exactly what was deleted \
along with it. Every change has one event in the record's history.

Errors are problem documents (RFC 9457). Decide by their `type`. 503 says that nothing changed and when to try again; \
`urn:auraid:problem:ambiguous` says that the outcome of a write is not known: look before trying again. \
`urn:auraid:problem:written` says that it has happened and only the answer could not be made: do not repeat it.";

/// Every error an operation may answer with: status, name among the components, description.
const ERRORS: &[(u16, &str, &str)] = &[
    (400, "BadRequest", "The id, the query or the JSON cannot be read"),
    (401, "Unauthenticated", "No key, or not a valid one"),
    (403, "Forbidden", "The key does not allow it"),
    (404, "NotFound", "No such live record, or none that the key lets see"),
    (409, "Conflict", "A unique value is taken, or the state of things does not allow it"),
    (410, "Gone", "The link was used, has expired or never existed"),
    (413, "TooLarge", "The body has more than 256 KiB"),
    (415, "MediaType", "The body is not JSON by its Content-Type"),
    (422, "Invalid", "A value is not valid, or refers to nothing that is live"),
    (500, "Internal", "A fault of the server, or the answer to a write was lost"),
    (503, "Unavailable", "The database is away or the request took too long; nothing changed"),
];

/// What stands above everything.
pub(super) fn heading() -> OpenApi {
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0"));
    let info = InfoBuilder::new()
        .title("AuraID")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license.build()));
    OpenApiBuilder::new().info(info).build()
}

/// Puts both parts together and adds to every operation that wants a key how to show one and what can go wrong.
pub(super) fn finish(mut v1: OpenApi, open: OpenApi) -> OpenApi {
    for (path, item) in &mut v1.paths.paths {
        let takes_id = path.contains('{');
        let makes_links = path.ends_with("/use");
        let operations = [
            (&mut item.get, false),
            (&mut item.post, true),
            (&mut item.patch, true),
            (&mut item.put, true),
            (&mut item.delete, true),
        ];
        for (operation, writes) in operations {
            let Some(operation) = operation else { continue };
            let has_body = operation.request_body.is_some();
            operation.security = Some(vec![
                SecurityRequirement::new::<_, [&str; 0], &str>("bearer", []),
                SecurityRequirement::new::<_, [&str; 0], &str>("basic", []),
            ]);
            add_errors(operation, |status| match status {
                404 => takes_id || has_body,
                409 => writes,
                410 => makes_links,
                413 | 415 => has_body,
                422 => has_body || (!writes && !takes_id),
                _ => true,
            });
        }
    }
    v1.merge(open);
    let components = v1.components.get_or_insert_with(Components::new);
    let scheme = |scheme: HttpAuthScheme, says: &str| {
        let mut http = Http::new(scheme);
        http.description = Some(says.to_owned());
        SecurityScheme::Http(http)
    };
    components.add_security_scheme(
        "bearer",
        scheme(
            HttpAuthScheme::Bearer,
            "An operator key, `aura_op_…`, or an application's `<clientId>.<secret>`",
        ),
    );
    components.add_security_scheme(
        "basic",
        scheme(
            HttpAuthScheme::Basic,
            "An application's clientId and secret, percent-encoded (RFC 6749, section 2.3.1)",
        ),
    );
    components.schemas.insert("Problem".into(), <Problem as utoipa::PartialSchema>::schema());
    for (_, name, description) in ERRORS {
        components.responses.insert((*name).to_owned(), error(description).into());
    }
    v1
}

fn add_errors(operation: &mut Operation, can_happen: impl Fn(u16) -> bool) {
    for (status, name, _) in ERRORS {
        if can_happen(*status) {
            let response = RefOr::Ref(Ref::from_response_name(*name));
            operation.responses.responses.entry(status.to_string()).or_insert(response);
        }
    }
}

fn error(description: &str) -> Response {
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content(MEDIA_TYPE, problem).build()
}
