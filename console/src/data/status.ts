// What the monitor says of itself, in words: what it may write, what is left of its budget, whether an activator acts.
import { at, moment, span } from './time.ts';
import type { Status } from './types.ts';

type Budget = Status['writing']['budget'];

// "12 of 60 writes left in this minute, 90 of 100 records in this hour".
export function budget_words(budget: Budget): string {
  const minute = budget.writes_a_minute === null ? '' : `${budget.left_in_minute ?? 0} of ${budget.writes_a_minute} writes left in this minute`;
  const hour = budget.records_an_hour === null ? '' : `${budget.left_in_hour ?? 0} of ${budget.records_an_hour} records left in this hour`;
  return [minute, hour].filter(Boolean).join(', ') || 'no limit';
}

// The same for a small place: of both limits the one that is nearer to its end.
export function budget_left(budget: Budget): string {
  const limits: [number | null, number | null][] = [
    [budget.left_in_minute, budget.writes_a_minute],
    [budget.left_in_hour, budget.records_an_hour],
  ];
  const known = limits.flatMap(([left, of]) => (left === null || of === null ? [] : [{ left, of }]));
  const [least] = known.sort((a, b) => a.left / Math.max(1, a.of) - b.left / Math.max(1, b.of));
  return least ? `${least.left} of ${least.of} left` : 'no limit';
}

// '' while nothing is.
export function deferred_words(budget: Budget, now: number): string {
  if (budget.deferred === 0) return '';
  const changes = `${budget.deferred} ${budget.deferred === 1 ? 'change is' : 'changes are'} deferred`;
  const since = budget.deferred_since === null ? '' : ` since ${moment(at(budget.deferred_since), now)}`;
  const until = budget.opens_at === null ? '' : `, until ${moment(at(budget.opens_at), now)}`;
  return `${changes}${since}${until}`;
}

const most_named = 5;

// '' when no record waits to be moved.
export function due_words(activator: Status['activator'], now: number): string {
  const { due, due_count, due_since } = activator;
  if (due_count === 0) return '';
  const named = due.slice(0, most_named).join(', ');
  const more = due_count > Math.min(due.length, most_named) ? ` and ${due_count - Math.min(due.length, most_named)} more` : '';
  return `${named}${more} ${due_count === 1 ? 'waits' : 'wait'} to be moved${due_since === null ? '' : `, for ${span(now - at(due_since))}`}`;
}

export function acted_words(activator: Status['activator'], now: number): string {
  return activator.acted_at === null ? 'not seen to act since this monitor started' : `last seen to act at ${moment(at(activator.acted_at), now)}`;
}

export function mode_words(writing: Status['writing']): string {
  return { write: 'it writes health', standby: 'it stands by', observe: 'it observes' }[writing.mode];
}

// Settings that somebody made, and those left as they are.
export function settings_by_origin(settings: Status['settings']): { made: Status['settings']; left: Status['settings'] } {
  return { made: settings.filter((one) => one.origin !== 'default'), left: settings.filter((one) => one.origin === 'default') };
}
