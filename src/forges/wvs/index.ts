import { gitlabFamily } from "../gitlab/index.ts";

/** A GitLab 13.9 under another name; one that was not renamed throughout sends GitLab's headers. https://docs.wvs.io */
export const wvs = gitlabFamily({ name: "wvs", title: "WVS", brands: ["WVS", "Gitlab"] });
