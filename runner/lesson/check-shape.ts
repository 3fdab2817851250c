// How the value of a check is written: shapes that read a YAML node, and say what is wrong with another.
import type { YamlNode } from './yaml-node.ts';

/** One value a table (or node, or background block), by name. */
export type PerTable<T> = Readonly<Record<string, T>>;

export interface Shape<T> {
  /** The value; undefined where it has another form. */
  readonly read: (node: YamlNode) => T | undefined;
  readonly form: string;
  /** The smallest part of a wrong value that is wrong; the value itself where there is no such shape. */
  readonly blame?: (node: YamlNode) => Blame;
}

export interface Blame {
  readonly node: YamlNode;
  readonly form: string;
}

export const count: Shape<number> = {
  read: (node) => (node.kind === 'text' && /^\d{1,15}$/.test(node.text) ? Number(node.text) : undefined),
  form: 'a whole number',
};

/** One of these words. */
export function oneOf<T extends string>(...words: readonly T[]): Shape<T> {
  return {
    read: (node) => (node.kind === 'text' ? words.find((word) => word === node.text) : undefined),
    form: words.join(' or '),
  };
}

/** A map with some of these keys, at least one. */
export function fields<T extends object>(
  shapes: {
    readonly [K in keyof T]-?: Shape<NonNullable<T[K]>>;
  },
): Shape<T> {
  const shapeOf = (key: string) => (shapes as Readonly<Record<string, Shape<unknown> | undefined>>)[key];
  const form = `{${Object.keys(shapes).join(', ')}}`;
  return {
    read: (node) => {
      if (node.kind !== 'map' || node.entries.length === 0) return undefined;
      const entries = node.entries.map(({ key, value }) => [key, shapeOf(key)?.read(value)] as const);
      return entries.some(([, value]) => value === undefined)
        ? undefined
        : (Object.fromEntries(entries) as T);
    },
    form,
    blame: (node) => {
      if (node.kind !== 'map') return { node, form };
      const wrong = node.entries.find(({ key, value }) => shapeOf(key)?.read(value) === undefined);
      const shape = wrong && shapeOf(wrong.key);
      return wrong && shape ? blame(shape, wrong.value) : { node, form };
    },
  };
}

/** A blank is written as '' so that a forgotten value is noticed. */
export const text: Shape<string> = {
  read: (node) => (node.kind === 'text' && (node.isQuoted || node.text !== '') ? node.text : undefined),
  form: `a text ('' for a blank)`,
};

export function blame(shape: Shape<unknown>, node: YamlNode): Blame {
  return shape.blame?.(node) ?? { node, form: shape.form };
}

export function either<A, B>(one: Shape<A>, perTableShape: Shape<B>): Shape<A | B> {
  const form = `${one.form}, or ${perTableShape.form}`;
  return {
    read: (node) => one.read(node) ?? perTableShape.read(node),
    form,
    blame: (node) => (node.kind === 'map' ? blame(perTableShape, node) : { node, form }),
  };
}

export function listOf<T>(item: Shape<T>, orOne?: 'one'): Shape<readonly T[]> {
  const form = orOne ? `${item.form}, or a list of them` : `a list, each ${item.form}`;
  return {
    read: (node) => {
      const nodes = node.kind === 'list' ? node.items : orOne && node.kind === 'text' ? [node] : [];
      const items = nodes.map(item.read).filter((value) => value !== undefined);
      return items.length > 0 && items.length === nodes.length ? items : undefined;
    },
    form,
    blame: (node) => blameFirst(item, node.kind === 'list' ? node.items : []) ?? { node, form },
  };
}

export function perTable<T>(value: Shape<T>, key = 'table'): Shape<PerTable<T>> {
  const form = `{${key}: ${value.form}}`;
  return {
    read: (node) => {
      if (node.kind !== 'map' || node.entries.length === 0) return undefined;
      const entries = node.entries.map(({ key, value: part }) => [key, value.read(part)] as const);
      return entries.every((entry): entry is [string, T & {}] => entry[1] !== undefined)
        ? Object.fromEntries(entries)
        : undefined;
    },
    form,
    blame: (node) => {
      const parts = node.kind === 'map' ? node.entries.map((entry) => entry.value) : [];
      return blameFirst(value, parts) ?? { node, form };
    },
  };
}

function blameFirst(shape: Shape<unknown>, nodes: readonly YamlNode[]): Blame | undefined {
  const wrong = nodes.find((node) => shape.read(node) === undefined);
  return wrong && blame(shape, wrong);
}
