// Times in sessions of several zones: adapter-pg sends them without an offset, and drops the one it reads.

import { answer, connect, given } from "./client.mjs";

const sent = new Date("2026-07-01T10:00:00.123Z");
const results = {};
for (const zone of ["UTC", "Asia/Kolkata"]) {
  const prisma = connect("service", { options: `-c TimeZone=${zone}` });
  const { id } = await prisma.user.create({ data: { email: `${zone}-${given.mark}@example.com`, emailVerifiedAt: sent } });
  const { emailVerifiedAt } = await prisma.user.findUnique({ where: { id } });
  results[zone] = { id, read: emailVerifiedAt };
}
await answer(results);
