import { Option } from "commander";
import { forges } from "../forges/index.ts";
import { schemes } from "../forges/verify.ts";
import { brandName } from "../rules/file-names.ts";
import { formed } from "./values.ts";

export const forgeOption = () =>
  new Option("--forge <forge>", "the forge that sends").choices(Object.keys(forges)).default("gitlab");

export const schemeOption = () =>
  new Option("--scheme <scheme>", "how a delivery proves where it comes from").choices(schemes).default("token");

export const brandOption = () =>
  new Option("--brand <brand>", "the name in the headers of a rebranded GitLab: X-<Brand>-Event").argParser(
    formed(brandName),
  );
