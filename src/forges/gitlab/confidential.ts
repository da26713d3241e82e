import { z } from "zod";
import type { ReadKind } from "./kind.ts";

/** A switch that decides who may read a thing: any value is taken, see `isOn`. */
export const Flag = z.unknown().optional();

const off: unknown[] = [undefined, null, false, 0, "", "0", "false"];

/** Custom templates of webhooks make texts of booleans: whatever is not a plain no counts as yes. */
export const isOn = (flag: unknown) => !off.includes(flag);

/** `confidential_issue`, `confidential_note` … since GitLab 11 */
export const isConfidentialType = (eventType: string | null | undefined) => /^confidential_/.test(eventType ?? "");

/** A kind whose event header says that only some members may see it, whatever the body says. */
export const confidential =
  (read: ReadKind): ReadKind =>
  (json, instance) => {
    const reading = read(json, instance);
    return reading.state === "event" ? { ...reading, event: { ...reading.event, confidential: true } } : reading;
  };
