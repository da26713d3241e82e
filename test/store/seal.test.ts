import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSealer, type Place } from "../../src/store/seal.ts";

const [oldKey, newKey, strangeKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
const place: Place = { table: "hooks", workspace: "acme", row: "1" };
const sealer = createSealer([newKey]);

test("what was sealed opens again, byte for byte", () => {
  const part = fc.string({ unit: "binary" });
  const anyPlace = fc.record({ table: part, workspace: part, row: part });
  fc.assert(
    fc.property(anyPlace, fc.uint8Array({ maxLength: 2_000 }), (where, plain) => {
      expect(sealer.open(where, sealer.seal(where, plain)).equals(plain)).toBe(true);
    }),
  );
  expect(sealer.open(place, sealer.seal(place, "pässwörd 🔑")).toString()).toBe("pässwörd 🔑");
});

test("it opens from a view into a larger buffer, as databases hand it out", () => {
  const sealed = sealer.seal(place, "s3cret");
  const larger = new Uint8Array(sealed.length + 20);
  larger.set(sealed, 10);
  expect(sealer.open(place, larger.subarray(10, 10 + sealed.length)).toString()).toBe("s3cret");
});

test("the plain text is not in it, and no two sealings are alike", () => {
  const canary = "CANARY-".repeat(10);
  const sealed = [sealer.seal(place, canary), sealer.seal(place, canary)].map((bytes) => Buffer.from(bytes));
  expect(sealed[0]?.includes("CANARY")).toBe(false);
  expect(sealed[0]?.equals(sealed[1] ?? Buffer.alloc(0))).toBe(false);
});

describe("a value in another place does not open", () => {
  test.each<[name: string, other: Place]>([
    ["another row", { ...place, row: "2" }],
    ["another workspace", { ...place, workspace: "other" }],
    ["another table", { ...place, table: "deliveries" }],
    ["parts that join to the same text", { table: "hooks", workspace: "acm", row: "e1" }],
    ["parts with quotes", { table: "hooks", workspace: 'acme","1', row: "" }],
    ["parts in another order", { table: "hooks", workspace: "1", row: "acme" }],
  ])("%s", (_name, other) => {
    expect(() => sealer.open(other, sealer.seal(place, "s3cret"))).toThrow(/damaged or moved/);
  });

  test("any two places", () => {
    const part = fc.constantFrom("", "a", "b", "ab", '"', ",", '","', "\\", "\ud800", "\ud801");
    const anyPlace = fc.record({ table: part, workspace: part, row: part });
    fc.assert(
      fc.property(anyPlace, anyPlace, (one, two) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(two));
        expect(() => sealer.open(two, sealer.seal(one, "s3cret"))).toThrow(/damaged or moved/);
      }),
    );
  });
});

test("a change of any one byte is noticed", () => {
  const sealed = sealer.seal(place, "s3cret");
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => sealer.open(place, changed), `byte ${at}`).toThrow();
  }
});

test("a value that was cut short does not open, and a short tag never passes", () => {
  const sealed = sealer.seal(place, "s3cret");
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => sealer.open(place, sealed.subarray(0, length)), `${length} bytes`).toThrow();
  }
});

describe("keys", () => {
  test("the first one seals, and all of them open: that is a rotation", () => {
    const before = createSealer([oldKey]);
    const during = createSealer([newKey, oldKey]);
    const after = createSealer([newKey]);
    expect(during.open(place, before.seal(place, "old")).toString()).toBe("old");
    expect(after.open(place, during.seal(place, "new")).toString()).toBe("new");
    expect(() => after.open(place, before.seal(place, "old"))).toThrow();
  });

  test("an unknown one is named by its id, so that it can be found, and not by itself", () => {
    const sealed = createSealer([strangeKey]).seal(place, "s3cret");
    const id = Buffer.from(sealed.subarray(0, 4)).toString("hex");
    expect(() => createSealer([newKey, oldKey]).open(place, sealed)).toThrow(
      expect.objectContaining({ name: "UserError", message: expect.stringContaining(`(${id})`) }),
    );
    expect(strangeKey.toString("hex")).not.toContain(id);
  });

  test("there must be one", () => {
    expect(() => createSealer([])).toThrow(expect.objectContaining({ name: "UserError" }));
  });
});
