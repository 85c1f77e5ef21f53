//! Which file what stands in.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnType, EnumId, FieldKind, Model, Schema};
use crate::source::{FileId, Sources};

/// The file of datasource and generators.
const SETTINGS_FILE: &str = "schema";
/// The file of enums that belong to no single model.
const ENUMS_FILE: &str = "enums";

pub(super) fn check(sources: &Sources, schema: &Schema, diagnostics: &mut Vec<Diagnostic>) {
    let mut first_of: HashMap<FileId, &Model> = HashMap::new();
    for model in &schema.models {
        let file = model.span.file;
        let wanted = kebab(&model.name);
        if let Some(first) = first_of.get(&file) {
            let message = format!("`{}` is the second model of this file", model.name);
            diagnostics.push(
                Diagnostic::error(model.name_span, message)
                    .related(first.name_span, "the first")
                    .help(format!("move it to `{wanted}.prisma`")),
            );
            continue;
        }
        first_of.insert(file, model);
        let stem = stem(sources, file);
        if stem == SETTINGS_FILE {
            let message =
                format!("`schema.prisma` holds datasource and generators, not the model `{}`", model.name);
            diagnostics.push(
                Diagnostic::error(model.name_span, message).help(format!("move it to `{wanted}.prisma`")),
            );
        } else if !is_named_after(stem, &model.name) {
            let message = format!("the model `{}` stands in `{stem}.prisma`", model.name);
            diagnostics.push(
                Diagnostic::error(model.name_span, message).help(format!("name the file `{wanted}.prisma`")),
            );
        }
    }
    for (id, found) in (0u32..).map(EnumId).zip(&schema.enums) {
        let file = found.span.file;
        let users: Vec<&Model> = schema.models.iter().filter(|model| uses(model, id)).collect();
        if stem(sources, file) == ENUMS_FILE || users.iter().any(|model| model.span.file == file) {
            continue;
        }
        let message = format!("the enum `{}` stands beside no model that uses it", found.name);
        let help = match users.first() {
            Some(user) => format!("move it to `{}.prisma` or `enums.prisma`", stem(sources, user.span.file)),
            None => "move it to `enums.prisma`".to_owned(),
        };
        diagnostics.push(Diagnostic::error(found.name_span, message).help(help));
    }
}

fn uses(model: &Model, id: EnumId) -> bool {
    model
        .fields
        .iter()
        .any(|field| matches!(&field.kind, FieldKind::Scalar(scalar) if scalar.ty == ColumnType::Enum(id)))
}

/// The file's name without folders and `.prisma`.
fn stem(sources: &Sources, file: FileId) -> &str {
    let path = sources.file(file).path.as_str();
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".prisma").unwrap_or(name)
}

/// `RefreshToken` is `refresh-token`; an acronym is one word: `APIKey` is `api-key`.
fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let begins = letter.is_uppercase()
            && at > 0
            && (!letters[at - 1].is_uppercase()
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if begins && !out.ends_with('-') {
            out.push('-');
        }
        if *letter == '_' {
            out.push('-');
        } else {
            out.extend(letter.to_lowercase());
        }
    }
    out
}

/// Whether a file's name is the model's, its words parted by `-` or `_`. Where a word ends in `OAuth2Client` is
/// a matter of taste: a part is whatever begins with a capital, and short ones may be joined to the next.
fn is_named_after(stem: &str, name: &str) -> bool {
    let stem = stem.replace('_', "-");
    if stem == kebab(name) {
        return true;
    }
    let letters = |text: &str| {
        text.chars().filter(|c| *c != '-' && *c != '_').flat_map(char::to_lowercase).collect::<String>()
    };
    let has_acronym = name.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_uppercase));
    has_acronym && stem.contains('-') && letters(&stem) == letters(name)
}

#[cfg(test)]
mod tests {
    use super::{is_named_after, kebab};

    #[test]
    fn a_file_is_named_after_its_model() {
        for (name, file) in [("User", "user"), ("RefreshToken", "refresh-token"), ("APIKey", "api-key")] {
            assert_eq!(kebab(name), file);
        }
        for (name, file) in [
            ("RefreshToken", "refresh_token"),
            ("OAuthClient", "oauth-client"),
            ("refresh_token", "refresh-token"),
        ] {
            assert!(is_named_after(file, name), "{file}");
        }
        for (name, file) in
            [("RefreshToken", "refreshtoken"), ("User", "users"), ("User", "User"), ("User", "schema")]
        {
            assert!(!is_named_after(file, name), "{file}");
        }
    }
}
