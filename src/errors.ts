/** Something the user can put right. The message says what to do; it is shown without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** A request refused before it was stored. Whatever is authenticated is stored and answered 2xx, so no 400 here. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: 401 | 404 | 413 | 415 | 429 | 503;
  /** seconds, for the Retry-After header */
  readonly retryAfter: number | undefined;
  constructor(status: RefusedError["status"], message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}
