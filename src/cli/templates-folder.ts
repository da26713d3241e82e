import { fileURLToPath } from "node:url";

/** The messages' templates, beside `src`. */
export const templatesFolder = fileURLToPath(new URL("../../templates", import.meta.url));
