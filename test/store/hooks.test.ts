import { afterEach, expect, test } from "vitest";
import { addHook, changeHook, findHook, putHook } from "../../src/store/hooks.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryFolder } from "../support/belfry.ts";
import { gitlabHook } from "../support/hook.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const made = gitlabHook("acme", "ci", "first");

async function openTwice() {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const open = async () => {
    const store = await openStore({ data: folder });
    cleanups.push(() => store.close());
    return store;
  };
  return [await open(), await open()] as const;
}

test("changes made at the same time all count", async () => {
  const [store] = await openTwice();
  const { id } = await addHook(store, made);
  const add = (secret: string) => changeHook(store, "acme", id, ({ secrets }) => ({ secrets: [secret, ...secrets] }));
  await Promise.all([add("second"), add("third"), add("fourth")]);
  expect((await findHook(store, id))?.secrets.toSorted()).toEqual(["first", "fourth", "second", "third"]);
});

test("what refuses a change leaves the hook as it was", async () => {
  const [store, other] = await openTwice();
  const hook = await addHook(store, made);
  const refuse = () => {
    throw new Error("not this one");
  };
  await expect(changeHook(store, "acme", hook.id, refuse)).rejects.toThrow("not this one");
  await expect(putHook(store, { ...made, secrets: ["stolen"], origin: "file" }, refuse)).rejects.toThrow(
    "not this one",
  );
  await expect(changeHook(store, "other", hook.id, () => ({ secrets: ["x"] }))).rejects.toThrow("was removed");
  expect(await findHook(other, hook.id)).toEqual(hook);
  await putHook(other, { ...made, secrets: ["renewed"] });
  expect(await findHook(store, hook.id)).toEqual({ ...hook, secrets: ["renewed"] });
});
