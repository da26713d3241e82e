import { gitlabFamily } from "../gitlab/index.ts";

/**
 * AtomGit, which is one with GitCode today and sends its headers; before it sent its own.
 * https://docs.gitcode.com/en/docs/help/home/org_project/webhook/web-hook
 */
export const atomgit = gitlabFamily({
  name: "atomgit",
  title: "AtomGit",
  brands: ["GitCode", "AtomGit"],
  schemes: ["token", "basic", "hmac"],
  fields: { token: "“WebHook password”", hmac: "“Signature key”" },
  menu: ["Project Settings", "WebHook", "Add New WebHook"],
  hooksPage: undefined,
  labels: {
    push: "Push Hook",
    tag_push: "Tag Push Hook",
    issue: "Issue Hook",
    merge_request: "Merge Request Hook",
    note: "Note Hook",
  },
});
