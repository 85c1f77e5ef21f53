// Soft delete and restore by writing `deletedAt`, as docs/typescript.md says it.

import { answer, attempt, connect, given } from "./client.mjs";

const prisma = connect("service");
const { mark } = given;
const remove = (model, id) => prisma[model].update({ where: { id, deletedAt: null }, data: { deletedAt: new Date() } });
const restore = (model, id) => prisma[model].update({ where: { id }, data: { deletedAt: null } });

/** What is live, by model; ids in order. */
async function live() {
  const models = ["user", "application", "membership", "session", "refreshToken", "verificationToken", "operatorKey"];
  const found = {};
  for (const model of models) {
    const rows = await prisma[model].findMany({ where: { deletedAt: null }, select: { id: true }, orderBy: { id: "asc" } });
    found[model] = rows.map((row) => row.id);
  }
  return found;
}

const steps = {};
const step = async (name, act) => (steps[name] = { result: await attempt(act), live: await live() });

await step("before", () => null);
await step("membership by itself", () => remove("membership", given.inShop));
await step("user", () => remove("user", given.ada));
await step("user again", () => remove("user", given.ada));
await step("child of deleted", () => restore("membership", given.inPortal));
await step("child deleted by itself, of deleted", () => restore("membership", given.inShop));
await step("session of deleted", () => restore("session", given.session));
await step("user back", () => restore("user", given.ada));
await step("membership back", () => restore("membership", given.inShop));
await step("application", () => remove("application", given.portal));
await step("application back", () => restore("application", given.portal));
await step("session", () => remove("session", given.session));
await step("session back", () => restore("session", given.session));
await step("refresh token", () => remove("refreshToken", given.refresh));
await step("refresh token back", () => restore("refreshToken", given.refresh));
await step("verification token", () => remove("verificationToken", given.mailToken));
await step("verification token back", () => restore("verificationToken", given.mailToken));
await step("operator key", () => remove("operatorKey", given.key));
await step("operator key back", () => restore("operatorKey", given.key));
await step("both users, updateMany", () =>
  prisma.user.updateMany({ where: { id: { in: [given.ada, given.bob] }, deletedAt: null }, data: { deletedAt: new Date() } }));
await step("both users back", () =>
  prisma.user.updateMany({ where: { id: { in: [given.ada, given.bob] } }, data: { deletedAt: null } }));
await step("rolled back", () =>
  prisma.$transaction(async (tx) => {
    await tx.user.update({ where: { id: given.ada }, data: { deletedAt: new Date() } });
    throw new Error("changed my mind");
  }));

// Names that a deleted row holds are free, and its own restore is refused then.
await step("taken e-mail", async () => {
  await remove("user", given.ada);
  return prisma.user.create({ data: { email: `aDA-${mark}@example.com` } });
});
await step("restore into a taken e-mail", () => restore("user", given.ada));
await step("taken pair", async () => {
  await remove("membership", given.bobInPortal);
  return prisma.membership.create({ data: { userId: given.bob, applicationId: given.portal } });
});
await step("restore into a taken pair", () => restore("membership", given.bobInPortal));

await answer(steps);
