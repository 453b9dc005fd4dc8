// Another policy over the recorded minutes: what it would have decided, which records would be elsewhere, since when. The
// monitor judges; this page asks, and shows. What is asked is in the address.
import './what_if/what_if.css';

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { use_keys } from '../app/keyboard.ts';
import { use_past } from '../app/past.tsx';
import { go, remember } from '../app/router.ts';
import { ask, Failure } from '../data/api.ts';
import { try_policy } from '../data/backtest.ts';
import { at, moment } from '../data/time.ts';
import type { Backtest, Policy } from '../data/types.ts';
import { use_now } from '../data/use.ts';
import { CliLine } from '../ui/cli_line.tsx';
import { strip_params, text_of_minute } from './decisions/view.ts';
import type { ScreenProps } from './index.ts';
import { Part } from './sources/part.tsx';
import { Editor } from './what_if/editor.tsx';
import { differing, most_shown, Outcome } from './what_if/outcome.tsx';
import { changes_in, changes_text, values_of, with_values } from './what_if/policy_text.ts';

const spans = ['1d', '3d', '7d', '30d'];

interface Trial {
  percent: number;
  through: string;
  running: boolean;
  problem: string;
  outcome?: Backtest;
  asked?: string; // span and policy of the outcome
}
const nothing: Trial = { percent: 0, through: '', running: false, problem: '' };

const words = (error: unknown) => (error instanceof Failure ? error.message : 'the monitor does not answer');

interface Span {
  from: string;
  to: string | undefined; // undefined: now
}
const span_text = ({ from, to }: Span) => `--from ${from}${to === undefined ? '' : ` --to ${to}`}`;

// Up to now, or to the earlier time that the page looks at.
function span_before(time: number | undefined, days: string): Span {
  if (time === undefined) return { from: days, to: undefined };
  return { from: text_of_minute(time - Number.parseInt(days) * 24 * 3_600_000), to: text_of_minute(time) };
}

// One at a time: another one, or leaving the page, ends it.
function use_trial() {
  const [trial, set_trial] = useState(nothing);
  const under_way = useRef<AbortController>();
  const stop = () => {
    under_way.current?.abort();
    under_way.current = undefined;
    set_trial((was) => ({ ...was, running: false }));
  };
  const start = ({ from, to }: Span, policy: string) => {
    under_way.current?.abort();
    const mine = new AbortController();
    under_way.current = mine;
    set_trial({ ...nothing, running: true });
    const progress = (percent: number, through: string) => {
      if (!mine.signal.aborted) set_trial((was) => ({ ...was, percent, through }));
    };
    void try_policy({ from, policy, ...(to === undefined ? {} : { to }) }, progress, mine.signal).then(
      (outcome) => mine.signal.aborted || set_trial({ ...nothing, outcome, asked: span_text({ from, to }) + policy }),
      (error: unknown) => mine.signal.aborted || set_trial({ ...nothing, problem: words(error) }),
    );
  };
  useEffect(() => () => under_way.current?.abort(), []);
  return { trial, start, stop };
}

export function WhatIf({ params }: ScreenProps) {
  const now = use_now();
  const [policy, set_policy] = useState<Policy | undefined>();
  const [problem, set_problem] = useState('');
  const { trial, start, stop } = use_trial();
  const [chosen, set_chosen] = useState(-1);
  const [shown, set_shown] = useState(most_shown);
  useEffect(() => {
    ask<Policy>('api/v1/policy').then(set_policy, (error: unknown) => set_problem(words(error)));
  }, []);
  useEffect(() => {
    set_chosen(-1);
    set_shown(most_shown);
  }, [trial.outcome]);

  const days = params.get('span') ?? '7d';
  const span = span_before(use_past()?.time, days);
  const changes = changes_in(params.get('change'));
  const in_force = useMemo(() => values_of(policy?.text ?? ''), [policy]);
  const text = with_values(policy?.text ?? '', changes);
  const change = (key: string, value: string) => {
    const next = new Map(changes);
    if (value === in_force.get(key)) next.delete(key);
    else next.set(key, value);
    remember({ change: changes_text(next) });
  };
  const run = () => {
    if (policy) start(span, text);
  };
  const rows = trial.outcome ? differing(trial.outcome).slice(0, shown) : [];
  const step = (by: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, chosen + by));
    set_chosen(next);
    document.getElementById(`otherwise-${next}`)?.scrollIntoView({ block: 'nearest' });
  };
  use_keys({
    r: run,
    x: stop,
    j: () => step(1),
    k: () => step(-1),
    Enter: () => {
      const one = rows[chosen];
      const time = at(one?.decided?.at ?? one?.recorded?.at);
      if (one) go(`r/${one.code}`, strip_params(new Date(Math.floor(time / 60_000) * 60_000).toISOString().replace('.000Z', 'Z'), now));
    },
  });

  return (
    <div class="what-if">
      <h1 class="unseen">What if</h1>
      <Part id="policy" title="Policy to try" about={changes.size === 0 ? 'as the one in force' : `${changes.size} ${changes.size === 1 ? 'value differs' : 'values differ'} from the one in force`}>
        {problem && <p class="empty bad">{problem}</p>}
        {policy && <Editor in_force={in_force} changes={changes} change={change} run={run} />}
        <div class="trial">
          <span class="segments" role="group" aria-label="over the last">
            {spans.map((one) => (
              <button key={one} type="button" aria-pressed={one === days} onClick={() => remember({ span: one === '7d' ? '' : one })}>
                {one.replace('d', ' d')}
              </button>
            ))}
          </span>
          {trial.running ? (
            <button type="button" onClick={stop}>
              stop <kbd>x</kbd>
            </button>
          ) : (
            <button type="button" class="run" disabled={!policy} onClick={run}>
              try it <kbd>r</kbd>
            </button>
          )}
          <Copy text={text} ready={policy !== undefined} />
          {changes.size > 0 && (
            <button type="button" class="plain" onClick={() => remember({ change: '' })}>
              as in force
            </button>
          )}
          <Progress trial={trial} now={now} stale={trial.asked !== undefined && trial.asked !== span_text(span) + text} />
        </div>
        {trial.problem && (
          <p class="empty bad" role="alert">
            {trial.problem}
          </p>
        )}
      </Part>
      {trial.outcome && <Outcome outcome={trial.outcome} now={now} chosen={chosen} shown={shown} more={() => set_shown(shown + most_shown)} />}
      <p class="quiet before-command">The same on the monitor's machine, with the policy in a file:</p>
      <CliLine command={`doublezero-monitor backtest --config /etc/doublezero/monitor.toml ${span_text(span)} --policy FILE`} />
    </div>
  );
}

function Progress({ trial, now, stale }: { trial: Trial; now: number; stale: boolean }) {
  const said = trial.running ? `${trial.percent} %${trial.through ? `, at ${moment(at(trial.through), now)}` : ''}` : stale ? 'below is what was tried before the last change' : '';
  return (
    <>
      {trial.running && <progress max={100} value={trial.percent} aria-label="how far it is" />}
      <span class="quiet" role="status">
        {said}
      </span>
    </>
  );
}

function Copy({ text, ready }: { text: string; ready: boolean }) {
  const [copied, set_copied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => {
      set_copied(true);
      setTimeout(() => set_copied(false), 1_500);
    });
  };
  return (
    <button type="button" class="plain" disabled={!ready} onClick={copy}>
      {copied ? 'copied' : 'copy as policy'}
    </button>
  );
}
