-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- Schema aura: the trail, ids for raw SQL, and what refuses
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

-- Ids for raw SQL: nine characters of time (milliseconds since 1970 in base 36, the first digit as a letter),
-- then fifteen random ones. They sort by their time, to the millisecond.
CREATE FUNCTION aura.id() RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d CONSTANT text := '0123456789abcdefghijklmnopqrstuvwxyz';
  u CONSTANT text := gen_random_uuid()::text;
  t CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  a CONSTANT bigint := ('x' || substr(u, 1, 8) || substr(u, 10, 4) || substr(u, 16, 3))::bit(60)::bigint;
  b CONSTANT bigint := ('x' || substr(u, 21, 3) || substr(u, 25, 12))::bit(60)::bigint;
BEGIN
  RETURN substr('abcdefghijklmnopqrstuvwxyz', 1 + (t / 2821109907456)::int, 1)
    || substr(d, 1 + (t / 78364164096 % 36)::int, 1)
    || substr(d, 1 + (t / 2176782336 % 36)::int, 1)
    || substr(d, 1 + (t / 60466176 % 36)::int, 1)
    || substr(d, 1 + (t / 1679616 % 36)::int, 1)
    || substr(d, 1 + (t / 46656 % 36)::int, 1)
    || substr(d, 1 + (t / 1296 % 36)::int, 1)
    || substr(d, 1 + (t / 36 % 36)::int, 1)
    || substr(d, 1 + (t % 36)::int, 1)
    || substr(d, 1 + (a / 78364164096 % 36)::int, 1)
    || substr(d, 1 + (a / 2176782336 % 36)::int, 1)
    || substr(d, 1 + (a / 60466176 % 36)::int, 1)
    || substr(d, 1 + (a / 1679616 % 36)::int, 1)
    || substr(d, 1 + (a / 46656 % 36)::int, 1)
    || substr(d, 1 + (a / 1296 % 36)::int, 1)
    || substr(d, 1 + (a / 36 % 36)::int, 1)
    || substr(d, 1 + (a % 36)::int, 1)
    || substr(d, 1 + (b / 2176782336 % 36)::int, 1)
    || substr(d, 1 + (b / 60466176 % 36)::int, 1)
    || substr(d, 1 + (b / 1679616 % 36)::int, 1)
    || substr(d, 1 + (b / 46656 % 36)::int, 1)
    || substr(d, 1 + (b / 1296 % 36)::int, 1)
    || substr(d, 1 + (b / 36 % 36)::int, 1)
    || substr(d, 1 + (b % 36)::int, 1);
END $$;

-- CreateEnum
CREATE TYPE "ApplicationKind" AS ENUM ('WEB', 'SPA', 'NATIVE', 'SERVICE');

-- CreateEnum
CREATE TYPE "ApplicationStatus" AS ENUM ('ACTIVE', 'SUSPENDED');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('OWNER', 'ADMIN', 'MEMBER');

-- CreateEnum
CREATE TYPE "MembershipStatus" AS ENUM ('ACTIVE', 'INVITED', 'SUSPENDED');

-- CreateEnum
CREATE TYPE "UserStatus" AS ENUM ('ACTIVE', 'SUSPENDED');

-- CreateEnum
CREATE TYPE "TokenPurpose" AS ENUM ('VERIFY_EMAIL', 'RESET_PASSWORD', 'INVITE');

-- CreateTable
CREATE TABLE "Application" (
    "id" TEXT COLLATE "C" NOT NULL DEFAULT aura.id(),
    "clientId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "ApplicationKind" NOT NULL,
    "redirectUris" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "secretHash" BYTEA,
    "status" "ApplicationStatus" NOT NULL DEFAULT 'ACTIVE',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),
    "liveUntil" TIMESTAMPTZ(3) NOT NULL DEFAULT 'infinity',

    CONSTRAINT "Application_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Application_id_check" CHECK ("id" ~ '^[a-z][0-9a-z]{1,31}$'),
    CONSTRAINT "Application_times_check" CHECK (LEAST("createdAt", "updatedAt", "deletedAt") >= '0001-01-01 00:00:00+00' AND GREATEST("createdAt", "updatedAt", "deletedAt") <= '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT "Application_liveUntil_check" CHECK ("liveUntil" = COALESCE("deletedAt", 'infinity'))
);

-- CreateTable
CREATE TABLE "Membership" (
    "id" TEXT COLLATE "C" NOT NULL DEFAULT aura.id(),
    "userId" TEXT COLLATE "C" NOT NULL,
    "applicationId" TEXT COLLATE "C" NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'MEMBER',
    "status" "MembershipStatus" NOT NULL DEFAULT 'ACTIVE',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "invitedById" TEXT COLLATE "C",
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),
    "userLiveUntil" TIMESTAMPTZ(3) DEFAULT 'infinity',
    "applicationLiveUntil" TIMESTAMPTZ(3) DEFAULT 'infinity',
    "selfDeletedAt" TIMESTAMPTZ(3),
    "liveUntil" TIMESTAMPTZ(3) NOT NULL DEFAULT 'infinity',

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Membership_id_check" CHECK ("id" ~ '^[a-z][0-9a-z]{1,31}$'),
    CONSTRAINT "Membership_times_check" CHECK (LEAST("createdAt", "updatedAt", "deletedAt", "selfDeletedAt") >= '0001-01-01 00:00:00+00' AND GREATEST("createdAt", "updatedAt", "deletedAt", "selfDeletedAt") <= '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT "Membership_selfDeletedAt_check" CHECK (num_nulls("userLiveUntil", "applicationLiveUntil") = CASE WHEN "selfDeletedAt" IS NULL THEN 0 ELSE 2 END),
    CONSTRAINT "Membership_liveUntil_check" CHECK ("liveUntil" = LEAST(COALESCE("selfDeletedAt", 'infinity'), "userLiveUntil", "applicationLiveUntil") AND COALESCE("deletedAt", 'infinity') = "liveUntil")
);

-- CreateTable
CREATE TABLE "OperatorKey" (
    "id" TEXT COLLATE "C" NOT NULL DEFAULT aura.id(),
    "name" TEXT NOT NULL,
    "keyHash" BYTEA NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "OperatorKey_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "OperatorKey_id_check" CHECK ("id" ~ '^[a-z][0-9a-z]{1,31}$'),
    CONSTRAINT "OperatorKey_times_check" CHECK (LEAST("expiresAt", "createdAt", "updatedAt", "deletedAt") >= '0001-01-01 00:00:00+00' AND GREATEST("expiresAt", "createdAt", "updatedAt", "deletedAt") <= '9999-12-31 23:59:59.999999+00')
);

-- CreateTable
CREATE TABLE "RefreshToken" (
    "id" TEXT COLLATE "C" NOT NULL DEFAULT aura.id(),
    "sessionId" TEXT COLLATE "C" NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "familyId" TEXT NOT NULL,
    "successorId" TEXT COLLATE "C",
    "usedAt" TIMESTAMPTZ(3),
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),
    "sessionLiveUntil" TIMESTAMPTZ(3) DEFAULT 'infinity',
    "selfDeletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RefreshToken_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "RefreshToken_id_check" CHECK ("id" ~ '^[a-z][0-9a-z]{1,31}$'),
    CONSTRAINT "RefreshToken_times_check" CHECK (LEAST("usedAt", "expiresAt", "createdAt", "updatedAt", "deletedAt", "selfDeletedAt") >= '0001-01-01 00:00:00+00' AND GREATEST("usedAt", "expiresAt", "createdAt", "updatedAt", "deletedAt", "selfDeletedAt") <= '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT "RefreshToken_selfDeletedAt_check" CHECK (num_nulls("sessionLiveUntil") = CASE WHEN "selfDeletedAt" IS NULL THEN 0 ELSE 1 END),
    CONSTRAINT "RefreshToken_liveUntil_check" CHECK (COALESCE("deletedAt", 'infinity') = LEAST(COALESCE("selfDeletedAt", 'infinity'), "sessionLiveUntil"))
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT COLLATE "C" NOT NULL DEFAULT aura.id(),
    "userId" TEXT COLLATE "C" NOT NULL,
    "applicationId" TEXT COLLATE "C" NOT NULL,
    "membershipId" TEXT COLLATE "C" NOT NULL,
    "device" TEXT,
    "address" INET,
    "lastUsedAt" TIMESTAMPTZ(3),
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),
    "membershipLiveUntil" TIMESTAMPTZ(3) DEFAULT 'infinity',
    "selfDeletedAt" TIMESTAMPTZ(3),
    "liveUntil" TIMESTAMPTZ(3) NOT NULL DEFAULT 'infinity',

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Session_id_check" CHECK ("id" ~ '^[a-z][0-9a-z]{1,31}$'),
    CONSTRAINT "Session_times_check" CHECK (LEAST("lastUsedAt", "expiresAt", "revokedAt", "createdAt", "updatedAt", "deletedAt", "selfDeletedAt") >= '0001-01-01 00:00:00+00' AND GREATEST("lastUsedAt", "expiresAt", "revokedAt", "createdAt", "updatedAt", "deletedAt", "selfDeletedAt") <= '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT "Session_selfDeletedAt_check" CHECK (num_nulls("membershipLiveUntil") = CASE WHEN "selfDeletedAt" IS NULL THEN 0 ELSE 1 END),
    CONSTRAINT "Session_liveUntil_check" CHECK ("liveUntil" = LEAST(COALESCE("selfDeletedAt", 'infinity'), "membershipLiveUntil") AND COALESCE("deletedAt", 'infinity') = "liveUntil")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT COLLATE "C" NOT NULL DEFAULT aura.id(),
    "email" TEXT NOT NULL,
    "passwordHash" TEXT,
    "name" TEXT,
    "emailVerifiedAt" TIMESTAMPTZ(3),
    "status" "UserStatus" NOT NULL DEFAULT 'ACTIVE',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),
    "liveUntil" TIMESTAMPTZ(3) NOT NULL DEFAULT 'infinity',

    CONSTRAINT "User_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "User_id_check" CHECK ("id" ~ '^[a-z][0-9a-z]{1,31}$'),
    CONSTRAINT "User_email_check" CHECK (octet_length("email") <= 254 AND octet_length(split_part("email", '@', 1)) <= 64 AND "email" ~ '^[^@\u0001-\u0020\u007F-\u00A0\u00AD\u1680\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF]+@[^@\u0001-\u0020\u007F-\u00A0\u00AD\u1680\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF]+$'),
    CONSTRAINT "User_times_check" CHECK (LEAST("emailVerifiedAt", "createdAt", "updatedAt", "deletedAt") >= '0001-01-01 00:00:00+00' AND GREATEST("emailVerifiedAt", "createdAt", "updatedAt", "deletedAt") <= '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT "User_liveUntil_check" CHECK ("liveUntil" = COALESCE("deletedAt", 'infinity'))
);

-- CreateTable
CREATE TABLE "VerificationToken" (
    "id" TEXT COLLATE "C" NOT NULL DEFAULT aura.id(),
    "purpose" "TokenPurpose" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "applicationId" TEXT COLLATE "C",
    "tokenHash" BYTEA NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),
    "userLiveUntil" TIMESTAMPTZ(3) DEFAULT 'infinity',
    "applicationLiveUntil" TIMESTAMPTZ(3) DEFAULT 'infinity',
    "selfDeletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "VerificationToken_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "VerificationToken_id_check" CHECK ("id" ~ '^[a-z][0-9a-z]{1,31}$'),
    CONSTRAINT "VerificationToken_times_check" CHECK (LEAST("expiresAt", "usedAt", "createdAt", "updatedAt", "deletedAt", "selfDeletedAt") >= '0001-01-01 00:00:00+00' AND GREATEST("expiresAt", "usedAt", "createdAt", "updatedAt", "deletedAt", "selfDeletedAt") <= '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT "VerificationToken_selfDeletedAt_check" CHECK (num_nulls("userLiveUntil", "applicationLiveUntil") = CASE WHEN "selfDeletedAt" IS NULL THEN 0 ELSE 2 END),
    CONSTRAINT "VerificationToken_liveUntil_check" CHECK (COALESCE("deletedAt", 'infinity') = LEAST(COALESCE("selfDeletedAt", 'infinity'), "userLiveUntil", "applicationLiveUntil")),
    CONSTRAINT "VerificationToken_applicationLiveUntil_check" CHECK ("applicationId" IS NOT NULL OR "applicationLiveUntil" = 'infinity')
);

-- CreateIndex
CREATE UNIQUE INDEX "Application_clientId_key" ON "Application"("clientId") WHERE "deletedAt" IS NULL;

-- CreateIndex
ALTER TABLE "Application" ADD CONSTRAINT "Application_id_liveUntil_key" UNIQUE ("id", "liveUntil");

-- CreateIndex
CREATE INDEX "Membership_applicationId_idx" ON "Membership"("applicationId");

-- CreateIndex
CREATE INDEX "Membership_invitedById_idx" ON "Membership"("invitedById");

-- CreateIndex
CREATE UNIQUE INDEX "Membership_userId_applicationId_key" ON "Membership"("userId", "applicationId") WHERE "deletedAt" IS NULL;

-- CreateIndex
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_applicationId_id_key" UNIQUE ("userId", "applicationId", "id", "liveUntil");

-- CreateIndex
CREATE UNIQUE INDEX "OperatorKey_name_key" ON "OperatorKey"("name") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE UNIQUE INDEX "OperatorKey_keyHash_key" ON "OperatorKey"("keyHash") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE UNIQUE INDEX "RefreshToken_tokenHash_key" ON "RefreshToken"("tokenHash") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE UNIQUE INDEX "RefreshToken_successorId_key" ON "RefreshToken"("successorId") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "RefreshToken_sessionId_idx" ON "RefreshToken"("sessionId");

-- CreateIndex
CREATE INDEX "RefreshToken_familyId_idx" ON "RefreshToken"("familyId");

-- CreateIndex
CREATE INDEX "Session_membershipId_idx" ON "Session"("membershipId");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Session_applicationId_idx" ON "Session"("applicationId");

-- CreateIndex
ALTER TABLE "Session" ADD CONSTRAINT "Session_id_liveUntil_key" UNIQUE ("id", "liveUntil");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"(lower("email" COLLATE "C")) WHERE "deletedAt" IS NULL;

-- CreateIndex
ALTER TABLE "User" ADD CONSTRAINT "User_id_liveUntil_key" UNIQUE ("id", "liveUntil");

-- CreateIndex
CREATE UNIQUE INDEX "VerificationToken_tokenHash_key" ON "VerificationToken"("tokenHash") WHERE "deletedAt" IS NULL;

-- CreateIndex
CREATE INDEX "VerificationToken_userId_idx" ON "VerificationToken"("userId");

-- CreateIndex
CREATE INDEX "VerificationToken_applicationId_idx" ON "VerificationToken"("applicationId");

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId", "userLiveUntil") REFERENCES "User"("id", "liveUntil") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_any_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE NO ACTION;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_applicationId_fkey" FOREIGN KEY ("applicationId", "applicationLiveUntil") REFERENCES "Application"("id", "liveUntil") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_applicationId_any_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE NO ACTION;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_invitedById_fkey" FOREIGN KEY ("invitedById") REFERENCES "User"("id") ON DELETE SET NULL;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_sessionId_fkey" FOREIGN KEY ("sessionId", "sessionLiveUntil") REFERENCES "Session"("id", "liveUntil") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_sessionId_any_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE NO ACTION;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_successorId_fkey" FOREIGN KEY ("successorId") REFERENCES "RefreshToken"("id") ON DELETE SET NULL;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_applicationId_membershipId_fkey" FOREIGN KEY ("userId", "applicationId", "membershipId", "membershipLiveUntil") REFERENCES "Membership"("userId", "applicationId", "id", "liveUntil") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_applicationId_membershipId_any_fkey" FOREIGN KEY ("membershipId") REFERENCES "Membership"("id") ON DELETE NO ACTION;

-- AddForeignKey
ALTER TABLE "VerificationToken" ADD CONSTRAINT "VerificationToken_userId_fkey" FOREIGN KEY ("userId", "userLiveUntil") REFERENCES "User"("id", "liveUntil") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VerificationToken" ADD CONSTRAINT "VerificationToken_userId_any_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE NO ACTION;

-- AddForeignKey
ALTER TABLE "VerificationToken" ADD CONSTRAINT "VerificationToken_applicationId_fkey" FOREIGN KEY ("applicationId", "applicationLiveUntil") REFERENCES "Application"("id", "liveUntil") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VerificationToken" ADD CONSTRAINT "VerificationToken_applicationId_any_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE NO ACTION;

-- Application: soft delete and "updatedAt"
CREATE FUNCTION aura."Application_keep"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_catalog.record_image_ne(ROW(OLD."id"), ROW(NEW."id")) THEN
    RAISE EXCEPTION 'Application: id cannot be changed' USING ERRCODE = '23514', TABLE = 'Application';
  END IF;
  NEW."liveUntil" := COALESCE(NEW."deletedAt", 'infinity');
  IF TG_OP = 'UPDATE' THEN
    NEW."updatedAt" := CASE WHEN pg_catalog.record_image_ne(ROW(OLD."id", OLD."clientId", OLD."name", OLD."kind", OLD."redirectUris", OLD."secretHash", OLD."status",
      OLD."metadata", OLD."createdAt", OLD."deletedAt"), ROW(NEW."id", NEW."clientId", NEW."name", NEW."kind", NEW."redirectUris", NEW."secretHash", NEW."status",
      NEW."metadata", NEW."createdAt", NEW."deletedAt"))
      THEN now() ELSE OLD."updatedAt" END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER aura_keep_new BEFORE INSERT ON "Application" FOR EACH ROW
  WHEN (NEW."deletedAt" IS NOT NULL) EXECUTE FUNCTION aura."Application_keep"();
CREATE TRIGGER aura_keep BEFORE UPDATE ON "Application" FOR EACH ROW
  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION aura."Application_keep"();

-- Application: its trail
CREATE FUNCTION aura."Application_event"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := NEW."id";
    a := jsonb_build_object('id', NEW."id", 'clientId', NEW."clientId", 'name', NEW."name", 'kind', NEW."kind",
        'redirectUris', NEW."redirectUris",
        'secretHash', CASE WHEN NEW."secretHash" IS NULL THEN NULL ELSE '[secret]' END, 'status', NEW."status",
        'metadata', NEW."metadata", 'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt",
        'deletedAt', NEW."deletedAt");
  ELSIF TG_OP = 'UPDATE' THEN
    i := NEW."id";
    o := CASE WHEN (OLD."deletedAt" IS NULL) = (NEW."deletedAt" IS NULL) THEN 'update' WHEN NEW."deletedAt" IS NULL THEN 'restore' ELSE 'delete' END;
    b := jsonb_build_object('id', OLD."id", 'clientId', OLD."clientId", 'name', OLD."name", 'kind', OLD."kind",
        'redirectUris', OLD."redirectUris",
        'secretHash', CASE WHEN OLD."secretHash" IS NULL THEN NULL ELSE '[secret]' END, 'status', OLD."status",
        'metadata', OLD."metadata", 'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt",
        'deletedAt', OLD."deletedAt");
    a := jsonb_build_object('id', NEW."id", 'clientId', NEW."clientId", 'name', NEW."name", 'kind', NEW."kind",
        'redirectUris', NEW."redirectUris",
        'secretHash', CASE WHEN NEW."secretHash" IS NULL THEN NULL WHEN record_image_ne(ROW(OLD."secretHash"), ROW(NEW."secretHash")) THEN '[secret, changed]' ELSE '[secret]' END,
        'status', NEW."status", 'metadata', NEW."metadata", 'createdAt', NEW."createdAt",
        'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSE
    o := 'purge'; i := OLD."id"; r := NULLIF(left(current_setting('aura.purge', true), 2000), '');
    b := jsonb_build_object('id', OLD."id", 'clientId', OLD."clientId", 'name', OLD."name", 'kind', OLD."kind",
        'redirectUris', OLD."redirectUris",
        'secretHash', CASE WHEN OLD."secretHash" IS NULL THEN NULL ELSE '[secret]' END, 'status', OLD."status",
        'metadata', OLD."metadata", 'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt",
        'deletedAt', OLD."deletedAt");
  END IF;
  INSERT INTO aura.event ("at", "model", "record_id", "operation", "actor", "session_role", "request", "before", "after", "reason", "salt", "commitment")
  VALUES (clock_timestamp(), 'Application', i, o, NULLIF(left(current_setting('aura.actor', true), 200), ''), session_user, NULLIF(left(current_setting('aura.request', true), 200), ''),
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON "Application" FOR EACH ROW EXECUTE FUNCTION aura."Application_event"();
CREATE TRIGGER aura_event_update AFTER UPDATE ON "Application" FOR EACH ROW
  WHEN (pg_catalog.record_image_ne(ROW(OLD."id", OLD."clientId", OLD."name", OLD."kind", OLD."redirectUris", OLD."secretHash", OLD."status",
      OLD."metadata", OLD."createdAt", OLD."updatedAt", OLD."deletedAt"), ROW(NEW."id", NEW."clientId", NEW."name", NEW."kind", NEW."redirectUris", NEW."secretHash", NEW."status",
      NEW."metadata", NEW."createdAt", NEW."updatedAt", NEW."deletedAt"))) EXECUTE FUNCTION aura."Application_event"();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON "Application" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON "Application" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();

-- Membership: soft delete and "updatedAt"
CREATE FUNCTION aura."Membership_keep"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_catalog.record_image_ne(ROW(OLD."id", OLD."userId", OLD."applicationId"), ROW(NEW."id", NEW."userId", NEW."applicationId")) THEN
    RAISE EXCEPTION 'Membership: id, userId, applicationId cannot be changed' USING ERRCODE = '23514', TABLE = 'Membership';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW."selfDeletedAt" := COALESCE(NEW."selfDeletedAt", CASE WHEN NEW."deletedAt" < LEAST(NEW."userLiveUntil", NEW."applicationLiveUntil") OR NEW."deletedAt" = 'infinity' THEN NEW."deletedAt" END);
  ELSIF NEW."deletedAt" IS DISTINCT FROM OLD."deletedAt" THEN
    NEW."selfDeletedAt" := NEW."deletedAt";
    IF NEW."selfDeletedAt" IS NULL AND LEAST(NEW."userLiveUntil", NEW."applicationLiveUntil") < 'infinity' THEN
      RAISE EXCEPTION 'Membership % cannot be restored: a parent of it is deleted', OLD."id" USING ERRCODE = '23503', TABLE = 'Membership', CONSTRAINT = 'Membership_liveUntil_check';
    END IF;
  END IF;
  IF NEW."selfDeletedAt" IS NULL THEN
    NEW."userLiveUntil" := COALESCE(NEW."userLiveUntil", 'infinity');
    NEW."applicationLiveUntil" := COALESCE(NEW."applicationLiveUntil", 'infinity');
  ELSE -- deleted by itself: out of its parents' keys
    NEW."userLiveUntil" := NULL;
    NEW."applicationLiveUntil" := NULL;
  END IF;
  NEW."liveUntil" := LEAST(COALESCE(NEW."selfDeletedAt", 'infinity'), NEW."userLiveUntil", NEW."applicationLiveUntil");
  NEW."deletedAt" := NULLIF(NEW."liveUntil", 'infinity');
  IF TG_OP = 'UPDATE' THEN
    NEW."updatedAt" := CASE WHEN pg_catalog.record_image_ne(ROW(OLD."id", OLD."userId", OLD."applicationId", OLD."role", OLD."status", OLD."metadata", OLD."invitedById",
      OLD."createdAt", OLD."deletedAt"), ROW(NEW."id", NEW."userId", NEW."applicationId", NEW."role", NEW."status", NEW."metadata", NEW."invitedById",
      NEW."createdAt", NEW."deletedAt"))
      THEN now() ELSE OLD."updatedAt" END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER aura_keep_new BEFORE INSERT ON "Membership" FOR EACH ROW
  WHEN (NEW."deletedAt" IS NOT NULL OR NEW."selfDeletedAt" IS NOT NULL OR NEW."userLiveUntil" <> 'infinity' OR NEW."applicationLiveUntil" <> 'infinity') EXECUTE FUNCTION aura."Membership_keep"();
CREATE TRIGGER aura_keep BEFORE UPDATE ON "Membership" FOR EACH ROW
  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION aura."Membership_keep"();

-- Membership: its trail
CREATE FUNCTION aura."Membership_event"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := NEW."id";
    a := jsonb_build_object('id', NEW."id", 'userId', NEW."userId", 'applicationId', NEW."applicationId", 'role', NEW."role",
        'status', NEW."status", 'metadata', NEW."metadata", 'invitedById', NEW."invitedById",
        'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSIF TG_OP = 'UPDATE' THEN
    i := NEW."id";
    o := CASE WHEN (OLD."deletedAt" IS NULL) = (NEW."deletedAt" IS NULL) THEN 'update' WHEN NEW."deletedAt" IS NULL THEN 'restore' ELSE 'delete' END;
    b := jsonb_build_object('id', OLD."id", 'userId', OLD."userId", 'applicationId', OLD."applicationId", 'role', OLD."role",
        'status', OLD."status", 'metadata', OLD."metadata", 'invitedById', OLD."invitedById",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
    a := jsonb_build_object('id', NEW."id", 'userId', NEW."userId", 'applicationId', NEW."applicationId", 'role', NEW."role",
        'status', NEW."status", 'metadata', NEW."metadata", 'invitedById', NEW."invitedById",
        'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSE
    o := 'purge'; i := OLD."id"; r := NULLIF(left(current_setting('aura.purge', true), 2000), '');
    b := jsonb_build_object('id', OLD."id", 'userId', OLD."userId", 'applicationId', OLD."applicationId", 'role', OLD."role",
        'status', OLD."status", 'metadata', OLD."metadata", 'invitedById', OLD."invitedById",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
  END IF;
  INSERT INTO aura.event ("at", "model", "record_id", "operation", "actor", "session_role", "request", "before", "after", "reason", "salt", "commitment")
  VALUES (clock_timestamp(), 'Membership', i, o, NULLIF(left(current_setting('aura.actor', true), 200), ''), session_user, NULLIF(left(current_setting('aura.request', true), 200), ''),
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON "Membership" FOR EACH ROW EXECUTE FUNCTION aura."Membership_event"();
CREATE TRIGGER aura_event_update AFTER UPDATE ON "Membership" FOR EACH ROW
  WHEN (pg_catalog.record_image_ne(ROW(OLD."id", OLD."userId", OLD."applicationId", OLD."role", OLD."status", OLD."metadata", OLD."invitedById",
      OLD."createdAt", OLD."updatedAt", OLD."deletedAt"), ROW(NEW."id", NEW."userId", NEW."applicationId", NEW."role", NEW."status", NEW."metadata", NEW."invitedById",
      NEW."createdAt", NEW."updatedAt", NEW."deletedAt"))) EXECUTE FUNCTION aura."Membership_event"();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON "Membership" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON "Membership" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();

-- OperatorKey: soft delete and "updatedAt"
CREATE FUNCTION aura."OperatorKey_keep"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_catalog.record_image_ne(ROW(OLD."id"), ROW(NEW."id")) THEN
    RAISE EXCEPTION 'OperatorKey: id cannot be changed' USING ERRCODE = '23514', TABLE = 'OperatorKey';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    NEW."updatedAt" := CASE WHEN pg_catalog.record_image_ne(ROW(OLD."id", OLD."name", OLD."keyHash", OLD."expiresAt", OLD."createdAt", OLD."deletedAt"), ROW(NEW."id", NEW."name", NEW."keyHash", NEW."expiresAt", NEW."createdAt", NEW."deletedAt"))
      THEN now() ELSE OLD."updatedAt" END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER aura_keep_new BEFORE INSERT ON "OperatorKey" FOR EACH ROW
  WHEN (NEW."deletedAt" IS NOT NULL) EXECUTE FUNCTION aura."OperatorKey_keep"();
CREATE TRIGGER aura_keep BEFORE UPDATE ON "OperatorKey" FOR EACH ROW
  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION aura."OperatorKey_keep"();

-- OperatorKey: its trail
CREATE FUNCTION aura."OperatorKey_event"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := NEW."id";
    a := jsonb_build_object('id', NEW."id", 'name', NEW."name",
        'keyHash', CASE WHEN NEW."keyHash" IS NULL THEN NULL ELSE '[secret]' END, 'expiresAt', NEW."expiresAt",
        'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSIF TG_OP = 'UPDATE' THEN
    i := NEW."id";
    o := CASE WHEN (OLD."deletedAt" IS NULL) = (NEW."deletedAt" IS NULL) THEN 'update' WHEN NEW."deletedAt" IS NULL THEN 'restore' ELSE 'delete' END;
    b := jsonb_build_object('id', OLD."id", 'name', OLD."name",
        'keyHash', CASE WHEN OLD."keyHash" IS NULL THEN NULL ELSE '[secret]' END, 'expiresAt', OLD."expiresAt",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
    a := jsonb_build_object('id', NEW."id", 'name', NEW."name",
        'keyHash', CASE WHEN NEW."keyHash" IS NULL THEN NULL WHEN record_image_ne(ROW(OLD."keyHash"), ROW(NEW."keyHash")) THEN '[secret, changed]' ELSE '[secret]' END,
        'expiresAt', NEW."expiresAt", 'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt",
        'deletedAt', NEW."deletedAt");
  ELSE
    o := 'purge'; i := OLD."id"; r := NULLIF(left(current_setting('aura.purge', true), 2000), '');
    b := jsonb_build_object('id', OLD."id", 'name', OLD."name",
        'keyHash', CASE WHEN OLD."keyHash" IS NULL THEN NULL ELSE '[secret]' END, 'expiresAt', OLD."expiresAt",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
  END IF;
  INSERT INTO aura.event ("at", "model", "record_id", "operation", "actor", "session_role", "request", "before", "after", "reason", "salt", "commitment")
  VALUES (clock_timestamp(), 'OperatorKey', i, o, NULLIF(left(current_setting('aura.actor', true), 200), ''), session_user, NULLIF(left(current_setting('aura.request', true), 200), ''),
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON "OperatorKey" FOR EACH ROW EXECUTE FUNCTION aura."OperatorKey_event"();
CREATE TRIGGER aura_event_update AFTER UPDATE ON "OperatorKey" FOR EACH ROW
  WHEN (pg_catalog.record_image_ne(ROW(OLD."id", OLD."name", OLD."keyHash", OLD."expiresAt", OLD."createdAt", OLD."updatedAt", OLD."deletedAt"), ROW(NEW."id", NEW."name", NEW."keyHash", NEW."expiresAt", NEW."createdAt", NEW."updatedAt", NEW."deletedAt"))) EXECUTE FUNCTION aura."OperatorKey_event"();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON "OperatorKey" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON "OperatorKey" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();

-- RefreshToken: soft delete and "updatedAt"
CREATE FUNCTION aura."RefreshToken_keep"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_catalog.record_image_ne(ROW(OLD."id", OLD."sessionId"), ROW(NEW."id", NEW."sessionId")) THEN
    RAISE EXCEPTION 'RefreshToken: id, sessionId cannot be changed' USING ERRCODE = '23514', TABLE = 'RefreshToken';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW."selfDeletedAt" := COALESCE(NEW."selfDeletedAt", CASE WHEN NEW."deletedAt" < LEAST(NEW."sessionLiveUntil") OR NEW."deletedAt" = 'infinity' THEN NEW."deletedAt" END);
  ELSIF NEW."deletedAt" IS DISTINCT FROM OLD."deletedAt" THEN
    NEW."selfDeletedAt" := NEW."deletedAt";
    IF NEW."selfDeletedAt" IS NULL AND LEAST(NEW."sessionLiveUntil") < 'infinity' THEN
      RAISE EXCEPTION 'RefreshToken % cannot be restored: a parent of it is deleted', OLD."id" USING ERRCODE = '23503', TABLE = 'RefreshToken', CONSTRAINT = 'RefreshToken_liveUntil_check';
    END IF;
  END IF;
  IF NEW."selfDeletedAt" IS NULL THEN
    NEW."sessionLiveUntil" := COALESCE(NEW."sessionLiveUntil", 'infinity');
  ELSE -- deleted by itself: out of its parents' keys
    NEW."sessionLiveUntil" := NULL;
  END IF;
  NEW."deletedAt" := NULLIF(LEAST(COALESCE(NEW."selfDeletedAt", 'infinity'), NEW."sessionLiveUntil"), 'infinity');
  IF TG_OP = 'UPDATE' THEN
    NEW."updatedAt" := CASE WHEN pg_catalog.record_image_ne(ROW(OLD."id", OLD."sessionId", OLD."tokenHash", OLD."familyId", OLD."successorId", OLD."usedAt",
      OLD."expiresAt", OLD."createdAt", OLD."deletedAt"), ROW(NEW."id", NEW."sessionId", NEW."tokenHash", NEW."familyId", NEW."successorId", NEW."usedAt",
      NEW."expiresAt", NEW."createdAt", NEW."deletedAt"))
      THEN now() ELSE OLD."updatedAt" END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER aura_keep_new BEFORE INSERT ON "RefreshToken" FOR EACH ROW
  WHEN (NEW."deletedAt" IS NOT NULL OR NEW."selfDeletedAt" IS NOT NULL OR NEW."sessionLiveUntil" <> 'infinity') EXECUTE FUNCTION aura."RefreshToken_keep"();
CREATE TRIGGER aura_keep BEFORE UPDATE ON "RefreshToken" FOR EACH ROW
  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION aura."RefreshToken_keep"();

-- RefreshToken: its trail
CREATE FUNCTION aura."RefreshToken_event"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := NEW."id";
    a := jsonb_build_object('id', NEW."id", 'sessionId', NEW."sessionId",
        'tokenHash', CASE WHEN NEW."tokenHash" IS NULL THEN NULL ELSE '[secret]' END,
        'familyId', NEW."familyId", 'successorId', NEW."successorId", 'usedAt', NEW."usedAt",
        'expiresAt', NEW."expiresAt", 'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt",
        'deletedAt', NEW."deletedAt");
  ELSIF TG_OP = 'UPDATE' THEN
    i := NEW."id";
    o := CASE WHEN (OLD."deletedAt" IS NULL) = (NEW."deletedAt" IS NULL) THEN 'update' WHEN NEW."deletedAt" IS NULL THEN 'restore' ELSE 'delete' END;
    b := jsonb_build_object('id', OLD."id", 'sessionId', OLD."sessionId",
        'tokenHash', CASE WHEN OLD."tokenHash" IS NULL THEN NULL ELSE '[secret]' END,
        'familyId', OLD."familyId", 'successorId', OLD."successorId", 'usedAt', OLD."usedAt",
        'expiresAt', OLD."expiresAt", 'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt",
        'deletedAt', OLD."deletedAt");
    a := jsonb_build_object('id', NEW."id", 'sessionId', NEW."sessionId",
        'tokenHash', CASE WHEN NEW."tokenHash" IS NULL THEN NULL WHEN record_image_ne(ROW(OLD."tokenHash"), ROW(NEW."tokenHash")) THEN '[secret, changed]' ELSE '[secret]' END,
        'familyId', NEW."familyId", 'successorId', NEW."successorId", 'usedAt', NEW."usedAt",
        'expiresAt', NEW."expiresAt", 'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt",
        'deletedAt', NEW."deletedAt");
  ELSE
    o := 'purge'; i := OLD."id"; r := NULLIF(left(current_setting('aura.purge', true), 2000), '');
    b := jsonb_build_object('id', OLD."id", 'sessionId', OLD."sessionId",
        'tokenHash', CASE WHEN OLD."tokenHash" IS NULL THEN NULL ELSE '[secret]' END,
        'familyId', OLD."familyId", 'successorId', OLD."successorId", 'usedAt', OLD."usedAt",
        'expiresAt', OLD."expiresAt", 'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt",
        'deletedAt', OLD."deletedAt");
  END IF;
  INSERT INTO aura.event ("at", "model", "record_id", "operation", "actor", "session_role", "request", "before", "after", "reason", "salt", "commitment")
  VALUES (clock_timestamp(), 'RefreshToken', i, o, NULLIF(left(current_setting('aura.actor', true), 200), ''), session_user, NULLIF(left(current_setting('aura.request', true), 200), ''),
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON "RefreshToken" FOR EACH ROW EXECUTE FUNCTION aura."RefreshToken_event"();
CREATE TRIGGER aura_event_update AFTER UPDATE ON "RefreshToken" FOR EACH ROW
  WHEN (pg_catalog.record_image_ne(ROW(OLD."id", OLD."sessionId", OLD."tokenHash", OLD."familyId", OLD."successorId", OLD."usedAt",
      OLD."expiresAt", OLD."createdAt", OLD."updatedAt", OLD."deletedAt"), ROW(NEW."id", NEW."sessionId", NEW."tokenHash", NEW."familyId", NEW."successorId", NEW."usedAt",
      NEW."expiresAt", NEW."createdAt", NEW."updatedAt", NEW."deletedAt"))) EXECUTE FUNCTION aura."RefreshToken_event"();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON "RefreshToken" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON "RefreshToken" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();

-- Session: soft delete and "updatedAt"
CREATE FUNCTION aura."Session_keep"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_catalog.record_image_ne(ROW(OLD."id", OLD."userId", OLD."applicationId", OLD."membershipId"), ROW(NEW."id", NEW."userId", NEW."applicationId", NEW."membershipId")) THEN
    RAISE EXCEPTION 'Session: id, userId, applicationId, membershipId cannot be changed' USING ERRCODE = '23514', TABLE = 'Session';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW."selfDeletedAt" := COALESCE(NEW."selfDeletedAt", CASE WHEN NEW."deletedAt" < LEAST(NEW."membershipLiveUntil") OR NEW."deletedAt" = 'infinity' THEN NEW."deletedAt" END);
  ELSIF NEW."deletedAt" IS DISTINCT FROM OLD."deletedAt" THEN
    NEW."selfDeletedAt" := NEW."deletedAt";
    IF NEW."selfDeletedAt" IS NULL AND LEAST(NEW."membershipLiveUntil") < 'infinity' THEN
      RAISE EXCEPTION 'Session % cannot be restored: a parent of it is deleted', OLD."id" USING ERRCODE = '23503', TABLE = 'Session', CONSTRAINT = 'Session_liveUntil_check';
    END IF;
  END IF;
  IF NEW."selfDeletedAt" IS NULL THEN
    NEW."membershipLiveUntil" := COALESCE(NEW."membershipLiveUntil", 'infinity');
  ELSE -- deleted by itself: out of its parents' keys
    NEW."membershipLiveUntil" := NULL;
  END IF;
  NEW."liveUntil" := LEAST(COALESCE(NEW."selfDeletedAt", 'infinity'), NEW."membershipLiveUntil");
  NEW."deletedAt" := NULLIF(NEW."liveUntil", 'infinity');
  IF TG_OP = 'UPDATE' THEN
    NEW."updatedAt" := CASE WHEN pg_catalog.record_image_ne(ROW(OLD."id", OLD."userId", OLD."applicationId", OLD."membershipId", OLD."device", OLD."address",
      OLD."lastUsedAt", OLD."expiresAt", OLD."revokedAt", OLD."createdAt", OLD."deletedAt"), ROW(NEW."id", NEW."userId", NEW."applicationId", NEW."membershipId", NEW."device", NEW."address",
      NEW."lastUsedAt", NEW."expiresAt", NEW."revokedAt", NEW."createdAt", NEW."deletedAt"))
      THEN now() ELSE OLD."updatedAt" END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER aura_keep_new BEFORE INSERT ON "Session" FOR EACH ROW
  WHEN (NEW."deletedAt" IS NOT NULL OR NEW."selfDeletedAt" IS NOT NULL OR NEW."membershipLiveUntil" <> 'infinity') EXECUTE FUNCTION aura."Session_keep"();
CREATE TRIGGER aura_keep BEFORE UPDATE ON "Session" FOR EACH ROW
  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION aura."Session_keep"();

-- Session: its trail
CREATE FUNCTION aura."Session_event"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := NEW."id";
    a := jsonb_build_object('id', NEW."id", 'userId', NEW."userId", 'applicationId', NEW."applicationId",
        'membershipId', NEW."membershipId", 'device', NEW."device", 'address', NEW."address",
        'lastUsedAt', NEW."lastUsedAt", 'expiresAt', NEW."expiresAt", 'revokedAt', NEW."revokedAt",
        'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSIF TG_OP = 'UPDATE' THEN
    i := NEW."id";
    o := CASE WHEN (OLD."deletedAt" IS NULL) = (NEW."deletedAt" IS NULL) THEN 'update' WHEN NEW."deletedAt" IS NULL THEN 'restore' ELSE 'delete' END;
    b := jsonb_build_object('id', OLD."id", 'userId', OLD."userId", 'applicationId', OLD."applicationId",
        'membershipId', OLD."membershipId", 'device', OLD."device", 'address', OLD."address",
        'lastUsedAt', OLD."lastUsedAt", 'expiresAt', OLD."expiresAt", 'revokedAt', OLD."revokedAt",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
    a := jsonb_build_object('id', NEW."id", 'userId', NEW."userId", 'applicationId', NEW."applicationId",
        'membershipId', NEW."membershipId", 'device', NEW."device", 'address', NEW."address",
        'lastUsedAt', NEW."lastUsedAt", 'expiresAt', NEW."expiresAt", 'revokedAt', NEW."revokedAt",
        'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSE
    o := 'purge'; i := OLD."id"; r := NULLIF(left(current_setting('aura.purge', true), 2000), '');
    b := jsonb_build_object('id', OLD."id", 'userId', OLD."userId", 'applicationId', OLD."applicationId",
        'membershipId', OLD."membershipId", 'device', OLD."device", 'address', OLD."address",
        'lastUsedAt', OLD."lastUsedAt", 'expiresAt', OLD."expiresAt", 'revokedAt', OLD."revokedAt",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
  END IF;
  INSERT INTO aura.event ("at", "model", "record_id", "operation", "actor", "session_role", "request", "before", "after", "reason", "salt", "commitment")
  VALUES (clock_timestamp(), 'Session', i, o, NULLIF(left(current_setting('aura.actor', true), 200), ''), session_user, NULLIF(left(current_setting('aura.request', true), 200), ''),
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON "Session" FOR EACH ROW EXECUTE FUNCTION aura."Session_event"();
CREATE TRIGGER aura_event_update AFTER UPDATE ON "Session" FOR EACH ROW
  WHEN (pg_catalog.record_image_ne(ROW(OLD."id", OLD."userId", OLD."applicationId", OLD."membershipId", OLD."device", OLD."address",
      OLD."lastUsedAt", OLD."expiresAt", OLD."revokedAt", OLD."createdAt", OLD."updatedAt", OLD."deletedAt"), ROW(NEW."id", NEW."userId", NEW."applicationId", NEW."membershipId", NEW."device", NEW."address",
      NEW."lastUsedAt", NEW."expiresAt", NEW."revokedAt", NEW."createdAt", NEW."updatedAt", NEW."deletedAt"))) EXECUTE FUNCTION aura."Session_event"();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON "Session" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON "Session" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();

-- User: soft delete and "updatedAt"
CREATE FUNCTION aura."User_keep"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_catalog.record_image_ne(ROW(OLD."id"), ROW(NEW."id")) THEN
    RAISE EXCEPTION 'User: id cannot be changed' USING ERRCODE = '23514', TABLE = 'User';
  END IF;
  NEW."liveUntil" := COALESCE(NEW."deletedAt", 'infinity');
  IF TG_OP = 'UPDATE' THEN
    NEW."updatedAt" := CASE WHEN pg_catalog.record_image_ne(ROW(OLD."id", OLD."email", OLD."passwordHash", OLD."name", OLD."emailVerifiedAt", OLD."status",
      OLD."metadata", OLD."createdAt", OLD."deletedAt"), ROW(NEW."id", NEW."email", NEW."passwordHash", NEW."name", NEW."emailVerifiedAt", NEW."status",
      NEW."metadata", NEW."createdAt", NEW."deletedAt"))
      THEN now() ELSE OLD."updatedAt" END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER aura_keep_new BEFORE INSERT ON "User" FOR EACH ROW
  WHEN (NEW."deletedAt" IS NOT NULL) EXECUTE FUNCTION aura."User_keep"();
CREATE TRIGGER aura_keep BEFORE UPDATE ON "User" FOR EACH ROW
  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION aura."User_keep"();

-- User: its trail
CREATE FUNCTION aura."User_event"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := NEW."id";
    a := jsonb_build_object('id', NEW."id", 'email', NEW."email",
        'passwordHash', CASE WHEN NEW."passwordHash" IS NULL THEN NULL ELSE '[secret]' END, 'name', NEW."name",
        'emailVerifiedAt', NEW."emailVerifiedAt", 'status', NEW."status", 'metadata', NEW."metadata",
        'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSIF TG_OP = 'UPDATE' THEN
    i := NEW."id";
    o := CASE WHEN (OLD."deletedAt" IS NULL) = (NEW."deletedAt" IS NULL) THEN 'update' WHEN NEW."deletedAt" IS NULL THEN 'restore' ELSE 'delete' END;
    b := jsonb_build_object('id', OLD."id", 'email', OLD."email",
        'passwordHash', CASE WHEN OLD."passwordHash" IS NULL THEN NULL ELSE '[secret]' END, 'name', OLD."name",
        'emailVerifiedAt', OLD."emailVerifiedAt", 'status', OLD."status", 'metadata', OLD."metadata",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
    a := jsonb_build_object('id', NEW."id", 'email', NEW."email",
        'passwordHash', CASE WHEN NEW."passwordHash" IS NULL THEN NULL WHEN record_image_ne(ROW(OLD."passwordHash"), ROW(NEW."passwordHash")) THEN '[secret, changed]' ELSE '[secret]' END,
        'name', NEW."name", 'emailVerifiedAt', NEW."emailVerifiedAt", 'status', NEW."status",
        'metadata', NEW."metadata", 'createdAt', NEW."createdAt", 'updatedAt', NEW."updatedAt",
        'deletedAt', NEW."deletedAt");
  ELSE
    o := 'purge'; i := OLD."id"; r := NULLIF(left(current_setting('aura.purge', true), 2000), '');
    b := jsonb_build_object('id', OLD."id", 'email', OLD."email",
        'passwordHash', CASE WHEN OLD."passwordHash" IS NULL THEN NULL ELSE '[secret]' END, 'name', OLD."name",
        'emailVerifiedAt', OLD."emailVerifiedAt", 'status', OLD."status", 'metadata', OLD."metadata",
        'createdAt', OLD."createdAt", 'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
  END IF;
  INSERT INTO aura.event ("at", "model", "record_id", "operation", "actor", "session_role", "request", "before", "after", "reason", "salt", "commitment")
  VALUES (clock_timestamp(), 'User', i, o, NULLIF(left(current_setting('aura.actor', true), 200), ''), session_user, NULLIF(left(current_setting('aura.request', true), 200), ''),
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON "User" FOR EACH ROW EXECUTE FUNCTION aura."User_event"();
CREATE TRIGGER aura_event_update AFTER UPDATE ON "User" FOR EACH ROW
  WHEN (pg_catalog.record_image_ne(ROW(OLD."id", OLD."email", OLD."passwordHash", OLD."name", OLD."emailVerifiedAt", OLD."status",
      OLD."metadata", OLD."createdAt", OLD."updatedAt", OLD."deletedAt"), ROW(NEW."id", NEW."email", NEW."passwordHash", NEW."name", NEW."emailVerifiedAt", NEW."status",
      NEW."metadata", NEW."createdAt", NEW."updatedAt", NEW."deletedAt"))) EXECUTE FUNCTION aura."User_event"();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON "User" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON "User" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();

-- VerificationToken: soft delete and "updatedAt"
CREATE FUNCTION aura."VerificationToken_keep"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_catalog.record_image_ne(ROW(OLD."id", OLD."userId", OLD."applicationId"), ROW(NEW."id", NEW."userId", NEW."applicationId")) THEN
    RAISE EXCEPTION 'VerificationToken: id, userId, applicationId cannot be changed' USING ERRCODE = '23514', TABLE = 'VerificationToken';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW."selfDeletedAt" := COALESCE(NEW."selfDeletedAt", CASE WHEN NEW."deletedAt" < LEAST(NEW."userLiveUntil", NEW."applicationLiveUntil") OR NEW."deletedAt" = 'infinity' THEN NEW."deletedAt" END);
  ELSIF NEW."deletedAt" IS DISTINCT FROM OLD."deletedAt" THEN
    NEW."selfDeletedAt" := NEW."deletedAt";
    IF NEW."selfDeletedAt" IS NULL AND LEAST(NEW."userLiveUntil", NEW."applicationLiveUntil") < 'infinity' THEN
      RAISE EXCEPTION 'VerificationToken % cannot be restored: a parent of it is deleted', OLD."id" USING ERRCODE = '23503', TABLE = 'VerificationToken', CONSTRAINT = 'VerificationToken_liveUntil_check';
    END IF;
  END IF;
  IF NEW."selfDeletedAt" IS NULL THEN
    NEW."userLiveUntil" := COALESCE(NEW."userLiveUntil", 'infinity');
    NEW."applicationLiveUntil" := COALESCE(NEW."applicationLiveUntil", 'infinity');
  ELSE -- deleted by itself: out of its parents' keys
    NEW."userLiveUntil" := NULL;
    NEW."applicationLiveUntil" := NULL;
  END IF;
  NEW."deletedAt" := NULLIF(LEAST(COALESCE(NEW."selfDeletedAt", 'infinity'), NEW."userLiveUntil", NEW."applicationLiveUntil"), 'infinity');
  IF TG_OP = 'UPDATE' THEN
    NEW."updatedAt" := CASE WHEN pg_catalog.record_image_ne(ROW(OLD."id", OLD."purpose", OLD."userId", OLD."applicationId", OLD."tokenHash", OLD."expiresAt",
      OLD."usedAt", OLD."createdAt", OLD."deletedAt"), ROW(NEW."id", NEW."purpose", NEW."userId", NEW."applicationId", NEW."tokenHash", NEW."expiresAt",
      NEW."usedAt", NEW."createdAt", NEW."deletedAt"))
      THEN now() ELSE OLD."updatedAt" END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER aura_keep_new BEFORE INSERT ON "VerificationToken" FOR EACH ROW
  WHEN (NEW."deletedAt" IS NOT NULL OR NEW."selfDeletedAt" IS NOT NULL OR NEW."userLiveUntil" <> 'infinity' OR NEW."applicationLiveUntil" <> 'infinity') EXECUTE FUNCTION aura."VerificationToken_keep"();
CREATE TRIGGER aura_keep BEFORE UPDATE ON "VerificationToken" FOR EACH ROW
  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION aura."VerificationToken_keep"();

-- VerificationToken: its trail
CREATE FUNCTION aura."VerificationToken_event"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := NEW."id";
    a := jsonb_build_object('id', NEW."id", 'purpose', NEW."purpose", 'userId', NEW."userId", 'applicationId', NEW."applicationId",
        'tokenHash', CASE WHEN NEW."tokenHash" IS NULL THEN NULL ELSE '[secret]' END,
        'expiresAt', NEW."expiresAt", 'usedAt', NEW."usedAt", 'createdAt', NEW."createdAt",
        'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSIF TG_OP = 'UPDATE' THEN
    i := NEW."id";
    o := CASE WHEN (OLD."deletedAt" IS NULL) = (NEW."deletedAt" IS NULL) THEN 'update' WHEN NEW."deletedAt" IS NULL THEN 'restore' ELSE 'delete' END;
    b := jsonb_build_object('id', OLD."id", 'purpose', OLD."purpose", 'userId', OLD."userId", 'applicationId', OLD."applicationId",
        'tokenHash', CASE WHEN OLD."tokenHash" IS NULL THEN NULL ELSE '[secret]' END,
        'expiresAt', OLD."expiresAt", 'usedAt', OLD."usedAt", 'createdAt', OLD."createdAt",
        'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
    a := jsonb_build_object('id', NEW."id", 'purpose', NEW."purpose", 'userId', NEW."userId", 'applicationId', NEW."applicationId",
        'tokenHash', CASE WHEN NEW."tokenHash" IS NULL THEN NULL WHEN record_image_ne(ROW(OLD."tokenHash"), ROW(NEW."tokenHash")) THEN '[secret, changed]' ELSE '[secret]' END,
        'expiresAt', NEW."expiresAt", 'usedAt', NEW."usedAt", 'createdAt', NEW."createdAt",
        'updatedAt', NEW."updatedAt", 'deletedAt', NEW."deletedAt");
  ELSE
    o := 'purge'; i := OLD."id"; r := NULLIF(left(current_setting('aura.purge', true), 2000), '');
    b := jsonb_build_object('id', OLD."id", 'purpose', OLD."purpose", 'userId', OLD."userId", 'applicationId', OLD."applicationId",
        'tokenHash', CASE WHEN OLD."tokenHash" IS NULL THEN NULL ELSE '[secret]' END,
        'expiresAt', OLD."expiresAt", 'usedAt', OLD."usedAt", 'createdAt', OLD."createdAt",
        'updatedAt', OLD."updatedAt", 'deletedAt', OLD."deletedAt");
  END IF;
  INSERT INTO aura.event ("at", "model", "record_id", "operation", "actor", "session_role", "request", "before", "after", "reason", "salt", "commitment")
  VALUES (clock_timestamp(), 'VerificationToken', i, o, NULLIF(left(current_setting('aura.actor', true), 200), ''), session_user, NULLIF(left(current_setting('aura.request', true), 200), ''),
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON "VerificationToken" FOR EACH ROW EXECUTE FUNCTION aura."VerificationToken_event"();
CREATE TRIGGER aura_event_update AFTER UPDATE ON "VerificationToken" FOR EACH ROW
  WHEN (pg_catalog.record_image_ne(ROW(OLD."id", OLD."purpose", OLD."userId", OLD."applicationId", OLD."tokenHash", OLD."expiresAt",
      OLD."usedAt", OLD."createdAt", OLD."updatedAt", OLD."deletedAt"), ROW(NEW."id", NEW."purpose", NEW."userId", NEW."applicationId", NEW."tokenHash", NEW."expiresAt",
      NEW."usedAt", NEW."createdAt", NEW."updatedAt", NEW."deletedAt"))) EXECUTE FUNCTION aura."VerificationToken_event"();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON "VerificationToken" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON "VerificationToken" FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();

-- Nobody may call what the triggers call
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA aura FROM PUBLIC;
