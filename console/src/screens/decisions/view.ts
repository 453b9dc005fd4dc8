// What the list of decisions shows, out of the address and of what was read.
import type { DecisionQuery } from '../../data/decisions.ts';
import { at } from '../../data/time.ts';
import type { Decision, Finding } from '../../data/types.ts';
import { verdict_of } from '../../data/words.ts';

const hour = 3_600_000;

export const spans: readonly { name: string; ms: number }[] = [
  { name: '1 h', ms: hour },
  { name: '24 h', ms: 24 * hour },
  { name: '7 d', ms: 7 * 24 * hour },
  { name: 'all', ms: Infinity },
];
const usual_span = '24 h';

export interface Filters {
  query: DecisionQuery; // what the monitor sorts out
  span: string;
  since: number;
  until: number; // Infinity: now
  words: string;
}

// `looked_at`: the earlier time that the page shows, or none; what came after it is not there yet.
export function filters_of(params: URLSearchParams, now: number, looked_at = Infinity): Filters {
  const query: Record<string, string> = {};
  for (const name of ['record', 'kind', 'health', 'contributor']) {
    const value = params.get(name);
    if (value) query[name] = value;
  }
  const span = spans.find((one) => one.name === params.get('span'))?.name ?? usual_span;
  const until = at(params.get('until'));
  const end = Math.min(Number.isNaN(until) ? Infinity : until, looked_at);
  const length = spans.find((one) => one.name === span)?.ms ?? Infinity;
  return { query, span, since: Math.min(end, now) - length, until: end, words: params.get('q') ?? '' };
}

export function fitting(decisions: readonly Decision[], { since, until, words }: Filters): Decision[] {
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  return decisions.filter((one) => {
    const time = at(one.at);
    if (time < since || time > until) return false;
    const text = [one.code, one.pubkey, one.kind, one.from, one.to, one.reason, one.sentence, one.signature].join(' ').toLowerCase();
    return asked.every((word) => text.includes(word));
  });
}

export interface Day {
  day: string; // "2026-12-01"
  decisions: Decision[];
}

export function by_day(decisions: readonly Decision[]): Day[] {
  const days: Day[] = [];
  for (const one of decisions) {
    const day = one.at.slice(0, 10);
    const last = days.at(-1);
    if (last?.day === day) last.decisions.push(one);
    else days.push({ day, decisions: [one] });
  }
  return days;
}

// Where what is stated about it stands, who has signed that, and who else held the same.
export function stated_words({ statement, checkpoint, opinions }: Pick<Decision, 'statement' | 'checkpoint' | 'opinions'>): string {
  if (statement === null) return 'nothing';
  const by = checkpoint && checkpoint.witnesses.length > 0 ? `, cosigned by ${checkpoint.witnesses.join(', ')}` : '';
  const under = checkpoint ? `under a checkpoint of ${checkpoint.size}${by}` : 'under no checkpoint yet';
  const held = opinions && opinions.length > 0 ? `; ${opinions.map((one) => one.judge).join(', ')} held the same` : '';
  return `entry ${statement} of the log, ${under}${held}`;
}

// The criteria that were asked, what stood against it first.
export function asked_of(decision: Decision): Finding[] {
  const order = ['not-met', 'unknown', 'met', 'not-asked'];
  const rank = (finding: Finding) => order.indexOf(verdict_of(finding.judgement)) + (finding.gates ? 0 : 10);
  return decision.findings.filter((finding) => finding.judgement !== 'not applicable').sort((a, b) => rank(a) - rank(b));
}

// The minute of a criterion to look at: the last bad one where it was not met, the last unobserved one where that was why,
// else the last that was judged.
export function minute_of_finding({ judgement, minutes }: Finding): string | undefined {
  if (!minutes) return undefined;
  const verdict = verdict_of(judgement);
  if (verdict === 'not-met' && minutes.last_bad) return minutes.last_bad.at;
  if (verdict !== 'met' && minutes.last_unobserved) return minutes.last_unobserved;
  const end = at(minutes.to);
  return Number.isNaN(end) ? undefined : text_of_minute(end - 60_000);
}

// The minute that decided it: of what gated, the newest.
export function deciding_minute(decision: Decision): string | undefined {
  const gating = asked_of(decision).filter((finding) => finding.gates);
  const against = gating.filter((finding) => verdict_of(finding.judgement) !== 'met');
  const minutes = (against.length > 0 ? against : gating).flatMap((finding) => minute_of_finding(finding) ?? []);
  return minutes.sort().at(-1);
}

// How the record's page is asked for that minute: what is older than its day is in its thirty days.
export function strip_params(minute: string | undefined, now: number): Record<string, string> {
  if (minute === undefined) return {};
  return { minute, ...(now - at(minute) > 23 * hour ? { zoom: '30d' } : {}) };
}

export function text_of_minute(time: number): string {
  return new Date(Math.floor(time / 60_000) * 60_000).toISOString().replace('.000Z', 'Z');
}
