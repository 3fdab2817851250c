// A run with one of everything, as `lesson export` records it.
import type { RecordedRun } from '../../../runner/export/recorded-run.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import type { Envelope, LessonEvent, RunEvent } from '../../../runner/session/events.ts';
import { emptyRun, reduce } from '../../../runner/session/view.ts';

const lesson = parseLesson(
  '01-file.md',
  `# A & file

See [on](02-next.md), [there](https://example.com/) and ![a picture](https://example.com/a.png).

## One

\`\`\`sql
SELECT '<b>' AS "a<b";
\`\`\`

\`\`\`bash
echo hello
\`\`\`

## Two

\`\`\`sql
SELECT never;
\`\`\`
`,
);

type Told = Omit<Envelope, 'seq'> & LessonEvent;

const place = { file: '01-file.md', line: 1 };
const [one, two] = lesson.steps;
const [first, shell] = one!.parts;
const blockOf = (part: (typeof one & {})['parts'][number] | undefined) => {
  if (part === undefined || part.kind === 'prose') throw new Error('no block');
  return part;
};
const events: readonly Told[] = [
  {
    type: 'lesson-started',
    lesson: '01-file',
    title: lesson.title,
    place,
    steps: 2,
    cluster: {
      kind: 'local',
      name: 'default',
      workers: 2,
      engine: { kind: 'built-in', version: '', postgres: '18.4' },
    },
  },
  { type: 'step-started', step: one!.id, title: 'One', number: 1, place },
  ...[first, shell].flatMap((part, at): Told[] => {
    const { id, kind, text } = blockOf(part);
    const where = { step: one!.id, block: id };
    return [
      { ...where, type: 'block-reached', kind, text, place, number: at + 1 },
      { ...where, type: 'block-started', text },
      ...(kind === 'shell'
        ? [{ ...where, type: 'shell-output', text: 'hello\n' } as const]
        : [
            { ...where, type: 'notice', notice: { severity: 'NOTICE', message: 'so' } } as const,
            {
              ...where,
              type: 'statement-finished',
              sql: text,
              place,
              command: 'SELECT 1',
              columns: ['a<b'],
              rows: [['<b>'], [null]],
              rowCount: 3,
              ms: 1,
            } as const,
            {
              ...where,
              type: 'statement-failed',
              sql: 'SELECT',
              place,
              failure: { sqlstate: '42601', message: 'no', hint: 'try' },
              expected: true,
              ms: 1,
            } as const,
          ]),
      {
        ...where,
        type: 'block-finished',
        status: 'passed',
        place,
        outcomes: [{ status: 'passed', title: 'result', place, claim: 'the result is as shown' }],
        attempts: 1,
        ms: 1,
      },
    ];
  }),
  { type: 'lesson-finished', lesson: '01-file', status: 'failed', ran: 1, blocks: 1, ms: 1 },
];

const run = events.reduce((view, event, at) => reduce(view, { seq: at + 1, ...event } as RunEvent), emptyRun);

const map = {
  cluster: 'default',
  kind: 'local',
  nodes: [
    { name: 'coordinator', role: 'coordinator', state: 'up' },
    { name: 'worker-1', role: 'worker', state: 'up', isActive: true },
    { name: 'worker-1-standby', role: 'standby', state: 'down', follows: 'worker-1' },
  ],
  tables: [{ name: 't', kind: 'distributed', distributionColumn: 'a', colocationId: 1 }],
  placements: [
    { table: 't', shardId: 102008, node: 'worker-1', rows: 7, bytes: 8192 },
    { table: 't', shardId: 102009, node: 'worker-1', rows: null, bytes: null },
  ],
} as const;

export const recorded: RecordedRun = {
  lesson,
  view: run.lessons[0]!,
  maps: [
    { after: undefined, map: { ...map, tables: [], placements: [] }, touched: new Set() },
    { after: one!, map, touched: new Set([102008]) },
    { after: two!, map, touched: new Set() },
  ],
};
