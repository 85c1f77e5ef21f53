//! The script of a new database.

use aura_schema::config::Config;
use aura_schema::schema::Schema;

use crate::tables::House;
use crate::{events, foreign_keys, foundation, indexes, soft_delete, tables};

/// The SQL that makes a new database of a schema: deterministic, in Prisma's order and names.
///
/// Without `config` it says what Prisma says. With it the house rules hold: tombstone keys, uniques among
/// the live, `updatedAt` and the trail by triggers, all in the same script. The schema must be valid.
pub fn create_script(schema: &Schema, config: Option<&Config>) -> String {
    let house = config.map(|config| House::new(schema, config.ids));
    let house = house.as_ref();
    let mut script = Script::default();
    script.each("CreateSchema", tables::create_schemas(schema));
    script.each("CreateExtension", tables::create_extensions(schema));
    if let Some(house) = house {
        script.part(
            "Schema aura: the trail, ids for raw SQL, and what refuses",
            &foundation::foundation(house.ids),
        );
    }
    script.each("CreateEnum", tables::create_enums(schema));
    script.each("CreateTable", schema.tables().map(|(id, _)| tables::create_table(schema, id, house)));
    for (relation, name) in tables::join_tables(schema) {
        script.each("CreateTable", [tables::create_join_table(schema, relation, &name, house)]);
    }
    script
        .each("CreateIndex", schema.tables().flat_map(|(id, _)| indexes::create_indexes(schema, id, house)));
    for (relation, name) in tables::join_tables(schema) {
        script.each("CreateIndex", [indexes::create_join_index(schema, relation, &name)]);
    }
    let plan = house.map(|house| &house.plan);
    script.each(
        "AddForeignKey",
        schema.tables().flat_map(|(id, _)| foreign_keys::add_foreign_keys(schema, id, plan)),
    );
    for (relation, name) in tables::join_tables(schema) {
        script.each("AddForeignKey", foreign_keys::add_join_keys(schema, relation, &name));
    }
    if let Some(plan) = plan {
        for (id, model) in schema.tables() {
            if let Some(keep) = soft_delete::keep(schema, plan, id) {
                script.part(&format!("{}: soft delete and \"updatedAt\"", model.name), &keep);
            }
            script.part(&format!("{}: its trail", model.name), &events::events(schema, plan, id));
        }
        script.part(
            "Nobody may call what the triggers call",
            "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA aura FROM PUBLIC;\n",
        );
    }
    script.0
}

#[derive(Default)]
struct Script(String);

impl Script {
    fn each(&mut self, heading: &str, statements: impl IntoIterator<Item = String>) {
        for statement in statements {
            self.part(heading, &statement);
        }
    }

    fn part(&mut self, heading: &str, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        for piece in ["-- ", heading, "\n", text.trim_end(), "\n"] {
            self.0.push_str(piece);
        }
    }
}
