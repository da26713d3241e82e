import { expect, test } from "vitest";
import { clientOf, startFakeSlack, wordOf } from "./fake-slack-client.ts";

test("people: roles, strangers, who is gone, our bot", async () => {
  const slack = await startFakeSlack({
    teams: [
      {
        id: "T0A",
        tokens: ["xoxb-a"],
        users: [
          { id: "U1", name: "ann", realName: "Ann A", displayName: "annie", admin: true, tz: "Asia/Tokyo" },
          { id: "U2", ultraRestricted: true },
          { id: "U3", team: "T0X", stranger: true },
          { id: "U4", deleted: true },
        ],
        channels: [],
      },
      { id: "T0B", tokens: ["xoxb-b"], channels: [] },
    ],
  });
  const [a, b] = [clientOf(slack, "xoxb-a"), clientOf(slack, "xoxb-b")];
  const person = async (user: string) => (await a.users.info({ user })).user;
  expect(await person("U1")).toMatchObject({
    ...{ id: "U1", team_id: "T0A", name: "ann", real_name: "Ann A", tz: "Asia/Tokyo", deleted: false },
    ...{ is_admin: true, is_owner: false, is_restricted: false, is_ultra_restricted: false, is_bot: false },
    profile: { real_name: "Ann A", display_name: "annie" },
  });
  expect(await person("U2")).toMatchObject({ is_ultra_restricted: true });
  expect(await person("U3")).toMatchObject({ is_stranger: true, team_id: "T0X" });
  expect(await person("U4")).toMatchObject({ deleted: true });
  expect(await person("U0ABOT")).toMatchObject({ is_bot: true });
  expect(await wordOf(b.users.info({ user: "U1" })), "of another team").toBe("user_not_found");
  expect((await b.users.info({ user: "U0BALICE" })).user).toMatchObject({ is_owner: true });
  expect((await b.users.info({ user: "U0BGUEST" })).user).toMatchObject({ is_restricted: true });
});

test("channels: what they are, and which our bot may see", async () => {
  const slack = await startFakeSlack();
  const info = async (channel: string) => (await clientOf(slack).conversations.info({ channel })).channel;
  expect(await info("C0API")).toMatchObject({
    ...{ id: "C0API", name: "api", is_private: false, is_ext_shared: false },
    ...{ is_archived: false, is_im: false, is_member: true },
  });
  Object.assign(slack.channel("C0API"), { name: "rest", shared: true, archived: true, private: true });
  expect(await info("C0API")).toMatchObject({
    ...{ name: "rest", is_private: true, is_ext_shared: true, is_archived: true },
  });
  slack.channel("C0API").member = false;
  expect(await wordOf(info("C0API"))).toBe("channel_not_found");
  expect(await wordOf(info("#deploys")), "names are for posts").toBe("channel_not_found");
});

test("a post to a person opens a direct message, and so does conversations.open", async () => {
  const slack = await startFakeSlack();
  const { chat, conversations } = clientOf(slack);
  expect(slack.messages("U0ACMEBOB")).toEqual([]);
  expect(await chat.postMessage({ channel: "U0ACMEBOB", text: "hi" })).toMatchObject({ channel: "D0ACMEBOB" });
  expect(await conversations.open({ users: "U0ACMEBOB" })).toMatchObject({ channel: { id: "D0ACMEBOB" } });
  expect(await chat.postMessage({ channel: "D0ACMEBOB", text: "again" })).toMatchObject({ channel: "D0ACMEBOB" });
  expect(slack.messages("U0ACMEBOB").map(({ text }) => text)).toEqual(["hi", "again"]);
  const { channel } = await conversations.info({ channel: "D0ACMEBOB" });
  expect(channel).toMatchObject({ is_im: true, user: "U0ACMEBOB" });
  expect((await conversations.list({ types: "public_channel,private_channel" })).channels).toHaveLength(2);

  const bob = slack.team("T0ACME").users.find(({ name }) => name === "bob");
  if (bob) bob.deleted = true;
  expect(await wordOf(conversations.open({ users: "U0ACMEBOB" }))).toBe("user_disabled");
  expect(await wordOf(chat.postMessage({ channel: "U0ACMEBOB", text: "x" }))).toBe("channel_not_found");
  expect(await wordOf(conversations.open({ users: "U0NOBODY" }))).toBe("user_not_found");
  expect(await wordOf(chat.postMessage({ channel: "U0NOBODY", text: "x" }))).toBe("channel_not_found");
});

test("ephemeral messages and permalinks", async () => {
  const slack = await startFakeSlack();
  const { chat } = clientOf(slack);
  slack.channel("C0API").members = ["U0ACMEBOB"];
  const to = (user: string) => chat.postEphemeral({ channel: "C0API", user, text: "psst" });
  expect(await to("U0ACMEBOB")).toMatchObject({ message_ts: expect.any(String) });
  expect(await wordOf(to("U0ACMEALICE"))).toBe("user_not_in_channel");
  expect(slack.ephemerals("U0ACMEBOB")).toMatchObject([{ channel: "C0API", text: "psst" }]);
  expect(slack.messages("C0API")).toEqual([]);

  const { ts = "" } = await chat.postMessage({ channel: "C0API", text: "x" });
  const link = await chat.getPermalink({ channel: "C0API", message_ts: ts });
  expect(link.permalink).toBe(`https://acme.slack.com/archives/C0API/p${ts.replace(".", "")}`);
  expect(await wordOf(chat.getPermalink({ channel: "C0API", message_ts: "1.2" }))).toBe("message_not_found");
});
