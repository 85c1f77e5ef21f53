// What the programs beside this one share: a client for each role, attempts that may be refused, and the answer.

import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@prisma/client";

const clients = [];

/** A client of a role: "service", "owner", "superuser" or "read". `settings` go to the adapter. */
export function connect(role, settings = {}) {
  const connectionString = process.env[`${role.toUpperCase()}_URL`];
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString, ...settings }) });
  clients.push(client);
  return client;
}

/** What the Rust side hands over. */
export const given = JSON.parse(process.argv[2]);

/** Runs what may be refused: `{ done }`, or `{ refused }` with all that Prisma tells of it. */
export async function attempt(act) {
  try {
    return { done: (await act()) ?? null };
  } catch (error) {
    const cause = error.meta?.driverAdapterError?.cause ?? {};
    return {
      refused: {
        prisma: error.code ?? error.name,
        postgres: cause.originalCode ?? null,
        constraint: cause.constraint?.index ?? null,
        text: cause.originalMessage ?? error.message.split("\n").at(-1),
        message: error.message,
        detail: cause.detail ?? null,
      },
    };
  }
}

/** All of a map of attempts, one after the other. */
export async function attempts(map) {
  const results = {};
  for (const [name, act] of Object.entries(map)) results[name] = await attempt(act);
  return results;
}

/** Prints the answer as the only line of output, and closes every client. */
export async function answer(value) {
  const plain = (_, part) => (part instanceof Uint8Array ? Buffer.from(part).toString() : part);
  process.stdout.write(`${JSON.stringify(value, plain)}\n`);
  await Promise.all(clients.map((client) => client.$disconnect()));
}

/** A secret's stand-in. Each holds the word SECRET, which must be found in no event. */
export const secret = (name) => new TextEncoder().encode(`SECRET ${name}`);

export const tomorrow = new Date(Date.now() + 86_400_000);
