// Minutes of one signal as the API sends them: two bits each. A minute that was not observed is never good.
export const none: MinuteState = 0;
export const good: MinuteState = 1;
export const bad: MinuteState = 2;
export const unobserved: MinuteState = 3;
export type MinuteState = 0 | 1 | 2 | 3;

export const state_words: readonly string[] = ['not judged', 'good', 'bad', 'unobserved'];
export const state_letters: readonly string[] = [' ', '.', 'X', '?'];

// Whole minutes since the epoch.
export type Minute = number;

export interface MinuteStrip {
  from: Minute;
  states: Uint8Array; // a byte a minute, from `from` on
}

export function minute_of(time: string): Minute {
  return Math.floor(Date.parse(time) / 60_000);
}
export function time_of(minute: Minute): string {
  return `${new Date(minute * 60_000).toISOString().slice(0, 19)}Z`;
}

// What a base64 text of two bits a minute says of [from, to).
export function unpack_strip(states: string, from: string, to: string): MinuteStrip {
  const begin = minute_of(from);
  const count = Math.max(0, minute_of(to) - begin);
  const bytes = atob(states);
  const all = new Uint8Array(count);
  for (let i = 0; i < count; ++i) all[i] = (bytes.charCodeAt(i >> 2) >> ((i & 3) * 2)) & 3;
  return { from: begin, states: all };
}

export function state_at(strip: MinuteStrip, minute: Minute): MinuteState {
  return (strip.states[minute - strip.from] ?? none) as MinuteState;
}

// Of several minutes the worst is shown. Not observed is worse than good and better than bad.
const badness: readonly number[] = [0, 1, 3, 2];
export function worse(a: MinuteState, b: MinuteState): MinuteState {
  return (badness[a] ?? 0) >= (badness[b] ?? 0) ? a : b;
}

// The worst of [from, to).
export function worst_within(strip: MinuteStrip, from: Minute, to: Minute): MinuteState {
  let worst: MinuteState = none;
  for (let m = from; m < to && worst !== bad; ++m) worst = worse(worst, state_at(strip, m));
  return worst;
}

// The worst of all strips in each minute of [from, to).
export function worst_strip(strips: readonly MinuteStrip[], from: Minute, to: Minute): MinuteStrip {
  const states = new Uint8Array(Math.max(0, to - from));
  for (const strip of strips) {
    for (let i = 0; i < states.length; ++i) states[i] = worse(states[i] as MinuteState, state_at(strip, from + i));
  }
  return { from, states };
}

export interface MinuteRun {
  from: Minute;
  to: Minute; // exclusive
  state: MinuteState;
}

// Minutes in a row that are alike.
export function runs_of(strip: MinuteStrip): MinuteRun[] {
  const runs: MinuteRun[] = [];
  strip.states.forEach((value, i) => {
    const state = value as MinuteState;
    const last = runs.at(-1);
    if (last?.state === state) last.to = strip.from + i + 1;
    else runs.push({ from: strip.from + i, to: strip.from + i + 1, state });
  });
  return runs;
}

export function count_of(strip: MinuteStrip, state: MinuteState, from = strip.from): number {
  let count = 0;
  for (let i = Math.max(0, from - strip.from); i < strip.states.length; ++i) if (strip.states[i] === state) ++count;
  return count;
}
