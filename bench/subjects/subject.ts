import type { PreparedRequest } from "../request.ts";
import type { Run } from "../run.ts";

/** A server that takes deliveries, running. */
export interface Running {
  port: number;
  pid: number;
  stop(): Promise<void>;
  /** @returns a delivery of so many bytes; with a wrong secret where it is to be refused */
  request(bytes: number, isRight?: boolean): PreparedRequest;
  /** how it refuses a wrong secret */
  refusal: number;
}

/** Something that takes deliveries and is measured. */
export interface Subject {
  name: string;
  title: string;
  /** what it does with a delivery before it answers */
  does: string;
  /** name of the control that stores as it does */
  control?: string;
  needsPeers?: boolean;
  /** @throws Error where it cannot be measured here */
  start(run: Run): Promise<Running>;
}
