import { createServer } from "node:http";
import { batch } from "../../src/receive/inbox.ts";
import { addDeliveries, type NewDelivery } from "../../src/store/add-deliveries.ts";
import { batched } from "../../src/store/batch.ts";
import { openStore } from "../../src/store/store.ts";
import { isRight, listen, readAll } from "./plain.ts";

/** Raw `node:http` and Belfry's own durable, encrypted insert of many at once, and nothing else. */

const { BELFRY_DATA = "", BELFRY_KEYS, DATABASE_URL } = process.env;
const database = DATABASE_URL === undefined ? undefined : { url: DATABASE_URL, isDyno: false };
const store = await openStore({ data: BELFRY_DATA, keys: BELFRY_KEYS, database });
const add = batched((deliveries: NewDelivery[]) => addDeliveries(store, deliveries), {
  ...batch,
  sizeOf: ({ body }) => body.length,
});

listen(
  createServer(async (request, response) => {
    const body = await readAll(request);
    if (!isRight(request.headers["x-gitlab-token"])) return void response.writeHead(401).end();
    const { id } = await add({
      ...{ workspace: "preview", hook: "control", forge: "gitlab", brand: undefined, body },
      key: `idempotency-key:${request.headers["idempotency-key"]}`,
      headers: { "x-gitlab-event": String(request.headers["x-gitlab-event"]) },
    });
    response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify({ delivery: id }));
  }),
);
