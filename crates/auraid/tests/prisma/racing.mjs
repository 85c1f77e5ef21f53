// Writers at the same time: children under a parent that is being deleted and restored, and a secret used once.

import { answer, connect, given } from "./client.mjs";

const prisma = connect("service", { max: 8 });
const { ada, mailToken, mark } = given;
const rounds = 25;
const tally = { created: 0, refused: 0, retried: 0, other: [] };

/** Counts what may happen; P2034 and 40P01 are for trying again, as with any transaction. */
function count(error) {
  const code = error.meta?.driverAdapterError?.cause?.originalCode;
  if (error.code === "P2003" || error.code === "P2025") tally.refused += 1;
  else if (error.code === "P2034" || code === "40P01" || code === "40001") tally.retried += 1;
  else tally.other.push(error.message);
}

async function deleter() {
  for (let round = 0; round < rounds; round += 1) {
    const isolationLevel = round % 2 ? "ReadCommitted" : "RepeatableRead";
    for (const deletedAt of [new Date(), null]) {
      await prisma
        .$transaction((tx) => tx.user.update({ where: { id: ada }, data: { deletedAt } }), { isolationLevel, maxWait: 30_000 })
        .catch(count);
    }
  }
}

async function creator(worker) {
  for (let round = 0; round < rounds; round += 1) {
    const isolationLevel = (round + worker) % 2 ? "ReadCommitted" : "RepeatableRead";
    await prisma
      .$transaction(
        async (tx) => {
          const application = await tx.application.create({
            data: { clientId: `race-${worker}-${round}-${mark}`, name: "Race", kind: "NATIVE" },
          });
          await tx.membership.create({ data: { userId: ada, applicationId: application.id } });
        },
        { isolationLevel, maxWait: 30_000 },
      )
      .then(() => (tally.created += 1), count);
  }
}

await Promise.all([deleter(), ...[1, 2, 3, 4].map(creator)]);
await prisma.user.update({ where: { id: ada }, data: { deletedAt: new Date() } });

// The guard is in the one UPDATE that Prisma makes of this.
await prisma.user.update({ where: { id: ada }, data: { deletedAt: null } });
const uses = await Promise.allSettled(
  Array.from({ length: 16 }, () =>
    prisma.verificationToken.update({
      where: { id: mailToken, usedAt: null, deletedAt: null, expiresAt: { gt: new Date() } },
      data: { usedAt: new Date() },
    })),
);
await answer({
  tally,
  used: uses.filter((use) => use.status === "fulfilled").length,
  refusedUses: uses.filter((use) => use.reason?.code === "P2025").length,
});
