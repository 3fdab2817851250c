// One step: its fences become blocks, expectations and answers, all else stays prose.
import { expect, type OpenBlock, openBlock, predict } from './block.ts';
import { readChecks } from './check-fence.ts';
import { readError } from './error-fence.ts';
import type { FenceHeader, FenceOptions } from './fence.ts';
import type { Fence } from './markdown.ts';
import { needsOf } from './needs.ts';
import { readPrediction } from './predict-fence.ts';
import type { ReportProblem } from './problem.ts';
import { readResult } from './result-fence.ts';
import type { Expectation, Part, Place, Step } from './types.ts';

export class StepBuilder {
  readonly #head: Pick<Step, 'id' | 'title' | 'place'>;
  readonly #parts: Part[] = [];
  readonly #names: Map<string, number>;
  readonly #report: ReportProblem;
  #last: OpenBlock | undefined;
  #exercise: OpenBlock | undefined;
  #blocks = 0;

  /** `names` are the blocks' names that the lesson has used, with their lines. */
  constructor(head: Pick<Step, 'id' | 'title' | 'place'>, names: Map<string, number>, report: ReportProblem) {
    this.#head = head;
    this.#names = names;
    this.#report = report;
  }

  addProse(markdown: string, place: Place): void {
    if (markdown !== '') this.#parts.push({ kind: 'prose', markdown, place });
  }

  addFence(header: FenceHeader, fence: Fence, place: Place): void {
    const { role } = header;
    switch (role) {
      case 'block':
      case 'exercise':
        this.#addBlock(header, fence, place);
        break;
      case 'solution':
      case 'wrong':
      case 'hint':
        this.#addToExercise(header, fence, place);
        break;
      case 'result':
      case 'error':
      case 'output':
      case 'check':
      case 'other-data':
        this.#addExpectation(role, header.options, fence, place);
        break;
      case 'predict':
        this.#addPrediction(fence, place);
        break;
    }
  }

  finish(): Step {
    const exercise = this.#exercise;
    if (exercise?.exercise?.solutions.length === 0) {
      this.#report(
        exercise.block.place.line,
        `the exercise has no solution; write one as ${languageOf(exercise)} {solution}`,
      );
    }
    return { ...this.#head, parts: this.#parts, needs: needsOf(this.#parts) };
  }

  #addBlock(header: FenceHeader, fence: Fence, place: Place): void {
    const isExercise = header.role === 'exercise';
    if (!isExercise && isBlank(fence)) this.#report(fence.line, 'the block is empty');
    this.#blocks += 1;
    const open = openBlock(header, fence, place, `${this.#head.id}/${header.options.name ?? this.#blocks}`);
    const { name } = open.block;
    if (name !== undefined && /^\d+$/.test(name)) {
      this.#report(fence.line, `the name "${name}" is a number, as blocks without a name have; use a word`);
    } else if (name !== undefined) {
      const first = this.#names.get(name);
      if (first === undefined) this.#names.set(name, fence.line);
      else this.#report(fence.line, `the name "${name}" stands twice; first in line ${first}`);
    }
    this.#checkStop(open, fence.line);
    if (isExercise && this.#exercise !== undefined) {
      const first = this.#exercise.block.place.line;
      this.#report(
        fence.line,
        `a second exercise in the step; the first is in line ${first}, a step has one`,
      );
    } else if (isExercise) this.#exercise = open;
    this.#last = open;
    this.#parts.push(open.block);
  }

  #checkStop({ block: { stop } }: OpenBlock, line: number): void {
    const isStopped = (part: Part) => part.kind === 'sql' && part.everyMs !== undefined && part.name === stop;
    if (stop !== undefined && !this.#parts.some(isStopped)) {
      this.#report(line, `no background block "${stop}" stands above in this step`);
    }
  }

  #addToExercise({ role, kind }: FenceHeader, fence: Fence, place: Place): void {
    const open = this.#exercise;
    if (open?.exercise === undefined) {
      this.#report(fence.line, `no exercise stands above this "${role}" in its step`);
      return;
    }
    const { block, exercise } = open;
    if (isBlank(fence)) this.#report(fence.line, `the "${role}" fence is empty`);
    if (role === 'hint') {
      exercise.hints.push({ markdown: fence.text.trim(), place });
      return;
    }
    if (kind !== block.kind) {
      this.#report(
        fence.line,
        `the exercise in line ${block.place.line} is ${block.kind}, its ${role} ${kind}`,
      );
    }
    (role === 'solution' ? exercise.solutions : exercise.wrongAnswers).push({ text: fence.text, place });
  }

  #addExpectation(role: Expected, { engine }: FenceOptions, fence: Fence, place: Place): void {
    const read = readExpectation(role, fence.text, place, this.#report);
    const expectation = read && (engine === undefined ? read : { ...read, engine });
    if (this.#last === undefined) {
      this.#report(fence.line, `no block stands above this "${role}" in its step`);
    } else if (expectation !== undefined) expect(this.#last, expectation, this.#report);
  }

  #addPrediction(fence: Fence, place: Place): void {
    const prediction = readPrediction(fence.text, place, this.#report);
    if (this.#last === undefined) {
      this.#report(fence.line, 'no block stands above this "predict" in its step');
    } else if (prediction !== undefined) predict(this.#last, prediction, this.#report);
  }
}

type Expected = 'result' | 'error' | 'output' | 'check' | 'other-data';

function readExpectation(
  role: Expected,
  text: string,
  place: Place,
  report: ReportProblem,
): Expectation | undefined {
  switch (role) {
    case 'result':
      return readResult(text, place, report);
    case 'error':
      return readError(text, place, report);
    case 'output':
      return { kind: 'output', place, lines: text === '' ? [] : text.split('\n') };
    case 'check':
      return readChecks(text, place, report);
    case 'other-data':
      if (text.trim() === '') report(place.line, 'the "other-data" fence is empty');
      return { kind: 'other-data', place, text };
  }
}

function isBlank({ text }: Fence): boolean {
  return text.trim() === '';
}

function languageOf({ block }: OpenBlock): string {
  return block.kind === 'sql' ? 'sql' : 'bash';
}
