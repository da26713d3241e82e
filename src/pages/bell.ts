import { html } from "./html.ts";

/** Belfry's sign, a bell in its tower. It only decorates. */
export const bell = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M3.5 10 12 2.8 20.5 10"/><path d="M5.5 9v12.2M18.5 9v12.2"/><path d="M8.5 16.8c1-.9 1.3-2 1.3-3.5a2.2 2.2 0 0 1 4.4 0c0 1.5.3 2.6 1.3 3.5z"/><path d="M12 19.7v.1"/></svg>`;
