// Lines between what belongs together: a standby and the node that it follows, the copies of a shard.
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { MapData } from '../../runner/map/map-data.ts';
import { pointedAt, selected } from './store.ts';

interface Link {
  readonly kind: 'follows' | 'copy';
  readonly path: string;
  /** Set for a copy. */
  readonly shardId?: number;
}

export function Links({ map }: { readonly map: MapData }) {
  const svg = useRef<SVGSVGElement>(null);
  const links = useSignal<readonly Link[]>([]);
  const latest = useRef(map);
  latest.current = map;
  const measure = () => {
    const found = svg.current ? linksIn(svg.current.parentElement!, latest.current) : [];
    if (JSON.stringify(found) !== JSON.stringify(links.value)) links.value = found;
  };
  useLayoutEffect(measure, [map]);
  useLayoutEffect(() => {
    const resized = new ResizeObserver(measure);
    resized.observe(svg.current!.parentElement!);
    return () => resized.disconnect();
  }, []);
  const marked = pointedAt.value?.shardId ?? selected.value?.shardId;
  return (
    <svg class="links" ref={svg} aria-hidden="true">
      {links.value.map(({ kind, path, shardId }) => (
        <path
          key={path}
          class={`${kind} ${shardId !== undefined && shardId === marked ? 'marked' : ''}`}
          d={path}
        />
      ))}
    </svg>
  );
}

function linksIn(box: HTMLElement, { nodes, placements }: MapData): readonly Link[] {
  const origin = box.getBoundingClientRect();
  const place = (selector: string) => {
    const found = box.querySelector(selector)?.getBoundingClientRect();
    return found && new DOMRect(found.x - origin.x, found.y - origin.y, found.width, found.height);
  };
  const follows = nodes.flatMap(({ name, follows: of }): Link[] => {
    const [one, other] = [place(`[data-name="${name}"]`), of && place(`[data-name="${of}"]`)];
    if (!one || !other) return [];
    const [x, top, bottom] = [other.left + 10, other.bottom, one.top + 22];
    return [{ kind: 'follows', path: `M ${one.left} ${bottom} H ${x} V ${top}` }];
  });
  const copies = placements.flatMap(({ shardId, node }, at): Link[] => {
    const next = placements.slice(at + 1).find((other) => other.shardId === shardId);
    const tile = (on: string) => place(`[data-shard="${shardId}"][data-node="${on}"]`);
    const [one, other] = next ? [tile(node), tile(next.node)] : [];
    return one && other ? [{ kind: 'copy', shardId, path: `M ${middle(one)} L ${middle(other)}` }] : [];
  });
  return [...follows, ...copies];
}

const middle = ({ x, y, width, height }: DOMRect) =>
  `${Math.round(x + width / 2)} ${Math.round(y + height / 2)}`;
