import type { Event } from "../events.ts";
import { branchView } from "./branch.ts";
import { pushesView, talkView } from "./burst.ts";
import { deploymentView } from "./environment.ts";
import type { Facts } from "./facts.ts";
import { mergeRequestView } from "./merge-request.ts";
import { updates } from "./objects.ts";
import { pipelineView } from "./pipeline.ts";
import { releaseView } from "./release.ts";
import { updatesView } from "./updates.ts";
import type { View } from "./views.ts";

/** By how the name of an object begins. */
const views: readonly (readonly [begins: string, view: (facts: Facts, episode: string) => Event | View | undefined])[] =
  [
    ["!", mergeRequestView],
    ["pipeline ", pipelineView],
    ["branch ", branchView],
    ["environment ", deploymentView],
    ["release ", releaseView],
    ["talk ", talkView],
    ["pushes ", pushesView],
    [updates, updatesView],
  ];

/** What a card of an object shows; undefined where too little is known. */
export const viewOf = (object: string, facts: Facts, episode: string): Event | View | undefined =>
  views.find(([begins]) => object.startsWith(begins))?.[1](facts, episode);
