//! What valid schemas resolve to.

use aura_schema::diagnostic::Diagnostic;
use aura_schema::schema::{
    Arity, ColumnType, DefaultKind, IndexAlgorithm, Literal, ReferentialAction, Relation, RelationKind,
    ScalarType, Schema,
};
use aura_schema::source::Sources;
use aura_schema::{parse, render};

fn resolve(text: &str) -> Schema {
    let mut sources = Sources::new();
    sources.add("schema.prisma", text);
    let (schema, diagnostics) = parse(&sources, None);
    assert!(!diagnostics.iter().any(Diagnostic::is_error), "{}", render::render(&sources, &diagnostics));
    schema
}

fn shown(schema: &Schema, relation: &Relation) -> String {
    let (child, parent) = (&schema[relation.child], &schema[relation.parent]);
    let names = |model: &aura_schema::schema::Model, ids: &[aura_schema::schema::FieldId]| {
        ids.iter().map(|id| model[*id].name.clone()).collect::<Vec<_>>().join(",")
    };
    format!(
        "{:?} {}.{}({}) -> {}.{}({})",
        relation.kind,
        child.name,
        child[relation.child_field].name,
        names(child, &relation.fields),
        parent.name,
        relation.parent_field.map(|id| parent[id].name.clone()).unwrap_or_default(),
        names(parent, &relation.references),
    )
}

#[test]
fn relations_know_both_ends() {
    let schema = resolve(include_str!("fixtures/valid/self-relations.prisma"));
    let shapes: Vec<String> = schema.relations.iter().map(|relation| shown(&schema, relation)).collect();
    assert_eq!(
        shapes,
        [
            "OneToMany A.parent(parentId) -> A.children(id)",
            "OneToOne A.next(nextId) -> A.previous(id)",
            "ManyToMany A.friendOf() -> A.friends()",
        ]
    );
    let schema = resolve(include_str!("fixtures/valid/many-to-many.prisma"));
    assert_eq!(shown(&schema, &schema.relations[0]), "ManyToMany Post.tags() -> Tag.posts()");
    let schema = resolve(include_str!("fixtures/valid/composite-relation-in-another-order.prisma"));
    assert_eq!(shown(&schema, &schema.relations[0]), "OneToMany B.a(x,y) -> A.bs(k,id)");
    assert_eq!(schema.relations[0].on_delete(), ReferentialAction::Restrict);
    let schema = resolve(include_str!("fixtures/valid/one-to-many.prisma"));
    let relation = &schema.relations[0];
    assert_eq!((relation.kind, relation.is_required), (RelationKind::OneToMany, false));
    assert_eq!(relation.written_on_update, Some(ReferentialAction::NoAction));
    assert_eq!(relation.map.as_deref(), Some("b_to_a"));
    assert_eq!(schema.foreign_key_name(relation), "b_to_a");
}

#[test]
fn keys_have_prismas_names() {
    let schema = resolve(include_str!("fixtures/valid/keys-and-indexes.prisma"));
    let model = &schema.models[0];
    let key = model.primary_key.as_ref().expect("has a primary key");
    assert_eq!((key.database_name.as_str(), key.name.as_deref()), ("A_key", Some("both")));
    let uniques: Vec<&str> = model.uniques.iter().map(|unique| unique.database_name.as_str()).collect();
    assert_eq!(uniques, ["c_unique", "A_b_c_key", "b_only"]);
    let indexes: Vec<(&str, IndexAlgorithm, Option<&str>)> = model
        .indexes
        .iter()
        .map(|index| {
            (index.database_name.as_str(), index.algorithm, index.columns[0].operator_class.as_deref())
        })
        .collect();
    assert_eq!(
        indexes,
        [
            ("A_c_idx", IndexAlgorithm::Hash, None),
            ("A_d_idx", IndexAlgorithm::Gin, Some("JsonbPathOps")),
            ("e_gin", IndexAlgorithm::Gin, Some("ArrayOps")),
            ("A_f_idx", IndexAlgorithm::Gist, Some("InetOps")),
            ("c_pattern", IndexAlgorithm::BTree, Some("text_pattern_ops")),
            ("b_brin", IndexAlgorithm::Brin, Some("Int4BloomOps")),
        ]
    );
    assert!(model.uniques[0].columns[0].descending);
}

#[test]
fn conditions_become_sql() {
    let schema = resolve(include_str!("fixtures/valid/partial-indexes.prisma"));
    let model = &schema.models[0];
    assert_eq!(model.uniques[0].predicate.as_deref(), Some("b IS TRUE"));
    assert_eq!(model.uniques[1].predicate.as_deref(), Some("\"b\" = true AND \"c\" IS NULL"));
    assert_eq!(model.indexes[0].predicate.as_deref(), Some("\"c\" <> 'x''y' AND \"a\" = 3"));
}

#[test]
fn defaults_are_read_as_written() {
    let schema = resolve(include_str!("fixtures/valid/every-default.prisma"));
    let model = &schema.models[0];
    let default = |name: &str| {
        let (id, _) = model.field(name).expect("the field is there");
        model.column(id).default.clone().expect("it has a default").kind
    };
    let value = |literal| DefaultKind::Value(literal);
    assert_eq!(default("id"), DefaultKind::Autoincrement);
    assert_eq!(default("a"), value(Literal::String("a\"b\\n\nA😀".into())));
    assert_eq!(default("b"), value(Literal::Number("-1".into())));
    assert_eq!(default("d"), value(Literal::Boolean(true)));
    assert_eq!(default("e"), DefaultKind::Now);
    assert_eq!(default("j"), value(Literal::EnumValue("X".into())));
    let both = vec![Literal::EnumValue("X".into()), Literal::EnumValue("Y".into())];
    assert_eq!(default("k"), value(Literal::List(both)));
    assert_eq!(default("l"), value(Literal::List(Vec::new())));
    assert_eq!(default("m"), DefaultKind::Cuid(1));
    assert_eq!(default("n"), DefaultKind::Cuid(2));
    assert_eq!(default("o"), DefaultKind::Uuid(4));
    assert_eq!(default("p"), DefaultKind::Uuid(7));
    assert_eq!(default("r"), DefaultKind::Nanoid(21));
    assert_eq!(default("t"), DefaultKind::DbGenerated(String::new()));
    assert_eq!(default("u"), DefaultKind::DbGenerated("''::tsvector".into()));
}

#[test]
fn documentation_and_annotations_are_parted() {
    let schema = resolve(include_str!("fixtures/valid/annotations.prisma"));
    let model = &schema.models[0];
    let (_, email) = model.field("email").expect("the field is there");
    assert_eq!(email.documentation.as_deref(), Some("Where mail goes."));
    assert!(email.has_annotation("email") && !email.has_annotation("sensitive"));
    let schema = resolve(include_str!("fixtures/valid/comments-everywhere.prisma"));
    let (_, id) = schema.models[0].field("id").expect("the field is there");
    assert_eq!(id.documentation.as_deref(), Some("Of the field.\nand behind it"));
    assert_eq!(schema.models[0].documentation.as_deref(), Some("Documentation."));
}

#[test]
fn types_arities_and_names() {
    let schema = resolve(include_str!("fixtures/valid/every-scalar-type.prisma"));
    let model = &schema.models[0];
    let columns: Vec<(ColumnType, Arity)> =
        model.columns().map(|(_, field, scalar)| (scalar.ty.clone(), field.arity)).collect();
    assert_eq!(columns[2], (ColumnType::Scalar(ScalarType::Boolean), Arity::Optional));
    assert_eq!(columns[3], (ColumnType::Scalar(ScalarType::BigInt), Arity::List));
    assert_eq!(columns[9], (ColumnType::Unsupported("tsvector".into()), Arity::Optional));
    let schema = resolve(include_str!("fixtures/valid/several-schemas.prisma"));
    assert_eq!(
        (schema.models[1].database_name.as_str(), schema.models[1].schema.as_deref()),
        ("x", Some("two"))
    );
    let schema = resolve(include_str!("fixtures/valid/enum-with-mapped-values.prisma"));
    assert_eq!(
        (schema.enums[0].database_name.as_str(), schema.enums[0].values[0].database_name.as_str()),
        ("e_type", "x one")
    );
    let schema = resolve(include_str!("fixtures/valid/extensions.prisma"));
    let datasource = schema.datasource.expect("has a datasource");
    assert_eq!(datasource.extensions, ["citext", "hstore(schema: \"x\", version: \"1.2\")"]);
}

#[test]
fn a_fault_is_shown_with_its_line() {
    let mut sources = Sources::new();
    sources.add("user.prisma", "model User {\n\tid Int @id\n\tna Strng\n}\n");
    let (_, diagnostics) = parse(&sources, None);
    assert_eq!(
        render::render(&sources, &diagnostics),
        "error: there is no type, model or enum `Strng`\n  --> user.prisma:3:5\n  |\n3 | \tna Strng\n  | \t   ^^^^^\nhelp: did you mean `String`?\n"
    );
    assert_eq!(
        render::short(&sources, &diagnostics),
        "user.prisma:3:5: error: there is no type, model or enum `Strng` (did you mean `String`?)\n"
    );
    assert!(render::render_coloured(&sources, &diagnostics).contains("\u{1b}[1;31merror"));
    let json = serde_json::to_value(diagnostics[0].located(&sources)).expect("serialises");
    assert_eq!(
        (json["path"].as_str(), json["line"].as_u64(), json["endColumn"].as_u64()),
        (Some("user.prisma"), Some(3), Some(10))
    );
}
