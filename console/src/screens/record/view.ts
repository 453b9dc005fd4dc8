// What the page of a record says, out of the API's answers. Pure, so that tests and the dossier say the same as the page.
import type { components } from '../../data/openapi.ts';
import { moment } from '../../data/time.ts';
import type { Assessment, Finding } from '../../data/types.ts';
import { verdict_of } from '../../data/words.ts';
import type { StripMarks } from '../../draw/strip.ts';
import { minute_of, runs_of, state_words, unpack_strip, type Minute, type MinuteStrip } from '../../draw/minutes.ts';

type Schemas = components['schemas'];
export type { Assessment, Decision, Finding } from '../../data/types.ts';
export type RecordMinutes = Schemas['RecordMinutes'];
export type MinuteLine = Schemas['MinuteLine'];
export type RecordReadings = Schemas['RecordReadings'];

// ---- time

const two = (n: number): string => String(n).padStart(2, '0');

// "11:43:09": what is left, in whole seconds; days in words.
export function left_text(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  const text = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${String(days)} d ${text}` : text;
}

// As the console writes times, of what the API wrote.
export function clock_text(time: string | number, now: number): string {
  return moment(typeof time === 'number' ? time : Date.parse(time), now);
}

// ---- state

export interface Lead {
  kind: 'needs' | 'returns' | 'healthy' | 'none';
  who?: string;
  text: string;
  at?: number;
}

// Either somebody is needed, or a time is named, or there is nothing to wait for.
export function lead_of(a: Assessment): Lead {
  const needs = a.condition.needs;
  if (needs) return { kind: 'needs', who: needs.who === 'contributor' ? `you${needs.contributor ? `, ${needs.contributor}` : ', its contributor'}` : `the ${needs.who}`, text: needs.what };
  const returns = a.condition.returns_at ?? a.healthy_at;
  if (returns) return { kind: a.condition.returns_at ? 'returns' : 'healthy', text: a.status === 'activated' ? 'healthy again' : 'healthy', at: Date.parse(returns) };
  return { kind: 'none', text: a.to_do };
}

// Who keeps it out of service, since when, or what the ledger has of it; '' when nobody does.
export function held_words(a: Assessment, now: number): string {
  const held = a.condition.held_by;
  if (!held) return '';
  if (held.what === 'record') return `held by what the ledger has of it${held.criterion ? `: ${held.criterion}` : ''}`;
  const who = held.role ?? held.signer ?? 'somebody';
  const key = held.role && held.signer ? ` (${held.signer})` : '';
  return `drained by ${who}${key}${held.at ? `, ${clock_text(held.at, now)} UTC` : ''}`;
}

// What holds the record, the worst first: what gates before what does not, not met before unknown, failing this minute
// before over, the later time before the sooner.
export function holding(a: Assessment): Finding[] {
  const open = (a.findings ?? []).filter(is_open);
  const rank = (f: Finding): number[] => [
    f.gates ? 0 : f.mode === 'enforce' ? 1 : 2,
    f.judgement === 'not met' ? 0 : 1,
    is_failing(f) ? 0 : 1,
    f.earliest ? -Date.parse(f.earliest) : -Infinity,
  ];
  return open.sort((a_finding, b_finding) => compare(rank(a_finding), rank(b_finding)));
}
const is_open = (f: Finding): boolean => ['not-met', 'unknown'].includes(verdict_of(f.judgement));

export function met(a: Assessment): Finding[] {
  return (a.findings ?? []).filter((f) => !is_open(f));
}

function compare(a: number[], b: number[]): number {
  for (let i = 0; i < a.length; ++i) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference) return Number.isNaN(difference) ? 0 : difference;
  }
  return 0;
}

// Bad in the newest minute that is judged.
export function is_failing(f: Finding): boolean {
  const last = f.minutes?.last_bad?.at;
  return last !== undefined && f.minutes !== undefined && minute_of(last) === minute_of(f.minutes.to) - 1;
}

// ---- commands

export interface Command {
  why: string;
  line: string;
}

// The command that a text of the monitor ends with: "ask for it: doublezero link undrain --pubkey ams-lon".
export function command_in(text: string): string | undefined {
  return /\bdoublezero (?:link|device|exchange|location|contributor|network) [^;]*/.exec(text)?.[0].replace(/[.\s]+$/, '');
}

// What to run next: what has to be done first, then what the criteria ask for, then how to look again.
// monitor: its address, as this browser has it.
export function commands_of(a: Assessment, monitor: string): Command[] {
  const commands: Command[] = [];
  const add = (text: string) => {
    const line = command_in(text);
    if (line && !commands.some((one) => one.line === line)) commands.push({ why: text.slice(0, text.indexOf(line)).replace(/[:\s]+$/, ''), line });
  };
  if (a.condition.needs) add(a.condition.needs.what);
  add(a.to_do);
  for (const finding of holding(a)) if (finding.gates) add(finding.to_do);
  commands.push({ why: 'the same page in a terminal', line: `doublezero ${a.kind} explain --code ${shell_word(a.code)} --monitor-url ${shell_word(monitor.replace(/\/$/, ''))}` });
  return commands;
}

function shell_word(text: string): string {
  return /^[A-Za-z0-9_.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

// ---- strips

export interface ShownLine {
  line: MinuteLine;
  strip: MinuteStrip;
  window_from: Minute | undefined;
  ages_out: Minute | undefined;
}

// Strips that are about the same, one end over the other.
export interface StripGroup {
  name: string; // of a link the signal: "errors"; of a device the criterion, with the signal where it has several
  lines: ShownLine[];
}

const optional_minute = (time: string | null): Minute | undefined => (time === null ? undefined : minute_of(time));

export function groups_of(minutes: RecordMinutes): StripGroup[] {
  const groups = new Map<string, StripGroup>();
  const has_several = (criterion: string) => new Set(minutes.lines.filter((line) => line.criterion === criterion).map((line) => line.signal)).size > 1;
  for (const line of minutes.lines) {
    const of_signal = minutes.kind === 'link' && line.criterion.startsWith('link.') && line.signal !== 'measure';
    const name = of_signal ? line.signal : has_several(line.criterion) ? `${line.criterion} ${line.signal}` : line.criterion;
    const group = groups.get(name) ?? { name, lines: [] };
    group.lines.push({
      line,
      strip: unpack_strip(line.states, line.from, line.to),
      window_from: optional_minute(line.window_from),
      ages_out: optional_minute(line.ages_out),
    });
    groups.set(name, group);
  }
  return [...groups.values()];
}

// What was wrong in a minute of a line; undefined: nothing that is known.
export function fault_at(line: MinuteLine, minute: Minute): string | undefined {
  return line.faults.find((fault) => minute_of(fault.from) <= minute && minute < minute_of(fault.to))?.fault;
}

export function name_of(line: MinuteLine): string {
  const of_device = line.side === '' && !line.where ? '' : ` ${line.where}`;
  return `${line.criterion}${of_device}${line.criterion.endsWith(line.signal) ? '' : ` (${line.signal})`}`;
}

export function gating_of(a: Assessment): ReadonlySet<string> {
  return new Set((a.findings ?? []).filter((f) => f.gates).map((f) => f.id));
}

// The minute to read first, of the criteria that gate: the last one that has to age out, else the newest that was bad,
// else the newest of all.
export function telling_minute(groups: readonly StripGroup[], a: Assessment): Minute | undefined {
  const gating = gating_of(a);
  const all = groups.flatMap((group) => group.lines);
  const lines = all.some((line) => gating.has(line.line.criterion)) ? all.filter((line) => gating.has(line.line.criterion)) : all;
  const newest = (minutes: (Minute | undefined)[]): Minute | undefined => minutes.filter((m) => m !== undefined).reduce<Minute | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  const bad_minutes = lines.map((line) => {
    const last = line.strip.states.lastIndexOf(2);
    return last < 0 ? undefined : line.strip.from + last;
  });
  return newest(lines.map((line) => line.ages_out)) ?? newest(bad_minutes) ?? newest(lines.map((line) => line.strip.from + line.strip.states.length - 1));
}

// What lies over the minutes of a line.
export function marks_of(minutes: RecordMinutes, line: ShownLine): StripMarks {
  const devices = line.line.where;
  return {
    drains: minutes.drains.map((drain) => ({ from: minute_of(drain.from), to: drain.to ? minute_of(drain.to) : minute_of(minutes.to) })),
    excused: minutes.excused
      .filter((time) => time.source === line.line.source && (minutes.kind === 'device' || devices.includes(`(${time.device})`)))
      .map((time) => ({ from: minute_of(time.from), to: minute_of(time.to) })),
    window_from: line.window_from,
    ages_out: line.ages_out,
  };
}

// A strip in words: the counts, then each stretch that was not good, the newest first.
export interface StripText {
  summary: string;
  stretches: string[];
}
const most_stretches = 60;

export function text_of(shown: ShownLine, now: number): StripText {
  const counts = new Map<number, number>();
  for (const run of runs_of(shown.strip)) counts.set(run.state, (counts.get(run.state) ?? 0) + run.to - run.from);
  const summary = [1, 2, 3].map((state) => `${String(counts.get(state) ?? 0)} ${state_words[state] ?? ''}`).join(', ');
  const stretches = runs_of(shown.strip)
    .filter((run) => run.state > 1)
    .reverse()
    .map((run) => {
      const from = clock_text(run.from * 60_000, now);
      const until = run.to - run.from === 1 ? '' : ` to ${clock_text((run.to - 1) * 60_000, now)} (${String(run.to - run.from)} minutes)`;
      const fault = fault_at(shown.line, run.from);
      return `${from}${until}: ${state_words[run.state] ?? ''}${fault ? `, ${fault}` : ''}`;
    });
  const more = stretches.length - most_stretches;
  return { summary, stretches: more > 0 ? [...stretches.slice(0, most_stretches), `and ${String(more)} more`] : stretches };
}
