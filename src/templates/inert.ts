import Handlebars from "handlebars";
import { escapeText } from "../slack/text.ts";

/** The helper that `makeInert` wraps around every value. Its name cannot be written in a template. */
export const inertHelper = "slack text";

/**
 * Changes the parsed template so that every `{{value}}` goes through `inertHelper`, and its own words are escaped.
 * Handlebars' own escaping writes `&#x27;`, which Slack shows as it is, and replacing it changes every Handlebars of
 * the process.
 */
export function makeInert(tree: hbs.AST.Program): void {
  const base = Handlebars.Visitor.prototype;
  const visitor = new Handlebars.Visitor();
  visitor.ContentStatement = (node) => {
    node.value = escapeText(node.value);
  };
  visitor.MustacheStatement = (node) => {
    base.MustacheStatement.call(visitor, node);
    const { path, params, hash, loc } = node;
    const name = "original" in path ? String(path.original) : "";
    // Without arguments it is a value, even where a helper has the same name: an event may have a `status`.
    const value = params.length === 0 && !hash ? path : subExpression(path, params, hash, loc);
    node.path = pathTo(inertHelper, loc);
    node.params = [value, literal(name, loc)];
    node.hash = { type: "Hash", pairs: [], loc };
  };
  visitor.accept(tree);
}

const pathTo = (name: string, loc: hbs.AST.SourceLocation): hbs.AST.PathExpression => ({
  type: "PathExpression",
  data: false,
  depth: 0,
  parts: [name],
  original: name,
  loc,
});

const literal = (value: string, loc: hbs.AST.SourceLocation): hbs.AST.StringLiteral => ({
  type: "StringLiteral",
  value,
  original: value,
  loc,
});

const subExpression = (
  path: hbs.AST.PathExpression | hbs.AST.Literal,
  params: hbs.AST.Expression[],
  hash: hbs.AST.Hash,
  loc: hbs.AST.SourceLocation,
): hbs.AST.Expression => {
  const call = { type: "SubExpression", path, params, hash, loc };
  return call;
};
