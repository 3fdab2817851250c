// A `predict` fence: what the learner guesses before the block above it runs.
import { unknownWord } from './nearest.ts';
import type { ReportProblem } from './problem.ts';
import type { Place, Prediction } from './types.ts';
import { readYaml } from './yaml.ts';
import type { YamlNode } from './yaml-node.ts';

const KEYS = ['question', 'choices', 'answer'];
/** Each choice is one digit on the keyboard. */
const MOST_CHOICES = 9;

/** Reads the text of the fence; undefined where a mistake was reported that leaves no question. */
export function readPrediction(source: string, place: Place, report: ReportProblem): Prediction | undefined {
  const node = readYaml(source, place.line + 1, report);
  const parts = new Map<string, YamlNode>();
  for (const { key, line, value } of node?.kind === 'map' ? node.entries : []) {
    if (KEYS.includes(key)) parts.set(key, value);
    else report(line, `in predict: ${unknownWord('key', key, KEYS)}`);
  }
  const question = textOf(parts.get('question'));
  if (question === undefined) {
    report(place.line, 'a predict fence has a question, as "question: How many shards does this read?"');
    return undefined;
  }
  const choices = readChoices(parts.get('choices'), report);
  const answer = textOf(parts.get('answer'));
  if (answer !== undefined && choices !== undefined && !choices.includes(answer)) {
    report(parts.get('answer')!.line, `the answer "${answer}" is not one of the choices`);
  }
  return { question, place, ...(choices && { choices }), ...(answer !== undefined && { answer }) };
}

function readChoices(node: YamlNode | undefined, report: ReportProblem): readonly string[] | undefined {
  if (node === undefined) return undefined;
  const choices = node.kind === 'list' ? node.items.map(textOf) : [];
  const texts = choices.filter((choice) => choice !== undefined);
  if (texts.length !== choices.length || texts.length < 2 || texts.length > MOST_CHOICES) {
    report(node.line, `"choices" is a list of 2 to ${MOST_CHOICES} answers, as [1, 4]`);
  } else if (new Set(texts).size < texts.length) report(node.line, 'two of the choices are the same');
  return texts;
}

const textOf = (node: YamlNode | undefined) =>
  node?.kind === 'text' && node.text.trim() !== '' ? node.text.trim() : undefined;
