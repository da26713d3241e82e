/** What a name looks like, in rules.yml and in commands alike. */
export interface Form {
  fits: RegExp;
  /** a sentence for the user */
  says: string;
}

export const hookName: Form = {
  fits: /^[a-z0-9][a-z0-9_-]{0,39}$/,
  says: "A name has a-z, 0-9, _ and -, at most 40.",
};

export const brandName: Form = {
  fits: /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/,
  says: "A brand is written as in X-<Brand>-Event: letters, digits, _ and -, at most 40.",
};
