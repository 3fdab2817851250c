// Who may talk to the page's server: the browser of whoever started it, and nobody else. The token in the URL's fragment
// never leaves the browser but to be exchanged for a cookie that scripts cannot read and other sites cannot send.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

export interface Guard {
  /** For the fragment of the URL. */
  readonly token: string;
  /** Refuses what another site, another name for this address or a stranger asks. */
  readonly check: MiddlewareHandler;
  /** Exchanges the token for the cookie. */
  readonly enter: MiddlewareHandler;
}

/**
 * @param hosts What the Host header may say: `127.0.0.1:4321`.
 * @param proxied The origin under which a proxy shows the page: `https://example.com`.
 */
export function openGuard(hosts: () => readonly string[], proxied?: string): Guard {
  const token = randomBytes(24).toString('base64url');
  const secret = randomBytes(24).toString('base64url');
  const cookie = () => `lesson-${hosts()[0]?.split(':')[1]}`; // cookies are shared by all ports
  return {
    token,
    async check(context, next) {
      const { req } = context;
      const host = req.header('host') ?? '';
      const isProxied = proxied !== undefined && host === new URL(proxied).host;
      if (!hosts().includes(host) && !isProxied) return context.text('unknown host', 403);
      const origin = req.header('origin');
      const origins = [isProxied ? proxied : `http://${host}`, proxied];
      if (origin !== undefined && !origins.includes(origin)) return context.text('unknown origin', 403);
      if (req.method !== 'GET' && origin === undefined) return context.text('unknown origin', 403);
      const isOpen = req.path === '/api/enter' || !req.path.startsWith('/api/');
      if (!isOpen && !isSame(getCookie(context, cookie()) ?? '', secret)) {
        return context.text('Open the page with the URL that was printed last.', 401);
      }
      return next();
    },
    async enter(context) {
      const { token: given } = await context.req.json<{ token?: unknown }>();
      if (typeof given !== 'string' || !isSame(given, token)) return context.text('wrong token', 401);
      setCookie(context, cookie(), secret, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return context.body(null, 204);
    },
  };
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What the browser lets the page do: nothing from elsewhere, no script or style in the markup, in nobody's frame. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  const nonce = context.get('nonce');
  headers.set(
    'Content-Security-Policy',
    `default-src 'none'; script-src 'self'; style-src 'self'${nonce ? ` 'nonce-${nonce}'` : ''}; img-src 'self'; connect-src 'self'; ` +
      "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Referrer-Policy', 'no-referrer');
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
};
