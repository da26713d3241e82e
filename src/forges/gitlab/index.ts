import { z } from "zod";
import { eventLabel } from "../delivery.ts";
import type { Delivery, Forge, Reading } from "../forge.ts";
import { readJson } from "../json.ts";
import type { Scheme } from "../verify.ts";
import { kinds, systemKinds } from "./kinds.ts";

const Names = z.object({ object_kind: z.string().optional(), event_name: z.string().optional() });

/** What tells a GitLab-like forge from GitLab. */
export interface Dialect extends Pick<Forge, "name" | "title" | "fields" | "menu" | "hooksPage"> {
  /** the names in its headers, `X-<brand>-Event`, the most likely first */
  brands: readonly string[];
  /** every GitLab can send a token, and user and password of the hook's URL */
  schemes?: readonly Scheme[];
  /** its own values of the event header, each with GitLab's */
  labels?: Readonly<Record<string, string>>;
}

/** A forge that speaks GitLab's webhooks under headers of its own name. */
export function gitlabFamily({ brands, schemes = ["token", "basic"], labels = {}, ...forgeParts }: Dialect): Forge {
  const headers = (part: string, brand?: string) =>
    [...(brand ? [brand] : []), ...brands].map((known) => `x-${known}-${part}`.toLowerCase());
  const forge: Forge = {
    menu: ["Settings", "Webhooks"],
    hooksPage: "/-/hooks",
    ...forgeParts,
    schemes,
    eventHeaders: (brand) => headers("event", brand),
    tokenHeaders: (brand) => headers("token", brand),
    signatureHeaders: (brand) => headers("signature-256", brand),
    parse: (delivery, brand) => {
      const label = eventLabel(forge, delivery.headers, brand);
      if (label === undefined) return { state: "unreadable", reason: `no header ${headers("event", brand)[0]}` };
      return read(Object.hasOwn(labels, label) ? (labels[label] ?? label) : label, delivery);
    },
  };
  return forge;
}

export const gitlab = gitlabFamily({
  name: "gitlab",
  title: "GitLab",
  brands: ["Gitlab"],
  schemes: ["token", "basic", "signed"],
  menu: ["Settings", "Webhooks", "Add new webhook"],
});

function read(label: string, { headers, body }: Delivery): Reading {
  const system = label === "System Hook";
  if (!system && !Object.hasOwn(kinds, label))
    return { state: "unsupported", reason: `event “${label.slice(0, 80)}” is not known` };
  const parsed = readJson(body);
  if ("problem" in parsed) return { state: "unreadable", reason: parsed.problem };
  const instance = headers["x-gitlab-instance"];
  if (!system) return kinds[label]?.(parsed.json, instance) ?? { state: "unsupported", reason: "not known" };
  const { data } = Names.safeParse(parsed.json);
  const kind = data?.object_kind ?? data?.event_name ?? "";
  const readKind = Object.hasOwn(systemKinds, kind) ? systemKinds[kind] : undefined;
  return readKind?.(parsed.json, instance) ?? { state: "unsupported", reason: unknownSystemEvent(kind) };
}

/** Names are words such as `project_create`; nothing else of a payload is repeated in a reason. */
const unknownSystemEvent = (name: string) =>
  /^[a-z_]{1,80}$/.test(name) ? `system event “${name}” is not known` : "a system event without a known name";
