// Reads every model by each of its keys, and changes one field of each.

import { Prisma } from "@prisma/client";
import { answer, connect, given, secret } from "./client.mjs";

const prisma = connect("service");
const { mark } = given;
const later = new Date("2031-02-03T04:05:06.789Z");

const read = {
  user: await prisma.user.findUnique({
    where: { email: `Ada-${mark}@example.com` },
    include: { memberships: { include: { sessions: true } }, verificationTokens: true, invitations: true },
  }),
  application: await prisma.application.findUnique({ where: { clientId: `portal-${mark}` } }),
  membership: await prisma.membership.findUnique({
    where: { userId_applicationId: { userId: given.ada, applicationId: given.portal } },
    include: { user: true, application: true },
  }),
  session: await prisma.session.findUnique({ where: { id: given.session }, include: { refreshTokens: true } }),
  refreshToken: await prisma.refreshToken.findUnique({ where: { tokenHash: secret(`refresh ${mark}`) } }),
  verificationToken: await prisma.verificationToken.findUnique({ where: { tokenHash: secret(`mail ${mark}`) } }),
  operatorKey: await prisma.operatorKey.findUnique({ where: { name: `ops-${mark}` } }),
  rust: await prisma.user.findUnique({ where: { id: given.rust } }),
};

const changed = {
  user: await prisma.user.update({ where: { id: given.ada }, data: { name: "Ada", passwordHash: "$argon2id$SECRET 2" } }),
  application: await prisma.application.update({ where: { id: given.portal }, data: { redirectUris: { push: "https://b" } } }),
  membership: await prisma.membership.update({ where: { id: given.inPortal }, data: { role: "OWNER" } }),
  session: await prisma.session.update({ where: { id: given.session }, data: { lastUsedAt: later, address: "10.1.2.3" } }),
  refreshToken: await prisma.refreshToken.update({ where: { id: given.refresh }, data: { usedAt: later } }),
  rotated: await prisma.refreshToken.update({
    where: { id: given.refresh },
    data: {
      successor: {
        create: { sessionId: given.session, tokenHash: secret(`next ${mark}`), familyId: "family", expiresAt: later },
      },
    },
    include: { successor: true },
  }),
  verificationToken: await prisma.verificationToken.update({ where: { id: given.mailToken }, data: { usedAt: later } }),
  operatorKey: await prisma.operatorKey.update({ where: { id: given.key }, data: { expiresAt: later } }),
};

// Nothing changes: no event, and `updatedAt` stays, though Prisma sends a new one each time.
const unchanged = await prisma.user.update({ where: { id: given.ada }, data: { name: "Ada", metadata: changed.user.metadata } });

// A row that the Rust side made, and rows whose ids the database makes.
const rustMembership = await prisma.membership.create({ data: { userId: given.rust, applicationId: given.shop } });
await prisma.$executeRaw`INSERT INTO "User" ("email") VALUES (${`raw1-${mark}@example.com`}), (${`raw2-${mark}@example.com`})`;
await prisma.user.createMany({
  data: Array.from({ length: 100 }, (_, n) => ({ email: `many-${n}-${mark}@example.com`, metadata: Prisma.JsonNull })),
});
const ids = await prisma.user.findMany({ select: { id: true } });

await answer({ read, changed, unchanged, rustMembership, ids: ids.map((row) => row.id) });
