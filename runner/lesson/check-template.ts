// The value of a check that names captured values: it is read again when they are known.
import { type Captured, replaceNames, replaceReferences, valueIn, writeReference } from './captures.ts';
import { type CheckName, type CheckRule, checkValues } from './check-values.ts';
import type { Check } from './types.ts';
import type { YamlNode } from './yaml-node.ts';

/** @param valueFor Undefined for a name that stays. */
export function fillNode(
  node: YamlNode,
  kind: CheckName,
  valueFor: (name: string) => string | undefined,
): YamlNode {
  const fill = (text: string): string =>
    kind === 'true'
      ? replaceReferences(text, ({ name, form }) => writeReference(valueFor(name), form))
      : replaceNames(text, valueFor);
  const inside = (part: YamlNode): YamlNode => {
    switch (part.kind) {
      case 'text':
        return { ...part, text: fill(part.text) };
      case 'list':
        return { ...part, items: part.items.map(inside) };
      case 'map':
        return {
          ...part,
          entries: part.entries.map(({ key, line, value }) => ({
            key: fill(key),
            line,
            value: inside(value),
          })),
        };
    }
  };
  return inside(node);
}

/** Where it stands in its file is not a part of what it says. */
export function withoutLines(node: YamlNode): YamlNode {
  switch (node.kind) {
    case 'text':
      return { ...node, line: 0 };
    case 'list':
      return { ...node, line: 0, items: node.items.map(withoutLines) };
    case 'map':
      return {
        ...node,
        line: 0,
        entries: node.entries.map(({ key, value }) => ({ key, line: 0, value: withoutLines(value) })),
      };
  }
}

/** Undefined where the values do not make one of this kind, such as a name where a number must stand. */
export function fillCheck(check: Check, captured: Captured): Check | undefined {
  const { written, ...rest } = check;
  if (written === undefined) return check;
  const node = fillNode(written, check.kind, valueIn(captured));
  const is: CheckRule['is'] | undefined = checkValues[check.kind].read(node);
  return is === undefined ? undefined : ({ ...rest, is } as Check);
}
