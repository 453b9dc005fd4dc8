// What ./dev sim --serve tells of its simulated network, and ./dev demo of itself, and what may be asked of them. No monitor
// has this.
import { ask, post } from './api.ts';

export interface SimulatedFault {
  name: string;
  title: string;
  about: string;
  since: string | null; // it is on
}

export interface SimulationState {
  now: string; // there
  about: string; // what there is to be hurt
  speed: number | null; // its seconds in one of ours; null: time is as everywhere
  console: string | null; // a console that shows the same
  faults: SimulatedFault[];
  processes: { name: string; runs: boolean; does: string }[];
  records: { kind: string; code: string; status: string; desired_status: string; health: string; sentence: string }[];
  checks: { rule: string; looked_at: number }[]; // what must never happen, with how often it was looked at
  violations: string[];
  story: string[]; // the newest first
}

export const read_simulation = () => ask<SimulationState>('simulation/state');
export const turn_fault = (name: string, on: boolean) => post<SimulationState>(`simulation/faults/${encodeURIComponent(name)}`, { on });
export const mend_all = () => post<SimulationState>('simulation/mend', {});
export const set_speed = (speed: number) => post<SimulationState>('simulation/speed', { speed });

export const speeds: readonly { speed: number; name: string }[] = [
  { speed: 0, name: 'stop' },
  { speed: 60, name: 'a minute a second' },
  { speed: 600, name: 'ten minutes a second' },
];

// A line of the story: when, and what.
export function told(line: string): { at: string; text: string } {
  const space = line.indexOf(' ');
  return { at: line.slice(11, 19), text: line.slice(space + 1) };
}
