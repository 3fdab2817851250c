// How far a standby is behind: a number, and the last minute of it.
import { useEffect, useRef } from 'preact/hooks';
import type { Replication as State } from '../../runner/map/map-data.ts';

/** So many readings are drawn; there are one or two a second. */
const mostReadings = 90;
const [width, height] = [180, 40];

export function Replication({ name, replication }: { readonly name: string; readonly replication: State }) {
  const { isSynchronous, lag } = replication;
  const readings = useRef<readonly number[]>([]);
  useEffect(() => {
    readings.current = [...readings.current, lag.bytes].slice(-mostReadings);
  }, [replication]);
  const drawn = [...readings.current, lag.bytes];
  const most = Math.max(1_024, ...drawn);
  const points = drawn.map(
    (value, at) => `${(at * width) / mostReadings},${height - 2 - ((height - 4) * value) / most}`,
  );
  return (
    <div class="replication">
      <p>
        {isSynchronous ? 'synchronous' : 'asynchronous'}, {bytes(lag.bytes)} behind
        {lag.ms === null ? '' : `, ${Math.round(lag.ms)} ms`}
      </p>
      <svg
        role="img"
        aria-label={`How far ${name} was behind, over the last minute: at most ${bytes(most)}`}
        width={width}
        height={height}
      >
        <polyline points={points.join(' ')} />
      </svg>
    </div>
  );
}

export const bytes = (count: number): string =>
  count < 1_024
    ? `${count} bytes`
    : count < 1_048_576
      ? `${Math.round(count / 1_024)} kB`
      : `${(count / 1_048_576).toFixed(1)} MB`;
