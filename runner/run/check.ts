// Runs a check: once, or again until it holds where it says `eventually`.
import { setTimeout as wait } from 'node:timers/promises';
import type { CheckKind, Finding, Probe } from '../checks/check.ts';
import { checkKinds } from '../checks/registry.ts';
import type { Check } from '../lesson/types.ts';
import type { Outcome } from './events.ts';

const pollMs = 100;

export async function runCheck(check: Check, probe: Probe, signal: AbortSignal): Promise<readonly Outcome[]> {
  const deadline = Date.now() + (check.eventuallyMs ?? 0);
  for (;;) {
    const findings = await examine(check, probe);
    if (findings.every((finding) => finding.held) || Date.now() >= deadline || signal.aborted) {
      return findings.map((finding) => toOutcome(check, finding));
    }
    await wait(pollMs, undefined, { signal }).catch(() => {});
  }
}

/** A question that fails is a finding too: the extension may be gone. */
async function examine({ kind, is }: Check, probe: Probe): Promise<readonly Finding[]> {
  try {
    // The registry ties the name to its value; TypeScript does not see it through the union.
    return await (checkKinds[kind] as CheckKind<unknown>).examine(is, probe);
  } catch (error) {
    const actual = error instanceof Error ? error.message : String(error);
    return [{ title: kind, held: false, expected: JSON.stringify(is), actual }];
  }
}

function toOutcome({ place, say }: Check, { title, held, expected, actual, look }: Finding): Outcome {
  if (held) return { status: 'held', title, place };
  return {
    status: 'failed',
    title,
    place,
    expected,
    actual,
    ...(say === undefined ? {} : { say }),
    ...(look === undefined ? {} : { look }),
  };
}
