import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import type { Delivery, Forge, Reading } from "../forges/forge.ts";
import { forgeNamed } from "../forges/index.ts";
import { brandOption, forgeOption } from "./forge-options.ts";

/** What a payload file was sent with. */
export interface PayloadOptions {
  /** value of the event header */
  event: string;
  forge: string;
  brand?: string;
}

/** Gives a command the options of `PayloadOptions`. */
export const takesPayloads = (command: Command): Command =>
  command
    .requiredOption("--event <header>", 'value of the event header: "Merge Request Hook"')
    .addOption(forgeOption())
    .addOption(brandOption());

/** A payload file as the delivery of a forge; `-` is standard input. @throws UserError where it cannot be read */
export function readDelivery(file: string, { event, forge: name, brand }: PayloadOptions): Delivery & { forge: Forge } {
  const forge = forgeNamed(name);
  const headers = { [forge.eventHeaders(brand)[0] ?? ""]: event };
  try {
    return { forge, headers, body: readFileSync(file === "-" ? 0 : file) };
  } catch (cause) {
    throw new UserError(`Cannot read ${file}.`, { cause });
  }
}

/** What a payload file says. @throws UserError where it cannot be read */
export function readPayload(file: string, options: PayloadOptions): Reading {
  const { forge, ...delivery } = readDelivery(file, options);
  return forge.parse(delivery, options.brand);
}
