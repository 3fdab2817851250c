// The image of the servers, fetched where it is not there.
import { docker, tryDocker } from './docker.ts';
import { explainFailure } from './docker-failures.ts';

export const defaultImage = 'citusdata/citus:14.1.0';

export const wantedImage = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  env.LESSON_CITUS_IMAGE || defaultImage;

const pullDeadlineMs = 60 * 60_000;
const reportEveryMs = 5_000;

/** @param report Gets the progress: the first time takes minutes. */
export async function getImage(
  image: string,
  report: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const found = await tryDocker(['image', 'inspect', '-f', '{{.Id}}', image], { signal });
  if (found.exitCode === 0) return;
  if (!/No such image/i.test(found.stderr)) throw explainFailure(found);
  report(`Pulling the image ${image}. This takes a few minutes, the first time only.`);
  const layers = new Set<string>();
  const fetched = new Set<string>();
  let reportedAt = Date.now();
  const onLine = (line: string) => {
    const [, layer = '', what = ''] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (layer === '') return;
    layers.add(layer);
    if (/^(Pull complete|Already exists)/.test(what)) fetched.add(layer);
    if (Date.now() - reportedAt < reportEveryMs) return;
    reportedAt = Date.now();
    report(`Pulled ${fetched.size} of ${layers.size} layers.`);
  };
  await docker(['pull', image], { signal, timeoutMs: pullDeadlineMs, onLine });
}
