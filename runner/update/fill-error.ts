// An `error` fence that says what the block failed with. Pure.
import type { SqlFailure } from '../connect/connection.ts';
import { type Captured, fillText } from '../lesson/captures.ts';
import type { ErrorExpectation } from '../lesson/types.ts';

/** The half that still holds stays as it is; where the author left one out, it is not added. */
export function fillError(
  expectation: ErrorExpectation,
  lines: readonly string[],
  { sqlstate, message }: SqlFailure,
  captured: Captured = {},
): readonly string[] {
  const { sqlstate: code, message: part } = expectation;
  const primary = message.split('\n', 1)[0]!.trim();
  if (code === undefined && part === undefined) return [`${sqlstate}: ${primary}`];
  const severity = /^\s*ERROR:\s+/.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0] ?? '';
  const halves = [
    code !== undefined && (sqlstate.startsWith(code) ? code : sqlstate),
    part !== undefined && (message.includes(fillText(part, captured)) ? part : primary),
  ];
  return [severity + halves.filter((half) => half !== false).join(': ')];
}
