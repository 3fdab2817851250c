// Where the package keeps what it ships. `runner/` and `dist/` stand side by side, so one rule serves both.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageRoot = new URL('../', import.meta.url);

export const shippedLessonsDir = fileURLToPath(new URL('lessons/', packageRoot));
export const initSqlFile = fileURLToPath(new URL('init.sql', packageRoot));
export const extensionDir = fileURLToPath(new URL('extension/', packageRoot));
export const packageJsonFile = fileURLToPath(new URL('package.json', packageRoot));
/** What `lesson new` fills in. */
export const templateDir = fileURLToPath(new URL('template/', packageRoot));
/** Built by `npm run build:page`. */
export const pageDir = fileURLToPath(new URL('dist/page/', packageRoot));
export const completionScript = (shell: string): string =>
  fileURLToPath(new URL(`completion/lesson.${shell}`, packageRoot));
export const composeFile = fileURLToPath(new URL('docker/compose.yml', packageRoot));

/** Of this program, as its package says. */
export const programVersion = (): string => JSON.parse(readFileSync(packageJsonFile, 'utf8')).version;
