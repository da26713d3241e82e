import type { Conversation } from "./conversation.ts";
import { alice, bo, type User } from "./payloads/people.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { branchOf } from "./payloads/push.ts";
import { clockOf } from "./payloads/step.ts";

const at = clockOf("2026-03-06");
const project = projectOf("platform/api");

/** Fourteen pushes of one person within four minutes, one of another in between, and one more an hour later. */
function steps() {
  const main = branchOf(project, "main");
  const push = (time: number, by: User, title: string) => main.push(time, by, [commitOf(project, title, by, time)]);
  const storm = Array.from({ length: 14 }, (_, index) => ({ time: at("09:00") + index * 17_000, index }));
  return [
    ...storm.slice(0, 5).map(({ time, index }) => push(time, bo, `Try number ${index + 1}`)),
    push(at("09:01:20"), alice, "Name the tax in the invoice"),
    ...storm.slice(5).map(({ time, index }) => push(time, bo, `Try number ${index + 1}`)),
    push(at("10:05:00"), bo, "It was the time zone"),
  ];
}

export const pushStorm: Conversation = { name: "push-storm", rule: "platform/api push", steps, isOrdered: false };
