// What Prisma Client is refused. The Rust side holds the table of answers and sees that nothing has changed.

import { answer, attempts, connect, given, secret, tomorrow } from "./client.mjs";

const prisma = connect("service");
const owner = connect("owner");
const superuser = connect("superuser");
const reader = connect("read");
const { mark, ada, bob, portal, shop, inPortal, bobInPortal, session, refresh, key } = given;
const email = `Ada-${mark}@example.com`;

await answer(
  await attempts({
    // Physical removal, by every role.
    "delete": () => prisma.user.delete({ where: { id: ada } }),
    "deleteMany": () => prisma.session.deleteMany({ where: { id: session } }),
    "deleteMany of nothing": () => prisma.refreshToken.deleteMany({ where: { id: "nobody" } }),
    "nested delete": () => prisma.user.update({ where: { id: ada }, data: { memberships: { delete: { id: inPortal } } } }),
    "nested deleteMany": () => prisma.user.update({ where: { id: ada }, data: { memberships: { deleteMany: {} } } }),
    "nested set": () => prisma.user.update({ where: { id: ada }, data: { memberships: { set: [] } } }),
    "DELETE": () => prisma.$executeRaw`DELETE FROM "VerificationToken"`,
    "TRUNCATE": () => prisma.$executeRaw`TRUNCATE "User" CASCADE`,
    "delete by the owner": () => owner.operatorKey.delete({ where: { id: key } }),
    "deleteMany by the owner": () => owner.refreshToken.deleteMany(),
    "TRUNCATE by the owner": () => owner.$executeRaw`TRUNCATE "User" CASCADE`,
    "delete by a superuser": () => superuser.operatorKey.delete({ where: { id: key } }),
    "deleteMany by a superuser": () => superuser.application.deleteMany(),
    "TRUNCATE by a superuser": () => superuser.$executeRaw`TRUNCATE "Session" CASCADE`,

    // Native upserts name columns of which no plain unique is there.
    "upsert by e-mail": () => prisma.user.upsert({ where: { email }, create: { email }, update: { name: "x" } }),
    "upsert by pair": () =>
      prisma.membership.upsert({
        where: { userId_applicationId: { userId: ada, applicationId: portal } },
        create: { userId: ada, applicationId: portal },
        update: { role: "OWNER" },
      }),
    "upsert by token": () =>
      prisma.refreshToken.upsert({
        where: { tokenHash: secret(`refresh ${mark}`) },
        create: { tokenHash: secret(`refresh ${mark}`), sessionId: session, familyId: "f", expiresAt: tomorrow },
        update: { usedAt: tomorrow },
      }),

    // One live row a value.
    "e-mail taken": () => prisma.user.create({ data: { email } }),
    "e-mail taken, other case": () => prisma.user.create({ data: { email: email.toUpperCase() } }),
    "e-mail taken, by update": () => prisma.user.update({ where: { id: bob }, data: { email: email.toLowerCase() } }),
    "client id taken": () => prisma.application.create({ data: { clientId: `portal-${mark}`, name: "x", kind: "WEB" } }),
    "pair taken": () => prisma.membership.create({ data: { userId: ada, applicationId: portal } }),
    "token hash taken": () =>
      prisma.verificationToken.create({
        data: { purpose: "INVITE", userId: bob, tokenHash: secret(`mail ${mark}`), expiresAt: tomorrow },
      }),
    "key name taken": () => prisma.operatorKey.create({ data: { name: `ops-${mark}`, keyHash: secret("other") } }),

    // Parents.
    "unknown parent": () => prisma.membership.create({ data: { userId: "nobody", applicationId: shop } }),
    "another user's membership": () =>
      prisma.session.create({ data: { userId: bob, applicationId: portal, membershipId: inPortal, expiresAt: tomorrow } }),
    "another application's membership": () =>
      prisma.session.create({ data: { userId: ada, applicationId: shop, membershipId: inPortal, expiresAt: tomorrow } }),
    "membership to another user": () => prisma.membership.update({ where: { id: inPortal }, data: { userId: bob } }),
    "membership to another user, connect": () =>
      prisma.membership.update({ where: { id: inPortal }, data: { user: { connect: { id: bob } } } }),
    "membership to another user, from there": () =>
      prisma.user.update({ where: { id: bob }, data: { memberships: { connect: { id: inPortal } } } }),
    "session to another membership": () =>
      prisma.session.update({ where: { id: session }, data: { userId: bob, membershipId: bobInPortal } }),
    "token to another session": () => prisma.refreshToken.update({ where: { id: refresh }, data: { sessionId: "nobody" } }),
    "another id": () => prisma.user.update({ where: { id: ada }, data: { id: "another" } }),
    "another id, updateMany": () => prisma.user.updateMany({ where: { id: ada }, data: { id: "another" } }),

    // Values.
    "malformed id": () => prisma.user.create({ data: { id: "Not An Id", email: `id-${mark}@example.com` } }),
    "malformed e-mail": () => prisma.user.create({ data: { email: "nobody", passwordHash: "$argon2id$SECRET" } }),

    // The trail, and what keeps it.
    "write an event": () => prisma.$executeRaw`INSERT INTO aura.event ("at") VALUES (now())`,
    "change an event": () => prisma.$executeRaw`UPDATE aura.event SET "actor" = 'nobody'`,
    "remove an event": () => prisma.$executeRaw`DELETE FROM aura.event`,
    "change an event as the owner": () => owner.$executeRaw`UPDATE aura.event SET "actor" = 'nobody'`,
    "remove an event as a superuser": () => superuser.$executeRaw`DELETE FROM aura.event`,
    "triggers off for the session": () => prisma.$executeRaw`SET session_replication_role = replica`,
    "triggers off for a table": () => prisma.$executeRaw`ALTER TABLE "User" DISABLE TRIGGER ALL`,
    "become the owner": () => prisma.$executeRaw`SET ROLE auraid_owner`,

    // The reader.
    "create as the reader": () => reader.membership.create({ data: { userId: bob, applicationId: shop } }),
    "update as the reader": () => reader.membership.update({ where: { id: inPortal }, data: { role: "OWNER" } }),
    "read a secret as the reader": () => reader.user.findUnique({ where: { id: ada } }),
  }),
);
