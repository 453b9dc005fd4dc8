// One record: what holds it and until when, every minute behind that, both its sides, its past, and what to run next.
import '../draw/strip.css';
import './record/record.css';

import { useEffect, useMemo, useState } from 'preact/hooks';

import { remember } from '../app/router.ts';
import { minute_of, time_of, type Minute } from '../draw/minutes.ts';
import { save_dossier } from './record/dossier.ts';
import { Findings, History, Lead, Next, Notices, Sides, Stepper } from './record/parts.tsx';
import { MinutePanel } from './record/readings.tsx';
import { all_groups, days_groups, DayStrips, MonthStrip, StripWords, use_palette, type Pointing } from './record/strips.tsx';
import { days_before, use_days, use_readings, use_record } from './record/use_record.ts';
import { health_badge } from './record/view.ts';
import type { ScreenProps } from './index.ts';

function use_now(): number {
  const [now, set_now] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => set_now(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

// A pinned minute and the zoom are in the URL, so that a link to them can be sent.
function use_pointing(params: URLSearchParams): Pointing {
  const [hover, set_hover] = useState<Minute>();
  const text = params.get('minute');
  const pinned = text ? minute_of(text) : NaN;
  return {
    hover,
    pinned: Number.isNaN(pinned) ? undefined : pinned,
    on_hover: set_hover,
    on_pin: (minute) => remember({ minute: minute === undefined ? '' : time_of(minute) }),
  };
}

function use_width(element: HTMLElement | null): number {
  const [width, set_width] = useState(0);
  useEffect(() => {
    if (!element) return undefined;
    const watch = new ResizeObserver(() => set_width(element.clientWidth));
    set_width(element.clientWidth);
    watch.observe(element);
    return () => watch.disconnect();
  }, [element]);
  return width;
}

// As large as it may be for four groups to stand side by side.
const cell_of = (width: number, groups: number): number => Math.min(6, Math.max(4, Math.floor(((width - 40 - 3 * 16) / Math.min(4, Math.max(1, groups)) - 34) / 60)));

export function Record({ rest, params }: ScreenProps) {
  const answers = use_record(rest);
  const now = use_now();
  const pointing = use_pointing(params);
  const month = params.get('zoom') === '30d';
  const group = params.get('of') ?? all_groups;
  const [root, set_root] = useState<HTMLElement | null>(null);
  const palette = use_palette(root);
  const width = use_width(root);
  const days = use_days(rest, month);
  const readings = use_readings(rest, pointing.hover ?? pointing.pinned);
  const minutes = answers.minutes.value;
  const groups = useMemo(() => (minutes ? days_groups(minutes) : []), [minutes]);
  const day_groups = useMemo(() => groups_at(days, pointing.hover ?? pointing.pinned), [days, pointing.hover, pointing.pinned]);
  const a = answers.assessment.value;
  const save = () => {
    if (a) save_dossier({ assessment: a, minutes, decisions: answers.decisions.value?.decisions ?? [], readings: readings.value, saved_at: new Date() });
  };
  if (!a) {
    return (
      <article class="record" ref={set_root}>
        <h1>{rest}</h1>
        <p class={answers.assessment.error ? 'notice bad' : 'dim'}>{answers.assessment.error ?? 'asking the monitor…'}</p>
      </article>
    );
  }
  const badge = health_badge(a.health);
  return (
    <article class={`record${answers.assessment.error ? ' old' : ''}`} ref={set_root} data-code={a.code}>
      <header class="record-head">
        <p class="record-what">
          {a.kind} <span class={`badge tone-${badge.tone}`} data-fact="health"><i aria-hidden="true">{badge.letter}</i> {badge.word}</span>
          <span class="dim"> status </span><b data-fact="status">{a.status}</b>
          <span class="dim"> wanted </span><b data-fact="desired_status">{a.desired_status}</b>
          {a.condition && <span class="dim"> · <span data-fact="condition">{a.condition.state}</span></span>}
        </p>
        <h1>{a.code}</h1>
        <button type="button" onClick={save}>save dossier</button>
      </header>
      <Notices answers={answers} now={now} />
      <p class="sentence" data-fact="sentence">{a.sentence}</p>
      <div class="record-lead"><Lead a={a} now={now} /><Stepper a={a} /></div>
      <div class="record-columns">
        <Findings a={a} now={now} />
        <div>
          <Next a={a} />
          <Sides a={a} clocks={minutes?.clocks ?? []} now={now} />
        </div>
      </div>
      <section class="evidence" aria-label="evidence">
        <header>
          <h2>Evidence</h2>
          <span class="segments" role="group" aria-label="span">
            <button type="button" aria-pressed={!month} onClick={() => remember({ zoom: '', of: '' })}>24 h</button>
            <button type="button" aria-pressed={month} onClick={() => remember({ zoom: '30d' })}>30 days</button>
          </span>
          {month && groups.length > 0 && (
            <span class="segments" role="group" aria-label="signal">
              {[all_groups, ...groups.map((one) => one.name)].map((name) => (
                <button key={name} type="button" aria-pressed={name === group} onClick={() => remember({ of: name === all_groups ? '' : name })}>{name}</button>
              ))}
            </span>
          )}
          <Legend month={month} />
        </header>
        {answers.minutes.error && <p class="notice bad">{answers.minutes.error}</p>}
        {minutes?.incomplete && <p class="notice">{minutes.incomplete}</p>}
        <div class="evidence-body">
          {month && palette && width > 0 && <MonthStrip days={days} dates={days_before(now)} group={group} palette={palette} pointing={pointing} width={width - 40} />}
          {!month && minutes && palette && <DayStrips minutes={minutes} groups={groups} palette={palette} pointing={pointing} cell={cell_of(width, groups.length)} />}
          <MinutePanel minute={pointing.hover ?? pointing.pinned} pinned={pointing.pinned !== undefined} groups={month ? day_groups : groups} readings={readings} unpin={() => pointing.on_pin(undefined)} />
          <StripWords groups={month ? day_groups : groups} now={Date.parse(a.at)} />
        </div>
      </section>
      <History decisions={answers.decisions} history={answers.history} now={now} />
    </article>
  );
}

// The strips of the past day that a minute is in.
function groups_at(days: ReturnType<typeof use_days>, minute: Minute | undefined) {
  const value = minute === undefined ? undefined : days.get(time_of(minute).slice(0, 10))?.value;
  return value ? days_groups(value) : [];
}

function Legend({ month }: { month: boolean }) {
  return (
    <ul class="legend" aria-label="what the marks mean">
      <li><i class="key good" /> good</li>
      <li><i class="key bad" /> bad</li>
      <li><i class="key unobserved" /> unobserved</li>
      <li><i class="key drained" /> drained</li>
      {!month && <li><i class="key excused" /> judged under suspicion</li>}
      {!month && <li><i class="key edge" /> window begins</li>}
      {!month && <li><i class="key ages" /> has to age out</li>}
    </ul>
  );
}
