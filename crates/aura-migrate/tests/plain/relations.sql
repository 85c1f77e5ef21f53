-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Author" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "mentorId" INTEGER,

    CONSTRAINT "Author_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Profile" (
    "id" INTEGER NOT NULL,
    "authorId" INTEGER NOT NULL,

    CONSTRAINT "Profile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posts" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "language" CHAR(2) NOT NULL,
    "authorId" INTEGER NOT NULL,

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Revision" (
    "language" CHAR(2) NOT NULL,
    "slug" TEXT NOT NULL,
    "number" INTEGER NOT NULL,

    CONSTRAINT "revision_key" PRIMARY KEY ("language","slug","number")
);

-- CreateTable
CREATE TABLE "Label" (
    "name" VARCHAR(30) NOT NULL,

    CONSTRAINT "Label_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Wordy" (
    "id" TEXT NOT NULL,
    "anExceedinglyLongFieldNameForWhichTheNameOfTheIndexMustBeCut" TEXT NOT NULL,
    "anotherExceedinglyLongFieldNameForTheSameReason" TEXT NOT NULL,

    CONSTRAINT "Wordy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "_Editors" (
    "A" INTEGER NOT NULL,
    "B" UUID NOT NULL,

    CONSTRAINT "_Editors_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_Follows" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_Follows_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_LabelToPost" (
    "A" VARCHAR(30) NOT NULL,
    "B" UUID NOT NULL,

    CONSTRAINT "_LabelToPost_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "Author_email_key" ON "Author"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Profile_authorId_key" ON "Profile"("authorId");

-- CreateIndex
CREATE INDEX "posts_slug_idx" ON "posts"("slug" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "posts_language_slug_key" ON "posts"("language", "slug");

-- CreateIndex
CREATE INDEX "Wordy_anotherExceedinglyLongFieldNameForTheSameReason_idx" ON "Wordy"("anotherExceedinglyLongFieldNameForTheSameReason");

-- CreateIndex
CREATE UNIQUE INDEX "Wordy_anExceedinglyLongFieldNameForWhichTheNameOfTheIndexMu_key" ON "Wordy"("anExceedinglyLongFieldNameForWhichTheNameOfTheIndexMustBeCut", "anotherExceedinglyLongFieldNameForTheSameReason");

-- CreateIndex
CREATE INDEX "_Editors_B_index" ON "_Editors"("B");

-- CreateIndex
CREATE INDEX "_Follows_B_index" ON "_Follows"("B");

-- CreateIndex
CREATE INDEX "_LabelToPost_B_index" ON "_LabelToPost"("B");

-- AddForeignKey
ALTER TABLE "Author" ADD CONSTRAINT "Author_mentorId_fkey" FOREIGN KEY ("mentorId") REFERENCES "Author"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id") ON DELETE SET DEFAULT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "posts" ADD CONSTRAINT "posts_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "Author"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Revision" ADD CONSTRAINT "Revision_language_slug_fkey" FOREIGN KEY ("language", "slug") REFERENCES "posts"("language", "slug") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Wordy" ADD CONSTRAINT "Wordy_anotherExceedinglyLongFieldNameForTheSameReason_fkey" FOREIGN KEY ("anotherExceedinglyLongFieldNameForTheSameReason") REFERENCES "Wordy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Editors" ADD CONSTRAINT "_Editors_A_fkey" FOREIGN KEY ("A") REFERENCES "Author"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Editors" ADD CONSTRAINT "_Editors_B_fkey" FOREIGN KEY ("B") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Follows" ADD CONSTRAINT "_Follows_A_fkey" FOREIGN KEY ("A") REFERENCES "Author"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Follows" ADD CONSTRAINT "_Follows_B_fkey" FOREIGN KEY ("B") REFERENCES "Author"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_LabelToPost" ADD CONSTRAINT "_LabelToPost_A_fkey" FOREIGN KEY ("A") REFERENCES "Label"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_LabelToPost" ADD CONSTRAINT "_LabelToPost_B_fkey" FOREIGN KEY ("B") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
