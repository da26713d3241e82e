/** Whether this is a person's id, `U0123ABCD`. */
export const isPersonId = (id: string): boolean => /^[UW][A-Z0-9]{1,30}$/.test(id);

/** Whether this is the id of a channel, `C0123ABCD`; not of a direct message. */
export const isChannelId = (id: string): boolean => /^[CG][A-Z0-9]{1,30}$/.test(id);
