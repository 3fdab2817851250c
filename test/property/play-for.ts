// Plays random scripts on real servers, one after the other, for as long as PROPERTY_MINUTES says.
import fc from 'fast-check';

const { PROPERTY_MINUTES = '0.4', PROPERTY_SEED, PROPERTY_PATH } = process.env;

/** How long the scripts are played; the last one may take longer. */
export const playMs = Number(PROPERTY_MINUTES) * 60_000;

export interface Played {
  readonly scripts: number;
  readonly seed: number;
  /** What failed, with how to repeat it up to timing; empty where nothing did. */
  readonly failure: string;
}

export async function playFor<S>(
  scripts: fc.Arbitrary<S>,
  play: (script: S) => Promise<void>,
): Promise<Played> {
  // fast-check stops waiting when the time is over, in the middle of a script.
  let current = Promise.resolve();
  const property = fc.asyncProperty(scripts, (script) => {
    current = play(script);
    return current;
  });
  const details = await fc.check(property, {
    numRuns: 1_000_000,
    interruptAfterTimeLimit: playMs,
    markInterruptAsFailure: false,
    endOnFailure: true, // the same script may pass at another time
    ...(PROPERTY_SEED === undefined ? {} : { seed: Number(PROPERTY_SEED) }),
    ...(PROPERTY_PATH === undefined ? {} : { path: PROPERTY_PATH }),
  });
  const end = await current.then(
    () => '',
    (error) => String(error?.stack),
  );
  // Interrupted in the first script it counts as failed, too, without a counterexample.
  const failure = details.counterexample
    ? `${end}\n${await fc.asyncDefaultReportMessage(details)}\n` +
      `Again: PROPERTY_SEED=${details.seed} PROPERTY_PATH=${details.counterexamplePath} npm run property`
    : end;
  return { scripts: details.numRuns + (details.interrupted ? 1 : 0), seed: details.seed, failure };
}
