// Can this page be trusted? Out of what the monitor says of itself, and of how long it has said nothing.
import { acted_words, budget_left, budget_words, deferred_words, due_words } from './status.ts';
import { age, at, moment } from './time.ts';
import type { Alarm, Healthz, Status } from './types.ts';

// good: as it should be; watch: usable, and somebody should look; old: what is shown is of another time.
export type TrustLevel = 'good' | 'watch' | 'old';

export interface TrustCell {
  name: string;
  value: string;
  level: TrustLevel;
  about: string;
  alarm?: string; // the kind of alarm that says the same
}

export interface Trust {
  level: TrustLevel;
  // What a person reads first.
  sentence: string;
  // Why not, a sentence each.
  reasons: readonly string[];
  cells: readonly TrustCell[];
  // Since when the page shows the past.
  since: number | undefined;
}

export interface Contact {
  // The last time that the monitor answered; 0: never.
  heard_at: number;
  // What it answered last, which may be that it is failing.
  health: Healthz | undefined;
  // What it says of itself in full.
  status: Status | undefined;
}

// A monitor that polls the ledger every half minute is late after two; a page that hears nothing for half a minute is cut off.
const ledger_late = 120_000;
const silent_after = 30_000;
// Minutes come in a minute after they closed; samples are written every few minutes.
const source_late = 10 * 60_000;
// An activator looks every few seconds.
const activator_late = 5 * 60_000;

export function trust_of(contact: Contact, now: number): Trust {
  const { health, status, heard_at } = contact;
  if (!health) {
    const sentence = heard_at === 0 ? 'Waiting for the monitor' : 'The monitor does not answer';
    return { level: heard_at === 0 ? 'watch' : 'old', sentence, reasons: [], cells: [], since: heard_at || undefined };
  }
  const reasons: string[] = [];
  let since: number | undefined;
  let level: TrustLevel = 'good';
  const worse = (to: TrustLevel, why: string, from?: number) => {
    if (to === 'old' || level === 'good') level = to;
    if (to === 'old' && from !== undefined) since = Math.min(since ?? from, from);
    reasons.push(why);
  };
  const cells = [ledger_cell(health, now), ...source_cells(health, now), ...(status ? [activator_cell(status, now), budget_cell(status, now)] : []), ...writes_cell(health, status)];
  if (now - heard_at > silent_after) {
    worse('old', `the monitor has not answered since ${moment(heard_at, now)}`, heard_at);
  }
  const read = at(health.ledger_read_at);
  if (Number.isNaN(read)) worse('old', 'the ledger was not read yet');
  else if (now - read > ledger_late) worse('old', `the ledger was last read at ${moment(read, now)}`, read);
  if (health.status === 'failing' && health.reason) worse('watch', health.reason);
  for (const alarm of health.alarms ?? []) {
    if (is_about_sources(alarm)) worse('watch', alarm_text(alarm));
  }
  for (const cell of cells) {
    const told = (health.alarms ?? []).some((alarm) => alarm.subject === cell.name || alarm.alarm === cell.alarm) || reasons.some((reason) => reason.includes(cell.about));
    if (cell.level === 'watch' && cell.about && !told) worse('watch', `${cell.name}: ${cell.about}`);
  }
  for (const text of health.damage ?? []) worse('watch', text);
  return { level, sentence: sentence_of(level, since, now), reasons, cells, since };
}

function sentence_of(level: TrustLevel, since: number | undefined, now: number): string {
  if (level === 'good') return 'Current and complete';
  if (level === 'watch') return 'Current, with reservations';
  return since === undefined ? 'Not to be relied on' : `As it was at ${moment(since, now)}`;
}

function ledger_cell(health: Healthz, now: number): TrustCell {
  const read = at(health.ledger_read_at);
  const old = Number.isNaN(read) || now - read > ledger_late;
  return { name: 'ledger', value: Number.isNaN(read) ? 'unread' : age(now - read), level: old ? 'old' : 'good', about: 'since it was read' };
}

function source_cells(health: Healthz, now: number): TrustCell[] {
  return Object.entries(health.sources ?? {}).map(([name, source]): TrustCell => {
    const mark = at(source.watermark);
    const value = Number.isNaN(mark) ? 'nothing yet' : age(now - mark);
    if (source.suspect) return { name, value: `suspect, ${value}`, level: 'watch', about: 'what it says is not judged' };
    const late = !Number.isNaN(mark) && now - mark > source_late;
    if (late) return { name, value, level: 'watch', about: `nothing newer than ${moment(mark, now)}` };
    return { name, value, level: 'good', about: Number.isNaN(mark) ? '' : 'behind now' };
  });
}

// The activator cannot be asked from here; what it does and leaves undone can be seen.
function activator_cell({ activator }: Status, now: number): TrustCell {
  const late = activator.due_count > 0 && now - at(activator.due_since) > activator_late;
  const value = activator.due_count === 0 ? 'nothing waits' : `${activator.due_count} waiting`;
  const about = [due_words(activator, now), acted_words(activator, now)].filter(Boolean).join('; ');
  return { name: 'activator', value, level: late ? 'watch' : 'good', about };
}

function budget_cell({ writing }: Status, now: number): TrustCell {
  const deferred = deferred_words(writing.budget, now);
  return { name: 'changes', value: budget_left(writing.budget), level: deferred ? 'watch' : 'good', about: deferred || budget_words(writing.budget), alarm: 'change-budget' };
}

function writes_cell(health: Healthz, status: Status | undefined): TrustCell[] {
  if (!health.writes) return [];
  const stopped = status?.writing.mode === 'write' && !status.writing.may_write ? (status.writing.why_not ?? '') : '';
  return [{ name: 'writes', value: health.writes, level: stopped ? 'watch' : 'good', about: stopped || 'what this monitor writes to the ledger' }];
}

const about_records = new Set(['impaired-in-service', 'health-disagreement']);

function is_about_sources(alarm: Alarm): boolean {
  return !about_records.has(alarm.alarm);
}

function alarm_text(alarm: Alarm): string {
  const silent = alarm.silent ?? [];
  const names = silent.length > 0 && !silent.every((name) => alarm.text.includes(name)) ? `: ${silent.join(', ')}` : '';
  return alarm.text + names;
}
