import { gitlabFamily } from "../gitlab/index.ts";

/** Perforce's GitLab 8. Its documentation and source name X-Gitlab-Event; receivers of its time expect either. */
export const gitswarm = gitlabFamily({
  name: "gitswarm",
  title: "GitSwarm",
  brands: ["Gitlab", "Gitswarm"],
  hooksPage: "/hooks",
});
