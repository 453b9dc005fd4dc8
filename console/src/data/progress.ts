// How far a record is on its way into service: four steps, the one it is at, and how much of the window is clean.
import { at } from './time.ts';
import { sides_of, type Assessment, type Finding, type Place, type Row } from './types.ts';
import { in_service, is_drained, is_healthy } from './words.ts';

export type StepState = 'done' | 'at-work' | 'stuck' | 'to-come';

export interface Step {
  name: string;
  state: StepState;
  // 0 to 1, of a step that is at work.
  part?: number;
}

export interface Progress {
  steps: readonly Step[];
  at: number; // of steps: the first that is not done; steps.length: all are
  clean_minutes: number | undefined; // of the window, without an offence up to now
  window_minutes: number;
  criterion: string | undefined; // that it is stuck at
}

export function progress_of(row: Row, now: number, findings?: readonly Finding[]): Progress {
  const window_minutes = row.window_minutes;
  const clean = findings ? clean_by_findings(findings, window_minutes) : clean_by_time(row, now);
  const healthy = is_healthy(row.health);
  const active = in_service(row.status);
  const evidence = healthy || is_met(row);
  const done = [is_drained(row.status) || active, evidence, healthy, active && healthy];
  const first = done.indexOf(false);
  const here = first < 0 ? done.length : first;
  const stuck = here < done.length && is_stuck(row);
  const names = [active ? 'in service' : is_drained(row.status) ? row.status : `${row.status}: to drain`, 'evidence', 'healthy', 'activated'];
  const steps = names.map((name, i): Step => {
    if (i < here) return { name, state: 'done' };
    if (i > here) return { name, state: 'to-come' };
    const step: Step = { name, state: stuck ? 'stuck' : 'at-work' };
    if (i === 1 && clean !== undefined && window_minutes > 0) step.part = Math.min(1, clean / window_minutes);
    return step;
  });
  return { steps, at: here, clean_minutes: clean, window_minutes, criterion: row.condition.criterion ?? undefined };
}

// Time alone does not bring it.
export function is_stuck(row: Row): boolean {
  const state = row.condition.state;
  return state === 'failing' || state === 'held' || state === 'needs-action';
}

function is_met(row: Row): boolean {
  return row.evidence === 'met' && row.record !== 'not met';
}

// Of the worst criterion that gates: from its last offence, or last minute without evidence, to where it is known.
export function clean_by_findings(findings: readonly Finding[], window_minutes: number): number | undefined {
  let least: number | undefined;
  for (const finding of findings) {
    if (!finding.gates || !finding.minutes || finding.judgement === 'not applicable') continue;
    const m = finding.minutes;
    const to = at(m.to);
    const offences = [at(m.last_bad?.at), at(m.last_unobserved)].filter((time) => !Number.isNaN(time));
    const whole = m.good + m.bad + m.unobserved === 0 ? 0 : (to - at(m.from)) / 60_000;
    const clean = offences.length > 0 ? (to - Math.max(...offences)) / 60_000 - 1 : whole;
    least = Math.min(least ?? window_minutes, Math.max(0, clean), window_minutes);
  }
  return least;
}

// Without the criteria: what is left until it can be healthy, off the window.
function clean_by_time(row: Row, now: number): number | undefined {
  const healthy_at = at(row.healthy_at);
  if (Number.isNaN(healthy_at)) return undefined;
  return Math.min(row.window_minutes, Math.max(0, row.window_minutes - (healthy_at - now) / 60_000));
}

// What stands where the countdown is when no time can be given.
export function why_no_time(row: Pick<Assessment, 'condition'> & Place): string {
  const condition = row.condition;
  const needs = condition.needs;
  if (needs) return `needs ${needs.who === 'contributor' ? (needs.contributor ?? the_contributor(row)) : `the ${needs.who}`}`;
  if (condition.state === 'failing') return 'failing now';
  if (condition.state === 'held') return 'held';
  return 'no time yet';
}

// By name where only one can be meant.
function the_contributor(row: Place): string {
  const all = new Set([row.contributor, ...sides_of(row).map((side) => side.contributor)].filter(Boolean));
  return all.size === 1 ? ([...all][0] ?? '') : 'the contributor';
}
