// The files of the page, as they were built. The markup gets a nonce for the styles that the editor makes.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from 'hono';
import { pageDir } from '../paths.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All other paths are the page itself: lessons have paths of their own. */
export async function serveFile(context: Context): Promise<Response> {
  const { path: asked } = context.req;
  const isAsset = /^\/assets\/[\w.-]+$/.test(asked);
  const file = path.join(pageDir, isAsset ? asked : 'index.html');
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) return context.text('not found', 404);
  const type = types[path.extname(file)] ?? 'application/octet-stream';
  if (isAsset) {
    return context.body(content, 200, {
      'Content-Type': type,
      'Cache-Control': 'max-age=31536000, immutable',
    });
  }
  const nonce = randomBytes(16).toString('base64');
  context.set('nonce', nonce);
  return context.body(content.toString().replaceAll('NONCE', nonce), 200, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
  });
}
