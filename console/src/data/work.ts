// What the monitor is doing now, what it waits for, and what of that is slow: out of its status, in words.
import { deferred_words, due_words } from './status.ts';
import { back_fill_in } from './parts.ts';
import { at, span } from './time.ts';
import type { Status } from './types.ts';

export type Work = Status['work'][number];
export type Times = Work['since_start'];

// Of the last minutes, where they are kept and something was done in them; else since the start.
export function times_of(work: Work): { times: Times; lately: boolean } {
  const lately = work.lately !== null && work.lately.count > 0;
  return { times: lately && work.lately ? work.lately : work.since_start, lately };
}

export function work_name({ what, of }: Work): string {
  const words = { pass: 'a pass', 'ledger call': 'a call of the ledger', 'health write': 'a health, from the decision to the ledger', 'answer of a store': 'an answer of a store' }[what];
  return of === null ? words : `${words}, ${of}`;
}

// "4 ms", "1.5 s".
export function took(seconds: number): string {
  if (seconds >= 10) return `${Math.round(seconds)} s`;
  if (seconds >= 1) return `${Number(seconds.toFixed(1))} s`;
  const ms = seconds * 1_000;
  return `${ms >= 10 ? Math.round(ms) : Number(ms.toFixed(1))} ms`;
}

export function within(seconds: number | null, count: number): string {
  if (count === 0) return '';
  return seconds === null ? 'over 1 min' : `within ${took(seconds)}`;
}

// What takes longer than this in one of a hundred is worth a look: passes come every few seconds, a health is to be on
// the ledger before the next minute closes, and a store is asked once a minute.
const slow_from = { pass: 1, 'ledger call': 1, 'health write': 10, 'answer of a store': 5 } as const;

export function is_slow(work: Work): boolean {
  const { times } = times_of(work);
  return times.count > 0 && (times.p99_within_seconds === null || times.p99_within_seconds > slow_from[work.what]);
}

function slowness({ times }: { times: Times }): number {
  return times.count === 0 ? -1 : (times.p99_within_seconds ?? Infinity) + (times.mean_seconds ?? 0) / 1_000;
}

// The slowest thing, in a sentence; '' while nothing was done.
export function slowest_words(works: readonly Work[]): string {
  const [first] = [...works].sort((a, b) => slowness(times_of(b)) - slowness(times_of(a)));
  if (!first) return '';
  const { times } = times_of(first);
  if (times.count === 0) return '';
  const told = (work: Work) => `${work_name(work)} (99 of 100 ${within(times_of(work).times.p99_within_seconds, times_of(work).times.count)})`;
  const slow = works.filter(is_slow);
  return slow.length > 0 ? `Slow: ${slow.map(told).join(', ')}` : `Nothing is slow; what takes longest is ${told(first)}`;
}

// What is under way and what waits, a line each.
export function doing_words(status: Status, now: number): string[] {
  const hooks = status.webhooks.filter((hook) => hook.events_waiting > 0);
  return [
    ...status.sources.flatMap((source) => source.stores).flatMap((talk) => {
      const past = back_fill_in(talk.back_fill);
      return past ? [`reads the past of ${talk.subject} from ${talk.store}: ${past.done_minutes} of ${past.of_minutes} minutes`] : [];
    }),
    ...status.sources.filter((source) => source.suspect_since).map((source) => `does not judge what ${source.source} shows, for ${span(now - at(source.suspect_since))}`),
    deferred_words(status.writing.budget, now),
    due_words(status.activator, now),
    ...hooks.map((hook) => `${hook.events_waiting} ${hook.events_waiting === 1 ? 'event waits' : 'events wait'} for ${hook.name}`),
  ].filter(Boolean);
}
