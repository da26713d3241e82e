import type { Kind } from "../events.ts";
import type { ConditionKey } from "./conditions.ts";
import type { Options } from "./options.ts";

/** What a rule says, read from its words by `parseRule` and spelled by `formatRule`. Plain data. */
export interface RuleGrammar {
  /** at least one of them is wanted, none of the unwanted may match */
  projects: ProjectPattern[];
  /** which kinds are wanted, one entry a kind, never empty */
  kinds: KindChoice[];
  /** all of them must hold */
  conditions: Condition[];
  /** how to post; they choose nothing */
  options: Options;
}

export interface ProjectPattern {
  /** `group/name`, `group/**`, `gitlab.acme.io/group/name`, as typed */
  pattern: string;
  /** true for `-group/noisy` */
  not: boolean;
}

export interface KindChoice {
  kind: Kind;
  /** the wanted actions; empty means every action */
  actions: string[];
  /** actions that are not wanted, although `actions` would take them */
  except: string[];
}

export interface Condition {
  key: ConditionKey;
  /** `a,b` any of · `a+b` all of · `-key:…` none of */
  how: "any" | "all" | "none";
  /** globs, or one of `yes`, `no`, `only` for a switch */
  values: string[];
}
