// How far a standby is behind: a number, and the last minute of it.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Replication as State } from '../../runner/map/map-data.ts';

/** So many readings are drawn; there are one or two a second. */
const mostReadings = 90;

export function Replication({ name, replication }: { readonly name: string; readonly replication: State }) {
  const { isSynchronous, lag } = replication;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const readings = useRef<[number, number][]>([]);
  useEffect(() => {
    readings.current = [...readings.current, [Date.now() / 1_000, lag.bytes] as [number, number]].slice(
      -mostReadings,
    );
    const data: uPlot.AlignedData = [
      readings.current.map(([at]) => at),
      readings.current.map(([, bytes]) => bytes),
    ];
    if (chart.current) chart.current.setData(data);
    else chart.current = new uPlot(chartOptions(), data, box.current!);
  });
  useEffect(() => () => chart.current?.destroy(), []);
  return (
    <div class="replication">
      <p>
        {isSynchronous ? 'synchronous' : 'asynchronous'}, {bytes(lag.bytes)} behind
        {lag.ms === null ? '' : `, ${Math.round(lag.ms)} ms`}
      </p>
      <div ref={box} role="img" aria-label={`How far ${name} was behind, over the last minute`} />
    </div>
  );
}

const chartOptions = (): uPlot.Options => ({
  width: 180,
  height: 44,
  legend: { show: false },
  cursor: { show: false },
  axes: [{ show: false }, { show: false }],
  scales: { y: { range: (_, __, most) => [0, Math.max(most, 1_024)] } },
  series: [{}, { stroke: 'currentColor', width: 1.5, fill: 'rgba(128, 128, 128, 0.2)' }],
});

const bytes = (count: number): string =>
  count < 1_024
    ? `${count} bytes`
    : count < 1_048_576
      ? `${Math.round(count / 1_024)} kB`
      : `${(count / 1_048_576).toFixed(1)} MB`;
