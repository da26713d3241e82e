import type { View } from "../cards/views.ts";
import type { Event } from "../events.ts";
import type { Message } from "../slack/message.ts";
import { clip, inline, link } from "../slack/text.ts";
import { section } from "./draft.ts";

const short = (text: string): string => clip(text, 200);

/**
 * The last resort when every template failed: one line from the fields that each event has. Needs no template and
 * cannot fail.
 */
export function plain(event: Event | View): Message {
  const what = [event.kind, event.action].map((word) => short(word).replaceAll("_", " ")).join(" ");
  const who = event.actor ? ` by ${inline(short(event.actor.name))}` : "";
  const line = (object: string, project: string) => `${inline(what)}: ${object} in ${project}${who}`;
  const key = short(event.key);
  const path = short(event.project.path);
  return {
    text: line(inline(key), inline(path)),
    blocks: [section(line(link(event.url, key), link(event.project.url, path)))],
  };
}
