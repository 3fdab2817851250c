// Holds events against the JSON Schema that ships.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schema = JSON.parse(readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8'));

export const schemaTypes: readonly string[] = schema.properties.type.enum;

const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(schema);

/** The events that are not as the schema says, each with why; empty where all are. */
export function invalidEvents(events: readonly object[]): readonly (readonly [object, unknown])[] {
  return events.flatMap((event) => (validate(event) ? [] : [[event, validate.errors] as const]));
}
