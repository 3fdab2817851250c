// What the page asks of the program that serves it.

export class Refusal extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** @throws Refusal with a sentence for the learner. */
export async function ask<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  }).catch(() => {
    if (signal?.aborted) throw new Refusal('Canceled.');
    throw new Refusal('"lesson open" does not answer.', 'Is it still running in its terminal?');
  });
  if (response.status === 204) return undefined as T;
  if (response.ok) return response.json();
  throw await refusalOf(response);
}

export async function get<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (response.ok) return response.json();
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text();
  try {
    const { message, hint } = JSON.parse(text);
    return new Refusal(message, hint);
  } catch {
    return new Refusal(text || `The server answered ${response.status}.`);
  }
}

/** Exchanges the token of the URL for a cookie, once, and takes it out of the address. */
export async function enter(): Promise<void> {
  const token = location.hash.slice(1);
  if (token === '') return;
  await ask('/api/enter', { token });
  history.replaceState(null, '', location.pathname);
}
