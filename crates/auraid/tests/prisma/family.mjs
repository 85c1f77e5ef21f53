// One person with all that can hang on her, and a second one beside her: nested creates of every model.

import { answer, connect, given, secret, tomorrow } from "./client.mjs";

const prisma = connect("service");
const mark = given.mark;

const portal = await prisma.application.create({
  data: {
    clientId: `portal-${mark}`,
    name: "Portal",
    kind: "WEB",
    redirectUris: ["https://portal.example/back"],
    secretHash: secret(`client ${mark}`),
  },
});
const shop = await prisma.application.create({ data: { clientId: `shop-${mark}`, name: "Shop", kind: "SPA" } });

const ada = await prisma.user.create({
  data: {
    email: `Ada-${mark}@example.com`,
    passwordHash: "$argon2id$SECRET",
    metadata: { colour: "green", nested: { list: [1, 2] } },
    memberships: { create: [{ applicationId: portal.id, role: "ADMIN" }, { applicationId: shop.id }] },
    verificationTokens: {
      create: [
        { purpose: "VERIFY_EMAIL", tokenHash: secret(`mail ${mark}`), expiresAt: tomorrow },
        { purpose: "INVITE", tokenHash: secret(`invite ${mark}`), expiresAt: tomorrow, applicationId: portal.id },
      ],
    },
  },
  include: { memberships: true, verificationTokens: true },
});
const inPortal = ada.memberships.find((membership) => membership.applicationId === portal.id);
const inShop = ada.memberships.find((membership) => membership.applicationId === shop.id);

const session = await prisma.session.create({
  data: {
    userId: ada.id,
    applicationId: portal.id,
    membershipId: inPortal.id,
    address: "2001:db8::1",
    device: "Firefox",
    expiresAt: tomorrow,
    refreshTokens: { create: { tokenHash: secret(`refresh ${mark}`), familyId: "family", expiresAt: tomorrow } },
  },
  include: { refreshTokens: true },
});

const bob = await prisma.user.create({ data: { email: `bob-${mark}@example.com` } });
const bobInPortal = await prisma.membership.create({
  data: { userId: bob.id, applicationId: portal.id, invitedById: ada.id },
});
const key = await prisma.operatorKey.create({ data: { name: `ops-${mark}`, keyHash: secret(`key ${mark}`) } });

await answer({
  mark,
  portal: portal.id,
  shop: shop.id,
  ada: ada.id,
  inPortal: inPortal.id,
  inShop: inShop.id,
  mailToken: ada.verificationTokens.find((token) => token.purpose === "VERIFY_EMAIL").id,
  inviteToken: ada.verificationTokens.find((token) => token.purpose === "INVITE").id,
  session: session.id,
  refresh: session.refreshTokens[0].id,
  bob: bob.id,
  bobInPortal: bobInPortal.id,
  key: key.id,
});
