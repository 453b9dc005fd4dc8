// What the page of a record asks the monitor, and how old the answers are. Each is asked again every few seconds; the
// monitor answers 304 while nothing changed. When it does not answer, what was known stays, and since when is said.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { base_url } from '../../app/router.ts';
import type { components } from '../../data/openapi.ts';
import type { Assessment, Decision, RecordMinutes, RecordReadings } from './view.ts';

export interface Answer<T> {
  value?: T; // the last good answer
  at?: number; // when it came
  error?: string; // why there is none, or no newer one
  status?: number; // of the refusal
}

export function api_url(path: string, query: Record<string, string>): string {
  const url = new URL(`api/v1/${path}`, base_url());
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

// What a refusal says; a page of a proxy that stands between says less.
export async function ask<T>(url: string, signal?: AbortSignal): Promise<Answer<T>> {
  try {
    const response = await fetch(url, { headers: { Accept: 'application/json' }, ...(signal ? { signal } : {}) });
    const body = (await response.json().catch(() => undefined)) as (T & { error?: string }) | undefined;
    if (response.ok && body !== undefined) return { value: body, at: Date.now() };
    return { status: response.status, error: body?.error ?? `the monitor answered ${String(response.status)}` };
  } catch (error) {
    return { error: `the monitor does not answer (${error instanceof Error ? error.message : 'no connection'})` };
  }
}

// Asked at once and then every `every` ms, while the page is to be seen.
export function use_answer<T>(url: string | undefined, every: number): Answer<T> {
  const [answer, set_answer] = useState<Answer<T>>({});
  useEffect(() => {
    set_answer({});
    if (url === undefined) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      if (!document.hidden) {
        const next = await ask<T>(url, stop.signal);
        if (stop.signal.aborted) return;
        set_answer((known) => (next.value === undefined && next.status !== 404 && next.status !== 410 ? { ...known, ...next } : next));
      }
      timer = setTimeout(() => void look(), every);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [url, every]);
  return answer;
}

export interface Healthz {
  status: string;
  reason?: string;
  ledger_read_at?: string;
  sources?: Record<string, { watermark: string | null; suspect: boolean }>;
}

export interface RecordAnswers {
  assessment: Answer<Assessment>;
  minutes: Answer<RecordMinutes>;
  decisions: Answer<{ decisions: Decision[] }>;
  history: Answer<RecordHistory>;
  health: Answer<Healthz>;
}

// One transaction that wrote to the record, or a decision that none is known to have written.
export interface WordChange {
  before: string | null;
  after: string;
}
export interface HistoryEntry {
  time: string | null;
  slot: number;
  event: string; // written, created, accepted, decided
  status: WordChange | null;
  desired_status: WordChange | null;
  health: WordChange | null;
  signer: string | null;
  role: string | null;
  signature: string | null;
  reason: string | null;
}
export interface RecordHistory {
  history: HistoryEntry[];
  ends: string | null; // why there is no older entry
  reading: boolean;
}

export function use_record(code: string): RecordAnswers {
  const decisions_query = { record: code, limit: '50' };
  return {
    assessment: use_answer(api_url(`assessments/${encodeURIComponent(code)}`, {}), 3_000),
    minutes: use_answer(api_url('minutes', { record: code }), 10_000),
    decisions: use_answer(api_url('decisions', decisions_query), 10_000),
    history: use_answer(api_url('history', { record: code }), 15_000),
    health: use_health(),
  };
}

// 503 has a body too: it says what is wrong.
function use_health(): Answer<Healthz> {
  const [answer, set_answer] = useState<Answer<Healthz>>({});
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      try {
        const response = await fetch(new URL('healthz', base_url()).href, { headers: { Accept: 'application/json' } });
        const value = (await response.json()) as Healthz;
        if (!stopped) set_answer({ value, at: Date.now() });
      } catch {
        if (!stopped) set_answer((known) => ({ ...known, error: 'the monitor does not answer' }));
      }
      if (!stopped) timer = setTimeout(() => void look(), 3_000);
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);
  return answer;
}

// The counters of one minute; what was asked once is remembered, but for minutes that may still change.
export function use_readings(code: string, minute: number | undefined): Answer<RecordReadings> {
  const [answers, set_answers] = useState<ReadonlyMap<number, Answer<RecordReadings>>>(new Map());
  const asked = useRef(new Map<number, number>());
  useEffect(() => {
    asked.current.clear();
    set_answers(new Map());
  }, [code]);
  useEffect(() => {
    if (minute === undefined) return undefined;
    const known = asked.current.get(minute);
    if (known !== undefined && Date.now() - known < 60_000) return undefined;
    const timer = setTimeout(() => {
      asked.current.set(minute, Date.now());
      void ask<RecordReadings>(api_url('readings', { record: code, minute: new Date(minute * 60_000).toISOString() })).then((answer) => {
        set_answers((all) => new Map([...all].slice(-200)).set(minute, answer));
      });
    }, 120);
    return () => clearTimeout(timer);
  }, [code, minute]);
  return useMemo(() => (minute === undefined ? {} : (answers.get(minute) ?? {})), [answers, minute]);
}

export type PastDays = ReadonlyMap<string, Answer<RecordMinutes>>;
const days_shown = 30;

// The last thirty days of UTC, the newest first, one after the other.
export function days_before(now: number): string[] {
  return Array.from({ length: days_shown }, (_, i) => new Date(now - i * 86_400_000).toISOString().slice(0, 10));
}

export function use_days(code: string, wanted: boolean): PastDays {
  const [days, set_days] = useState<PastDays>(new Map());
  useEffect(() => {
    set_days(new Map());
    if (!wanted) return undefined;
    const stop = new AbortController();
    const load = async () => {
      for (const day of days_before(Date.now())) {
        const answer = await ask<RecordMinutes>(api_url('minutes', { record: code, day }), stop.signal);
        if (stop.signal.aborted) return;
        set_days((all) => new Map(all).set(day, answer));
        if (answer.status === 404) return;
      }
    };
    void load();
    return () => stop.abort();
  }, [code, wanted]);
  return days;
}

export type Schemas = components['schemas'];
