// What a step asks of the cluster that not every kind can give, read from what its blocks run.
import type { Block, Need, Part } from './types.ts';

const workOnServers = /\blesson\s+node\s+(?!list\b)/;
const standardPort = /\b5432\b/;

export function needsOf(parts: readonly Part[]): readonly Need[] {
  const texts = (kind?: Block['kind']) =>
    parts.flatMap((part) =>
      part.kind !== 'prose' && part.kind === (kind ?? part.kind) ? textsOf(part) : [],
    );
  return [
    ...(texts('shell').some((text) => workOnServers.test(text)) ? (['own servers'] as const) : []),
    ...(texts().some((text) => standardPort.test(text)) ? (['port 5432'] as const) : []),
    ...(parts.some((part) => part.kind === 'sql' && part.node !== 'coordinator')
      ? (['sessions on workers'] as const)
      : []),
  ];
}

const textsOf = ({ text, exercise }: Block): readonly string[] => [
  text,
  ...(exercise?.solutions ?? []).map((solution) => solution.text),
];
