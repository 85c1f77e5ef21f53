//! Datasource and generators.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::schema::{Datasource, Generator, UrlSource};
use crate::source::Span;
use crate::spelling;
use crate::syntax::{Block, BlockKind, Expression, ExpressionKind, File, Member, Setting};

use super::Resolver;
use super::arguments::{Bound, list, members, text};

/// What a datasource may hold. The last three moved to `prisma.config.ts` with version 7.
const PROPERTIES: &[&str] =
    &["provider", "relationMode", "schemas", "extensions", "url", "directUrl", "shadowDatabaseUrl"];

/// The preview features of Prisma 7.10, shown when another one is asked for.
const PREVIEW_FEATURES: &[&str] = &[
    "fullTextSearchPostgres",
    "nativeDistinct",
    "partialIndexes",
    "postgresqlExtensions",
    "relationJoins",
    "schemaEngineDriverAdapters",
    "shardKeys",
    "strictUndefinedChecks",
    "typedSql",
    "views",
];

/// Those of earlier versions, which became part of Prisma or were given up; it passes by them.
const FORMER_FEATURES: &[&str] = &[
    "aggregateApi",
    "atomicNumberOperations",
    "clientExtensions",
    "cockroachDb",
    "connectOrCreate",
    "createMany",
    "dataProxy",
    "deno",
    "distinct",
    "driverAdapters",
    "extendedIndexes",
    "extendedWhereUnique",
    "fieldReference",
    "filterJson",
    "filteredRelationCount",
    "fullTextIndex",
    "fullTextSearch",
    "groupBy",
    "improvedQueryRaw",
    "interactiveTransactions",
    "jsonProtocol",
    "microsoftSqlServer",
    "middlewares",
    "mongoDb",
    "mongodb",
    "multiSchema",
    "nApi",
    "namedConstraints",
    "napi",
    "nativeTypes",
    "omitApi",
    "orderByAggregateGroup",
    "orderByNulls",
    "orderByRelation",
    "prismaSchemaFolder",
    "queryCompiler",
    "reactNative",
    "referentialActions",
    "referentialIntegrity",
    "selectRelationCount",
    "tracing",
    "transactionApi",
    "uncheckedScalarInputs",
];

/// Providers that Prisma knows and AuraID does not serve.
const OTHER_PROVIDERS: &[&str] = &["mysql", "sqlite", "sqlserver", "mongodb", "cockroachdb"];

type Settings<'a> = HashMap<&'a str, &'a Setting>;

impl<'a> Resolver<'a> {
    pub(super) fn resolve_settings(&mut self, files: &'a [File]) {
        let blocks = || files.iter().flat_map(|file| &file.blocks);
        let mut generators: HashMap<&str, &Block> = HashMap::new();
        for block in blocks().filter(|block| block.kind == BlockKind::Generator) {
            if let Some(first) = generators.insert(&block.name.text, block) {
                let message = format!("the generator `{}` is there twice", block.name.text);
                self.diagnostics
                    .push(Diagnostic::error(block.name.span, message).related(first.name.span, "first here"));
            }
            let generator = self.generator(block);
            self.preview_features.extend(generator.preview_features.iter().cloned());
            self.schema.generators.push(generator);
        }
        let mut first: Option<Span> = None;
        for block in blocks().filter(|block| block.kind == BlockKind::Datasource) {
            if let Some(first) = first {
                self.diagnostics.push(
                    Diagnostic::error(block.name.span, "a schema has one datasource")
                        .related(first, "the first is this"),
                );
                continue;
            }
            first = Some(block.name.span);
            let datasource = self.datasource(block);
            self.schema.datasource = Some(datasource);
        }
    }

    fn settings(&mut self, block: &'a Block) -> Settings<'a> {
        let mut settings = Settings::new();
        for member in &block.members {
            let Member::Setting(setting) = member else { continue };
            if let Some(first) = settings.get(setting.name.text.as_str()) {
                let message = format!("`{}` is there twice", setting.name.text);
                self.diagnostics.push(
                    Diagnostic::error(setting.name.span, message).related(first.name.span, "first here"),
                );
            } else {
                settings.insert(&setting.name.text, setting);
            }
        }
        if !settings.contains_key("provider") && !block.broken.iter().any(|name| name == "provider") {
            let message = format!("the {} `{}` has no `provider`", block.kind.keyword(), block.name.text);
            let mut fault = Diagnostic::error(block.name.span, message);
            if block.kind == BlockKind::Datasource {
                fault.help = Some("add `provider = \"postgresql\"`".into());
            }
            self.diagnostics.push(fault);
        }
        settings
    }

    fn generator(&mut self, block: &'a Block) -> Generator {
        let settings = self.settings(block);
        let provider = settings.get("provider").and_then(|setting| match &setting.value.kind {
            ExpressionKind::String(text) => Some(text.clone()),
            ExpressionKind::Call(name, _) if name.text == "env" => None,
            _ => text(&setting.value, &mut self.diagnostics).map(str::to_owned),
        });
        let preview_features = self.texts(settings.get("previewFeatures").copied());
        if let Some(setting) = settings.get("previewFeatures") {
            for value in members(&setting.value) {
                let ExpressionKind::String(feature) = &value.kind else { continue };
                if PREVIEW_FEATURES.contains(&feature.as_str()) || FORMER_FEATURES.contains(&feature.as_str())
                {
                    continue;
                }
                let fault =
                    Diagnostic::error(value.span, format!("Prisma has no preview feature `{feature}`"));
                self.diagnostics.push(fault.help(
                    match spelling::closest(feature, PREVIEW_FEATURES.iter().copied()) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("there are {}", list(PREVIEW_FEATURES)),
                    },
                ));
            }
        }
        Generator { name: block.name.text.clone(), provider, preview_features, span: block.span }
    }

    fn texts(&mut self, setting: Option<&'a Setting>) -> Vec<String> {
        let Some(setting) = setting else { return Vec::new() };
        members(&setting.value)
            .iter()
            .filter_map(|value| text(value, &mut self.diagnostics))
            .map(str::to_owned)
            .collect()
    }

    fn datasource(&mut self, block: &'a Block) -> Datasource {
        let settings = self.settings(block);
        for member in &block.members {
            let Member::Setting(setting) = member else { continue };
            let name = setting.name.text.as_str();
            if !PROPERTIES.contains(&name) {
                let mut fault =
                    Diagnostic::error(setting.name.span, format!("a datasource has no property `{name}`"));
                fault.help = Some(match spelling::closest(name, PROPERTIES.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("it has {}", list(&PROPERTIES[..4])),
                });
                self.diagnostics.push(fault);
            } else if matches!(name, "url" | "directUrl" | "shadowDatabaseUrl") {
                self.diagnostics.push(
                    Diagnostic::warning(
                        setting.span,
                        format!("Prisma 7 refuses `{name}` in a datasource; version 6 needed it"),
                    )
                    .help("remove it: AuraID takes the address from DATABASE_URL, Prisma 7 from prisma.config.ts"),
                );
            }
        }
        let provider = settings.get("provider").and_then(|setting| self.provider(&setting.value));
        let url = settings.get("url").and_then(|setting| self.url(&setting.value));
        let relation_mode = settings.get("relationMode").and_then(|setting| {
            let mode = text(&setting.value, &mut self.diagnostics)?;
            if !["prisma", "foreignKeys"].contains(&mode) {
                let message = format!("there is no relation mode `{mode}`");
                let fault = Diagnostic::error(setting.value.span, message);
                self.diagnostics.push(fault.help("write \"foreignKeys\" or \"prisma\""));
                return None;
            }
            Some(mode.to_owned())
        });
        Datasource {
            name: block.name.text.clone(),
            provider: provider.unwrap_or_else(|| "postgresql".into()),
            url,
            schemas: self.schemas(settings.get("schemas").copied()),
            relation_mode,
            extensions: self.extensions(settings.get("extensions").copied()),
            span: block.span,
        }
    }

    fn provider(&mut self, value: &'a Expression) -> Option<String> {
        if let ExpressionKind::Call(name, _) = &value.kind
            && name.text == "env"
        {
            let fault = Diagnostic::error(value.span, "`provider` cannot come from the environment");
            self.diagnostics.push(fault.help("write \"postgresql\""));
            return None;
        }
        let provider = text(value, &mut self.diagnostics)?;
        if ["postgresql", "postgres"].contains(&provider) {
            return Some(provider.to_owned());
        }
        let fault = if OTHER_PROVIDERS.contains(&provider) {
            Diagnostic::error(
                value.span,
                format!("the provider `{provider}` is not supported: AuraID is for PostgreSQL only"),
            )
            .help("write \"postgresql\"")
        } else {
            let mut fault = Diagnostic::error(value.span, format!("there is no provider `{provider}`"));
            fault.help = Some(match spelling::closest(provider, ["postgresql", "postgres"]) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => "write \"postgresql\"".into(),
            });
            fault
        };
        self.diagnostics.push(fault);
        None
    }

    fn url(&mut self, value: &'a Expression) -> Option<UrlSource> {
        match &value.kind {
            ExpressionKind::String(text) => Some(UrlSource::Literal(text.clone())),
            ExpressionKind::Call(name, arguments) if name.text == "env" => {
                let [argument] = arguments.as_slice() else {
                    self.diagnostics
                        .push(Diagnostic::error(value.span, "`env` takes the name of one variable"));
                    return None;
                };
                let variable = text(&argument.value, &mut self.diagnostics)?;
                Some(UrlSource::Environment(variable.to_owned()))
            }
            _ => {
                let fault = Diagnostic::error(value.span, "expected text in quotes or `env(\"NAME\")`");
                self.diagnostics.push(fault);
                None
            }
        }
    }

    fn schemas(&mut self, setting: Option<&'a Setting>) -> Vec<String> {
        let names = self.texts(setting);
        let Some(setting) = setting else { return names };
        let values = members(&setting.value);
        if values.is_empty() {
            let fault = Diagnostic::error(setting.value.span, "`schemas` is empty");
            self.diagnostics.push(fault.help("name a schema, or remove the line"));
        }
        for (position, name) in names.iter().enumerate() {
            if names[..position].contains(name) {
                let place = values.get(position).map_or(setting.value.span, |value| value.span);
                self.diagnostics
                    .push(Diagnostic::error(place, format!("the schema `{name}` is there twice")));
            }
        }
        names
    }

    fn extensions(&mut self, setting: Option<&'a Setting>) -> Vec<String> {
        let Some(setting) = setting else { return Vec::new() };
        if !self.preview_features.contains("postgresqlExtensions") {
            let fault = Diagnostic::error(
                setting.name.span,
                "`extensions` needs the preview feature `postgresqlExtensions`",
            );
            self.diagnostics.push(fault.help("add it to `previewFeatures` of a generator"));
        }
        let mut extensions = Vec::new();
        for value in members(&setting.value) {
            match &value.kind {
                ExpressionKind::Word(name) => extensions.push(name.clone()),
                ExpressionKind::Call(name, arguments) => {
                    Bound::of(
                        &name.text,
                        arguments,
                        &["schema", "version", "map"],
                        None,
                        &mut self.diagnostics,
                    );
                    let written = arguments.iter().filter_map(|argument| {
                        let key =
                            argument.name.as_ref().map(|name| format!("{}: ", name.text)).unwrap_or_default();
                        let text = text(&argument.value, &mut self.diagnostics)?;
                        Some(format!("{key}{text:?}"))
                    });
                    let written: Vec<String> = written.collect();
                    extensions.push(format!("{}({})", name.text, written.join(", ")));
                }
                _ => {
                    let fault =
                        Diagnostic::error(value.span, "expected the name of an extension, without quotes");
                    self.diagnostics.push(fault);
                }
            }
        }
        extensions
    }
}
