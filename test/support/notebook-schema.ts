// What Jupyter's notebook format 4.5 wants of a notebook without attachments, widgets or raw cells.
import { Ajv2020 } from 'ajv/dist/2020.js';

const text = { type: 'array', items: { type: 'string' } };
const cellBase = {
  id: { type: 'string', pattern: '^[a-zA-Z0-9_-]+$', minLength: 1, maxLength: 64 },
  metadata: { type: 'object' },
  source: text,
};
const object = (properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

const output = {
  oneOf: [
    object({ output_type: { const: 'stream' }, name: { type: 'string' }, text }),
    object({
      output_type: { const: 'display_data' },
      data: { type: 'object', additionalProperties: text },
      metadata: { type: 'object' },
    }),
    object({
      output_type: { const: 'error' },
      ename: { type: 'string' },
      evalue: { type: 'string' },
      traceback: text,
    }),
  ],
};

const schema = object({
  nbformat: { const: 4 },
  nbformat_minor: { const: 5 },
  metadata: {
    type: 'object',
    properties: {
      language_info: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
      title: { type: 'string' },
    },
  },
  cells: {
    type: 'array',
    items: {
      oneOf: [
        object({ cell_type: { const: 'markdown' }, ...cellBase }),
        object({
          cell_type: { const: 'code' },
          ...cellBase,
          execution_count: { type: ['integer', 'null'], minimum: 0 },
          outputs: { type: 'array', items: output },
        }),
      ],
    },
  },
});

const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** Why it is none; empty where it is one. Ids must differ, too, which a schema cannot say. */
export function notebookErrors(notebook: { readonly cells: readonly { readonly id: string }[] }): unknown[] {
  const ids = notebook.cells.map(({ id }) => id);
  const doubles = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `"${id}" is there twice`);
  return [...(validate(notebook) ? [] : (validate.errors ?? [])), ...doubles];
}
