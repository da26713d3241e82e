import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface Fixture {
  /** name of the file without its end: `merge_request_hook__open` */
  name: string;
  /** path of the file */
  file: string;
  /** name of the forge: the folder */
  forge: string;
  /** value of the forge's event header: `Merge Request Hook` */
  header: string;
  /** the body as text */
  json: string;
  /** the body as it comes in */
  body: Buffer;
}

const root = join(import.meta.dirname, "../forges");

/** The deliveries in `test/forges/<forge>/<event header>__<detail>.json`, of one forge or of all, by name. */
export function fixtures(forge?: string): Fixture[] {
  const forges = forge
    ? [forge]
    : readdirSync(root, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? one.name : []));
  return forges.flatMap((name) =>
    readdirSync(join(root, name))
      .filter((file) => /^[a-z_]+__\w+\.json$/.test(file))
      .sort()
      .map((file) => read(name, join(root, name, file))),
  );
}

/** `merge_request_hook__open` → `Merge Request Hook` */
const headerOf = (name: string): string =>
  name
    .replace(/__.*$/, "")
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

function read(forge: string, file: string): Fixture {
  const name = basename(file, ".json");
  const body = readFileSync(file);
  return { name, file, forge, header: headerOf(name), json: body.toString(), body };
}
