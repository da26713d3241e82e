import Handlebars from "handlebars";
import { TemplateError } from "./markup.ts";

/**
 * What a template may be made of, whoever wrote it. Templates are programs: Handlebars has had several ways from a
 * template to the
 * server, so this is a list of what is allowed, on the parsed tree, before anything is compiled.
 */
export const sourceLimits = { size: 16_384, depth: 16, nodes: 500 } as const;

/** The parts of a template that its caller has to know. */
export interface Checked {
  nodes: number;
  /** names of the partials it calls, once for each call */
  partials: string[];
}

type Node = hbs.AST.Node;

/** Names of Handlebars' own helpers and of what every object inherits. */
const isForbidden = (name: string): boolean =>
  name in Object.prototype || /^(?:__.*|prototype|lookup|log|helperMissing|blockHelperMissing)$/.test(name);
const loopValues = ["index", "first", "last"];

/** Throws a TemplateError with the line, as in `3: no {{{ }}} …`. */
function refuse(node: Node, why: string): never {
  throw new TemplateError(`${node.loc.start.line}: ${why}`);
}

const isPath = (node: Node): node is hbs.AST.PathExpression => node.type === "PathExpression";

function checkPath(path: hbs.AST.PathExpression): void {
  if (path.data && !(path.depth === 0 && path.parts.length === 1 && loopValues.includes(String(path.parts[0]))))
    refuse(path, `${path.original} is not to be had; of @ there are @index, @first and @last`);
  const name = path.parts.find((part) => typeof part !== "string" || isForbidden(part));
  if (name !== undefined) refuse(path, `${path.original} is not allowed`);
}

function checkHelper(path: Node, helpers: ReadonlySet<string>): void {
  const name = isPath(path) && path.depth === 0 && !path.data && path.parts.length === 1 ? path.original : "";
  if (!helpers.has(name)) refuse(path, `there is no helper ${isPath(path) ? path.original : "of that kind"}`);
}

/**
 * Refuses trees that hold more than values, known helpers and known partials. `helpers` are the words that may be
 * called,
 * `partials` the names that exist.
 */
export function check(tree: hbs.AST.Program, helpers: ReadonlySet<string>, partials: ReadonlySet<string>): Checked {
  const found: Checked = { nodes: 0, partials: [] };
  let depth = 0;
  const base = Handlebars.Visitor.prototype;
  const visitor = new Handlebars.Visitor();

  const counted = (node: Node, visit: () => void, levels = 0): void => {
    found.nodes += 1;
    depth += levels;
    if (found.nodes > sourceLimits.nodes) refuse(node, `more than ${sourceLimits.nodes} parts`);
    if (depth > sourceLimits.depth) refuse(node, `nested deeper than ${sourceLimits.depth}`);
    visit();
    depth -= levels;
  };

  visitor.MustacheStatement = (node) =>
    counted(node, () => {
      if (!node.escaped) refuse(node, "{{{ }}} and {{& }} are not allowed, values are always made inert");
      if (!isPath(node.path)) refuse(node, "only values and helpers stand in {{ }}");
      if (node.params.length > 0 || node.hash) checkHelper(node.path, helpers);
      base.MustacheStatement.call(visitor, node);
    });
  visitor.BlockStatement = (node) =>
    counted(
      node,
      () => {
        checkHelper(node.path, helpers);
        if (node.program?.blockParams?.length || node.inverse?.blockParams?.length)
          refuse(node, "`as |name|` is not allowed");
        base.BlockStatement.call(visitor, node);
      },
      1,
    );
  visitor.SubExpression = (node) =>
    counted(
      node,
      () => {
        checkHelper(node.path, helpers);
        base.SubExpression.call(visitor, node);
      },
      1,
    );
  visitor.PartialStatement = (node) =>
    counted(node, () => {
      if (!isPath(node.name) || node.name.data || node.name.depth > 0)
        return refuse(node, "a partial is called by its name");
      if (!partials.has(node.name.original)) refuse(node, `there is no partial ${node.name.original}`);
      found.partials.push(node.name.original);
      // The name is no path into the event, so only what it is given is visited.
      for (const param of node.params) visitor.accept(param);
      if (node.hash) visitor.accept(node.hash);
    });
  visitor.PathExpression = (path) => counted(path, () => checkPath(path));
  visitor.PartialBlockStatement = (node) => refuse(node, "partial blocks are not allowed");
  visitor.Decorator = (node) => refuse(node, "decorators are not allowed");
  visitor.DecoratorBlock = (node) => refuse(node, "inline partials are not allowed");
  visitor.ContentStatement = () => {
    found.nodes += 1;
  };

  visitor.accept(tree);
  return found;
}
