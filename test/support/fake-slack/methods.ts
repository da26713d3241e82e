import { type Answer, type Call, no } from "./answer.ts";
import { conversationMethods } from "./conversations.ts";
import { messageMethods } from "./messages.ts";
import { installMethods } from "./oauth.ts";
import { describeUser } from "./users.ts";

/** Every method that the fake knows and that needs a token. */
export const methods: Record<string, (call: Call) => Answer> = {
  ...installMethods,
  ...messageMethods,
  ...conversationMethods,
  "users.info": ({ team, args }) => {
    const user = team.users.find(({ id }) => id === args["user"]);
    return user ? { ok: true, user: describeUser(user) } : no("user_not_found");
  },
};
