import { defineConfig } from "vitest/config";

// Tests start servers and processes of their own: two files at a time keep a small machine honest.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/postgres-setup.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
