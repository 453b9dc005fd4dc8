// What the page of a record asks the monitor, and how old the answers are. Each is asked again every few seconds, and at once
// when the stream speaks of the record. When it does not answer, what was known stays, and since when is said.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { time_of } from '../../draw/minutes.ts';
import { ask, Failure, record_path } from '../../data/api.ts';
import type { components } from '../../data/openapi.ts';
import { the_store } from '../../data/use.ts';
import type { Assessment, Decision, RecordMinutes, RecordReadings } from './view.ts';

type Schemas = components['schemas'];

export interface Answer<T> {
  value?: T; // the last good answer
  at?: number; // when it came
  error?: string; // why there is none, or no newer one
  status?: number; // of the refusal; 0: no answer at all
}

export interface Question {
  path: string;
  query: Record<string, string>;
}

async function answer_to<T>({ path, query }: Question): Promise<Answer<T>> {
  try {
    return { value: await ask<T>(path, query), at: Date.now() };
  } catch (error) {
    if (error instanceof Failure) return { status: error.status, error: error.message };
    return { status: 0, error: String(error) };
  }
}

// It is not there, or not any more: what was known of it is no answer.
export const is_absent = (answer: Answer<unknown>): boolean => answer.status === 404 || answer.status === 410;

interface Asking<T> {
  every: number; // ms
  news?: number; // another number: asked again at once
  is_part?: (value: T) => boolean; // more of it is on its way: asked again soon
}
const soon = 1_000;

// Asked at once and then again and again, while the page is to be seen.
export function use_answer<T>(question: Question, { every, news = 0, is_part }: Asking<T>): Answer<T> {
  const [answer, set_answer] = useState<Answer<T>>({});
  const asked = JSON.stringify(question);
  const again = useRef<() => void>();
  useEffect(() => {
    set_answer({});
    let stopped = false;
    let asking = false;
    let missed = false; // there was news while the answer was on its way
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      clearTimeout(timer);
      missed = asking;
      if (asking) return;
      let next_in = every;
      if (!document.hidden) {
        asking = true;
        const next = await answer_to<T>(JSON.parse(asked) as Question);
        asking = false;
        if (stopped) return;
        set_answer((known) => (next.value === undefined && !is_absent(next) ? { ...known, ...next } : next));
        if (next.value !== undefined && is_part?.(next.value)) next_in = soon;
      }
      timer = setTimeout(() => void look(), missed ? 0 : next_in);
    };
    again.current = () => void look();
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [asked, every]);
  useEffect(() => {
    if (news > 0) again.current?.();
  }, [news]);
  return answer;
}

export interface RecordAnswers {
  assessment: Answer<Assessment>;
  minutes: Answer<RecordMinutes>;
  decisions: Answer<{ decisions: Decision[] }>;
  history: Answer<RecordHistory>;
}

export type HistoryEntry = Schemas['HistoryEntry'];
export type RecordHistory = Schemas['History'];

// What the stream says of the record is asked for at once; what it is silent about, such as another minute, from time to time.
export function use_record(code: string): RecordAnswers {
  const query = { record: code };
  const [news, set_news] = useState(0);
  const pubkey = useRef<string>();
  useEffect(
    () =>
      the_store().follow((changed) => {
        if (changed === undefined || changed === pubkey.current) set_news((n) => n + 1);
      }),
    [],
  );
  const assessment = use_answer<Assessment>({ path: record_path(code), query: {} }, { every: 3_000, news });
  pubkey.current = assessment.value?.pubkey;
  return {
    assessment,
    minutes: use_answer({ path: 'api/v1/minutes', query }, { every: 10_000, news }),
    decisions: use_answer({ path: 'api/v1/decisions', query: { ...query, limit: '50' } }, { every: 10_000, news }),
    history: use_answer({ path: 'api/v1/history', query }, { every: 15_000, news, is_part: still_read }),
  };
}

const still_read = (history: RecordHistory): boolean => history.reading;

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
      void answer_to<RecordReadings>({ path: 'api/v1/readings', query: { record: code, minute: time_of(minute) } }).then((answer) => {
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
    let stopped = false;
    const load = async () => {
      for (const day of days_before(Date.now())) {
        const answer = await answer_to<RecordMinutes>({ path: 'api/v1/minutes', query: { record: code, day } });
        if (stopped) return;
        set_days((all) => new Map(all).set(day, answer));
        if (is_absent(answer)) return;
      }
    };
    void load();
    return () => {
      stopped = true;
    };
  }, [code, wanted]);
  return days;
}
