import type { Message } from "../slack/message.ts";

/** Slack's own hosts for answers. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const hosts = ["https://hooks.slack.com", "https://hooks.slack-gov.com"];
const timeout = 10_000;

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
    const answer = await fetch(parsed, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({ response_type: "ephemeral", replace_original: replace, text, blocks }),
      redirect: "error",
      signal: AbortSignal.timeout(timeout),
    }).catch(({ name }: Error) => {
      // Fetch quotes the address in some of its errors.
      throw new Error(`the answer did not reach Slack (${name})`);
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`Slack did not take the answer (${answer.status})`);
  };
}
