// `course.yml` in a folder of lessons: what is so for all of them.
import { unknownWord } from './nearest.ts';
import { LessonError, type Problem, type ReportProblem } from './problem.ts';
import { readYaml } from './yaml.ts';
import type { YamlEntry } from './yaml-node.ts';

export interface CourseSettings {
  /** The kind of cluster on which lessons run, unless `--cluster` says otherwise. */
  readonly cluster?: CourseCluster;
}

export const courseClusters = ['local', 'docker', 'postgres'] as const;
export type CourseCluster = (typeof courseClusters)[number];

export const courseFile = 'course.yml';

const keys = ['cluster'] as const;

/** @param file As the user would name it. @throws LessonError with every mistake in the text. */
export function parseCourseSettings(file: string, text: string): CourseSettings {
  const problems: Problem[] = [];
  const settings = readSettings(text, (line, message) => problems.push({ place: { file, line }, message }));
  if (problems.length > 0) throw new LessonError(problems);
  return settings;
}

function readSettings(text: string, report: ReportProblem): CourseSettings {
  const node = readYaml(text, 1, report);
  if (node === undefined) return {};
  if (node.kind !== 'map') {
    report(node.line, `the settings of a course are keys and values, one a line; known: ${keys.join(', ')}`);
    return {};
  }
  const settings: Record<string, unknown> = {};
  for (const entry of node.entries) {
    const key = keys.find((known) => known === entry.key);
    if (key === undefined) report(entry.line, unknownWord('key', entry.key, keys));
    else settings[key] = readCluster(entry, report);
  }
  return settings;
}

function readCluster({ value, line }: YamlEntry, report: ReportProblem): CourseCluster | undefined {
  const text = value.kind === 'text' ? value.text : undefined;
  const kind = courseClusters.find((known) => known === text);
  if (kind !== undefined) return kind;
  report(
    line,
    text === undefined
      ? `"cluster" is one of ${courseClusters.join(', ')}, found a ${value.kind}`
      : unknownWord('kind of cluster', text, courseClusters),
  );
  return undefined;
}
