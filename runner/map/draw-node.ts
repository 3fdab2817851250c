// A node as a box: the coordinator with its tables, a worker with its shards, a standby with its lag.

import { grouped } from '../lesson/grouped.ts';
import { milliseconds } from '../report/style.ts';
import {
  boxFrame,
  clip,
  type Drawing,
  drawBox,
  hang,
  hangIndent,
  jointAt,
  widthOfStyled,
} from './draw-box.ts';
import { drawShards } from './draw-shards.ts';
import type { MapData, MapNode } from './map-data.ts';
import type { Scale } from './scale.ts';

export interface NodeBox {
  readonly node: MapNode;
  /** What it says before its shards. */
  readonly lines: readonly string[];
  /** At the right of its name, unless its state is there. */
  readonly note: string;
  readonly width: number;
  /** Of the boxes of workers: a bar is to mean the same everywhere. */
  readonly shardsWidth: number;
  readonly isHung: boolean;
  readonly joints: readonly number[];
}

/** With its shards. */
export function drawNode(
  { node, lines, note, width, shardsWidth, isHung, joints }: NodeBox,
  data: MapData,
  scale: Scale,
): Drawing {
  const { style } = scale;
  const color = colorOfState(node);
  const notes = stateWords(node).join(', ') || note;
  const shownNote = clip(notes, width - boxFrame - 4);
  const title = clip(node.name, width - widthOfStyled(shownNote) - boxFrame - 4);
  return drawBox({
    title: style(color === undefined ? 'bold' : ['bold', color], title),
    note: style(color ?? 'dim', shownNote),
    lines: [...lines, ...shardsOn(node, data, scale, shardsWidth - boxFrame)],
    width,
    border: (text) => style(color ?? 'dim', text),
    isHung,
    joints,
  });
}

/** A worker with the standbys that follow it. */
export function drawWorker(node: MapNode, data: MapData, scale: Scale, width: number): Drawing {
  const { style } = scale;
  const standbys = data.nodes.filter(({ follows }) => follows === node.name);
  const box = drawNode(
    {
      node,
      note: '',
      lines: [
        ...formerNodes(node, data, scale, width - boxFrame),
        ...(data.metadataFailure === undefined ? [] : [style('dim', 'shards unknown')]),
      ],
      width,
      shardsWidth: width,
      isHung: true,
      joints: standbys.length > 0 ? [jointAt] : [],
    },
    data,
    scale,
  );
  const below = standbys.map((standby) => drawStandby(standby, data, scale, width - hangIndent));
  return [...box, ...hang(below, style)];
}

/** In whose place it is. */
export function formerNodes(
  node: MapNode,
  { nodes }: MapData,
  { style }: Scale,
  width: number,
): readonly string[] {
  return nodes
    .filter(({ replacedBy }) => replacedBy === node.name)
    .map(({ name, state }) => style('dim', clip(`in place of ${name} (${state})`, width)));
}

export function drawStandby(node: MapNode, data: MapData, scale: Scale, width: number): Drawing {
  const primary = data.nodes.find(({ name }) => name === node.follows);
  const line = clip(describeReplication(node, primary), width - boxFrame);
  const lines = [node.replication ? line : scale.style('red', line)];
  return drawNode(
    { node, note: 'standby', lines, width, shardsWidth: width, isHung: true, joints: [] },
    data,
    scale,
  );
}

function shardsOn(node: MapNode, { tables, placements }: MapData, scale: Scale, width: number) {
  const here = tables.map((table) => ({
    table,
    placements: placements.filter((each) => each.node === node.name && each.table === table.name),
  }));
  const there = here.filter((each) => each.placements.length > 0);
  return drawShards(there, node.state === 'up', scale, width);
}

function colorOfState({ state, isActive }: MapNode): 'red' | 'yellow' | undefined {
  switch (state) {
    case 'down':
      return 'red';
    case 'paused':
      return 'yellow';
    case 'up':
      return isActive === false ? 'yellow' : undefined;
  }
}

/** What is not as it should be. */
const stateWords = ({ state, isActive }: MapNode): readonly string[] => [
  ...(state === 'up' ? [] : [state]),
  ...(isActive === false ? ['disabled'] : []),
];

function describeReplication({ replication }: MapNode, primary: MapNode | undefined): string {
  if (primary && primary.state !== 'up') return `${primary.name} is ${primary.state}`;
  if (replication === undefined) return 'does not stream';
  const { isSynchronous, lag } = replication;
  // PostgreSQL measures the time when something is written, and shows it for a while after.
  const time = lag.ms === null || lag.bytes === 0 ? '' : `, ${milliseconds(lag.ms)}`;
  return `${isSynchronous ? 'sync, ' : ''}${describeBytes(lag.bytes)} behind${time}`;
}

function describeBytes(bytes: number): string {
  if (bytes < 10_000) return `${grouped(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(bytes / 1024 ** power < 10 ? 1 : 0)} ${units[power - 1]}`;
}
