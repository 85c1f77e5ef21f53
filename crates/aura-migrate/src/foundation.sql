CREATE SCHEMA aura;

-- Which cluster wrote the events of an era: transaction numbers mean nothing in another one.
CREATE TABLE aura.era (
    "era" INTEGER NOT NULL,
    "system_identifier" BIGINT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),

    CONSTRAINT "era_pkey" PRIMARY KEY ("era")
);
INSERT INTO aura.era ("era", "system_identifier") SELECT 1, "system_identifier" FROM pg_control_system();

-- One change of one record. Public columns first; before, after, reason and salt are its private part,
-- for which the commitment stands: sha256(salt || jsonb_build_array(before, after, reason)::text).
CREATE TABLE aura.event (
    "number" BIGINT GENERATED ALWAYS AS IDENTITY,
    "era" INTEGER NOT NULL DEFAULT 1,
    "xid" XID8 NOT NULL DEFAULT pg_current_xact_id(),
    "at" TIMESTAMPTZ(6) NOT NULL,
    "model" TEXT COLLATE "C" NOT NULL,
    "record_id" TEXT COLLATE "C" NOT NULL,
    "operation" TEXT COLLATE "C" NOT NULL,
    "actor" TEXT,
    "session_role" TEXT NOT NULL,
    "request" TEXT,
    "before" JSONB,
    "after" JSONB,
    "reason" TEXT,
    "salt" BYTEA,
    "commitment" BYTEA NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("era", "xid", "number"),
    CONSTRAINT "event_operation_check" CHECK ("operation" IN ('create', 'update', 'delete', 'restore', 'purge')),
    CONSTRAINT "event_commitment_check" CHECK (octet_length("commitment") = 32)
);
CREATE INDEX "event_model_record_id_number_idx" ON aura.event("model", "record_id", "number");

-- How far each bulk import has come, so that it can be taken up again. Holds no personal data.
CREATE TABLE aura.import (
    "source" BYTEA NOT NULL,
    "model" TEXT NOT NULL,
    "lines_done" BIGINT NOT NULL DEFAULT 0,
    "created" BIGINT NOT NULL DEFAULT 0,
    "rejected" BIGINT NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "import_pkey" PRIMARY KEY ("model", "source"),
    CONSTRAINT "import_source_check" CHECK (octet_length("source") = 32)
);

-- Every function of this schema pins its search_path: PostgreSQL runs what a cascade fires as the owner of the table,
-- and a type or table of the writer's own must not be found there.
CREATE FUNCTION aura.append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on %.% is refused: it only grows', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = '42501', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON aura.event FOR EACH ROW EXECUTE FUNCTION aura.append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON aura.event FOR EACH STATEMENT EXECUTE FUNCTION aura.append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON aura.era FOR EACH ROW EXECUTE FUNCTION aura.append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON aura.era FOR EACH STATEMENT EXECUTE FUNCTION aura.append_only();

-- Rows of models leave physically only by purge: with an actor and a reason, both set for the transaction.
CREATE FUNCTION aura.refuse_delete() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF COALESCE(current_setting('aura.purge', true), '') = '' OR COALESCE(current_setting('aura.actor', true), '') = '' THEN
    RAISE EXCEPTION 'DELETE on % is refused: set "deletedAt" instead', TG_TABLE_NAME
      USING ERRCODE = '42501', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
        HINT = 'To purge rows for good, first run set_config(''aura.actor'', …, true) and set_config(''aura.purge'', the reason, true) in the same transaction.';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION aura.refuse_truncate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE on % is refused: set "deletedAt" instead, or purge rows one by one', TG_TABLE_NAME
    USING ERRCODE = '42501', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
END $$;
