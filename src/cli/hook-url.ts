import type { Config } from "../config.ts";
import { localUrl } from "../local-url.ts";

/** Address of a hook as the forge needs it. `base`: of the server that runs. */
export const hookUrl = (config: Config, id: string, base?: string) =>
  `${base ?? config.url ?? localUrl(config.host, config.port)}/hooks/${id}`;
