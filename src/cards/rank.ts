/** Maps, as words of payloads may be names that every object has. Of states with the same time the one further on is newer: forges tell whole seconds. Terminal ones come last. */
const ranks = new Map(
  Object.entries({
    created: 1,
    waiting_for_resource: 2,
    preparing: 2,
    scheduled: 2,
    pending: 3,
    blocked: 3,
    approved: 4,
    manual: 5,
    running: 5,
    canceling: 6,
    rejected: 7,
    skipped: 8,
    canceled: 8,
    failed: 9,
    success: 9,
  }),
);

/** How far on the status of a pipeline, job or deployment is. */
export const rankOfStatus = (status: string): number => ranks.get(status) ?? 4;

/** Whether nothing follows this status by itself. */
export const hasEnded = (status: string): boolean => rankOfStatus(status) >= 7;

const states = new Map(Object.entries({ opened: 1, reopened: 1, locked: 2, closed: 3, merged: 4 }));

/** How far on the state of a merge request is. */
export const rankOfState = (state: string | undefined): number => states.get(state ?? "") ?? 0;
