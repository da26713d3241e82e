import type { Message } from "../slack/message.ts";

/** Slack's own hosts for answers. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const hosts = ["https://hooks.slack.com", "https://hooks.slack-gov.com"];
/** Milliseconds for one try. */
const timeout = 5_000;

export type Respond = (address: string, message: Message, how?: { replace?: boolean }) => Promise<void>;

/**
 * Answers a command or a click, so that only the person sees it, at the address that came with the request. The
 * address is used only where it is Slack's: a request that was let through by mistake must not make us call elsewhere.
 * @param apiUrl another address of Slack's API: answers may go to its host as well
 * @returns a function that throws where the answer was not taken; no error holds the address
 */
export function createRespond(apiUrl: string | undefined): Respond {
  const allowed = new Set([...hosts, ...(apiUrl === undefined ? [] : [new URL(apiUrl).origin])]);
  return async (address, { text, blocks }, { replace = false } = {}) => {
    const parsed = URL.parse(address);
    if (!parsed || !allowed.has(parsed.origin) || parsed.username || parsed.password)
      throw new Error("the address for the answer is not Slack's");
    const message = { response_type: "ephemeral", replace_original: replace, text, blocks };
    const post = () => send(parsed, JSON.stringify(message));
    // An answer may show a secret that is shown once: it is worth a second try.
    const status = await post().catch(() => post());
    if (status >= 400) throw new Error(`Slack did not take the answer (${status})`);
  };
}

/** @returns the status; throws, without the address, where it may work the next time */
async function send(address: URL, body: string): Promise<number> {
  const headers = { "content-type": "application/json; charset=utf-8" };
  const signal = AbortSignal.timeout(timeout);
  const answer = await fetch(address, { method: "POST", headers, body, redirect: "error", signal }).catch(
    ({ name }: Error) => {
      // Fetch quotes the address in some of its errors.
      throw new Error(`the answer did not reach Slack (${name})`);
    },
  );
  await answer.body?.cancel();
  if (answer.status >= 500) throw new Error(`Slack did not take the answer (${answer.status})`);
  return answer.status;
}
