/** What a person asked for cannot be had: its message is all there is to say, without a stack. */
export class Refusal extends Error {}
