import type { RequestHandler } from "express";

const mostSeconds = 300;

/**
 * Refuses what Bolt would let pass: what says that it was signed more than five minutes from now (Bolt refuses what is
 * too old), and signatures of another version than Slack's. The signature itself is left to Bolt.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export const refuseUnsigned: RequestHandler = (request, response, next) => {
  const at = Number(request.headers["x-slack-request-timestamp"]);
  const signature = String(request.headers["x-slack-signature"]);
  if (at <= Date.now() / 1000 + mostSeconds && /^v0=[0-9a-f]{64}$/.test(signature)) return next();
  response.status(401).end();
};
