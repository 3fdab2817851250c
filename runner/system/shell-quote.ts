/** A text as one word for `sh`. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
