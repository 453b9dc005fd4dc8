// The time that is looked at: `t` in the address, moved by a scrubber, played, and known to every screen that can show it.
import './past.css';

import { createContext } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';

import { use_decisions, type DecisionLog } from '../data/decisions.ts';
import { fleet_at, neighbour, past_spans, span_with, type PastRecord } from '../data/past.ts';
import { at, clock, moment, span as length_of } from '../data/time.ts';
import { use_now, use_store } from '../data/use.ts';
import { TimeBars } from '../ui/time_bars.tsx';
import { use_keys } from './keyboard.ts';
import { remember } from './router.ts';

export interface Past {
  time: number;
  records: ReadonlyMap<string, PastRecord>; // by pubkey
  log: DecisionLog;
  span: number;
}

export const PastContext = createContext<Past | undefined>(undefined);
export const use_past = () => useContext(PastContext);

const minute = 60_000;
const hour = 60 * minute;
const write_every = 500; // ms: browsers refuse an address that changes too often

export function past_text(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

// Of the address; undefined: the page shows what is now.
export function use_the_past(text: string | null): Past | undefined {
  const store = use_store();
  const now = use_now();
  const asked = at(text);
  const wanted = !Number.isNaN(asked);
  const time = Math.min(asked, now);
  const span = span_with(wanted ? time : now, now);
  const since = Math.floor((now - span) / hour) * hour;
  const log = use_decisions({}, since, wanted);
  const { version } = store;
  const records = useMemo(() => (wanted ? fleet_at(store.rows.values(), log.decisions, log.read_to, time) : new Map<string, PastRecord>()), [version, log.decisions, log.read_to, time, wanted]);
  return wanted ? { time, records, log, span } : undefined;
}

export function TimeBar({ past }: { past: Past }) {
  const now = use_now();
  const [speed, set_speed] = useState(0);
  const { time, span, log } = past;
  const move = (to: number) => remember({ t: past_text(Math.min(to, now)) });
  const leave = () => remember({ t: '' });
  use_play(speed, time, () => set_speed(0));
  const step = (by: 1 | -1) => {
    const to = neighbour(log.decisions, time, by);
    if (to !== undefined) move(by > 0 ? Math.ceil(to / 1000) * 1000 : Math.floor(to / 1000) * 1000 - (Math.floor(to / 1000) * 1000 >= time ? 1000 : 0));
  };
  use_keys({ ',': () => step(-1), '.': () => step(1), n: leave });
  const from = now - span;
  return (
    <section class="time-travel" aria-label="The time that is looked at">
      <div class="time-words">
        <strong>{moment(time, now)}{clock(time) === moment(time, now) ? `:${past_text(time).slice(17, 19)}` : ''} UTC</strong>
        <span class="quiet">{length_of(now - time)} ago</span>
        <span class="segments" role="group" aria-label="play">
          {[60, 600].map((times) => (
            <button key={times} type="button" aria-pressed={speed === times} onClick={() => set_speed(speed === times ? 0 : times)}>{speed === times ? 'stop' : `play ${times}×`}</button>
          ))}
        </span>
        <span class="segments" role="group" aria-label="steps">
          <button type="button" title="the decision before (,)" aria-label="the decision before" onClick={() => step(-1)}>◂</button>
          <button type="button" title="the decision after (.)" aria-label="the decision after" onClick={() => step(1)}>▸</button>
        </span>
        <span class="segments" role="group" aria-label="span">
          {past_spans.map((one) => <button key={one} type="button" aria-pressed={one === span} onClick={() => move(now - one + (one === past_spans[0] ? hour : one / 50))}>{one / 24 / hour} d</button>)}
        </span>
        <button type="button" class="now" title="back to what is now (n)" onClick={leave}>now</button>
        <span class="quiet reach">{reach_words(past, now)}</span>
      </div>
      <TimeBars decisions={log.decisions.filter((one) => at(one.at) >= from)} from={from} to={now} many={144} height={24} />
      <input type="range" aria-label="time" aria-valuetext={`${moment(time, now)} UTC`} min={from} max={now} step={minute} value={time} onInput={(event) => move(Number(event.currentTarget.value))} />
    </section>
  );
}

function reach_words({ log, time }: Past, now: number): string {
  if (log.problem) return log.problem;
  if (log.read_to <= time) return '';
  return log.reading ? 'decisions are being read' : `decisions are read as far as ${moment(log.read_to, now)}: before that nothing is known here`;
}

// Goes on from the time that is shown, so many times as fast as time does, until it is now.
function use_play(speed: number, time: number, stop: () => void): void {
  useEffect(() => {
    if (speed === 0) return undefined;
    const timer = setTimeout(() => {
      const next = time + speed * write_every;
      if (next < Date.now()) remember({ t: past_text(next) });
      else {
        stop();
        remember({ t: '' });
      }
    }, write_every);
    return () => clearTimeout(timer);
  }, [speed, time]);
}
