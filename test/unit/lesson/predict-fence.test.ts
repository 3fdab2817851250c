import { expect, test } from 'vitest';
import { readPrediction } from '../../../runner/lesson/predict-fence.ts';
import type { Prediction } from '../../../runner/lesson/types.ts';
import { blocksOf, fence, oneStep, problemsOf } from './lesson-text.ts';

const place = { file: '01-a.md', line: 10 };

function read(text: string): { prediction: Prediction | undefined; problems: readonly string[] } {
  const problems: string[] = [];
  const prediction = readPrediction(text, place, (line, message) => problems.push(`${line}: ${message}`));
  return { prediction, problems };
}

test('a question, with choices and an answer where the author wants them', () => {
  expect(read('question: How many?\n')).toEqual({
    prediction: { question: 'How many?', place },
    problems: [],
  });
  expect(read('question: "How many?"\nchoices: [1, 2]\nanswer: 2').prediction).toEqual({
    question: 'How many?',
    choices: ['1', '2'],
    answer: '2',
    place,
  });
});

test.each([
  ['choices: [1, 2]', '10: a predict fence has a question, as "question: How many shards does this read?"'],
  ['question: ""', '10: a predict fence has a question, as "question: How many shards does this read?"'],
  ['question: A?\nchoices: [1]', '12: "choices" is a list of 2 to 9 answers, as [1, 4]'],
  ['question: A?\nchoices: 4', '12: "choices" is a list of 2 to 9 answers, as [1, 4]'],
  ['question: A?\nchoices: [1, 1]', '12: two of the choices are the same'],
  ['question: A?\nchoices: [1, 2]\nanswer: 3', '13: the answer "3" is not one of the choices'],
  [
    'question: A?\nchoice: [1, 2]',
    '12: in predict: unknown key "choice"; did you mean "choices"? known: question, choices, answer',
  ],
])('%j is a mistake', (text, problem) => {
  expect(read(text).problems).toEqual([problem]);
});

const question = fence('predict', 'question: A?');

test.each([
  [oneStep(question), 'no block stands above this "predict" in its step'],
  [
    oneStep(fence('bash', 'true'), question),
    'is for the shell and returns no value; say what is right, as "answer: 4"',
  ],
  [
    oneStep(fence('sql {exercise}', 'x'), question, fence('sql {solution}', 'SELECT 1')),
    'is an exercise, which asks enough',
  ],
  [oneStep(fence('sql', 'SELECT 1'), question, question), 'has a prediction already'],
])('where it cannot be it is a mistake: %j', (text, message) => {
  expect(problemsOf(text).join()).toContain(message);
});

test('the block has it', () => {
  expect(blocksOf(oneStep(fence('sql', 'SELECT 1'), question))[0]?.prediction?.question).toBe('A?');
});
