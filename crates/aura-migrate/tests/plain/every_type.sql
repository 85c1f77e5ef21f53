-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "other";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "other"."colors" AS ENUM ('RED', 'grün');

-- CreateEnum
CREATE TYPE "Kind" AS ENUM ('A', 'B');

-- CreateTable
CREATE TABLE "Every" (
    "id" SERIAL NOT NULL,
    "s" TEXT NOT NULL DEFAULT 'it''s "x" \ 
 é',
    "s1" VARCHAR(20) NOT NULL,
    "s2" CHAR(3),
    "s3" UUID NOT NULL DEFAULT gen_random_uuid(),
    "s4" XML NOT NULL,
    "s5" INET NOT NULL,
    "s6" BIT(4) NOT NULL,
    "s7" VARBIT(9) NOT NULL,
    "s8" CITEXT NOT NULL,
    "s9" VARCHAR NOT NULL,
    "s10" BIT NOT NULL,
    "s11" VARBIT NOT NULL,
    "s12" CHAR NOT NULL,
    "b" BOOLEAN NOT NULL DEFAULT true,
    "i" SMALLINT NOT NULL DEFAULT 3,
    "i2" OID NOT NULL,
    "bi" BIGSERIAL NOT NULL,
    "si" SMALLSERIAL NOT NULL,
    "bi2" BIGINT NOT NULL DEFAULT -9007199254740993,
    "f" DOUBLE PRECISION NOT NULL DEFAULT 1.5,
    "f2" REAL NOT NULL,
    "f3" DOUBLE PRECISION NOT NULL DEFAULT 3,
    "d" DECIMAL(65,30) NOT NULL DEFAULT 1.250,
    "d2" DECIMAL(10,2) NOT NULL,
    "d3" MONEY NOT NULL,
    "dt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dt0" TIMESTAMP(3) NOT NULL DEFAULT '2020-01-01 00:00:00 +00:00',
    "dt00" TIMESTAMPTZ(3) NOT NULL DEFAULT '2020-01-01 00:00:00.123 +02:00',
    "dt2" DATE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dt3" TIME(3) NOT NULL,
    "dt4" TIMETZ(3) NOT NULL,
    "dt5" TIMESTAMPTZ NOT NULL,
    "dt6" TIMESTAMP NOT NULL,
    "dt7" TIMESTAMP(3) NOT NULL,
    "j" JSONB NOT NULL DEFAULT '{"a":[1,"it''s"]}',
    "j2" JSON NOT NULL,
    "by" BYTEA NOT NULL DEFAULT '\x68656c6c6f',
    "by2" BYTEA,
    "c" "other"."colors" NOT NULL DEFAULT 'grün',
    "k" "Kind",
    "u" tsvector NOT NULL,
    "u2" point,
    "la" TEXT[] DEFAULT ARRAY['a', 'b''c', 'd"e']::TEXT[],
    "lb" INTEGER[],
    "lc" "other"."colors"[] DEFAULT ARRAY['RED', 'grün']::"other"."colors"[],
    "ld" BOOLEAN[] DEFAULT ARRAY[true, false]::BOOLEAN[],
    "le" DOUBLE PRECISION[] DEFAULT ARRAY[]::DOUBLE PRECISION[],
    "lf" JSONB[] DEFAULT ARRAY['{}']::JSONB[],
    "lg" TIMESTAMP(3)[] DEFAULT ARRAY['2020-01-01 00:00:00 +00:00']::TIMESTAMP(3)[],
    "lh" BYTEA[] DEFAULT ARRAY['\x68656c6c6f']::BYTEA[],
    "li" BIGINT[] DEFAULT ARRAY[1]::BIGINT[],
    "lj" VARCHAR(5)[],
    "lk" DECIMAL(65,30)[] DEFAULT ARRAY[1.5]::DECIMAL(65,30)[],
    "cu" TEXT NOT NULL,
    "cu2" TEXT NOT NULL,
    "ul" TEXT NOT NULL,
    "na" TEXT NOT NULL,
    "uu" TEXT NOT NULL,
    "dg" TEXT NOT NULL,
    "dg2" TEXT NOT NULL DEFAULT 'x',
    "mapped col" TEXT NOT NULL,

    CONSTRAINT "every_pk" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "other"."tags" (
    "a" TEXT NOT NULL,
    "b" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "selfA" TEXT,
    "selfB" INTEGER,

    CONSTRAINT "tags_pkey" PRIMARY KEY ("a","b")
);

-- CreateTable
CREATE TABLE "Child" (
    "id" TEXT NOT NULL,
    "ta" TEXT NOT NULL,
    "tb" INTEGER NOT NULL,
    "pid" TEXT,

    CONSTRAINT "Child_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AVeryLongModelNameThatGoesOnAndOnAndOnUntilItIsTooLongForPostgres" (
    "id" TEXT NOT NULL,
    "anotherVeryLongFieldNameThatIsAlsoLong" TEXT NOT NULL,

    CONSTRAINT "AVeryLongModelNameThatGoesOnAndOnAndOnUntilItIsTooLongForP_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "other"."solos" (
    "solo_id" UUID NOT NULL,

    CONSTRAINT "solos_pkey" PRIMARY KEY ("solo_id")
);

-- CreateTable
CREATE TABLE "_EveryToSolo" (
    "A" INTEGER NOT NULL,
    "B" UUID NOT NULL,

    CONSTRAINT "_EveryToSolo_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_F" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_F_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "s1_u" ON "Every"("s1");

-- CreateIndex
CREATE INDEX "Every_lb_idx" ON "Every" USING GIN ("lb");

-- CreateIndex
CREATE INDEX "Every_s5_idx" ON "Every" USING GIST ("s5" inet_ops);

-- CreateIndex
CREATE INDEX "Every_s2_idx" ON "Every" USING HASH ("s2");

-- CreateIndex
CREATE INDEX "Every_bi_bi2_idx" ON "Every"("bi", "bi2" DESC);

-- CreateIndex
CREATE INDEX "Every_dt_idx" ON "Every" USING BRIN ("dt");

-- CreateIndex
CREATE INDEX "Every_j_idx" ON "Every" USING GIN ("j" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "Every_s9_idx" ON "Every"("s9" varchar_pattern_ops);

-- CreateIndex
CREATE INDEX "mi" ON "Every"("mapped col");

-- CreateIndex
CREATE INDEX "Every_k_idx" ON "Every"("k") WHERE ("s2" IS NOT NULL AND "b" = true AND "k" = 'A');

-- CreateIndex
CREATE UNIQUE INDEX "Every_s_b_key" ON "Every"("s", "b" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Every_i_f_key" ON "Every"("i", "f") WHERE (f > 0);

-- CreateIndex
CREATE UNIQUE INDEX "tags_id_key" ON "other"."tags"("id");

-- CreateIndex
CREATE UNIQUE INDEX "Child_pid_key" ON "Child"("pid");

-- CreateIndex
CREATE UNIQUE INDEX "AVeryLongModelNameThatGoesOnAndOnAndOnUntilItIsTooLongForPo_key" ON "AVeryLongModelNameThatGoesOnAndOnAndOnUntilItIsTooLongForPostgres"("anotherVeryLongFieldNameThatIsAlsoLong");

-- CreateIndex
CREATE INDEX "_EveryToSolo_B_index" ON "_EveryToSolo"("B");

-- CreateIndex
CREATE INDEX "_F_B_index" ON "_F"("B");

-- AddForeignKey
ALTER TABLE "other"."tags" ADD CONSTRAINT "tags_selfA_selfB_fkey" FOREIGN KEY ("selfA", "selfB") REFERENCES "other"."tags"("a", "b") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Child" ADD CONSTRAINT "Child_ta_tb_fkey" FOREIGN KEY ("ta", "tb") REFERENCES "other"."tags"("a", "b") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "Child" ADD CONSTRAINT "p_fk" FOREIGN KEY ("pid") REFERENCES "Child"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "_EveryToSolo" ADD CONSTRAINT "_EveryToSolo_A_fkey" FOREIGN KEY ("A") REFERENCES "Every"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_EveryToSolo" ADD CONSTRAINT "_EveryToSolo_B_fkey" FOREIGN KEY ("B") REFERENCES "other"."solos"("solo_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_F" ADD CONSTRAINT "_F_A_fkey" FOREIGN KEY ("A") REFERENCES "Every"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_F" ADD CONSTRAINT "_F_B_fkey" FOREIGN KEY ("B") REFERENCES "Every"("id") ON DELETE CASCADE ON UPDATE CASCADE;
