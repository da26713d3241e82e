/**
 * Leaves only addresses that people may follow in an event, in every field named `url` or `…Url`: http and https,
 * without a user or password, which would be stored and shown.
 */
export function dropUnsafeLinks(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === "string" && /^url$|Url$/.test(key) && !isSafe(item)) Reflect.set(value, key, undefined);
    else dropUnsafeLinks(item);
  }
}

function isSafe(address: string): boolean {
  const link = URL.canParse(address) ? new URL(address) : undefined;
  return link !== undefined && /^https?:$/.test(link.protocol) && !link.username && !link.password;
}
