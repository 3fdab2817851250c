// What a session can do: the items of a lesson in order, which text each block runs, which blocks are skipped and why.
import { nameEngine } from '../cluster/engine.ts';
import type { ClusterInfo } from '../cluster/info.ts';
import type { Engine } from '../cluster/port.ts';
import { forEngine } from '../lesson/for-engine.ts';
import { plural } from '../lesson/plural.ts';
import type { Block, EngineKind, Lesson, Need, Prose, Step } from '../lesson/types.ts';
import type { AnswerKind } from './events.ts';

export interface Plan {
  readonly lesson: Lesson;
  readonly cluster: ClusterInfo;
  /** In the order of the text; a step begins and ends with an item of its own. */
  readonly items: readonly Item[];
  readonly blocks: readonly PlannedBlock[];
  readonly byId: ReadonlyMap<string, PlannedBlock>;
  /** Why none of it runs. */
  readonly skip?: string;
}

export type Item =
  | { readonly kind: 'step-start' | 'step-end'; readonly step: PlannedStep }
  | { readonly kind: 'prose'; readonly prose: Prose }
  | { readonly kind: 'block'; readonly block: PlannedBlock };

/** A block with the text that runs in it. */
export interface Accepted {
  readonly block: PlannedBlock;
  readonly text: string;
}

export interface PlannedStep {
  readonly step: Step;
  /** From 1. */
  readonly number: number;
  /** Where its last item is in `Plan.items`. */
  readonly last: number;
}

export interface PlannedBlock {
  readonly id: string;
  readonly block: Block;
  readonly step: PlannedStep;
  /** Where it is in `Plan.items`, and in `Plan.blocks`. */
  readonly item: number;
  readonly index: number;
  /** What runs: the block's own text, or the answer chosen for an exercise. */
  readonly text: string;
  readonly answer?: AnswerKind;
  readonly skip?: string;
}

/** With `solve`, exercises run their first solution; without it, what the learner is given. */
export function plan(lesson: Lesson, cluster: ClusterInfo, { solve }: { readonly solve: boolean }): Plan {
  const lacks = lacksOf(cluster);
  const lackOf = ({ needs }: Step) => lacks.find(({ need }) => needs.includes(need));
  const firstWithout = lesson.steps.findIndex((step) => lackOf(step) !== undefined);
  const items: Item[] = [];
  const blocks: PlannedBlock[] = [];
  for (const [at, step] of lesson.steps.entries()) {
    const planned = { step, number: at + 1, last: items.length + step.parts.length + 1 };
    const skip =
      firstWithout === -1 || at < firstWithout
        ? undefined
        : at === firstWithout
          ? lackOf(step)?.why
          : afterSkip;
    items.push({ kind: 'step-start', step: planned });
    for (const part of step.parts) {
      if (part.kind === 'prose') items.push({ kind: 'prose', prose: part });
      else {
        const where = { step: planned, item: items.length, index: blocks.length };
        const block = { ...where, ...planBlock(part, cluster, solve, skip) };
        blocks.push(block);
        items.push({ kind: 'block', block });
      }
    }
    items.push({ kind: 'step-end', step: planned });
  }
  const skip = workersLack(lesson, cluster);
  const byId = new Map(blocks.map((block) => [block.id, block]));
  return { lesson, cluster, items, blocks, byId, ...(skip !== undefined && { skip }) };
}

/** Why the whole lesson is skipped. */
function workersLack({ workers }: Lesson, cluster: ClusterInfo): string | undefined {
  if (workers === undefined) return undefined;
  const { count, exactly } = workers;
  if (exactly ? cluster.workers === count : cluster.workers >= count) return undefined;
  const needed = `it needs ${exactly ? 'exactly ' : ''}${plural(count, 'worker')}, and this cluster has ${cluster.workers}`;
  if (cluster.kind === 'external') return needed;
  if (cluster.kind === 'postgres') return `${needed}; run it with --cluster local or docker`;
  return `${needed}; run it on another one: --name workers-${count} --workers ${count}`;
}

/** Whether so many blocks of a lesson, or so many that a cluster can run, are enough for a pass. */
export const isEnoughOf = ({ blocks }: Plan, ran: number): boolean => 2 * ran >= blocks.length;

/** Whether a cluster can run enough of the lesson. */
export const runsMost = (plan: Plan): boolean =>
  isEnoughOf(plan, plan.blocks.filter(({ skip }) => skip === undefined).length);

const afterSkip = 'it may build on a step that was skipped';

interface Lack {
  readonly need: Need;
  readonly why: string;
}

/** What this cluster cannot give a step. */
function lacksOf({ kind, engine, unreachable }: ClusterInfo): readonly Lack[] {
  if (kind === 'external') {
    const servers: Lack = {
      need: 'own servers',
      why: 'it stops, adds or promotes a server, and lesson does not manage the servers of this cluster; run it with --cluster local or docker',
    };
    if (unreachable === undefined) return [servers];
    const why = `it runs SQL on a worker, and ${unreachable} cannot be reached from here; run it where the workers can be reached, or with --cluster local or docker`;
    return [servers, { need: 'sessions on workers', why }];
  }
  // Local servers share an address. The built-in engine shows the port that the nodes of docker have, real Citus theirs.
  if (kind === 'local' && engine.kind === 'citus') {
    return [
      {
        need: 'port 5432',
        why: 'it registers a server at port 5432, and the servers of this cluster have other ports; run it without --pg-bin, or with --cluster docker',
      },
    ];
  }
  return [];
}

/** Why a block with `engine=` is skipped on another engine. */
export const needsEngine = (wanted: EngineKind, engine: Engine): string =>
  `${onlyOn(wanted)}; this is ${nameEngine(engine)}`;

const engineNames: Readonly<Record<EngineKind, string>> = {
  citus: 'real Citus',
  'built-in': 'the built-in engine',
};
const onlyOn = (engine: EngineKind): string => `only ${engineNames[engine]} can show this`;

/** The engine that a block needs which was skipped for this reason. */
export const missingEngineOf = (reason = ''): string | undefined =>
  (['citus', 'built-in'] as const)
    .filter((engine) => reason.startsWith(onlyOn(engine)))
    .map((engine) => engineNames[engine])[0];

function planBlock(block: Block, cluster: ClusterInfo, solve: boolean, skipped: string | undefined) {
  const engine = cluster.engine.kind;
  const solution = solve ? block.exercise?.solutions[0] : undefined;
  const answer: AnswerKind | undefined = block.exercise && (solution === undefined ? 'start' : 'solution');
  const skip =
    skipped ??
    (block.engine !== undefined && block.engine !== engine
      ? needsEngine(block.engine, cluster.engine)
      : undefined);
  return {
    id: block.id,
    block: forEngine(block, engine),
    text: solution?.text ?? block.text,
    ...(answer && { answer }),
    ...(skip !== undefined && { skip }),
  };
}
