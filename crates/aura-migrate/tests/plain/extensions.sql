-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "citext";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "pg_trgm" WITH SCHEMA "public" VERSION "1.6";

-- CreateTable
CREATE TABLE "Word" (
    "id" INTEGER NOT NULL,
    "text" CITEXT NOT NULL,
    "parentId" INTEGER,
    "at" DATE NOT NULL DEFAULT '2020-02-03 04:05:06.700 +00:00',
    "span" int4range NOT NULL DEFAULT '[1,2)',
    "numbers" INTEGER[] DEFAULT ARRAY[1, -2]::INTEGER[],
    "places" INET[],

    CONSTRAINT "Word_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Book" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "Book_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Word_text_idx" ON "Word" USING GIN ("text" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "Word_at_idx" ON "Word" USING BRIN ("at" date_minmax_multi_ops);

-- CreateIndex
CREATE INDEX "Word_span_idx" ON "Word" USING SPGIST ("span");

-- CreateIndex
CREATE INDEX "Word_parentId_idx" ON "Word"("parentId");
