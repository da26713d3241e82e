import { z } from "zod";
import { eventLabel } from "../delivery.ts";
import type { Forge, Reading } from "../forge.ts";
import { readJson } from "../json.ts";
import { schemes } from "../verify.ts";
import { kinds, systemKinds } from "./kinds.ts";

const SystemHook = z.object({ object_kind: z.string().optional(), event_name: z.string().optional() });

/**
 * A forge that speaks GitLab's webhooks under headers of its own name.
 * @param brands the names in its headers, `X-<brand>-Event`, the most likely first
 */
export function gitlabFamily({
  name,
  title,
  brands,
}: {
  name: string;
  title: string;
  brands: readonly string[];
}): Forge {
  const headers = (part: string, brand?: string) =>
    [...(brand ? [brand] : []), ...brands].map((known) => `x-${known}-${part}`.toLowerCase());
  const forge: Forge = {
    name,
    title,
    schemes,
    eventHeaders: (brand) => headers("event", brand),
    tokenHeaders: (brand) => headers("token", brand),
    parse: (delivery, brand) => {
      const label = eventLabel(forge, delivery.headers, brand);
      if (label === undefined) return { state: "unreadable", reason: `no header ${headers("event", brand)[0]}` };
      return read(label, delivery.body);
    },
  };
  return forge;
}

export const gitlab = gitlabFamily({ name: "gitlab", title: "GitLab", brands: ["Gitlab"] });

function read(label: string, body: Buffer): Reading {
  const system = label === "System Hook";
  if (!system && !Object.hasOwn(kinds, label))
    return { state: "unsupported", reason: `event “${label.slice(0, 80)}” is not known` };
  const parsed = readJson(body);
  if ("problem" in parsed) return { state: "unreadable", reason: parsed.problem };
  if (!system) return kinds[label]?.(parsed.json) ?? { state: "unsupported", reason: "not known" };
  const { data } = SystemHook.safeParse(parsed.json);
  const kind = data?.object_kind ?? data?.event_name ?? "";
  const readKind = Object.hasOwn(systemKinds, kind) ? systemKinds[kind] : undefined;
  return readKind?.(parsed.json) ?? { state: "unsupported", reason: unknownSystemEvent(kind) };
}

/** Names are words such as `project_create`; nothing else of a payload is repeated in a reason. */
const unknownSystemEvent = (name: string) =>
  /^[a-z_]{1,80}$/.test(name) ? `system event “${name}” is not known` : "a system event without a known name";
