// YAML as a tree in which every node knows its line, and scalars keep the text that the author wrote.

export type YamlNode = YamlText | YamlList | YamlMap;

export interface YamlText {
  readonly kind: 'text';
  readonly line: number;
  readonly text: string;
  readonly isQuoted: boolean;
}

export interface YamlList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly YamlNode[];
}

export interface YamlMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}
