// One record: what holds it and until when, every minute behind that, both its sides, its past, and what to run next.
import '../draw/strip.css';
import './record/record.css';

import { useEffect, useMemo, useState } from 'preact/hooks';

import { use_past } from '../app/past.tsx';
import { base_url, remember } from '../app/router.ts';
import { use_now } from '../data/use.ts';
import { minute_of, time_of, type Minute } from '../draw/minutes.ts';
import { save_dossier } from './record/dossier.ts';
import { Findings, History, InHand, Lead, Next, Old, Sides, Steps } from './record/parts.tsx';
import { MinutePanel } from './record/readings.tsx';
import { all_groups, days_groups, DayStrips, MonthStrip, Results, StripWords, use_palette, type Pointing } from './record/strips.tsx';
import { ThenBox } from './record/then.tsx';
import { days_before, use_days, use_readings, use_record } from './record/use_record.ts';
import { gating_of, telling_minute } from './record/view.ts';
import { Mark, mark_of, mark_words } from '../ui/marks.tsx';
import type { ScreenProps } from './index.ts';

// A pinned minute and the zoom are in the URL, so that a link to them can be sent.
function use_pointing(params: URLSearchParams): Pointing {
  const [hover, set_hover] = useState<Minute>();
  const text = params.get('minute') ?? params.get('t');
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

// As many groups side by side as have room for cells of four pixels, and then cells as large as may be.
export function cell_of(width: number, groups: number): number {
  for (let beside = Math.min(4, groups); beside > 1; --beside) {
    const cell = Math.floor(((width - (beside - 1) * 16) / beside - 34) / 60);
    if (cell >= 4) return Math.min(6, cell);
  }
  return Math.min(6, Math.max(4, Math.floor((width - 34) / 60)));
}

export function Record({ rest, params }: ScreenProps) {
  const answers = use_record(rest);
  const now = use_now();
  const past = use_past();
  const pointing = use_pointing(params);
  const month = params.get('zoom') === '30d';
  const group = params.get('of') ?? all_groups;
  const [root, set_root] = useState<HTMLElement | null>(null);
  const palette = use_palette(root);
  const width = use_width(root);
  const days = use_days(rest, month);
  const a = answers.assessment.value;
  const minutes = answers.minutes.value;
  const groups = useMemo(() => (minutes ? days_groups(minutes) : []), [minutes]);
  const minute = pointing.hover ?? pointing.pinned ?? (month || !a ? undefined : telling_minute(groups, a));
  const readings = use_readings(rest, minute);
  const day_groups = useMemo(() => groups_at(days, minute), [days, minute]);
  const gating_text = a ? [...gating_of(a)].join(' ') : '';
  const gating = useMemo(() => new Set(gating_text.split(' ')), [gating_text]);
  const save = () => {
    if (a) save_dossier({ assessment: a, minutes, decisions: answers.decisions.value?.decisions ?? [], readings: readings.value, saved_at: new Date(), monitor: base_url().href });
  };
  if (!a) {
    return (
      <article class="record-page" ref={set_root}>
        <h1>{rest}</h1>
        <p class={answers.assessment.error ? 'notice bad' : 'quiet'}>{answers.assessment.error ?? 'asking the monitor…'}</p>
      </article>
    );
  }
  const mark = mark_of(a);
  return (
    <article class="record-page" ref={set_root} data-code={a.code}>
      <header class="record-head">
        <p class="record-what">
          <Mark kind={mark} /> <b data-fact="condition">{mark_words[mark]}</b>
          <span class="quiet"> {a.kind}, health </span><b data-fact="health">{a.health}</b>
          <span class="quiet">, status </span><b data-fact="status">{a.status}</b>
          <span class="quiet">, wanted </span><b data-fact="desired_status">{a.desired_status}</b>
        </p>
        <h1>{a.code}</h1>
        <button type="button" onClick={save}>save dossier</button>
      </header>
      {past && <ThenBox past={past} a={a} history={answers.history.value} now={now} />}
      <Old answer={answers.assessment} now={now} />
      <p class="sentence" data-fact="sentence">{a.sentence}</p>
      <InHand a={a} now={now} />
      <div class="record-lead"><Lead a={a} now={now} /><Steps a={a} now={now} /></div>
      <div class="record-columns">
        <Findings a={a} now={now} />
        <div>
          <Next a={a} />
          <Sides a={a} minutes={minutes} now={now} />
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
          {month && palette && width > 0 && <MonthStrip days={days} dates={days_before(now)} group={group} palette={palette} pointing={pointing} width={width} gating={gating} />}
          {!month && minutes && palette && <DayStrips minutes={minutes} groups={groups} palette={palette} pointing={pointing} cell={cell_of(width, groups.length)} gating={gating} />}
          {minutes && !month && <Results minutes={minutes} />}
          <MinutePanel minute={minute} pinned={pointing.pinned !== undefined} groups={month ? day_groups : groups} readings={readings} unpin={() => pointing.on_pin(undefined)} />
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
