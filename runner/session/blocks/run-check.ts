// Runs a check: once, or again until it holds where it says `eventually`.
import type { Examine, Finding, Probe } from '../../checks/check.ts';
import { checks } from '../../checks/registry.ts';
import type { CheckName } from '../../lesson/check-values.ts';
import type { Check } from '../../lesson/types.ts';
import { until } from '../../system/until.ts';
import type { Outcome } from '../events.ts';

const pollMs = 100;

export async function runCheck(check: Check, probe: Probe, signal: AbortSignal): Promise<readonly Outcome[]> {
  let findings = await examine(check, probe);
  const holds = async () => {
    if (!findings.every(({ passed }) => passed)) findings = await examine(check, probe);
    return findings.every(({ passed }) => passed);
  };
  if (check.eventuallyMs !== undefined) {
    const limits = { signal, timeoutMs: check.eventuallyMs, everyMs: pollMs };
    await until(holds, limits).catch(() => {}); // interrupted: what was found last counts
  }
  return findings.map((finding) => toOutcome(check, finding));
}

/** A question that fails is a finding too: the extension may be gone. */
async function examine({ kind, is }: Check, probe: Probe): Promise<readonly Finding[]> {
  try {
    // The registry ties the name to its value; TypeScript does not see it through the union.
    return await (checks[kind] as Examine<CheckName>)(is, probe);
  } catch (error) {
    const actual = error instanceof Error ? error.message : String(error);
    return [{ passed: false, title: kind, expected: JSON.stringify(is), actual }];
  }
}

/** Of a condition only its author knows what it says. */
function toOutcome({ place, claim, say }: Check, finding: Finding): Outcome {
  const title = claim ?? finding.title;
  if (finding.passed) return { status: 'passed', title, place, claim: claim ?? finding.claim };
  const { expected, actual, look } = finding;
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
