// What is left to a TypeScript team: reads, upserts and writes that do not say `deletedAt: null`.

import { answer, attempts, connect, given } from "./client.mjs";

const prisma = connect("service");
const reader = connect("read");
const { mark, ada, portal } = given;
const email = `Ada-${mark}@example.com`;
const remove = (id) => prisma.user.update({ where: { id, deletedAt: null }, data: { deletedAt: new Date() } });
const show = { select: { id: true, name: true, deletedAt: true } };

await remove(ada);
const oneDeleted = await attempts({
  "findUnique": () => prisma.user.findUnique({ where: { email }, ...show }),
  "findUnique of the living": () => prisma.user.findUnique({ where: { email, deletedAt: null }, ...show }),
  // Not native for the include, so it finds the deleted one and changes that.
  "upsert with include": () =>
    prisma.user.upsert({ where: { email }, create: { email }, update: { name: "changed" }, include: { memberships: true } }),
  "connect": () =>
    prisma.membership.create({ data: { user: { connect: { email } }, application: { connect: { id: portal } } } }),
  "connectOrCreate": () =>
    prisma.membership.create({
      data: { user: { connectOrCreate: { where: { email }, create: { email } } }, application: { connect: { id: portal } } },
    }),
  "upsert by id of the living": () =>
    prisma.user.upsert({ where: { id: ada, deletedAt: null }, create: { id: ada, email }, update: { name: "x" } }),
  "upsert of the living": () =>
    prisma.user.upsert({ where: { email, deletedAt: null }, create: { email, name: "new" }, update: { name: "not new" } }),
  "upsert of the living again": () =>
    prisma.user.upsert({ where: { email, deletedAt: null }, create: { email, name: "new" }, update: { name: "not new" } }),
  "connectOrCreate of the living": () =>
    prisma.membership.create({
      data: {
        user: { connectOrCreate: { where: { email, deletedAt: null }, create: { email } } },
        application: { connect: { id: portal } },
      },
    }),
});

// Now a deleted and a live row hold one e-mail.
const two = await attempts({
  "all": () => prisma.user.findMany({ where: { email }, orderBy: { createdAt: "asc" }, ...show }),
  "update by e-mail": () => prisma.user.update({ where: { email }, data: { name: "both" } }),
  "after it": () => prisma.user.findMany({ where: { email }, orderBy: { createdAt: "asc" }, ...show }),
  // Committed although it is refused: the error comes after the COMMIT.
  "update by e-mail in a transaction": () =>
    prisma.$transaction([prisma.user.update({ where: { email }, data: { name: "again" } })]),
  "after that": () => prisma.user.findMany({ where: { email }, orderBy: { createdAt: "asc" }, ...show }),
  // This one is undone: the error is thrown inside.
  "update by e-mail in a function's transaction": () =>
    prisma.$transaction((tx) => tx.user.update({ where: { email }, data: { name: "and again" } })),
  "after that one": () => prisma.user.findMany({ where: { email }, orderBy: { createdAt: "asc" }, ...show }),
  "update of the living": () => prisma.user.update({ where: { email, deletedAt: null }, data: { name: "living" }, ...show }),
  "createMany": () =>
    prisma.user.createMany({
      data: [{ email: email.toUpperCase() }, { email: `new-${mark}@example.com` }],
      skipDuplicates: true,
    }),
  "upsert by id, update": () => prisma.user.upsert({ where: { id: ada }, create: { id: ada, email }, update: { name: "by id" }, ...show }),
  "upsert by id, create": () =>
    prisma.user.upsert({
      where: { id: "anewid" },
      create: { id: "anewid", email: `id-${mark}@example.com` },
      update: {},
      ...show,
    }),
  "insensitive": async () => {
    // `_` is a wildcard here: this finds Ada.
    return prisma.user.count({ where: { email: { equals: `A_a-${mark}@EXAMPLE.com`, mode: "insensitive" }, deletedAt: null } });
  },
  "by SQL": () =>
    prisma.$queryRaw`SELECT "name" FROM "User" WHERE lower("email") = lower(${email.toUpperCase()}) AND "deletedAt" IS NULL`,
  "hidden columns": async () => {
    const [row] = await prisma.$queryRaw`SELECT * FROM "User" WHERE "email" = ${email} AND "deletedAt" IS NULL`;
    return String(row.liveUntil);
  },
  "reader without secrets": () =>
    reader.user.findUnique({ where: { id: ada }, omit: { passwordHash: true } }).then((user) => Object.keys(user)),
});

await answer({ oneDeleted, two });
