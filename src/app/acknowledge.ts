import type { App, ReceiverProcessEventErrorHandlerArgs } from "@slack/bolt";
