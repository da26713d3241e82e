import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockIn } from "./lock.ts";
import { openSpool, type Spool } from "./spool.ts";
import { openSqlite } from "./store.ts";

/** Where spools are: `spool-1.db`, `spool-2.db`, … of the data folder, each with a lock file beside it. */
export interface SpoolPlace {
  data: string;
  /** BELFRY_KEYS, the same as for the database */
  keys: string | undefined;
}

/** The first spool that no other process owns; a new one where there is none. @throws UserError when it is damaged */
export async function takeSpool(place: SpoolPlace): Promise<Spool> {
  for (let number = 1; ; number++) {
    const spool = await take(place, number);
    if (spool) return spool;
  }
}

/**
 * What processes left behind that ended without emptying their spool, such as after `kill -9`: it is ours now. Each is
 * to be closed when it is drained.
 * @param onError one that cannot be opened is reported and left alone
 */
export async function takeLeftovers(place: SpoolPlace, onError: (error: unknown) => void): Promise<Spool[]> {
  const found: Spool[] = [];
  for (const number of numbersIn(place.data, onError)) {
    try {
      const spool = await take(place, number);
      if (spool && spool.size().deliveries > 0) found.push(spool);
      else await spool?.close();
    } catch (error) {
      onError(error);
    }
  }
  return found;
}

async function take({ data, keys }: SpoolPlace, number: number): Promise<Spool | undefined> {
  const unlock = lockIn(data, `spool-${number}.lock`);
  if (!unlock) return undefined;
  const reserve = join(data, `spool-${number}.reserve`);
  try {
    const store = await openSqlite(data, `spool-${number}.db`, keys, "persist");
    fill(reserve);
    return await openSpool(store, {
      makeRoom: async (work) => {
        rmSync(reserve, { force: true });
        try {
          return await work();
        } finally {
          fill(reserve);
        }
      },
      release: unlock,
    });
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Enough for a spool to become empty, in bytes. */
const reserveBytes = 1_000_000;

/** Takes up room that is given back when the disk is full. */
function fill(reserve: string): void {
  if (statSync(reserve, { throwIfNoEntry: false })?.size === reserveBytes) return;
  try {
    writeFileSync(reserve, Buffer.alloc(reserveBytes));
  } catch (error) {
    // It is full already: the next time, then.
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}

function numbersIn(data: string, onError: (error: unknown) => void): number[] {
  try {
    const numbers = readdirSync(data).flatMap((file) => /^spool-(\d+)\.db$/.exec(file)?.[1] ?? []);
    return numbers.map(Number).sort((a, b) => a - b);
  } catch (error) {
    onError(error);
    return [];
  }
}
