// What ./dev sim --serve tells of its simulated network, and what may be asked of it. No monitor has this.
import { ask, post } from './api.ts';

export interface SimulatedFault {
  name: string;
  title: string;
  about: string;
  since: string | null; // it is on
}

export interface SimulationState {
  now: string; // of the simulated network
  speed: number; // its seconds in one of ours
  faults: SimulatedFault[];
  processes: { name: string; runs: boolean; does: string }[];
  records: { kind: string; code: string; status: string; desired_status: string; health: string; sentence: string }[];
  checked: { changes: number; activations: number; healthy: number; impaired_in_service: number; drains: number; deletions: number };
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

export interface SafetyCheck {
  rule: string;
  looked_at: number;
}

// What must never happen, with how often it was looked at: at every transaction that changes a record.
export function checks_of({ checked }: Pick<SimulationState, 'checked'>): SafetyCheck[] {
  return [
    { rule: 'every change is one that its signer may make, along the lifecycle', looked_at: checked.changes },
    { rule: 'nothing comes into service that is not healthy', looked_at: checked.activations },
    { rule: 'nothing is called healthy on minutes that were bad, or dark without excuse', looked_at: checked.healthy },
    { rule: 'nothing in service is lowered that nothing was wrong with', looked_at: checked.impaired_in_service },
    { rule: 'what a person drained stays drained until it is wanted again', looked_at: checked.drains },
  ];
}

// A line of the story: when, and what.
export function told(line: string): { at: string; text: string } {
  const space = line.indexOf(' ');
  return { at: line.slice(11, 19), text: line.slice(space + 1) };
}
