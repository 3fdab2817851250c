// What `lesson lint` found, as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which editors and code hosts read.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, Result } from 'sarif';
import { type Diagnostic, rules } from '../lesson/diagnostic.ts';

export function sarif(diagnostics: readonly Diagnostic[], version: string): Log {
  const ids = Object.keys(rules);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'lesson',
            version,
            rules: Object.entries(rules).map(([id, text]) => ({ id, shortDescription: { text } })),
          },
        },
        results: diagnostics.map(
          ({ level, rule, place, message }): Result => ({
            ruleId: rule,
            ruleIndex: ids.indexOf(rule),
            level,
            message: { text: message },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: uriOf(place.file) },
                  region: { startLine: place.line },
                },
              },
            ],
          }),
        ),
      },
    ],
  };
}

/** Relative where the file was named so. */
function uriOf(file: string): string {
  if (path.isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(path.sep).map(encodeURIComponent).join('/');
}
