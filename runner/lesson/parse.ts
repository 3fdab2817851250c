// A lesson's markdown to a Lesson. Importing this loads the markdown and YAML parsers: do it where a lesson is read.
import path from 'node:path';
import { type FenceHeader, readFenceHeader } from './fence.ts';
import { readFrontMatter } from './front-matter.ts';
import { unknownCaptures } from './known-captures.ts';
import { type Fence, type Heading, readLandmarks } from './markdown.ts';
import { LessonError, type Problem, type ReportProblem } from './problem.ts';
import { shippedSetup } from './setup.ts';
import { slugOf } from './slug.ts';
import { StepBuilder } from './step.ts';
import type { Lesson, Place, Step } from './types.ts';

export interface ParseOptions {
  /** Whether a `result` or an `error` may be empty: then it never holds. */
  readonly unfilled?: boolean;
  /** Whether it may name captured values of another lesson, of which it becomes a part. */
  readonly uncaptured?: boolean;
}

/**
 * Reads a lesson. `file` is its name as the user gave it; the id is its last part without `.md`.
 * Throws a LessonError that holds every mistake in the text.
 */
export function parseLesson(file: string, text: string, options: ParseOptions = {}): Lesson {
  const problems: Problem[] = [];
  const lesson = readLesson(file, text, (line, message, what) => {
    if (what === undefined || !options[what]) problems.push({ place: { file, line }, message });
  });
  if (problems.length > 0) throw new LessonError(problems.sort((a, b) => a.place.line - b.place.line));
  return lesson;
}

function readLesson(file: string, text: string, report: ReportProblem): Lesson {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n?|\n/);
  const { matter, next } = readFrontMatter(lines, report);
  const body = lines.map((line, i) => (i + 1 < next ? '' : line));
  const landmarks = readLandmarks(body);
  const place = (line: number): Place => ({ file, line });

  const names = new Map<string, number>();
  const steps: Step[] = [];
  const slugs = new Map<string, number>();
  let intro = '';
  let h1: Heading | undefined;
  let step: StepBuilder | undefined;
  let proseFrom = next;

  const flushProse = (end: number) => {
    const prose = sliceProse(body, proseFrom, end);
    if (step === undefined) intro = [intro, prose.markdown].filter((part) => part !== '').join('\n\n');
    else step.addProse(prose.markdown, place(prose.line));
  };

  for (const landmark of landmarks) {
    if (landmark.kind === 'fence') {
      const header = readFence(landmark, step !== undefined, report);
      if (header === undefined) continue;
      flushProse(landmark.line);
      proseFrom = landmark.end;
      step?.addFence(header, landmark, place(landmark.line));
    } else if (landmark.level === 1) {
      if (h1 !== undefined) report(landmark.line, `a second # heading; the first is in line ${h1.line}`);
      else if (step !== undefined) report(landmark.line, 'the # heading stands before the first step');
      flushProse(landmark.line);
      proseFrom = landmark.end;
      h1 ??= landmark;
    } else {
      flushProse(landmark.line);
      proseFrom = landmark.end;
      if (step !== undefined) steps.push(step.finish());
      const id = readStepId(landmark, slugs, report);
      step = new StepBuilder({ id, title: landmark.text, place: place(landmark.line) }, names, report);
    }
  }
  flushProse(body.length + 1);
  if (step !== undefined) steps.push(step.finish());

  for (const { place: at, message } of unknownCaptures(steps)) report(at.line, message, 'uncaptured');

  const title = matter.title ?? h1?.text ?? '';
  if (title === '') report(h1?.line ?? 1, 'the lesson has no title; start it with a # heading');
  if (steps.length === 0) report(1, 'the lesson has no step; a step starts with a ## heading');
  const id = path.posix.basename(file.replaceAll('\\', '/'), '.md');
  const setup = matter.init ?? [{ name: shippedSetup, line: 1 }];
  const init = setup.map(({ name, line }) => ({ name, place: place(line) }));
  return { id, place: place(1), title, ...matter, init, intro, steps };
}

function readStepId({ text, line }: Heading, slugs: Map<string, number>, report: ReportProblem): string {
  const id = slugOf(text);
  const first = slugs.get(id);
  if (id === '') report(line, 'the step has no name; a ## heading has letters or digits');
  else if (first !== undefined) report(line, `the step "${id}" stands twice; first in line ${first}`);
  else slugs.set(id, line);
  return id;
}

/** Undefined where the fence is prose, or cannot be part of the lesson for a reason that was reported. */
function readFence(fence: Fence, isInStep: boolean, report: ReportProblem): FenceHeader | undefined {
  const { line, info, isClosed, isNested } = fence;
  if (!isClosed) {
    report(line, `the fence is not closed${info === '' ? '' : `: ${info}`}`);
    return undefined;
  }
  const header = readFenceHeader(info, line, report);
  if (header === undefined) return undefined;
  const language = /^[^\s{]*/.exec(info)![0];
  if (isNested) {
    report(
      line,
      `"${language}" in a list or quotation is not run; move it to the margin, or mark it {ignore}`,
    );
    return undefined;
  }
  if (!isInStep) {
    report(
      line,
      `"${language}" before the first ## heading; nothing runs there, put it in a step or mark it {ignore}`,
    );
    return undefined;
  }
  return header;
}

/** The lines from `from` up to `end`, from 1, without blank ones at both ends. */
function sliceProse(lines: readonly string[], from: number, end: number): { markdown: string; line: number } {
  let first = from;
  let last = end - 1;
  while (first <= last && lines[first - 1]!.trim() === '') first++;
  while (last >= first && lines[last - 1]!.trim() === '') last--;
  return { markdown: lines.slice(first - 1, last).join('\n'), line: first };
}
