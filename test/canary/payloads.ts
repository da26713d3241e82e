import { readFileSync } from "node:fs";
import { fixture, type Row } from "../support/commands.ts";

interface Payload extends Row {
  object_attributes: Row;
  commits: Row[];
  project: Row;
}

/** Deliveries whose every loose end holds a secret. */
export interface Poison {
  /** value of a CI variable */
  variable: string;
  /** what people wrote where everybody of the project reads it */
  written: string;
}

const read = (name: string) => JSON.parse(readFileSync(fixture(name), "utf8")) as Payload;

/** A pipeline with CI variables. @param id makes it another pipeline */
export function pipeline({ variable, written }: Poison, id: number): string {
  const payload = read("pipeline_hook__failed");
  const variables = [{ key: "DEPLOY_PW", value: variable, variable_type: "env_var" }];
  Object.assign(payload.object_attributes, { id, iid: id, ref: `fix/${written}`, variables });
  return JSON.stringify({ ...payload, variables, commit: { message: written, title: written } });
}

/** Commits with a token in their messages, and with links that hold one. */
export function push({ written }: Poison): string {
  const payload = read("push_hook__three_commits");
  payload.commits = payload.commits.map((commit) => ({
    ...commit,
    ...{ message: `Use ${written}\n\nand ${written}`, title: `Use ${written}` },
    url: `${commit["url"]}?private_token=${written}`,
  }));
  return JSON.stringify(payload);
}

/** A comment that quotes a secret, at an address with a password. */
export function note({ written, variable }: Poison): string {
  const payload = read("note_hook__create_merge_request");
  const url = `https://oauth2:${variable}@gitlab.acme.example/acme/shop/api/-/merge_requests/12#note_1244`;
  Object.assign(payload.object_attributes, { note: `curl -H ${written}`, description: `curl -H ${written}`, url });
  payload.project["git_http_url"] = `https://oauth2:${variable}@gitlab.acme.example/acme/shop/api.git`;
  return JSON.stringify(payload);
}
