// Statements and minutes: docs/formats/decision.md, read by nothing of the monitor's own code.
import { Malformed, Reader } from './bytes.ts';

export interface Counts {
  from: number; // minutes since 1970
  to: number;
  good: number;
  bad: number;
  unobserved: number;
}

export interface StatedCriterion {
  name: string;
  mode: string;
  gates: boolean;
  judgement: string;
  counts: Counts | undefined;
}

export interface StatedOpinion {
  key: Uint8Array;
  window_end: number;
  made_at: bigint;
  signature: Uint8Array;
}

export interface Statement {
  genesis: Uint8Array;
  program: Uint8Array;
  monitor: Uint8Array;
  kind: 'link' | 'device';
  record: Uint8Array;
  account: Uint8Array; // SHA-256 of its data
  status: string;
  desired_status: string;
  from: string;
  to: string;
  reason: string;
  reset: boolean;
  policy: Uint8Array;
  at: bigint; // microseconds
  criteria: StatedCriterion[];
  minutes: Uint8Array; // the root over them
  opinions: StatedOpinion[];
}

function magic(in_: Reader, word: string): void {
  for (const letter of word) if (in_.u8() !== letter.charCodeAt(0)) throw new Malformed(`expected ${word}, found other bytes`);
  const version = in_.u8();
  if (version !== 1) throw new Malformed(`expected version 1, found ${version}`);
}

function number_of(in_: Reader, most: number, what: string): number {
  const number = in_.u8();
  if (number > most) throw new Malformed(`expected ${what}, found ${number}`);
  return number;
}

function counts_in(in_: Reader): Counts {
  const counts = { from: in_.i32(), to: in_.i32(), good: in_.u32(), bad: in_.u32(), unobserved: in_.u32() };
  if (counts.good + counts.bad + counts.unobserved !== counts.to - counts.from) throw new Malformed('expected counts that add up to their window, found others');
  return counts;
}

const judgements = new Set(['met', 'not met', 'unknown', 'not applicable']);

function criterion_in(in_: Reader): StatedCriterion {
  const [name, mode, gates, judgement] = [in_.text(), in_.text(), in_.flag(), in_.text()];
  if (!judgements.has(judgement)) throw new Malformed(`expected a judgement, found '${judgement}'`);
  in_.flag(); // its source was stale
  in_.flag(); // damped failure
  const counts = in_.option(() => counts_in(in_));
  in_.option(() => [in_.i32(), in_.i32(), in_.u32(), in_.u32()]); // results of QA
  in_.option(() => [in_.u32(), in_.u32()]); // candidates
  return { name, mode, gates, judgement, counts };
}

export function read_statement(bytes: Uint8Array): Statement {
  const in_ = new Reader(bytes);
  magic(in_, 'DZDS');
  const [genesis, program, monitor] = [in_.hash(), in_.hash(), in_.hash()];
  const kind = number_of(in_, 1, 'a kind of record') === 0 ? 'link' : 'device';
  const [record, account] = [in_.hash(), in_.hash()];
  in_.u64(); // slot
  const [status, desired_status, from, to, reason] = [in_.text(), in_.text(), in_.text(), in_.text(), in_.text()];
  const [reset, policy, at] = [in_.flag(), in_.hash(), in_.i64()];
  in_.option(in_.i64); // remembered of the record
  in_.option(in_.i64);
  in_.u32(); // window
  in_.u64();
  in_.flag();
  in_.each(() => [in_.text(), in_.option(in_.i32), in_.option(in_.i32), in_.flag(), in_.i64()]); // sources
  const criteria = in_.each(() => criterion_in(in_));
  const minutes = in_.hash();
  const opinions = in_.each((): StatedOpinion => ({ key: in_.hash(), window_end: in_.i32(), made_at: in_.i64(), signature: in_.take(64) }));
  in_.end();
  return { genesis, program, monitor, kind, record, account, status, desired_status, from, to, reason, reset, policy, at, criteria, minutes, opinions };
}

export interface Leaf {
  criterion: string;
  signal: string;
  counts: Counts;
  has_results: boolean; // of QA: no minutes
}

// Two bits a minute, the first in the lowest bits.
function count_minutes(from: number, to: number, packed: Uint8Array): Counts {
  const counted = [0, 0, 0];
  if (packed.length !== Math.ceil((to - from) / 4)) throw new Malformed('expected two bits for each minute, found another number of them');
  for (let i = 0; i < packed.length * 4; ++i) {
    const state = ((packed[Math.floor(i / 4)] ?? 0) >> (2 * (i % 4))) & 3;
    if (state === 3 || (i >= to - from && state !== 0)) throw new Malformed('expected minutes that are unobserved, good or bad, found others');
    if (i < to - from) counted[state] = (counted[state] ?? 0) + 1;
  }
  const [unobserved = 0, good = 0, bad = 0] = counted;
  return { from, to, good, bad, unobserved };
}

export function read_leaf(bytes: Uint8Array): Leaf {
  const in_ = new Reader(bytes);
  magic(in_, 'DZML');
  const [criterion, signal] = [in_.text(), in_.text()];
  in_.text(); // subject
  in_.option(in_.hash); // link
  in_.flag();
  in_.flag();
  const [from, to] = [in_.i32(), in_.i32()];
  if (to < from) throw new Malformed('expected a window that ends after it begins, found another');
  const packed = in_.take(in_.u32());
  in_.u64(); // damped
  in_.u64(); // rise
  in_.each(() => [in_.i32(), in_.u16()]); // offences
  in_.each(() => [in_.i32(), in_.u16(), in_.option(in_.u64), in_.u64()]); // values
  in_.each(() => [in_.i64(), in_.flag()]); // results of QA
  in_.each(in_.i64); // its runs
  in_.end();
  const has_results = signal === 'qa';
  if (has_results && packed.length > 0) throw new Malformed('expected no minutes of QA, found some');
  return { criterion, signal, counts: has_results ? { from, to, good: 0, bad: 0, unobserved: 0 } : count_minutes(from, to, packed), has_results };
}
