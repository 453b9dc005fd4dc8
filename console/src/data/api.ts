// Questions to the monitor, relative to where the page is: a proxy's prefix is the page's own.

export class Failure extends Error {
  readonly status: number; // 0: no answer at all
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const given_up_after = 30_000;

export function api_url(path: string, query?: Record<string, string | readonly string[]>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of typeof value === 'string' ? [value] : value) params.append(name, one);
  }
  const text = params.toString();
  return new URL(path + (text && `?${text}`), document.baseURI).href;
}

export async function ask<T>(path: string, query?: Record<string, string | readonly string[]>, also_take: readonly number[] = []): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(api_url(path, query), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(given_up_after),
    });
  } catch {
    throw new Failure(0, 'the monitor does not answer');
  }
  if (!answer.ok && !also_take.includes(answer.status)) throw new Failure(answer.status, await words_of(answer));
  return (await answer.json()) as T;
}

// A file as it is, such as one of the log of decisions.
export async function ask_bytes(path: string): Promise<Uint8Array> {
  let answer: Response;
  try {
    answer = await fetch(api_url(path), { signal: AbortSignal.timeout(given_up_after) });
  } catch {
    throw new Failure(0, 'the monitor does not answer');
  }
  if (!answer.ok) throw new Failure(answer.status, await words_of(answer));
  return new Uint8Array(await answer.arrayBuffer());
}

// Has something done that changes no record.
export async function post<T>(path: string, body: unknown, signal = AbortSignal.timeout(given_up_after)): Promise<T> {
  return (await (await post_for_answer(path, body, signal)).json()) as T;
}

// Of an answer that comes bit by bit.
export async function post_for_answer(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(api_url(path), { method: 'POST', headers, body: JSON.stringify(body), signal });
  if (!answer.ok) throw new Failure(answer.status, await words_of(answer));
  return answer;
}

// The words of the monitor when it refuses.
async function words_of(answer: Response): Promise<string> {
  try {
    const body: unknown = await answer.json();
    if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string') return body.error;
  } catch {
    // Not the monitor's own words, such as a proxy's page.
  }
  return `answered ${answer.status}`;
}

export function record_path(name: string): string {
  return `api/v1/assessments/${encodeURIComponent(name)}`;
}
