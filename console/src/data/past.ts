// The fleet as it was at a time: what is so now, with every decision since then taken back. Pure. What the decisions do not
// say (status, criteria between them, incidents) is not known of that time, and nothing here makes it up.
import { at } from './time.ts';
import type { Decision, Row } from './types.ts';

export type KnownBy =
  | 'decision' // one in force then
  | 'undone' // the first one after says what it found
  | 'unchanged' // none since then: as it is now
  | 'nothing';

export interface PastRecord {
  pubkey: string;
  code: string;
  kind: string;
  health: string; // '' where it is not known
  known_by: KnownBy;
  decision: Decision | undefined; // in force then
  now: Row | undefined; // undefined: gone since
}

// `read_to`: every decision since that time is among them. Newest first.
export function fleet_at(rows: Iterable<Row>, decisions: readonly Decision[], read_to: number, time: number): Map<string, PastRecord> {
  const of_record = new Map<string, Decision[]>();
  for (const one of decisions) {
    const list = of_record.get(one.pubkey);
    if (list) list.push(one);
    else of_record.set(one.pubkey, [one]);
  }
  const whole = read_to <= time;
  const past = new Map<string, PastRecord>();
  for (const row of rows) past.set(row.pubkey, record_at(row, row, of_record.get(row.pubkey) ?? [], whole, time));
  for (const [pubkey, list] of of_record) {
    const [newest] = list;
    if (!past.has(pubkey) && newest) past.set(pubkey, record_at(undefined, newest, list, whole, time));
  }
  return past;
}

interface Named {
  pubkey: string;
  code: string;
  kind: string;
}

function record_at(now: Row | undefined, { pubkey, code, kind }: Named, decisions: readonly Decision[], whole: boolean, time: number): PastRecord {
  const named = { pubkey, code, kind, now };
  const index = decisions.findIndex((one) => at(one.at) <= time);
  const decision = decisions[index];
  if (decision) return { ...named, health: decision.to, known_by: 'decision', decision };
  const after = decisions.at(-1);
  if (!whole) return { ...named, health: '', known_by: 'nothing', decision: undefined };
  if (after) return { ...named, health: after.from, known_by: 'undone', decision: undefined };
  return { ...named, health: now?.health ?? '', known_by: now ? 'unchanged' : 'nothing', decision: undefined };
}

export const known_words: Record<KnownBy, string> = {
  decision: 'decided',
  undone: 'as the next decision found it',
  unchanged: 'not changed since',
  nothing: 'not known of that time',
};

interface WordEntry {
  time: string | null;
  status: Change;
  desired_status: Change;
  health: Change;
}
type Change = { before: string | null; after: string } | null;

// A word of the ledger at a time, out of a record's writes, newest first; undefined: not known.
export function word_at(entries: readonly WordEntry[], field: 'status' | 'desired_status' | 'health', now: string, time: number, whole: boolean): string | undefined {
  const writes = entries.filter((entry) => entry[field] !== null);
  if (writes.some((entry) => entry.time === null)) return undefined;
  const before = writes.find((entry) => at(entry.time) <= time);
  if (before) return before[field]?.after;
  const next = writes.at(-1);
  const reaches = whole || entries.some((entry) => entry.time !== null && at(entry.time) <= time);
  if (!reaches) return undefined;
  return next ? (next[field]?.before ?? undefined) : now;
}

// How far a source had come when a decision was made, as its findings have it.
export interface PastSource {
  source: string;
  watermark: string | null; // complete through
  stale: boolean;
  by: Decision; // that says it: the newest before the time of those that asked the source
}

// By name. Newest first, as they are read.
export function sources_at(decisions: readonly Decision[], time: number): PastSource[] {
  const found = new Map<string, PastSource>();
  for (const by of decisions) {
    if (at(by.at) > time) continue;
    for (const { source, watermark, stale } of by.findings) {
      if (source && !found.has(source)) found.set(source, { source, watermark: watermark ?? null, stale: stale === true, by });
    }
  }
  return [...found.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
}

// The decision before a time, and the one after: where a step leads to.
export function neighbour(decisions: readonly Decision[], time: number, by: 1 | -1): number | undefined {
  const times = decisions.map((one) => at(one.at));
  const found = by < 0 ? times.filter((one) => one < time) : times.filter((one) => one > time);
  return found.length === 0 ? undefined : by < 0 ? Math.max(...found) : Math.min(...found);
}

const hour = 3_600_000;
export const past_spans = [24 * hour, 7 * 24 * hour, 30 * 24 * hour];

// The shortest span that the time is in.
export function span_with(time: number, now: number): number {
  return past_spans.find((span) => time >= now - span) ?? Math.max(now - time, 30 * 24 * hour);
}
