const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

// A longer timer would overflow and fire at once.
const MAX_MS = 24 * 60 * UNITS.m!;

export const DURATION_FORM = 'a time with its unit, as 500ms, 5s or 2m, and at most 24 hours';

/** Milliseconds of `500ms`, `2.5s` or `1m`; undefined for anything else, zero and more than a day. */
export function readDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const ms = Math.round(Number(amount) * UNITS[unit]!);
  return ms > 0 && ms <= MAX_MS ? ms : undefined;
}
