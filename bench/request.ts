/** A value of fixed width that differs from request to request. */
export interface Place {
  name: string;
  /** of its first byte */
  at: number;
  width: number;
}

/** A whole HTTP request, made before anything is measured; only its places are filled in between. */
export interface PreparedRequest {
  bytes: Buffer;
  places: Place[];
}

/** How many bytes each place takes: `{{number}}` in a text becomes so many digits. */
export const widths: Readonly<Record<string, number>> = { number: 12, hook: 32, secret: 24, project: 24 };

/** The number as it stands in a request. */
export const numberText = (number: number): string => String(number).padStart(widths["number"] ?? 0, "0");

export interface Draft {
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * A POST whose `{{name}}`s are places to be filled in.
 * @throws Error for a place without a width
 */
export function prepare({ path, headers, body }: Draft): PreparedRequest {
  const content = blank(body);
  const lines = Object.entries({ host: "127.0.0.1", "content-type": "application/json", ...headers });
  const head = blank(
    [
      `POST ${path} HTTP/1.1`,
      ...lines.map(([name, value]) => `${name}: ${value}`),
      `content-length: ${content.bytes.length}`,
      "",
      "",
    ].join("\r\n"),
  );
  const shift = head.bytes.length;
  return {
    bytes: Buffer.concat([head.bytes, content.bytes]),
    places: [...head.places, ...content.places.map((place) => ({ ...place, at: place.at + shift }))],
  };
}

function blank(text: string): PreparedRequest {
  const chunks: Buffer[] = [];
  const places: Place[] = [];
  let length = 0;
  const add = (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
  };
  // Every other part is the name of a place.
  for (const [index, part] of text.split(/\{\{(\w+)\}\}/).entries()) {
    if (index % 2 === 0) {
      add(Buffer.from(part));
      continue;
    }
    const width = widths[part];
    if (width === undefined) throw new Error(`the place ${part} has no width`);
    places.push({ name: part, at: length, width });
    add(Buffer.alloc(width, "0"));
  }
  return { bytes: Buffer.concat(chunks), places };
}

/**
 * Writes the values into the places of a request, in the buffer itself.
 * @throws Error where a value is missing or of another width
 */
export function fillIn({ bytes, places }: PreparedRequest, values: Readonly<Record<string, string>>): void {
  for (const { name, at, width } of places) {
    const value = values[name];
    if (value?.length !== width) throw new Error(`${name} must have ${width} characters, not “${value}”`);
    bytes.write(value, at, "latin1");
  }
}
