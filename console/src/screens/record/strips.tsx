// The minutes of a record: a canvas for each strip, one end over the other, with the pointer, the keyboard and words.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import { state_at, state_words, worst_strip, type Minute, type MinuteStrip } from '../../draw/minutes.ts';
import { palette_of, type StripPalette } from '../../draw/palette.ts';
import { paint_strip, StripCache, type StripNames, type StripPicture } from '../../draw/strip.ts';
import { day, layout_strip, minute_at, moved } from '../../draw/strip_layout.ts';
import { day_names, hour_names } from './names.ts';
import type { Answer } from './use_record.ts';
import { clock_text, fault_at, groups_of, marks_of, name_of, text_of, type RecordMinutes, type ShownLine, type StripGroup } from './view.ts';

const cache = new StripCache();

// The colours follow the page's: dark, light, and a change of them.
export function use_palette(element: HTMLElement | null): StripPalette | undefined {
  const [palette, set_palette] = useState<StripPalette>();
  useEffect(() => {
    if (!element) return undefined;
    const look = () => set_palette((known) => {
      const next = palette_of(element);
      return known?.key === next.key ? known : next;
    });
    look();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const watch = new MutationObserver(look);
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
    scheme.addEventListener('change', look);
    return () => {
      watch.disconnect();
      scheme.removeEventListener('change', look);
    };
  }, [element]);
  return palette;
}

export interface Pointing {
  hover: Minute | undefined;
  pinned: Minute | undefined;
  on_hover: (minute: Minute | undefined, line: number | undefined) => void;
  on_pin: (minute: Minute | undefined) => void;
}

interface CanvasProps {
  name: string;
  picture: StripPicture;
  palette: StripPalette;
  names: StripNames;
  pointing: Pointing;
  label: string;
  value_text: (minute: Minute) => string;
}

// A slider over its minutes for who cannot see it: arrows move by a minute and by a row, Enter pins.
function StripCanvas({ name, picture, palette, names, pointing, label, value_text }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { layout } = picture;
  const { hover, pinned } = pointing;
  useLayoutEffect(() => {
    if (!canvas.current) return;
    const ratio = Math.min(3, globalThis.devicePixelRatio || 1);
    const cells = cache.get(name, picture, palette, ratio);
    paint_strip(canvas.current, { cells, picture, palette, pointed: { hover, pinned }, ratio, names });
  }, [name, picture, palette, names, hover, pinned]);
  const at = (event: MouseEvent): Minute | undefined => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return undefined;
    return minute_at(layout, ((event.clientX - box.left) * layout.width) / box.width, ((event.clientY - box.top) * layout.height) / box.height);
  };
  const present = hover ?? pinned ?? layout.to - 1;
  const on_key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') pointing.on_pin(pinned === present ? undefined : present);
    else if (event.key === 'Escape') pointing.on_pin(undefined);
    else {
      const target = moved(layout, present, event.key);
      if (target === undefined) return;
      pointing.on_hover(target, undefined);
    }
    event.preventDefault();
  };
  return (
    <canvas
      ref={canvas}
      class="strip-canvas"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={layout.from}
      aria-valuemax={layout.to - 1}
      aria-valuenow={Math.min(Math.max(present, layout.from), layout.to - 1)}
      aria-valuetext={value_text(present)}
      style={{ width: `${String(layout.width)}px`, height: `${String(layout.height)}px` }}
      onMouseMove={(event) => pointing.on_hover(at(event), undefined)}
      onMouseLeave={() => pointing.on_hover(undefined, undefined)}
      onClick={(event) => {
        const minute = at(event);
        if (minute !== undefined) pointing.on_pin(minute === pinned ? undefined : minute);
      }}
      onKeyDown={on_key}
      onBlur={() => pointing.on_hover(undefined, undefined)}
    />
  );
}

const floor_minute = (time: string): Minute => Math.floor(Date.parse(time) / 60_000);

// What a line says of a minute, in words.
export function words_at(line: ShownLine, minute: Minute, now: number): string {
  const state = state_words[state_at(line.strip, minute)] ?? '';
  const fault = fault_at(line.line, minute);
  return `${clock_text(minute * 60_000, now)}: ${state}${fault ? `, ${fault}` : ''}`;
}

interface DayProps {
  minutes: RecordMinutes;
  groups: readonly StripGroup[];
  palette: StripPalette;
  pointing: Pointing;
  cell: number; // width of a cell
  gating: ReadonlySet<string>; // criteria
}

export function DayStrips({ minutes, groups, palette, pointing, cell, gating }: DayProps) {
  const now = Date.parse(minutes.at);
  const span = useMemo(() => ({ from: floor_minute(minutes.from), to: floor_minute(minutes.to) }), [minutes.from, minutes.to]);
  const layout = useMemo(() => layout_strip(span.from, span.to, { cell_width: cell, cell_height: cell + 1, left: 34, top: 14 }), [span, cell]);
  const names = useMemo(() => hour_names(layout), [layout]);
  return (
    <div class="strip-groups">
      {groups.map((group) => (
        <section class="strip-group" key={group.name} aria-label={`minutes of ${group.name}`}>
          <h3>{group.name}{group.lines.every((line) => !gating.has(line.line.criterion)) && <span class="quiet"> gates nothing</span>}</h3>
          {group.lines.map((line) => {
            const text = text_of(line, now);
            return (
              <figure class="strip" key={line.line.criterion + line.line.signal + line.line.side} style={{ width: `${String(layout.width)}px` }}>
                <figcaption>
                  <span class="strip-side">{line.line.side}</span>
                  <span class="strip-where" title={line.line.where}>{place_of(line)}</span>
                  <StripCounts line={line} />
                </figcaption>
                <StripCanvas
                  name={`${minutes.pubkey} ${line.line.criterion} ${line.line.signal} ${line.line.side} ${line.line.from} ${line.line.states}`}
                  picture={{ layout, strip: line.strip, marks: marks_of(minutes, line) }}
                  palette={palette}
                  names={names}
                  pointing={pointing}
                  label={`${name_of(line.line)}: ${text.summary}`}
                  value_text={(minute) => words_at(line, minute, now)}
                />
              </figure>
            );
          })}
        </section>
      ))}
    </div>
  );
}

// Of a criterion that is judged by results of QA: each of them.
export function Results({ minutes }: { minutes: RecordMinutes }) {
  const now = Date.parse(minutes.at);
  return (
    <>
      {minutes.results.map(({ criterion, results }) => (
        <section class="qa-results" key={criterion} aria-label={`results of ${criterion}`}>
          <h3>{criterion}</h3>
          {results.length === 0 && <p class="quiet">no result in this span</p>}
          <ul>
            {results.map((result) => (
              <li key={result.at} class={result.success ? 'good' : 'bad'}>{result.success ? '✓ passed' : '✕ failed'} <span class="quiet">{clock_text(result.at, now)}</span></li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

// "ams-dz001 Switch1/1/1", without the side, which stands before it.
function place_of(line: ShownLine): string {
  return line.line.where.replace(/^[AZ] (?=\()/, '').replace(/^\(([^)]*)\)/, '$1') || line.line.source;
}

// What the canvases show, for who reads instead of looking.
export function StripWords({ groups, now }: { groups: readonly StripGroup[]; now: number }) {
  return (
    <details class="strip-words">
      <summary>every stretch that was not good, in words</summary>
      {groups.flatMap((group) => group.lines).map((line) => {
        const text = text_of(line, now);
        return (
          <section key={name_of(line.line)}>
            <h4>{name_of(line.line)}: {text.summary}</h4>
            {text.stretches.length > 0 && <ul>{text.stretches.map((stretch) => <li key={stretch}>{stretch}</li>)}</ul>}
          </section>
        );
      })}
    </details>
  );
}

function StripCounts({ line }: { line: ShownLine }) {
  const from = Math.max(0, (line.window_from ?? line.strip.from) - line.strip.from);
  let bad_minutes = 0;
  let unseen = 0;
  for (let i = from; i < line.strip.states.length; ++i) {
    if (line.strip.states[i] === 2) ++bad_minutes;
    if (line.strip.states[i] === 3) ++unseen;
  }
  return (
    <span class="strip-counts">
      {bad_minutes > 0 && <b class="bad">✕ {bad_minutes} bad</b>}
      {unseen > 0 && <span class="quiet">▨ {unseen} unobserved</span>}
      {bad_minutes + unseen === 0 && <span class="good">✓ all good</span>}
    </span>
  );
}

// ---- thirty days

interface MonthProps {
  days: ReadonlyMap<string, Answer<RecordMinutes>>;
  dates: readonly string[]; // the newest first
  group: string;
  palette: StripPalette;
  pointing: Pointing;
  width: number;
  gating: ReadonlySet<string>; // criteria
}

export function strips_of_days(days: ReadonlyMap<string, Answer<RecordMinutes>>, group: string, gating: ReadonlySet<string>): MinuteStrip[] {
  const strips: MinuteStrip[] = [];
  for (const { value } of days.values()) {
    if (!value) continue;
    for (const one of days_groups(value)) {
      for (const line of one.lines) if (group === all_groups ? gating.has(line.line.criterion) : one.name === group) strips.push(line.strip);
    }
  }
  return strips;
}
export const all_groups = 'all that gates';

const grouped = new WeakMap<RecordMinutes, StripGroup[]>();
export function days_groups(minutes: RecordMinutes): StripGroup[] {
  const known = grouped.get(minutes) ?? groups_of(minutes);
  grouped.set(minutes, known);
  return known;
}

let months_painted = 0;

// A row a day, a cell five minutes: the worst of all lines of the group.
export function MonthStrip({ days, dates, group, palette, pointing, width, gating }: MonthProps) {
  const oldest = floor_minute(`${dates.at(-1) ?? ''}T00:00:00Z`);
  const to = oldest + dates.length * day;
  const minutes_a_cell = width >= 620 ? 5 : 10;
  const cells = day / minutes_a_cell;
  const cell = Math.max(1, Math.floor((width - 44) / cells));
  const layout = useMemo(
    () => layout_strip(oldest, to, { cell_width: cell, cell_height: 10, left: 44, top: 14, minutes_a_row: day, minutes_a_cell }),
    [oldest, to, cell, minutes_a_cell],
  );
  const names = useMemo(() => day_names(layout), [layout]);
  const strip = useMemo(() => worst_strip(strips_of_days(days, group, gating), oldest, to), [days, group, gating, oldest, to]);
  // A picture of its own for every content: days come one by one, and today's goes on.
  const name = useMemo(() => `month ${String(++months_painted)} of ${String(strip.from)}`, [strip]);
  const drains = useMemo(() => drains_of_days(days), [days]);
  const read = [...days.values()].filter((answer) => answer.value).length;
  const now = to * 60_000;
  return (
    <figure class="strip month">
      <figcaption>
        <span class="strip-where">{group}, {dates.length} days, {minutes_a_cell} min a cell, the worst shown</span>
        <span class="strip-counts">{read < dates.length ? `${String(read)} of ${String(dates.length)} days read` : 'all days read'}</span>
      </figcaption>
      <StripCanvas
        name={name}
        picture={{ layout, strip, marks: { drains } }}
        palette={palette}
        names={names}
        pointing={pointing}
        label={`${group} over ${String(dates.length)} days`}
        value_text={(minute) => `${clock_text(minute * 60_000, now)}: ${state_words[state_at(strip, minute)] ?? ''}`}
      />
    </figure>
  );
}

function drains_of_days(days: ReadonlyMap<string, Answer<RecordMinutes>>) {
  return [...days.values()].flatMap(({ value }) =>
    value ? value.drains.map((drain) => ({ from: floor_minute(drain.from), to: Math.min(floor_minute(value.to), drain.to ? floor_minute(drain.to) : Infinity) })) : [],
  );
}
