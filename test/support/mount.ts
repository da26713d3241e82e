import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Whether this machine lets us mount a small disk, as root in most containers. */
export const canMount = (() => {
  const folder = join(import.meta.dirname, `../../node_modules/.cache/belfry-mount-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
