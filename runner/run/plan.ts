// What a run will do: which text each block runs, which blocks are skipped and why.

import type { ClusterInfo } from '../cluster/info.ts';
import type { Block, Lesson, Prose, Step } from '../lesson/types.ts';
import type { AnswerKind } from './events.ts';

export interface Plan {
  readonly lesson: Lesson;
  readonly steps: readonly PlannedStep[];
  /** Why none of it runs. */
  readonly skip?: string;
}

export interface PlannedStep {
  readonly step: Step;
  readonly parts: readonly (Prose | PlannedBlock)[];
}

export interface PlannedBlock {
  readonly kind: 'block';
  readonly block: Block;
  /** What runs: the block's own text, or the answer chosen for an exercise. */
  readonly text: string;
  readonly answer?: AnswerKind;
  readonly skip?: string;
}

/** With `solve`, exercises run their first solution; without it, what the learner is given. */
export function plan(lesson: Lesson, cluster: ClusterInfo, { solve }: { readonly solve: boolean }): Plan {
  const missing = (lesson.workers ?? 0) - cluster.workers;
  const bar = barOf(cluster);
  const barred = bar === undefined ? -1 : lesson.steps.findIndex(bar.applies);
  const skipOf = (at: number) =>
    barred === -1 || at < barred ? undefined : at === barred ? bar?.why : afterSkip;
  return {
    lesson,
    steps: lesson.steps.map((step, at) => ({
      step,
      parts: step.parts.map((part) =>
        part.kind === 'prose' ? part : planBlock(part, cluster, solve, skipOf(at)),
      ),
    })),
    ...(missing > 0
      ? { skip: `it needs ${lesson.workers} workers and the cluster has ${cluster.workers}` }
      : {}),
  };
}

/** The same walk, up to this exercise and no further, with this answer in it. */
export function planTrial(whole: Plan, exercise: PlannedBlock, text: string, answer: AnswerKind): Plan {
  const steps: PlannedStep[] = [];
  for (const { step, parts } of whole.steps) {
    const at = parts.indexOf(exercise);
    if (at === -1) {
      steps.push({ step, parts });
      continue;
    }
    steps.push({ step, parts: [...parts.slice(0, at), { ...exercise, text, answer }] });
    break;
  }
  return { lesson: whole.lesson, steps };
}

const afterSkip = 'it may build on a step that was skipped';

/** What steps this cluster is not made for. */
interface Bar {
  readonly applies: (step: Step) => boolean;
  readonly why: string;
}

function barOf({ kind, engine }: ClusterInfo): Bar | undefined {
  if (kind === 'external') return serversNotOurs;
  return kind === 'local' && engine.kind === 'citus' ? portsOfTheirOwn : undefined;
}

const serversNotOurs: Bar = {
  applies: worksOnServers,
  why: 'it stops, adds or promotes a server, and the servers of this cluster are not ours; run it with --cluster local or docker',
};

/** Local servers share an address. The built-in engine shows the port that the nodes of docker have, real Citus theirs. */
const portsOfTheirOwn: Bar = {
  applies: ({ parts }) =>
    parts.some((part) => part.kind !== 'prose' && textsOf(part).some((text) => /\b5432\b/.test(text))),
  why: 'it registers a server at port 5432, and the servers of this cluster have other ports; run it without --pg-bin, or with --cluster docker',
};

/** Whether a shell block of the step does something to a server. */
function worksOnServers({ parts }: Step): boolean {
  const verb = /\blesson\s+node\s+(?!list\b)/;
  return parts.some((part) => part.kind === 'shell' && textsOf(part).some((text) => verb.test(text)));
}

const textsOf = ({ text, exercise }: Block): readonly string[] => [
  text,
  ...(exercise?.solutions ?? []).map((solution) => solution.text),
];

function planBlock(
  block: Block,
  cluster: ClusterInfo,
  solve: boolean,
  skipped: string | undefined,
): PlannedBlock {
  const solution = solve ? block.exercise?.solutions[0] : undefined;
  const answer = block.exercise === undefined ? undefined : solution === undefined ? 'start' : 'solution';
  const skip =
    skipped ??
    (block.engine !== undefined && block.engine !== cluster.engine.kind
      ? 'only real Citus can show this; this is the built-in engine'
      : undefined);
  return {
    kind: 'block',
    block,
    text: solution?.text ?? block.text,
    ...(answer === undefined ? {} : { answer }),
    ...(skip === undefined ? {} : { skip }),
  };
}
