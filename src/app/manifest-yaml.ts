import { Document, isScalar, isSeq, Scalar } from "yaml";
import { botScopes, linkScopes, manifest, type Reach } from "./manifest.ts";

const why: Readonly<Record<string, string>> = { ...botScopes, ...linkScopes };

/**
 * The manifest as people paste it into Slack, each scope with its reason.
 * @param heading lines of the comment at the top
 * @param unfurl hosts whose links are unfurled
 */
export function manifestYaml(reach: Reach, heading: readonly string[], unfurl: readonly string[] = []): string {
  const document = new Document(manifest(reach, unfurl));
  document.commentBefore = heading.map((line) => ` ${line}`).join("\n");
  const description = document.getIn(["display_information", "long_description"], true);
  if (isScalar(description)) description.type = Scalar.BLOCK_FOLDED;
  const scopes = document.getIn(["oauth_config", "scopes", "bot"]);
  for (const scope of isSeq(scopes) ? scopes.items : [])
    if (isScalar(scope)) scope.comment = ` ${why[String(scope.value)]}`;
  return document.toString({ lineWidth: 120 });
}
