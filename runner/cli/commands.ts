// Every command with its arguments; a line in CONTRIBUTING.md says how to add one.
import type { Invocation } from '../invocation.ts';
import { leastPercent } from '../mutation/score.ts';
import { type Command, defineCommand } from './command.ts';
import { nodeCommands } from './node-commands.ts';
import {
  clusterOptions,
  courseOptions,
  jsonOption,
  lessonArgument,
  lessonsArgument,
  nodeArgument,
  pgBinOption,
  readCluster,
  readCount,
  readLintFormat,
  readOrigin,
  readShard,
  readTime,
  reporterOption,
  workersOption,
} from './options.ts';

/** Each has a cluster of its own. */
const mostJobs = 16;

/** What `lesson` alone does. */
export const overviewCommand = defineCommand({
  name: '',
  describe: 'Where am I: lessons, progress, what is next',
  options: courseOptions,
  load: async () => (await import('../commands/overview.ts')).overview,
});

export function commandsFor(env: Invocation['env']): readonly Command[] {
  const cluster = clusterOptions(env);
  const coordinatorByDefault = { node: { ...nodeArgument, default: 'coordinator' } } as const;
  const trustOption = {
    trust: { type: 'boolean', default: false, describe: 'Run lessons of others without asking' },
  } as const;
  const sessionOptions = {
    ...trustOption,
    ...cluster,
    ...workersOption,
    ...pgBinOption,
    ...courseOptions,
  } as const;
  const runOptions = { ...sessionOptions, ...reporterOption } as const;
  const newLessonOptions = {
    lessons: {
      type: 'string',
      requiresArg: true,
      describe: 'The folder of the lesson [default: ./lessons]',
    },
  } as const;

  return [
    defineCommand({
      name: 'list',
      describe: 'The lessons',
      options: { ...courseOptions, ...jsonOption },
      load: async () => (await import('../commands/list.ts')).list,
    }),
    defineCommand({
      name: 'run',
      describe: 'Walk lessons step by step',
      positionals: { id: lessonsArgument },
      options: {
        yes: {
          type: 'boolean',
          default: false,
          alias: 'y',
          describe: 'Ask nothing; exercises run their solution',
        },
        plain: {
          type: 'boolean',
          default: false,
          describe: 'For screen readers and logs: text without color, lines and wrapping',
        },
        step: {
          type: 'string',
          requiresArg: true,
          describe: 'Begin at this step: its number, or a part of its title',
        },
        exercises: { type: 'boolean', default: false, describe: 'Only the exercises' },
        page: {
          type: 'boolean',
          default: false,
          describe: 'Print the address of a page on which others can watch this run',
        },
        ...runOptions,
      },
      example: ['03-distribution', 'or "run 3", "run distrib", "run my-lessons/01-first.md"'],
      load: async () => (await import('../commands/run.ts')).run,
    }),
    defineCommand({
      name: 'open',
      describe: 'A page with the lesson and the cluster in your browser',
      positionals: { id: { type: 'string', describe: 'A lesson: its id, number, or a part of its name' } },
      options: {
        ...trustOption,
        browser: {
          type: 'boolean',
          default: true,
          describe: 'Open the browser; --no-browser prints the URL only',
        },
        port: { type: 'number', requiresArg: true, describe: 'Listen on this port; a free one unless given' },
        origin: {
          type: 'string',
          coerce: readOrigin,
          requiresArg: true,
          describe: 'The address under which a proxy shows the page, such as https://example.com',
        },
        ...cluster,
        ...workersOption,
        ...pgBinOption,
        ...courseOptions,
      },
      example: ['03-distribution', 'The lesson, its cells, and the cluster beside them'],
      load: async () => (await import('../commands/open.ts')).open,
    }),
    defineCommand({
      name: 'export',
      describe: 'A run of a lesson as a file: with its results, its checks and the cluster at each step',
      positionals: { id: lessonArgument },
      options: {
        html: {
          type: 'string',
          requiresArg: true,
          describe: 'As one HTML file, which needs no network and can be printed',
        },
        ipynb: { type: 'string', requiresArg: true, describe: 'As a Jupyter notebook' },
        ...sessionOptions,
      },
      example: ['03-distribution --html run.html', 'Exercises run their solution'],
      load: async () => (await import('../commands/export.ts')).exportRun,
    }),
    defineCommand({
      name: 'check',
      describe: 'For CI: every lesson from a clean state; exercises must be sound',
      positionals: { id: lessonsArgument },
      options: {
        record: {
          type: 'boolean',
          default: false,
          describe: 'Write beside each lesson how its wrong answers fail',
        },
        mutate: {
          type: 'string',
          coerce: readTime('mutate'),
          requiresArg: true,
          describe: `Instead of trying answers, change the database behind the back of each lesson for so long, such as 1m; fails if less than ${leastPercent} % is noticed`,
        },
        seed: {
          type: 'string',
          requiresArg: true,
          describe: 'Check in another order, the same for the same seed; with --mutate, make other changes',
        },
        jobs: {
          type: 'string',
          coerce: readCount('jobs', mostJobs),
          requiresArg: true,
          describe: 'On so many clusters at the same time: NAME, NAME-2, … [default: 1]',
        },
        shard: {
          type: 'string',
          coerce: readShard,
          requiresArg: true,
          describe: 'A part of the lessons, for several machines: 2/5 is the second of five',
        },
        repeat: {
          type: 'string',
          coerce: readCount('repeat', 1_000),
          requiresArg: true,
          describe: 'So many times [default: 1]',
        },
        bail: { type: 'boolean', default: false, describe: 'Begin no other lesson once one has failed' },
        ...runOptions,
        cluster: {
          ...cluster.cluster,
          array: true,
          nargs: 1,
          coerce: (kinds: readonly string[]) => kinds.map(readCluster),
          describe: `${cluster.cluster.describe}; twice or more: on each, and compared`,
        },
      },
      example: ['--reporter terminal --reporter junit=lessons.xml', 'All lessons, with a report'],
      load: async () => (await import('../commands/check.ts')).check,
    }),
    defineCommand({
      name: 'write',
      describe: 'For authors: whenever you save a lesson, what has changed runs',
      positionals: { id: lessonArgument },
      options: sessionOptions,
      example: ['01-first-steps', 'Exercises run their solution; Ctrl-C ends'],
      load: async () => (await import('../commands/write.ts')).write,
    }),
    defineCommand({
      name: 'grade',
      describe: 'The answers of a class: points for each student, as text, JSON, CSV and more',
      positionals: {
        answers: {
          type: 'string',
          demandOption: true,
          describe: 'A folder or zip with STUDENT/LESSON/EXERCISE.sql, or one answer',
        },
        id: { ...lessonsArgument, defaultDescription: 'the lessons that somebody has answered' },
      },
      options: {
        reporter: {
          type: 'string',
          array: true,
          requiresArg: true,
          describe:
            'text, json, junit, markdown, csv, github or gradescope; with =FILE into a file, with {student} in its name one for each',
        },
        ...jsonOption,
        checks: { type: 'string', requiresArg: true, describe: 'A folder of hidden checks, LESSON.md' },
        compare: { type: 'boolean', default: false, describe: 'List equal answers of different students' },
        timeout: {
          type: 'string',
          default: '10s',
          coerce: readTime('timeout'),
          requiresArg: true,
          describe: 'For each answer',
        },
        isolated: {
          type: 'boolean',
          default: false,
          describe: 'Answers may do anything: each student has a container',
        },
        again: { type: 'boolean', default: false, describe: 'Try answers whose verdict is known' },
        ...trustOption,
        ...cluster,
        ...pgBinOption,
        ...courseOptions,
      },
      example: ['answers --json', 'Points of everybody who has a folder there'],
      load: async () => (await import('../commands/grade.ts')).grade,
    }),
    defineCommand({
      name: 'lint',
      describe: 'Find the mistakes in lessons without running them',
      positionals: { id: lessonsArgument },
      options: {
        ...courseOptions,
        original: {
          type: 'string',
          requiresArg: true,
          describe: 'The folder of which these lessons are a translation: what runs must be the same',
        },
        fix: { type: 'boolean', default: false, describe: 'Correct what has one right answer' },
        format: {
          type: 'string',
          coerce: readLintFormat,
          default: 'text',
          requiresArg: true,
          describe: 'text, or sarif for editors and code hosts',
        },
      },
      load: async () => (await import('../commands/lint.ts')).lint,
    }),
    defineCommand({
      name: 'update',
      describe: 'Write into lessons what their blocks answer, from a run, and show the difference',
      positionals: { id: lessonsArgument },
      options: {
        frozen: {
          type: 'boolean',
          default: false,
          describe: 'Write nothing; fail if something would change',
        },
        ...sessionOptions,
      },
      example: ['02-mine', 'Fills in empty results, errors and outputs, and corrects those that do not hold'],
      load: async () => (await import('../commands/update.ts')).update,
    }),
    defineCommand({
      name: 'new',
      describe: 'Begin a lesson or a course of your own, from one that passes',
      positionals: { id: { type: 'string', describe: 'The name of the lesson, such as first-steps' } },
      options: {
        course: {
          type: 'string',
          requiresArg: true,
          describe:
            'Instead of a lesson: a folder with a first lesson, CI for GitHub and GitLab, and tasks for an editor',
        },
        ...newLessonOptions,
      },
      example: ['--course my-course', 'A repository whose lessons can be checked at once'],
      load: async () => (await import('../commands/new.ts')).newLesson,
    }),
    defineCommand({
      name: 'import',
      describe: 'The first draft of a lesson, from a session copied out of psql, or from a Jupyter notebook',
      positionals: {
        file: {
          type: 'string',
          demandOption: true,
          describe: 'What was copied from a terminal, as text, or an .ipynb',
        },
        id: { type: 'string', describe: 'The name of the lesson [default: that of the file]' },
      },
      options: newLessonOptions,
      example: ['session.txt first-steps', 'Each statement is a block, with the answer that it had'],
      load: async () => (await import('../commands/import.ts')).importLesson,
    }),
    defineCommand({
      name: 'reset',
      describe: 'Forget your progress in lessons',
      positionals: { id: lessonsArgument },
      options: courseOptions,
      load: async () => (await import('../commands/reset.ts')).reset,
    }),
    defineCommand({
      name: 'up',
      describe: 'Start the cluster',
      options: { ...cluster, ...workersOption, ...pgBinOption },
      load: async () => (await import('../commands/up.ts')).up,
    }),
    defineCommand({
      name: 'down',
      describe: 'Stop the servers and keep the data',
      options: {
        ...cluster,
        purge: { type: 'boolean', default: false, describe: 'Remove the cluster with its data' },
        all: { type: 'boolean', default: false, describe: 'Every cluster' },
      },
      load: async () => (await import('../commands/down.ts')).down,
    }),
    defineCommand({
      name: 'status',
      describe: 'Clusters, their nodes and engine',
      options: jsonOption,
      load: async () => (await import('../commands/status.ts')).status,
    }),
    defineCommand({
      name: 'map',
      describe: 'The cluster as a picture: which node has which shards',
      options: {
        ...cluster,
        ...jsonOption,
        watch: { type: 'boolean', default: false, describe: 'Redraw twice a second, until q or Ctrl-C' },
      },
      load: async () => (await import('../commands/map.ts')).map,
    }),
    defineCommand({
      name: 'doctor',
      describe: 'What this machine has, and what each kind of cluster needs',
      options: jsonOption,
      load: async () => (await import('../commands/doctor.ts')).doctor,
    }),
    defineCommand({
      name: 'url',
      describe: 'The connection URL of a node',
      positionals: coordinatorByDefault,
      options: cluster,
      load: async () => (await import('../commands/url.ts')).url,
    }),
    defineCommand({
      name: 'psql',
      describe: 'A SQL prompt on a node; what stands after -- is for psql',
      positionals: coordinatorByDefault,
      options: cluster,
      load: async () => (await import('../commands/psql.ts')).psql,
    }),
    defineCommand({
      name: 'logs',
      describe: 'The last lines of a server log',
      positionals: { node: nodeArgument },
      options: {
        ...cluster,
        lines: { type: 'number', default: 50, alias: 'n', requiresArg: true, describe: 'How many lines' },
      },
      load: async () => (await import('../commands/logs.ts')).logs,
    }),
    ...nodeCommands(cluster),
    defineCommand({
      name: 'completion',
      describe: 'A script that completes commands, options and names in a shell',
      positionals: {
        shell: { type: 'string', demandOption: true, describe: 'bash, zsh or fish' },
      },
      example: ['bash', 'In ~/.bashrc: eval "$(lesson completion bash)"'],
      load: async () => (await import('../commands/completion.ts')).completion,
    }),
  ];
}
