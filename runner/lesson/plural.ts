import { grouped } from './grouped.ts';
/** `1 row`, `2,000 rows`. */
export function plural(n: number, what: string): string {
  return `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
}
