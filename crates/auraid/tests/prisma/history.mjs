// Who did it: the actor that a transaction sets, and what becomes of it afterwards.

import { answer, attempts, connect, given } from "./client.mjs";

// One connection, so that a setting that outlived its transaction would show in the next statement.
const prisma = connect("service", { max: 1 });
const { ada, inPortal, session, mark } = given;

const results = await attempts({
  "none": () => prisma.user.update({ where: { id: ada }, data: { name: "none" } }),
  "batch": () =>
    prisma.$transaction([
      prisma.$queryRaw`SELECT set_config('aura.actor', 'service:billing', true)`,
      prisma.user.update({ where: { id: ada }, data: { name: "batch" } }),
    ]),
  "after the batch": () => prisma.user.update({ where: { id: ada }, data: { name: "after the batch" } }),
  "interactive": () =>
    prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT set_config('aura.actor', ${`user:${ada}`}, true), set_config('aura.request', 'request 1', true)`;
      await tx.membership.update({ where: { id: inPortal }, data: { role: "ADMIN", status: "SUSPENDED" } });
      await tx.session.update({ where: { id: session }, data: { revokedAt: new Date() } });
      return tx.user.update({ where: { id: ada }, data: { name: "interactive" } });
    }),
  "serializable": () =>
    prisma.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT set_config('aura.actor', 'operator:root', true)`;
        return tx.user.update({ where: { id: ada }, data: { name: "serializable" } });
      },
      { isolationLevel: "Serializable" },
    ),
  "rolled back": () =>
    prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT set_config('aura.actor', 'service:nobody', true)`;
      await tx.user.update({ where: { id: ada }, data: { name: "rolled back" } });
      throw new Error("changed my mind");
    }),
  "refused in the middle": () =>
    prisma.$transaction([
      prisma.$queryRaw`SELECT set_config('aura.actor', 'service:nobody', true)`,
      prisma.user.update({ where: { id: ada }, data: { name: "refused in the middle" } }),
      prisma.user.create({ data: { email: `bob-${mark}@example.com` } }),
    ]),
  "nested write": () =>
    prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT set_config('aura.actor', 'service:invites', true)`;
      return tx.user.update({
        where: { id: ada },
        data: { name: "nested", memberships: { update: { where: { id: inPortal }, data: { status: "ACTIVE" } } } },
      });
    }),
  "delete": () =>
    prisma.$transaction([
      prisma.$queryRaw`SELECT set_config('aura.actor', 'service:leaving', true)`,
      prisma.user.update({ where: { id: ada, deletedAt: null }, data: { deletedAt: new Date() } }),
    ]),
  "own events": () =>
    prisma.$queryRaw`SELECT count(*)::int AS "count" FROM aura.event WHERE "model" = 'User' AND "record_id" = ${ada}`,
});

await answer(results);
