/** Hosts that mean "every address of this machine", and one of them. */
const anywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** The address of a server on this machine that listens on a host and port: `http://127.0.0.1:3000`. */
export function localUrl(host: string, port: number): string {
  const reached = anywhere[host] ?? host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}
