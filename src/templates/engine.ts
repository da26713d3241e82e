import Handlebars from "handlebars";
import { type Checked, check, sourceLimits } from "./check.ts";
import { type Draft, newDraft, spend } from "./draft.ts";
import { helpers } from "./helpers.ts";
import { inertHelper, makeInert } from "./inert.ts";
import { TemplateError, words } from "./markup.ts";

/** Runs a compiled template over an event; what its blocks make is in the draft. */
export type Run = (context: unknown, draft: Draft) => string;

export interface Engine {
  /** Checks and compiles a template. Throws a TemplateError that begins with the line of the mistake. */
  compile: (source: string) => Checked & { run: Run };
  /** As `compile`; templates call it by its name. */
  addPartial: (name: string, source: string) => Checked;
}

const helperNames: ReadonlySet<string> = new Set(Object.keys(helpers));

/** Handlebars with our helpers instead of its own. `partials` are the names that templates may call. */
export function createEngine(partials: ReadonlySet<string>): Engine {
  const handlebars = Handlebars.create();
  // Its `lookup`, `log` and `helperMissing` are ways out of a template.
  for (const name of Object.keys(handlebars.helpers)) handlebars.unregisterHelper(name);
  for (const [name, helper] of Object.entries(helpers)) register(handlebars, name, helper);
  handlebars.registerHelper(inertHelper, (value, name, options) => {
    spend(options.data.draft, "calls");
    return words(value, name);
  });
  const knownHelpers = Object.fromEntries([inertHelper, ...helperNames].map((name) => [name, true]));
  // `tidy` drops empty lines; Handlebars itself would also glue a line to the partial on the line before.
  const options = { noEscape: true, preventIndent: true, ignoreStandalone: true, knownHelpersOnly: true, knownHelpers };

  function compile(source: string) {
    const tree = parse(source);
    const checked = check(tree, helperNames, partials);
    makeInert(tree);
    return { checked, template: handlebars.compile(tree, options) };
  }

  return {
    compile(source) {
      const { checked, template } = compile(source);
      return { ...checked, run: (context, draft) => template(context, { data: { draft } }) };
    },
    addPartial(name, source) {
      // Only compiled ones: Handlebars itself compiles what is registered as text, unchecked and not inert.
      const { checked, template } = compile(source.trimEnd());
      handlebars.registerPartial(name, template);
      return checked;
    },
  };
}

/**
 * Handlebars compiles at the first call, which should not be the first event: a mistake is to be found at the start.
 */
export function warm(run: Run): void {
  try {
    run({}, newDraft());
  } catch (error) {
    // Without an event values are missing; whatever is not ours is a mistake of the template.
    if (!(error instanceof TemplateError)) throw error;
  }
}

function parse(source: string): hbs.AST.Program {
  // An object would be taken for a parsed template and run as code (CVE-2026-33937).
  if (typeof source !== "string") throw new TemplateError("1: a template is a text");
  if (Buffer.byteLength(source) > sourceLimits.size)
    throw new TemplateError(`1: longer than ${sourceLimits.size} bytes`);
  try {
    return Handlebars.parse(source, { ignoreStandalone: true });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const line = /on line (\d+)|- (\d+):\d+/.exec(said);
    const why = said.replace(/^Parse error on line \d+:\n?/, "").replace(/\s+/g, " ");
    throw new TemplateError(`${line?.[1] ?? line?.[2] ?? 1}: ${why}`, { cause: error });
  }
}

/** Gives a helper of ours the shape that Handlebars calls. */
function register(handlebars: typeof Handlebars, name: string, helper: (typeof helpers)[string]): void {
  handlebars.registerHelper(name, function (this: unknown, ...args) {
    const { fn, inverse, hash, data }: Handlebars.HelperOptions = args.pop();
    spend(data.draft, "calls");
    return helper.run(args, {
      hash,
      draft: data.draft,
      context: this,
      body: (context, loop) =>
        fn?.(context, { data: loop ? Object.assign(Handlebars.createFrame(data), loop) : data }) ?? "",
      otherwise: () => inverse?.(this) ?? "",
    });
  });
}
