// The extension of docs/typescript.md, word for word, on one deleted user, and what that page says it misses.

import { answer, connect, given } from "./client.mjs";
import { liveReads } from "./documented.mjs";

const base = connect("service");
const prisma = base.$extends(liveReads);
const { ada, bob, inPortal, portal, mark } = given;
const email = `Ada-${mark}@example.com`;
await base.user.update({ where: { id: ada, deletedAt: null }, data: { deletedAt: new Date() } });

const nobody = {
  "findUnique by id": await prisma.user.findUnique({ where: { id: ada } }),
  "findUnique by e-mail": await prisma.user.findUnique({ where: { email } }),
  "findUniqueOrThrow": await prisma.user.findUniqueOrThrow({ where: { email } }).catch((error) => (error.code === "P2025" ? null : error)),
  "findFirst": await prisma.user.findFirst({ where: { OR: [{ email }, { id: ada }] } }),
  "findFirstOrThrow": await prisma.user.findFirstOrThrow({ where: { email } }).catch((error) => (error.code === "P2025" ? null : error)),
};
const counts = {
  "findMany": (await prisma.user.findMany()).length,
  "count": await prisma.user.count(),
  "aggregate": (await prisma.user.aggregate({ _count: true }))._count,
  "groupBy": (await prisma.user.groupBy({ by: ["id"] })).length,
  "in a transaction": await prisma.$transaction((tx) => tx.user.count()),
};
const missed = {
  "include": (await prisma.application.findUnique({ where: { id: portal }, include: { memberships: true } })).memberships.length,
  "_count": (await prisma.application.findUnique({ where: { id: portal }, select: { _count: { select: { memberships: true } } } }))
    ._count.memberships,
  "some": await prisma.application.count({ where: { memberships: { some: { id: inPortal } } } }),
};
const written = {
  "include": (
    await prisma.application.findUnique({ where: { id: portal }, include: { memberships: { where: { deletedAt: null } } } })
  ).memberships.length,
  "_count": (
    await prisma.application.findUnique({
      where: { id: portal },
      select: { _count: { select: { memberships: { where: { deletedAt: null } } } } },
    })
  )._count.memberships,
  "some": await prisma.application.count({ where: { memberships: { some: { id: inPortal, deletedAt: null } } } }),
};
// The deleted are there for who asks.
const asked = await prisma.user.findUnique({ where: { id: ada, deletedAt: { not: null } } });
const living = await prisma.user.findUnique({ where: { id: bob } });

await answer({ nobody, counts, missed, written, asked, living });
